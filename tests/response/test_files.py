"""`openmbc response` on files as people have them: what is said about what is wrong, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.errors import InputError

LESIONS = "person,date,lesion,role,mm"
BASELINE = "a,2026-01-01,A,target,20"
BRAIN = f"{LESIONS},steroids,clinical\n{BASELINE},none,stable\n"
BONE = "person,date,finding,modality,start\n"
UPTAKE = "person,date,lesion,role,sul,assessment\na,2026-01-01,A,target,10,\n"


def run(folder: Path, text: str, *options: str, output: str = "out.csv") -> tuple[int, str]:
    """The exit code, and what was said; ``options`` as on the command line."""
    (folder / "in.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["response", str(folder / "in.csv"), "--output", str(folder / output), *options])
    if isinstance(done.exception, InputError):  # `cli.main` says it in one line and ends with its code
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (f"{LESIONS}\n{BASELINE}\na,2026-03-01,A,target,14\n", 0, "2 visits"),
        (f"{LESIONS}\n{BASELINE}\na,2026-03-01,A,target\n", 3, "lesion A on 2026-03-01 has no length"),
        (f"{LESIONS},assesment\n{BASELINE},\na,2026-03-01,A,target,,absent\n", 3, "Is 'assessment' meant?"),
        (f"{LESIONS},assessment\n{BASELINE},\na,2026-03-01,A,target,,gone\n", 3, "the assessment 'gone' is not known"),
        (f"{LESIONS}\na,2026-01-01,A,target,20,5\n", 2, "line 2: the line has more cells"),
        (f'{LESIONS},note\n{BASELINE},"a\nb"\na,2026-03-01,A,target,8,x,y\n', 2, "line 4: the line has more cells"),
        (f'{LESIONS},note\n{BASELINE},"a\nb"\na,2026-03-01,A,target,xx,\n', 3, "[in.csv:4]"),
        (f"{LESIONS},line\n{BASELINE},1\n", 2, "there is a column 'line'"),
        (f"{LESIONS}\n{BASELINE}\na,05.03.2026,A,target,14\n", 3, "date '05.03.2026' is not a date"),
    ],
)
def test_lesions(tmp_path: Path, text: str, code: int, said: str) -> None:
    ended, output = run(tmp_path, text)
    assert (ended, said in output) == (code, True), output


@pytest.mark.parametrize(
    ("criteria", "text", "answer", "said"),
    [
        ("rano_bm", BRAIN + "a,2026-03-01,A,target,14,Decreased,Better\n", "PR", None),
        ("rano_bm", BRAIN + "a,2026-03-01,A,target,14,less,better\n", "NE", "the steroids 'less' is not known"),
        (
            "rano_bm",
            f"{BRAIN}a,2026-03-01,A,target,14,none,better\na,2026-03-01,A,target,14,none,worse\n",
            "NE",
            "clinical is given differently on 2026-03-01",
        ),
        ("mda", BONE + "a,2026-03-01,Sclerotic rim,CT,\n", "PR", None),
        ("mda", BONE + "a,2026-03-01,sclerotic_rym,ct,\n", "NE", "the finding 'sclerotic_rym' is not known"),
        ("mda", BONE + "a,2026-03-01,new_lesion,pet,\n", "NE", "the modality 'pet' is not known"),
        ("mda", BONE + "a,2026-03-01,growth,ct,\n,2026-04-01,growth,ct,\n", "PD", "without a person or a date"),
        ("percist", UPTAKE + "a,2026-03-01,A,target,5,\na,2026-03-01,X,New,4,\n", "PMD", None),
        ("percist", UPTAKE + "a,2026-03-01,A,target,-5,\n", "NE", "below zero"),
        ("percist", UPTAKE + "a,2026-03-01,A,tumour,5,\n", "NE", "the role 'tumour' is not known"),
        ("percist", UPTAKE + "a,2026-03-01,A,target,,gone\n", "NE", "the assessment 'gone' is not known"),
        ("percist", UPTAKE + "a,2026-03-01,A,target,,\n", "NE", "has no uptake"),
        ("percist", UPTAKE + "a,2026-03-01,A,target,5,\na,2026-03-01,A,target,9,\n", "NE", "given differently"),
        ("percist", UPTAKE + "a,2026-03-01,A,target,5,\na,2026-03-01,A,target,5,\n", "PMR", "more than once"),
        ("percist", UPTAKE + "a,2026-01-01,B,target,,not_evaluable\na,2026-03-01,A,target,5,\n", "NE", None),
    ],
)
def test_other_criteria(tmp_path: Path, criteria: str, text: str, answer: str, said: str | None) -> None:
    ended, output = run(tmp_path, text, "--criteria", criteria)
    column = {"rano_bm": "overall", "mda": "bone", "percist": "metabolic"}[criteria]
    assert pl.read_csv(tmp_path / "out.csv")[column].to_list()[-1] == answer
    assert (ended, said is None or said in output) == (0 if said is None else 3, True), output


@pytest.mark.parametrize(
    ("output", "options"), [("in.csv", []), ("folder", []), ("", []), ("out.csv", ["--people", "out.csv"])]
)
def test_nothing_is_overwritten(tmp_path: Path, output: str, options: list[str]) -> None:
    (tmp_path / "folder").mkdir()
    text = f"{LESIONS}\n{BASELINE}\n"
    ended, _ = run(tmp_path, text, *(str(tmp_path / o) if o.endswith("csv") else o for o in options), output=output)
    assert ended == 2
    assert (tmp_path / "in.csv").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "in.csv"]
