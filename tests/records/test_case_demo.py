"""The demo people: each as a case file and as a FHIR bundle that say the same."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import openmbc
from openmbc.facts import TABLES
from openmbc.records import read
from openmbc.records.case import read_case

DEMO = Path(openmbc.__file__).parent / "demo"
NAMES = ["anna", "bea", "carla", "dora", "elsa", "fay", "greta", "henry", "ida", "jo", "kim", "lea", "maya"]
# How a fact was found and worded differs between the two; what it says does not.
WORDING = {"source", "by", "text"}
# FHIR has no place for these that openmbc reads: the case file alone says them, and the bundle says no other thing.
NOT_IN_FHIR = {"wishes"}


def meaning(table: pl.DataFrame) -> pl.DataFrame:
    kept = table.drop(*(c for c in WORDING if c in table.columns))
    return kept.sort(kept.columns, nulls_last=False)


def test_all_are_there():
    assert sorted(file.stem for file in DEMO.glob("*.yaml")) == NAMES
    assert sorted(file.stem for file in DEMO.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("table", TABLES)
def test_case_file_and_bundle_say_the_same(name: str, table: str):
    case, bundle = (meaning(getattr(read(DEMO / f"{name}.{kind}"), table)) for kind in ("yaml", "json"))
    assert_frame_equal(case.clear() if table in NOT_IN_FHIR else case, bundle)


def test_maya_has_a_diary_and_says_what_matters_to_her():
    case = read_case(DEMO / "maya.yaml")
    assert case.answers["date"].n_unique() == 9
    assert set(case.wishes["wish"]) >= {"goal", "question", "priority", "trade_off", "important_date"}


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_that_the_person_is_invented(name: str):
    assert "invented" in (DEMO / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    bundle = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    tags = [tag["code"] for tag in bundle["meta"]["tag"]]
    patient = bundle["entry"][0]["resource"]
    assert tags == ["HTEST"]
    assert patient["name"][0] == {"use": "official", "family": "Demo", "given": [f"{name.capitalize()} (invented)"]}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "jo"])
def test_case_files_are_without_problems(name: str):
    assert read_case(DEMO / f"{name}.yaml").problems.rows() == []


@pytest.mark.parametrize("name", NAMES)
def test_bundles_use_what_they_hold(name: str):
    """No error, but for the impossible value of jo; nothing that openmbc does not understand."""
    problems = read(DEMO / f"{name}.json").problems
    lost = problems.filter(pl.col("severity") == "error")
    assert [what for what in lost["what"] if "neutrophils 3400" not in what] == []
    assert [what for what in problems["what"] if "holds nothing" in what or "not understood" in what] == []
