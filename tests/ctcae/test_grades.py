"""Every bound of every term, and what a number alone does not settle."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
import yaml

from openmbc.ctcae import grade, grade_concepts
from openmbc.ctcae.grading import _FEW
from openmbc.ctcae.tables import VERSIONS, listed

HERE = Path(__file__).parent
COLUMNS = {"test": pl.String, "value": pl.String, "unit": pl.String} | dict.fromkeys(
    ("lower", "upper", "baseline"), pl.Float64
)
BOUNDS = yaml.safe_load((HERE / "bounds.yaml").read_text())
CASES = yaml.safe_load((HERE / "cases.yaml").read_text())


def table(rows):
    return pl.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], COLUMNS)


def every(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("case", BOUNDS, ids=lambda case: f"{case['term']}, {case['result']}")
def test_bounds(case):
    labs = table([{"test": case["term"], "value": str(value), **case["result"]} for value in case["grades"]])
    for version in case["ctcae"]:
        found = grade(labs, str(version))
        assert found["term"].unique().to_list() == [case["term"]]
        assert dict(zip(case["grades"], found["grade"], strict=True)) == case["grades"]
        assert (found["grade"].is_null() == found["reason"].is_not_null()).all()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
@pytest.mark.parametrize("how", ["grades", "worst_case"])
def test_cases(case, how):
    result = case["result"]
    rows = [result | {"test": t, "value": str(v)} for t, v in product(every(result["test"]), every(result["value"]))]
    for version, row in product(case.get("ctcae", (5, 6)), rows):
        found = grade(table([row]), str(version), worst_case=how == "worst_case")
        grades = dict(found.select("term", "grade").iter_rows())
        expected = case.get(how, {})
        if "*" in expected:
            expected = dict.fromkeys(grades, expected["*"])
        assert expected.items() <= grades.items(), row
        if how == "grades" and "reason" in case:
            assert case["reason"] in found["reason"].drop_nulls().to_list(), row


@pytest.mark.parametrize("version", VERSIONS)
def test_every_gradeable_term_has_its_bounds_tried(version):
    said = {case["term"] for case in BOUNDS if int(version) in case["ctcae"]}
    said |= {t for case in CASES if int(version) in case.get("ctcae", (5, 6)) for t in case["grades"]}
    by_test = {"Lipase increased", "Serum amylase increased"}
    graded = {term.name for term in listed(version) if term.rules}
    assert graded - by_test <= said
    assert len(graded) == {"5": 40, "6": 43}[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_criteria_come_from_the_highest_grade_down_and_each_says_itself(version):
    for term in listed(version):
        grades = [rule.grade for rule in term.rules if rule.grade > 0]
        assert grades == sorted(grades, reverse=True), term.name
        assert all(rule.criterion for rule in term.rules), term.name
        assert bool(term.rules) != bool(term.not_graded), term.name
        assert {rule.of for rule in term.rules} <= {"number", "upper", "lower", "baseline"}
        when = {rule.when for rule in term.rules}
        assert when <= {"", "baseline_normal", "baseline_high", "baseline_low", "above_upper", "below_lower"}
        for unit in term.units:
            assert term.in_unit(unit) == (unit, 1.0), (term.name, unit)


def test_concepts_are_graded_without_a_file():
    labs = pl.DataFrame(
        {
            "concept": ["potassium", "alt", "glucose", "neutrophils", "tmb", "platelets"],
            "detail": [None, None, "fasting", None, None, None],
            "value": [5.6, 100.0, 9.0, 0.4, 3.0, None],
            "comparator": [None, None, None, "<", None, None],
            "low": [3.5, None, 4.0, None, None, 150.0],
            "high": [5.0, 40.0, 5.5, None, None, None],
            "baseline": [None, None, None, None, None, None],
        },
        schema_overrides={"baseline": pl.Float64},
    )
    found = grade_concepts(labs, "6").select("concept", "term", "grade", "lowest", "highest").rows()
    assert found == [
        ("potassium", "Hypokalemia", 0, 0, 0),
        ("potassium", "Hyperkalemia", 2, 2, 2),
        ("alt", "Alanine aminotransferase increased", None, 0, 3),
        ("glucose", "Hypoglycemia", 0, 0, 0),
        ("glucose", "Hyperglycemia (Fasting)", 2, 2, 2),
        ("neutrophils", "Neutrophil count decreased", None, 3, 4),
        ("platelets", "Thrombocytopenia", None, None, None),
    ]


def test_no_results_give_no_grades():
    assert grade(table([]), "5").height == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_many_results_have_the_grades_of_few(version):
    """Many are looked up with a join, few one by one: also a test that nobody knows, and one without name or unit."""
    known = [{"test": case["term"], "value": str(v), **case["result"]} for case in BOUNDS for v in case["grades"]]
    rows = [*known[::7], {"test": "no such test", "value": "1"}, {"value": "1"}, {"test": "creatinine", "value": "70"}]
    concepts = pl.DataFrame(
        {"concept": ["potassium", "glucose", "no such concept", None, "alt"], "value": [6.1, 2.9, 1.0, 1.0, 300.0]}
    ).with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("low", "high", "baseline"))
    few, few_concepts = grade(table(rows), version), grade_concepts(concepts, version)
    assert len(few) >= len(known[::7])
    times = _FEW // len(rows) + 1
    assert grade(table(rows * times), version).equals(pl.concat([few] * times))
    many = pl.concat([concepts] * (times := _FEW // len(concepts) + 1))
    assert grade_concepts(many, version).equals(pl.concat([few_concepts] * times))
