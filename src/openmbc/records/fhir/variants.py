"""Variants and panels: HL7 genomics and mCODE, from the gene alone to the full report."""

from __future__ import annotations

from openmbc import terms
from openmbc.records.fhir.chart import BLOOD, Chart
from openmbc.records.fhir.concepts import by_code
from openmbc.records.fhir.dates import Day
from openmbc.records.fhir.problems import NOT_UNDERSTOOD, NOT_USED, name_of, text_of, unknown
from openmbc.records.fhir.resources import CodeableConcept, Component, Observation

# LOINC codes of the parts of a report (HL7 Genomics Reporting, mCODE STU1 to STU4).
VARIANT = "69548-6"
_REGIONS = frozenset({"53041-0", "36908-2"})
CODES = _REGIONS | {VARIANT}
_GENE, _CODING_CHANGE, _PROTEIN_CHANGE, _VARIATION, _GENOMIC_CHANGE = (
    "48018-6",
    "48004-6",
    "48005-3",
    "81252-9",
    "81290-9",
)
_FRACTION, _SOURCE_CLASS, _SIGNIFICANCE = "81258-6", "48002-0", "53037-8"
_SOURCE_CLASSES = {"LA6683-2": "germline", "LA6684-0": "somatic"}
_CHANGES = (_PROTEIN_CHANGE, _CODING_CHANGE, _VARIATION, _GENOMIC_CHANGE)

_PRESENT = frozenset({"present", "positive", "detected", "yes"})
_ABSENT = frozenset({"absent", "negative", "not_detected", "no"})
# Longest first: "likely pathogenic" holds "pathogenic".
_SIGNIFICANCES = (
    ("likely pathogenic", "likely_pathogenic"), ("likely benign", "likely_benign"),
    ("likely oncogenic", "likely_pathogenic"),
    ("uncertain", "uncertain"), ("unknown significance", "uncertain"), ("conflicting", "uncertain"),
    ("pathogenic", "pathogenic"), ("oncogenic", "pathogenic"), ("benign", "benign"),
)  # fmt: skip


def genomic(chart: Chart, resource: Observation, code: str, source: str, day: Day) -> None:
    """Rows of ``variants``: one per gene of a variant, or one per gene that a panel looked at."""
    parts: dict[str, list[Component]] = {}
    for part in resource.component:
        for coding in part.code.coding if part.code is not None else ():
            parts.setdefault(coding.code or "", []).append(part)
    if code in _REGIONS:
        _region(chart, resource, parts.get(_GENE, []), source, day)
    else:
        _variant(chart, resource, parts, source, day)


def _region(chart: Chart, resource: Observation, genes: list[Component], source: str, day: Day) -> None:
    """What was looked at: every code of every gene part is a gene."""
    specimen = _specimen(chart, resource, None, source)
    named: dict[str, str | None] = {}
    for concept in [part.valueCodeableConcept for part in genes] or [resource.valueCodeableConcept]:
        for coding in concept.coding if concept is not None else ():
            gene = terms.gene_symbol(coding.system, coding.code, coding.display)
            if gene is None:
                chart.say(unknown("gene"), name_of(CodeableConcept((coding,))), source)
            else:
                named[gene] = coding.display
    if not named:
        chart.say(NOT_UNDERSTOOD, "a region studied names no gene that is known", source)
    for gene, text in named.items():
        _row(chart, source, day, gene, None, None, "studied", None, None, specimen, text)


def _variant(
    chart: Chart, resource: Observation, parts: dict[str, list[Component]], source: str, day: Day
) -> None:  # fmt: skip
    result = _result(chart, resource, source)
    if result is None:
        return
    change, text = _change(parts)
    origin = _origin(_first(parts, _SOURCE_CLASS))
    significance = _significance(_first(parts, _SIGNIFICANCE))
    specimen = _specimen(chart, resource, origin, source)
    genes = [part.valueCodeableConcept for part in parts.get(_GENE, ()) if part.valueCodeableConcept is not None]
    if not genes:
        chart.say(NOT_UNDERSTOOD, "a variant names no gene", source)
    for concept in genes:
        gene = _gene(concept)
        if gene is None:
            chart.say(unknown("gene"), name_of(concept), source)
        _row(chart, source, day, gene, change, origin, result, significance, _fraction(chart, parts, source), specimen,
             text or text_of(concept))  # fmt: skip


