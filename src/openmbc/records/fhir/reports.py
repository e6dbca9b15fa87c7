"""Reports, allergies and family history."""

from __future__ import annotations

from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import done, understand
from openmbc.records.fhir.dates import UNDATED, start_of
from openmbc.records.fhir.problems import REMARK, Message, name_of, shorten, text_of, unknown, withdrawn
from openmbc.records.fhir.resources import (
    AllergyIntolerance,
    DiagnosticReport,
    FamilyMemberHistory,
)

_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_DONE = frozenset({None, "final", "amended", "corrected", "appended", "preliminary", "partial"})
_CONCLUSIONS = ("response", "metastasis", "condition", "ignore")
_FAMILY = Message("note", "1 family history is not used yet", "{n} family histories are not used yet",
                  "Germline test results are used.")  # fmt: skip
_BARE_REPORT = Message(
    "note", "1 report says nothing beyond its results", "{n} reports say nothing beyond their results"
)


def report(chart: Chart, resource: DiagnosticReport, source: str) -> None:
    """The conclusion of a report: coded as a response or a finding, and as text (concept ``report``)."""
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn("report"), resource.status or "", source)
        return
    text = resource.effectiveDateTime or start_of(resource.effectivePeriod) or resource.issued
    test = done(resource.code) if resource.status in _DONE else None
    day = chart.day(text, source) if resource.conclusion or resource.conclusionCode or test else UNDATED
    if test is not None:
        chart.observe(source, day, "test", code=test[0].concept, text=text_of(resource.code), by=test[1])
    for code in resource.conclusionCode:
        term, by = understand(code, _CONCLUSIONS)
        if term is None:
            chart.say(unknown("conclusion"), name_of(code), source)
        elif term.kind == "response":
            chart.observe(source, day, "response", code=term.concept, text=resource.conclusion or text_of(code), by=by)
        elif term.kind == "metastasis":
            chart.condition(source, day, "metastasis", site=term.concept or None, text=text_of(code), by=by)
        else:
            chart.say(
                REMARK,
                f"a report concludes {name_of(code)}; only a diagnosis in the list of conditions is used",
                source,
            )
    if resource.conclusion:
        chart.observe(source, day, "report", text=resource.conclusion, by="text")
    elif not resource.conclusionCode and test is None:
        chart.say(_BARE_REPORT, "", source)


def allergy(chart: Chart, resource: AllergyIntolerance, source: str) -> None:
    """Kept where the reader sees it: allergies are not checked against drugs yet."""
    name = shorten(text_of(resource.code) or "something not named")
    verified = resource.verificationStatus
    if verified is not None and verified.coding and verified.coding[0].code in ("refuted", "entered-in-error"):
        chart.say(withdrawn("allergy"), verified.coding[0].code or "", source)
        return
    chart.say(REMARK._replace(todo="openmbc does not check allergies yet: keep it in mind with every drug."),
              f"an allergy or intolerance is recorded: {name}", source)  # fmt: skip


def family(chart: Chart, resource: FamilyMemberHistory, source: str) -> None:
    """Counted."""
    chart.say(_FAMILY, "", source)
