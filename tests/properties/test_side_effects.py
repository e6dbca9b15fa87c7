"""Invariants of side effects: order, company, time, and what a missing grade may do."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.facts import Facts, build
from openmbc.guidance.side_effects import asked, effects_of
from openmbc.knowledge import load
from openmbc.state import derive

KNOWLEDGE = load()
DAY = dt.date(2026, 11, 15)
START = dt.date(2026, 8, 1)
DRUGS = ("abemaciclib", "capecitabine")
_DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2026, 11, 30))
_REPORT = st.tuples(
    st.none() | _DAYS,
    st.sampled_from(["diarrhoea", "rash", "neutropenia", "pneumonitis"]),
    st.none() | st.integers(0, 4),
    st.none() | st.sampled_from(["ended", "going_on"]),
    st.none() | st.sampled_from(DRUGS),
)
Report = tuple[dt.date | None, str, int | None, str | None, str | None]


def facts(reports: Sequence[Report], *, person: str = "p", start: dt.date = START) -> Facts:
    given_ = [
        (person, f"t{n}", start, "day", None, None, drug, "drug", "running", "metastatic", *[None] * 6, "code")
        for n, drug in enumerate(DRUGS)
    ]
    rows = [
        (person, f"s{n}", date, "day" if date else None, None, None, status, effect, grade, None, drug, None, "code")
        for n, (date, effect, grade, status, drug) in enumerate(reports)
    ]
    return build({"people": [(person, "p", None, None, "female", None)], "treatments": given_, "side_effects": rows})


def state(of: Facts, days: Sequence[dt.date] = (DAY,)) -> pl.DataFrame:
    person = of.people["person"][0]
    return derive(of, pl.DataFrame({"person": [person] * len(days), "as_of": list(days)})).strict


@settings(deadline=None, max_examples=40)
@given(st.lists(_REPORT, max_size=6), st.integers())
def test_the_order_of_reports_does_not_matter(reports: list[Report], seed: int) -> None:
    shuffled = random.Random(seed).sample(reports, len(reports))
    assert state(facts(reports)).equals(state(facts(shuffled)))


@settings(deadline=None, max_examples=40)
@given(st.lists(_REPORT, max_size=5), _DAYS, _DAYS)
def test_two_days_together_are_two_days_apart(reports: list[Report], one: dt.date, two: dt.date) -> None:
    known = facts(reports)
    assert state(known, (one, two)).equals(pl.concat([state(known, (one,)), state(known, (two,))]))


@settings(deadline=None, max_examples=60)
@given(st.lists(_REPORT, max_size=6))
def test_a_grade_now_is_one_that_was_reported(reports: list[Report]) -> None:
    found = state(facts(reports))
    for effect in {effect for _, effect, *_ in reports}:
        grade = found[f"side_effect_{effect}"][0]
        seen = {g for date, e, g, *_ in reports if e == effect and (date is None or date <= DAY)}
        assert grade is None or grade in seen or (grade == 0 and any(s == "ended" for *_, s, _ in reports))


@settings(deadline=None, max_examples=60)
@given(st.lists(_REPORT, max_size=6))
def test_without_a_grade_nothing_is_changed(reports: list[Report]) -> None:
    ungraded = [(date, effect, None, status, drug) for date, effect, _, status, drug in reports]
    events = state(facts(ungraded))["side_effects"][0]
    done = asked(effects_of(events if events is not None else [], (), KNOWLEDGE), KNOWLEDGE)
    assert not done.ends
    assert not done.changes


@settings(deadline=None, max_examples=40)
@given(st.lists(_REPORT, max_size=6))
def test_a_drug_that_began_after_all_of_it_is_no_cause_unless_blamed(reports: list[Report]) -> None:
    dated = [r for r in reports if r[0] is not None and r[4] is None]
    events = state(facts(dated, start=dt.date(2026, 12, 1)), (dt.date(2026, 12, 2),))["side_effects"][0]
    assert all(event["drug"] is None for event in (events if events is not None else []))


@settings(deadline=None, max_examples=60)
@given(st.lists(_REPORT, max_size=6))
def test_the_treatment_ends_only_where_one_cause_says_stop(reports: list[Report]) -> None:
    events = state(facts(reports))["side_effects"][0]
    found = effects_of(events if events is not None else [], (), KNOWLEDGE)
    done = asked(found, KNOWLEDGE)
    stops = [e for e in found if len(e.causes) == 1 and any(r.do == "stop" for r in e.causes[0].rules)]
    assert not done.ends or stops
    assert not done.changes or done.said