def _row(
    chart: Chart, source: str, day: Day, gene: str | None, change: str | None, origin: str | None, result: str,
    significance: str | None, vaf: float | None, specimen: str | None, text: str | None,
) -> None:  # fmt: skip
    chart.tables["variants"].append(
        (
            chart.person,
            source,
            day[0],
            day[1],
            gene,
            change,
            origin,
            result,
            significance,
            vaf,
            specimen,
            None,
            None,
            None,
            text,
            "code",
        )  # assay, depth and limit of detection are not read
    )


def _result(chart: Chart, resource: Observation, source: str) -> str | None:
    """Present or absent; None (and a problem) when the report says neither."""
    value = resource.valueCodeableConcept
    term = by_code(value, ("value",))
    if term is not None and term.concept in _ABSENT:
        return "absent"
    if value is None and resource.valueBoolean is not None:
        return "present" if resource.valueBoolean else "absent"
    if term is not None and term.concept not in _PRESENT:
        chart.say(
            NOT_USED, f"a variant is reported as '{text_of(value)}', neither present nor absent; it is not used", source
        )
        return None
    words = (text_of(value) or resource.valueString or "").lower()
    if words in ("absent", "not detected", "negative"):
        return "absent"
    if words in ("no call", "indeterminate", "not tested", "unknown") or resource.dataAbsentReason is not None:
        chart.say(NOT_USED, f"a variant is reported as '{words or 'no result'}'; it is not used", source)
        return None
    return "present"


def _gene(concept: CodeableConcept) -> str | None:
    """The gene that any of the codes names (they are synonyms), else the text."""
    for coding in concept.coding:
        gene = terms.gene_symbol(coding.system, coding.code, coding.display)
        if gene is not None:
            return gene
    return terms.gene_symbol(None, None, concept.text) if concept.text else None


def _first(parts: dict[str, list[Component]], code: str) -> CodeableConcept | None:
    found = parts.get(code)
    return found[0].valueCodeableConcept if found else None


def _change(parts: dict[str, list[Component]]) -> tuple[str | None, str | None]:
    """The change at the finest level that the report gives (protein before DNA), and all of it as text."""
    said: list[str] = []
    for code in _CHANGES:
        for part in parts.get(code, ()):
            value = part.valueCodeableConcept
            text = part.valueString or _hgvs(value)
            if text and text not in said:
                said.append(text)
    return (_short(said[0]) if said else None), ("; ".join(said) or None)


def _hgvs(concept: CodeableConcept | None) -> str | None:
    """The words of a change; a bare identifier (ClinVar 128144) is none."""
    for coding in concept.coding if concept is not None else ():
        for text in (coding.display, coding.code):
            if text and not text.isdigit():
                return text
    return concept.text if concept is not None else None


def _short(change: str) -> str:
    """Without the reference sequence: ``NM_024675.3(PALB2):c.3549C>A (p.Tyr1183Ter)`` -> ``p.Tyr1183Ter``."""
    start = change.find("p.")
    if start < 0:
        return change.rpartition(":")[2].strip()
    return change[start:].strip("() ")


def _fraction(chart: Chart, parts: dict[str, list[Component]], source: str) -> float | None:
    """Allele fraction from 0 to 1."""
    found = parts.get(_FRACTION)
    quantity = found[0].valueQuantity if found else None
    if quantity is None or quantity.value is None:
        return None
    fraction = quantity.value / 100 if "%" in (quantity.code, quantity.unit) else quantity.value
    if 0 <= fraction <= 1:
        return fraction
    chart.say(NOT_USED, f"allele fraction {quantity.value:g} is outside 0 to 1; it is not used", source)
    return None


def _origin(concept: CodeableConcept | None) -> str | None:
    """Germline or somatic, where the report is sure."""
    term = by_code(concept, ("value",))
    if term is not None and term.concept in ("germline", "somatic"):
        return term.concept
    for coding in concept.coding if concept is not None else ():
        if coding.code in _SOURCE_CLASSES:
            return _SOURCE_CLASSES[coding.code]
    words = (text_of(concept) or "").lower()
    return words if words in ("germline", "somatic") else None


def _significance(concept: CodeableConcept | None) -> str | None:
    term = by_code(concept, ("value",))
    words = (term.concept.replace("_", " ") if term is not None else text_of(concept) or "").lower()
    return next((word for said, word in _SIGNIFICANCES if said in words), None)


def _specimen(chart: Chart, resource: Observation, origin: str | None, source: str) -> str | None:
    """Where the DNA came from. An inherited variant says nothing about a place."""
    site = chart.site_of_specimen(resource.specimen, source)
    if origin == "germline":
        return None
    return "plasma" if site == BLOOD else site
