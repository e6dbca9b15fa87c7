"""Genes as reported, in the tumour and inherited; what a variant means comes with its change.

A gene that a report names without the change is ``present``: whether it matters is open. A gene that
was on a panel and has no finding is ``not_found``.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.state.visits import Part, beside, facts_in
from openmbc.variants import significance_of

_GENES = {"ERBB2": "erbb2", "NTRK1": "ntrk", "NTRK2": "ntrk", "NTRK3": "ntrk"}
_FUSED = ("fusion", "fused", "rearrang", "::")  # "::" is how HGVS and ISCN write it
# Genes of which one kind of change alone counts, whatever else the report calls pathogenic.
_ONLY = {"BRAF": ("v600e", "val600glu"), **dict.fromkeys(("NTRK1", "NTRK2", "NTRK3", "RET"), _FUSED)}
# The strongest finding decides: a matter once found in the tumour stays part of its history.
_RANK = {"not_found": 0, "uncertain": 1, "present": 2, "altered": 3}


_GENES_ALL = [*TUMOUR_GENES, *(f"germline_{g}" for g in GERMLINE_GENES)]
FEEDS = {g: (g, "germline_brca") if g in ("germline_brca1", "germline_brca2") else (g,) for g in _GENES_ALL}
_KEYS = ["gene", "change", "significance", "origin", "result"]


@cache
def _feature() -> pl.Expr:
    """The feature that a variant belongs to; null when the catalogue has none."""
    gene = pl.col("gene").replace(_GENES).str.to_lowercase()
    somatic = pl.when(gene.is_in(list(TUMOUR_GENES))).then(gene)
    germline = pl.when(gene.is_in(list(GERMLINE_GENES))).then(pl.lit("germline_") + gene)
    return pl.when(pl.col("origin") == "germline").then(germline).otherwise(somatic).alias("feature")


def findings(known: pl.DataFrame) -> pl.LazyFrame:
    """The strongest finding of each gene, from the variants known at each visit.

    Columns: row, feature, reading, sources.
    """
    asked = known.select(_KEYS).unique()
    meaning = [_meaning(*row) for row in asked.iter_rows()]
    table = asked.with_columns(
        pl.Series("reading", meaning, pl.String), pl.Series("rank", [_RANK[m] for m in meaning], pl.Int64)
    )
    rows = known.lazy().with_columns(_feature()).filter(pl.col("feature").is_not_null())
    read = rows.join(table.lazy(), on=_KEYS, nulls_equal=True)
    ranked = read.sort("row", "feature", "rank", "source").group_by("row", "feature", maintain_order=True)
    return ranked.agg(pl.col("reading").last(), pl.col("source").alias("sources"))


def derive(visits: pl.LazyFrame, found: pl.LazyFrame, codes: pl.LazyFrame, numbers: pl.LazyFrame) -> Part:
    """Gene columns (tumour genes by name, inherited ones with ``germline_``), MSI, TMB and pharmacogenes."""
    wide = found.pivot(on="feature", on_columns=_GENES_ALL, index="row", values="reading")
    columns = beside(visits.select("row"), wide).with_columns(_either_brca())
    columns = beside(columns, codes.select("row", "msi", "dpd_status", "ugt1a1"))
    return Part(beside(columns, numbers.select("row", "tmb")), [facts_in(found, "feature")])


def _meaning(gene: str, change: str | None, significance: str | None, origin: str | None, result: str | None) -> str:
    if result in ("absent", "studied"):
        return "not_found"
    if gene in _ONLY:
        return _only_one_kind(gene, change)
    if significance in ("pathogenic", "likely_pathogenic"):
        return "altered"
    if significance in ("uncertain", "likely_benign", "benign"):
        return "uncertain"
    if origin == "germline":
        return "present"
    # A change that the table does not know may matter or not: that is open, not benign.
    return significance_of(gene, change, significance) or "present"


def _only_one_kind(gene: str, change: str | None) -> str:
    if change is None:
        return "present"  # which change is the question, whatever class the report gives it
    return "altered" if any(word in change.lower() for word in _ONLY[gene]) else "uncertain"


@cache
def _either_brca() -> pl.Expr:
    """The stronger of inherited BRCA1 and BRCA2; not found only when both were looked at."""
    one, two = pl.col("germline_brca1"), pl.col("germline_brca2")
    stronger = [pl.when((one == v) | (two == v)).then(pl.lit(v)) for v in ("altered", "present", "uncertain")]
    neither = pl.when((one == "not_found") & (two == "not_found")).then(pl.lit("not_found"))
    return pl.coalesce(*stronger, neither).alias("germline_brca")
