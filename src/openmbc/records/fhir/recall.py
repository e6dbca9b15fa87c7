"""The observations of a person: from memory where an equal one was read, else with care (`observations`)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

from msgspec.structs import astuple

from openmbc.facts import columns
from openmbc.records.fhir import dates, genomics
from openmbc.records.fhir import told as by_person
from openmbc.records.fhir.chart import Chart, Later
from openmbc.records.fhir.conditions import condition
from openmbc.records.fhir.dates import UNDATED, Day
from openmbc.records.fhir.lesions import tumour_of
from openmbc.records.fhir.measures import Scale, scale_of
from openmbc.records.fhir.memo import TEXT, Said, repeat, take_back, watched, whole
from openmbc.records.fhir.observations import about, observation
from openmbc.records.fhir.problems import OTHER_TYPE, ignored, unknown
from openmbc.records.fhir.resources import (
    NOTHING,
    DiagnosticReport,
    Observation,
    Quantity,
    Reference,
    Resource,
    ToldCondition,
    ToldObservation,
)

_OF_THE_CODE = (unknown("observation"), ignored("observation"))  # problems that do not speak of the value
_CONCEPT, _VALUE = columns("observations").index("concept"), columns("observations").index("value")
# Stand for results about genes, which are read when all others are: variants and regions, and what is said of them.
FINDING, LATER = Said(None, None, (), ()), Said(None, None, (), ())
_BREAST_CANCER = (None, None)  # of no other disease, and of no single tumour
_LONG = 40  # characters
_FIELDS = ToldObservation.__struct_fields__
_USUAL = slice(_FIELDS.index("status"), _FIELDS.index("referenceRange") + 1)  # what is said, as text
_RARE = slice(_FIELDS.index("valueString"), None)
_NO_MORE = (NOTHING,) * len(_FIELDS[_RARE])


def read(chart: Chart, resources: Sequence[Any]) -> None:
    """Read the observations of a person: `observation`, from memory where an equal one was read.

    Two resources in three are observations, so this loop is kept short. Of a measured value the number is not
    part of what is remembered: the way from number to row is.
    """
    known, names, sites, foci = chart.memo.known.get, chart.names, chart.sites.get, chart.foci.get
    add, days, whose = chart.memo.again["observations"].rows.extend, dates.seen.get, chart.person
    has_reports = chart.has_reports
    for told in resources:
        source = "Observation/" + told.id if told.id else chart.place_of(told)
        subject = told.subject
        if subject is not None and subject.reference not in names and not chart.is_own(subject, source):
            continue
        if told.contained:
            chart.foci.clear()  # ``#1`` means another resource here
            contained(chart, told, source)
        day = days(told.effectiveDateTime) or _day_of(told)
        cells = astuple(told)
        says, rare = cells[_USUAL], cells[_RARE]
        key: Hashable = TEXT(says if rare == _NO_MORE else says + rare)
        if (specimen := told.specimen) is not None:
            site = sites(specimen.reference, NOTHING)
            key = (key, chart.site_of_specimen(specimen, source) if site is NOTHING else site)
        if has_reports:
            key = (key, chart.sites.get(source), chart.assays.get(source))
        if told.focus:
            spoken_of = foci(told.focus) or _spoken_of(chart, told, source)
            if spoken_of != _BREAST_CANCER:
                key = (key, spoken_of)
        measured = told.valueQuantity
        if measured is not None:
            key = (key, measured.code, measured.unit, measured.comparator)
        said = known(key)
        if said is None or day is None:
            _with_care(chart, told, source, key, day)
            continue
        if said.place is None:
            _say_again(chart, said, Later(told, source, day, key))
            continue
        value, scale = None, said.scale
        if scale is not None:
            number = measured.value
            value = number * scale.factor + scale.offset if number is not None else math.nan
            if not scale.least <= value <= scale.most:
                _with_care(chart, told, source, key, None)
                continue
        add((whose, source, day, value, said.place))


def _day_of(told: Any) -> Day | None:
    """The day of an observation; None where its date cannot be read."""
    text = told.effectiveDateTime or told.effectiveInstant or told.issued
    return UNDATED if text is None else dates.read(text)


def _spoken_of(chart: Chart, told: Any, source: str) -> tuple[str | None, str | None]:
    """The other disease and the tumour that an observation is about; `_BREAST_CANCER` where it is about neither."""
    focus: tuple[Reference, ...] = told.focus
    found = about(chart, focus, source), tumour_of(focus)
    if not told.contained:  # what is contained has its name within this resource alone
        chart.foci[focus] = found
    return found


def _say_again(chart: Chart, said: Said, later: Later) -> None:
    """What was said in other ways than by one number or word; results about genes wait for the others."""
    if said is FINDING:
        chart.findings.append(later)
    elif said is LATER:
        chart.later.append(later)
    elif said.scale is not None:
        _measure_again(chart, said, said.scale, later)
    elif later.day is not None:
        repeat(said, chart, later.day, later.source)


def _measure_again(chart: Chart, said: Said, scale: Scale, later: Later) -> None:
    """A measured value with more rows: a percentage, and that it is called positive."""
    told, source, day, key = later
    number = told.valueQuantity.value
    value = number * scale.factor + scale.offset if number is not None else math.nan
    if not scale.least <= value <= scale.most:
        _with_care(chart, told, source, key, None)
        return
    for again, place in said.rows:
        again.rows.extend((chart.person, source, day, value, place))
        value = None  # is that of the first row


def _with_care(chart: Chart, told: Any, source: str, key: Hashable, day: Day | None) -> None:
    """Read an observation that is new, or of which more than person, day and number may be its own."""
    resource: Observation | None = whole(chart, told, source)
    if resource is None:
        return
    if genomics.is_finding(resource):
        chart.memo.known[key] = FINDING
        chart.findings.append(Later(told, source, day, key))
        return
    if genomics.is_other(resource):
        chart.memo.known[key] = LATER
        chart.later.append(Later(told, source, day, key))
        return
    if by_person.observation(chart, resource, source):
        return
    quantity = resource.valueQuantity
    if day is None or not _may_come_again(resource) or (quantity is not None and quantity.value is None):
        observation(chart, resource, source)
    elif quantity is None:
        chart.memo.learn(key, chart, day, source, observation, resource)
    else:
        _learn_measured(chart, key, day, source, resource, quantity)


def contained(chart: Chart, outer: Resource, source: str) -> None:
    """Resources inside another one: known by ``#id``; the results inside a report are read."""
    for inner in outer.contained:
        if not isinstance(inner, Resource):
            chart.say(OTHER_TYPE, f"contained {type(inner).__name__}", source)
            continue
        if inner.id:
            chart.link(f"{source}#{inner.id}", inner)
    for inner in outer.contained:
        of_report = isinstance(inner, ToldCondition) and isinstance(outer, DiagnosticReport)
        if not isinstance(inner, Resource) or not (of_report or isinstance(inner, ToldObservation)):
            continue
        name = f"{source}#{inner.id}"
        found = whole(chart, inner, name)
        if found is None:
            continue
        if of_report:
            condition(chart, found, name)
        elif genomics.is_finding(found):
            chart.findings.append(Later(inner, name, None, None))
        elif genomics.is_other(found):
            chart.later.append(Later(inner, name, None, None))
        elif not by_person.observation(chart, found, name):
            observation(chart, found, name)


