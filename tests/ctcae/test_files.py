"""`openmbc grade` on files: what comes out, what is said about what is wrong, and the exit codes."""

import polars as pl
import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.errors import InputError
from openmbc.records.results import grade_file

HEADER = "person,date,test,value,unit,lower,upper,baseline\n"


def run(tmp_path, text, *options, output="out.csv"):
    (tmp_path / "labs.csv").write_text(text, encoding="utf-8")
    command = ["grade", str(tmp_path / "labs.csv"), "--output", str(tmp_path / output), *options]
    return CliRunner().invoke(app, command)


def test_the_cells_come_back_as_they_were(tmp_path):
    done = run(
        tmp_path, "person,date,test,value,unit,lower,upper,baseline,site\nanna,2026-01-02,ALT,060.0,U/L,,40,30.50,x\n"
    )
    assert done.exit_code == 0, done.output
    written = (tmp_path / "out.csv").read_text().splitlines()
    assert written == [
        "person,date,test,value,unit,lower,upper,baseline,site,term,grade,reason,ctcae,criterion",
        "anna,2026-01-02,ALT,060.0,U/L,,40,30.50,x,Alanine aminotransferase increased,1,,5,"
        '"> ULN - 3 x ULN, baseline normal"',
    ]


def test_version_parquet_and_worst_case(tmp_path):
    row = HEADER + "a,2026-01-02,potassium,3.2,mmol/L,3.5,5,\n"
    done = run(tmp_path, row, "--ctcae", "6", "--worst-case", output="out.parquet")
    assert done.exit_code == 0, done.output
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert table.select("term", "grade", "ctcae").rows() == [("Hypokalemia", 2, "6"), ("Hyperkalemia", 0, "6")]
    assert "2 of 2 graded" in done.output


def test_a_decimal_comma_where_semicolons_separate(tmp_path):
    done = run(tmp_path, "test;value;unit;lower;upper\nKalium potassium;5,6;mmol/L;3,5;5,0\n")
    assert done.exit_code == 0, done.output
    assert pl.read_csv(tmp_path / "out.csv")["grade"].to_list() == [0, 2]


@pytest.mark.parametrize(
    ("row", "said", "grades"),
    [
        ("a,2026-01-02,ALT,-3,U/L,,40,30", "error: the value is negative", [None]),
        ("a,2026-01-02,ALT,high,U/L,,40,30", "error: the value is not a number", [None]),
        ('a,2026-01-02,ALT,"1,234",U/L,,40,30', "error: the value is not a number", [None]),
        ("a,2026-01-02,ALT,60,U/L,50,40,30", "error: the normal range contradicts itself", [None]),
        ("a,2026-01-02,ALT,60,U/L,,0,30", "error: the normal range contradicts itself", [None]),
        ("a,2026-01-02,ALT,60,U/L,,40,0", "error: the value before treatment is not above zero", [None]),
        ("a,2026-01-02,platelets,60,10*9/L,400,150,", "error: the normal range contradicts itself", [2]),
        ("a,2026-01-02,platelets,250000,10*9/L,150,400,", "platelets 250000 10*9/L: nobody can have", [None]),
        ("a,2026-01-02,ALT,60,mmol/L,,40,30", "error: 'mmol/L' is not a unit of alt", [None]),
        ("a,2026-01-02,Foo,60,U/L,,40,30", "error: the test 'Foo' is not known", [None]),
        ("a,2026-01-02,,60,U/L,,40,30", "error: the test is missing", [None]),
        ("a,2026-02-30,ALT,60,U/L,,40,30", "error: date '2026-02-30' is not a date", [1]),
        ("a,2026-01-02,ALT,60,U/L,,forty,30", "error: upper 'forty' is not a number", [None]),
        ("a,2026-01-02,ALT,60,U/L,,40,30\na,2026-01-02,ALT,60,U/L,,40,30", "warning: the row says the same", [1, 1]),
        ("a,2026-01-02,potassium,5,mol,,5,\nb,2026-01-02,potassium,5,mol,,5,", "'mol' is not a unit", [None] * 4),
    ],
)  # fmt: skip
def test_what_is_wrong_is_listed_and_not_graded_where_it_matters(tmp_path, row, said, grades):
    done = run(tmp_path, HEADER + row + "\n")
    assert done.exit_code == 3, done.output
    assert said in done.output
    assert said.removeprefix("error: ").removeprefix("warning: ") in (tmp_path / "out_problems.csv").read_text()
    assert pl.read_csv(tmp_path / "out.csv")["grade"].to_list() == grades


def test_a_test_without_a_term_and_a_missing_value_are_no_problems(tmp_path):
    done = run(tmp_path, HEADER + "a,2026-01-02,HbA1c,6.5,%,,,\na,2026-01-02,ALT,,U/L,,40,30\n")
    assert done.exit_code == 0, done.output
    assert pl.read_csv(tmp_path / "out.csv")["reason"].to_list() == [
        "CTCAE 5 grades no term by this test",
        "the value is missing",
    ]


def test_the_concept_calcium_says_how_it_was_read(tmp_path):
    done = run(tmp_path, HEADER + "a,2026-01-02,calcium,2.3,mmol/L,2.2,2.6,\n")
    assert done.exit_code == 0, done.output
    assert (
        "note: 'calcium' is read as calcium corrected for albumin. Write calcium_total for the total. [labs.csv:2]"
        in done.output
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("person,test\na,ALT\n", "there is no column 'value'"),
        ("test,value,grade\nALT,3,1\n", "the column 'grade' is there already"),
        ("", "the first line is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path, text, said):
    (tmp_path / "labs.csv").write_text(text)
    with pytest.raises(InputError, match=said) as raised:
        grade_file(tmp_path / "labs.csv", tmp_path / "out.csv", "5")
    assert raised.value.exit_code == 2
    assert not (tmp_path / "out.csv").exists()
