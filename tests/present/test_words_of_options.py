"""What the report groups, names and leaves out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openmbc.knowledge import load
from openmbc.present import words
from openmbc.records import read
from openmbc.report import Report, build

AS_OF = dt.date(2026, 11, 20)


def _report(tmp_path: Path, text: str) -> Report:
    path = tmp_path / "person.yaml"
    path.write_text(text, encoding="utf-8")
    return build(read(path), AS_OF, load())


def test_what_the_decision_waits_for_is_the_first_test(tmp_path: Path) -> None:
    report = _report(tmp_path, "sex: female\nmetastatic: yes\ntreatments: [letrozole + palbociclib]\n")
    assert report.decision.missing == ["hormone_receptor", "her2"]
    assert report.next_tests[0].features == report.decision.missing
    assert report.next_tests[0].text.startswith("The decision waits for it.")


RUNNING = """
metastatic: 2026-01
receptors: [{date: 2026-01, from: liver, er: 0%, pr: 0%, her2: 3+}]
treatments:
  - drugs: [docetaxel, trastuzumab, pertuzumab]
    from: 2026-01-10
    to: 2026-05-10
    setting: metastatic
    ended: progression
  - {drugs: trastuzumab deruxtecan, from: 2026-06-01, setting: metastatic}
labs: [{date: 2026-11-10, alt: 20, neutrophils: 3}]
"""


def test_the_same_drugs_for_other_people_are_not_what_runs(tmp_path: Path) -> None:
    report = _report(tmp_path, RUNNING)
    running = next(options for key, _, options in words.groups(report) if key == "now")
    assert "her2_positive/trastuzumab_deruxtecan_second_line" in [o.id for o in running]
    assert not [o.id for o in running if "low" in o.id]


def test_a_value_without_its_range_is_not_among_what_is_not_known(tmp_path: Path) -> None:
    report = _report(tmp_path, RUNNING)
    assert report.state["alt"].value == 20
    assert report.state["alt_uln"].value is None
    assert "ALT" not in words.unknown(report)
    assert "AST" in words.unknown(report)
