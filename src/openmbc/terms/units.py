"""Units of laboratory values and vital signs to the canonical unit of their concept."""

from __future__ import annotations

from functools import cache

from openmbc.terms.tables import rows

Linear = tuple[float, float]

_SPELLINGS = str.maketrans({"µ": "u", "μ": "u", "×": "x", "·": ".", "⁹": "9", "³": "3", "²": "2", "^": "*", " ": None})
# Where a number without a unit has one sensible reading. A share of at most 1 may be a fraction or a percentage.
_BARE = frozenset({"{score}", "{INR}", "{mutations}/Mb", "[pH]"})
_SHARES = frozenset({"er_percent", "pr_percent", "ki67", "lvef"})


def convert(concept: str, value: float, unit: str | None) -> tuple[float, str] | None:
    """The value in the canonical unit of its concept, and that unit.

    None when the concept is not known, the unit does not convert, or it is missing and the number alone
    could be read in more than one way.
    """
    canonical = _canonical().get(concept)
    if canonical is None:
        return None
    if unit is None or not unit.strip():
        bare = canonical in _BARE or (concept in _SHARES and (value == 0 or value > 1))
        return (value, canonical) if bare else None
    if unit == canonical:
        return value, canonical
    linear = _linear(concept, canonical, unit)
    return None if linear is None else (value * linear[0] + linear[1], canonical)


def linear(concept: str, unit: str) -> Linear | None:
    """Factor and offset from a unit to the canonical unit of a concept; None where `convert` gives None."""
    canonical = _canonical().get(concept)
    if canonical is None or not unit.strip():
        return None
    return (1.0, 0.0) if unit == canonical else _linear(concept, canonical, unit)


def canonical(concept: str) -> str | None:
    """The canonical unit of a concept of `labs.csv`; None when it has none."""
    return _canonical().get(concept)


def plausible(concept: str) -> Linear | None:
    """The lowest and highest value that a living person can have, in the canonical unit; None when not known."""
    return _limits().get(concept)


def _linear(concept: str, canonical: str, unit: str) -> Linear | None:
    """Factor and offset to the canonical unit."""
    spelled = plain(unit)
    factors = _factors()
    for scope in (concept, ""):
        if (found := factors.get((scope, spelled, canonical))) is not None:
            return found
    return (1.0, 0.0) if spelled == plain(canonical) else None


def plain(unit: str) -> str:
    """A unit to compare: ``10^9 / L`` -> ``10*9/l``, ``x10E3/µL`` -> ``10*3/ul``."""
    name = unit.translate(_SPELLINGS).lower()
    if name.startswith("x10"):
        name = name[1:]
    if name[:2] == "10" and name[2:3] == "e":
        name = f"10*{name[3:]}"
    return name.replace("10**", "10*")


@cache
def _canonical() -> dict[str, str]:
    return {row["concept"]: row["unit"] for row in rows("labs")}


@cache
def _limits() -> dict[str, Linear]:
    return {row["concept"]: (float(row["low"]), float(row["high"])) for row in rows("labs")}


@cache
def _factors() -> dict[tuple[str, str, str], Linear]:
    """By concept (empty: any), unit and canonical unit."""
    return {
        (row["concept"], plain(row["unit"]), row["canonical"]): (float(row["factor"]), float(row["offset"] or 0))
        for row in rows("units")
    }
