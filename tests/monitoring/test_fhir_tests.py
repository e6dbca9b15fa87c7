"""Tests of which only the day counts, as FHIR says them: by code, by words, done or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from openmbc.records import read, read_many

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"


def concept(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}]}


def resource(kind: str, number: int, **cells: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": f"{kind.lower()}-{number}", "subject": {"reference": "Patient/p"}, **cells}


DAY = "2026-10-14"
EKG, DENTIST = concept(LOINC, "11524-6", "EKG study"), {"text": "Dental examination"}
SAID = [
    (resource("Observation", 1, status="final", code=EKG, effectiveDateTime=DAY), "ecg"),
    (resource("Observation", 2, status="final", code=concept(LOINC, "3016-3", "Thyrotropin"), effectiveDateTime=DAY,
              valueQuantity={"value": 4.1, "unit": "m[IU]/L"}), "thyroid"),
    (resource("Observation", 3, status="registered", code=EKG, effectiveDateTime=DAY), None),
    (resource("Procedure", 4, status="completed", code=concept(SNOMED, "40701008", "Echocardiography"),
              performedDateTime=DAY), "lvef"),
    (resource("Procedure", 5, status="completed", code=DENTIST, performedDateTime=DAY), "dental_exam"),
    (resource("Procedure", 6, status="not-done", code=DENTIST, performedDateTime=DAY), None),
    (resource("DiagnosticReport", 7, status="final", code={"text": "MRI brain"}, effectiveDateTime=DAY),
     "imaging_brain"),
    (resource("DiagnosticReport", 8, status="registered", code={"text": "MRI brain"}, effectiveDateTime=DAY), None),
]  # fmt: skip


def written(path: Path, person: str, said: list[dict[str, Any]]) -> Path:
    patient = {"resourceType": "Patient", "id": "p"}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in [patient, *said]]}
    path.write_text(
        json.dumps(bundle).replace("Patient/p", f"Patient/{person}").replace('"id": "p"', f'"id": "{person}"')
    )
    return path


@pytest.mark.parametrize(("said", "test"), SAID, ids=[r["id"] for r, _ in SAID])
def test_one_resource(tmp_path: Path, said: dict[str, Any], test: str | None) -> None:
    facts = read(written(tmp_path / "p.json", "p", [said]))
    rows = facts.observations.filter(pl.col("concept") == "test").select("code", pl.col("date").cast(pl.String)).rows()
    assert rows == ([(test, DAY)] if test else [])
    assert not facts.treatments.height


def test_from_memory_as_with_care(tmp_path: Path) -> None:
    """The second person says the same on another day, and is read from memory."""
    later = json.loads(json.dumps([r for r, _ in SAID]).replace(DAY, "2026-11-02"))
    alone = [
        read(written(tmp_path / "b.json", "b", later)),
        read(written(tmp_path / "a.json", "a", [r for r, _ in SAID])),
    ]
    (together,) = read_many(tmp_path)
    for facts in alone:
        person = facts.people["person"][0]
        for table in ("observations", "treatments", "problems"):
            mine = getattr(together, table).filter(person=person)
            assert sorted(map(str, mine.rows())) == sorted(map(str, getattr(facts, table).rows())), table
