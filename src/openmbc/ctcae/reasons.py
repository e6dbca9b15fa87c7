"""Why a result has no grade, and what is wrong with it, in words."""

from __future__ import annotations

from openmbc.ctcae.values import WRONG, Why

WORDS = {
    Why.UNREADABLE: "the value is not a number",
    Why.NEGATIVE: "the value is negative",
    Why.NO_VALUE: "the value is missing",
    Why.IMPOSSIBLE: "nobody can have this value in this unit",
    Why.NO_UNIT: "the unit is missing",
    Why.RANGE: "the normal range contradicts itself",
    Why.NO_UPPER: "the upper limit of normal is missing",
    Why.NO_LOWER: "the lower limit of normal is missing",
    Why.BASELINE: "the value before treatment is not above zero",
    Why.NO_BASELINE: "the value before treatment is missing",
    Why.NOT_FASTING: "whether the person was fasting is not known",
    Why.ONLY_A_BOUND: "the value is only a bound, on both sides of which grades differ",
}
TODO = {
    Why.UNREADABLE: "Write digits with a point for decimals, such as 12.5 or <0.5.",
    Why.NEGATIVE: "Correct the value.",
    Why.IMPOSSIBLE: "Correct the value or the unit.",
    Why.RANGE: "Write the lower limit below the upper one, both above zero.",
    Why.BASELINE: "Correct the value before treatment, or leave it out.",
}
IMPOSSIBLE = WORDS[Why.IMPOSSIBLE]
_NOT_A_VALUE = Why.UNREADABLE | Why.NEGATIVE | Why.IMPOSSIBLE


def reason(why: int) -> str:
    """The reason for an empty grade: ``the upper limit of normal and the value before treatment are missing``."""
    found = Why(why)
    if found & _NOT_A_VALUE:
        found &= _NOT_A_VALUE
    elif found & Why.NO_VALUE:
        found = Why.NO_VALUE
    if found & Why.RANGE:
        found &= ~(Why.NO_UPPER | Why.NO_LOWER)
    if found & Why.BASELINE:
        found &= ~Why.NO_BASELINE
    return "; ".join(words for bit, words in WORDS.items() if found & bit)


def wrong(why: int) -> list[tuple[str, str]]:
    """What is wrong with a result, each with what to do."""
    found = Why(why) & WRONG
    return [(WORDS[bit], todo) for bit, todo in TODO.items() if found & bit]
