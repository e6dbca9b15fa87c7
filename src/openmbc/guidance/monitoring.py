"""What is due, overdue and next: the schedule applied to what is running and to the last day of each test.

A planned day comes from the start (first days of a label), and later ones from the last result: what was measured
in between moves the next day on, and nothing that was measured makes a test more overdue. A test without a result
is never overdue: that it is not recorded does not say that it was not done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec
import numpy as np
import polars as pl

from openmbc.criteria.kleene import FALSE, TRUE, Truth, among, certain
from openmbc.guidance import due_text
from openmbc.guidance.schedule import Schedule
from openmbc.state.visits import computed

# In the order in which views show them, the most urgent first.
STATUSES = ("overdue", "due", "next", "not_known", "discuss", "on_symptoms", "done")
_OVERDUE, _DUE, _NEXT, _NOT_KNOWN, _DISCUSS, _ON_SYMPTOMS, _DONE = (pl.lit(i, pl.UInt8) for i in range(len(STATUSES)))
_STATUS = pl.Enum(STATUSES)
_BY_DAY = ["overdue", "due", "next", "not_known"]
# For so long after the start the calendar still asks whether a test was done before it; later the tests of the running
# treatment say more. Our choice.
_EARLY_DAYS = 90
_ROUNDS = 400  # a test a day for a year; a calendar of six months ends long before


class Calendar(msgspec.Struct, frozen=True):
    """The tests of people on the days of their visits.

    ``lines``: one row a visit and test; row (of the visit), what (key of ``terms/tests.csv``), status (`STATUSES`),
    due_on and last_on (Date), every (Int32, days), for (list: drugs, and ids of entries of ``monitoring/``), text.
    ``asked``: one row for each statement behind a line; row, what, asked (place in `Schedule.asked`), status, due_on,
    last_on, every, text. Both in the order of urgency, then day, then the order of ``tests.csv``.
    """

    lines: pl.DataFrame
    asked: pl.DataFrame


def calendar(
    state: pl.DataFrame, times: pl.DataFrame, plan: Schedule, known: Sequence[Mapping[str, object]] | None = None
) -> Calendar:
    """The calendar of each row of a state (`state.assume`, or the strict one) with its `State.times`.

    ``known``: the state as rows with names, where a few have been taken out already.
    """
    program = plan.program
    truth = program.run(state) if known is None else program.above(program.leaves_of_rows(known))
    asked = _asked(state, times, plan, truth).lazy()
    # In one table, so that the sentences are made once: the lines, who asks for each beside it, then the statements.
    (rows,) = computed(_named(pl.concat([_lines(asked, plan), asked.with_columns(_NOBODY)])))
    lines = rows.height - rows["for"].null_count()
    return Calendar(rows[:lines].select(_OF_LINES), rows[lines:].select(_OF_ASKED))


def lines_of(state: pl.DataFrame, times: pl.DataFrame, plan: Schedule) -> pl.DataFrame:
    """`Calendar.lines` alone: for many people, a fifth of the time goes into the words of ``asked``."""
    truth = plan.program.run(state)
    (lines,) = computed(_named(_lines(_asked(state, times, plan, truth).lazy(), plan)).select(_OF_LINES))
    return lines


_OF_LINES = ["row", "what", "status", "due_on", "last_on", "every", "for", "text"]
_OF_ASKED = ["row", "what", "asked", "status", "due_on", "last_on", "every", "text"]
_NOBODY = pl.lit(None, pl.List(pl.String)).alias("for")


def _asked(state: pl.DataFrame, times: pl.DataFrame, plan: Schedule, truth: Truth) -> pl.DataFrame:
    """What each statement comes to: row, what, asked, every, status and due as numbers, reason, last."""
    starts = _bounds(times.lazy().filter(pl.col("kind") == "start"), "s", "anchor")
    tests = times.lazy().filter(pl.col("kind") == "test")
    ends = _bounds(tests, "l", "what").with_columns(recorded=True)
    wanted = pl.concat([_of_drugs(starts, plan, truth), _of_disease(starts, plan, truth)])
    day = pl.lit(state["as_of"].to_physical()).gather("row").alias("t")
    rows = wanted.with_columns(day).filter(_said_then()).join(ends, on=["row", "what"], how="left")
    for step in (*_planned(), *_standing()):
        rows = rows.with_columns(step)
    judged = rows.filter(pl.col("status").is_not_null())
    last = tests.select("row", "date", what="name").rename({"date": "last"})
    dated = _agreed(judged).join(last, on=["row", "what"], how="left")
    (asked,) = computed(_first(dated, ["row", "asked"]))
    return asked


@cache
def _said_then() -> pl.Expr:
    return pl.col("since").is_null() | (pl.col("since").to_physical() <= pl.col("t"))


def _bounds(times: pl.LazyFrame, day: str, name: str) -> pl.LazyFrame:
    """A row for the first and for the last day that a time can have been; the day as a number, null without a date."""
    first = times.select("row", pl.col("name").alias(name), pl.col("date").to_physical().alias(day))
    later = times.filter(pl.col("latest") != pl.col("date"))
    last = later.select("row", pl.col("name").alias(name), pl.col("latest").to_physical().alias(day))
    return pl.concat([first, last])


def _of_drugs(starts: pl.LazyFrame, plan: Schedule, truth: Truth) -> pl.LazyFrame:
    """The tests of the drugs that run, where it is not refuted that they are for the person."""
    rows = starts.join(plan.of_drugs.lazy(), on="anchor")
    # The place of a condition's truth for a visit in the matrix as one column; none for what is for all.
    held = pl.lit(pl.Series(truth.ravel())).gather(pl.col("node") * truth.shape[1] + pl.col("row"))
    rows = rows.with_columns(held.fill_null(TRUE.item()).alias("held")).filter(pl.col("held") != FALSE.item())
    return rows.with_columns(sure=pl.col("held") == TRUE.item()).select(_KEPT)


def _of_disease(starts: pl.LazyFrame, plan: Schedule, truth: Truth) -> pl.LazyFrame:
    """What the disease asks of each person of whom it is not refuted."""
    pieces = plan.of_disease.lazy().join(_held(truth).lazy(), on="node")
    return pieces.join(starts, on=["row", "anchor"], how="left").select(_KEPT)


def _held(truth: Truth) -> pl.DataFrame:
    """The conditions that are not refuted: row (of the visit), node, sure (true where they hold for sure)."""
    node, row = np.nonzero(truth != FALSE)
    sure = pl.Series("sure", truth[node, row] == TRUE)
    return pl.DataFrame([pl.Series("row", row, pl.UInt32), pl.Series("node", node, pl.Int64), sure])


_KEPT = ["row", "piece", "asked", "what", "way", "first", "every", "until", "slack", "late", "gap", "within",
         "of_disease", "discuss", "since", "sure", "s"]  # fmt: skip


@cache
def _planned() -> tuple[list[pl.Expr], ...]:
    """The planned day of each timing that no result answers yet (``day``); the last and next one without a result.

    Days are numbers. ``s``: start, ``l``: last result, ``t``: the visit. In steps, each from the columns of those
    before it: an expression that stands in several others is worked out in each of them.
    """
    s, last, t, every, until = (pl.col(name) for name in ("s", "l", "t", "every", "until"))
    base, way, before = (pl.col(name) for name in ("base", "way", "before"))
    answered = certain(last >= base - pl.col("slack"))
    ran = pl.max_horizontal(0, (pl.min_horizontal(t, s + until) - base) // every)
    first = [
        answered.alias("answered"),
        pl.when(way == "at").then(base).otherwise(base + every * ran).alias("before"),
        (base + every * pl.max_horizontal(0, (last + pl.col("slack") - base) // every + 1)).alias("doses"),
    ]
    # Repeated tests count on from the last result; of the disease also where no start is known.
    rest = pl.when(pl.col("answered") | (s.is_null() & pl.col("of_disease"))).then(last + every).otherwise(base)
    day = (
        pl.when((way == "at") & ~pl.col("answered"))
        .then(base)
        .when(way == "every")
        .then(pl.when(~certain(pl.col("rest") > s + until)).then("rest"))
        .when(way == "grid")
        .then("doses")
    )
    after = pl.when(before + every <= (s + until).fill_null(before + every)).then(before + every)
    days = [day.alias("day"), before, after.alias("after")]
    return [(s + pl.col("first")).alias("base")], first, [rest.alias("rest")], [e.cast(pl.Int32) for e in days]


@cache
def _standing() -> tuple[list[pl.Expr], ...]:
    """What each timing comes to: status (as a number; null where it says nothing), due (day) and why; in steps."""
    way, t, day, before = (pl.col(name) for name in ("way", "t", "day", "before"))
    timed, no_result, unplaced = (pl.col(name) for name in ("timed", "no_result", "unplaced"))
    facts = [
        among(way, "at", "every", "grid").alias("timed"),
        pl.col("l").is_null().alias("no_result"),
        (pl.col("s").is_null() & ~(pl.col("of_disease") & pl.col("l").is_not_null())).alias("unplaced"),
        # A dose may come later than planned: overdue only when longer than between any two doses passed, too.
        (pl.max_horizontal(day, pl.when(way == "grid").then(pl.col("l") + pl.col("gap"))) + pl.col("late")).alias("by"),
    ]
    with_result = pl.when(day.is_null()).then(_DONE).when(t < day).then(_NEXT).when(t <= pl.col("by")).then(_DUE)
    without = pl.when(t < before).then(_NEXT).when(t <= before + pl.col("slack")).then(_DUE).otherwise(_NOT_KNOWN)
    by_day = pl.when(unplaced).then(_NOT_KNOWN).when(no_result).then(without).otherwise(with_result.otherwise(_OVERDUE))
    status = (
        pl.when(~pl.col("sure"))
        .then(_NOT_KNOWN)
        .when(pl.col("discuss"))
        .then(_DISCUSS)
        .when(among(way, "symptoms", "visit", "need"))
        .then(_ON_SYMPTOMS)
        .when(way == "before")
        .then(_before_start())
        .when(timed)
        .then(by_day)
        .otherwise(_NOT_KNOWN)
    )
    reason = (
        pl.when(~pl.col("sure"))
        .then(pl.lit("depends"))
        .when(~timed)
        .then(way)
        .when(unplaced & ~pl.col("of_disease"))
        .then(pl.lit("no_start"))
        .when(no_result & pl.col("recorded").is_not_null())
        .then(pl.lit("undated"))
        .when(no_result)
        .then(pl.lit("no_result"))
        .otherwise(pl.lit("planned"))
    )
    planned = (
        pl.when(no_result & (t > before + pl.col("slack"))).then("after").when(no_result).then("before").otherwise(day)
    )
    due = pl.when(pl.col("sure") & timed & ~unplaced).then(planned)
    return facts, [status.alias("status"), due.alias("due"), reason.alias("reason")]


def _before_start() -> pl.Expr:
    """A test before the start. Of a drug that runs it is asked for in the first time only."""
    last, s = pl.col("l"), pl.col("s")
    done = last.is_not_null() & (pl.col("within").is_null() | (last >= s - pl.col("within")))
    recent = certain(pl.col("t") - s <= _EARLY_DAYS)
    return (
        pl.when(pl.col("of_disease"))
        .then(pl.when(last.is_not_null()).then(_DONE).otherwise(_DUE))
        .when(recent)
        .then(pl.when(done).then(_DONE).otherwise(_NOT_KNOWN))
    )


def _agreed(judged: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each timing; not known where the first and the last day that a date can mean differ in status."""
    return judged.group_by("row", "piece").agg(_as_one())


