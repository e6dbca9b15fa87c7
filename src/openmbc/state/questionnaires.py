"""Questionnaires of which a record holds the single answers: scored, so that their totals count like stated ones."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.tabular import listed
from openmbc.wellbeing.scoring import score

# Scales of an instrument, as the instrument and the item that they count as. Whoever reports thoughts of self-harm in
# the PHQ-9 says yes to that sign, whatever the total is.
_COUNT_AS = {
    "phq_9": {"depression": ("phq_9", "total"), "self_harm_thoughts": ("checkin", "self_harm")},
    "gad_7": {"anxiety": ("gad_7", "total")},
    "mst": {"malnutrition_risk": ("mst", "total")},
}
_SINGLE = pl.col("item") != "total"


def with_scores(answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answers known at visits (with ``row``), and those that follow from single answers; and the problems of these.

    A score has as sources all answers to its questionnaire of that day. An answer without a day makes none.
    """
    single = answers.filter(pl.col("instrument").is_in(list(_COUNT_AS)) & _SINGLE & pl.col("date").is_not_null())
    if single.is_empty():
        return answers, listed()
    made, problems = [answers], []
    for (name,), rows in single.group_by("instrument", maintain_order=True):
        of_visits = rows.with_columns(pl.col("row").cast(pl.String).alias("visit"))
        found = score(of_visits.select(_asked()), str(name))
        made.append(_counted(found.scores, of_visits, str(name), answers.columns))
        people = of_visits.select("person", "visit").unique()
        named = found.problems.rename({"person": "visit"}).join(people, on="visit", how="left")
        problems.append(named.select(list(PROBLEMS)).unique())
    return pl.concat(made), listed(*problems)


@cache
def _asked() -> list[pl.Expr]:
    return [pl.col("visit").alias("person"), pl.col("date", "item"), pl.col("value").alias("answer"), pl.col("source")]


def _counted(scores: pl.DataFrame, rows: pl.DataFrame, name: str, columns: list[str]) -> pl.DataFrame:
    """The scores that there are as answers, each once for every answer behind it."""
    known = scores.filter(pl.col("score").is_not_null() & pl.col("scale").is_in(list(_COUNT_AS[name])))
    to, item = ({scale: place[i] for scale, place in _COUNT_AS[name].items()} for i in (0, 1))
    is_sign = pl.col("scale") == "self_harm_thoughts"
    counted = known.select(
        pl.col("person").alias("visit"),
        pl.col("date"),
        pl.col("scale").replace_strict(to, return_dtype=pl.String).alias("instrument"),
        pl.col("scale").replace_strict(item, return_dtype=pl.String).alias("item"),
        pl.when(is_sign).then(pl.col("score").clip(upper_bound=1)).otherwise("score").alias("value"),
    )
    return rows.drop("instrument", "item", "value").join(counted, on=["visit", "date"]).select(columns)