def _learn_measured(
    chart: Chart, key: Hashable, day: Day, source: str, resource: Observation, quantity: Quantity
) -> None:
    """Let the reader read a measured value; keep the way from number to row, where that is all that it did."""
    made = watched(chart, observation, resource, source)
    if made.said and not made.rows and all(message in _OF_THE_CODE for message, _ in made.said):
        chart.memo.known[key] = Said(None, None, (), made.said)
    head = (chart.person, source, *day)
    if made.said or not made.rows or any(name != "observations" or row[:4] != head for name, row in made.rows):
        return
    (_, row), *others = made.rows
    scale = scale_of(row, quantity)
    # The number of a test that was done is not kept, only that it was done. Other rows have none.
    if any(other[_VALUE] is not None for _, other in others) or (scale is None and (others or row[_CONCEPT] != "test")):
        return
    again = chart.memo.again["observations"]
    places = tuple((again, again.keep(one)) for _, one in made.rows)
    alone = places[0][1] if not others else None
    chart.memo.known[key] = Said(alone, scale, places, ())
    take_back(chart, made)
    for (again, place), (_, one) in zip(places, made.rows, strict=True):
        again.rows.extend((*head[:2], day, one[_VALUE], place))


def _may_come_again(resource: Observation) -> bool:
    """Could another person's observation say just this? Not where it refers to other resources, or tells a story."""
    if resource.effectivePeriod is not None or resource.hasMember or tumour_of(resource.focus) is not None:
        return False
    if any(mark.valueReference is not None for mark in resource.extension):
        return False
    return resource.valueString is None or len(resource.valueString) <= _LONG
