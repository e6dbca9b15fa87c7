"""What a sequencing test looked at, from the genomic studies of Genomics Reporting STU3."""

from __future__ import annotations

from typing import Final, NamedTuple

from openmbc.records.fhir import assays
from openmbc.records.fhir.chart import Chart, Study
from openmbc.records.fhir.concepts import extension
from openmbc.records.fhir.dates import Day, start_of
from openmbc.records.fhir.problems import REMARK, text_of
from openmbc.records.fhir.resources import CodeableConcept, DiagnosticReport, Procedure, Reference
from openmbc.records.fhir.variants import Row, genes_studied, origin_of, specimen_of

_ANALYSIS: Final = "genomic-study-analysis-ext"
_REGIONS: Final = "genomic-study-analysis-regions"
_SOURCE_CLASS: Final = "genomic-study-analysis-genomic-source-class"
_TITLE: Final = "genomic-study-analysis-title"
_SPECIMEN: Final = "genomic-study-analysis-specimen"


class _Parent(NamedTuple):
    """The study that an analysis belongs to, and the report that refers to it."""

    study: Study | None
    report: DiagnosticReport | None
    source: str  # of the report


def read(chart: Chart) -> None:
    """A row ``studied`` of ``variants`` for every gene that an analysis looked at and could read."""
    reported = _reports(chart)
    parents: dict[int, Study] = {}
    for study in chart.studies:
        for reference in _references(study.resource, _ANALYSIS):
            found = chart.find(reference, study.source)
            if found is not None:
                parents[id(found)] = study
    for one in chart.studies:
        if extension(one.resource.extension, _REGIONS) is None:
            continue
        parent = parents.get(id(one.told))
        report, source = reported.get(id((parent or one).told), (None, ""))
        _analysis(chart, one, _Parent(parent, report, source))


def _reports(chart: Chart) -> dict[int, tuple[DiagnosticReport, str]]:
    """The first report that refers to each study."""
    found: dict[int, tuple[DiagnosticReport, str]] = {}
    for report in chart.kinds.get(DiagnosticReport, ()):
        source = f"DiagnosticReport/{report.id}"
        for reference in assays.studies_of(report):
            study = chart.find(reference, source)
            if study is not None:
                found.setdefault(id(study), (report, source))
    return found


def _analysis(chart: Chart, one: Study, parent: _Parent) -> None:
    origin = _value(one.resource, _SOURCE_CLASS)
    row = Row(one.source, _day(chart, one, parent), specimen_of(_site(chart, one, parent), origin_of(origin)),
              _assay(one.resource, parent), origin_of(origin))  # fmt: skip
    genes: dict[str, list[CodeableConcept]] = {"studied": [], "called": [], "uncalled": []}
    files = False
    for region in one.resource.extension:
        for part in region.extension if region.url.endswith(_REGIONS) else ():
            if part.url in genes and part.valueCodeableConcept is not None:
                genes[part.url].append(part.valueCodeableConcept)
            files = files or (part.url in genes and part.valueReference is not None)
    lost = {_key(concept) for concept in genes["uncalled"]}
    genes_studied(chart, [c for c in (*genes["studied"], *genes["called"]) if _key(c) not in lost], row)
    if lost:
        names = ", ".join(sorted(filter(None, (text_of(concept) for concept in genes["uncalled"]))))
        chart.say(REMARK, f"genes that a test could not read stay unknown ({names})", one.source)
    if files:
        chart.say(REMARK._replace(todo="Genes without a finding stay unknown, unless the report lists them."),
                  "what a test looked at is given as a file, which is not read", one.source)  # fmt: skip


def _key(concept: CodeableConcept) -> object:
    return concept.coding[0].code if concept.coding and concept.coding[0].code else text_of(concept)


def _day(chart: Chart, one: Study, parent: _Parent) -> Day:
    """The day of the report, else of the study, else of the analysis."""
    if (report := parent.report) is not None:
        text = report.effectiveDateTime or start_of(report.effectivePeriod) or report.issued
        if text:
            return chart.day(text, parent.source)
    for found in (parent.study, one):
        text = (found.resource.performedDateTime or start_of(found.resource.performedPeriod)) if found else None
        if found is not None and text:
            return chart.day(text, found.source)
    return chart.day(None, one.source)


def _assay(resource: Procedure, parent: _Parent) -> str | None:
    codes = (
        parent.report.code if parent.report is not None else None,
        parent.study.resource.code if parent.study is not None else None,
        resource.code,
    )
    title = next((found.valueString for found in resource.extension if found.url.endswith(_TITLE)), None)
    return next((name for code in codes if (name := assays.name_of_test(code)) is not None), title)


def _site(chart: Chart, one: Study, parent: _Parent) -> str | None:
    """Where the specimen came from; blood beside another one is the normal sample."""
    specimens = _references(one.resource, _SPECIMEN)
    if specimens:
        return chart.site_among(specimens, one.source)
    return chart.site_among(parent.report.specimen, parent.source) if parent.report is not None else None


def _value(resource: Procedure, ending: str) -> CodeableConcept | None:
    found = extension(resource.extension, ending)
    return found.valueCodeableConcept if found is not None else None


def _references(resource: Procedure, ending: str) -> tuple[Reference, ...]:
    found = (part.valueReference for part in resource.extension if part.url.endswith(ending))
    return tuple(reference for reference in found if reference is not None)
