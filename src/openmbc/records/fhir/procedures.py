"""Procedures: operations and radiation, with site and side."""

from __future__ import annotations

from typing import Any

from msgspec.structs import astuple

from openmbc.records.fhir import dates
from openmbc.records.fhir.assays import is_study
from openmbc.records.fhir.chart import Chart, Study, site_of
from openmbc.records.fhir.concepts import by_words, done, extension, side_of, understand
from openmbc.records.fhir.dates import UNDATED
from openmbc.records.fhir.memo import TEXT, repeat, whole
from openmbc.records.fhir.problems import ignored, name_of, text_of, unknown, withdrawn
from openmbc.records.fhir.resources import BodySite, BodyStructure, CodeableConcept, Procedure, ToldProcedure, says
from openmbc.records.fhir.treatments import codes_of, intended
from openmbc.terms import Term

_STATUS = {
    "preparation": "planned", "in-progress": "running", "not-done": "not_taken", "completed": "ended",
    "stopped": "ended",
}  # fmt: skip
_says = says(ToldProcedure)
_KINDS = ("procedure", "ignore")
_NOT_TREATMENT = frozenset({"biopsy", "imaging"})
_ON_BREAST = frozenset({"mastectomy", "lumpectomy"})
_CANCER = ("condition", "metastasis")
_FIELDS = ("radiation_site",)  # what of a place was radiated: the whole brain


def quick(chart: Chart, told: Any, source: str) -> None:
    """`procedure`, from memory where an equal one was read before."""
    period = told.performedPeriod
    day = dates.read(told.performedDateTime or (period.start if period is not None else None) or "")
    end = UNDATED if period is None or period.end is None else dates.read(period.end)
    because = codes_of(chart, told.reasonReference, source) if told.reasonReference else ()
    key = (procedure, TEXT(_says(astuple(told))), because)
    if (said := chart.memo.known.get(key)) is not None and day is not None and end is not None:
        repeat(said, chart, day, source, end)
        return
    resource: Procedure | None = whole(chart, told, source)
    if resource is None:
        return
    if is_study(resource):
        chart.studies.append(Study(told, resource, source))
    elif (
        day is None or end is None or any(part.valueReference for dose in resource.extension for part in dose.extension)
    ):
        procedure(chart, resource, source)
    else:
        chart.memo.learn(key, chart, day, source, procedure, resource, end)


def procedure(chart: Chart, resource: Procedure, source: str) -> None:
    """One row of ``treatments`` for an operation or a course of radiation."""
    if resource.status == "entered-in-error":
        chart.say(withdrawn("procedure"), resource.status, source)
        return
    term, by = _what(resource)
    if (term is None or term.concept in _NOT_TREATMENT) and (test := done(resource.code)) is not None:
        _tested(chart, resource, *test, source)
        return
    if term is None:
        chart.say(unknown("procedure"), name_of(resource.code), source)
        return
    if term.kind == "ignore" or term.concept in _NOT_TREATMENT:
        chart.say(ignored("procedure"), name_of(resource.code), source)
        return
    period = resource.performedPeriod
    start = chart.day(resource.performedDateTime or (period.start if period is not None else None), source)
    end = chart.day(period.end, source) if period is not None else UNDATED
    setting, intent = intended(resource.extension)
    site, side = _place(chart, resource, term, source)
    site = _field(resource, term) or site
    status = _STATUS.get(resource.status or "", "unknown")
    kind = "radiation" if term.concept == "radiation" else "surgery"
    chart.treat(source, start, end, term.concept, kind, status, setting=setting, intent=intent, ended=_ended(resource),
                site=site, laterality=side, text=text_of(resource.code), by=by)  # fmt: skip


def _tested(chart: Chart, resource: Procedure, term: Term, by: str, source: str) -> None:
    """A test that was done (an ECG, a scan): its day counts. One that is planned or was not done does not."""
    if _STATUS.get(resource.status or "", "ended") != "ended":
        chart.say(ignored("procedure"), name_of(resource.code), source)
        return
    period = resource.performedPeriod
    day = chart.day(resource.performedDateTime or (period.start if period is not None else None), source)
    chart.observe(source, day, "test", code=term.concept, text=text_of(resource.code), by=by)


def _place(chart: Chart, resource: Procedure, term: Term, source: str) -> tuple[str | None, str | None]:
    """Where it was done, and on which side: the side of the disease it was done for, where that has one."""
    because = codes_of(chart, resource.reasonReference, source) if resource.reasonReference else ()
    if not resource.bodySite:
        return _work_out_place(chart, term, _volumes(chart, resource, source), (*resource.reasonCode, *because), source)
    key = ("place", term, resource.bodySite, resource.reasonCode, because)
    return chart.memo.once(
        key, chart, source, _work_out_place, term, resource.bodySite, (*resource.reasonCode, *because)
    )


def _field(resource: Procedure, term: Term) -> str | None:
    """What of a place was radiated, where the procedure or its body site says so in words."""
    if term.concept != "radiation":
        return None
    said = (by_words(concept, _FIELDS) for concept in (resource.code, *resource.bodySite))
    return next((found.concept for found in said if found is not None), None)


def _work_out_place(
    chart: Chart, term: Term, sites: tuple[BodySite, ...], reasons: tuple[CodeableConcept, ...], source: str
) -> tuple[str | None, str | None]:
    site = "primary" if term.concept in _ON_BREAST else next(filter(None, map(site_of, sites)), None)
    return site, _reason_side(reasons) or _side(sites, term)


def _what(resource: Procedure) -> tuple[Term | None, str]:
    """From the code; where it is unknown, from the category (surgical, radiation)."""
    term, by = understand(resource.code, _KINDS)
    if term is None and resource.category is not None:
        term, by = understand(resource.category, ("procedure",))
    return term, by


def _ended(resource: Procedure) -> str | None:
    """Why it ended, for a procedure that was stopped."""
    reason = resource.statusReason
    if reason is None and resource.extension and (found := extension(resource.extension, "termination-reason")):
        reason = found.valueCodeableConcept
    if reason is None or resource.status == "not-done":
        return None
    term, _ = understand(reason, ("ended",))
    return term.concept if term is not None else None


def _volumes(chart: Chart, resource: Procedure, source: str) -> tuple[BodySite, ...]:
    """The places that radiation was given to, from the treated volumes."""
    places: list[BodySite] = []
    for dose in resource.extension:
        for part in dose.extension:
            found = chart.find(part.valueReference, source) if part.url == "volume" else None
            if type(found) is BodyStructure and found.location is not None:
                text = " ".join(filter(None, [text_of(found.location), *map(text_of, found.locationQualifier)]))
                places.append(BodySite(found.location.coding, text))
    return tuple(places)


def _reason_side(reasons: tuple[CodeableConcept, ...]) -> str | None:
    """The side of the first reason whose code has one."""
    for concept in reasons:
        term, _ = understand(concept, _CANCER)
        if term is not None and term.kind == "condition" and term.detail in ("left", "right", "bilateral"):
            return term.detail
    return None


def _side(sites: tuple[BodySite, ...], term: Term) -> str | None:
    if term.detail in ("left", "right", "bilateral"):
        return term.detail
    sides = {side for site in sites if (side := side_of(site)) is not None}
    return sides.pop() if len(sides) == 1 else "bilateral" if sides else None
