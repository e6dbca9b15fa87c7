"""The disease: metastatic or not, since when, de novo or recurrent, and where."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import PART_OF, SITES, VISCERAL_SITES
from openmbc.criteria.kleene import any_row, certain, either, every
from openmbc.state.visits import Part, beside, facts_of, months, side_by_side

# A metastasis found within four months of the first diagnosis was there from the start (de novo).
DE_NOVO_DAYS = 120
_YES_NO = (
    "visceral_crisis",
    "symptomatic_disease",
    "oligometastatic",
    "bone_pain",
    "fracture_risk",
    "brain_metastases_symptomatic",
    "breast_tumour_symptoms",
)
NUMBERS = (
    "metastases_count",
    "growing_metastases_count",
    "spinal_instability_score",
    "brain_metastases_count",
    "brain_metastasis_largest_mm",
)
_CODES = ["brain_metastases_activity", "histology", *_YES_NO]
_SITES = [f"metastasis_{site}" for site in SITES]
_WHOLE = {f"metastasis_{part}": f"metastasis_{whole}" for part, whole in PART_OF.items() if part in SITES}
_IN_BONE = ("bone", "spine", "regional_lymph_node")  # what bone-only disease may hold
_USED = ["as_of", "diagnosed", "metastatic_on", "spread", "early", "early_on"]
_USED += ["extent", "cancer", "reported_histology", "treated_early"]

_COURSE = ("disease", "presentation", "metastatic_since_months", "disease_free_interval_months")
FEEDS = {
    "breast_cancer": (*_COURSE, "histology"),
    "metastasis": _COURSE,
    **{f"metastasis_{s}": (f"metastasis_{s}", "bone_only", *_COURSE) for s in SITES},
    "metastasis_spine": ("metastasis_spine", "metastasis_bone", "bone_only", *_COURSE),
    "metastasis_bone": ("metastasis_bone", "metastasis_spine", "bone_only", *_COURSE),
    **{f"metastasis_{s}": (f"metastasis_{s}", "bone_only", "visceral_disease", *_COURSE) for s in VISCERAL_SITES},
    **dict.fromkeys(("stage", "stage_m", "extent"), (*_COURSE, "stage")),
}


def timeline(visits: pl.LazyFrame, conditions: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """When the disease began and spread, at each visit.

    Columns: row, diagnosed and metastatic_on (Date, null when not dated), spread (Boolean: evidence of
    distant metastases), early (an earlier stage below IV is recorded) with early_on, stage (newest, text),
    extent (as stated), cancer (a breast cancer diagnosis is recorded), reported_histology.
    """
    of_cancer = conditions.filter(_of_cancer()).sort("row", "date", "histology", nulls_last=False)
    staged = observations.filter(_staged()).with_columns(_main_stage()).sort("row", "date", "code", "source")
    recorded = of_cancer.group_by("row", maintain_order=True).agg(_from_conditions())
    stated = staged.group_by("row", maintain_order=True).agg(_from_stages())
    return beside(beside(visits.select("row", "as_of"), recorded), stated).select(_timeline())


@cache
def _of_cancer() -> pl.Expr:
    return pl.col("concept").is_in(["breast_cancer", "metastasis"])


@cache
def _staged() -> pl.Expr:
    return pl.col("concept").is_in(["stage", "stage_m", "extent"])


@cache
def _from_conditions() -> list[pl.Expr]:
    there = (pl.col("status") != "absent").fill_null(True)
    primary = there & (pl.col("concept") == "breast_cancer")
    distant = there & (pl.col("concept") == "metastasis") & (pl.col("site") != "regional_lymph_node").fill_null(True)
    typed = (pl.col("concept") == "breast_cancer") & pl.col("histology").is_not_null()
    return [
        pl.col("date").filter(primary).min().alias("diagnosed"),
        any_row(primary).alias("cancer"),
        pl.col("date").filter(distant).min().alias("distant_on"),
        any_row(distant).alias("distant"),
        pl.col("histology").filter(typed).last().alias("reported_histology"),
    ]


@cache
def _main_stage() -> pl.Expr:
    """Stage groups cut to their main number, M0 and M1 included (M1 is stage IV)."""
    main = pl.col("code").str.extract(r"^(IV|III|II|I|0)", 1)
    m = pl.col("code").str.extract(r"(M[01])", 1)
    of_m = pl.col("concept") == "stage_m"
    group = pl.when(pl.col("concept") == "stage").then(main)
    return group.when(of_m & (m == "M1")).then(pl.lit("IV")).when(of_m).then(m).alias("main")


@cache
def _from_stages() -> list[pl.Expr]:
    four = certain(pl.col("main") == "IV")
    early = certain(pl.col("main").is_in(["0", "I", "II", "III", "M0"]))
    newest = [
        pl.col("code").filter((pl.col("concept") == concept) & pl.col("code").is_not_null()).last().alias(concept)
        for concept in ("stage", "extent")
    ]
    return [
        pl.col("date").filter(four).min().alias("four_on"),
        any_row(four).alias("four"),
        pl.col("date").filter(early).max().alias("early_on"),
        any_row(early).alias("early"),
        *newest,
    ]


@cache
def _timeline() -> list[pl.Expr]:
    return [
        pl.col("row", "as_of", "diagnosed", "reported_histology", "early_on", "stage", "extent"),
        pl.min_horizontal("distant_on", "four_on").alias("metastatic_on"),
        either([certain(pl.col("distant")), certain(pl.col("four"))]).alias("spread"),
        pl.col("early", "cancer").fill_null(False),
    ]


def derive(
    conditions: pl.LazyFrame,
    observations: pl.LazyFrame,
    codes: pl.LazyFrame,
    numbers: pl.LazyFrame,
    time: pl.LazyFrame,
    adjuvant: pl.LazyFrame,
) -> Part:
    """Extent, presentation, sites and what follows from them.

    ``adjuvant`` holds the rows (visits) with treatment for early disease, marked ``treated_early``: its
    presence means that the disease came back.
    """
    answered = side_by_side(time, codes.select(_CODES), numbers.select(NUMBERS))
    columns = beside(beside(answered, _sites(conditions)), adjuvant)
    columns = columns.with_columns(_extent_and_presentation()).with_columns(_follows()).drop(_USED)
    trace = [facts_of(conditions.with_columns(_kind_of_fact())), facts_of(observations.filter(_staged()))]
    return Part(columns, trace)


@cache
def _extent_and_presentation() -> list[pl.Expr]:
    extent = (
        pl.when(pl.col("spread") | (pl.col("extent") == "metastatic"))
        .then(pl.lit("metastatic"))
        .when(pl.col("extent").is_not_null())
        .then(pl.col("extent"))
        .when(pl.col("early"))
        .then(pl.lit("not_metastatic"))
    )
    apart = (pl.col("metastatic_on") - pl.col("diagnosed")).dt.total_days()
    staged_early_before = pl.col("early") & (pl.col("early_on") < pl.col("metastatic_on")).fill_null(False)
    presentation = (
        pl.when(~pl.col("spread"))
        .then(None)
        .when(pl.col("treated_early") | (apart > DE_NOVO_DAYS))
        .then(pl.lit("recurrent"))
        .when(apart <= DE_NOVO_DAYS)
        .then(pl.lit("de_novo"))
        .when(staged_early_before)
        .then(pl.lit("recurrent"))
    )
    return [extent.alias("disease"), presentation.alias("presentation")]


@cache
def _follows() -> list[pl.Expr]:
    # Measured dates only: without them these stay unknown.
    since = pl.when(pl.col("disease") == "metastatic").then(months(pl.col("as_of"), pl.col("metastatic_on")))
    recurrent = pl.when(pl.col("presentation") == "recurrent")
    interval = recurrent.then(months(pl.col("metastatic_on"), pl.col("diagnosed")))
    others = either(pl.col(f"metastasis_{s}") for s in SITES if s not in _IN_BONE)
    return [
        since.alias("metastatic_since_months"),
        interval.alias("disease_free_interval_months"),
        either(pl.col(f"metastasis_{s}") for s in VISCERAL_SITES).alias("visceral_disease"),
        # The sites that imaging names are the sites: bone alone among them is bone-only disease.
        every([pl.col("metastasis_bone"), ~others.fill_null(False)]).alias("bone_only"),
        pl.col("histology").fill_null(pl.col("reported_histology")),
        *((pl.col(c) == "yes").alias(c) for c in _YES_NO),
    ]


@cache
def _site() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """A metastasis at a site of the catalogue; the feature of the site; whether it is there."""
    at_site = (pl.col("concept") == "metastasis") & pl.col("site").is_in(list(SITES))
    present = any_row((pl.col("status") != "absent").fill_null(True)).alias("present")
    return at_site, (pl.lit("metastasis_") + pl.col("site")).alias("feature"), present


def _sites(conditions: pl.LazyFrame) -> pl.LazyFrame:
    """A Boolean column per site: true when recorded, false when recorded as absent, else null."""
    at_site, feature, present = _site()
    found = conditions.filter(at_site).group_by("row", feature).agg(present)
    wide = found.pivot(on="feature", on_columns=_SITES, index="row", values="present")
    return wide.with_columns(_wholes()).with_columns(_parts())


@cache
def _wholes() -> list[pl.Expr]:
    """Who has metastases in a part has them in the whole."""
    return [
        pl.when(certain(pl.col(part))).then(pl.lit(True)).otherwise(whole).alias(whole)
        for part, whole in _WHOLE.items()
    ]


@cache
def _parts() -> list[pl.Expr]:
    """Who has none in the whole has none in a part."""
    return [pl.when(~pl.col(whole)).then(pl.lit(False)).otherwise(part).alias(part) for part, whole in _WHOLE.items()]


@cache
def _kind_of_fact() -> pl.Expr:
    at_site, feature, _ = _site()
    return pl.when(at_site).then(feature).otherwise(pl.col("concept")).alias("concept")
