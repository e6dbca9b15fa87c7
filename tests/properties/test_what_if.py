"""What a test could change: the same as setting its result in the state and evaluating again."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from states import states

from openmbc.catalogue import by_name
from openmbc.criteria import Leaf
from openmbc.criteria.domain import holds
from openmbc.guidance import VERDICTS, Verdicts, evaluate, plan
from openmbc.guidance.evaluate import judged
from openmbc.guidance.what_if import Answer, Effect, effects, imagined
from openmbc.knowledge import load
from openmbc.state import assume

PLAN = plan(load())
SEEDS = st.integers(min_value=0, max_value=2**32)
KNOWN = st.sampled_from([0.05, 0.3, 0.6, 0.9])
QUICK = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
NEEDS, UNSUITABLE = VERDICTS.index("needs_information"), VERDICTS.index("unsuitable")


def found(state: pl.DataFrame) -> tuple[Verdicts, list[Effect]]:
    """The verdicts of one person, and what learning each feature would do."""
    leaves = PLAN.program.leaves(state.select(PLAN.program.features))
    could_be, changed = imagined(state.row(0, named=True), leaves, PLAN)
    both = judged(PLAN.program.above(np.hstack([leaves, could_be])), state["as_of"], PLAN)
    return both[:1], effects(both[:1], both[1:], changed)


def with_values(state: pl.DataFrame, asked: list[tuple[str, object]]) -> pl.DataFrame:
    """The state once for each feature and value, with that value."""
    rows = [state.with_columns(pl.Series(f, [v], state.schema[f])) for f, v in asked]
    return pl.concat(rows)


def moved(before: Verdicts, after: Verdicts, row: int) -> tuple[set[str], set[str]]:
    """What opens and what closes, read from the verdicts in the plainest way."""
    pairs = list(zip(PLAN.options, before.verdict[:, 0], after.verdict[:, row], strict=True))
    opens = {o.id for o, was, then in pairs if was == NEEDS and then < NEEDS}
    closes = {o.id for o, was, then in pairs if was != UNSUITABLE and then == UNSUITABLE}
    return opens, closes


@QUICK
@given(SEEDS, KNOWN)
def test_each_result_opens_and_closes_what_its_value_does(seed: int, known: float) -> None:
    state = assume(states(random.Random(seed), 1, known, metastatic=1))
    before, learned = found(state)
    answers = [(e.feature, answer) for e in learned for answer in e.answers]
    if not answers:
        return
    after = evaluate(with_values(state, [(f, a.value) for f, a in answers]), PLAN)
    for row, (feature, answer) in enumerate(answers):
        assert (set(answer.opens), set(answer.closes)) == moved(before, after, row), (feature, answer.value)
    for effect in learned:
        assert set(effect.opens) == {i for a in effect.answers for i in a.opens}
        assert set(effect.closes) == {i for a in effect.answers for i in a.closes}


@QUICK
@given(SEEDS, KNOWN)
def test_every_number_of_a_range_changes_the_same(seed: int, known: float) -> None:
    rng = random.Random(seed)
    state = assume(states(rng, 1, known, metastatic=1))
    before, learned = found(state)
    numbers = [e for e in learned if by_name()[e.feature].kind in ("integer", "number")]
    drawn = [(e, number(e, rng)) for e in numbers for _ in range(3)]
    if not drawn:
        return
    after = evaluate(with_values(state, [(e.feature, value) for e, value in drawn]), PLAN)
    for row, (effect, value) in enumerate(drawn):
        answer = the_one(effect, value)
        assert (set(answer.opens), set(answer.closes)) == moved(before, after, row), (effect.feature, value)


def number(effect: Effect, rng: random.Random) -> float:
    """Any number that the feature can have, near the bounds of its ranges."""
    edges = [b for a in effect.answers for b in (a.leaf.low, a.leaf.high, *a.leaf.values) if b is not None]
    drawn = rng.uniform(0, max(map(float, edges), default=1) * 1.5 + 2)
    return int(drawn) if by_name()[effect.feature].kind == "integer" else drawn


def the_one(effect: Effect, value: float) -> Answer:
    """The one range that a number lies in: ranges leave no gap and do not overlap."""
    inside = [a for a in effect.answers if a.leaf == Leaf(effect.feature) or holds(a.leaf, value)]
    assert len(inside) == 1, (effect, value)
    return inside[0]


def test_what_is_known_in_part_is_tried_for_what_it_leaves_open() -> None:
    blank = states(random.Random(3), 1, 0.0, metastatic=1)
    state = blank.with_columns(pl.Series("her2", ["negative"], blank.schema["her2"]))
    _, learned = found(state)
    her2 = next(e for e in learned if e.feature == "her2")
    assert [a.value for a in her2.answers] == ["zero", "ultralow", "low"]
