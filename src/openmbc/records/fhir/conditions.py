"""Conditions: the breast cancer, metastases, other illnesses, and statements that one is absent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import astuple

from openmbc.catalogue import PART_OF
from openmbc.records.fhir import dates
from openmbc.records.fhir.answers import STAGES
from openmbc.records.fhir.chart import Chart, site_of
from openmbc.records.fhir.concepts import by_code, by_words, extension, side_of, understand
from openmbc.records.fhir.dates import UNDATED, Day, start_of
from openmbc.records.fhir.memo import NOT_READABLE, TEXT, repeat, whole
from openmbc.records.fhir.problems import (
    DOUBT,
    LOST,
    NOT_UNDERSTOOD,
    REMARK,
    name_of,
    text_of,
    unknown,
    withdrawn,
)
from openmbc.records.fhir.resources import (
    NOTHING,
    BodySite,
    CodeableConcept,
    Condition,
    Observation,
    Reference,
    Stage,
    ToldCondition,
    ToldObservation,
    says,
)
from openmbc.terms import Term

_says = says(ToldCondition)
KINDS = ("condition", "metastasis", "ignore")
_STATUS = {
    "active": "active", "recurrence": "active", "relapse": "active",
    "remission": "remission", "inactive": "resolved", "resolved": "resolved",
}  # fmt: skip
_WITHDRAWN = frozenset({"refuted", "entered-in-error", "differential"})
_UNSURE = frozenset({"unconfirmed", "provisional"})
_code_decoder = msgspec.json.Decoder(CodeableConcept | None)
_body_site_decoder = msgspec.json.Decoder(tuple[BodySite, ...])
_CANCER = ("cancer",)  # which one is said by the body site
_DISEASE = ("breast_cancer", "metastasis")
_HISTOLOGY = ("histology",)
_YES = frozenset({"yes", "present", "positive", "true", "detected"})
_NO = frozenset({"no", "absent", "negative", "false", "not_detected"})


def quick(chart: Chart, told: Any, source: str) -> None:
    """`condition`, from memory where an equal one was read before."""
    text = told.onsetDateTime
    day = UNDATED if text is None else dates.read(text)
    key = (told.extension, TEXT(_says(astuple(told))))
    again = day is not None and told.abatementDateTime is None and told.abatementPeriod is None
    said = chart.memo.known.get(key) if again else None
    if said is not None and day is not None:
        repeat(said, chart, day, source)
        if told.stage is NOTHING:
            return
    resource: Condition | None = whole(chart, told, source)
    if resource is None:
        return
    if not again or day is None:
        condition(chart, resource, source)
    elif said is None:
        chart.memo.learn(key, chart, day, source, condition, resource)
    stages(chart, resource, source)


def condition(chart: Chart, resource: Condition, source: str) -> None:
    """One row of ``conditions``; one per site of a metastasis."""
    verified = _code(resource.verificationStatus)
    if verified in _WITHDRAWN:
        chart.say(withdrawn("condition"), verified or "", source)
        return
    if verified in _UNSURE:
        chart.say(DOUBT, f"{text_of(resource.code) or 'a condition'} is marked {verified}; it is used", source)
    term, by = understand(resource.code, KINDS)
    end = resource.abatementDateTime or start_of(resource.abatementPeriod)
    status = _STATUS.get(_code(resource.clinicalStatus) or "") or ("resolved" if end else None)
    day, until, text = _onset(chart, resource, source), chart.day(end, source), text_of(resource.code)
    if term is None:
        chart.say(unknown("condition"), name_of(resource.code), source)
        chart.condition(source, day, "other", status=status, end=until.iso, text=text, by="text")
    elif term.kind == "metastasis":
        for site in _sites(resource, term):
            chart.condition(source, day, "metastasis", site=site, status=status, end=until.iso, text=text, by=by)
    elif (concept := _concept(resource, term)) == "breast_cancer":
        side, histology = _side(resource, term), _histology(resource)
        chart.condition(source, day, concept, laterality=side, histology=histology, status=status, end=until.iso,
                        text=text, by=by)  # fmt: skip
    else:
        chart.condition(source, day, concept, status=status, end=until.iso, text=text, by=by)


def _code(concept: CodeableConcept | None) -> str | None:
    return concept.coding[0].code if concept is not None and concept.coding else None


def _onset(chart: Chart, resource: Condition, source: str) -> Day:
    """When it was found: onset, else the date of the assertion, else the date it was written down (said so)."""
    text = resource.onsetDateTime or start_of(resource.onsetPeriod)
    if text:
        return chart.day(text, source)
    if resource.extension:
        asserted = extension(resource.extension, "condition-assertedDate", "mcode-asserted-date")
        if asserted is not None and asserted.valueDateTime:
            return chart.day(asserted.valueDateTime, source)
    if resource.recordedDate:
        chart.say(REMARK, "a condition gives no date of onset: the date of its recording stands for it", source)
        return chart.day(resource.recordedDate, source)
    return UNDATED


def _concept(resource: Condition, term: Term) -> str:
    """A cancer without a site in its code is breast cancer when its body site is the breast."""
    if term.concept not in _CANCER:
        return "other" if term.kind == "ignore" else term.concept
    at_breast = any(site_of(site) == "primary" for site in resource.bodySite)
    return "breast_cancer" if at_breast else "other"


def _sites(resource: Condition, term: Term) -> list[str | None]:
    """The site that the code names, or the part of it that a body site names; else the body sites; null without any."""
    named = term.concept if term.concept not in ("", "metastasis", "unspecified") else None
    if named is not None and named != "other":
        parts = [site for site in map(site_of, resource.bodySite) if site and PART_OF.get(site) == named]
        return list(dict.fromkeys(parts)) or [named]
    found = [site for site in map(site_of, resource.bodySite) if site not in (None, "primary")]
    return list(dict.fromkeys(found)) or [named]


def _side(resource: Condition, term: Term) -> str | None:
    sides = {side for site in resource.bodySite if (side := side_of(site)) is not None}
    if term.detail in ("left", "right", "bilateral"):
        return term.detail
    if len(sides) > 1:
        return "bilateral"
    return sides.pop() if sides else side_of(resource.code)


def _histology(resource: Condition) -> str | None:
    """From the mCODE extension, else from the words of the diagnosis."""
    found = extension(resource.extension, "histology-morphology-behavior") if resource.extension else None
    if found is not None:
        term, _ = understand(found.valueCodeableConcept, _HISTOLOGY)
        if term is not None:
            return term.concept
    named = by_code(resource.code, _HISTOLOGY) or by_words(resource.code, _HISTOLOGY)
    return named.concept if named is not None else None


def stages(chart: Chart, resource: Condition, source: str) -> None:
    """The stages that a condition carries, unless it is withdrawn or another disease."""
    if _code(resource.verificationStatus) in _WITHDRAWN:
        return
    for stage in resource.stage:
        key = ("stage", stage.summary, stage.type, resource.code, resource.bodySite)
        read = chart.memo.once(key, chart, source, _stage, stage, resource)
        if read is not None:
            kind, code, method, text, by = read
            day = _assessed(chart, stage.assessment, source)
            chart.observe(source, day, kind, code=code, method=method, text=text, by=by)


def _stage(
    chart: Chart, stage: Stage, resource: Condition, source: str
) -> tuple[str, str, str | None, str | None, str] | None:
    """Concept, code, method, text and by of a stage; None when it says nothing about the breast cancer."""
    if stage.summary is None or is_other_disease(resource) is not None:
        return None
    term, by = understand(stage.summary, STAGES)
    if term is None:
        chart.say(NOT_UNDERSTOOD, f"stage {name_of(stage.summary)} is not understood", source)
        return None
    return term.kind, term.concept, term.detail or _method(stage.type), text_of(stage.summary), by


def _method(kind: CodeableConcept | None) -> str | None:
    words = (text_of(kind) or "").lower().split()
    return next((method for method in ("clinical", "pathologic") if method in words), None)


def _assessed(chart: Chart, assessments: tuple[Reference, ...], source: str) -> Day:
    for reference in assessments:
        found = chart.find(reference, source)
        if type(found) is ToldObservation and (made := whole(chart, found, source)) is not None:
            return chart.day(made.effectiveDateTime or start_of(made.effectivePeriod), source)
    return UNDATED


def is_other_disease(resource: Any) -> str | None:
    """The name of a condition that is known and is neither the breast cancer nor a metastasis; None otherwise."""
    if type(resource) is ToldCondition:
        return _told_of_other_disease(bytes(resource.code), bytes(resource.bodySite))
    if type(resource) is not Condition:
        return None
    term, _ = understand(resource.code, KINDS)
    if term is None or term.kind == "metastasis" or _concept(resource, term) in _DISEASE:
        return None
    return text_of(resource.code)


@lru_cache(maxsize=1 << 12)
def _told_of_other_disease(code: bytes, body_site: bytes) -> str | None:
    """`is_other_disease` of a condition that stays text; None where it cannot be read, which its reader says."""
    try:
        sites = _body_site_decoder.decode(body_site) if body_site else ()
    except NOT_READABLE:
        return None
    return is_other_disease(Condition(code=code_in(code), bodySite=sites))


@lru_cache(maxsize=1 << 12)
def code_in(text: bytes) -> CodeableConcept | None:
    """The code of a condition that stays text; None where it has none, or cannot be read, which its reader says."""
    try:
        return _code_decoder.decode(text) if text else None
    except NOT_READABLE:
        return None


def statement(chart: Chart, resource: Observation, term: Term, by: str, source: str, day: Day) -> None:
    """An observation whose code names a condition: it says that the condition is there, or that it is not."""
    status = _stated(resource)
    if status is None:
        chart.say(NOT_UNDERSTOOD, f"the answer to {name_of(resource.code)} is not understood", source)
        return
    _state(chart, source, day, term, status, text_of(resource.code), by)


def _stated(resource: Observation) -> str | None:
    """active, absent, or None when the value is neither yes nor no. A statement without value says yes."""
    if resource.valueBoolean is not None:
        return "active" if resource.valueBoolean else "absent"
    value = resource.valueCodeableConcept
    if value is None:
        return "active" if resource.valueString is None and resource.dataAbsentReason is None else None
    term, _ = understand(value, ("value",))
    word = term.concept if term is not None else ""
    return "active" if word in _YES else "absent" if word in _NO else None


def _state(chart: Chart, source: str, day: Day, term: Term, status: str, text: str | None, by: str) -> None:
    if term.kind == "metastasis":
        site = term.concept if term.concept not in ("", "metastasis", "unspecified") else None
        chart.condition(source, day, "metastasis", site=site, status=status, text=text, by=by)
    else:
        concept = "other" if term.kind == "ignore" or term.concept in _CANCER else term.concept
        chart.condition(source, day, concept, status=status, text=text, by=by)


def comorbidities(chart: Chart, resource: Observation, source: str, day: Day) -> None:
    """The mCODE list of other illnesses: present ones are conditions of their own, absent ones stand in it."""
    for found in resource.extension:
        absent = found.url.endswith("related-condition-absent")
        if absent and found.valueCodeableConcept is not None:
            _listed(chart, found.valueCodeableConcept, "absent", source, day)
        elif found.valueReference is not None and chart.find(found.valueReference, source) is None:
            chart.say(LOST, found.valueReference.reference or "a condition", source)
    for part in resource.component:
        term, _ = understand(part.valueCodeableConcept, ("value",))
        said = {True: "active", False: "absent", None: None}[part.valueBoolean]
        if said is None and term is not None:
            said = "active" if term.concept in _YES else "absent" if term.concept in _NO else None
        if part.code is not None and said is not None:
            _listed(chart, part.code, said, source, day)
        else:
            chart.say(unknown("component"), name_of(part.code), source)


def _listed(chart: Chart, concept: CodeableConcept, status: str, source: str, day: Day) -> None:
    term, by = understand(concept, KINDS)
    if term is None:
        chart.say(unknown("condition"), name_of(concept), source)
        chart.condition(source, day, "other", status=status, text=text_of(concept), by="text")
    else:
        _state(chart, source, day, term, status, text_of(concept), by)
