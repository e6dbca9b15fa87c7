"""Lesions to visits: what was seen on each date, added up, before any criteria judge it."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.response.lesions import NODE_NORMAL
from openmbc.response.runs import at_first, begins

_SEEN = ["present", "progression", "increased"]


def visits(lesions: pl.DataFrame) -> pl.DataFrame:
    """One row per person and date, sorted; ``lesions`` as from `lesions.checked`.

    Columns: person, date, ``baseline`` (Date; null for people without target and non-target lesions), ``targets`` and
    ``non_targets`` (Int64: how many the person has), ``measured`` (targets with a known length here), ``um`` (Int64:
    their sum), ``gone`` (targets that are gone: absent, or a node below 10 mm), ``back`` (targets and non-targets that
    are there and are no nodes), ``nt_known``, ``nt_gone``, ``nt_progression``, ``nt_late`` (non-targets that were not
    there at baseline),
    ``new_seen``, ``new_equivocal``, ``new_unclear`` (Int64: counts), ``new_began`` (Date).
    """
    targets = pl.col("lesion").filter(pl.col("role") == "target").n_unique().cast(pl.Int64).alias("targets")
    of = lesions.group_by("person").agg(targets)
    known = lesions.join(of, on="person", how="left", maintain_order="left")
    seen = known.group_by("person", "date", maintain_order=True).agg(
        pl.col("baseline", "targets").first(), *_of_targets(), *_of_non_targets(), *_of_new()
    )
    required = pl.when(pl.col("date") == pl.col("baseline")).then("nt_here").otherwise(0).alias("non_targets")
    # The baseline is a person's first row: there are none before it (`baseline.rooted`).
    seen = seen.with_columns(required).with_columns(at_first("non_targets", begins("person")))
    return seen.join(_new_began(lesions), on=["person", "date"], how="left", maintain_order="left")


def _new_began(lesions: pl.DataFrame) -> pl.DataFrame:
    """Where new lesions are there: ``new_began`` (Date), when the first of them was first suspected."""
    new = lesions.filter((pl.col("role") == "new") & pl.col("status").is_in([*_SEEN, "equivocal"]))
    suspected = new.with_columns(pl.col("date").min().over("person", "lesion").alias("new_began"))
    there = suspected.filter(pl.col("status").is_in(_SEEN))
    return there.group_by("person", "date").agg(pl.col("new_began").min())


@cache
def _of_targets() -> list[pl.Expr]:
    target = pl.col("role") == "target"
    gone = (pl.col("um") == 0) | (pl.col("node") & (pl.col("um") < NODE_NORMAL))
    return [
        _count(target & pl.col("um").is_not_null(), "measured"),
        pl.when(target).then("um").sum().alias("um"),
        _count(target & gone, "gone"),
        _count(target & ~pl.col("node") & (pl.col("um") > 0), "target_back"),
    ]


@cache
def _of_non_targets() -> list[pl.Expr]:
    other = pl.col("role") == "non_target"
    early = other & (pl.col("first") <= pl.col("baseline"))
    there = pl.col("status").is_in(_SEEN)
    return [
        _count(early, "nt_here"),
        _count(early & pl.col("status").is_not_null(), "nt_known"),
        _count(early & (pl.col("status") == "absent"), "nt_gone"),
        _count(other & (pl.col("status") == "progression"), "nt_progression"),
        _count(other & (pl.col("first") > pl.col("baseline")), "nt_late"),
        _count(early & there & ~pl.col("node"), "nt_back"),
    ]


@cache
def _of_new() -> list[pl.Expr]:
    new, status = pl.col("role") == "new", pl.col("status")
    return [
        _count(new & status.is_in(_SEEN), "new_seen"),
        _count(new & (status == "equivocal"), "new_equivocal"),
        _count(new & status.is_null(), "new_unclear"),
    ]


def _count(condition: pl.Expr, name: str) -> pl.Expr:
    """How many rows meet a condition; a row of which that is not known does not count as one that does."""
    return condition.sum().cast(pl.Int64).alias(name)
