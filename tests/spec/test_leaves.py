"""What each kind of leaf means, with its words, and what cannot be written."""

from __future__ import annotations

import polars as pl
import pytest

from openmbc.catalogue import by_name
from openmbc.criteria import CriteriaError, Program, parse, say
from openmbc.criteria.kleene import WORDS
from openmbc.state.build import dtype

CASES = [
    # condition, words, {value: truth}
    (
        {"her2": ["low", "ultralow"]},
        "HER2 ultralow or low",
        {"low": True, "ultralow": True, "zero": False, "positive": False, "negative": None, None: None},
    ),
    (
        {"her2": ["zero", "ultralow", "low"]},
        "HER2 zero or ultralow or low",
        {"negative": True, "positive": False, "zero": True, None: None},
    ),
    ({"her2": "positive"}, "HER2 positive", {"negative": False, "positive": True}),
    (
        {"pik3ca": "altered"},
        "PIK3CA altered",
        {"present": None, "altered": True, "uncertain": False, "not_found": False},
    ),
    ({"ecog": {"at_most": 2}}, "ECOG performance status at most 2", {0: True, 2: True, 3: False, None: None}),
    ({"ecog": [0, 1]}, "ECOG performance status 0 or 1", {0: True, 2: False, None: None}),
    ({"qtcf": {"above": 480}}, "QTcF above 480 ms", {480.0: False, 480.5: True, None: None}),
    (
        {"neutrophils": {"between": [0.5, 1.0]}},
        "neutrophils at least 0.5 and at most 1 10*9/L",
        {0.5: True, 1.0: True, 1.01: False, 0.49: False},
    ),
    ("visceral_crisis", "visceral crisis", {True: True, False: False, None: None}),
    ({"visceral_crisis": False}, "no visceral crisis", {True: False, False: True, None: None}),
    ({"not": "visceral_crisis"}, "no visceral crisis", {True: False, False: True, None: None}),
    ({"not": {"her2": "low"}}, "HER2 not low", {"low": False, "negative": None, "positive": True}),
]


@pytest.mark.parametrize(("condition", "words", "answers"), CASES, ids=lambda c: str(c)[:40])
def test_leaf(condition: object, words: str, answers: dict[object, bool | None]) -> None:
    node = parse(condition)
    assert say(node) == words
    program = Program([node])
    (name,) = program.features
    state = pl.DataFrame([pl.Series(name, list(answers), dtype(by_name()[name]))])
    assert [WORDS[value] for value in program.run(state)[program.at(node)]] == list(answers.values())


BAD = [
    ({"her": "positive"}, "there is no feature 'her'", "her2"),
    ({"her2": "lo"}, "'her2' has no value 'lo'", "low"),
    ({"ecog": {"atmost": 2}}, "'ecog' is a number", "at_most"),
    ({"visceral_crisis": "maybe"}, "yes or no", ""),
    ({"all": []}, "'all' needs a list", ""),
    ({"er": "positive", "pr": "positive"}, "a condition is one feature", "own list item"),
    ({"stage": "IV"}, "text and cannot be tested", ""),
]


@pytest.mark.parametrize(("condition", "what", "hint"), BAD, ids=lambda c: str(c)[:40])
def test_what_cannot_be_written(condition: object, what: str, hint: str) -> None:
    with pytest.raises(CriteriaError) as raised:
        parse(condition, "$.for")
    assert what in str(raised.value)
    assert hint in str(raised.value)
    assert raised.value.place.startswith("$.for")
