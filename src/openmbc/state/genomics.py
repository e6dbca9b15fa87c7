"""Genes as reported, in the tumour and inherited, and results of a whole sample.

What a change means is said by `openmbc.variants`; here stands what counts and what decides.

- A gene that a report names without the change is ``present``: whether it matters is open. A gene that was on a panel
  and has no finding is ``not_found``.
- The strongest finding decides, whenever it was: a change once found stays part of the tumour's history, and neither
  a later test without it nor an older one takes it back. A change that is harmless ranks below a negative.
- A negative in plasma counts only where the tumour fraction of the same draw is known and at least 1 %: of such draws
  97 % of the negatives were right, of all draws 66 % (Clin Cancer Res 2024;30:2452). Otherwise the gene stays unknown.
  Lost and amplified genes are not ruled out in plasma at all (``plasma_negative`` in the table of markers).
- A marker of several genes (NTRK1, 2, 3) is ``not_found`` when all of them were looked at.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl

from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.criteria.kleene import certain
from openmbc.state.visits import Part, beside, computed, facts_in, newest, side_by_side
from openmbc.variants import Change, closed_by, markers, meaning, read_change

ENOUGH_SHED = 1  # %, the tumour fraction of a draw from which on its negatives count
_HARMLESS = ("benign", "likely_benign")
_RANK = {"harmless": 0, "not_found": 1, "uncertain": 2, "present": 3, "altered": 4}

_BRCA = ("germline_brca1", "germline_brca2")
_GENES_ALL = [*TUMOUR_GENES, *(f"germline_{g}" for g in GERMLINE_GENES)]
FEEDS = {
    **{g: (g, "germline_brca") if g in _BRCA else (g,) for g in _GENES_ALL},
    "tumour_fraction": ("tumour_fraction",),
}
_KEYS = ["gene", "change", "significance", "origin", "result"]
_DRAW = ["row", "date", "date_precision"]
_FOUND = ["row", "feature", "gene", "reading", "rank", "source"]
_NOTHING_FOUND = pl.LazyFrame(
    schema={"row": pl.UInt32, "feature": pl.String, "reading": pl.String, "sources": pl.List(pl.String)}
)
_READ = {"feature": pl.String(), "reading": pl.String(), "rank": pl.Int64(), "plasma": pl.Boolean()}


_OF_SAMPLE = ("msi", "hrd", "tmb")
_FRACTIONS = certain(
    (pl.col("concept") == "tumour_fraction")
    & pl.col("value").is_not_null()
    & (pl.col("site").is_null() | (pl.col("site") == "plasma"))
)
_IN_PLASMA = certain(
    (pl.col("site") == "plasma")
    & (
        ((pl.col("concept") == "msi") & (pl.col("code") == "stable"))
        | ((pl.col("concept") == "hrd") & (pl.col("code") == "negative"))
        | (pl.col("concept") == "tmb")
    )
)


class Read(NamedTuple):
    """What one reported variant says: of which feature, how strong, and whether it counts when plasma says it."""

    feature: str | None = None
    reading: str | None = None
    rank: int | None = None
    plasma: bool | None = None


def findings(known: pl.DataFrame, observations: pl.DataFrame, recorded: frozenset[str]) -> pl.LazyFrame:
    """The strongest finding of each gene, from the variants and observations known at each visit.

    Columns: row, feature, reading, sources.
    """
    found = []
    if len(known):
        rows = _said(known)
        counts = ~pl.col("n").is_in(_uncounted(rows, observations).implode())
        found.append(rows.lazy().filter(counts).select(_FOUND))
    if "pten_ihc" in recorded:
        found.append(_lost_protein(observations.lazy()))
    if not found:
        return _NOTHING_FOUND
    ordered = pl.concat(found).sort("row", "feature", "rank", "source")
    strongest = ordered.group_by("row", "feature", maintain_order=True).agg(_strongest())
    return strongest.filter(_all_looked_at()).select("row", "feature", "reading", "sources")


def low_shedding(known: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """The negatives in plasma that do not count ("not detected, low shedding"): the rows of ``known``."""
    rows = _said(known)
    silent = _uncounted(rows, observations)
    return rows.filter(pl.col("n").is_in(silent.implode())).select(known.columns)


def shedding(observations: pl.LazyFrame, recorded: frozenset[str]) -> pl.DataFrame | None:
    """The newest tumour fraction in plasma, in rows (`visits.newest`); of a bound, the nearest number within it.

    None where nobody has any.
    """
    if "tumour_fraction" not in recorded:
        return None
    return computed(newest(observations.filter(_FRACTIONS).with_columns(_bounded()), "value", pl.lit(True)))[0]


def counted(observations: pl.DataFrame, recorded: frozenset[str]) -> pl.LazyFrame:
    """The observations without those results of a whole sample that plasma cannot give: see the rule above.

    These are stable microsatellites, no homologous recombination deficiency, and any mutational burden. Where another
    result is known they say nothing either: they fill what is open, and take nothing back.
    """
    if recorded.isdisjoint(_OF_SAMPLE):
        return observations.lazy()
    numbered = observations.with_row_index("n")
    asked = numbered.filter(_IN_PLASMA)
    if asked.is_empty():
        return observations.lazy()
    of_sample = pl.col("concept").is_in(list(_OF_SAMPLE))
    known = observations.lazy().filter(
        of_sample & ~_IN_PLASMA & (pl.col("code").is_not_null() | pl.col("value").is_not_null())
    )
    shed = _shed(asked.lazy().rename({"method": "assay"}), observations.lazy())
    (counts,) = computed(asked.lazy().join(shed, on="n", how="semi").join(known, on=["row", "concept"], how="anti"))
    kept = ~pl.col("n").is_in(asked["n"].implode()) | pl.col("n").is_in(counts["n"].implode())
    return numbered.lazy().filter(kept).drop("n")


def derive(
    visits: pl.LazyFrame, found: pl.DataFrame, codes: pl.LazyFrame, numbers: pl.LazyFrame, shed: pl.DataFrame | None
) -> Part:
    """Gene columns (tumour genes by name, inherited ones with ``germline_``), and results of a sample."""
    columns = side_by_side(visits.select("row"), codes.select("msi", "hrd"), numbers.select("tmb"))
    trace = []
    if shed is not None:
        columns = beside(columns, shed.lazy().select("row", tumour_fraction="value"))
        trace.append(facts_in(shed.lazy()))
    if len(found):
        present = set(found["feature"].unique())
        genes = [name for name in _GENES_ALL if name in present or name in _BRCA]
        wide = found.lazy().pivot(on="feature", on_columns=genes, index="row", values="reading")
        columns = beside(columns, wide).with_columns(either_brca())
        trace.append(facts_in(found.lazy(), "feature"))
    return Part(columns, trace)


@lru_cache(maxsize=50_000)
def read_variant(
    gene: str | None, change: str | None, significance: str | None, origin: str | None, result: str
) -> Read:
    """What a row of the variants says: of a change that was found, or of a gene that was looked at (``result``)."""
    if gene is None:
        return Read()
    said = read_change(change, gene) if change else Change(gene, kind="unspecified")
    if result in ("absent", "studied"):
        return _negative(said, origin)
    found = meaning(said, origin=origin, reported=significance)
    if found.marker is None or found.value is None:
        return Read()
    strength = "harmless" if found.oncogenic in _HARMLESS else found.value
    return Read(found.marker, found.value, _RANK[strength], None)


def _negative(change: Change, origin: str | None) -> Read:
    """What was looked at without finding: a whole gene, or the one change that matters of it."""
    rank = _RANK["not_found"]
    if origin == "germline":
        name = (change.gene or "").lower()
        whole = change.kind == "unspecified" and name in GERMLINE_GENES
        return Read(f"germline_{name}", "not_found", rank, None) if whole else Read()
    marker = closed_by(change)
    return Read() if marker is None else Read(marker.name, "not_found", rank, marker.plasma)


def _said(known: pl.DataFrame) -> pl.DataFrame:
    """The variants that say something of a feature, numbered ``n``, with what they say (`Read`)."""
    (asked,) = computed(known.lazy().select(_KEYS).unique())
    read = [(*variant, *read_variant(*variant)) for variant in asked.iter_rows()]
    said = pl.LazyFrame(read, {**asked.schema, **_READ}, orient="row")
    rows = known.lazy().join(said, on=_KEYS, nulls_equal=True, maintain_order="left")
    return computed(rows.filter(pl.col("feature").is_not_null()).with_row_index("n"))[0]


def _uncounted(rows: pl.DataFrame, observations: pl.DataFrame) -> pl.Series:
    """The numbers of the negatives in plasma of draws that may hold too little of the tumour."""
    silent = rows.filter((pl.col("specimen") == "plasma") & pl.col("plasma").is_not_null())
    if silent.is_empty():
        return silent["n"]
    shed = _shed(silent.lazy().filter("plasma"), observations.lazy())
    return computed(silent.lazy().join(shed, on="n", how="anti").select("n"))[0]["n"]


def _shed(rows: pl.LazyFrame, observations: pl.LazyFrame) -> pl.LazyFrame:
    """Of rows numbered ``n``, those of a draw with enough of the tumour; by the same test, where both name theirs."""
    below = certain(pl.col("comparator").is_in(["<", "<="]))
    fraction = pl.when(below).then(0.0).otherwise("value")  # "<5" may be nothing
    fractions = observations.filter(_FRACTIONS).select(*_DRAW, fraction=fraction, measured_by="method")
    drawn = rows.select("n", *_DRAW, "assay").join(fractions, on=_DRAW)
    same = (pl.col("assay") == pl.col("measured_by")).fill_null(True)
    lowest = drawn.filter(same).group_by("n").agg(pl.col("fraction").min())
    return lowest.filter(pl.col("fraction") >= ENOUGH_SHED).select("n")


@cache
def _bounded() -> list[pl.Expr]:
    nudge = pl.col("comparator").replace_strict({"<": -0.01, ">": 0.01}, default=0.0)
    return [pl.col("value") + nudge, pl.lit(None, pl.String).alias("comparator")]


def _lost_protein(observations: pl.LazyFrame) -> pl.LazyFrame:
    """PTEN that immunohistochemistry does not find: lost. That it finds PTEN rules no mutation out."""
    lost = observations.filter(certain((pl.col("concept") == "pten_ihc") & (pl.col("code") == "lost")))
    return lost.select(
        "row",
        pl.lit("pten").alias("feature"),
        pl.lit("PTEN").alias("gene"),
        pl.lit("altered").alias("reading"),
        pl.lit(_RANK["altered"], pl.Int64).alias("rank"),
        "source",
    )


@cache
def _strongest() -> list[pl.Expr]:
    clear = pl.col("reading") == "not_found"
    return [
        pl.col("reading").last(),
        pl.col("source").alias("sources"),
        pl.col("gene").filter(clear).n_unique().alias("clear"),
    ]


@cache
def _all_looked_at() -> pl.Expr:
    """A marker of several genes is only clear when each of them is."""
    genes: dict[str, int] = {}
    for of_gene in markers().values():
        for marker in of_gene:
            genes[marker.name] = genes.get(marker.name, 0) + 1
    several = {name: number for name, number in genes.items() if number > 1}
    needed = pl.col("feature").replace_strict(several, default=1, return_dtype=pl.Int64)
    return (pl.col("reading") != "not_found") | (pl.col("clear") >= needed)


@cache
def either_brca() -> pl.Expr:
    """The stronger of inherited BRCA1 and BRCA2; not found only when both were looked at."""
    one, two = pl.col("germline_brca1"), pl.col("germline_brca2")
    stronger = [pl.when((one == v) | (two == v)).then(pl.lit(v)) for v in ("altered", "present", "uncertain")]
    neither = pl.when((one == "not_found") & (two == "not_found")).then(pl.lit("not_found"))
    return pl.coalesce(*stronger, neither).alias("germline_brca")
