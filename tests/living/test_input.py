"""What the pages for a person do with input that is broken: nothing is dropped without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from openmbc.cli import app

CASE = "person: maya\nmetastatic: 2025\nsites: [bone]\n"
COMMANDS = ("checkin", "living", "visit")


def asked(folder: Path, command: str, *options: str, diary: str | None = None) -> Result:
    (folder / "maya.yaml").write_text(CASE, encoding="utf-8")
    beside: tuple[str, ...] = ()
    if diary is not None:
        (folder / "diary.csv").write_text(f"date,item,answer\n{diary}\n", encoding="utf-8")
        beside = ("--diary", str(folder / "diary.csv"))
    words = [command, str(folder / "maya.yaml"), "--as-of", "2026-11-20", *beside, *options]
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-11-20,fever,maybe", "fever: 'maybe' is neither yes nor no"),
        ("2026-11-20,temperature,101", "temperature: 101 is outside what is possible"),
        ("20/11/2026,pain,3", "date '20/11/2026' is not a date"),
        ("9026-11-20,self_harm,yes", "Answers (1) dated 9026-11-20, after the day of this report (2026-11-20)"),
    ],
)
def test_an_answer_that_is_not_used_is_said_beside_every_page(
    tmp_path: Path, command: str, row: str, said: str
) -> None:
    done = asked(tmp_path, command, diary=row)
    assert done.exit_code == 3
    assert said in done.stderr
    assert "diary.csv:2" in done.stderr
    assert done.stdout  # the page is there all the same


@pytest.mark.parametrize("command", COMMANDS)
def test_an_answer_that_is_used_says_nothing_more(tmp_path: Path, command: str) -> None:
    done = asked(tmp_path, command, diary="2026-11-20,pain,1")
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_later_answer_is_a_note_for_a_report_of_an_earlier_day(tmp_path: Path) -> None:
    done = asked(tmp_path, "living", "--json", diary="2026-11-21,pain,1\n2026-11-21,nausea,1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Answers (2) dated 2026-11-21" in done.stdout


def test_a_country_without_organisations_gets_those_for_everybody_and_a_word(tmp_path: Path) -> None:
    done = asked(tmp_path, "living", "--country", "XX")
    assert done.exit_code == 0
    assert "no organisation of 'xx' is known; those for everybody are shown" in done.stderr
    assert "findahelpline.com" in done.stdout


def test_what_is_no_country_is_refused(tmp_path: Path) -> None:
    done = asked(tmp_path, "living", "--country", "Spain")
    assert "'Spain' is not a code of two letters" in str(done.exception)
