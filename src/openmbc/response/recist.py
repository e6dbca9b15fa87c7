"""RECIST 1.1 at each date (Eisenhauer 2009), with the EORTC clarification that a response holds until progression.

Target lesions by their sum; non-target lesions and new ones as the reader called them; overall by table 1 and 2 of
the paper. Lengths are whole micrometres (`lesions`), so the bounds are exact.
"""

from __future__ import annotations

import polars as pl

from openmbc.response.runs import at_first, begins, earlier

PD_MORE = 5_000  # progression asks for 5 mm more than the nadir, and for 20 percent


def numbers(seen: pl.DataFrame) -> pl.DataFrame:
    """The sums of visits (`visits.visits`) beside those they are compared with.

    Adds ``sum`` (of all targets; null when one is not known), ``base`` (at baseline), ``nadir`` (the smallest sum of
    the dates before, baseline included) in micrometres, and ``at_baseline``.
    """
    complete = (pl.col("targets") > 0) & (pl.col("measured") == pl.col("targets"))
    at_baseline = (pl.col("date") == pl.col("baseline")).fill_null(False)
    nadir = pl.col("sum").cum_min().forward_fill().shift(1).over("person")
    return (
        seen.with_columns(pl.when(complete).then("um").alias("sum"), at_baseline.alias("at_baseline"))
        # The baseline is a person's first row: there are none before it (`baseline.rooted`).
        .with_columns(pl.when("at_baseline").then("sum").alias("base"))
        .with_columns(at_first("base", begins("person")))
        .with_columns(pl.when(pl.col("base").is_not_null()).then(nadir).alias("nadir"))
    )


def judge(seen: pl.DataFrame, *, one_must_grow: bool = False) -> pl.DataFrame:
    """Target, non-target, new and overall response of visits with `numbers`, null at baseline.

    ``one_must_grow`` is RANO-BM: progression of the sum counts only where ``one_grew``.

    Adds ``target`` (CR | PR | SD | PD | NE; null without target lesions), ``non_target`` (CR | NON-CR/NON-PD | PD | NE;
    null without non-target lesions), ``new`` (Boolean; null where it is equivocal or not clear), ``rest`` (what the
    lesions of the baseline say without new ones), ``overall``, ``met`` (Boolean: a response whose bound is met at this
    date, not only held from before), ``began`` (Date: of a progression by a new lesion, when that was first suspected:
    section 4.3.5 of the paper) and ``open_since`` (Date, null).
    """
    known = seen.with_columns(_new().alias("new"), _all_gone().alias("all_gone"))
    none_new = pl.col("new").fill_null(False).not_() & (pl.col("new_unclear") == 0)
    complete_response = pl.col("all_gone") & _non_targets_gone() & none_new
    known = known.with_columns((complete_response & ~pl.col("at_baseline")).alias("cr"))
    known = known.with_columns(earlier("cr", begins("person")).alias("had_cr"))
    known = known.with_columns(_target_pd(one_must_grow).alias("target_pd"))
    known = known.with_columns((_target_pr() | pl.col("all_gone")).fill_null(False).alias("shrank"))
    # A response holds until progression of the targets.
    known = known.with_columns(earlier("shrank", begins("person") | pl.col("target_pd")).alias("held"))
    known = known.with_columns(_target().alias("target"), _non_target().alias("non_target"))
    known = known.with_columns(pl.when(~pl.col("at_baseline")).then(_rest()).alias("rest"))
    overall = pl.when(~pl.col("at_baseline")).then(_overall())
    met = overall.is_in(["CR", "PR"]) & (pl.col("shrank") | pl.col("target").is_null())
    began = pl.when((overall == "PD") & pl.col("new")).then("new_began")
    return known.with_columns(
        overall.alias("overall"),
        met.fill_null(False).alias("met"),
        began.alias("began"),
        pl.lit(None, pl.Date).alias("open_since"),
    )


def _new() -> pl.Expr:
    unclear = (pl.col("new_equivocal") > 0) | (pl.col("new_unclear") > 0)
    return pl.when(pl.col("new_seen") > 0).then(pl.lit(True)).when(~unclear).then(pl.lit(False))


def _all_gone() -> pl.Expr:
    """All targets are absent, and nodes below 10 mm; true without targets."""
    return pl.col("gone") == pl.col("targets")


def _non_targets_gone() -> pl.Expr:
    return (pl.col("nt_gone") == pl.col("non_targets")) & (pl.col("nt_late") == 0)


def _target_pd(one_must_grow: bool) -> pl.Expr:
    """By the measured part of the sum, if that alone is enough: what was not measured can only add to it.

    After a complete response any lesion that is there again is progression (table 3 of the paper, footnote); for
    lymph nodes the bounds of the sum decide.
    """
    more = (5 * pl.col("um") >= 6 * pl.col("nadir")) & (pl.col("um") - pl.col("nadir") >= PD_MORE)
    if one_must_grow:
        more &= pl.col("one_grew")
    back = pl.col("had_cr") & (pl.col("target_back") > 0)
    return ((more | back) & ~pl.col("at_baseline") & (pl.col("targets") > 0)).fill_null(False)


def _target_pr() -> pl.Expr:
    return ~pl.col("at_baseline") & (10 * pl.col("sum") <= 7 * pl.col("base"))


def _target() -> pl.Expr:
    complete, base = pl.col("sum").is_not_null(), pl.col("base").is_not_null()
    return (
        pl.when(pl.col("at_baseline") | (pl.col("targets") == 0))
        .then(None)
        .when("target_pd")
        .then(pl.lit("PD"))
        .when("all_gone")
        .then(pl.lit("CR"))
        .when(~(complete & base))
        .then(pl.lit("NE"))
        .when(pl.col("shrank") | pl.col("held"))
        .then(pl.lit("PR"))
        .otherwise(pl.lit("SD"))
    )


def _non_target() -> pl.Expr:
    back = pl.col("had_cr") & (pl.col("nt_back") > 0)
    return (
        pl.when(pl.col("at_baseline") | ((pl.col("non_targets") == 0) & (pl.col("nt_late") == 0)))
        .then(None)
        .when((pl.col("nt_progression") > 0) | back)
        .then(pl.lit("PD"))
        .when((pl.col("nt_known") < pl.col("non_targets")) | (pl.col("nt_late") > 0))
        .then(pl.lit("NE"))
        .when(_non_targets_gone())
        .then(pl.lit("CR"))
        .otherwise(pl.lit("NON-CR/NON-PD"))
    )


def _rest() -> pl.Expr:
    """What the lesions of the baseline say together: tables 1 and 2 of the paper without their column of new ones."""
    target, other = pl.col("target"), pl.col("non_target")
    grew = (target == "PD").fill_null(False) | (other == "PD").fill_null(False)
    nothing_left = other.is_null() | (other == "CR")
    return (
        pl.when(grew)
        .then(pl.lit("PD"))
        .when(target.is_null())
        .then(pl.coalesce(other, pl.lit("NE")))
        .when((target == "CR") & ~nothing_left)
        .then(pl.lit("PR"))
        .otherwise(target)
    )


def _overall() -> pl.Expr:
    """With new lesions. One that only may be there changes nothing; one that could not be judged does."""
    return (
        pl.when((pl.col("rest") == "PD") | pl.col("new").fill_null(False))
        .then(pl.lit("PD"))
        .when(pl.col("new_unclear") > 0)
        .then(pl.lit("NE"))
        .otherwise("rest")
    )
