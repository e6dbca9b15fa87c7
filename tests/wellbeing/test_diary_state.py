"""Wellbeing in the state: the newest answers, scores, temperature, lost weight; and the diary beside it."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from polars.testing import assert_frame_equal

from openmbc.catalogue import by_name
from openmbc.facts import TABLES, Facts, build
from openmbc.state import derive

START = dt.date(2026, 3, 1)
CASES = yaml.safe_load((Path(__file__).parent / "state.yaml").read_text(encoding="utf-8"))


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


VISIT = day(100)


def _row(table: str, **values: object) -> tuple[object, ...]:
    return tuple(values.get(name) for name in TABLES[table])


def facts_of(cases: list[dict[str, Any]]) -> Facts:
    """Each case is a person, p0, p1, ..."""
    people, answers, observations = [], [], []
    for n, case in enumerate(cases):
        who = f"p{n}"
        people.append(_row("people", person=who, source=f"{who}:1"))
        for at, asked, value in case.get("answers", []):
            instrument, _, item = asked.partition("/")
            said = {"date": day(at), "date_precision": "day", "value": float(value)}
            source = f"{who}:{at}:{asked}:{value}"
            answers.append(_row("answers", person=who, source=source, instrument=instrument, item=item, **said))
        for at, concept, value in case.get("measured", []):
            observations.append(_row("observations", person=who, source=f"{who}:{at}:{concept}", date=day(at),
                                     date_precision="day", concept=concept, value=float(value)))  # fmt: skip
    return build({"people": people, "answers": answers, "observations": observations})


def visits(people: int) -> pl.DataFrame:
    return pl.DataFrame({"person": [f"p{n}" for n in range(people)], "as_of": [VISIT] * people})


def check(case: dict[str, Any], strict: dict[str, Any]) -> None:
    for feature, expected in case["is"].items():
        found = strict[feature]
        assert (found if expected is None or found is None else pytest.approx(found, abs=0.005)) == expected, feature


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_visit(case: dict[str, Any]) -> None:
    state = derive(facts_of([case]), visits(1), trace=True)
    check(case, state.strict.row(0, named=True))
    assert sorted(state.problems["severity"]) == sorted(case.get("problems", []))
    assert state.trace is not None
    known = {name for name, value in case["is"].items() if value is not None}
    assert known <= set(state.trace["feature"])


def test_everybody_at_once_and_in_any_order() -> None:
    facts = facts_of(CASES)
    state = derive(facts, visits(len(CASES)), trace=True)
    for n, case in enumerate(CASES):
        check(case, state.strict.row(n, named=True))
    order = random.Random(1).sample(range(len(facts.answers)), len(facts.answers))
    mixed = derive(replace(facts, answers=facts.answers[order]), visits(len(CASES)), trace=True)
    assert_frame_equal(mixed.strict, state.strict)
    assert_frame_equal(mixed.problems, state.problems)
    assert state.trace is not None
    assert mixed.trace is not None
    assert_frame_equal(mixed.trace, state.trace)
    assert state.diary is not None
    assert mixed.diary is not None
    assert_frame_equal(mixed.diary, state.diary)


def test_the_trace_names_the_answers_behind_a_value() -> None:
    case = {"answers": [[90, "checkin/pain", 3], [97, "checkin/pain", 1], [97, "checkin/weight", 60]],
            "measured": [[0, "weight", 66]]}  # fmt: skip
    trace = derive(facts_of([case]), visits(1), trace=True).trace
    assert trace is not None
    of = {feature: set(sources) for feature, sources in trace.group_by("feature").agg("source").iter_rows()}
    assert of["symptom_pain"] == {"p0:97:checkin/pain:1"}
    assert of["weight_loss_percent"] == {"p0:97:checkin/weight:60", "p0:0:weight"}


def test_the_diary_of_each_visit_holds_what_was_known_then() -> None:
    facts = facts_of([{"answers": [[90, "checkin/pain", 1], [97, "checkin/pain", 3], [97, "checkin/weight", 60]]}])
    at = pl.DataFrame({"person": ["p0", "p0", "p0"], "as_of": [day(89), day(95), day(99)]})
    found = derive(facts, at, trace=True).diary
    assert found is not None
    assert found.select("row", "item", "answer", "kind").rows() == [
        (1, "pain", 1, "first"), (2, "pain", 1, "first"), (2, "pain", 3, "severe"),
    ]  # fmt: skip
    alone = derive(facts, at).diary
    assert alone is not None
    assert alone.equals(found), "with a trace or without"
    assert derive(facts_of([{}]), visits(1), trace=True).diary is None


def test_an_answer_without_a_day_is_known_and_not_followed() -> None:
    facts = facts_of([{"answers": [[90, "checkin/pain", 2]]}])
    undated = facts.answers.with_columns(date=pl.lit(None, pl.Date), date_precision=pl.lit(None))
    undated = undated.cast({"date_precision": facts.answers["date_precision"].dtype})
    state = derive(replace(facts, answers=undated), visits(1), trace=True)
    assert state.strict["symptom_pain"].to_list() == [2]
    assert state.diary is None
    assert state.problems.select("severity", "what").rows() == [
        ("note", "pain: without its day an answer is not followed over time")
    ]


def test_every_feature_of_the_subject_has_a_case() -> None:
    asked = {name for case in CASES for name, value in case["is"].items() if value is not None}
    families = {by_name()[name].family for name in asked} - {None}
    rest = {f.name for f in by_name().values() if f.subject == "wellbeing" and f.family is None}
    assert families == {"symptom", "sign"}
    assert rest <= asked


ASKED = st.sampled_from(["checkin/pain", "checkin/nausea", "checkin/fever", "checkin/working", "checkin/distress",
                         "checkin/weight", "phq_9/total", "phq_9/9", "mst/weight", "mst/appetite"])  # fmt: skip
ANSWERS = st.lists(st.tuples(st.integers(30, 105), ASKED, st.sampled_from([0, 1, 2, 60])), max_size=25)


@settings(max_examples=25, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_a_person_alone_is_the_person_among_others_in_any_order(people: list[list[Any]], rng: random.Random) -> None:
    """And a feature of which nothing was answered is not known: never 0, never no."""
    facts = facts_of([{"answers": answers} for answers in people])
    mixed = replace(facts, answers=facts.answers[rng.sample(range(len(facts.answers)), len(facts.answers))])
    together = derive(mixed, visits(len(people))).strict
    alone = [derive(facts, visits(len(people))[n : n + 1]).strict for n in range(len(people))]
    assert_frame_equal(pl.concat(alone), together)
    of = {"checkin/pain": ["symptom_pain"], "checkin/fever": ["sign_fever"], "checkin/working": ["working"],
          "checkin/nausea": ["symptom_nausea"]}  # fmt: skip
    for n, answers in enumerate(people):
        asked = {row[1] for row in answers}
        silent = [feature for key, features in of.items() if key not in asked for feature in features]
        assert [together[feature][n] for feature in silent] == [None] * len(silent)
