"""Symptoms: what must be asked first by whom, and what is said to do harm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.catalogue import FEATURES
from openmbc.guidance.living import held, living
from openmbc.knowledge import load
from openmbc.knowledge.living import Advice, Symptom, TeamStep
from openmbc.state.build import dtype

KNOWLEDGE = load()
PLAN = living(KNOWLEDGE)
CASES = yaml.safe_load((Path(__file__).parent / "asked_first.yaml").read_text(encoding="utf-8"))


def state(known: Mapping[str, Any]) -> pl.DataFrame:
    """One person of whom only this is known; what silence takes as absent is absent."""
    values = {f.name: f.absent_value for f in FEATURES if f.silence == "absent"} | dict(known)
    return pl.DataFrame([pl.Series(f.name, [values.get(f.name)], dtype(f)) for f in FEATURES])


def about(entry: Symptom, word: str) -> list[Advice | TeamStep]:
    """What helps and speaks of a thing."""
    steps: Iterable[Advice | TeamStep] = (*entry.self_care, *entry.team)
    return [s for s in steps if word in f"{s.text} {s.clinician if isinstance(s, TeamStep) else ''}".lower()]


def stopped(entry: Symptom, word: str, known: Mapping[str, Any]) -> list[str]:
    """What keeps a person from a thing, or asks the team first."""
    holds = held(PLAN.program.run(state(known)), 0, PLAN)
    return [u.text for step in about(entry, word) for u in step.unless if holds(u.when)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['symptom']}: {case['word']}, {case['state']}")
def test_who_must_ask_first(case: dict[str, Any]) -> None:
    entry = KNOWLEDGE.symptoms[case["symptom"]]
    known = case["state"] if isinstance(case["state"], dict) else {case["state"]: True}
    assert stopped(entry, case["word"], known)
    assert not stopped(entry, case["word"], {})


@pytest.mark.parametrize(
    ("symptom", "word"),
    [("numbness", "acetyl-l-carnitine"), ("hot_flushes", "paroxetine")],
)
def test_what_does_harm_is_not_to_be_taken(symptom: str, word: str) -> None:
    warned = [a for a in KNOWLEDGE.symptoms[symptom].avoid if word in a.text.lower()]
    assert [a.strength for a in warned] == ["harmful"]


def test_hormones_are_no_cure_for_flushes() -> None:
    steps = KNOWLEDGE.symptoms["hot_flushes"].team
    assert not [s.text for s in steps if "estrogen" in f"{s.text} {s.clinician}".lower()]
    assert [a for a in KNOWLEDGE.symptoms["hot_flushes"].avoid if "estrogen" in a.text.lower()]
