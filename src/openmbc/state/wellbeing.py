"""How the person is, as she tells it: answers of the check-in, scores of questionnaires, temperature, lost weight.

An answer describes the present for as long as the catalogue says (``stale_after``); the newest day counts. Where one
day holds two answers, the one that says more trouble counts for symptoms, signs and scores: a symptom comes and goes
within a day, and one that was there must not be lost. A note says so. Of questions without a worse side (children,
work) two answers leave it open, and that is a problem. What was not asked or not answered is not known, never 0 or no.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import NamedTuple

import msgspec
import polars as pl

from openmbc.catalogue import FEATURES, SIGNS, SYMPTOMS
from openmbc.facts import PROBLEMS
from openmbc.state.questionnaires import with_scores
from openmbc.state.visits import UNDATED, Part, beside, computed, facts_in, named_in, settle
from openmbc.tabular import listed, problem
from openmbc.wellbeing.diary import GRADED, followed

_CIRCUMSTANCES = ("has_children", "has_caregiver", "working", "money_worry")
# Totals of questionnaires as a record states them, with the greatest that is possible.
# The Distress Thermometer has 0 to 10, PHQ-9 0 to 27, GAD-7 0 to 21, the MST 0 to 5.
_SCORES = {"distress": 10, "phq_9": 27, "gad_7": 21, "mst": 5}
# What is asked, as instrument and item, and the feature that it tells; the greatest answer that there is.
_ASKED = {
    **{f"checkin/{name}": (f"symptom_{name}", 4) for name in SYMPTOMS},
    **{f"checkin/{name}": (f"sign_{name}", 1) for name in SIGNS},
    **{f"checkin/{name}": (name, 1) for name in _CIRCUMSTANCES},
    **{f"{name}/total": (name, most) for name, most in _SCORES.items()},
    "checkin/daily_life": ("daily_life", 4),
    "checkin/distress": ("distress", 10),
}
_STALE = {f.name: f.stale_after for f in FEATURES if f.subject == "wellbeing" and f.stale_after is not None}
# Weight that was lost is measured over two weeks at least: less is water, clothes and scales. Our choice.
_APART_DAYS = 14
_SIX_MONTHS = 183
FEEDS = {f"answer {feature}": (feature,) for feature, _ in _ASKED.values()} | {
    "temperature": ("temperature",),
    "weight over time": ("weight_loss_percent",),
}
_MEASURED = ("temperature", "weight")
_WHOLE_DAY = pl.col("date").is_not_null() & (pl.col("date_precision") == "day").fill_null(True)


class Answered(msgspec.Struct, frozen=True):
    """Answers known at each visit, with the scores that follow from them; ``problems`` of scoring."""

    rows: pl.DataFrame
    problems: pl.DataFrame


def answered(answers: pl.DataFrame) -> Answered | None:
    """The answers known at each visit (with row and as_of); None where there are none."""
    return None if answers.is_empty() else Answered(*with_scores(answers))


class Wellbeing(msgspec.Struct, frozen=True):
    """What is known at visits: the features, and ``problems`` as `facts.PROBLEMS`."""

    part: Part
    problems: pl.DataFrame


def derive(
    visits: pl.LazyFrame, answers: Answered | None, observations: pl.LazyFrame, recorded: frozenset[str]
) -> Wellbeing:
    """A column per feature of the subject that somebody has.

    ``observations``: rows of that table known at each visit, with row and as_of. Temperature: the highest of the newest
    day, measured or told. Weight lost: from the highest weight in the 6 months before the newest one, and at least 14
    days before it, in percent; 0 where none was lost.
    """
    told = None if answers is None else _told(answers.rows)
    parts = [] if told is None else [told.part]
    if (measures := _measures(observations, answers, recorded)) is not None:
        found = Counter(measures["concept"].to_list())
        parts += [_temperature(measures.lazy())] if found["temperature"] else []
        parts += (
            [_weight_loss(measures.lazy())] if found["weight"] > 1 else []
        )  # one weight alone says nothing of a loss
    columns = visits.select("row")
    for part in parts:
        columns = beside(columns, part.columns)
    problems = listed() if told is None or answers is None else listed(answers.problems, told.problems)
    return Wellbeing(Part(columns, [trace for part in parts for trace in part.trace]), problems)


def diary(answers: Answered | None) -> pl.DataFrame | None:
    """The check-ins known at each visit, followed over time; None where there are none.

    Columns row, then those of `wellbeing.FOLLOWED` without person. An answer without a day has no place in it.
    """
    if answers is None:
        return None
    of_checkin, given = _of_checkin()
    rows = answers.rows.lazy().filter(of_checkin).select(given)
    found = followed(rows).rows
    if found.is_empty():
        return None
    return found.select(pl.col("person").cast(pl.UInt32).alias("row"), pl.exclude("person")).sort("row", "item", "date")


def _followed() -> pl.Expr:
    return (pl.col("instrument") == "checkin") & pl.col("item").is_in([*GRADED, *SIGNS])


@cache
def _of_checkin() -> tuple[pl.Expr, list[pl.Expr]]:
    """Answers that the diary follows, in its columns."""
    person, answer = pl.col("row").cast(pl.String).alias("person"), pl.col("value").alias("answer")
    return _followed() & _WHOLE_DAY, [person, pl.col("date", "item"), answer, pl.col("source")]


def _told(answers: pl.DataFrame) -> Wellbeing:
    """The newest answer to each question, while it describes the present."""
    of = _expressions()
    (rows,) = settle(answers.lazy().with_columns(of.named).filter(of.asked))
    picked, strange, unplaced = computed(
        rows.filter(of.possible).filter(of.newest).filter(of.current).group_by("row", "feature").agg(of.together),
        rows.filter(~of.possible).select(of.impossible).unique(),
        rows.filter(of.unplaced).select(of.without_day).unique(),
    )
    differing = picked.lazy().filter("differs").with_columns(of.first)
    problems = [differing.filter(which).select(said).unique() for which, said in of.differing]
    present = sorted(named_in(picked["feature"]))
    values = picked.lazy().with_columns(of.agreed).pivot(on="feature", on_columns=present, index="row", values="value")
    trace = facts_in(picked.lazy().with_columns(of.fact), "fact")
    return Wellbeing(Part(values, [trace]), listed(strange, unplaced, *computed(*problems)).sort(list(PROBLEMS)))


class _Expressions(NamedTuple):
    named: list[pl.Expr]  # feature, the greatest answer, what it is called
    asked: pl.Expr
    possible: pl.Expr
    newest: pl.Expr
    current: pl.Expr
    together: list[pl.Expr]
    agreed: pl.Expr
    fact: pl.Expr
    first: pl.Expr
    impossible: list[pl.Expr]
    unplaced: pl.Expr
    without_day: list[pl.Expr]
    differing: tuple[tuple[pl.Expr, list[pl.Expr]], ...]


@cache
def _expressions() -> _Expressions:
    key, value, feature = pl.concat_str("instrument", pl.lit("/"), "item"), pl.col("value"), pl.col("feature")
    features, most = ({k: v[i] for k, v in _ASKED.items()} for i in (0, 1))
    age = (pl.col("as_of") - pl.col("date")).dt.total_days()
    day = pl.col("date").fill_null(UNDATED)
    limit = feature.replace_strict(_STALE, default=None, return_dtype=pl.Int64)
    open_ = feature.is_in(_CIRCUMSTANCES)
    words = feature.str.replace("^(symptom|sign)_", "").str.replace_all("_", " ")
    when = pl.col("date").cast(pl.String).fill_null("a day that is not known")
    what = pl.format("{} on {}: answers from {} to {}", words, when, _short(pl.col("least")), _short(value))
    return _Expressions(
        named=[
            key.replace_strict(features, default=None, return_dtype=pl.String).alias("feature"),
            key.replace_strict(most, default=None, return_dtype=pl.Float64).alias("most"),
        ],
        asked=feature.is_not_null() & value.is_not_null(),
        possible=value.is_between(0, pl.col("most")) & (value == value.round()),
        newest=day == day.max().over("row", "feature"),
        current=(age <= limit).fill_null(True),
        together=[
            value.max(),
            value.min().alias("least"),
            (value.n_unique() > 1).alias("differs"),
            pl.col("person", "date").first(),
            pl.col("source").alias("sources"),
        ],
        agreed=pl.when(~(pl.col("differs") & open_)).then(value).alias("value"),
        fact=("answer " + feature).alias("fact"),
        first=pl.col("sources").list.sort().list.first().alias("source"),
        impossible=problem(
            "error", pl.format("{} on {}: {} is no answer to it", words, when, _short(value)), "It was not used."
        ),
        unplaced=_followed() & ~_WHOLE_DAY,
        without_day=problem(
            "note",
            pl.format("{}: without its day an answer is not followed over time", words),
            "Add the day of the check-in.",
        ),
        differing=(
            (~open_, problem("note", what, "The worse one counts.")),
            (open_, problem("warning", what, "Keep the right one; it counts as not known.")),
        ),
    )


def _short(value: pl.Expr) -> pl.Expr:
    """A number in words of a problem: 3, not 3.0."""
    return value.cast(pl.String).str.strip_suffix(".0")


def _measures(observations: pl.LazyFrame, answers: Answered | None, recorded: frozenset[str]) -> pl.DataFrame | None:
    """Temperatures and weights, measured or told: row, as_of, concept, date, value, source; None: there are none."""
    measured, told, kept = _of_measures()
    found = [] if recorded.isdisjoint(_MEASURED) else [observations.filter(measured).select(kept)]
    if answers is not None:
        found.append(answers.rows.lazy().rename({"item": "concept"}).filter(told).select(kept))
    if not found:
        return None
    rows = pl.concat(computed(*found))
    return None if rows.is_empty() else rows


@cache
def _of_measures() -> tuple[pl.Expr, pl.Expr, list[str]]:
    wanted = pl.col("concept").is_in(_MEASURED) & pl.col("value").is_not_null() & pl.col("date").is_not_null()
    kept = ["row", "as_of", "concept", "date", "value", "source"]
    return wanted & pl.col("comparator").is_null(), wanted & (pl.col("instrument") == "checkin"), kept


def _temperature(measures: pl.LazyFrame) -> Part:
    """The highest temperature of the newest day, while it describes the present."""
    which, newest, found = _of_temperature()
    picked = measures.filter(which).filter(newest).group_by("row").agg(found).cache()
    fact = pl.lit("temperature").alias("fact")
    return Part(picked.select("row", "temperature"), [facts_in(picked.with_columns(fact), "fact")])


@cache
def _of_temperature() -> tuple[pl.Expr, pl.Expr, list[pl.Expr]]:
    fresh = (pl.col("as_of") - pl.col("date")).dt.total_days() <= _STALE["temperature"]
    found = [pl.col("value").max().alias("temperature"), pl.col("source").alias("sources")]
    return (pl.col("concept") == "temperature") & fresh, pl.col("date") == pl.col("date").max().over("row"), found


def _weight_loss(measures: pl.LazyFrame) -> Part:
    """The weight that was lost in 6 months, in percent of the highest one then."""
    of = _of_weight()
    days = measures.filter(of.which).sort("row", "date", "value", "source").group_by("row", "date", "as_of").agg(of.day)
    compared = days.with_columns(of.newest).filter(of.fresh).filter(of.counts).sort("row", "date")
    both = compared.group_by("row").agg(of.lost).filter(pl.col("weight_loss_percent").is_not_null()).cache()
    fact = pl.lit("weight over time").alias("fact")
    return Part(both.select("row", "weight_loss_percent"), [facts_in(both.with_columns(fact), "fact")])


class _OfWeight(NamedTuple):
    which: pl.Expr
    day: list[pl.Expr]
    newest: pl.Expr
    fresh: pl.Expr
    counts: pl.Expr
    lost: list[pl.Expr]


@cache
def _of_weight() -> _OfWeight:
    before = (pl.col("newest") - pl.col("date")).dt.total_days()
    now, then = pl.col("value").filter(before == 0), pl.col("value").filter(before > 0)
    lost = ((then.max() - now.first()) * 100 / then.max()).clip(lower_bound=0)
    return _OfWeight(
        which=(pl.col("concept") == "weight") & (pl.col("value") > 0),
        # Several weights of one day: their mean, as they differ by scales and hour.
        day=[pl.col("value").mean(), pl.col("source").alias("sources")],
        newest=pl.col("date").max().over("row").alias("newest"),
        fresh=(pl.col("as_of") - pl.col("newest")).dt.total_days() <= _STALE["weight_loss_percent"],
        counts=(before == 0) | before.is_between(_APART_DAYS, _SIX_MONTHS),
        lost=[lost.alias("weight_loss_percent"), pl.col("sources").explode()],
    )
