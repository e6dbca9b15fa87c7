"""The tables hold together, and cover the records and the catalogue."""

import json
from pathlib import Path

import pytest

from openmbc import terms
from openmbc.catalogue import COMPLICATIONS, DRUGS, FEATURES, ILLNESSES, MEDICINE_EFFECTS, SITES, TREATMENT_CLASSES
from openmbc.errors import InputError
from openmbc.terms import tables
from openmbc.terms.tables import rows

RECORDS = Path(__file__).parents[3] / "shared" / "records"
SYSTEMS = ("snomed.info", "loinc.org", "rxnorm", "icd-10", "cancerstaging.org", "genenames")
CODES = ("snomed", "loinc", "icd10", "rxnorm", "hgnc", "sequence_ontology", "ncit", "answers")
CLASSES = {*TREATMENT_CLASSES, *MEDICINE_EFFECTS}


@pytest.mark.parametrize("name", CODES)
def test_codes_are_listed_once(name):
    seen = [(row["code"].upper(), row.get("system")) for row in rows(name)]
    assert len(seen) == len(set(seen))


def test_concepts_are_those_of_the_catalogue():
    listed = [row for name in (*CODES[:3], "words") for row in rows(name)]
    assert {r["concept"] for r in listed if r["kind"] == "metastasis"} <= {*SITES, ""}
    assert {r["concept"] for r in listed if r["kind"] == "body_site"} <= {*SITES, "breast", "plasma", ""}
    assert {r["concept"] for r in listed if r["kind"] == "condition"} <= {
        *ILLNESSES,
        *COMPLICATIONS,
        "breast_cancer",
        "cancer",
        "other",
    }
    assert {r["concept"] for r in listed if r["kind"] == "histology"} == {"ductal", "lobular", "other"}


def test_every_illness_and_site_can_be_said():
    said = {row["concept"] for row in rows("words")}
    assert {*ILLNESSES, *SITES} <= said


def test_drugs_and_classes_agree_with_the_catalogue():
    listed = {row["drug"]: row for row in rows("drugs")}
    assert {drug for drug, row in listed.items() if row["kind"] == "cancer"} == set(DRUGS)
    used = {name for drug in listed for name in terms.classes_of(drug)}
    assert used == CLASSES
    assert {name for d in DRUGS for name in terms.classes_of(d)} == set(TREATMENT_CLASSES)


def test_canonical_units_are_those_of_the_catalogue():
    units = {row["concept"]: row["unit"] for row in rows("labs")}
    for feature in FEATURES:
        if feature.name in units and feature.unit is not None:
            assert units[feature.name] == feature.unit
    assert {row["concept"] for row in rows("units")} <= {*units, ""}
    assert {row["canonical"] for row in rows("units")} <= set(units.values())


def test_rxnorm_names_known_drugs():
    assert {row["concept"] for row in rows("rxnorm")} <= {row["drug"] for row in rows("drugs")}


def coded(part):
    if isinstance(part, dict):
        system, code = part.get("system"), part.get("code")
        if isinstance(code, str) and isinstance(system, str) and any(name in system for name in SYSTEMS):
            yield system, code
        part = part.values()
    if not isinstance(part, str | int | float | bool | None):
        for child in part:
            yield from coded(child)


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared records are not here")
@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_every_code_of_the_records_is_understood(path):
    codes = set(coded(json.loads(path.read_text())))
    assert codes
    assert {pair for pair in codes if terms.look_up(*pair) is None} == set()


def test_a_broken_table_says_its_line(tmp_path, monkeypatch):
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n1,2,3\n")
    monkeypatch.setattr(tables, "_HERE", tmp_path)
    with pytest.raises(InputError, match=r"terms/broken.csv: line 3: 3 cells where the header has 2"):
        tables.rows("broken")
