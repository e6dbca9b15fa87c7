"""Whose numbers an option may show: those of the arm that it was, and never of a mixture."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from openmbc.guidance.profile import Profile
from openmbc.knowledge import load
from openmbc.knowledge.model import Checked, Cited, Evidence, Harm, Regimen, Result

CHECKED = Checked(on=dt.date(2026, 11, 1), against=["s"])


def trial(control: str, outcome: str) -> Evidence:
    """New drug 10 months and 30 of 100 with nausea; the other arm 6 months and 12."""
    return Evidence(
        name="T", phase="3", randomised=True, population="all", n=100, experimental="new", control=control,
        results=[Result(endpoint="overall survival", population="all", unit="months", experimental=10, control=6,
                        hr=0.6, ci=(0.4, 0.8), source="s", where="p. 1")],
        harms=[Harm(effect="nausea", grade="any", experimental=30, control=12, source="s", where="p. 2")],
        outcome=outcome, checked=CHECKED,  # type: ignore[arg-type]
    )  # fmt: skip


def profile(arm: str, control: str = "old", outcome: str = "positive") -> Profile:
    option = Regimen(
        name="R", modality=["chemotherapy"], strength="standard", for_="pregnant", drugs=[], since={},
        because=[Cited(evidence="t", arm=arm, where="all")], checked=CHECKED,  # type: ignore[arg-type]
    )  # fmt: skip
    return Profile(option, replace(load(), evidence={"t": trial(control, outcome)}))


@pytest.mark.parametrize(
    ("arm", "months", "nausea", "against"),
    [("experimental", (10, 6), (30, 12), "old"), ("control", (6, 10), (12, 30), "new")],
)
def test_numbers_are_those_of_its_arm(arm: str, months: object, nausea: object, against: str) -> None:
    gain, share = profile(arm).gain("overall survival"), profile(arm).share("nausea", "any")
    assert gain is not None
    assert share is not None
    assert ((gain.value, gain.other), (share.value, share.other)) == (months, nausea)
    assert gain.given.against == against
    assert share.text == f"{share.value:g} of 100 people (T{', as the comparison' if arm == 'control' else ''})"


def test_the_comparison_gained_nothing_from_the_new_drug() -> None:
    assert profile("experimental").survival_gain is not None
    assert profile("control").survival_gain is None


def test_a_second_endpoint_of_a_failed_trial_is_no_gain() -> None:
    """Capecitabine against CMF: survival was longer, the primary endpoint was not met."""
    assert profile("experimental", outcome="negative").survival_gain is None


@pytest.mark.parametrize("profile", [profile("neither"), profile("control", "capecitabine, eribulin or vinorelbine")])
def test_numbers_of_others_are_not_its_own(profile: Profile) -> None:
    assert profile.gain("overall survival") is None
    assert profile.share("nausea", "any") is None
