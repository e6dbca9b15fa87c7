"""Adverse events of FHIR R4 and observations that grade a side effect: the rows and the problems that they give."""

import json
from pathlib import Path

import pytest

from openmbc.facts import Facts
from openmbc.records import read

ME = {"reference": "Patient/p"}
# As the CTC adverse event profile drafted for mCODE writes it (github.com/standardhealth/fsh-ae).
CTCAE = "http://hl7.org/fhir/us/ctcae/StructureDefinition/"
AE_GRADE = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade"


def facts_of(tmp_path: Path, *resources: dict[str, object]) -> Facts:
    entries = [{"resource": r} for r in ({"resourceType": "Patient", "id": "p"}, *resources)]
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), encoding="utf-8")
    return read(file)


def event(text: str, grade: object = None, **fields: object) -> dict[str, object]:
    extensions = [*fields.pop("extension", [])]  # type: ignore[misc]
    if grade is not None:
        extensions.append({"url": CTCAE + "ctcae-grade", "valueCodeableConcept": {"coding": [{"code": str(grade)}]}})
    shown = {"event": {"text": text}} | fields
    return (
        {"resourceType": "AdverseEvent", "id": "e", "subject": ME, "actuality": "actual"}
        | shown
        | {"extension": extensions}
    )


def rows(facts: Facts) -> list[tuple[object, ...]]:
    table = facts.side_effects.with_columns(
        date=facts.side_effects["date"].cast(str), end=facts.side_effects["end"].cast(str)
    )
    return table.select("date", "effect", "grade", "status", "end", "drug", "by").rows()


GIVES = [
    (
        "the grade of the profile drafted for mCODE",
        event("Diarrhea", 3, date="2026-11-10"),
        [("2026-11-10", "diarrhoea", 3, None, None, None, "text")],
    ),
    (
        "the CTCAE term in the display, verbatim words beside it",
        event("stools ++", 2, event={"text": "stools ++", "coding": [{"display": "Diarrhea", "code": "x"}]}),
        [(None, "diarrhoea", 2, None, None, None, "text")],
    ),
    (
        "a grade of the research guide, as a whole number",
        event("Rash maculo-papular", extension=[{"url": AE_GRADE, "valueInteger": 2}]),
        [(None, "rash", 2, None, None, None, "text")],
    ),
    (
        "a grade in words of the code",
        event("Pneumonitis", extension=[{"url": AE_GRADE, "valueCodeableConcept": {"text": "Grade 1"}}]),
        [(None, "pneumonitis", 1, None, None, None, "text")],
    ),
    (
        "a grade in the words of the event",
        event("Peripheral sensory neuropathy, grade 2"),
        [(None, "peripheral_neuropathy", 2, None, None, None, "text")],
    ),
    ("no grade is not grade 0", event("Diarrhea"), [(None, "diarrhoea", None, None, None, None, "text")]),
    (
        "the severity of FHIR is no CTCAE grade",
        event("Diarrhea", severity={"coding": [{"code": "severe"}]}),
        [(None, "diarrhoea", None, None, None, None, "text")],
    ),
    ("grade 0 says that it is absent", event("Anemia", 0), [(None, "anaemia", 0, None, None, None, "text")]),
    (
        "resolved, with its day",
        event(
            "Nausea",
            2,
            outcome={"coding": [{"code": "resolved"}]},
            extension=[{"url": CTCAE + "adverse-event-resolved-date", "valueDateTime": "2026-11-12"}],
        ),
        [(None, "nausea", 2, "ended", "2026-11-12", None, "text")],
    ),
    (
        "ongoing",
        event("Nausea", 2, outcome={"coding": [{"code": "ongoing"}]}),
        [(None, "nausea", 2, "going_on", None, None, "text")],
    ),
    (
        "resolved with sequelae leaves it open",
        event("Nausea", 2, outcome={"coding": [{"code": "resolvedWithSequelae"}]}),
        [(None, "nausea", 2, None, None, None, "text")],
    ),
    (
        "blamed on a contained medication",
        event(
            "Stomatitis",
            2,
            contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "Everolimus 10 MG"}}],
            suspectEntity=[{"instance": {"reference": "#m"}}],
        ),
        [(None, "stomatitis", 2, None, None, "everolimus", "text")],
    ),
    (
        "blamed on a drug by its display",
        event("Stomatitis", 2, suspectEntity=[{"instance": {"display": "Afinitor"}}]),
        [(None, "stomatitis", 2, None, None, "everolimus", "text")],
    ),
    ("not in the vocabulary: kept without a name", event("Hiccups", 2), [(None, None, 2, None, None, None, "text")]),
    ("only potential", event("Diarrhea", 3, actuality="potential"), []),
    (
        "an observation that grades",
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "subject": ME,
            "code": {"text": "Diarrhea CTCAE grade"},
            "valueInteger": 3,
            "effectiveDateTime": "2026-11-10",
        },
        [("2026-11-10", "diarrhoea", 3, None, None, None, "text")],
    ),
    (
        "an observation with the grade as a code",
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "subject": ME,
            "code": {"text": "CTCAE grade of rash"},
            "valueCodeableConcept": {"text": "Grade 2"},
        },
        [(None, "rash", 2, None, None, None, "text")],
    ),
]


@pytest.mark.parametrize(("name", "given", "expected"), GIVES, ids=[name for name, _, _ in GIVES])
def test_rows(tmp_path: Path, name: str, given: dict[str, object], expected: list[tuple[object, ...]]) -> None:
    assert rows(facts_of(tmp_path, given)) == expected


def test_a_statement_of_the_record_is_blamed(tmp_path: Path) -> None:
    statement = {"resourceType": "MedicationStatement", "id": "s", "status": "active", "subject": ME,
                 "medicationCodeableConcept": {"text": "abemaciclib"}}  # fmt: skip
    facts = facts_of(tmp_path, statement, event("Diarrhea", 2, suspectEntity=[
        {"instance": {"reference": "MedicationStatement/s"}}]))  # fmt: skip
    assert facts.side_effects["drug"].to_list() == ["abemaciclib"]


SAYS = [
    (event("Hiccups", 2), "note", "1 adverse event with the text 'Hiccups'"),
    (event("Diarrhea", 3, actuality="potential"), "note", "1 adverse event is marked potential"),
    (
        event("Rash", 1, suspectEntity=[{"instance": {"reference": "Medication/x"}}]),
        "error",
        "Medication/x is referred to",
    ),
    (
        event("Rash", 1, suspectEntity=[{"instance": {"display": "a spider"}}]),
        "warning",
        "an adverse event is blamed on",
    ),
    (event("Rash", 1, date="yesterday"), "error", "the date 'yesterday' cannot be read"),
]


@pytest.mark.parametrize(("given", "severity", "what"), SAYS)
def test_what_is_not_understood_is_listed(tmp_path: Path, given: dict[str, object], severity: str, what: str) -> None:
    found = facts_of(tmp_path, given).problems
    assert any(s == severity and w.startswith(what) for s, w in found.select("severity", "what").rows()), found.rows()
