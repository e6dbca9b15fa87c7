"""Composite grades of PRO-CTCAE: one grade, 0 to 3, from how often, how bad and how much in the way (Basch 2021)."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.tabular import problem
from openmbc.wellbeing.instruments import ATTRIBUTES, Instrument, grades

_FIRST_IS_ZERO = "the first answer is 0: the others are not needed"


def graded(values: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    """The grade of each symptom that was asked about, a row per visit and symptom.

    ``values`` as `instruments_answers.Answers.values`. Columns: visit, scale (its place in ``of.scales``), answered,
    asked, score (null: an attribute is missing), note, ``contradicts`` (true: a first answer of 0, another above 0),
    source.

    A first attribute of 0 gives grade 0, whatever the others are; in all other cases every attribute is needed
    (ProAE 1.0.4, toxScores).
    """
    number = {code: place for place, code in enumerate(of.items)}
    places = pl.DataFrame(
        [
            (number[item], place, attribute, " ".join(scale.attributes), len(scale.items))
            for place, scale in enumerate(of.scales)
            if scale.way == "grade"
            for item, attribute in zip(scale.items, scale.attributes, strict=True)
        ],
        {"item": pl.UInt32, "scale": pl.UInt32, "attribute": pl.String, "attributes": pl.String, "asked": pl.UInt32},
        orient="row",
    )
    rows = values.join(places, on="item", how="inner", maintain_order="left")
    by = [pl.col("value").filter(pl.col("attribute") == name).first().alias(name) for name in ATTRIBUTES]
    each = rows.group_by("visit", "scale", maintain_order=True).agg(
        pl.col("attributes", "asked", "source").first(), pl.col("value").count().cast(pl.UInt32).alias("answered"), *by
    )
    found = each.join(_table(), on=["attributes", *ATTRIBUTES], how="left", nulls_equal=True, maintain_order="left")
    none = pl.lit(None, pl.Int64)
    first = pl.coalesce(
        pl.when(pl.col("attributes").str.starts_with(name)).then(name).otherwise(none) for name in ATTRIBUTES
    )
    zero = (first == 0).fill_null(False)
    score = pl.when(zero).then(0.0).otherwise(pl.col("grade"))
    note = (
        pl.when(score.is_null())
        .then(pl.format("not graded: without {}", _missing()))
        .when(pl.col("answered") < pl.col("asked"))
        .then(pl.lit(_FIRST_IS_ZERO))
    )
    contradicts = (zero & (pl.max_horizontal(ATTRIBUTES) > 0)).fill_null(False).alias("contradicts")
    return found.select(
        "visit", "scale", "answered", "asked", score.alias("score"), note.alias("note"), contradicts, "source"
    )


def contradictions(found: pl.DataFrame, visits: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    """Symptoms that are not there by the first answer and are by another one, as problems."""
    odd = found.filter("contradicts").join(visits, on="visit", how="left", maintain_order="left")
    if odd.is_empty():
        return pl.DataFrame(schema=PROBLEMS)
    name = pl.col("scale").replace_strict({place: scale.key for place, scale in enumerate(of.scales)})
    what = pl.format("{} on {}: the first answer is 0, another one is above 0", name, "date")
    return odd.select(*problem("warning", what, "The rule makes it grade 0. Check the answers."))


def _missing() -> pl.Expr:
    """The attributes that were asked and have no answer."""
    each = [
        pl.when(pl.col(name).is_null() & pl.col("attributes").str.contains(name, literal=True)).then(pl.lit(name))
        for name in ATTRIBUTES
    ]
    return pl.concat_str(each, separator=", ", ignore_nulls=True)


@cache
def _table() -> pl.DataFrame:
    schema = {"attributes": pl.String, **dict.fromkeys(ATTRIBUTES, pl.Int64), "grade": pl.Float64}
    return pl.DataFrame([(asked, *answers, grade) for asked, answers, grade in grades()], schema, orient="row")
