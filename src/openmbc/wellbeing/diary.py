"""Check-ins over time: what is new, what got worse, and what the team is told.

The team is told of a symptom that is severe (grade 3 or 4), or worse by 2 grades or more. So it was in the two large
trials of symptom monitoring, where "severe or worsening" answers sent a message to a nurse: STAR (Basch and others,
J Clin Oncol 2016, PMID 26644527, abstract) and PRO-TECT (JAMA 2022, PMID 35661856, abstract). In PRO-TECT that was so
at 34 of 100 weekly surveys, 41 of 100 messages led to no action at once, and patients held 10 of 100 to be urgent; the
authors ask for messages that say less often what is known (PMID 38771558, abstract). Hence nothing is told again that
was told in the last weeks and still goes on; and a sign for which to call is told each time that it is new.

What follows is our choice, and no trial's: that "worse" is compared with the lower of the check-in before and the
lowest of 14 days (a symptom that creeps up by one grade a week is found), how long what was told counts as known, and
when it is over. `docs/diary.md` has the reasons; `bench/diary.py` measures how often the team is told.

The work is done for all people at once. Two things look back over days, and within one symptom of one person: so that
no look leaves it, each has its own stretch of a time that goes on over all of them (`_AFAR`).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import msgspec
import polars as pl

from openmbc.catalogue import SIGNS, SYMPTOMS
from openmbc.tabular import NOT_PLACED, PLACED, listed, problem, with_source

GRADED = (*SYMPTOMS, "daily_life")  # answered with a grade from 0 (none) to 4
# Items of the check-in of which the diary says nothing; those with a point (``pain.place``) belong to another one.
NOT_FOLLOWED = (
    "distress", "weight", "temperature", "has_children", "has_caregiver", "working", "money_worry",
)  # fmt: skip
SEVERE = 3  # told at this grade
WORSE = 2  # told when worse by so many grades
LOWEST_DAYS = 14  # "worse" looks back so far
# A check-in that is older says nothing of what is new; what was told longer ago counts as forgotten.
REMEMBERED_DAYS = 28
GONE = 1  # at this grade a symptom is over: what was told of it is no longer known
SIGN_DAYS = 7  # yes again so soon after a yes is the same event

ANSWERS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "item": pl.String(),
    "answer": pl.Float64(),
}
KIND = pl.Enum(["severe", "worse", "known", "better", "same", "first", "call", "no"])
FOLLOWED: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "item": pl.String(),
    "answer": pl.Int64(),
    "before": pl.Int64(),
    "since": pl.Date(),
    "lowest": pl.Int64(),
    "change": pl.Int64(),
    "tell": pl.Boolean(),
    "kind": KIND,
    "sources": pl.List(pl.String()),
}
_AFAR = 1_000_000  # days: longer than any record, so that one symptom of one person never sees the next
_KEY = ["person", "item", "date"]
_OF = ["person", "item"]
PLAIN = pl.QueryOptFlags.none()  # the plans are written in the order in which they should run


class Followed(msgspec.Struct, frozen=True):
    """Check-ins of people over time.

    ``rows``: a row per person, item and day (`FOLLOWED`), sorted by these. ``problems``: as `facts.PROBLEMS`.

    Columns of ``rows``: item (a key of `SYMPTOMS`, ``daily_life``, or a key of `SIGNS`), answer (grade 0 to 4; of a
    sign 1 is yes and 0 is no), ``before`` and ``since`` (the answer and the day of the last check-in that asked it,
    null where that is more than 28 days ago), ``lowest`` (grade in the 14 days before; null for signs), ``change``
    (answer less ``before``), ``tell`` (Boolean: the team is told), ``kind``, sources (list).

    - severe: grade 3 or 4, and told; worse: told because of 2 grades more than before or than the lowest, or, where it
      is not told, 1 grade more than before
    - known: severe, or worse by 2, and not told again: told at this grade or a higher one in the last 28 days (or known
      then), above grade 1 since, and no jump by 2 to a severe grade
    - first: no check-in in the 28 days before, and nothing to tell; better, same: compared with the check-in before
    - of a sign, call: yes, and not yes at a check-in of the last 7 days; known: yes again; no
    """

    rows: pl.DataFrame
    problems: pl.DataFrame


def follow(answers: pl.DataFrame) -> Followed:
    """Check-ins over time, from a row per answer (`ANSWERS`): person, date, item, answer.

    An item that was not asked, or not answered, has no row or a null: it is not known, and never 0. Items that the
    diary does not follow (weight, distress) are left out. What cannot be an answer is a problem and is not used. Of two
    answers of one day the worse counts; a note says so.
    """
    given = with_source(answers)
    typed = [pl.col(n).cast(d) if n in given.columns else pl.lit(None, d).alias(n) for n, d in ANSWERS.items()]
    return followed(given.lazy().select(*typed, "source"))


def followed(answers: pl.LazyFrame) -> Followed:
    """As `follow`, from a table that has all columns in their types, and ``source``."""
    usable, odd, kinds, differs, twice = _checks()
    one, strange = _now(_one_a_day(answers.filter(usable)), answers.filter(odd))
    rows, found = _now(_judged(one.lazy()), one.lazy().filter(differs).select(twice))
    problems = _now(*(strange.lazy().filter(which).select(said) for which, said in kinds)) if len(strange) else []
    return Followed(rows, listed(*problems, found))


def _now(*plans: pl.LazyFrame) -> list[pl.DataFrame]:
    return pl.collect_all(plans, optimizations=PLAIN, engine="in-memory")


class _Checks(NamedTuple):
    """Which answers are used, which are odd, and each kind of odd ones with its problem; days with two answers."""

    usable: pl.Expr
    odd: pl.Expr
    kinds: tuple[tuple[pl.Expr, list[pl.Expr]], ...]
    differs: pl.Expr
    twice: list[pl.Expr]


@cache
def _checks() -> _Checks:
    item, answer = pl.col("item"), pl.col("answer")
    graded, sign = item.is_in(GRADED), item.is_in(list(SIGNS))
    is_grade, is_yes_no = answer.is_in([0.0, 1.0, 2.0, 3.0, 4.0]), answer.is_in([0.0, 1.0])
    answered = PLACED & answer.is_not_null()
    strange = ~graded & ~sign & ~item.is_in(NOT_FOLLOWED) & ~item.str.contains(".", literal=True)
    todo = "It was not used."
    kinds = (
        NOT_PLACED,
        (answered & graded & ~is_grade, problem("error", _of("{} is not a grade from 0 to 4", answer), todo)),
        (answered & sign & ~is_yes_no, problem("error", _of("{} is neither 1 (yes) nor 0 (no)", answer), todo)),
        (PLACED & strange, problem("error", pl.format("the item '{}' is not known", item), todo)),
    )
    usable = answered & ((graded & is_grade) | (sign & is_yes_no))
    twice = problem("note", _of("answers from {} to {}", pl.col("best"), answer), "The worse one counts.")
    odd = pl.any_horizontal(which for which, _ in kinds)
    return _Checks(usable, odd, kinds, pl.col("best") != answer, twice)


def _of(what: str, *values: pl.Expr) -> pl.Expr:
    """What is wrong, with the item and the day before it."""
    return pl.format(f"{{}} on {{}}: {what}", pl.col("item").str.replace_all("_", " "), pl.col("date"), *values)


def _one_a_day(answers: pl.LazyFrame) -> pl.LazyFrame:
    """One row per person, item and day, in order: the worst answer, the best, and the sources."""
    ordered = answers.with_columns(pl.col("answer").cast(pl.Int64)).sort(*_KEY, "answer", "source")
    return ordered.group_by(_KEY, maintain_order=True).agg(
        pl.col("answer").last(),
        pl.col("answer").first().alias("best"),
        pl.col("source").first(),
        pl.col("source").unique(maintain_order=True).alias("sources"),
    )


def _judged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of one answer a day, in order, with what was before and what is told (`FOLLOWED`)."""
    for step in _steps():
        rows = rows.with_columns(step)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in FOLLOWED.items())


