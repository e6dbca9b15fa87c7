"""Response of bone metastases by the MD Anderson criteria (Hamaoka 2004; restated in PMC3863546, table 1).

Bone heals by turning white. Sclerosis that is new on a CT, X-ray or bone scan is a sign of response in these criteria
and may be a flare; it is never progression by itself, and what would settle it is said.
"""

from __future__ import annotations

import polars as pl

from openmbc.tabular import known, listed, placed, problem, spelled, with_source

# What a reader says of bone, and what it means in table 1.
FINDINGS = {
    "complete_fill_in": "CR",
    "normalised": "CR",
    "signal_gone": "CR",
    "sclerotic_rim": "PR",
    "partial_fill_in": "PR",
    "new_sclerosis": "PR",
    "regression": "PR",
    "less_uptake": "PR",
    "less_blastic": "PR",
    "no_change": "SD",
    "growth": "PD",
    "new_lesion": "PD",
    "more_blastic": "PD",
    "more_lytic": "PD",
    "more_uptake": "PD",
}
# On a bone scan more uptake, and on any picture more or new white bone, may be healing.
_MAY_BE_FLARE = ("new_sclerosis", "more_blastic", "more_uptake")
_NEW_ON_SCAN = ("new_lesion",)
# Mostly 2 weeks to 3 months after the start, seldom after 6 months (Radiopaedia; 3.2 +/- 1.4 months, Janicek 1994).
FLARE_DAYS = 183
SETTLES = "A scan 8 to 12 weeks later; CT or MRI of the bone in question; pain, ALP and tumour markers beside it."


MODALITIES = ("xray", "ct", "mri", "scan")


def checked(findings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings that `judge` takes, in its spelling, and the problems (`facts.PROBLEMS`).

    A finding that is not known stays, and makes its date not evaluable; a modality that is not known may be a scan.
    """
    rows, lost = placed(with_source(findings))
    rows, strange = known(spelled(rows, "finding"), "modality", MODALITIES)
    unknown = ~pl.col("finding").is_in(list(FINDINGS))
    what = pl.format("the finding '{}' is not known: the date is not evaluable", pl.col("finding").fill_null(""))
    todo = f"Write one of: {', '.join(FINDINGS)}."
    return rows, listed(lost, rows.filter(unknown.fill_null(True)).select(*problem("error", what, todo)), strange)


def judge(findings: pl.DataFrame) -> pl.DataFrame:
    """Response of bone at each date.

    ``findings`` as from `checked`: person, date, finding (a key of `FINDINGS`), modality (xray | ct | mri | scan |
    null) and ``start`` (Date: of the treatment, null when not known), several rows a date. Gives person, date, ``bone``
    (CR | PR | SD | PD | NE), ``flare`` (Boolean: what looks worse may be healing) and ``settles`` (what would tell).
    Where every sign of growth may be a flare, the date is not evaluable. A finding that is not known is not evaluable.
    """
    means = pl.col("finding").replace_strict(FINDINGS, default=None, return_dtype=pl.String)
    # Without a start it is not known whether the time of a flare is over.
    in_time = ((pl.col("date") - pl.col("start")).dt.total_days() <= FLARE_DAYS).fill_null(True)
    on_scan = (pl.col("modality") == "scan").fill_null(True)
    doubtful = pl.col("finding").is_in(_MAY_BE_FLARE) | (pl.col("finding").is_in(_NEW_ON_SCAN) & on_scan)
    rows = findings.with_columns(means.alias("means"), (doubtful & in_time & (means != "SD")).alias("doubtful"))
    counts = [
        ((pl.col("means") == word) & ~(pl.col("doubtful") & (word == "PD"))).fill_null(False).sum().alias(word)
        for word in ("CR", "PR", "SD", "PD")
    ]
    bone = (
        pl.when(pl.col("PD") > 0)
        .then(pl.lit("PD"))
        .when((pl.col("flares") > 0) | (pl.col("unknown") > 0))
        .then(pl.lit("NE"))
        .when(pl.col("PR") > 0)
        .then(pl.lit("PR"))
        .when((pl.col("CR") > 0) & (pl.col("SD") > 0))
        .then(pl.lit("PR"))
        .when(pl.col("CR") > 0)
        .then(pl.lit("CR"))
        .otherwise(pl.lit("SD"))
    )
    flares = (pl.col("doubtful") & (pl.col("means") == "PD")).fill_null(False).sum().alias("flares")
    unknown = pl.col("means").is_null().sum().alias("unknown")
    healing = (pl.col("finding") == "new_sclerosis").fill_null(False).sum().alias("healing")
    by_date = rows.group_by("person", "date").agg(*counts, flares, unknown, healing).sort("person", "date")
    flare = ((pl.col("flares") > 0) | (pl.col("healing") > 0)) & (pl.col("PD") == 0)
    return by_date.select(
        "person",
        "date",
        bone.alias("bone"),
        flare.alias("flare"),
        pl.when(flare).then(pl.lit(SETTLES)).alias("settles"),
    )
