"""The calendar of tests: cases with their arithmetic, and what must hold of any record.

Each ``*.yaml`` is a list of cases: ``record`` is a case file in short, ``expect`` names tests (`terms/tests.csv`) with
status, days and who asks; ``text`` is a part of the sentence, null says that the test has no line. Every case runs
alone and among all the others.
"""

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

from openmbc import terms
from openmbc.facts import Facts, concat, frame
from openmbc.guidance.monitoring import STATUSES, calendar, upcoming
from openmbc.guidance.schedule import schedule
from openmbc.knowledge import load
from openmbc.records import read
from openmbc.records.case import read_case
from openmbc.records.demo import DEMO
from openmbc.report import build
from openmbc.state import assume, derive

HERE = Path(__file__).parent
KNOWLEDGE = load()
PEOPLE = [read(path) for path in sorted(DEMO.glob("*.yaml"))]
EVERYBODY = concat(PEOPLE)
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2027, 6, 1))


class _Text(yaml.SafeLoader):
    """Dates and yes/no stay text, as in a case file; null is null."""


_Text.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _cases() -> list[dict[str, Any]]:
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=_Text):
            assert case["source"], case["name"]
            found.append(case | {"person": f"{file.stem}-{len(found)}"})
    return found


CASES = _cases()


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> list[Facts]:
    folder = tmp_path_factory.mktemp("monitoring")
    made = []
    for case in CASES:
        path = folder / f"{case['person']}.yaml"
        text = yaml.safe_dump({"person": case["person"], **case["record"]}, sort_keys=False)
        path.write_text(text.replace("'", "").replace('"', ""), encoding="utf-8")
        made.append(read_case(path))
    return made


def lines(facts: Facts, visits: pl.DataFrame, region: str = "us") -> pl.DataFrame:
    """The lines of visits, with the person."""
    state = derive(facts, visits)
    found = calendar(assume(state.strict), state.times, schedule(KNOWLEDGE, region)).lines  # type: ignore[arg-type]
    return found.with_columns(person=visits["person"].gather(found["row"]))


def at(facts: Facts, day: dt.date) -> pl.DataFrame:
    return facts.people.select("person", as_of=pl.lit(day))


def _check(case: dict[str, Any], found: pl.DataFrame) -> None:
    by_test = {row["what"]: row for row in found.iter_rows(named=True)}
    for what, wanted in case["expect"].items():
        assert what in terms.tests(), what
        if wanted is None:
            assert what not in by_test, by_test[what]
            continue
        line = by_test[what]
        for key, value in wanted.items():
            seen = line[key]
            if key == "text":
                assert value in seen
            else:
                assert (seen.isoformat() if isinstance(seen, dt.date) else seen) == value, (what, line)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[c["name"] for c in CASES])
def test_case(number: int, facts: list[Facts]) -> None:
    case = CASES[number]
    assert not facts[number].problems.filter(pl.col("severity") == "error").height
    visit = at(facts[number], dt.date.fromisoformat(case["as_of"]))
    _check(case, lines(facts[number], visit, case.get("region", "us")))


def test_all_cases_together(facts: list[Facts]) -> None:
    for region in ("us", "eu"):
        mine = [c for c in CASES if c.get("region", "us") == region]
        random.Random(3).shuffle(mine)
        visits = pl.DataFrame(
            {"person": [c["person"] for c in mine], "as_of": [dt.date.fromisoformat(c["as_of"]) for c in mine]}
        )
        found = lines(concat(facts), visits, region)
        for case in mine:
            _check(case, found.filter(pl.col("person") == case["person"]))


def test_every_status_is_met_by_a_case() -> None:
    met = {w["status"] for c in CASES for w in c["expect"].values() if w and "status" in w}
    assert met == set(STATUSES)


@settings(max_examples=8, deadline=None)
@given(st.integers(), DAYS)
def test_order_of_facts_and_other_people_change_nothing(seed: int, day: dt.date) -> None:
    rng = random.Random(seed)
    parts = {n: getattr(EVERYBODY, n) for n in ("observations", "treatments", "variants", "conditions")}
    mixed = replace(EVERYBODY, **{n: t[rng.sample(range(len(t)), len(t))] for n, t in parts.items()})
    together = lines(mixed, at(EVERYBODY, day)).drop("row")
    alone = pl.concat([lines(person, at(person, day)).drop("row") for person in PEOPLE])
    assert_frame_equal(together, alone)


@settings(max_examples=8, deadline=None)
@given(DAYS)
def test_an_unrelated_fact_changes_nothing(day: dt.date) -> None:
    kim = next(p for p in PEOPLE if p.people["person"][0] == "kim")
    cells = {"person": "kim", "source": "x", "date": dt.date(2024, 1, 1), "date_precision": "day",
             "concept": "temperature", "value": 36.8, "unit": "Cel", "by": "code"}  # fmt: skip
    row = tuple(cells.get(name) for name in kim.observations.columns)
    more = replace(kim, observations=pl.concat([kim.observations, frame("observations", [row])]))
    assert_frame_equal(lines(more, at(kim, day)), lines(kim, at(kim, day)))


@settings(max_examples=25, deadline=None)
@given(DAYS, st.integers(0, 400), st.integers(1, 200), st.sampled_from(sorted(terms.tests())))
def test_a_later_result_never_makes_a_test_more_overdue(day: dt.date, ago: int, later: int, what: str) -> None:
    """Of two results of a test the newer one alone never leads to a more urgent line than the older one alone."""
    first = day - dt.timedelta(days=ago)
    urgency = []
    for done in (first, min(day, first + dt.timedelta(days=later))):
        state = derive(EVERYBODY, at(EVERYBODY, day))
        others = state.times.filter((pl.col("kind") != "test") | (pl.col("name") != what))
        mine = state.strict.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), kind=pl.lit("test"), name=pl.lit(what),
            date=pl.lit(done), latest=pl.lit(done), source=pl.lit("x"),
        )  # fmt: skip
        found = calendar(assume(state.strict), pl.concat([others, mine]), schedule(KNOWLEDGE, "us")).lines
        urgency.append(
            {
                r["row"]: (STATUSES.index(r["status"]), r["due_on"])
                for r in found.iter_rows(named=True)
                if r["what"] == what
            }
        )
    by_day = range(STATUSES.index("next") + 1)
    for row, (status, due) in urgency[0].items():
        newer, next_due = urgency[1][row]
        if status in by_day and newer in by_day:
            assert newer >= status
            assert next_due >= due


def test_upcoming_days_grow_and_stay_in_the_window() -> None:
    day = dt.date(2026, 11, 15)
    state = derive(EVERYBODY, at(EVERYBODY, day))
    found = upcoming(assume(state.strict), state.times, schedule(KNOWLEDGE, "us"), 183)
    assert found["day"].min() >= day
    assert found["day"].max() <= day + dt.timedelta(days=183)
    assert not found.select("row", "what", "day").is_duplicated().any()
    assert found.group_by("row", "what").len()["len"].max() > 3


def test_a_report_gives_each_line_its_reasons_and_sources() -> None:
    made = build(next(p for p in PEOPLE if p.people["person"][0] == "jo"), dt.date(2026, 11, 15), KNOWLEDGE)
    assert made.calendar
    for line in made.calendar:
        assert line.reasons
        assert all(reason.source and reason.when and reason.why for reason in line.reasons)
    ranks = [STATUSES.index(line.status) for line in made.calendar if line.status != "not_known"]
    assert ranks == sorted(ranks)
