"""Files that are no record: the one line that each of them gives. And files that are, in every shape."""

import json
import os
import threading
from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.records import read, read_many

BAD = Path(__file__).parents[1] / "bad" / "records"
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female"}
ECOG = {
    "resourceType": "Observation", "id": "e", "status": "final", "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}, "valueInteger": 1,
}  # fmt: skip
EXPORT = "Export the record as FHIR R4 JSON."

MESSAGES = {
    "empty.json": f"empty.json: the file is empty. {EXPORT}",
    "spaces.json": f"spaces.json: the file is empty. {EXPORT}",
    "not_json.json": "not_json.json: line 1, byte 27: this is not JSON: ",
    "truncated.json": "truncated.json: byte 71: the file ends in the middle of the data. Copy or export it again.",
    "record.xml.json": "record.xml.json: this is XML, and FHIR XML is not read. Export the record as JSON.",
    "table.json": f"table.json: this looks like a table (CSV), not FHIR. {EXPORT}",
    "scan.json": f"scan.json: this is a PDF. {EXPORT}",
    "packed.json": "packed.json: this is a ZIP archive. Unpack it first.",
    "binary.json": f"binary.json: this is binary data, not JSON. {EXPORT}",
    "utf16.json": "utf16.json: the file is UTF-16 text. Save it as UTF-8.",
    "latin1.json": "latin1.json: the text is not UTF-8. Save it as UTF-8.",
    "latin1_inside.json": "latin1_inside.json: the text is not UTF-8. Save it as UTF-8.",
    "prose.json": f"prose.json: this is not JSON. {EXPORT}",
    "number.json": f"number.json: this is not JSON. {EXPORT}",
    "no_type.json": "no_type.json: this JSON holds no FHIR resource (no resourceType). "
    "Give a FHIR R4 Bundle as JSON, or NDJSON.",
    "no_entries.json": "no_entries.json: the bundle holds no entries. Export the record again, with its resources.",
    "entries_no_list.json": "entries_no_list.json: Bundle cannot be read: entry must be a list, not an object. ",
    "no_patient.json": "no_patient.json: the record holds no Patient. Export it together with the Patient resource.",
    "two_patients.json": "two_patients.json: the record holds 2 people (anna, bea), and one is expected. "
    "Use `openmbc cohort` for several people, or give each person's record by itself.",
    "unknown_type.json": "unknown_type.json: 'Wizard' is not a resource type of FHIR R4; it is not used. ",
    "deep.json": "deep.json: the JSON is nested too deeply. This is no FHIR record.",
    "bad_line.ndjson": "bad_line.ndjson:1: byte 21: the file ends in the middle of the data. Copy or export it again.",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.name for path in BAD.iterdir()))
def test_a_file_that_is_no_record_gives_one_clear_line(name):
    with pytest.raises(RecordError) as caught:
        read(BAD / name)
    assert str(caught.value).startswith(MESSAGES[name])
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    assert caught.value.todo


def test_a_pipe_is_read_to_its_end(tmp_path):
    """A pipe has no size, and gives what it holds in several pieces."""
    pipe = tmp_path / "record.json"
    os.mkfifo(pipe)
    record = json.dumps({"resourceType": "Bundle", "entry": [{"resource": PATIENT}, {"resource": ECOG}]})
    writer = threading.Thread(target=pipe.write_text, args=(record + " " * 100_000,))
    writer.start()
    assert read(pipe).observations["concept"].to_list() == ["ecog"]
    writer.join()


def test_every_message_has_its_file():
    assert sorted(MESSAGES) == sorted(path.name for path in BAD.iterdir())


def test_missing_files_and_empty_folders(tmp_path):
    with pytest.raises(RecordError, match="there is no such file"):
        read(tmp_path / "nothing.json")
    with pytest.raises(RecordError, match="the folder holds no JSON or NDJSON file"):
        read(tmp_path)
    with pytest.raises(RecordError, match="the folder holds no JSON or NDJSON file"):
        list(read_many(tmp_path))
    with pytest.raises(RecordError, match="there is no such folder"):
        read_many(tmp_path / "nowhere")
    with pytest.raises(RecordError, match="this is a file"):
        read_many(Path(__file__))


BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": PATIENT}, {"resource": ECOG}]}
SHAPES = {
    "bundle.json": json.dumps(BUNDLE),
    "bundle_with_mark.json": "\ufeff" + json.dumps(BUNDLE),
    "pretty.json": json.dumps(BUNDLE, indent=4),
    "list.json": json.dumps([PATIENT, ECOG]),
    "lines.ndjson": f"{json.dumps(PATIENT)}\n\n{json.dumps(ECOG)}\n",
    "lines_with_mark.ndjson": f"\ufeff{json.dumps(PATIENT)}\r\n{json.dumps(ECOG)}",
    "lines.json": f"{json.dumps(PATIENT)}\n{json.dumps(ECOG)}\n",
    "bundle_in_a_line.ndjson": json.dumps(BUNDLE),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("how", ["file", "folder", "cohort"])
def test_a_record_in_any_shape_gives_the_same_facts(tmp_path, name, how):
    (tmp_path / name).write_text(SHAPES[name], encoding="utf-8")
    if how == "cohort":
        (facts,) = read_many(tmp_path)
    else:
        facts = read(tmp_path / name if how == "file" else tmp_path)
    assert facts.people.select("person", "sex").rows() == [("p", "female")]
    assert facts.observations.select("person", "source", "concept", "value").rows() == [
        ("p", "Observation/e", "ecog", 1.0)
    ]
    assert facts.problems.rows() == []


def test_a_folder_of_single_resources_is_one_person(tmp_path):
    for resource in (PATIENT, ECOG):
        (tmp_path / f"{resource['id']}.json").write_text(json.dumps(resource, indent=1))
    assert len(read(tmp_path).observations) == 1
    (facts,) = read_many(tmp_path)
    assert len(facts.observations) == 1


def test_a_bad_line_leaves_the_others(tmp_path):
    file = tmp_path / "p.ndjson"
    file.write_text(f"{json.dumps(PATIENT)}\n{{oops\n{json.dumps(ECOG)}\n")
    facts = read(file)
    assert len(facts.observations) == 1
    assert [what[:16] for what in facts.problems["what"]] == ["line 2: this is "]


def test_a_line_in_another_encoding_is_listed_and_the_others_used(tmp_path):
    lines = [json.dumps(PATIENT), json.dumps(ECOG), json.dumps(ECOG | {"id": "f", "code": {"text": "Knochen: Mai"}})]
    (tmp_path / "p.ndjson").write_bytes("\n".join(lines).replace("Mai", "M\u00e4rz").encode("latin-1"))
    (facts,) = read_many(tmp_path)
    assert facts.observations["source"].to_list() == ["Observation/e"]
    assert facts.problems["what"].to_list() == ["Observation cannot be read: its text is not UTF-8"]


def _person(name: str) -> list[dict]:
    return [PATIENT | {"id": name}, ECOG | {"id": f"e-{name}", "subject": {"reference": f"Patient/{name}"}}]


def test_bulk_data_joins_what_belongs_to_a_person_across_files(tmp_path):
    people = [_person(name) for name in ("a", "b", "c")]
    (tmp_path / "Patient.ndjson").write_text("\n".join(json.dumps(p) for p, _ in people))
    (tmp_path / "Observation.ndjson").write_text("\n".join(json.dumps(o) for _, o in reversed(people)))
    medicine = {"resourceType": "Medication", "id": "m", "code": {"text": "letrozole"}}
    taken = {"resourceType": "MedicationStatement", "id": "t", "status": "active",
        "subject": {"reference": "Patient/b"},
             "medicationReference": {"reference": "Medication/m"}}  # fmt: skip
    (tmp_path / "Medication.ndjson").write_text(json.dumps(medicine))
    (tmp_path / "MedicationStatement.ndjson").write_text(json.dumps(taken))
    (tmp_path / "Practitioner.ndjson").write_text('{"resourceType": "Practitioner", "id": "x"}\n' * 3)
    (facts,) = read_many(tmp_path)
    assert sorted(facts.people["person"]) == ["a", "b", "c"]
    assert sorted(facts.observations.select("person", "source").rows()) == [
        ("a", "Observation/e-a"), ("b", "Observation/e-b"), ("c", "Observation/e-c")
    ]  # fmt: skip
    assert facts.treatments.select("person", "treatment").rows() == [("b", "letrozole")]
    assert facts.problems.select("person", "what").rows() == [
        (None, "3 Practitioner resources hold nothing that openmbc uses")
    ]


def test_a_cohort_goes_on_where_a_file_cannot_be_read(tmp_path):
    (tmp_path / "a.json").write_text(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in _person("a")]})
    )
    for name in ("empty.json", "no_patient.json", "record.xml.json"):
        (tmp_path / name).write_bytes((BAD / name).read_bytes())
    (tmp_path / "notes.txt").write_text("hello")
    (facts,) = read_many(tmp_path)
    assert facts.people["person"].to_list() == ["a"]
    found = facts.problems.filter(facts.problems["severity"] == "error")
    assert found.select("person", "source").rows() == [
        (None, "empty.json"), (None, "no_patient.json"), (None, "record.xml.json")
    ]  # fmt: skip
    assert "1 file is no record and is not read (.txt)" in facts.problems["what"].to_list()


def test_people_of_one_bundle_are_kept_apart(tmp_path):
    entries = [{"resource": r} for name in ("a", "b") for r in _person(name)]
    (tmp_path / "both.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    (facts,) = read_many(tmp_path)
    found = facts.observations.select("person", "source").sort("person")
    assert found.rows() == [("a", "Observation/e-a"), ("b", "Observation/e-b")]


def test_two_records_of_one_id_are_not_mixed(tmp_path):
    for name in ("one", "two"):
        record = {"resourceType": "Bundle", "entry": [{"resource": r} for r in _person("a")]}
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    (facts,) = read_many(tmp_path)
    assert len(facts.people) == 1
    assert facts.problems["what"].to_list() == ["a is also the id of a person in one.json; this record is not used"]


def test_resources_without_their_patient_are_listed(tmp_path):
    lines = [*_person("a"), _person("b")[1]]
    (tmp_path / "all.ndjson").write_text("\n".join(map(json.dumps, lines)))
    (facts,) = read_many(tmp_path)
    assert facts.people["person"].to_list() == ["a"]
    assert facts.problems["what"].to_list() == ["1 resource belongs to Patient/b, and no file holds that Patient"]


def test_progress_tells_how_many_people_were_read(tmp_path, monkeypatch):
    monkeypatch.setattr("openmbc.records.fhir.many.PEOPLE_AT_ONCE", 2)
    (tmp_path / "all.ndjson").write_text("\n".join(json.dumps(r) for n in range(5) for r in _person(f"p{n}")))
    seen: list[int] = []
    chunks = list(read_many(tmp_path, seen.append))
    assert [len(facts.people) for facts in chunks] == [2, 2, 1]
    assert seen == [2, 2, 1]
