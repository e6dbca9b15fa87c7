"""Lesions to visits: what was seen on each date, added up, before any criteria judge it."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.response.lesions import NODE_NORMAL

_SEEN = ["present", "progression", "increased"]


def visits(lesions: pl.DataFrame) -> pl.DataFrame:
    """One row per person and date, sorted; ``lesions`` as from `lesions.checked`.

    Columns: person, date, ``baseline`` (Date; null for people without target and non-target lesions), ``targets`` and
    ``non_targets`` (Int64: how many the person has), ``measured`` (targets with a known length here), ``um`` (Int64:
    their sum), ``gone`` (targets that are gone: absent, or a node below 10 mm), ``back`` (targets and non-targets that
    are there and are no nodes), ``nt_known``, ``nt_gone``, ``nt_progression``, ``nt_late`` (non-targets that were not
    there at baseline),
    ``new_seen``, ``new_equivocal``, ``new_unclear`` (Int64: counts).
    """
    targets = pl.col("lesion").filter(pl.col("role") == "target").n_unique().cast(pl.Int64).alias("targets")
    of = lesions.group_by("person").agg(targets)
    known = lesions.join(of, on="person", how="left", maintain_order="left")
    suspect = pl.col("date").filter(pl.col("status").is_in([*_SEEN, "equivocal"])).min().over("person", "lesion")
    known = known.with_columns(suspect.alias("suspected"))
    seen = known.group_by("person", "date", maintain_order=True).agg(
        pl.col("baseline", "targets").first(), *_of_targets(), *_of_non_targets(), *_of_new()
    )
    required = pl.col("nt_here").filter(pl.col("date") == pl.col("baseline")).first().over("person")
    return seen.with_columns(required.fill_null(0).alias("non_targets"))


@cache
def _of_targets() -> list[pl.Expr]:
    target = pl.col("role") == "target"
    gone = (pl.col("um") == 0) | (pl.col("node") & (pl.col("um") < NODE_NORMAL))
    return [
        _count(target & pl.col("um").is_not_null(), "measured"),
        pl.col("um").filter(target).sum().alias("um"),
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
        pl.col("suspected").filter(new & status.is_in(_SEEN)).min().alias("new_began"),
    ]


def _count(condition: pl.Expr, name: str) -> pl.Expr:
    """How many rows meet a condition; a row of which that is not known does not count as one that does."""
    return condition.fill_null(False).cast(pl.Int64).sum().alias(name)
