"""Support beside treatment: who is offered what, and which next step follows on which score."""

from __future__ import annotations

from typing import get_args

import pytest
from naive import truth

from openmbc.catalogue import by_name
from openmbc.criteria import parse
from openmbc.criteria.nodes import features
from openmbc.knowledge import load
from openmbc.knowledge.living import Advice, Support, Topic

SUPPORT: dict[str, Support] = load().support  # type: ignore[assignment]
NOTHING_KNOWN: dict[str, object] = dict.fromkeys(by_name())


def steps_on(topic: str, **known: object) -> list[Advice]:
    """The levels of a topic that hold for somebody of whom only this is known."""
    state = NOTHING_KNOWN | known
    return [a for a in SUPPORT[topic].levels if a.when is not None and truth(parse(a.when), state)]


def offered(topic: str, **known: object) -> bool:
    entry = SUPPORT[topic]
    return entry.for_ is None or bool(truth(parse(entry.for_), NOTHING_KNOWN | known))


def test_each_topic_has_one_entry() -> None:
    assert {name: entry.topic for name, entry in SUPPORT.items()} == {topic: topic for topic in get_args(Topic)}


# The last score of each band. Distress: 4 is the threshold (distress_cut_off_4_cosa_2012). PHQ-9: Kroenke and Spitzer
# 2002, with none and mild as one band (phq_9_table). GAD-7: 10 and 15 (gad_7_cut_points).
BANDS = {"distress": ("distress", [3, 7, 10]), "low_mood": ("phq_9", [9, 14, 19, 27]), "worry": ("gad_7", [9, 14, 21])}


@pytest.mark.parametrize("topic", BANDS)
def test_every_score_has_one_next_step(topic: str) -> None:
    score, last = BANDS[topic]
    expected = [sum(value > bound for bound in last) for value in range(last[-1] + 1)]
    for value, band in enumerate(expected):
        assert steps_on(topic, **{score: value}) == [SUPPORT[topic].levels[band]], f"{score} {value}"


@pytest.mark.parametrize("topic", BANDS)
def test_an_unknown_score_asks_for_no_step(topic: str) -> None:
    assert steps_on(topic) == []


def test_nobody_hears_of_prognosis_unless_they_ask() -> None:
    assert SUPPORT["prognosis"].offer == "asked"
    assert not offered("prognosis")
    assert not offered("prognosis", wish_prognosis=False)
    assert offered("prognosis", wish_prognosis=True)


def test_palliative_care_is_offered_to_all_and_says_what_it_is_not() -> None:
    """Early, beside treatment: ASCO 2024, recommendation 1."""
    entry = SUPPORT["palliative_care"]
    assert (entry.offer, entry.for_) == ("always", None)
    assert "It does not mean that your treatment stops. Both go on side by side." in [a.text for a in entry.is_not]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"symptom_pain": 3}, "A symptom is still hard"),
        ({"symptom_breathlessness": 4}, "A symptom is still hard"),
        ({"distress": 4}, "worry or sadness"),
        ({"symptom_low_mood": 2}, "worry or sadness"),
        ({"daily_life": 2}, "Daily life"),
        ({"ecog": 2}, "Daily life"),
        ({"wish_palliative_care": True}, "what may come"),
        ({"wish_no_more_treatment": True}, "what may come"),
    ],
)
def test_need_brings_palliative_care_sooner(known: dict[str, object], words: str) -> None:
    assert [words in step.text for step in steps_on("palliative_care", **known)] == [True]


@pytest.mark.parametrize("known", [{}, {"symptom_pain": 2}, {"distress": 3}, {"daily_life": 1}])
def test_without_need_the_offer_stands_alone(known: dict[str, object]) -> None:
    assert steps_on("palliative_care", **known) == []


@pytest.mark.parametrize(
    ("topic", "known"),
    [
        ("caregivers", "has_caregiver"),
        ("children", "has_children"),
        ("work", "working"),
        ("money", "money_worry"),
    ],
)
def test_asks_before_it_speaks_of_family_work_and_money(topic: str, known: str) -> None:
    assert features(parse(SUPPORT[topic].for_)) == (known,)
    assert offered(topic, **{known: True})
    assert not offered(topic, **{known: False})
    assert not offered(topic)