@cache
def _steps() -> tuple[list[pl.Expr], ...]:
    """What is worked out one after the other; each step uses the columns of those before."""
    day, answer = pl.col("date").cast(pl.Int32).cast(pl.Int64), pl.col("answer")
    starts = (pl.col("person") != pl.col("person").shift(1)) | (pl.col("item") != pl.col("item").shift(1))
    starts = starts.fill_null(True)
    ago = (pl.col("date") - pl.col("date").shift(1)).dt.total_days()
    recent = ~pl.col("starts") & (pl.col("ago") <= REMEMBERED_DAYS)
    return (
        [starts.alias("starts"), ago.alias("ago"), pl.col("item").is_in(list(SIGNS)).alias("sign")],
        [
            pl.when(recent).then(answer.shift(1)).alias("before"),
            pl.when(recent).then(pl.col("date").shift(1)).alias("since"),
            (pl.col("starts").cum_sum().cast(pl.Int64) * _AFAR + day).alias("time"),
            # A symptom that is over begins anew: the row at which it is over is the first of a new stretch.
            ((pl.col("starts") | (answer <= GONE)).cum_sum().cast(pl.Int64) * _AFAR + day).alias("time_of_bout"),
        ],
        [
            _looking_back(answer, "min", "time", LOWEST_DAYS).alias("lowest"),
            (answer - pl.col("before")).alias("change"),
        ],
        [_to_tell().alias("to_tell")],
        [_known().alias("known")],
        [(pl.col("to_tell") & ~pl.col("known")).alias("tell")],
        [_kind().alias("kind"), pl.when(~pl.col("sign")).then("lowest").alias("lowest")],
    )


