"""Medicines: statements, requests and administrations, whether of cancer drugs or of others."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, cast

from msgspec.structs import astuple

from openmbc import terms
from openmbc.records.fhir import dates
from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import by_code, extension, understand
from openmbc.records.fhir.conditions import code_in
from openmbc.records.fhir.dates import UNDATED, Day
from openmbc.records.fhir.memo import TEXT, repeat, whole
from openmbc.records.fhir.problems import LOST, REMARK, name_of, text_of, unknown, withdrawn
from openmbc.records.fhir.resources import (
    CodeableConcept,
    Dosage,
    Extension,
    MedicationAdministration,
    MedicationRequest,
    MedicationStatement,
    MedicationUse,
    Period,
    Reference,
    ToldCondition,
    ToldRequest,
    ToldStatement,
    says,
)

_STATEMENT = {
    "active": "running", "on-hold": "running", "completed": "ended", "stopped": "ended", "intended": "planned",
    "not-taken": "not_taken",
}  # fmt: skip
_REQUEST = {"active": "running", "on-hold": "running", "completed": "ended", "stopped": "ended", "draft": "planned"}
_statement_says, _request_says = says(ToldStatement), says(ToldRequest)
_PROPOSED = frozenset({"proposal", "plan", "option"})
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_SETTINGS = ("neoadjuvant", "adjuvant", "metastatic")
_INTENTS = ("curative", "palliative")
_remembered_drugs = lru_cache(maxsize=1 << 15)(terms.drugs_of_text)


class Said(NamedTuple):
    """What a resource says apart from status and dates: the drugs, and what is said around them."""

    drugs: tuple[str | None, ...]
    text: str
    by: str
    setting: str | None
    intent: str | None
    ended: str | None


def quick_statement(chart: Chart, told: Any, source: str) -> None:
    """`statement`, from memory where an equal one was read before."""
    span = _quick_span(told.effectiveDateTime, told.effectivePeriod)
    _quick(chart, told, source, span, statement, TEXT(_statement_says(astuple(told))))


def quick_request(chart: Chart, told: Any, source: str) -> None:
    """`request`, from memory where an equal one was read before."""
    bounds = _bounds(told.dosageInstruction) if told.dosageInstruction else None
    if bounds is not None and bounds.start is None and bounds.end is None:
        bounds = None
    said = (TEXT(_request_says(astuple(told))), bounds is not None and bounds.end is not None)
    _quick(chart, told, source, _quick_span(told.authoredOn, bounds), request, said)


def _quick_span(moment: str | None, period: Period | None) -> tuple[Day, Day] | None:
    """First and last day; None where one cannot be read, or only the last is known."""
    first = moment if period is None else period.start
    start = UNDATED if first is None and period is None else dates.read(first or "")
    end = UNDATED if period is None or period.end is None else dates.read(period.end)
    return (start, end) if start is not None and end is not None else None


def _quick(
    chart: Chart, told: Any, source: str, span: tuple[Day, Day] | None,
    read: Callable[[Chart, Any, str], None], words: Hashable,
) -> None:  # fmt: skip
    """Read a statement or a request, from memory where an equal one was read before."""
    because = codes_of(chart, told.reasonReference, source) if told.reasonReference else ()
    key = (read, words, because)
    if told.medicationReference is not None:  # which medicine it is stands in another resource
        span = None
    if span is not None and (said := chart.memo.known.get(key)) is not None:
        repeat(said, chart, span[0], source, span[1])
        return
    resource = whole(chart, told, source)
    if resource is not None and span is not None:
        chart.memo.learn(key, chart, span[0], source, read, resource, span[1])
    elif resource is not None:
        read(chart, resource, source)


def statement(chart: Chart, resource: MedicationStatement, source: str) -> None:
    """What the person is said to take or to have taken."""
    if _set_aside(chart, resource, source):
        return
    status = _STATEMENT.get(resource.status or "", "unknown")
    start, end = _span(chart, resource.effectiveDateTime, resource.effectivePeriod, source)
    if start.iso is None and resource.dosage:
        start, end = _span(chart, None, _bounds(resource.dosage), source)
    category = (resource.category,) if resource.category is not None else ()
    _rows(chart, source, start, end, status, _said(chart, resource, resource.statusReason, category, source))


def request(chart: Chart, resource: MedicationRequest, source: str) -> None:
    """A prescription: running while active, unless the prescription itself names its end."""
    if _set_aside(chart, resource, source):
        return
    if resource.doNotPerform:
        chart.say(REMARK, "a prescription says that a medicine must not be given; it is not used", source)
        return
    status = _REQUEST.get(resource.status or "", "unknown")
    if resource.intent in _PROPOSED and status == "running":
        status = "planned"
    bounds = _bounds(resource.dosageInstruction)
    start, end = _span(chart, None, bounds, source)
    if start.iso is None:
        start = chart.day(resource.authoredOn, source)
    if end.iso is not None and status == "running":
        status = "ended"
    reason = (resource.statusReason,) if resource.statusReason is not None else ()
    _rows(chart, source, start, end, status, _said(chart, resource, reason, resource.category, source))


def administration(chart: Chart, resource: MedicationAdministration, source: str) -> None:
    """One dose given. The doses of a drug are merged when the person's record is complete (`flush`)."""
    if _set_aside(chart, resource, source):
        return
    start, end = _span(chart, resource.effectiveDateTime, resource.effectivePeriod, source)
    category = (resource.category,) if resource.category is not None else ()
    said = _said(chart, resource, resource.statusReason, category, source)
    if resource.status == "not-done":
        _rows(chart, source, start, UNDATED, "not_taken", said)
        return
    last = end if end.iso is not None else start
    doses = cast("dict[str, Course]", chart.doses)
    for drug in said.drugs:
        key = drug or said.text
        course = doses.get(key)
        doses[key] = (
            Course(source, start, last, drug, said, 1) if course is None else course.with_dose(start, last, said)
        )