@cache
def _as_one() -> list[pl.Expr]:
    differ = pl.col("status").min() != pl.col("status").max()
    return [
        pl.col("asked", "what", "every").first(),
        pl.when(differ).then(_NOT_KNOWN).otherwise(pl.col("status").min()).alias("status"),
        pl.when(~differ).then(pl.col("due").max()).alias("due"),
        pl.when(differ).then(pl.lit("imprecise")).otherwise(pl.col("reason").min()).alias("reason"),
    ]


def _first(rows: pl.LazyFrame, by: list[str]) -> pl.LazyFrame:
    """The most urgent row of each group.

    That a result is missing, or which day a date means, comes before the next day. The first is said together with it.
    """
    ordered = rows.with_columns(_by_urgency(tuple(by))).sort(_ORDER, nulls_last=True)
    return ordered.unique(by, keep="first", maintain_order=True).drop("urgency")


_ORDER = ["row", "urgency", "due", "asked", "every", "reason"]  # statements are numbered in the order of the tests


@cache
def _by_urgency(by: tuple[str, ...]) -> list[pl.Expr]:
    unknown = pl.col("status") == _NOT_KNOWN
    missing = unknown & among(pl.col("reason"), "no_result", "undated")
    next_day = pl.when(missing).then(pl.col("due").min().over(by)).otherwise("due")
    early = missing | (unknown & (pl.col("reason") == "imprecise"))
    urgency = pl.when(early).then(_DUE.cast(pl.Float32) + 0.5).otherwise(pl.col("status"))
    return [next_day.alias("due"), urgency.alias("urgency")]


