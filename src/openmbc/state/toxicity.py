"""Side effects that decide about later treatment: the worst grade that was ever recorded."""

from __future__ import annotations

import polars as pl

from openmbc.state.visits import Part, beside, facts_of

_GRADES = ["pneumonitis_grade"]
FEEDS = {name: (name,) for name in _GRADES}
_GRADED = pl.col("concept").is_in(_GRADES) & pl.col("value").is_not_null()


def derive(visits: pl.LazyFrame, observations: pl.LazyFrame) -> Part:
    """A column per side effect: its worst CTCAE grade, of any date; null when none is recorded."""
    graded = observations.filter(_GRADED)
    worst = graded.group_by("row", "concept").agg(pl.col("value").max())
    wide = worst.pivot(on="concept", on_columns=_GRADES, index="row", values="value")
    return Part(beside(visits.select("row"), wide), [facts_of(graded)])
