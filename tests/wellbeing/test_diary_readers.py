"""Check-ins, circumstances, goals and scores as people write them: case files, tables, FHIR."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openmbc.catalogue import FEATURES, SIDE_EFFECTS, WISHES
from openmbc.errors import RecordError
from openmbc.facts import Facts
from openmbc.records import checkin, read, with_diary

ME = {"reference": "Patient/p"}
ANSWERED = "date item value text"


def rows(facts: Facts, table: str, columns: str) -> list[tuple[object, ...]]:
    return [tuple(str(c) if hasattr(c, "isoformat") else c for c in row)
            for row in getattr(facts, table).select(columns.split()).rows()]  # fmt: skip


def said(facts: Facts) -> list[tuple[object, ...]]:
    return facts.problems.select("severity", "source", "what", "todo").rows()


def case(tmp_path: Path, text: str) -> Facts:
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file)


CASES = [
    ("diary: [{date: 2026-11-01, fatigue: 2, hot flushes: 0, fever: yes, daily_life: 1}]", "answers", ANSWERED,
     [("2026-11-01", "fatigue", 2.0, "2"), ("2026-11-01", "hot_flushes", 0.0, "0"),
      ("2026-11-01", "fever", 1.0, "yes"), ("2026-11-01", "daily_life", 1.0, "1")]),
    # no is an answer; what is left out or not known is none
    ("diary: [{date: 2026-11-01, pain: no, fever: no, nausea: unknown, rash: }]", "answers", "item value",
     [("pain", 0.0), ("fever", 0.0)]),
    ("diary: [{date: 2026-11-01, temperature: 38.4, weight: 61.5, distress: 4}]", "answers", "item value",
     [("temperature", 38.4), ("weight", 61.5), ("distress", 4.0)]),
    ("diary: [{date: 2026-11-01, temperature: '100.4 [degF]', weight: '100 [lb_av]'}]", "answers", "item value",
     [("temperature", pytest.approx(38.0)), ("weight", pytest.approx(45.36, abs=0.01))]),
    ("diary: [{date: 2026-11-01, pain: 3, pain_place: [back, hip], note: bad night}]", "answers", "item value text",
     [("pain", 3.0, "3"), ("pain.place", None, "back"), ("pain.place", None, "hip"), ("note", None, "bad night")]),
    ("visit: 2026-11-02\ndiary: [{pain: 1}]", "answers", ANSWERED, [("2026-11-02", "pain", 1.0, "1")]),
    ("visit: 2026-11-02\nfamily: {children: yes, caregiver: no}\nworking: {is: no, date: 2026-10}\nmoney_worry: yes",
     "answers", "date date_precision instrument item value",
     [("2026-11-02", "day", "checkin", "has_children", 1.0), ("2026-11-02", "day", "checkin", "has_caregiver", 0.0),
      ("2026-10-01", "month", "checkin", "working", 0.0), ("2026-11-02", "day", "checkin", "money_worry", 1.0)]),
    ("goals: [see my son finish school]\naccept: [hair loss, more visits]", "wishes", "wish value text",
     [("goal", None, "see my son finish school"), ("trade_off", "hair_loss", "hair loss"),
      ("trade_off", None, "more visits")]),
    ("priorities: [quality of life, keep_working]", "wishes", "wish value text",
     [("quality_of_life", "yes", "quality of life"), ("priority", "1", "quality_of_life"),
      ("keep_working", "yes", "keep_working"), ("priority", "2", "keep_working")]),
    ("visit: 2026-11-02\nimportant_dates: [{what: wedding, date: 2027-05-08}, {what: move, date: 2027-06}]", "wishes",
     "date wish value text", [("2026-11-02", "important_date", "2027-05-08", "wedding"),
                              ("2026-11-02", "important_date", "2027-06", "move")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "table", "columns", "wanted"), CASES)
def test_a_line_of_a_case_file(tmp_path: Path, text: str, table: str, columns: str, wanted: list[Any]) -> None:
    facts = case(tmp_path, text)
    assert rows(facts, table, columns) == wanted
    assert facts.problems.is_empty()


BAD = [
    ("paine: 3", "error", "'paine' is not asked in the check-in", "Did you mean 'pain'?"),
    ("pain: 7", "error", "pain: '7' is not a grade", "Write 0 (none) to 4. It was not used."),
    ("pain: 1.5", "error", "pain: '1.5' is not a grade", "Write 0 (none) to 4. It was not used."),
    ("pain: yes", "error", "pain: 'yes' is not a grade", "Write 0 (none) to 4. It was not used."),
    ("fever: 38", "error", "fever: '38' is neither yes nor no", "Write yes or no. It was not used."),
    ("fever: maybe", "error", "fever: 'maybe' is neither yes nor no", "Write yes or no. It was not used."),
    ("temperature: 384", "error", "temperature: 384 is outside what is possible",
     "Write it in degrees Celsius. It was not used."),
    ("weight: light", "error", "weight: 'light' is not a number in kg", "Write it in kg. It was not used."),
    ("distress: 11", "error", "distress: '11' is not a number from 0 to 10",
     "Write 0 (none) to 10. It was not used."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "severity", "what", "todo"), BAD)
def test_what_is_not_understood_is_a_problem_with_its_line(
    tmp_path: Path, line: str, severity: str, what: str, todo: str
) -> None:
    facts = case(tmp_path, f"sex: f\ndiary:\n  - date: 2026-11-01\n    {line}")
    assert said(facts) == [(severity, "p.yaml:4", what, todo)]
    assert facts.answers["value"].null_count() == len(facts.answers)


def test_a_check_in_without_a_date_is_noted(tmp_path: Path) -> None:
    facts = case(tmp_path, "diary: [{pain: 1}]")
    assert said(facts) == [("note", "p.yaml:1", "a check-in has no date", "Add 'date: ...', to follow it over time.")]


def test_a_priority_that_is_not_known_is_kept(tmp_path: Path) -> None:
    facts = case(tmp_path, "priorities: [tabletts]")
    assert rows(facts, "wishes", "wish value text") == [("priority", "1", "tabletts")]
    assert said(facts)[0][2:] == ("the priority 'tabletts' is not understood", "Did you mean 'tablets'?")


@pytest.mark.parametrize(
    ("text", "what", "todo"),
    [
        ("family: {childs: yes}", "the key 'childs' is not known", "Did you mean 'children'?"),
        ("important_dates: [{waht: x}]", "the key 'waht' is not known", "Did you mean 'what'?"),
        ("diary: {pain: 3}", "diary is a map", "Write a list."),
    ],
)
def test_a_key_that_is_not_known(tmp_path: Path, text: str, what: str, todo: str) -> None:
    with pytest.raises(RecordError) as error:
        case(tmp_path, text)
    assert (error.value.what, error.value.todo.partition(" Also")[0]) == (what, todo)


# --- a table beside a record


def table(tmp_path: Path, text: str, record: str = "sex: f") -> Facts:
    file = tmp_path / "diary.csv"
    file.write_text(text, encoding="utf-8")
    return with_diary(case(tmp_path, record), file)


def test_a_table_of_answers(tmp_path: Path) -> None:
    lines = ["date,item,answer,note", "2026-11-01,Pain,3,worse at night", "2026-11-01,fever,no,", "2026-11-01,rash,,"]
    facts = table(tmp_path, "\n".join(lines))
    assert rows(facts, "answers", "person source date date_precision instrument item value text") == [
        ("p", "diary.csv:2", "2026-11-01", "day", "checkin", "pain", 3.0, "3"),
        ("p", "diary.csv:2", "2026-11-01", "day", "checkin", "note", None, "worse at night"),
        ("p", "diary.csv:3", "2026-11-01", "day", "checkin", "fever", 0.0, "no"),
    ]
    assert facts.problems.is_empty()


def test_what_a_table_says_that_is_not_understood(tmp_path: Path) -> None:
    lines = ["date,item,answer", "2026-11-01,paine,3", "2026-13-01,pain,2", "2026-11-01,nausea,9", "2026-11-01,,2"]
    facts = table(tmp_path, "\n".join(lines))
    found = {source: what for _, source, what, _ in said(facts)}
    assert found == {
        "diary.csv:2": "'paine' is not asked in the check-in",
        "diary.csv:3": "date '2026-13-01' is not a date",
        "diary.csv:4": "nausea: '9' is not a grade",
        "diary.csv:5": "the answer '2' names no item",
    }
    assert len(facts.answers) == 4
    assert rows(facts, "answers", "item value")[:3] == [("paine", None), ("pain", 2.0), ("nausea", None)]


def test_a_table_of_several_people(tmp_path: Path) -> None:
    lines = "person,date,item,answer\np,2026-11-01,pain,1\nq,2026-11-01,pain,4"
    facts = table(tmp_path, lines)
    assert rows(facts, "answers", "person value") == [("p", 1.0)]
    assert [row[2] for row in said(facts)] == ["1 rows are of other people and not used"]
    with pytest.raises(RecordError, match=r"no answer of 'z'"):
        table(tmp_path, lines, "person: z")


def test_a_table_of_somebody_else_alone_is_read_with_a_warning(tmp_path: Path) -> None:
    facts = table(tmp_path, "person,date,item,answer\nq,2026-11-01,pain,4")
    assert rows(facts, "answers", "person value") == [("p", 4.0)]
    assert [(row[0], row[2]) for row in said(facts)] == [
        ("warning", "the table names 'q', the record 'p': its answers were used as of one person")
    ]


@pytest.mark.parametrize(
    ("item", "answer", "value"),
    [
        ("temperature", "38,4", 38.4),
        ("weight", "61,5", 61.5),
        ("fever", "Sí", 1),
        ("fever", "si", 1),
        ("fever", "no", 0),
    ],
)
def test_numbers_and_words_as_they_are_written_elsewhere(tmp_path: Path, item: str, answer: str, value: float) -> None:
    facts = table(tmp_path, f"date;item;answer\n2026-11-01;{item};{answer}")
    assert rows(facts, "answers", "item value") == [(item, value)]
    assert facts.problems.is_empty()


# --- FHIR


def fhir(tmp_path: Path, *resources: dict[str, Any]) -> Facts:
    entries = [{"resource": r} for r in ({"resourceType": "Patient", "id": "p"}, *resources)]
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), encoding="utf-8")
    return read(file)


def response(*items: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    asked = [{"linkId": link, "answer": [answer]} for link, answer in items]
    return {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "subject": ME,
            "authored": "2026-11-01T09:00:00Z", "item": asked} | fields  # fmt: skip


def observation(system: str, code: str, name: str = "o", **value: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Observation", "id": name, "status": "final", "subject": ME,
            "effectiveDateTime": "2026-11-01", "code": coded} | value  # fmt: skip


V2 = "http://terminology.hl7.org/CodeSystem/v2-0136"
TOLD = [
    (response(("checkin/fatigue", {"valueInteger": 2}), ("checkin/pain", {"valueDecimal": 3.0}),
              ("checkin/nausea", {"valueCoding": {"code": "1", "display": "A little"}}),
              ("checkin/fever", {"valueBoolean": True}), ("checkin/jaundice", {"valueBoolean": False}),
              ("checkin/bleeding", {"valueCoding": {"system": V2, "code": "N", "display": "No"}}),
              ("checkin/weight", {"valueQuantity": {"value": 61.5, "unit": "kg"}}),
              ("checkin/pain.place", {"valueString": "back"})),
     [("fatigue", 2.0, None), ("pain", 3.0, None), ("nausea", 1.0, "A little"), ("fever", 1.0, "yes"),
      ("jaundice", 0.0, "no"), ("bleeding", 0.0, "No"), ("weight", 61.5, "kg"), ("pain.place", None, "back")]),
    (response(("fatigue", {"valueInteger": 2}), questionnaire="urn:openmbc:checkin|1"), [("fatigue", 2.0, None)]),
    (observation("urn:openmbc:checkin", "fever", valueBoolean=True), [("fever", 1.0, "yes")]),
    (observation("urn:openmbc:checkin", "pain", valueInteger=0), [("pain", 0.0, None)]),
    (observation("urn:openmbc:checkin", "temperature",
                 valueQuantity={"value": 101.3, "unit": "F", "code": "[degF]"}),
     [("temperature", pytest.approx(38.5), "F")]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), TOLD)
def test_a_check_in_in_fhir(tmp_path: Path, given: dict[str, Any], wanted: list[Any]) -> None:
    facts = fhir(tmp_path, given)
    assert rows(facts, "answers", "item value text") == wanted
    assert set(facts.answers["instrument"]) == {"checkin"}
    assert [str(day) for day in facts.answers["date"].unique()] == ["2026-11-01"]
    assert facts.problems.is_empty()


@pytest.mark.parametrize(("code", "instrument"), [("44261-6", "phq_9"), ("70274-6", "gad_7")])
def test_totals_by_their_loinc_codes(tmp_path: Path, code: str, instrument: str) -> None:
    """Codes: HL7 personal health records, value set observation-scored-assessment-score-codes. Two that differ in their
    number alone are both read: nothing is remembered that belongs to one of them."""
    loinc = "http://loinc.org"
    facts = fhir(
        tmp_path,
        observation(loinc, code, "a", valueInteger=12),
        observation(loinc, code, "b", valueQuantity={"value": 7}),
        observation(loinc, code, "c", valueQuantity={"value": 9}),
        response((f"/{code}", {"valueDecimal": 5})),
    )
    found = sorted(rows(facts, "answers", "source instrument item value"))
    assert found == [
        ("Observation/a", instrument, "total", 12.0), ("Observation/b", instrument, "total", 7.0),
        ("Observation/c", instrument, "total", 9.0), ("QuestionnaireResponse/q", instrument, "total", 5.0),
    ]  # fmt: skip
    assert facts.problems.is_empty()


def _withdrawn(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"status": "entered-in-error"}


NOT_UNDERSTOOD: list[tuple[dict[str, Any], str, str]] = [
    (response(("checkin/paine", {"valueInteger": 2})), "error",
     "'checkin/paine' is not asked in the check-in. Did you mean 'pain'?"),
    (response(("checkin/pain", {"valueInteger": 6})), "error", "pain: '6' is not a grade"),
    (response(("mood", {"valueString": "low"}), questionnaire="http://q/pro"), "note",
     "1 answer to the questionnaire http://q/pro is kept and not used"),
    (observation("http://loinc.org", "44261-6"), "note", "1 observation with LOINC 44261-6 gives no value"),
    (observation("http://loinc.org", "44261-6", valueString="high"), "error",
     "LOINC 44261-6: 'high' is not a number"),
    (_withdrawn(observation("http://loinc.org", "44261-6", valueInteger=20)), "note",
     "1 observation is marked entered-in-error and is not used"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "severity", "what"), NOT_UNDERSTOOD)
def test_what_fhir_says_that_is_not_used(tmp_path: Path, given: dict[str, Any], severity: str, what: str) -> None:
    facts = fhir(tmp_path, given)
    assert facts.problems.select("severity", "what").rows() == [(severity, what)]
    assert facts.answers["value"].null_count() == len(facts.answers)


# --- the vocabulary


def test_every_item_is_a_feature_of_the_state() -> None:
    names = {f.name for f in FEATURES}
    told: dict[str, Callable[[str], set[str]]] = {
        "grade": lambda item: {f"symptom_{item}", item}, "yes_no": lambda item: {f"sign_{item}", item},
        "number": lambda item: {item},
    }  # fmt: skip
    assert [item for item, kind in checkin.ITEMS.items() if not told[kind](item) & names] == []


def test_wishes_of_the_case_file_and_those_of_the_catalogue_are_apart() -> None:
    assert not {"goal", "priority", "trade_off", "important_date"} & {*WISHES, *SIDE_EFFECTS}


def test_every_item_stands_in_the_document() -> None:
    page = (Path(__file__).parents[2] / "docs" / "case-file.md").read_text(encoding="utf-8")
    assert [item for item in checkin.ITEMS if f"`{item}`" not in page and not item.startswith("has_")] == []