def _looking_back(value: pl.Expr, how: str, time: str, days: int) -> pl.Expr:
    """The least or greatest value of the days before, null where there is none."""
    rolling = value.rolling_min_by if how == "min" else value.rolling_max_by
    return rolling(pl.col(time), f"{days}i", closed="left")


def _to_tell() -> pl.Expr:
    """Would the team be told, were nothing known? The lower of two, of which one may be missing."""
    lower = pl.min_horizontal("before", "lowest")
    worse = (pl.col("answer") - lower >= WORSE).fill_null(False)
    return pl.when("sign").then(pl.col("answer") == 1).otherwise((pl.col("answer") >= SEVERE) | worse)


def _known() -> pl.Expr:
    """Told already, or known then, at this grade or a higher one, and no jump; of a sign: yes a few days ago."""
    told = _looking_back(pl.when("to_tell").then("answer"), "max", "time_of_bout", REMEMBERED_DAYS)
    jump = (pl.col("answer") >= SEVERE) & (pl.col("change") >= WORSE).fill_null(False)
    again = (pl.col("before") == 1) & (pl.col("ago") <= SIGN_DAYS)
    return pl.when("sign").then(again).otherwise((told >= pl.col("answer")) & ~jump).fill_null(False)


def _kind() -> pl.Expr:
    change, to_tell = pl.col("change"), pl.col("to_tell")
    of_sign = pl.when("tell").then(pl.lit("call")).when(to_tell).then(pl.lit("known")).otherwise(pl.lit("no"))
    graded = (
        pl.when(pl.col("tell") & (pl.col("answer") >= SEVERE))
        .then(pl.lit("severe"))
        .when("tell")
        .then(pl.lit("worse"))
        .when(to_tell)
        .then(pl.lit("known"))
        .when(change.is_null())
        .then(pl.lit("first"))
        .when(change > 0)
        .then(pl.lit("worse"))
        .when(change < 0)
        .then(pl.lit("better"))
        .otherwise(pl.lit("same"))
    )
    return pl.when("sign").then(of_sign).otherwise(graded)
