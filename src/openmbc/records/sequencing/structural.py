"""Structural and copy number records of a VCF: ``<DEL>``, ``<DUP>``, ``<CNV>``, ``<INV>``, breakends.

The gene is the one that the annotation or the record names, else one that lies between the ends. How many copies there
are is known only where the record says it (CN): no copy left is a deep deletion; more or fewer without a number, and a
breakend, are a problem, and never a loss, an amplification or a fusion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from openmbc import terms
from openmbc.records.sequencing.effects import Annotation
from openmbc.records.sequencing.found import finite
from openmbc.records.sequencing.places import Build, Gene, Genes, chromosome
from openmbc.records.sequencing.samples import sample_value

_MATE = re.compile(r"[\[\]]([^\[\]:]+):(\d+)[\[\]]")
_NAMING = ("GENE", "GENES", "GENE_NAME", "SYMBOL", "GENEINFO", "FUSION_GENE", "GENE1", "GENE2")
_KIND = re.compile(r"<(DEL|DUP|CNV|INV|INS|BND|TRA)[:>]", re.IGNORECASE)


class Change(NamedTuple):
    """What a record does to one gene; ``change`` is None when that is not known.

    ``found``: the record names the gene, or says what happens to it; else it only lies across it.
    """

    gene: str
    change: str | None
    words: str
    problem: str | None = None
    found: bool = True


def is_structural(fields: Sequence[str]) -> bool:
    alternative = fields[4]
    symbolic = "<" in alternative and _KIND.search(alternative) is not None
    return (
        symbolic
        or "[" in alternative
        or "]" in alternative
        or fields[7].startswith("SVTYPE=")
        or ";SVTYPE=" in fields[7]
    )


def genes_of(
    fields: Sequence[str], info: dict[str, str], annotation: Annotation, places: Genes, build: Build | None
) -> tuple[list[str], bool]:
    """Known genes that a record is about, and whether it names them: else they lie at its ends or between them."""
    alternatives = fields[4].split(",")
    named = [e.gene for e in annotation.effects(info, fields[3], alternatives, 0) or ()]
    for key in _NAMING:
        for name in re.split(r"[,|&/:\s]+|--", info.get(key, "")):
            gene = terms.gene_symbol(None, name, None) if name else None
            if gene is not None:
                named.append(gene)
    if named or build is None:
        return list(dict.fromkeys(named)), True
    return list(dict.fromkeys(gene.name for gene in _by_place(fields, info, places))), False


def _by_place(fields: Sequence[str], info: dict[str, str], places: Genes) -> list[Gene]:
    chrom, start = chromosome(fields[0]), int(fields[1])
    mate = _MATE.search(fields[4])
    if mate is not None:
        return [*places.over(chrom, start), *places.over(chromosome(mate[1]), int(mate[2]))]
    return places.over(chrom, start, _end(fields, info))


def _end(fields: Sequence[str], info: dict[str, str]) -> int:
    start, length = int(fields[1]), info.get("SVLEN", "").split(",")[0].lstrip("-")
    if info.get("END", "").isdecimal():
        return int(info["END"])
    return start + (int(length) if length.isdecimal() else len(fields[3]))


def changes(
    fields: Sequence[str], info: dict[str, str], genes: Sequence[str], named: bool, column: int | None
) -> Iterator[Change]:
    """What a record does to each of its genes. ``named``: the record names them."""
    kind = (info.get("SVTYPE") or (found[1] if (found := _KIND.search(fields[4])) else "BND")).upper()
    copies = sample_value(fields, column, "CN") or info.get("CN")
    words = f"{kind} {fields[0]}:{fields[1]}-{_end(fields, info)}" + (f", {copies} copies" if copies else "")
    for gene in genes:
        if kind in ("BND", "TRA", "INV"):
            told = f"{words}, with {' and '.join(genes)}"
            yield Change(gene, None, told, f"{told}: whether the gene is kept in frame is not said")
        elif kind in ("DEL", "CNV") and copies is not None and finite(copies) == 0:
            yield Change(gene, "deep deletion", words)
        elif kind in ("DUP", "CNV") and copies is not None and (finite(copies) or 0) > 2:
            yield Change(gene, f"copy number gain ({copies} copies)", words)
        elif kind == "CNV" and copies is not None and finite(copies) == 2:
            continue
        else:
            yield Change(gene, None, words, f"{words}: how many copies are left is not said", found=named)