class Course(NamedTuple):
    """Doses of one drug, merged."""

    source: str
    first: Day
    last: Day
    drug: str | None
    said: Said
    doses: int

    def with_dose(self, start: Day, last: Day, said: Said) -> Course:
        """The course with one dose more; an undated dose moves no end."""
        first, until = self.first, self.last
        if start.iso is not None and (first.iso is None or start.iso < first.iso):
            first = start
        if last.iso is not None and (until.iso is None or last.iso > until.iso):
            until = last
        merged = said._replace(setting=said.setting or self.said.setting, intent=said.intent or self.said.intent,
                               ended=said.ended or self.said.ended)  # fmt: skip
        return self._replace(first=first, last=until, said=merged, doses=self.doses + 1)


def flush(chart: Chart) -> None:
    """The merged doses as rows. That doses were given does not say whether more follow: status unknown."""
    for course in cast("dict[str, Course]", chart.doses).values():
        said = course.said
        status = "ended" if said.ended else "unknown"
        text = f"{said.text} ({course.doses} doses)" if course.doses > 1 else said.text
        chart.treat(course.source, course.first, course.last, course.drug, "drug", status, setting=said.setting,
                    intent=said.intent, ended=said.ended, text=text, by=said.by)  # fmt: skip


def _set_aside(chart: Chart, resource: MedicationUse, source: str) -> bool:
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn(type(resource).__name__), resource.status or "", source)
        return True
    if resource.status == "on-hold":
        chart.say(REMARK, "a medicine is on hold: it is read as running", source)
    return False


def _rows(chart: Chart, source: str, start: Day, end: Day, status: str, said: Said) -> None:
    ended = said.ended if status != "not_taken" else None
    for drug in said.drugs:
        chart.treat(source, start, end, drug, "drug", status, setting=said.setting, intent=said.intent, ended=ended,
                    text=said.text, by=said.by)  # fmt: skip


def _span(chart: Chart, moment: str | None, period: Period | None, source: str) -> tuple[Day, Day]:
    if period is not None:
        return chart.day(period.start, source), chart.day(period.end, source)
    return chart.day(moment, source), UNDATED


def _bounds(dosage: tuple[Dosage, ...]) -> Period | None:
    for dose in dosage:
        repeat = dose.timing.repeat if dose.timing is not None else None
        if repeat is not None and repeat.boundsPeriod is not None:
            return repeat.boundsPeriod
    return None


def drugs_of(chart: Chart, resource: MedicationUse, source: str) -> tuple[tuple[str | None, ...], str, str]:
    """The ingredients, the text, and how they were understood. A medicine not understood is one unnamed drug."""
    concept, name = resource.medicationCodeableConcept, None
    if concept is None and resource.medicationReference is not None:
        found = chart.medication(resource.medicationReference, source)
        name = resource.medicationReference.display
        if found is None and not name:
            chart.say(LOST, resource.medicationReference.reference or "a medicine", source)
        if found is not None:
            concept = found.code
            of_parts = tuple(dict.fromkeys(d for part in found.ingredient for d in _named(part.itemCodeableConcept)[0]))
            if of_parts and not _named(concept)[0]:
                return of_parts, text_of(concept) or ", ".join(of_parts), "code"
    if concept is None:
        concept = CodeableConcept(text=name)
    drugs, by = _named(concept)
    text = text_of(concept) or "a medicine without name"
    if not drugs:
        kept = by_code(concept, ("ignore",))
        if kept is None:
            chart.say(unknown("medicine"), name_of(concept), source)
        return (None,), text, "text"
    return drugs, text, by


