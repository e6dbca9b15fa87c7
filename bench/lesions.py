"""Invented lesions for measurements."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

TARGETS, OTHERS, VISITS = 3, 1, 6


def lesions(count: int, seed: int = 1) -> pl.DataFrame:
    """About ``count`` rows in no order: people with three targets and a non-target lesion at six visits."""
    rng = np.random.default_rng(seed)
    a_person = (TARGETS + OTHERS) * VISITS
    people = count // a_person
    row = np.arange(people * a_person)
    lesion, visit = row % (TARGETS + OTHERS), row // (TARGETS + OTHERS) % VISITS
    mm = np.round(rng.uniform(10, 60, len(row)), 1)
    target = pl.col("lesion") < TARGETS
    table = pl.DataFrame({"person": row // a_person, "visit": visit, "lesion": lesion, "mm": mm})
    return table.select(
        pl.format("person-{}", "person").alias("person"),
        (pl.lit(dt.date(2024, 1, 1)) + pl.duration(days=56 * pl.col("visit"))).cast(pl.Date).alias("date"),
        pl.format("L{}", "lesion").alias("lesion"),
        pl.when(target).then(pl.lit("target")).otherwise(pl.lit("non_target")).alias("role"),
        pl.concat_str(pl.lit("liver "), pl.col("lesion")).alias("site"),
        pl.lit(False).alias("node"),
        pl.when(target).then("mm").alias("mm"),
        pl.when(~target).then(pl.lit("present")).alias("assessment"),
    ).sample(fraction=1.0, shuffle=True, seed=seed)
