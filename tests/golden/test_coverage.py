"""Every kind of person has a recommended option, or the decision says why there is none."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import coverage

WHY = ("None is recommended for this state", "No option in this knowledge fits", "ECOG performance status is")


def test_the_page_is_what_the_knowledge_says() -> None:
    """A person reads it: write it again with `python tests/golden/write.py coverage` and read the diff."""
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page()


@pytest.mark.parametrize("region", ["us", "eu"])
def test_every_cell_has_an_option_or_a_reason(region: str) -> None:
    found = coverage.answers(region)
    assert len(found) == len(coverage.cells()) > 500
    for cell, answer in found.items():
        assert answer.recommended or any(s.startswith(WHY) for s in answer.because), (cell, answer)
    usual = [a for c, a in found.items() if c.fitness != "ECOG 3" and c.line <= 4]
    assert all(a.recommended for a in usual), [c for c, a in found.items() if a in usual and not a.recommended]
