"""Results about genes, read together: a variant, what other resources say of it, and what was looked at.

Guides since Genomics Reporting STU2 spread one finding over several resources: the variant, its class (a diagnostic
implication), its effect on the protein (a molecular consequence), the test (a genomic study). They are collected while
the observations are read (`recall`), and a variant is read when it is known what the others say of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from openmbc.records.fhir import assays, pharmacogenes, studies, variants
from openmbc.records.fhir.chart import Chart, Later
from openmbc.records.fhir.dates import Day, start_of
from openmbc.records.fhir.memo import repeat, whole
from openmbc.records.fhir.problems import DOUBT, REMARK, Message, text_of, withdrawn
from openmbc.records.fhir.resources import CodeableConcept, Observation, Reference
from openmbc.records.fhir.variants import Setting

# LOINC codes, and codes of the guides where LOINC has none yet (tbd-codes).
_FINDINGS: Final = frozenset({variants.VARIANT, *variants.REGIONS})
_CLASS: Final = "53037-8"  # an observation of its own in STU1, a part of an implication since
_IMPLICATIONS: Final = frozenset({_CLASS, "diagnostic-implication", "therapeutic-implication", "51961-1", "83009-1",
                                  pharmacogenes.METABOLISM})  # fmt: skip
_CONSEQUENCE: Final = "molecular-consequence"
_OVERALL: Final = "51968-6"
_ASIDE: Final = frozenset({"82120-7", "genomic-annotation"})
_OTHERS: Final = _IMPLICATIONS | pharmacogenes.CODES | _ASIDE | {_CONSEQUENCE, _OVERALL}
_KINDS: Final = ("molecular-consequence", "feature-consequence", "functional-effect")
_WITHDRAWN: Final = frozenset({"entered-in-error", "cancelled"})
_IMPLIED = Message(
    "note", "1 statement on what a finding means for diagnosis or treatment is not used",
    "{n} statements on what findings mean for diagnosis or treatment are not used",
    "openmbc works out what a finding means from the finding itself.",
)  # fmt: skip
_NOT_NEEDED = Message("note", "1 annotation of variants is not used", "{n} annotations of variants are not used")


class _Said(NamedTuple):
    """What other resources say of a variant: its classes, and the resources that describe its effect."""

    classes: list[str]
    effects: list[Observation]


def is_finding(resource: Observation) -> bool:
    """Is it a variant, or a region that was looked at?"""
    return code_in(resource, _FINDINGS) is not None


def is_other(resource: Observation) -> bool:
    """Is it another result about genes: a genotype, or what a finding means?"""
    return code_in(resource, _OTHERS) is not None


def code_in(resource: Observation, wanted: frozenset[str]) -> str | None:
    """The first code of an observation that is one of these."""
    for coding in resource.code.coding if resource.code is not None else ():
        if coding.code in wanted:
            return coding.code
    return None


def read(chart: Chart) -> None:
    """Read the results about genes that were collected, and what the tests looked at."""
    said: dict[str, _Said] = defaultdict(lambda: _Said([], []))
    if chart.later:
        _read_others(chart, said)
    for later in chart.findings:
        _finding(chart, later, said.get(later.source))
    if chart.studies:
        studies.read(chart)


def _read_others(chart: Chart, said: dict[str, _Said]) -> None:
    """Genotypes, and what is said of the variants."""
    names = {id(later.told): later.source for later in (*chart.findings, *chart.later)}
    genotypes: list[pharmacogenes.Genotype] = []
    metabolisms: list[tuple[Observation, str]] = []
    for told, source, _, _ in chart.later:
        resource = whole(chart, told, source)
        code = code_in(resource, _OTHERS) if resource is not None else None
        if code is None:
            continue
        if resource.status in _WITHDRAWN:
            chart.say(withdrawn("observation"), resource.status or "", source)
        elif code in pharmacogenes.CODES:
            genotypes += pharmacogenes.genotypes(chart, resource, code, source, day_of(chart, resource, source))
        elif code in _IMPLICATIONS and pharmacogenes.metaboliser(resource) is not None:
            metabolisms.append((resource, source))
        elif code in _IMPLICATIONS:
            _imply(chart, resource, code, source, names, said)
        elif code == _CONSEQUENCE:
            for name in _derived_from(chart, resource, source, names):
                said[name].effects.append(resource)
        elif code == _OVERALL:
            what = f"a report is summed up as '{text_of(resource.valueCodeableConcept) or resource.valueString}'"
            chart.say(REMARK, f"{what}; which genes were looked at, and what was found, counts", source)
        else:
            chart.say(_NOT_NEEDED, "", source)
    pharmacogenes.diplotypes(chart, genotypes)
    for resource, source in metabolisms:
        behind = _derived_from(chart, resource, source, names)
        genes = {one.gene for one in genotypes if one.source in behind}
        pharmacogenes.phenotype(chart, resource, source, day_of(chart, resource, source), genes)


def _imply(
    chart: Chart, resource: Observation, code: str, source: str, names: Mapping[int, str], said: dict[str, _Said]
) -> None:
    """The class that a laboratory gives a variant is a fact; what follows for diagnosis and treatment is none."""
    given = [part.valueCodeableConcept for part in variants.parts_of(resource).get(_CLASS, ())]
    if code == _CLASS:
        given.append(resource.valueCodeableConcept)
    classes = [found for concept in given if (found := variants.significance(concept)) is not None]
    behind = _derived_from(chart, resource, source, names) if classes else ()
    for name in behind:
        said[name].classes.extend(classes)
    if not behind:
        chart.say(_IMPLIED, "", source)


def _derived_from(chart: Chart, resource: Observation, source: str, names: Mapping[int, str]) -> tuple[str, ...]:
    """The sources of the results that a statement was derived from."""
    found = (chart.find(reference, source) for reference in resource.derivedFrom)
    return tuple(name for one in found if (name := names.get(id(one))) is not None)


def day_of(chart: Chart, resource: Observation, source: str) -> Day:
    """When it was true: the effective time, else the time of issue."""
    text = (
        resource.effectiveDateTime or start_of(resource.effectivePeriod) or resource.effectiveInstant or resource.issued
    )
    return chart.day(text, source)


def _finding(chart: Chart, later: Later, said: _Said | None) -> None:
    """A variant or a region, from memory where an equal one was read."""
    told, source, day, key = later
    beside = _beside(chart, told, source, said) if said is not None or told.partOf or told.device is not None else None
    known: Hashable = (_finding, key, beside)  # specimen and test of a report are in the key
    if key is not None and day is not None and (before := chart.memo.known.get(known)) is not None:
        repeat(before, chart, day, source)
        return
    resource: Observation | None = whole(chart, told, source)
    if resource is None:
        return
    setting = beside or Setting(chart.assays.get(source))
    if len(setting.classes) > 1:
        what = f"a variant is classed as {' and as '.join(word.replace('_', ' ') for word in setting.classes)}"
        chart.say(DOUBT, f"{what}; neither is used", source)
    reader = partial(variants.finding, setting=setting)
    if key is None or day is None or len(setting.classes) > 1 or resource.effectivePeriod is not None:
        reader(chart, resource, source)
    else:
        chart.memo.learn(known, chart, day, source, reader, resource)


def _beside(chart: Chart, told: Any, source: str, said: _Said | None) -> Setting:
    """What other resources say of a finding."""
    classes = tuple(dict.fromkeys(said.classes)) if said is not None else ()
    effects = tuple(_effects(said.effects)) if said is not None else ()
    device = told.device.display if told.device is not None else None
    return Setting(_assay(chart, told.partOf, source), device, classes, effects)


def _effects(effects: list[Observation]) -> Iterator[tuple[str, CodeableConcept]]:
    """The parts that describe an effect: code and value."""
    for resource in effects:
        for code, parts in variants.parts_of(resource).items():
            if code in _KINDS or code in variants.CHANGES:
                yield from (
                    (code, part.valueCodeableConcept) for part in parts if part.valueCodeableConcept is not None
                )


def _assay(chart: Chart, part_of: tuple[Reference, ...], source: str) -> str | None:
    """The name of the test: as the report has it, else the study that the result is part of."""
    if (name := chart.assays.get(source)) is not None:
        return name
    return next((name for study in part_of if (name := assays.name_of_study(chart, study, source)) is not None), None)
