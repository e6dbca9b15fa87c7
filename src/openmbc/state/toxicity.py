"""Side effects that decide about later treatment: the worst grade that was ever recorded, as such or as an event."""

from __future__ import annotations

import polars as pl

from openmbc.state.side_effects import Reported
from openmbc.state.visits import Part, beside, facts_of

_GRADES = ["pneumonitis_grade"]
_OF_EVENTS = {"pneumonitis": "pneumonitis_grade"}
FEEDS = {name: (name,) for name in _GRADES}
_GRADED = pl.col("concept").is_in(_GRADES) & pl.col("value").is_not_null()


def derive(
    visits: pl.LazyFrame, observations: pl.LazyFrame, reported: Reported | None, recorded: frozenset[str]
) -> Part:
    """A column per side effect: its worst CTCAE grade, of any date; null when none is recorded."""
    if reported is None and recorded.isdisjoint(_GRADES):
        return Part(visits.select("row"))
    graded = observations.filter(_GRADED).select("row", "concept", "value", "source")
    if reported is not None:
        graded = pl.concat([graded, _events(reported.rows.lazy())])
    worst = graded.group_by("row", "concept").agg(pl.col("value").max())
    wide = worst.pivot(on="concept", on_columns=_GRADES, index="row", values="value")
    return Part(beside(visits.select("row"), wide), [facts_of(graded)])


def _events(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Reports of side effects in the shape of the stated grades."""
    of = pl.col("effect").replace_strict(_OF_EVENTS, default=None, return_dtype=pl.String)
    graded = rows.filter(pl.col("effect").is_in(list(_OF_EVENTS)) & pl.col("grade").is_not_null())
    return graded.select("row", of.alias("concept"), pl.col("grade").cast(pl.Float64).alias("value"), "source")
