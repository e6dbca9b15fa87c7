"""The state of the demo people does not depend on the order of facts, on the others, or on later facts."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace
from polars.testing import assert_frame_equal

from openmbc.facts import Facts, build, concat, schema
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.state import assume, derive

PEOPLE = [read(path) for path in sorted(DEMO.glob("*.yaml"))]
EVERYBODY = concat(PEOPLE)
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2027, 1, 1))


def at(facts: Facts, day: dt.date) -> pl.DataFrame:
    return facts.people.select("person", pl.lit(day).alias("as_of"))


def shuffled(facts: Facts, rng: random.Random) -> Facts:
    def mixed(table: pl.DataFrame) -> pl.DataFrame:
        return table[rng.sample(range(len(table)), len(table))] if len(table) else table

    return Facts(**{f.name: mixed(getattr(facts, f.name)) for f in fields(Facts)})


@settings(max_examples=10, deadline=None)
@given(st.integers(), DAYS)
def test_the_order_of_facts_does_not_matter(seed: int, day: dt.date) -> None:
    visits = at(EVERYBODY, day)
    expected = derive(EVERYBODY, visits, trace=True)
    found = derive(shuffled(EVERYBODY, random.Random(seed)), visits, trace=True)
    assert_frame_equal(found.strict, expected.strict)
    assert_frame_equal(found.problems, expected.problems)
    assert found.trace is not None
    assert expected.trace is not None
    assert_frame_equal(found.trace, expected.trace)


@settings(max_examples=5, deadline=None)
@given(DAYS)
def test_a_person_alone_is_the_person_among_others(day: dt.date) -> None:
    together = derive(EVERYBODY, at(EVERYBODY, day)).strict
    alone = pl.concat([derive(person, at(person, day)).strict for person in PEOPLE])
    assert_frame_equal(alone, together)


@settings(max_examples=5, deadline=None)
@given(DAYS, DAYS)
def test_one_person_at_two_dates_is_two_people(one: dt.date, two: dt.date) -> None:
    both = derive(EVERYBODY, pl.concat([at(EVERYBODY, one), at(EVERYBODY, two)])).strict
    apart = pl.concat([derive(EVERYBODY, at(EVERYBODY, day)).strict for day in (one, two)])
    assert_frame_equal(both, apart)


@settings(max_examples=5, deadline=None)
@given(DAYS)
def test_facts_of_the_future_are_not_seen(day: dt.date) -> None:
    known = Facts(
        **{
            f.name: table.filter(pl.col(column).is_null() | (pl.col(column) <= day))
            if (column := {"treatments": "start"}.get(f.name, "date")) in (table := getattr(EVERYBODY, f.name)).columns
            else table
            for f in fields(Facts)
        }
    )
    visits = at(EVERYBODY, day)
    assert_frame_equal(derive(known, visits).strict, derive(EVERYBODY, visits).strict)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.people["person"][0])
def test_assuming_fills_only_what_was_null(person: Facts) -> None:
    strict = derive(person, at(person, dt.date(2026, 11, 15))).strict
    filled = assume(strict)
    for column in strict.columns:
        known = strict[column].is_not_null()
        assert filled[column].filter(known).equals(strict[column].filter(known))


@pytest.mark.parametrize(("status", "running"), [("running", 2), ("ended", 1), ("unknown", None)])
def test_a_drug_of_which_it_is_not_known_whether_it_runs_leaves_the_number_open(
    status: str, running: int | None
) -> None:
    dated = {"start": dt.date(2025, 2, 1), "start_precision": "day", "setting": "metastatic", "kind": "drug"}
    given_ = [("letrozole", "running"), ("palbociclib", status)]
    treatments = pl.DataFrame(
        [{"person": "p", "source": drug, "treatment": drug, "status": said, **dated} for drug, said in given_],
        schema_overrides=schema("treatments"),
    )
    empty = build({"people": [("p", None, None, None, "female", None)]})
    facts = replace(empty, treatments=pl.concat([empty.treatments, treatments], how="diagonal"))
    strict = derive(facts, at(facts, dt.date(2026, 11, 15))).strict
    assert strict["drugs_running"].to_list() == [running]
    assert assume(strict)["drugs_running"].to_list() == [running]
