"""`openmbc report RECORD --diary FILE`: check-ins beside a record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CASE = "person: anna\nmetastatic: 2026-01\nsites: [liver]\n"
DIARY = "date,item,answer\n2026-05-25,pain,1\n2026-06-01,pain,3\n2026-06-01,fever,yes\n"


def openmbc(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openmbc", *words]
    alone = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "OPENMBC_DATA": str(cwd / "nothing")}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=os.environ | alone)


def test_a_diary_beside_a_record(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "diary.csv").write_text(DIARY, encoding="utf-8")
    done = openmbc(
        "report", "case.yaml", "--diary", "diary.csv", "--as-of", "2026-06-02", "--json", "--strict", cwd=tmp_path
    )
    state = json.loads(done.stdout)["state"]
    assert (state["symptom_pain"]["value"], state["symptom_pain"]["from"]) == (3, ["diary.csv:3"])
    assert state["sign_fever"]["value"] is True
    assert "symptom_nausea" not in state  # not asked: not known, and not 0


def test_a_diary_that_is_no_table_of_answers(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "diary.csv").write_text(DIARY.replace("item", "itm"), encoding="utf-8")
    done = openmbc("report", "case.yaml", "--diary", "diary.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no column 'item'" in done.stderr
    assert "Is 'itm' meant?" in done.stderr
