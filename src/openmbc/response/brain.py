"""RANO-BM: response of brain metastases, with corticosteroids and how the person is (Lin 2015, Lancet Oncology).

The criteria as restated in PMC6499019, table 4, and by Radiopaedia. Imaging alone is judged as in RECIST, on lesions
of the brain only, with one difference: progression of the targets asks for one lesion that grew by 5 mm.
"""

from __future__ import annotations

import polars as pl

from openmbc.response import recist
from openmbc.tabular import known, listed, placed, problem, with_source

STEROIDS = ("none", "decreased", "stable", "increased")
CLINICAL = ("better", "stable", "worse")
_LESION_MORE = 5_000


def of_visits(lesions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Steroids and how the person is at each person and date, from the rows of the lesions; and the problems.

    What the rows of one visit say differently is not known.
    """
    rows, _ = placed(with_source(lesions))
    rows, strange = known(rows, "steroids", STEROIDS)
    rows, odd = known(rows, "clinical", CLINICAL)
    names = ("steroids", "clinical")
    one = [pl.when(_count(name) == 1).then(pl.col(name).drop_nulls().first()).alias(name) for name in names]
    counts = [_count(name).alias(f"{name}_words") for name in names]
    visits = rows.group_by("person", "date", maintain_order=True).agg(*one, *counts, pl.col("source").first())
    differ = []
    for name in names:
        what = pl.format(f"{name} is given differently on {{}}: not known", pl.col("date").cast(pl.String))
        several = visits.filter(pl.col(f"{name}_words") > 1)
        differ.append(several.select(*problem("error", what, "Give it once for a visit.")))
    return visits.select("person", "date", *names), listed(strange, odd, *differ)


def _count(name: str) -> pl.Expr:
    return pl.col(name).drop_nulls().n_unique()


def judge(seen: pl.DataFrame, lesions: pl.DataFrame, person_state: pl.DataFrame) -> pl.DataFrame:
    """As `recist.judge`, with ``imaging`` (what the scans alone say) beside ``overall``.

    ``person_state`` has person, date, ``steroids`` (`STEROIDS`) and ``clinical`` (`CLINICAL`), null where not known.
    A response or stable disease asks for both; where one is not known, or steroids were increased, the visit is not
    evaluable. All lesions gone with steroids that go on meet what a partial response asks for, not a complete one. More
    steroids alone are not progression. A person who is worse has progressed.
    """
    grown = _one_grew(lesions)
    judged = recist.judge(
        seen.join(grown, on=["person", "date"], how="left", maintain_order="left"), one_must_grow=True
    )
    judged = judged.join(person_state, on=["person", "date"], how="left", maintain_order="left")
    imaging, after = pl.col("overall"), ~pl.col("at_baseline")
    steroids = pl.col("steroids")
    # A partial response needs target lesions; without them only the complete one is there to be met.
    only_complete = (imaging == "CR") & pl.col("target").is_null()
    fewer = pl.when(only_complete).then(steroids == "none").otherwise(steroids != "increased")
    well = pl.col("clinical").is_in(["better", "stable"])
    overall = (
        pl.when(after & (imaging == "PD"))
        .then(pl.lit("PD"))
        .when(after & (pl.col("clinical") == "worse").fill_null(False))
        .then(pl.lit("PD"))
        .when(after & imaging.is_in(["CR", "PR", "SD", "NON-CR/NON-PD"]) & ~(fewer & well).fill_null(False))
        .then(pl.lit("NE"))
        .when(after & (imaging == "CR") & (steroids != "none"))
        .then(pl.lit("PR"))
        .otherwise(imaging)
    )
    return judged.with_columns(imaging.alias("imaging"), overall.alias("overall"))


def _one_grew(lesions: pl.DataFrame) -> pl.DataFrame:
    """Per person and date: is one target 5 mm above its smallest earlier length?"""
    least = pl.col("um").cum_min().forward_fill().shift(1).over("person", "lesion")
    grew = ((pl.col("role") == "target") & (pl.col("um") - least >= _LESION_MORE)).fill_null(False)
    rows = lesions.with_columns(grew.alias("grew"))
    return rows.group_by("person", "date", maintain_order=True).agg(pl.col("grew").max().alias("one_grew"))
