"""The questions of the check-in and its red flags: who is asked what, and what asks for a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.catalogue import FEATURES, SIGNS, SYMPTOMS
from openmbc.guidance.living import held, living, red_flags
from openmbc.knowledge import load
from openmbc.state.build import dtype

KNOWLEDGE = load()
PLAN = living(KNOWLEDGE)
HERE = Path(__file__).parent
ASKED = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
RAISED = yaml.safe_load((HERE / "red_flags.yaml").read_text(encoding="utf-8"))
# Our estimate, not measured: to read and tick one graded question, and one line of a list.
SECONDS_GRADED, SECONDS_SIGN = 6, 2


def state(known: Mapping[str, Any], unknown: Iterable[str] = ()) -> pl.DataFrame:
    """One person of whom only this is known; what silence takes as absent is absent, if not ``unknown``."""
    absent = {f.name: f.absent_value for f in FEATURES if f.silence == "absent" and f.name not in unknown}
    values = absent | dict(known)
    return pl.DataFrame([pl.Series(f.name, [values.get(f.name)], dtype(f)) for f in FEATURES])


def flags(known: Mapping[str, Any], unknown: Iterable[str] = ()) -> list[str]:
    truth = PLAN.program.run(state(known, unknown))
    return [PLAN.flags[place][0] for place in red_flags(truth, PLAN)["flag"]]


def asked(case: dict[str, Any]) -> list[str]:
    """The items that are asked without being looked for, in their order."""
    truth = PLAN.program.run(state(dict.fromkeys(case["state"], True)))
    holds = held(truth, 0, PLAN)
    questions = sorted(KNOWLEDGE.checkin.values(), key=lambda q: q.order)
    return [q.item for q in questions if q.ask == "always" or (q.ask == "when" and holds(q.when))]


def test_everything_has_a_question() -> None:
    assert {*SYMPTOMS, *SIGNS, "daily_life", "distress", "weight", "temperature"} <= set(KNOWLEDGE.checkin)


def test_the_order_is_clear_and_fever_comes_first() -> None:
    orders = [q.order for q in KNOWLEDGE.checkin.values()]
    assert len(set(orders)) == len(orders)
    assert min(KNOWLEDGE.checkin.values(), key=lambda q: q.order).item == "fever"


def test_seven_graded_questions_are_for_everybody_each_time() -> None:
    always = [q for q in KNOWLEDGE.checkin.values() if q.kind == "grade" and q.ask == "always" and q.every is None]
    assert {q.item for q in always} == {
        "fatigue", "pain", "nausea", "breathlessness", "low_mood", "worry", "daily_life"
    }  # fmt: skip


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case["name"])
def test_the_treatment_decides_what_is_asked(case: dict[str, Any]) -> None:
    by_treatment = [KNOWLEDGE.checkin[item] for item in asked(case) if KNOWLEDGE.checkin[item].ask == "when"]
    graded = [q for q in by_treatment if q.kind == "grade"]
    assert {q.item for q in graded if q.every is None} == set(case["each"])
    assert {q.item for q in graded if q.every is not None} == set(case["seldom"])
    assert {q.item for q in by_treatment if q.item in SIGNS} == set(case["signs"])


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case["name"])
def test_a_check_in_takes_two_minutes(case: dict[str, Any]) -> None:
    questions = [KNOWLEDGE.checkin[item] for item in asked(case)]
    graded = sum(q.kind == "grade" and q.every is None for q in questions)
    signs = sum(q.item in SIGNS for q in questions)
    assert graded * SECONDS_GRADED + signs * SECONDS_SIGN <= 120


@pytest.mark.parametrize("case", RAISED, ids=lambda case: case["name"])
def test_red_flags(case: dict[str, Any]) -> None:
    assert flags(case["state"], case.get("unknown", ())) == case["raised"]


def test_every_red_flag_has_a_case() -> None:
    assert {flag for case in RAISED for flag in case["raised"]} == set(KNOWLEDGE.red_flags)


@pytest.mark.parametrize("sign", SIGNS)
def test_no_sign_is_ever_silent(sign: str) -> None:
    """Each sign alone asks for a call, in a person without treatment and in one of whom nothing is known."""
    every_silence = [f.name for f in FEATURES if f.silence == "absent"]
    assert flags({f"sign_{sign}": True})
    assert flags({f"sign_{sign}": True}, every_silence)
    assert not flags({f"sign_{sign}": False}, every_silence)


def test_what_is_not_known_raises_nothing() -> None:
    assert not flags({}, [f.name for f in FEATURES if f.silence == "absent"])