def _lines(asked: pl.LazyFrame, plan: Schedule) -> pl.LazyFrame:
    """For each test of a visit the most urgent of what its statements say, and who asks (``for``)."""
    who = asked.select("row", "what", "asked").sort("asked").join(plan.names.lazy(), on="asked", maintain_order="left")
    who = who.group_by("row", "what").agg(pl.col("for").unique(maintain_order=True))
    return _first(asked, ["row", "what"]).join(who, on=["row", "what"], how="left", maintain_order="left")


def _named(asked: pl.LazyFrame) -> pl.LazyFrame:
    """Numbers as dates and words, and the sentence."""
    return due_text.told(asked).with_columns(_names())


@cache
def _names() -> list[pl.Expr]:
    return [
        pl.col("status").cat.to(_STATUS),
        pl.col("due").cast(pl.Date).alias("due_on"),
        pl.col("last").alias("last_on"),
    ]


def upcoming(state: pl.DataFrame, times: pl.DataFrame, plan: Schedule, days: int) -> pl.DataFrame:
    """Every planned test of the next ``days`` days, each taken as done on its day so that the one after it shows.

    Columns: row, what, day (Date: what is due or overdue stands on the day of the visit), then as `Calendar.lines`.
    """
    last_day = pl.col("as_of") + pl.duration(days=days)
    visits = state.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "as_of", last_day.alias("end"))
    found = []
    for _ in range(_ROUNDS):
        lines = lines_of(state, times, plan).join(visits, on="row", maintain_order="left")
        lines = lines.filter(pl.col("status").is_in(_BY_DAY) & (pl.col("due_on") <= pl.col("end")))
        lines = lines.with_columns(day=pl.max_horizontal("due_on", "as_of")).drop("as_of", "end")
        found.append(lines)
        if not len(lines):
            break
        done = lines.select("row", kind=pl.lit("test"), name="what", date="day", latest="day", source=pl.lit("planned"))
        times = pl.concat([times.join(done, on=["row", "kind", "name"], how="anti"), done])
    return pl.concat(found).sort("row", "day", "what")
