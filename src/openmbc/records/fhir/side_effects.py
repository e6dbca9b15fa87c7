"""Side effects of treatment: AdverseEvent, and observations that give the CTCAE grade of one.

FHIR R4 has no place for a CTCAE grade: implementation guides give it in an extension (``ctcae-grade`` of the CTC
adverse event profile drafted for mCODE, ``ae-grade`` of the adverse event guides of HL7), and the effect as the CTCAE
term in text and display, with a code of MedDRA or of the NCI Thesaurus. The tables hold none of these codes: the effect
is understood from its words, which the row says (``by`` text). The severity of R4 (mild, moderate, severe) is no CTCAE
grade and is not made one.
"""

from __future__ import annotations

import re

from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import extension, understand
from openmbc.records.fhir.dates import UNDATED, Day
from openmbc.records.fhir.memo import whole
from openmbc.records.fhir.problems import DOUBT, LOST, name_of, text_of, unknown, withdrawn
from openmbc.records.fhir.resources import (
    AdverseEvent,
    CodeableConcept,
    Medication,
    MedicationUse,
    Observation,
    Reference,
    Told,
)
from openmbc.records.fhir.treatments import drugs_of

_KIND = ("side_effect",)
_GRADE_OF = ("ctcae-grade", "ae-grade", "adverse-event-grade", "severity-or-grade")
_RESOLVED = ("resolved-date", "resolvedDate")
_GRADE_WORDS = re.compile(r"\bgrade\s*:?\s*([0-5])\b", re.IGNORECASE)
_GRADE = re.compile(r"(?:grade\s*)?([0-5])\b", re.IGNORECASE)
# Outcomes of FHIR R4. "resolved with sequelae" leaves open what is left of it.
_STATUS = {"resolved": "ended", "recovering": "going_on", "ongoing": "going_on"}


def adverse_event(chart: Chart, resource: AdverseEvent, source: str) -> None:
    """One row of ``side_effects``; one for each drug where several are suspected."""
    if resource.actuality == "potential":
        chart.say(withdrawn("adverse event"), "potential", source)
        return
    term, by = understand(resource.event, _KIND)
    if term is None:
        chart.say(unknown("adverse event"), name_of(resource.event), source)
    resolved = extension(resource.extension, *_RESOLVED)
    end = chart.day(resolved.valueDateTime, source) if resolved is not None else UNDATED
    said = resource.outcome.coding[0].code if resource.outcome is not None and resource.outcome.coding else None
    status = "ended" if end != UNDATED else _STATUS.get(said or "")
    day = chart.day(resource.date or resource.detected or resource.recordedDate, source)
    text = text_of(resource.event)
    for drug in _suspected(chart, resource, source) or (None,):
        chart.side_effect(source, day, term.concept if term else None, grade=_grade_of(resource, text), end=end,
                          status=status, drug=drug, text=text, by=by)  # fmt: skip


def _grade_of(resource: AdverseEvent, text: str | None) -> int | None:
    """The grade of the extension, else the one that the words of the event give."""
    found = extension(resource.extension, *_GRADE_OF)
    if found is not None:
        return found.valueInteger if found.valueInteger is not None else _grade_in(found.valueCodeableConcept)
    matched = _GRADE_WORDS.search(text or "")
    return int(matched[1]) if matched else None


def _grade_in(concept: CodeableConcept | None) -> int | None:
    """A grade from a code or words: ``2``, ``Grade 2``."""
    if concept is None:
        return None
    for said in (*(coding.code for coding in concept.coding), concept.text, *(c.display for c in concept.coding)):
        if said and (matched := _GRADE.match(said.strip())):
            return int(matched[1])
    return None


def _suspected(chart: Chart, resource: AdverseEvent, source: str) -> tuple[str, ...]:
    """The drugs that the event is blamed on; what is suspected and no known drug is said."""
    drugs: list[str] = []
    for suspect in resource.suspectEntity:
        if suspect.instance is None:
            continue
        found = _drugs(chart, suspect.instance, source)
        if not found:
            what = suspect.instance.display or suspect.instance.reference or "something without name"
            chart.say(DOUBT, f"an adverse event is blamed on {what}, which is no known drug", source)
        drugs += found
    return tuple(dict.fromkeys(drugs))


def _drugs(chart: Chart, reference: Reference, source: str) -> list[str]:
    found = chart.find(reference, source)
    if isinstance(found, Told):
        found = whole(chart, found, source)
    if isinstance(found, Medication):
        found = MedicationUse(medicationReference=reference)
    if isinstance(found, MedicationUse):
        return [drug for drug in drugs_of(chart, found, source)[0] if drug is not None]
    if reference.display:
        named = MedicationUse(medicationCodeableConcept=CodeableConcept(text=reference.display))
        return [drug for drug in drugs_of(chart, named, source)[0] if drug is not None]
    if found is None:
        chart.say(LOST, reference.reference or "a suspected cause", source)
    return []


def graded(chart: Chart, resource: Observation, source: str, day: Day) -> bool:
    """An observation that names a side effect and asks for its grade, as one row; false where it is none."""
    text = text_of(resource.code) or ""
    if "grade" not in text.lower():
        return False
    term, _ = understand(resource.code, _KIND)
    grade = resource.valueInteger
    if grade is None and resource.valueQuantity is not None and (value := resource.valueQuantity.value) is not None:
        grade = int(value) if value in range(6) else None
    if grade is None:
        grade = _grade_in(resource.valueCodeableConcept or CodeableConcept(text=resource.valueString))
    if term is None or grade is None or not 0 <= grade <= 5:
        return False
    chart.side_effect(source, day, term.concept, grade=grade, text=text, by="text")
    return True
