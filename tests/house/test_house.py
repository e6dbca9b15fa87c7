"""The rules of the house: imports, sizes, the clock, truth values, documents equal to the tables."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from openmbc.catalogue import DRUGS, FEATURES, MEDICINE_EFFECTS, TREATMENT_CLASSES
from openmbc.facts import build
from openmbc.state import derive
from openmbc.state.build import dtype
from openmbc.state.side_effects import EVENT
from openmbc.terms import classes_of

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "openmbc"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_imports_only_run_downward() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_state_is_the_catalogue() -> None:
    state = derive(
        build({}), pl.DataFrame({"person": ["nobody"], "as_of": [None]}, {"person": pl.String, "as_of": pl.Date})
    )
    expected = {"person": pl.String(), "as_of": pl.Date(), **{f.name: dtype(f) for f in FEATURES}}
    expected["side_effects"] = pl.List(EVENT)
    assert dict(state.strict.schema) == expected


def test_every_drug_has_known_classes() -> None:
    known = set(TREATMENT_CLASSES) | set(MEDICINE_EFFECTS)
    assert {c for d in DRUGS for c in classes_of(d)} <= known
    used = {c for d in DRUGS for c in classes_of(d)}
    assert set(TREATMENT_CLASSES) <= used, set(TREATMENT_CLASSES) - used


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    tables = path.name in ("catalogue.py", "resources.py")
    assert tables or len(lines) <= 400, f"{path.name} has {len(lines)} lines"
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 80, f"{path.name}: {node.name}"


def test_only_the_command_line_reads_the_clock() -> None:
    reads = re.compile(r"\.today\(|\.now\(|time\.time\(|utcnow")
    found = [p.name for p in MODULES if reads.search(p.read_text(encoding="utf-8")) and p.parent.name != "cli"]
    assert found == []


def test_truth_values_are_aggregated_only_by_the_kleene_helpers() -> None:
    """Plain any() and all() down rows forget what is unknown."""
    plain = re.compile(r"(?<!pl)\.(any|all)\(\)")
    for path in [
        *(SOURCE / "state").glob("*.py"),
        *(SOURCE / "guidance").glob("*.py"),
        *(SOURCE / "report").glob("*.py"),
    ]:
        assert not plain.search(path.read_text(encoding="utf-8")), path.name


def test_nothing_logs_and_nothing_goes_out() -> None:
    forbidden = re.compile(r"^\s*(import|from) (logging|socket|urllib|http|requests|httpx)\b", re.MULTILINE)
    found = [p.relative_to(SOURCE).as_posix() for p in MODULES if forbidden.search(p.read_text(encoding="utf-8"))]
    assert found == ["cli/download.py"]  # which a command asks for by name


def test_lock_files_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name
