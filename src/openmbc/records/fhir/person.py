"""One person's resources to rows: what each type of resource means, and whom it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openmbc.records.fhir import conditions, observations, people, procedures, reports, treatments
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.chart import Batch, Chart, local
from openmbc.records.fhir.problems import OTHER_TYPE, REMARK, WRONG_PERSON, Message, Problems

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


# type -> the reader (None: read together), the head of its source, the field that names the person
_READERS: dict[type, tuple[Handler | None, str, str]] = {
    r.Patient: (people.patient, "Patient/", ""),
    r.Observation: (None, "Observation/", "subject"),
    r.Condition: (conditions.quick, "Condition/", "subject"),
    r.MedicationStatement: (treatments.quick_statement, "MedicationStatement/", "subject"),
    r.MedicationRequest: (treatments.quick_request, "MedicationRequest/", "subject"),
    r.MedicationAdministration: (treatments.administration, "MedicationAdministration/", "subject"),
    r.Procedure: (procedures.quick, "Procedure/", "subject"),
    r.DiagnosticReport: (reports.report, "DiagnosticReport/", "subject"),
    r.QuestionnaireResponse: (reports.questionnaire, "QuestionnaireResponse/", "subject"),
    r.AllergyIntolerance: (reports.allergy, "AllergyIntolerance/", "patient"),
    r.FamilyMemberHistory: (reports.family, "FamilyMemberHistory/", "patient"),
    r.Specimen: (_linked_only, "Specimen/", "subject"),
    r.BodyStructure: (_linked_only, "BodyStructure/", "patient"),
    r.Medication: (_linked_only, "Medication/", ""),
    r.Bundle: (_nested, "Bundle/", ""),
}


def read_person(
    person: r.Patient, entries: Sequence[r.Entry], batch: Batch, name: str, place: Place,
    problems: Problems | None = None, common: Mapping[str, r.Resource] | None = None,
) -> None:  # fmt: skip
    """Append the rows of one person to the tables of a batch.

    ``name`` is the person's id in the tables; ``place`` says where an entry stands that has no id;
    ``problems`` are those of reading the file; ``common`` holds resources that people share.
    """
    resources = [entry.resource for entry in entries]
    kinds = list(map(type, resources))
    chart = Chart(name, batch, entries, kinds, common)
    if problems is not None:
        chart.problems = problems
    own = _names_of(person, entries)
    if r.DiagnosticReport in kinds:
        _results(chart, resources, place)
    together: list[tuple[Any, str]] = []
    for index, (resource, found) in enumerate(zip(resources, map(_READERS.get, kinds), strict=True)):
        if found is None:
            _unread(chart, resource, place(index))
            continue
        handler, head, owner = found
        source = head + resource.id if resource.id else place(index)  # type: ignore[union-attr]
        if owner:
            subject = getattr(resource, owner)
            if subject is not None and subject.reference is not None and subject.reference not in own:
                if not _is_same(subject.reference, own):
                    chart.say(WRONG_PERSON, subject.reference, source)
                    continue
                own.add(subject.reference)
        if resource.contained:  # type: ignore[union-attr]
            _contained(chart, resource, source)
        if handler is None:
            together.append((resource, source))
        else:
            handler(chart, resource, source)
    observations.read(chart, together)
    if chart.doses:
        treatments.flush(chart)
    batch.tables["problems"].extend(chart.problems.rows(name))


def _unread(chart: Chart, resource: object, place: str) -> None:
    if resource is None:
        chart.say(_EMPTY, "", place)
    elif type(resource) is not r.Unreadable:
        chart.say(OTHER_TYPE, type(resource).__name__, place)


def _names_of(person: r.Patient, entries: Sequence[r.Entry]) -> set[str]:
    """The references by which the record may name its person."""
    own = {f"Patient/{person.id}"} if person.id else set()
    for entry in entries:
        if entry.resource is person and entry.fullUrl:
            own.add(entry.fullUrl)
    return own


def _is_same(reference: str, own: set[str]) -> bool:
    """``http://host/fhir/Patient/1/_history/2`` and ``urn:uuid:1`` name Patient/1."""
    return local(reference) in own or f"Patient/{reference.removeprefix('urn:uuid:')}" in own


def _results(chart: Chart, resources: Sequence[object], place: Place) -> None:
    """Note which results belong to which specimen, where a report says it."""
    for index, report in enumerate(resources):
        if type(report) is r.DiagnosticReport and report.specimen:
            source = f"DiagnosticReport/{report.id}" if report.id else place(index)
            for inner in report.contained:
                if isinstance(inner, r.Resource) and inner.id:
                    chart.link(f"{source}#{inner.id}", inner)
            chart.results_of(report, source)


def _contained(chart: Chart, outer: Any, source: str) -> None:
    """Resources inside another one: known by ``#id``; the results inside a report are read."""
    for inner in outer.contained:
        if not isinstance(inner, r.Resource):
            chart.say(OTHER_TYPE, f"contained {type(inner).__name__}", source)
            continue
        if inner.id:
            chart.link(f"{source}#{inner.id}", inner)
    for inner in outer.contained:
        if isinstance(inner, r.Observation):
            observations.observation(chart, inner, f"{source}#{inner.id}")
        elif isinstance(inner, r.Condition) and isinstance(outer, r.DiagnosticReport):
            conditions.condition(chart, inner, f"{source}#{inner.id}")
