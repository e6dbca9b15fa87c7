"""What RECIST 1.1 asks of the choice of target lesions: said where it is not so, and counted as they were chosen."""

from __future__ import annotations

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.tabular import problem

# RECIST 1.1, sections 3.1 and 4.1 (Eisenhauer 2009): lengths in micrometres, numbers of target lesions.
_LEAST, _LEAST_NODE = 10_000, 15_000
_MOST, _MOST_IN_ORGAN = 5, 2

_SIDES = r"\b(left|right|bilateral|both|l|r)\b"
_TODO = "Check the choice of target lesions."


def first_look() -> pl.Expr:
    """The first date of each person on which a target or non-target lesion was looked at."""
    return pl.col("date").filter(pl.col("role") != "new").min()


def rooted(lesions: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Lesions with their ``baseline`` (Date), and what contradicts it, as problems.

    ``lesions`` as in `lesions.checked`. A lesion that is called new and was there at baseline is not new: it counts as
    a non-target lesion. Rows of dates before the baseline are left out.
    """
    base = lesions.group_by("person").agg(first_look().alias("baseline"))
    known = lesions.join(base, on="person", how="left", maintain_order="left")
    before, at_start = pl.col("date") < pl.col("baseline"), pl.col("first") <= pl.col("baseline")
    not_new = (pl.col("role") == "new") & at_start.fill_null(False)
    early = pl.format("lesion {} on {}: before the baseline ({}), not used", "lesion", _day("date"), _day("baseline"))
    called = pl.format("lesion {} is called new and was there at baseline: it counts as non-target", "lesion")
    late = pl.format(
        "lesion {} is {} and has no row at baseline ({}): the response of these lesions is not evaluable",
        "lesion", "role", _day("baseline"),
    )  # fmt: skip
    came_late = (pl.col("role") != "new") & (pl.col("date") == pl.col("first")) & ~at_start
    found = [
        known.filter(before).select(*problem("error", early, "Correct the date or the role.")),
        known.filter(not_new & (pl.col("date") == pl.col("baseline"))).select(
            *problem("error", called, "Correct the role.")
        ),
        known.filter(came_late).select(*problem("error", late, "Add its row at baseline, or call it new.")),
    ]
    role = pl.when(not_new).then(pl.lit("non_target")).otherwise("role").alias("role")
    return known.filter(~before.fill_null(False)).with_columns(role), found


def _day(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def choice(lesions: pl.DataFrame) -> list[pl.DataFrame]:
    """Problems in the choice of targets; ``lesions`` as from `rooted`."""
    targets = lesions.filter((pl.col("role") == "target") & (pl.col("date") == pl.col("baseline")))
    return [*_of_one(targets), *_of_all(targets)]


def without_row(lesions: pl.DataFrame) -> pl.DataFrame:
    """Lesions of the baseline that have no row at a later date: not evaluable there; ``lesions`` as from `rooted`."""
    of_baseline = lesions.filter((pl.col("date") == pl.col("baseline")) & (pl.col("role") != "new"))
    early = ((pl.col("first") <= pl.col("baseline")) & (pl.col("role") != "new")).fill_null(False)
    dates = lesions.group_by("person", "date", maintain_order=True).agg(early.sum().alias("rows"))
    expected = of_baseline.group_by("person").agg(pl.len().alias("expected"))
    short = dates.join(expected, on="person", maintain_order="left").filter(pl.col("rows") < pl.col("expected"))
    if short.is_empty():  # as it mostly is: what follows lists the lesions of each date
        return pl.DataFrame(schema=PROBLEMS)
    here = lesions.group_by("person", "date").agg(
        pl.col("lesion").filter(early).alias("here"), pl.col("source").first()
    )
    short = short.join(here, on=["person", "date"], maintain_order="left")
    short = short.join(of_baseline.group_by("person").agg(pl.col("lesion").alias("lesions")), on="person")
    lacking = (
        pl.col("lesions")
        .list.set_difference("here")
        .list.sort()
        .cast(pl.List(pl.String))
        .list.join(", ")
        .alias("lacking")
    )
    what = pl.format("no row on {} for {}: not evaluable there", _day("date"), "lacking")
    todo = "Add what was measured; a lesion that is gone is 'absent'."
    return short.with_columns(lacking).select(*problem("warning", what, todo))


def _of_one(targets: pl.DataFrame) -> list[pl.DataFrame]:
    least = pl.when("node").then(_LEAST_NODE).otherwise(_LEAST)
    small = pl.format(
        "target lesion {} measures {} mm at baseline; RECIST asks for {} mm",
        "lesion", pl.col("um") / 1000, least // 1000,
    )  # fmt: skip
    unknown = pl.format("target lesion {} has no length at baseline: the sum is not known", "lesion")
    in_bone = pl.format("target lesion {} is in bone: measurable only with a soft tissue mass", "lesion")
    bone = pl.col("site").str.to_lowercase().str.contains(r"\bbones?\b")
    return [
        targets.filter(pl.col("um") < least).select(*problem("warning", small, _TODO)),
        targets.filter(pl.col("um").is_null()).select(*problem("error", unknown, "Add the length.")),
        targets.filter(bone).select(*problem("note", in_bone, _TODO)),
    ]


def _of_all(targets: pl.DataFrame) -> list[pl.DataFrame]:
    """All lymph nodes are one organ, and so are paired organs."""
    name = pl.col("site").str.to_lowercase().str.replace_all(r"[\s_,]+", " ").str.replace_all(_SIDES, "")
    organ = pl.when("node").then(pl.lit("lymph nodes")).otherwise(name.str.strip_chars().str.strip_suffix("s"))
    in_organ = (
        targets.with_columns(organ.alias("organ"))
        .filter(pl.col("organ").is_not_null())
        .group_by("person", "organ", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("source").first())
    )
    in_all = targets.group_by("person", maintain_order=True).agg(pl.len().alias("count"), pl.col("source").first())
    crowded = pl.format("{} target lesions in one organ ({}); RECIST takes at most 2", "count", "organ")
    many = pl.format("{} target lesions; RECIST takes at most 5", "count")
    return [
        in_organ.filter(pl.col("count") > _MOST_IN_ORGAN).select(*problem("warning", crowded, _TODO)),
        in_all.filter(pl.col("count") > _MOST).select(*problem("warning", many, _TODO)),
    ]
