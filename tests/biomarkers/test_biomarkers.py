"""What findings mean: every entry is reached by the state that it speaks of, and by no other.

``cases.yaml`` holds for each entry states with the answer: ``met`` (the finding is there and the entry is for this
cancer), ``not_met`` and ``unknown``. Every entry has all three.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.catalogue import by_name
from openmbc.criteria import Program, parse
from openmbc.criteria.kleene import WORDS
from openmbc.knowledge import FOLDER, load
from openmbc.knowledge.biomarker import OPENING, Biomarker
from openmbc.knowledge.check import check, find
from openmbc.state.build import dtype

KNOWLEDGE = load()
ANSWERS = {"met": True, "not_met": False, "unknown": None}
CASES: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)


def _condition(entry: Biomarker) -> dict[str, Any]:
    return {"all": [entry.finding, *([entry.for_] if entry.for_ is not None else [])]}


@pytest.mark.parametrize("entry_id", sorted(KNOWLEDGE.biomarkers))
def test_the_state_reaches_the_entry(entry_id: str) -> None:
    cases = CASES[entry_id]
    assert set(cases) == set(ANSWERS)
    program = Program([node := parse(_condition(KNOWLEDGE.biomarkers[entry_id]))])
    for answer, states in cases.items():
        for known in states:
            unknown_names = known.keys() - set(program.features)
            assert not unknown_names, f"{entry_id} does not ask for {unknown_names}"
            state = pl.DataFrame([pl.Series(n, [known.get(n)], dtype(by_name()[n])) for n in program.features])
            assert WORDS[program.run(state)[program.at(node)][0]] is ANSWERS[answer], (entry_id, answer, known)


def test_every_case_has_its_entry() -> None:
    assert set(CASES) == set(KNOWLEDGE.biomarkers)


def test_an_entry_is_shown_by_its_id() -> None:
    assert find("biomarkers/esr1").startswith("name: ESR1")
    assert find("germline_palb2").startswith("name: Inherited PALB2")


def test_an_uncertain_change_reaches_nothing() -> None:
    """A variant of uncertain significance must not be taken for the finding of any entry."""
    for entry_id, entry in KNOWLEDGE.biomarkers.items():
        assert entry.value not in ("uncertain", "present"), entry_id


def test_meanings_leaves_out_what_no_feature_says() -> None:
    for entry_id, entry in KNOWLEDGE.biomarkers.items():
        if entry.value is not None:
            found = KNOWLEDGE.meanings(entry.marker, entry.value)
            assert (entry_id in found) is (entry.only_if is None)
    assert KNOWLEDGE.meanings("esr1", "uncertain") == {}


def test_what_more_must_be_so_opens_nothing() -> None:
    """An entry with `only_if` is never known to hold, so it must not name a drug of a label or guideline."""
    for entry_id, entry in KNOWLEDGE.biomarkers.items():
        if entry.only_if is not None:
            assert not [e for e in entry.sensitive if e.standing in OPENING], entry_id


def test_findings_and_regimens_agree() -> None:
    """No regimen asks for a finding without an entry, and no entry promises a drug that no regimen has."""
    about = ("biomarkers/", "no entry of biomarkers")
    assert not [f for f in map(str, check(FOLDER, dt.date(2026, 11, 27))) if any(word in f for word in about)]


def test_a_tier_of_our_own_says_so() -> None:
    for entry_id, entry in KNOWLEDGE.biomarkers.items():
        for grading in entry.escat:
            ours = grading.by == "from the definitions"
            assert ours == (grading.unconfirmed or "").startswith("assigned by us"), entry_id


def test_what_is_inherited_is_told_to_the_family() -> None:
    for entry_id, entry in KNOWLEDGE.biomarkers.items():
        assert bool(entry.family) is (entry.origin == "germline"), entry_id