def _named(concept: CodeableConcept | None) -> tuple[tuple[str, ...], str]:
    """The ingredients by code, else by name; empty when neither is known."""
    if concept is None:
        return (), "code"
    term = by_code(concept, ("drug",))
    if term is not None:
        return (term.concept,), "code"
    for text in (concept.text, *(coding.display for coding in concept.coding)):
        if text and (drugs := _remembered_drugs(text)):
            return tuple(drugs), "text"
    return (), "text"


def _said(
    chart: Chart,
    resource: MedicationUse,
    reasons_of_status: tuple[CodeableConcept, ...],
    category: tuple[CodeableConcept, ...],
    source: str,
) -> Said:
    """What the resource says apart from status and dates, worked out once for equal ones."""
    because = codes_of(chart, resource.reasonReference, source) if resource.reasonReference else ()
    if resource.medicationReference is not None:
        return _work_out(chart, resource, reasons_of_status, category, because, source)
    key = (
        resource.medicationCodeableConcept,
        reasons_of_status,
        category,
        resource.reasonCode,
        resource.extension,
        because,
    )
    return chart.memo.once(key, chart, source, _work_out, resource, reasons_of_status, category, because)


def _work_out(
    chart: Chart,
    resource: MedicationUse,
    reasons_of_status: tuple[CodeableConcept, ...],
    category: tuple[CodeableConcept, ...],
    because: tuple[CodeableConcept, ...],
    source: str,
) -> Said:
    ended = _ended(chart, reasons_of_status, resource.extension, source)
    setting, intent = intended(resource.extension)
    for concept in (*category, *resource.reasonCode):
        setting = setting or _setting_in(concept)
    # A treatment given because of a metastasis is one of metastatic disease.
    if setting is None and any(by_code(concept, ("metastasis",)) for concept in (*resource.reasonCode, *because)):
        setting = "metastatic"
    drugs, text, by = drugs_of(chart, resource, source)
    return Said(drugs, text, by, setting, intent, ended)


def codes_of(chart: Chart, references: tuple[Reference, ...], source: str) -> tuple[CodeableConcept, ...]:
    """The codes of the conditions that are referred to."""
    if (known := chart.codes.get(references)) is not None:
        return known
    codes = []
    for reference in references:
        found: Any = chart.find(reference, source)
        if type(found) is ToldCondition and (code := code_in(bytes(found.code))) is not None:
            codes.append(code)
    if not any((reference.reference or "").startswith("#") for reference in references):  # names of one resource alone
        chart.codes[references] = tuple(codes)
    return tuple(codes)


def intended(extensions: tuple[Extension, ...]) -> tuple[str | None, str | None]:
    """Setting and intent from the mCODE extension for the intent of a treatment."""
    found = extension(extensions, "treatment-intent", "procedure-intent")
    if found is None or found.valueCodeableConcept is None:
        return None, None
    term, _ = understand(found.valueCodeableConcept, ("intent",))
    if term is not None and term.concept in _INTENTS:
        return _setting_in(found.valueCodeableConcept), term.concept
    if term is not None and term.concept in _SETTINGS:
        return term.concept, None
    return _setting_in(found.valueCodeableConcept), None


def _ended(
    chart: Chart, reasons: tuple[CodeableConcept, ...], extensions: tuple[Extension, ...], source: str
) -> str | None:  # fmt: skip
    """Why it ended; a reason that is not understood counts as another reason, and is listed."""
    found = extension(extensions, "termination-reason") if extensions else None
    if found is not None and found.valueCodeableConcept is not None:
        reasons = (*reasons, found.valueCodeableConcept)
    for reason in reasons:
        term, _ = understand(reason, ("ended",))
        if term is not None:
            return term.concept
    if not reasons:
        return None
    chart.say(unknown("reason for an end"), name_of(reasons[0]), source)
    return None


def _setting_in(concept: CodeableConcept) -> str | None:
    for text in (concept.text, *(coding.display for coding in concept.coding)):
        words = text.lower().replace("-adjuvant", "adjuvant").split() if text else ()
        for setting in _SETTINGS:
            if setting in words:
                return setting
    return None
