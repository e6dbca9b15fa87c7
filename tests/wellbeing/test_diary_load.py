"""How often the team is told, on a few of the invented diaries of the bench, and that nothing planted is missed."""

from __future__ import annotations

import pytest
from bench.diary import LIKE, PLANTED, Load, diaries, load


@pytest.fixture(scope="module")
def loads() -> dict[str, Load]:
    return {like: load(diaries(300, like)) for like in LIKE}


def test_nothing_that_was_planted_is_missed(loads: dict[str, Load]) -> None:
    for found in loads.values():
        assert found.planted == 75
        assert found.missed == {}


def test_every_kind_of_emergency_is_planted() -> None:
    assert set(diaries(300, "STAR").planted["what"]) == set(PLANTED)


def test_the_diaries_are_as_bad_as_those_of_the_trials(loads: dict[str, Load]) -> None:
    """STAR: a message in 13 of 100 weeks, PRO-TECT in 37 (the abstract that the bench cites). 300 people vary by 5."""
    assert loads["STAR"].as_in_trials == pytest.approx(0.13, abs=0.05)
    assert loads["PRO-TECT"].as_in_trials == pytest.approx(0.37, abs=0.05)


def test_the_team_is_told_in_less_than_15_of_100_where_grades_are_as_strict_as_in_star(loads: dict[str, Load]) -> None:
    found = loads["STAR"]
    assert found.told < 0.15
    assert found.told < found.as_in_trials + 0.02  # signs are told as well, which the trials did not ask


def test_what_is_known_takes_a_third_of_the_messages_away_where_people_are_very_ill(loads: dict[str, Load]) -> None:
    found = loads["PRO-TECT"]
    assert found.told < 0.7 * found.unsuppressed
