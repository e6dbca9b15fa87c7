"""The test that gave a result: its name, from the report, the method, the device or the genomic study."""

from __future__ import annotations

from typing import Final

from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import extension
from openmbc.records.fhir.resources import CodeableConcept, DiagnosticReport, Procedure, Reference

# Codes of any report of genes, and answers that name a technique (LOINC LL4048-6): neither is the name of a test.
_GENERIC_CODES: Final = frozenset({"51969-4", "81247-9"})
_GENERIC_WORDS: Final = frozenset({
    "genetic analysis report", "master hl7 genetic variant reporting panel", "genomics report", "genomic report",
    "genetic report", "molecular report", "molecular pathology report", "sequencing", "sequencing report",
    "next generation sequencing", "ngs", "pcr", "snp array", "computational analysis", "karyotyping", "panel",
    "gene panel", "liquid biopsy",
})  # fmt: skip
_GENETICS: Final = "GE"  # v2-0074: genetics
_STUDY: Final = "genomic-study-reference"
_OF_STUDIES: Final = "genomic-study-"  # how the address of every extension of a genomic study goes on


def is_of_genes(report: DiagnosticReport) -> bool:
    """Is a report one of genetics?"""
    concepts = (report.code, *report.category)
    codes = {coding.code for concept in concepts if concept is not None for coding in concept.coding}
    return not codes.isdisjoint({*_GENERIC_CODES, _GENETICS}) or extension(report.extension, _STUDY) is not None


def is_study(resource: Procedure) -> bool:
    """Is a procedure a genomic study, or an analysis of one (Genomics Reporting STU3)?"""
    return any(_OF_STUDIES in found.url for found in resource.extension)


def note_assay(chart: Chart, report: DiagnosticReport, source: str) -> None:
    """Note which test gave the results of a report of genes."""
    if not is_of_genes(report):
        return
    studies = (name_of_study(chart, study, source) for study in studies_of(report))
    name = name_of_test(report.code) or next((name for name in studies if name), None)
    if name is None:
        return
    for result in report.result:
        if result.reference:
            chart.assays.setdefault(result.reference if result.reference[0] != "#" else source + result.reference, name)
    chart.has_reports = True


def of_method(concept: CodeableConcept | None, device: Reference | None) -> str | None:
    """The name of a test given as device or method; a technique alone (sequencing) is none."""
    if device is not None and device.display:
        return device.display
    return name_of_test(concept)


def name_of_test(concept: CodeableConcept | None) -> str | None:
    """The name of a test: a text or display that is more than "genetic analysis report" or "sequencing"."""
    if concept is None:
        return None
    texts = [concept.text]
    texts += [coding.display for coding in concept.coding if not _is_generic(coding.code)]
    return next((text for text in texts if text and " ".join(text.lower().split()) not in _GENERIC_WORDS), None)


def _is_generic(code: str | None) -> bool:
    return code in _GENERIC_CODES or (code or "").startswith("LA")


def name_of_study(chart: Chart, reference: Reference, source: str) -> str | None:
    """The name of the test that a genomic study used."""
    found = chart.procedure(reference, source)
    return name_of_test(found.code) if found is not None and is_study(found) else None


def studies_of(report: DiagnosticReport) -> tuple[Reference, ...]:
    """The studies that a report refers to."""
    found = (part.valueReference for part in report.extension if part.url.endswith(_STUDY))
    return tuple(reference for reference in found if reference is not None)
