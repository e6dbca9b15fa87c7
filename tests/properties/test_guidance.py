"""What must hold for every person, whatever is known: drawn states, all of the knowledge."""

from __future__ import annotations

import random

import naive
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from states import states, value

from openmbc.catalogue import FEATURES, by_name
from openmbc.criteria.kleene import TRUE
from openmbc.guidance import VERDICTS, evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.knowledge import load
from openmbc.state import assume

PLAN = plan(load())
SEEDS = st.integers(min_value=0, max_value=2**32)
KNOWN = st.sampled_from([0.05, 0.3, 0.6, 0.9, 1.0])
QUICK = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
UNSUITABLE = VERDICTS.index("unsuitable")


def drawn(seed: int, known: float, people: int = 20) -> pl.DataFrame:
    return states(random.Random(seed), people, known)


@QUICK
@given(SEEDS, KNOWN)
def test_columns_agree_with_the_naive_reading(seed: int, known: float) -> None:
    state = assume(drawn(seed, known))
    table = options_table(state, evaluate(state, PLAN))
    by_option = {o.id: o for o in PLAN.options}
    people = {row["person"]: row for row in state.iter_rows(named=True)}
    for row in table.iter_rows(named=True):
        option, person = by_option[row["option"]], people[row["person"]]
        expected = naive.verdict(option, person)
        assert row["verdict"] == expected, (option.id, person["person"])
        missing = naive.missing(option, person) if expected == "needs_information" else set()
        check = naive.open_features(option.contraindicated, person) if expected != "unsuitable" else set()
        assert (set(row["missing"]), set(row["check_first"])) == (missing, check), option.id


@QUICK
@given(SEEDS, KNOWN)
def test_a_person_does_not_depend_on_the_others_or_on_order(seed: int, known: float) -> None:
    state = assume(drawn(seed, known))
    together = evaluate(state, PLAN)
    order = random.Random(seed).sample(range(len(state)), len(state))
    shuffled = evaluate(state[order], PLAN)
    alone = [evaluate(state[i : i + 1], PLAN) for i in range(3)]
    for part in ("truth", "verdict", "now", "unclear"):
        assert np.array_equal(getattr(shuffled, part), getattr(together, part)[:, order])
        assert np.array_equal(np.hstack([getattr(one, part) for one in alone]), getattr(together[:3], part))


@QUICK
@given(SEEDS, st.sampled_from([0.05, 0.3, 0.6]))
def test_information_only_narrows(seed: int, known: float) -> None:
    """Strict: fill any unknown with any value. Unsuitable stays; what fitted falls only by `check_first`."""
    rng = random.Random(seed)
    before = drawn(seed, known)
    was = options_table(before, evaluate(before, PLAN))
    features = [f for f in FEATURES if f.kind != "text"]
    for feature in rng.sample(features, 6) + [by_name()[n] for n in rng.sample(sorted(PLAN.features), 12)]:
        if feature.kind == "text":
            continue
        answer = pl.Series(feature.name, [value(feature, rng)], before.schema[feature.name])
        after = before.with_columns(pl.col(feature.name).fill_null(pl.lit(answer).first()))
        now = options_table(after, evaluate(after, PLAN))
        both = was.with_columns(now["verdict"].alias("then"))
        revived = both.filter((pl.col("verdict") == "unsuitable") & (pl.col("then") != "unsuitable"))
        assert revived.is_empty(), (feature.name, revived.row(0))
        settled = both.filter(
            pl.col("verdict").is_in(["recommended", "possible"]) & (pl.col("verdict") != pl.col("then"))
        )
        unnamed = settled.filter(~pl.col("check_first").list.contains(feature.name))
        assert unnamed.is_empty(), (feature.name, unnamed.row(0))


@QUICK
@given(SEEDS, st.sampled_from([0.3, 0.6]))
def test_without_strict_verdicts_change_only_by_what_was_open_or_assumed(seed: int, known: float) -> None:
    rng = random.Random(seed)
    strict = drawn(seed, known, people=10)
    silent = {f.name for f in FEATURES if f.silence == "absent"}
    was = options_table(assume(strict), evaluate(assume(strict), PLAN))
    for name in rng.sample(sorted(PLAN.features - silent), 12):
        answer = pl.Series(name, [value(by_name()[name], rng)], strict.schema[name])
        after = assume(strict.with_columns(pl.col(name).fill_null(pl.lit(answer).first())))
        both = was.with_columns(options_table(after, evaluate(after, PLAN))["verdict"].alias("then"))
        moved = both.filter(pl.col("verdict") != pl.col("then"))
        named = pl.col("missing").list.contains(name) | pl.col("check_first").list.contains(name)
        assert moved.filter(~named).is_empty(), (name, moved.filter(~named).row(0))


@QUICK
@given(SEEDS, KNOWN)
def test_no_hard_contraindication_is_ever_recommended(seed: int, known: float) -> None:
    state = assume(drawn(seed, known))
    verdicts = evaluate(state, PLAN)
    for option in PLAN.options:
        banned = verdicts.truth[PLAN.program.at(option.contraindicated)] == TRUE
        verdict = verdicts.verdict[option.position]
        assert (verdict[banned] == UNSUITABLE).all(), option.id
        for row in state.filter(pl.Series(verdict < UNSUITABLE)).iter_rows(named=True):
            for slot in option.slots:
                bans = [naive.truth(option.by_drug[d], row) for d in slot if d in option.by_drug]
                assert not bans or not all(b is True for b in bans) or len(bans) < len(slot), option.id


@QUICK
@given(SEEDS, KNOWN)
def test_everybody_gets_a_decision_and_a_way_on(seed: int, known: float) -> None:
    state = assume(drawn(seed, known))
    verdicts = evaluate(state, PLAN)
    decided = decide(state, verdicts)
    assert decided["now"].null_count() == 0
    assert (decided["because"].list.len() > 0).all(), decided.filter(pl.col("because").list.len() == 0)
    table = options_table(state, verdicts)
    open_ = table.filter(pl.col("verdict") != "unsuitable")["person"].unique()
    for row in pl.concat([state.select("disease"), decided], how="horizontal").iter_rows(named=True):
        if row["disease"] == "metastatic":
            assert row["person"] in open_ or row["missing"], row["person"]


@pytest.mark.parametrize("region", ["us", "eu"])
def test_nothing_is_offered_before_it_was_available(region: str) -> None:
    state, guide = assume(drawn(1, 0.9, people=50)), plan(load(), region)
    for year in (2010, 2016, 2021, 2024):
        then = state.with_columns(pl.date(year, 1, 1).alias("as_of"))
        # One of which it is not known whether it runs stays open; it is not offered.
        offered = options_table(then, evaluate(then, guide)).filter(
            pl.col("verdict").is_in(["recommended", "possible"]) & (pl.col("when") == "next")
        )
        for option in guide.options:
            since = option.since
            if since is None or since.year >= year:
                assert option.id not in offered["option"], (option.id, year)
