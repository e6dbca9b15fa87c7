"""One person's resources to rows: what each type of resource means, and whom it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openmbc.records.fhir import (
    conditions,
    genomics,
    people,
    procedures,
    recall,
    reports,
    side_effects,
    told,
    treatments,
)
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.assays import note_assay
from openmbc.records.fhir.chart import Batch, Chart
from openmbc.records.fhir.problems import OTHER_TYPE, REMARK, Message, Problems

Handler = Callable[[Chart, Any, str], None]
Place = Callable[[int], str]

_LINK_ONLY = Message("note", "1 {of} resource is used only by those that refer to it",
                     "{n} {of} resources are used only by those that refer to them")  # fmt: skip

_EMPTY = Message("note", "1 entry of the bundle holds no resource", "{n} entries of the bundle hold no resource")


def _linked_only(chart: Chart, resource: r.Resource, source: str) -> None:
    """Nothing of its own: other resources find it by its reference."""
    chart.say(_LINK_ONLY, type(resource).__name__, source)


def _nested(chart: Chart, resource: r.Bundle, source: str) -> None:
    chart.say(REMARK, "a bundle inside the bundle is not read: export one bundle", source)


# type -> the reader, the head of its source, the field that names the person; observations are read together
_READERS: dict[type, tuple[Handler, str, str]] = {
    r.Patient: (people.patient, "Patient/", ""),
    r.ToldCondition: (conditions.quick, "Condition/", "subject"),
    r.ToldStatement: (treatments.quick_statement, "MedicationStatement/", "subject"),
    r.ToldRequest: (treatments.quick_request, "MedicationRequest/", "subject"),
    r.MedicationAdministration: (treatments.administration, "MedicationAdministration/", "subject"),
    r.ToldProcedure: (procedures.quick, "Procedure/", "subject"),
    r.DiagnosticReport: (reports.report, "DiagnosticReport/", "subject"),
    r.QuestionnaireResponse: (told.questionnaire, "QuestionnaireResponse/", "subject"),
    r.AllergyIntolerance: (reports.allergy, "AllergyIntolerance/", "patient"),
    r.AdverseEvent: (side_effects.adverse_event, "AdverseEvent/", "subject"),
    r.FamilyMemberHistory: (reports.family, "FamilyMemberHistory/", "patient"),
    r.Specimen: (_linked_only, "Specimen/", "subject"),
    r.BodyStructure: (_linked_only, "BodyStructure/", "patient"),
    r.Medication: (_linked_only, "Medication/", ""),
    r.Bundle: (_nested, "Bundle/", ""),
}


def by_type(entries: Sequence[r.Entry]) -> dict[type, list[Any]]:
    """The resources of each type; under `NoneType` a None for each entry without one."""
    kinds: dict[type, list[Any]] = defaultdict(list)
    for entry in entries:
        kinds[type(entry.resource)].append(entry.resource)
    return kinds


def read_person(
    person: r.Patient, entries: Sequence[r.Entry], batch: Batch, name: str, place: Place,
    problems: Problems | None = None, common: Mapping[str, r.Resource] | None = None,
    kinds: Mapping[type, Sequence[Any]] | None = None,
) -> None:  # fmt: skip
    """Append the rows of one person to the tables of a batch.

    ``name`` is the person's id in the tables; ``place`` says where an entry stands that has no id;
    ``problems`` are those of reading the file; ``common`` holds resources that people share;
    ``kinds`` are the resources `by_type`, where the caller knows them.
    """
    kinds = kinds or by_type(entries)
    chart = Chart(name, batch, entries, kinds, place, common, problems)
    chart.names = _names_of(person, entries)
    if r.DiagnosticReport in kinds:
        _results(chart, kinds[r.DiagnosticReport])
    for kind, resources in kinds.items():
        if kind is not r.ToldObservation:
            _of_kind(chart, kind, resources)
    recall.read(chart, kinds.get(r.ToldObservation, ()))
    if chart.findings or chart.later or chart.studies:
        genomics.read(chart)
    if chart.doses:
        treatments.flush(chart)
    batch.tables["problems"].extend(chart.problems.rows(name))


def _of_kind(chart: Chart, kind: type, resources: Sequence[Any]) -> None:
    """Read the resources of one type that are about this person, and what they contain."""
    reader, names = _READERS.get(kind), chart.names
    if reader is None:
        for resource in resources:
            _unread(chart, resource)
        return
    handler, head, owner = reader
    for resource in resources:
        source = head + resource.id if resource.id else chart.place_of(resource)
        if owner:
            subject = getattr(resource, owner)
            if subject is not None and subject.reference not in names and not chart.is_own(subject, source):
                continue
        if resource.contained:
            recall.contained(chart, resource, source)
        handler(chart, resource, source)


def _unread(chart: Chart, resource: object) -> None:
    if resource is None:
        chart.say(_EMPTY, "", chart.place_of(resource))
    elif type(resource) is not r.Unreadable:
        chart.say(OTHER_TYPE, type(resource).__name__, chart.place_of(resource))


def _names_of(person: r.Patient, entries: Sequence[r.Entry]) -> set[str]:
    """The references by which the record may name its person."""
    own = {f"Patient/{person.id}"} if person.id else set()
    for entry in entries:
        if entry.resource is person:
            if entry.fullUrl:
                own.add(entry.fullUrl)
            break
    return own


def _results(chart: Chart, reports: Sequence[r.DiagnosticReport]) -> None:
    """Note which results belong to which specimen and which test, where a report says it."""
    for report in reports:
        if report.result:
            source = f"DiagnosticReport/{report.id}" if report.id else chart.place_of(report)
            for inner in report.contained:
                if isinstance(inner, r.Resource) and inner.id:
                    chart.link(f"{source}#{inner.id}", inner)
            if report.specimen:
                chart.results_of(report, source)
            note_assay(chart, report, source)
