"""DPD and UGT1A1: from a stated phenotype, from the alleles that a report gives, or from both.

What a person inherits does not change: all results count, whatever their date. Each leaves some values possible; what
all of them leave is the answer. Nothing left means that they contradict each other: that is a problem, and not known.
"""

from __future__ import annotations

from functools import cache

import msgspec
import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.state.visits import Part, beside, facts_of
from openmbc.variants.pharmacogenes import MARKERS, Genotype, read_genotype, values

DIPLOTYPES = {"dpyd_diplotype": "DPYD", "ugt1a1_diplotype": "UGT1A1"}
FEEDS = {"dpyd_diplotype": ("dpd_status",), "ugt1a1_diplotype": ("ugt1a1",)}
# A result that leaves all but the first value open still says something: the state has a word for it.
_NOT_FIRST = {"dpd_status": "not_normal"}
_TODO = "Ask the laboratory which alleles were found, and which were looked for."
_NAMED = {"dpd_status": "DPD metabolism", "ugt1a1": "UGT1A1 metabolism"}


class Read(msgspec.Struct, frozen=True):
    """Results in alleles at each visit (``rows``: row, person, source, concept, text) and what each text leaves."""

    rows: pl.DataFrame
    made: pl.DataFrame  # concept, text, left (a list of values)
    genotypes: dict[tuple[str, str], Genotype]


def read(known: pl.DataFrame, recorded: frozenset[str]) -> Read | None:
    """The results in alleles among the observations known at each visit; None where nobody has one."""
    if recorded.isdisjoint(DIPLOTYPES):
        return None
    asked = pl.col("concept").is_in(list(DIPLOTYPES)) & pl.col("code").is_not_null()
    rows = known.filter(asked).select("row", "person", "source", "concept", text="code")
    if rows.is_empty():
        return None
    genotypes = {
        (concept, text): read_genotype(DIPLOTYPES[concept], text)
        for concept, text in rows.select("concept", "text").unique().sort("concept", "text").iter_rows()
    }
    made = [(*key, list(g.could_be)) for key, g in genotypes.items()]
    columns = {"concept": pl.String(), "text": pl.String(), "left": pl.List(pl.String)}
    return Read(rows, pl.DataFrame(made, pl.Schema(columns), orient="row"), genotypes)


def derive(codes: pl.LazyFrame, found: Read | None) -> Part:
    """Columns dpd_status and ugt1a1. ``codes`` holds the phenotypes that are stated."""
    columns = codes.select("row", *_NAMED)
    if found is None:
        return Part(columns)
    for concept, gene in DIPLOTYPES.items():
        columns = beside(columns, _of_gene(found, concept)).with_columns(_together(gene)).drop(_left_names(gene))
    return Part(columns, [facts_of(found.rows.lazy())])


def _left_names(gene: str) -> list[str]:
    return [f"{MARKERS[gene]}_{value}" for value in values(gene)]


def _of_gene(found: Read, concept: str) -> pl.LazyFrame:
    """For each value one column of 1 and 0: do all results in alleles leave it?"""
    gene = DIPLOTYPES[concept]
    joined = found.rows.filter(pl.col("concept") == concept).join(found.made, on=["concept", "text"])
    left = [
        pl.col("left").list.contains(value).cast(pl.Int8).min().alias(name)
        for value, name in zip(values(gene), _left_names(gene), strict=True)
    ]
    return joined.lazy().group_by("row", maintain_order=True).agg(left)


@cache
def _left(gene: str) -> list[pl.Expr]:
    """For each value 1 or 0: do the stated phenotype and all results in alleles leave it?"""
    stated = pl.col(MARKERS[gene])
    return [
        pl.col(name).fill_null(1) * (stated.is_null() | (stated == value)).cast(pl.Int8)
        for value, name in zip(values(gene), _left_names(gene), strict=True)
    ]


@cache
def _together(gene: str) -> pl.Expr:
    """The one value that is left; where only the first is not, the word for that."""
    marker, left = MARKERS[gene], _left(gene)
    one = pl.sum_horizontal(left) == 1
    value = pl.coalesce([pl.when(one & (c == 1)).then(pl.lit(v)) for v, c in zip(values(gene), left, strict=True)])
    if marker in _NOT_FIRST:
        rest = (left[0] == 0) & (pl.sum_horizontal(left[1:]) == len(left) - 1)
        value = pl.coalesce(value, pl.when(rest).then(pl.lit(_NOT_FIRST[marker])))
    return value.alias(marker)


def problems(visits: pl.LazyFrame, codes: pl.LazyFrame, found: Read | None) -> list[pl.LazyFrame]:
    """What was not understood, what was taken for granted, and results that contradict each other."""
    if found is None:
        return []
    said = [(*key, *line, _TODO) for key, g in found.genotypes.items() if (line := _said(g)) is not None]
    columns = {"concept": pl.String, "text": pl.String, **{c: PROBLEMS[c] for c in ("severity", "what", "todo")}}
    listed = found.rows.join(pl.DataFrame(said, pl.Schema(columns), orient="row"), on=["concept", "text"])
    conflicts = [_conflict(visits, codes, found, concept) for concept in DIPLOTYPES]
    return [pl.concat([listed.select(*PROBLEMS).lazy(), *conflicts]).unique().sort("person", "what", "source")]


def _said(genotype: Genotype) -> tuple[str, str] | None:
    """How one result was read: severity and sentence; None where nothing had to be taken for granted."""
    details = " ".join((*genotype.problems, *genotype.notes)).removesuffix(".")
    if genotype.value and not details:
        return None
    read = f"is read as {genotype.diplotype}" if genotype.diplotype else "is not understood"
    score = genotype.activity_score
    result = genotype.value or f"it could be {' or '.join(genotype.could_be)}"
    result += "" if score is None else f" (activity score {score:g})"
    severity = "warning" if genotype.problems else "note"
    what = f'{genotype.gene} "{genotype.reported.strip()}" {read}: {result}. {details}'
    return severity, what.strip().removesuffix(".")


def _conflict(visits: pl.LazyFrame, codes: pl.LazyFrame, found: Read, concept: str) -> pl.LazyFrame:
    """Results that leave no value: the feature is not known."""
    gene = DIPLOTYPES[concept]
    marker = MARKERS[gene]
    rows = found.rows.filter(pl.col("concept") == concept).group_by("row", maintain_order=True)
    results = rows.agg(pl.col("text", "source").unique().sort()).with_columns(
        pl.col("text", "source").list.join(" and ")
    )
    read = _of_gene(found, concept).join(codes.select("row", marker), on="row", how="left")
    against = read.filter(pl.sum_horizontal(_left(gene)) == 0).join(results.lazy(), on="row").join(visits, on="row")
    stated = pl.when(pl.col(marker).is_not_null()).then(pl.format("; stated is {}", marker)).otherwise(pl.lit(""))
    name = pl.lit(_NAMED[marker])
    what = pl.format("{} is contradictory ({}{}); it counts as not known", name, "text", stated)
    todo = pl.lit("Ask which of the results is right, and correct the record.")
    severity = pl.lit("warning").cast(PROBLEMS["severity"])
    return against.select("person", "source", severity=severity, what=what, todo=todo)
