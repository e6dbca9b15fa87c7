"""Genotypes of the genes that decide on the dose of a drug (DPYD, UGT1A1), and the metabolism that a report states."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from openmbc.records.fhir import variants
from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import understand
from openmbc.records.fhir.dates import Day
from openmbc.records.fhir.problems import NOT_UNDERSTOOD, REMARK, Message, shorten
from openmbc.records.fhir.resources import CodeableConcept, Observation

GENOTYPE: Final = "84413-4"
HAPLOTYPE: Final = "84414-2"
METABOLISM: Final = "53040-2"  # Genomics Reporting STU1; since STU2 a part of a therapeutic implication
CODES: Final = frozenset({GENOTYPE, HAPLOTYPE})
_IMPLICATION, _GENE = "therapeutic-implication", "48018-6"
_KIND: Final = ("metaboliser",)
# gene -> the concept of its metabolism, and what each class of metaboliser is there
_PHENOTYPES: Final = {
    "DPYD": ("dpd_status", {"normal": "normal", "intermediate": "partial", "poor": "deficient"}),
    "UGT1A1": ("ugt1a1", {"normal": "normal", "intermediate": "intermediate", "poor": "poor"}),
}
DIPLOTYPES: Final = {"DPYD": "dpyd_diplotype", "UGT1A1": "ugt1a1_diplotype"}
METABOLISM_OF: Final = {DIPLOTYPES[gene]: concept for gene, (concept, _) in _PHENOTYPES.items()}
_TWO: Final = 2
_OTHER_GENE = Message("note", "1 genotype is not used ({of})", "{n} genotypes are not used ({of})",
                      "openmbc looks at DPYD and UGT1A1.")  # fmt: skip


class Genotype(NamedTuple):
    """A genotype or one allele of a gene, as reported."""

    source: str
    day: Day
    gene: str
    alleles: str
    whole: bool  # both alleles


def genotypes(chart: Chart, resource: Observation, code: str, source: str, day: Day) -> list[Genotype]:
    """The genotype that a resource states; empty, with a problem, where the gene or the alleles are not named."""
    parts = variants.parts_of(resource)
    said = text_of_alleles(resource.valueCodeableConcept) or resource.valueString
    concepts = [part.valueCodeableConcept for part in parts.get(_GENE, ()) if part.valueCodeableConcept is not None]
    named = [gene for one in concepts if (gene := gene_named(one)) is not None]
    if not named and said:
        named = [gene for gene in DIPLOTYPES if gene in said.upper()]
    genes = [gene for gene in named if gene in DIPLOTYPES]
    if not said:
        chart.say(NOT_UNDERSTOOD, "a genotype names no alleles", source)
        return []
    if len(genes) != 1:
        chart.say(_OTHER_GENE, " ".join(named) or shorten(said), source)
        return []
    return [Genotype(source, day, genes[0], without_gene(said, genes[0]), code == GENOTYPE)]


def gene_named(concept: CodeableConcept) -> str | None:
    """The symbol of a gene of a genotype, also of one that no rule knows."""
    for coding in concept.coding:
        if coding.display:
            return coding.display.upper()
    return (concept.text or "").upper() or None


def text_of_alleles(concept: CodeableConcept | None) -> str | None:
    """The words of a genotype: those that hold alleles before those that name the gene alone."""
    if concept is None:
        return None
    texts = [concept.text, *(t for coding in concept.coding for t in (coding.display, coding.code))]
    said = [text for text in texts if text]
    return next((text for text in said if is_diplotype(text) or "*" in text), said[0] if said else None)


def alleles_in(concept: CodeableConcept | None, text: str | None, about: str) -> str | None:
    """The alleles that the answer to a test of a genotype names; None where it names none.

    ``about`` is one of the concepts of `DIPLOTYPES`.
    """
    said = text_of_alleles(concept) or text
    gene = next(gene for gene, name in DIPLOTYPES.items() if name == about)
    return without_gene(said, gene) if said and (is_diplotype(said) or "*" in said) else None


def is_diplotype(text: str) -> bool:
    """Does a text name two alleles (``*1/*2A``, ``c.1905+1G>A (*2A)/Reference``)?"""
    left, slash, right = text.partition("/")
    return bool(slash and left.strip() and right.strip())


def without_gene(text: str, gene: str) -> str:
    """``DPYD *1/*2A`` -> ``*1/*2A``."""
    return re.sub(rf"\b{gene}\b[\s:]*(?=[*a-zA-Z])", "", text, flags=re.IGNORECASE).strip()


def diplotypes(chart: Chart, found: Sequence[Genotype]) -> None:
    """An observation for every genotype; two alleles that stand alone are one."""
    whole = [one for one in found if one.whole]
    for one in whole:
        _observe(chart, one.source, one.day, one.gene, one.alleles)
    known = {(one.gene, one.day) for one in whole}
    alone: dict[tuple[str, Day], list[Genotype]] = defaultdict(list)
    for one in found:
        if not one.whole and (one.gene, one.day) not in known:
            alone[one.gene, one.day].append(one)
    for (gene, day), alleles in alone.items():
        if len(alleles) == _TWO:
            _observe(chart, alleles[0].source, day, gene, "/".join(one.alleles for one in alleles))
        else:
            what = f"{len(alleles)} allele{'s' if len(alleles) > 1 else ''} of {gene} and no genotype"
            chart.say(NOT_UNDERSTOOD, f"a report names {what}", alleles[0].source)


def _observe(chart: Chart, source: str, day: Day, gene: str, alleles: str) -> None:
    chart.observe(source, day, DIPLOTYPES[gene], code=alleles, text=f"{gene} {alleles}")


def metaboliser(resource: Observation) -> str | None:
    """The class of metaboliser that a statement gives; None when it is about something else."""
    concepts = [part.valueCodeableConcept for part in variants.parts_of(resource).get(_IMPLICATION, ())]
    for concept in (resource.valueCodeableConcept, *concepts):
        term, _ = understand(concept, _KIND)
        if term is not None:
            return term.concept
    return None


def phenotype(chart: Chart, resource: Observation, source: str, day: Day, behind: Iterable[str]) -> None:
    """The metabolism of DPD or UGT1A1. The gene is that of the genotype behind the statement, or one it names."""
    word = metaboliser(resource) or ""
    parts = variants.parts_of(resource).get(_GENE, ())
    named = {gene_named(part.valueCodeableConcept) for part in parts if part.valueCodeableConcept is not None}
    genes = {gene for gene in (*behind, *named) if gene in _PHENOTYPES}
    if len(genes) != 1:
        chart.say(
            REMARK, f"a report says '{word} metaboliser' of a gene that is not DPYD or UGT1A1, or names none", source
        )
        return
    concept, answers = _PHENOTYPES[genes.pop()]
    if word not in answers:
        chart.say(NOT_UNDERSTOOD, f"{concept.replace('_', ' ')} '{word}' is not understood", source)
        return
    chart.observe(source, day, concept, code=answers[word], text=f"{word} metaboliser")
