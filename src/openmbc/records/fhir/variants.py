"""Variants and panels: HL7 genomics and mCODE, from the gene alone to the full report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from openmbc import terms
from openmbc.records.fhir.assays import of_method
from openmbc.records.fhir.changes import change_of, gene_in
from openmbc.records.fhir.chart import BLOOD, Chart
from openmbc.records.fhir.concepts import by_code, by_words
from openmbc.records.fhir.dates import Day, start_of
from openmbc.records.fhir.problems import (
    NOT_UNDERSTOOD,
    NOT_USED,
    REMARK,
    name_of,
    shorten,
    text_of,
    unknown,
    withdrawn,
)
from openmbc.records.fhir.resources import CodeableConcept, Component, Observation, Quantity, Reference

# LOINC codes of the parts of a report (HL7 Genomics Reporting, mCODE STU1 to STU4).
VARIANT: Final = "69548-6"
REGIONS: Final = frozenset({"53041-0", "36908-2"})
CHANGES: Final = frozenset({"48004-6", "48005-3", "81252-9", "81290-9"})  # coding, protein, variation code, genomic
_GENE: Final = "48018-6"
_FRACTION, _DEPTH, _SOURCE_CLASS, _SIGNIFICANCE = "81258-6", "82121-5", "48002-0", "53037-8"
_UNCALLABLE: Final = "uncallable-regions"
_LIMIT: Final = frozenset({"limit of detection", "lod", "detection limit", "limit of detection lod"})
_SOURCE_CLASSES = {"LA6683-2": "germline", "LA6684-0": "somatic"}
_HGNC: Final = "genenames.org"
_MOST_READS: Final = 10**8  # more is an error of the export

_PRESENT = frozenset({"present", "positive", "detected", "yes"})
_ABSENT = frozenset({"absent", "negative", "not_detected", "no"})
_WITHDRAWN: Final = frozenset({"entered-in-error", "cancelled"})
# Longest first: "likely pathogenic" holds "pathogenic".
_SIGNIFICANCES = (
    ("likely pathogenic", "likely_pathogenic"), ("likely benign", "likely_benign"),
    ("likely oncogenic", "likely_pathogenic"),
    ("uncertain", "uncertain"), ("unknown significance", "uncertain"), ("conflicting", "uncertain"),
    ("pathogenic", "pathogenic"), ("oncogenic", "pathogenic"), ("benign", "benign"),
)  # fmt: skip

Parts = Mapping[str, Sequence[Component]]


class Setting(NamedTuple):
    """What a finding does not say itself: its test, and what other resources say of it."""

    assay: str | None = None
    device: str | None = None
    classes: tuple[str, ...] = ()
    effects: tuple[tuple[str, CodeableConcept], ...] = ()


class Row(NamedTuple):
    """The cells of ``variants`` that the rows of one finding share."""

    source: str
    day: Day
    specimen: str | None
    assay: str | None
    origin: str | None = None


def finding(chart: Chart, resource: Observation, source: str, setting: Setting) -> None:
    """Rows of ``variants``: one per gene of a variant, or one per gene that a panel looked at."""
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn("observation"), resource.status or "", source)
        return
    text = (
        resource.effectiveDateTime or start_of(resource.effectivePeriod) or resource.effectiveInstant or resource.issued
    )
    parts = parts_of(resource)
    origin = origin_of(_first(parts, _SOURCE_CLASS))
    device = Reference(display=setting.device) if setting.device else None
    assay = of_method(resource.method, device) or setting.assay
    row = Row(
        source,
        chart.day(text, source),
        specimen_of(chart.site_of_specimen(resource.specimen, source), origin),
        assay,
        origin,
    )
    if any(coding.code == VARIANT for coding in (resource.code.coding if resource.code is not None else ())):
        _variant(chart, resource, parts, row, setting)
    else:
        _region(chart, resource, parts, row)


def parts_of(resource: Observation) -> dict[str, list[Component]]:
    """The components of an observation by their codes, whatever the system: some codes have had several."""
    parts: dict[str, list[Component]] = {}
    for part in resource.component:
        for coding in part.code.coding if part.code is not None else ():
            parts.setdefault(coding.code or "", []).append(part)
    return parts


def specimen_of(site: str | None, origin: str | None) -> str | None:
    """Where the DNA came from. An inherited variant says nothing about a place."""
    if origin == "germline":
        return None
    return "plasma" if site == BLOOD else site


def genes_studied(chart: Chart, genes: Iterable[CodeableConcept | None], row: Row) -> int:
    """A row for every gene that was looked at: every code of every part is a gene. Gives their number."""
    named: dict[str, str | None] = {}
    for concept in genes:
        for coding in concept.coding if concept is not None else ():
            one = CodeableConcept((coding,))
            gene = gene_of(chart, one, row.source)
            if gene is not None:
                named[gene] = coding.display
        if concept is not None and not concept.coding and concept.text:
            gene = gene_of(chart, concept, row.source)
            if gene is not None:
                named[gene] = concept.text
    for gene, text in named.items():
        _add(chart, row, gene, "studied", text=text)
    return len(named)


def _region(chart: Chart, resource: Observation, parts: Parts, row: Row) -> None:
    """What was looked at."""
    genes = [part.valueCodeableConcept for part in parts.get(_GENE, ())] or [resource.valueCodeableConcept]
    if not genes_studied(chart, genes, row):
        chart.say(NOT_UNDERSTOOD, "a region studied names no gene that is known", row.source)
    if _UNCALLABLE in parts:
        chart.say(REMARK, "a report lists regions that could not be read; they are not used", row.source)


def _variant(chart: Chart, resource: Observation, parts: Parts, row: Row, setting: Setting) -> None:
    result = _result(chart, resource, row.source)
    if result is None:
        return
    concepts = [part.valueCodeableConcept for part in parts.get(_GENE, ()) if part.valueCodeableConcept is not None]
    genes = [(gene_of(chart, concept, row.source), concept) for concept in concepts]
    effects, kinds = _with_effects(parts, setting)
    change = change_of(effects, [gene or _symbol(concept) or "?" for gene, concept in genes], kinds)
    if "wild_type" in change.kinds:
        if change.kinds != {"wild_type"}:
            chart.say(NOT_USED, "a variant is reported as wild type and as a change; it is not used", row.source)
            return
        result = "absent"
    if not genes:
        symbol = gene_in(effects)
        if symbol is None:
            chart.say(NOT_UNDERSTOOD, "a variant names no gene", row.source)
            return
        genes = [(gene_of(chart, CodeableConcept(text=symbol), row.source), CodeableConcept(text=symbol))]
    meaning = significance(_first(parts, _SIGNIFICANCE))
    if meaning is None and len(setting.classes) == 1:
        meaning = setting.classes[0]
    vaf, depth, lod = _fraction(chart, parts, row.source), _reads(chart, parts, row.source), _limit(resource)
    for gene, concept in genes:
        _add(chart, row, gene, result, change.change, meaning, vaf, depth, lod, change.text or text_of(concept))


def _with_effects(parts: Parts, setting: Setting) -> tuple[Parts, list[CodeableConcept]]:
    """The parts of a variant with the HGVS that a molecular consequence adds where it has none, and kinds of change."""
    if not setting.effects:
        return parts, []
    more = dict(parts)
    for code, value in setting.effects:
        if code in CHANGES and code not in parts:
            more[code] = [*more.get(code, ()), Component(valueCodeableConcept=value)]
    return more, [value for code, value in setting.effects if code not in CHANGES]


def _add(
    chart: Chart, row: Row, gene: str | None, result: str, change: str | None = None, meaning: str | None = None,
    vaf: float | None = None, depth: int | None = None, lod: float | None = None, text: str | None = None,
) -> None:  # fmt: skip
    chart.tables["variants"].append(
        (chart.person, row.source, row.day[0], row.day[1], gene, change, row.origin, result, meaning, vaf,
         row.specimen, row.assay, depth, lod, text, "code")
    )  # fmt: skip


def _result(chart: Chart, resource: Observation, source: str) -> str | None:
    """Present or absent; None (and a problem) when the report says neither."""
    value = resource.valueCodeableConcept
    term = by_code(value, ("value",)) or by_words(value, ("value",))
    words = text_of(value) or resource.valueString
    if term is not None and term.concept in (*_ABSENT, *_PRESENT):
        return "absent" if term.concept in _ABSENT else "present"
    if value is None and resource.valueBoolean is not None:
        return "present" if resource.valueBoolean else "absent"
    if value is None and words:
        term = by_words(CodeableConcept(text=words), ("value",))
        if term is not None and term.concept in (*_ABSENT, *_PRESENT):
            return "absent" if term.concept in _ABSENT else "present"
    if words or resource.dataAbsentReason is not None:
        said = f"'{shorten(words)}', neither present nor absent" if words else "'no result'"
        chart.say(NOT_USED, f"a variant is reported as {said}; it is not used", source)
        return None
    readings = {term.concept for one in resource.interpretation if (term := by_code(one, ("value",))) is not None}
    return "absent" if readings & _ABSENT and not readings & _PRESENT else "present"


def gene_of(chart: Chart, concept: CodeableConcept, source: str) -> str | None:
    """The gene that any of the codes names (they are synonyms), else the text.

    A code of one gene with the name of another is a problem, and no gene. A symbol with an HGNC code is kept even
    where no rule knows the gene.
    """
    for coding in concept.coding:
        gene = terms.gene_symbol(coding.system, coding.code, None)
        if gene is None:
            continue
        named = terms.gene_symbol(None, None, coding.display) if coding.display else None
        if named is not None and named != gene:
            chart.say(NOT_USED, f"{name_of(CodeableConcept((coding,)))} is the code of {gene}; it is not used", source)
            return None
        return gene
    for text in (*(coding.display or coding.code for coding in concept.coding), concept.text):
        if text and (gene := terms.gene_symbol(None, None, text)) is not None:
            return gene
    chart.say(unknown("gene"), name_of(concept), source)
    return _symbol(concept)


def _symbol(concept: CodeableConcept) -> str | None:
    """The symbol that stands beside an HGNC code."""
    for coding in concept.coding:
        if _HGNC in (coding.system or "") and coding.display and coding.display.replace("-", "").isalnum():
            return coding.display if coding.display.upper() == coding.display else None
    return None


def _first(parts: Parts, code: str) -> CodeableConcept | None:
    found = parts.get(code)
    return found[0].valueCodeableConcept if found else None


def _fraction(chart: Chart, parts: Parts, source: str) -> float | None:
    """Allele fraction from 0 to 1."""
    found = parts.get(_FRACTION)
    quantity = found[0].valueQuantity if found else None
    if quantity is None or quantity.value is None:
        return None
    fraction = _share(quantity)
    if quantity.comparator:
        chart.say(
            NOT_USED, f"allele fraction {quantity.comparator}{quantity.value:g} is a bound; it is not used", source
        )
        return None
    if fraction is not None:
        return fraction
    chart.say(NOT_USED, f"allele fraction {quantity.value:g} is outside 0 to 1; it is not used", source)
    return None


def _share(quantity: Quantity | None) -> float | None:
    """A share from 0 to 1 of a quantity in per cent, or of one; None where it is neither."""
    if quantity is None or quantity.value is None:
        return None
    share = quantity.value / 100 if "%" in (quantity.code, quantity.unit) else quantity.value
    return share if 0 <= share <= 1 else None


def _reads(chart: Chart, parts: Parts, source: str) -> int | None:
    """Read depth."""
    found = parts.get(_DEPTH)
    if not found:
        return None
    quantity = found[0].valueQuantity
    number = quantity.value if quantity is not None else found[0].valueInteger
    if number is None:
        return None
    if math.isfinite(number) and 0 <= number <= _MOST_READS:
        return round(number)
    chart.say(NOT_USED, f"read depth {number:g} is not possible; it is not used", source)
    return None


def _limit(resource: Observation) -> float | None:
    """The limit of detection, where a part has that name: no guide has a code for it."""
    for part in resource.component:
        if (text_of(part.code) or "").lower() in _LIMIT:
            return _share(part.valueQuantity)
    return None


def origin_of(concept: CodeableConcept | None) -> str | None:
    """Germline or somatic, where the report is sure."""
    term = by_code(concept, ("value",))
    if term is not None and term.concept in ("germline", "somatic"):
        return term.concept
    for coding in concept.coding if concept is not None else ():
        if coding.code in _SOURCE_CLASSES:
            return _SOURCE_CLASSES[coding.code]
    words = (text_of(concept) or "").lower()
    return words if words in ("germline", "somatic") else None


def significance(concept: CodeableConcept | None) -> str | None:
    """The class of a variant, as the report has it."""
    term = by_code(concept, ("value",))
    words = (term.concept.replace("_", " ") if term is not None else text_of(concept) or "").lower()
    return next((word for said, word in _SIGNIFICANCES if said in words), None)
