"""Laboratory values in the report, by CTCAE."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openmbc.knowledge import load
from openmbc.records.case import read_case
from openmbc.report import build
from openmbc.report.course_types import LabGrade

CASE = """person: anna
metastatic: 2026-01
treatments:
  - {drugs: [letrozole, ribociclib], from: 2026-02-01, setting: metastatic, running: yes}
labs:
  - {date: 2026-01-20, alt: 30 U/L (<35), neutrophils: 3.1 10*9/L (1.8-7.5)}
  - {date: 2026-05-01, platelets: 20 10*9/L (150-400)}
  - {date: 2026-10-01, neutrophils: 0.4 10*9/L (1.8-7.5)}
  - {date: 2026-10-20, alt: 130 U/L (<35), neutrophils: 0.8 10*9/L (1.8-7.5), haemoglobin: 130 g/L (120-160)}
  - {date: 2026-10-21, ast: 90 U/L (<35)}
"""


def _graded(folder: Path, day: dt.date) -> dict[str, LabGrade]:
    file = folder / "anna.yaml"
    file.write_text(CASE, encoding="utf-8")
    return {lab.test: lab for lab in build(read_case(file), day, load()).graded_labs}


def test_newest_values_with_the_baseline_before_treatment(tmp_path: Path) -> None:
    found = _graded(tmp_path, dt.date(2026, 11, 1))
    assert (found["neutrophils"].grade, found["neutrophils"].value) == (3, 0.8)  # the newest, not the worst
    assert (found["alt"].grade, found["alt"].baseline) == (2, 30.0)
    assert found["alt"].from_ == ["anna.yaml:9"]
    assert "haemoglobin" not in found  # normal
    assert "platelets" not in found  # older than 90 days


def test_what_cannot_be_graded_is_no_grade_0(tmp_path: Path) -> None:
    ast = _graded(tmp_path, dt.date(2026, 11, 1))["ast"]
    assert ast.grade is None
    assert ast.reason


def test_only_what_was_known_that_day(tmp_path: Path) -> None:
    assert _graded(tmp_path, dt.date(2026, 10, 10))["neutrophils"].grade == 4
