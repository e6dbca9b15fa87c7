"""Alleles of DPYD and UGT1A1, where they lie, and what two of them make. Facts only; every row names its source.

``pharmacogene_sources.csv`` says what the words in ``source`` stand for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from openmbc.terms.tables import rows

_HERE = Path(__file__).parent
GENES = ("DPYD", "UGT1A1")
MARKERS = {"DPYD": "dpd_status", "UGT1A1": "ugt1a1"}
REFERENCE = "*1"
UNKNOWN = "unknown"
# One chromosome for each gene, as sequencing files spell it (RefSeq accessions of both builds).
CHROMOSOMES = {"DPYD": ("1", "NC_000001"), "UGT1A1": ("2", "NC_000002")}
# CPIC gives UGT1A1 no activity values, only functions: a copy works (1), or works less (0).
_WORKS = {"normal function": 1.0, "increased function": 1.0, "decreased function": 0.0}


class Place(msgspec.Struct, frozen=True):
    """Where an allele lies in one build: the base before or at it, and both bases as a VCF writes them.

    ``span``: for a change of repeated bases, how many bases after ``position`` it may also be written at.
    """

    position: int
    ref: str
    alt: str
    span: int


class Allele(msgspec.Struct, frozen=True):
    """One allele of the tables. ``activity``: 0, 0.5 or 1 (DPYD, CPIC), else None. ``source``: words of the table."""

    gene: str
    name: str
    rsids: tuple[str, ...]
    coding: str
    also: tuple[str, ...]
    activity: float | None
    function: str
    panel: bool
    places: tuple[tuple[str, Place], ...]
    source: str

    @property
    def works(self) -> tuple[float, ...]:
        """How much of a copy this allele leaves: one number, or every one that could be where nobody knows."""
        known = self.activity if self.activity is not None else _WORKS.get(self.function)
        return levels(self.gene) if known is None else (known,)

    def place(self, build: str) -> Place | None:
        """Where it lies in ``GRCh37`` or ``GRCh38``; None where the table does not say."""
        return dict(self.places).get(build)


class Phenotype(msgspec.Struct, frozen=True):
    """What a sum of two copies is called, and the value of the state's feature."""

    low: float
    high: float
    phenotype: str
    value: str


@cache
def levels(gene: str) -> tuple[float, ...]:
    """Every amount that one copy can work: 0, 0.5, 1 for DPYD; 0, 1 for UGT1A1."""
    return (0.0, 0.5, 1.0) if gene == "DPYD" else (0.0, 1.0)


@cache
def alleles(gene: str) -> dict[str, Allele]:
    """The alleles of a gene by name, in the order of the table."""
    return {row["name"]: _allele(gene, row) for row in rows(f"{gene.lower()}_alleles", _HERE)}


def _allele(gene: str, row: dict[str, str]) -> Allele:
    places = [(f"GRCh{build}", _place(row, f"grch{build}")) for build in ("37", "38") if row[f"grch{build}_pos"]]
    return Allele(
        gene=gene,
        name=row["name"],
        rsids=tuple(row["rsid"].split("|")) if row["rsid"] else (),
        coding=row["coding"],
        also=tuple(row["also"].split("|")) if row["also"] else (),
        activity=float(row["activity"]) if row["activity"] else None,
        function=row["function"],
        panel=row["panel"] == "yes",
        places=tuple(places),
        source=row["source"],
    )


def _place(row: dict[str, str], build: str) -> Place:
    return Place(int(row[f"{build}_pos"]), row[f"{build}_ref"], row[f"{build}_alt"], int(row["span"] or 0))


@cache
def phenotypes(gene: str) -> tuple[Phenotype, ...]:
    """What the sums of a gene are called."""
    table = [row for row in rows("pharmacogene_phenotypes", _HERE) if row["gene"] == gene]
    return tuple(Phenotype(float(r["low"]), float(r["high"]), r["phenotype"], r["value"]) for r in table)


def phenotype(gene: str, total: float) -> Phenotype:
    """What one sum is called."""
    return next(p for p in phenotypes(gene) if p.low <= total <= p.high)


@cache
def values(gene: str) -> tuple[str, ...]:
    """Every value of the feature, from the best copy to the worst."""
    return tuple(p.value for p in phenotypes(gene))


def spelled(text: str) -> str:
    """A spelling of an allele as the tables compare it: no spaces or brackets, no ``c.`` or ``p.``, lower case."""
    short = "".join(text.split()).lower().replace("(", "").replace(")", "")
    return short.removeprefix("c.").removeprefix("p.")


@cache
def names(gene: str) -> dict[str, str]:
    """Spelling -> allele name: star names, coding changes, protein changes, identifiers of one change."""
    found = {}
    for allele in alleles(gene).values():
        one = allele.rsids if len(allele.rsids) == 1 else ()
        for text in (allele.name, allele.coding, *one, *allele.also):
            found[spelled(text)] = allele.name
        for _, place in allele.places:
            if len(place.ref) == len(place.alt) == 1 and place.ref != place.alt:
                found[f"g.{place.position}{place.ref}>{place.alt}".lower()] = allele.name
    found.pop("", None)
    return found


@cache
def panel(gene: str) -> tuple[str, ...]:
    """The alleles that must have been looked at before "none found" can mean normal.

    DPYD: the four variants that make the activity score (DPWG 2019), HapB3 by either of its changes. UGT1A1: the
    promoter repeat, or its proxy rs887829 (CPIC).
    """
    return tuple(a.name for a in alleles(gene).values() if a.panel)


def not_looked_at(gene: str, looked_at: Iterable[str]) -> tuple[str, ...]:
    """What of the panel is not named: HapB3 counts by either of its changes, the repeat of UGT1A1 by any allele."""
    seen = set(looked_at)
    for group in ({"HapB3", "c.1129-5923C>G"}, {"*28", "*36", "*37", "*80"}):
        if seen & group:
            seen |= group
    return tuple(name for name in panel(gene) if name not in seen)


@cache
def sources() -> dict[str, str]:
    """What a word in the column ``source`` stands for: title and where."""
    return {r["key"]: f"{r['title']} ({r['where']})" for r in rows("pharmacogene_sources", _HERE)}
