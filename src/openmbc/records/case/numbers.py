"""Measured values: a number alone, ``0.9 mg/dL``, ``<5``, ``12 umol/L (3-21)`` or ``1.5 x ULN``."""

from __future__ import annotations

import re
from typing import NamedTuple

from openmbc import terms
from openmbc.catalogue import by_name
from openmbc.records.case.model import Quantity
from openmbc.records.case.sheet import Day, Path, Sheet
from openmbc.records.case.words import OTHER_UNITS, UNKNOWN, plain

_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE]-?\d{1,2})?"
_MEASURED = re.compile(
    rf"(?P<comparator>[<>]=?|[≤≥])?\s*(?P<value>{_NUMBER})\s*(?P<unit>(?:(?<=\s)(?=10)|(?![\d.,–-]))[^\s(][^(]*?)?\s*"
    rf"(?:\((?P<range>[^()]*)\))?\Z"
)
_RANGE = re.compile(rf"(?:normal\s*)?(?:(?P<low>{_NUMBER})\s*(?:-|–|to)\s*|<=?\s*|up to\s*)(?P<high>{_NUMBER})\s*\Z")
_PURE = (
    "her2_ratio",
    "her2_copies",
    "pneumonitis_grade",
    "metastases_count",
    "brain_metastases_count",
    "growing_metastases_count",
)  # numbers without a unit that are no laboratory value
_COMPARATORS = {"≤": "<=", "≥": ">="}
_LIMITS_OF_NORMAL = re.compile(r"[x×*]?\s*uln\Z", re.IGNORECASE)


class Measured(NamedTuple):
    """A value as written, before any conversion."""

    value: float
    comparator: str | None
    unit: str | None
    low: float | None
    high: float | None


def unit_of(concept: str) -> str | None:
    """The unit in which a number alone is read."""
    feature = by_name().get(concept)
    return feature.unit if feature else OTHER_UNITS.get(concept)


def read(raw: object) -> Measured | None:
    """What was written, or None when it is not a measured value."""
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, int | float):
        return Measured(float(raw), None, None, None, None)
    matched = _MEASURED.match(str(raw).strip())
    if not matched:
        return None
    within = _RANGE.match(matched["range"].strip()) if matched["range"] else None
    if matched["range"] and not within:
        return None
    comparator = matched["comparator"]
    return Measured(
        float(matched["value"]),
        _COMPARATORS.get(comparator, comparator),
        matched["unit"] or None,
        float(within["low"]) if within and within["low"] else None,
        float(within["high"]) if within else None,
    )


def measure(sheet: Sheet, path: Path, concept: str, raw: object, day: Day, **cells: object) -> None:
    """One observation in the unit of its concept.

    A value that cannot be read, converted or true stays as text with a null value, and is a problem.
    """
    if raw is None or plain(raw) in UNKNOWN:
        return
    text = _as_text(raw)
    measured = _from_map(raw) if isinstance(raw, Quantity) else read(raw)
    fields = cells | day.cells | {"text": text}
    if measured is None:
        sheet.error(path, f"{plain(concept)}: '{text}' is not a number with a unit", "Write it like 0.9 mg/dL.")
        sheet.add("observations", path, concept=concept, **fields)
        return
    if _LIMITS_OF_NORMAL.match(measured.unit or "") and f"{concept}_uln" in by_name():
        concept, measured = f"{concept}_uln", measured._replace(unit=None)
    value, unit, problem = _canonical(concept, measured)
    if problem:
        sheet.error(path, f"{plain(concept)} {text} {problem[0]}", f"{problem[1]} The value is not used.")
    low, high = (_bound(concept, bound, measured.unit or unit) for bound in (measured.low, measured.high))
    used = {"comparator": measured.comparator, "low": low, "high": high} if value is not None else {}
    sheet.add("observations", path, concept=concept, value=value, unit=unit, **used, **fields)


def _canonical(concept: str, measured: Measured) -> tuple[float | None, str | None, tuple[str, str] | None]:
    """Value and unit of a concept, and why the value cannot be used where it cannot."""
    unit = unit_of(concept)
    if concept.endswith("_uln") or concept in _PURE:
        converted: tuple[float, str] | None = (measured.value, unit or "")
    else:
        converted = terms.convert(concept, measured.value, measured.unit or unit)
    if converted is None:
        return None, None, (f"cannot be converted to {unit}", f"Write it in {unit}.")
    limits = terms.plausible(concept)
    if limits and not limits[0] <= converted[0] <= limits[1]:
        span = f"is outside what is possible ({limits[0]:g} to {limits[1]:g} {converted[1]})"
        return None, None, (span, "Check the number." if measured.unit else f"A number alone is in {unit}.")
    return *converted, None


def _bound(concept: str, bound: float | None, unit: str | None) -> float | None:
    converted = None if bound is None else terms.convert(concept, bound, unit)
    return converted[0] if converted else None


def _from_map(raw: Quantity) -> Measured | None:
    measured, low, high = read(raw.value), read(raw.low), read(raw.high)
    if measured is None:
        return None
    return measured._replace(
        unit=raw.unit or measured.unit,
        low=low.value if low else measured.low,
        high=high.value if high else measured.high,
    )


def _as_text(raw: object) -> str:
    if isinstance(raw, Quantity):
        return f"{raw.value} {raw.unit}" if raw.unit else str(raw.value)
    return str(raw)
