"""Conditions in words: what is asked, and what was seen."""

from __future__ import annotations

from openmbc.catalogue import Feature, by_name
from openmbc.criteria.nodes import All, AnyOf, Leaf, Node, Not

_UNIT_WORDS = {
    "{ULN}": "x ULN",
    "{score}": "",
    "{mutations}/Mb": "mutations/Mb",
    "lines": "",
    "[IU]/L": "IU/L",
    "{count}": "",
    "{grade}": "",
}


def unit_words(unit: str | None) -> str:
    """A unit as it is read, without UCUM's brackets."""
    return _UNIT_WORDS.get(unit or "", unit or "")


def say(node: Node) -> str:
    """The condition as a phrase: "HER2 is low or ultralow and no visceral crisis"."""
    match node:
        case Leaf():
            return say_leaf(node)
        case Not(Leaf() as leaf):
            return _denied(leaf)
        case Not(part):
            return f"not ({say(part)})"
        case All(parts):
            return " and ".join(_inside(p) for p in parts) or "always"
        case AnyOf(parts):
            return " or ".join(_inside(p) for p in parts) or "never"


def absent(label: str) -> str:
    """The denial of a yes/no feature: "no heart failure", "not taking an anticoagulant"."""
    if label.startswith("taking "):
        return f"not {label}"
    if label.startswith("the "):
        return f"not {label}"
    return f"no {label.removeprefix('an ').removeprefix('a ')}"


def _inside(node: Node) -> str:
    bracketed = isinstance(node, All | AnyOf) and len(node.parts) > 1
    return f"({say(node)})" if bracketed else say(node)


def say_leaf(leaf: Leaf) -> str:
    """One test as a phrase."""
    feature = by_name()[leaf.feature]
    if feature.kind == "bool":
        return feature.label if leaf.values[0] else absent(feature.label)
    if leaf.values:
        return f"{feature.label} {' or '.join(value_words(feature, v) for v in leaf.values)}"
    return f"{feature.label} {_bounds(leaf)} {unit_words(feature.unit)}".strip()


def _denied(leaf: Leaf) -> str:
    feature = by_name()[leaf.feature]
    if feature.kind == "bool":
        return feature.label if not leaf.values[0] else absent(feature.label)
    if leaf.values:
        return f"{feature.label} not {' or '.join(value_words(feature, v) for v in leaf.values)}"
    return f"{feature.label} not {_bounds(leaf)} {unit_words(feature.unit)}".strip()


def _bounds(leaf: Leaf) -> str:
    low = "" if leaf.low is None else f"{'at least' if leaf.low_inside else 'above'} {leaf.low:g}"
    high = "" if leaf.high is None else f"{'at most' if leaf.high_inside else 'below'} {leaf.high:g}"
    return " and ".join(part for part in (low, high) if part)


def value_words(feature: Feature, value: object) -> str:
    """A value as it is read: "low positive", "yes", "2.1"."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if value in feature.coarse:
        return f"{value} (not stated whether {' or '.join(feature.coarse[str(value)])})".replace("_", " ")
    return str(value).replace("_", " ")


def text_of(feature: Feature, value: object) -> str:
    """A feature with its value in words: "HER2 low", "neutrophils 2.1 10*9/L", "no bone metastases"."""
    if value is None:
        return f"{feature.label}: not known"
    if feature.kind == "bool":
        return feature.label if value else absent(feature.label)
    unit = unit_words(feature.unit) if feature.kind in ("number", "integer") else ""
    words = f"{value:.1f}" if unit == "months" else value_words(feature, value)
    scored = feature.subject == "wellbeing" and feature.unit in ("{score}", "{grade}")
    named = f"{feature.label}:" if scored else feature.label  # "distress, 0 to 10: 9"
    return f"{named} {words} {unit}".strip()
