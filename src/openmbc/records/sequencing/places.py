"""Genes and known hotspots by their place in the genome (GRCh37 and GRCh38), and which of the two a file uses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from openmbc.errors import RecordError
from openmbc.records.sequencing.panels import HERE
from openmbc.terms.tables import rows

Build = Literal["37", "38"]
BUILDS: tuple[Build, ...] = ("37", "38")
_MARGIN = 1000  # bases around a gene: a deletion is written with the base before it
_WORDS = {"37": r"grch37|hg19|b37|hs37|g1k_v37|NCBI37", "38": r"grch38|hg38|hs38"}
_OTHERS = re.compile(r"hg18|NCBI36|\bb36\b|GRCh36|CHM13|T2T|hg17|GRCm|mm10", re.IGNORECASE)
_CONTIG = re.compile(r"ID=([^,>]+).*?length=(\d+)")
_REFSEQ = re.compile(r"NC_0000(\d\d)\.(?:[89]|1[0-4])$")


class Gene(NamedTuple):
    """A gene and its first and last base."""

    name: str
    start: int
    end: int


@cache
def chromosome(contig: str) -> str:
    """``chr17``, ``17`` and ``NC_000017.11`` are 17."""
    accession = _REFSEQ.match(contig)
    if accession is not None:
        number = int(accession[1])
        return {23: "X", 24: "Y"}.get(number, str(number))
    return contig[3:] if contig[:3] in ("chr", "Chr", "CHR") else contig


def is_chromosome(contig: str) -> bool:
    """Whether a name is that of a chromosome of the human genome, or of the mitochondria."""
    return chromosome(contig) in {chrom for chrom, _ in _lengths()} | {"M", "MT"}


def spellings(chrom: str) -> list[str]:
    """Ways in which files write a chromosome; RefSeq accessions with the versions that may be met."""
    number = {"X": 23, "Y": 24}.get(chrom) or int(chrom)
    return [*(f"{prefix}{chrom}" for prefix in ("", "chr", "Chr", "CHR")),
            *(f"NC_{number:06d}.{version}" for version in range(8, 15))]  # fmt: skip


def build_of(header: Iterable[str], file: str) -> Build | None:
    """The genome that the header of a VCF names, by its lengths of chromosomes or by name; None when it says nothing.

    Raises `RecordError` for another genome, and where the header contradicts itself.
    """
    by_length: set[Build] = set()
    by_name: set[Build] = set()
    lengths = _lengths()
    for line in header:
        if line.startswith("##contig"):
            contig = _CONTIG.search(line)
            if contig is not None and (known := lengths.get((chromosome(contig[1]), int(contig[2])))) is not None:
                by_length.add(known)
        if line.startswith(("##reference", "##contig", "##assembly", "##VEP", "##ref")):
            by_name.update(b for b in BUILDS if re.search(_WORDS[b], line, re.IGNORECASE))
            if _OTHERS.search(line) and not by_name:
                todo = "Give the file in GRCh37 or GRCh38."
                raise RecordError(f"the genome of the file is not read: {line[:80].strip()}", file=file, todo=todo)
    found = by_length or by_name
    if len(found) > 1:
        todo = "Give a file whose header names one genome."
        raise RecordError("the header names both GRCh37 and GRCh38", file=file, todo=todo)
    return next(iter(found), None)


def build_named(text: str | None) -> Build | None:
    """The genome that a word names: ``GRCh37``, ``hg19``, ``37``."""
    return next((b for b in BUILDS if text and (text.strip() == b or re.search(_WORDS[b], text, re.IGNORECASE))), None)


def genes_on(builds: Iterable[Build]) -> dict[str, list[Gene]]:
    """Known genes by chromosome, sorted by start, with a margin around each."""
    found: dict[str, list[Gene]] = {}
    for row in rows("genes", HERE):
        for build in builds:
            start, end = int(row[f"start{build}"]) - _MARGIN, int(row[f"end{build}"]) + _MARGIN
            found.setdefault(row["chrom"], []).append(Gene(row["gene"], start, end))
    return {chrom: sorted(genes, key=lambda g: g.start) for chrom, genes in found.items()}


class Genes:
    """Known genes at a place."""

    def __init__(self, builds: Iterable[Build]) -> None:
        self._genes = genes_on(builds)
        self._starts = {chrom: [g.start for g in genes] for chrom, genes in self._genes.items()}

    def over(self, chrom: str, start: int, end: int | None = None, margin: int = _MARGIN) -> list[Gene]:
        """Genes that share a base with ``start`` to ``end``; ``margin`` bases beside a gene belong to it."""
        genes = self._genes.get(chrom)
        if genes is None:
            return []
        last, less = start if end is None else end, _MARGIN - margin
        return [
            g
            for g in genes[: bisect_right(self._starts[chrom], last)]
            if g.end >= start + less and g.start <= last - less
        ]


def merged(genes: Iterable[Gene]) -> Iterator[tuple[int, int]]:
    """Stretches without overlap that cover the genes."""
    low = high = -1
    for gene in sorted(genes, key=lambda g: g.start):
        if gene.start > high:
            if high >= 0:
                yield low, high
            low, high = max(gene.start, 1), gene.end
        else:
            high = max(high, gene.end)
    if high >= 0:
        yield low, high


@cache
def hotspots(build: Build) -> dict[tuple[str, int, str, str], tuple[str, str]]:
    """Gene and change of known hotspots by chromosome, position, reference and alternative bases."""
    return {
        (row["chrom"], int(row[f"pos{build}"]), row["ref"], row["alt"]): (row["gene"], row["change"])
        for row in rows("hotspots", HERE)
    }


@cache
def transcripts() -> dict[str, frozenset[str]]:
    """Transcripts by which the changes of a gene are counted, without version."""
    return {row["gene"]: frozenset(row["transcripts"].split()) for row in rows("genes", HERE)}


@cache
def known_genes() -> frozenset[str]:
    return frozenset(row["concept"] for row in rows("hgnc"))


@cache
def _lengths() -> dict[tuple[str, int], Build]:
    return {(row["chrom"], int(row[f"length{b}"])): b for row in rows("builds", HERE) for b in BUILDS}
