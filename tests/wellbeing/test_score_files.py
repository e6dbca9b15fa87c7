"""`openmbc score` on files: what comes out, what is said about what is wrong, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.errors import InputError

HEADER = "person,date,item,answer\n"


def run(folder: Path, instrument: str, text: str, output: str = "out.csv") -> tuple[int, str]:
    """The exit code, and what was said."""
    (folder / "in.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["score", instrument, str(folder / "in.csv"), "--output", str(folder / output)])
    if isinstance(done.exception, InputError):  # `cli.main` says it in one line and ends with its code
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


def test_the_whole_line(tmp_path):
    code, said = run(tmp_path, "MST", HEADER + "anna,2026-03-01,weight,2\nanna,2026-03-01,appetite,1\n")
    assert code == 0, said
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "person,date,scale,score,range,better,meaning,answered,asked,note",
        "anna,2026-03-01,malnutrition_risk,3.0,0-5,low,at risk,2,2,",
    ]
    assert "1 scores of 1, in" in said
    assert not (tmp_path / "out_problems.csv").exists()


def test_parquet_semicolons_and_item_numbers_as_spreadsheets_write_them(tmp_path):
    text = "person;date;item;answer\n" + "".join(f"a;2026-03-01;Q{n:02};1,0\n" for n in range(1, 8))
    code, said = run(tmp_path, "gad-7", text, "out.parquet")
    assert code == 0, said
    assert pl.read_parquet(tmp_path / "out.parquet")["score"].to_list() == [7]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "a,2026-03-01,distress,12",
            "error: item distress: 12 is not an answer. Answers are whole numbers from 0 to 10",
        ),
        ("a,2026-03-01,distress,five", "error: answer 'five' is not a number"),
        ("a,2026-03-01,pain,5", "error: 'pain' is no item of NCCN Distress Thermometer"),
        ("a,2026-03-01,distress,3\na,2026-03-01,dt,4", "error: item distress is answered differently on 2026-03-01"),
        ("a,01.03.2026,distress,3", "error: date '01.03.2026' is not a date"),
        (",2026-03-01,distress,3", "error: a row without a person or a date was not used"),
    ],
)
def test_what_is_wrong_is_listed_with_its_line(tmp_path, row, said):
    code, output = run(tmp_path, "distress", f"{HEADER}{row}\n")
    assert (code, said in output) == (3, True), output
    assert "[in.csv:" in output
    assert "in.csv:" in (tmp_path / "out_problems.csv").read_text()
    assert pl.read_csv(tmp_path / "out.csv")["score"].drop_nulls().to_list() == []


def test_a_missing_answer_is_no_problem(tmp_path):
    code, said = run(tmp_path, "distress", HEADER + "a,2026-03-01,distress,\n")
    assert code == 0, said
    assert (
        pl.read_csv(tmp_path / "out.csv").rows(named=True)[0]["note"] == "not scored: 0 of 1 items answered, 1 needed"
    )


@pytest.mark.parametrize(
    ("instrument", "text", "said"),
    [
        ("phq-8", HEADER, "the instrument 'phq-8' is not known. Is phq_"),
        ("phq-9", "person,date,item,value\na,2026-03-01,1,1\n", "in.csv: line 1: there is no column 'answer'"),
        ("phq-9", "", "the first line is empty"),
        ("phq-9", HEADER + "a,2026-03-01,1,1,5\n", "line 2: the line has more cells"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(tmp_path, instrument, text, said):
    code, output = run(tmp_path, instrument, text)
    assert (code, said in output, "\n" in output.strip()) == (2, True, False), output
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_is_not_there(tmp_path):
    done = CliRunner().invoke(app, ["score", "mst", str(tmp_path / "none.csv"), "--output", str(tmp_path / "out.csv")])
    assert isinstance(done.exception, InputError)
    assert "none.csv" in str(done.exception)


@pytest.mark.parametrize("output", ["in.csv", "folder"])
def test_nothing_is_overwritten(tmp_path, output):
    (tmp_path / "folder").mkdir()
    text = HEADER + "a,2026-03-01,distress,3\n"
    code, _ = run(tmp_path, "distress", text, output)
    assert code == 2
    assert (tmp_path / "in.csv").read_text() == text
