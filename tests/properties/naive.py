"""A deliberately naive reading of conditions and verdicts, one person at a time; lives only here."""

from __future__ import annotations

import datetime as dt

from openmbc.catalogue import by_name
from openmbc.criteria import All, AnyOf, Leaf, Node, Not
from openmbc.guidance.merit import RECOMMENDED
from openmbc.guidance.plan import OptionPlan

Truth = bool | None


def truth(node: Node, state: dict[str, object]) -> Truth:
    match node:
        case Leaf():
            return leaf_truth(node, state[node.feature])
        case Not(part):
            inner = truth(part, state)
            return None if inner is None else not inner
        case All(parts):
            values = [truth(p, state) for p in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts):
            values = [truth(p, state) for p in parts]
            return True if True in values else None if None in values else False


def leaf_truth(leaf: Leaf, value: object) -> Truth:
    if value is None:
        return None
    coarse = by_name()[leaf.feature].coarse
    if value in coarse:
        answers = {fine in leaf.values for fine in coarse[str(value)]}
        return answers.pop() if len(answers) == 1 else None
    if leaf.values:
        return value in leaf.values
    assert isinstance(value, int | float)
    low = leaf.low is None or value > leaf.low or (leaf.low_inside and value == leaf.low)
    high = leaf.high is None or value < leaf.high or (leaf.high_inside and value == leaf.high)
    return low and high


def open_features(node: Node, state: dict[str, object]) -> set[str]:
    """Features whose being unknown keeps the node unknown."""
    if truth(node, state) is not None:
        return set()
    match node:
        case Leaf():
            return {node.feature}
        case Not(part):
            return open_features(part, state)
        case All(parts) | AnyOf(parts):
            return set().union(*(open_features(p, state) for p in parts))


def verdict(option: OptionPlan, state: dict[str, object]) -> str:
    now = truth(option.running, state)
    on_sale = available(option, state)
    follows = truth(All(tuple(c.node for c in option.place)), state)
    place: Truth = True if True in (now, follows) else None if None in (now, follows) else False
    fits = truth(All(tuple(c.node for c in option.who)), state)
    indicated: Truth = False if False in (fits, place) else None if None in (fits, place) else True
    if indicated is False or truth(option.contraindicated, state) is True or (not on_sale and now is False):
        return "unsuitable"
    if indicated is None or (not on_sale and now is None):
        return "needs_information"
    return "recommended" if option.entry.strength in RECOMMENDED else "possible"


def available(option: OptionPlan, state: dict[str, object]) -> bool:
    return option.since is not None and option.since <= state["as_of"] < (option.until or dt.date.max)


def missing(option: OptionPlan, state: dict[str, object]) -> set[str]:
    """What keeps an option open; of one that is not on the market also whether it runs."""
    return open_features(option.indicated, state) | (
        set() if available(option, state) else open_features(option.running, state)
    )
