"""Measured values: in the unit of their concept, within what is possible, with their normal range."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import msgspec

from openmbc import terms
from openmbc.facts import Row, columns
from openmbc.records.fhir.answers import SCALES
from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.dates import Day
from openmbc.records.fhir.problems import NOT_USED
from openmbc.records.fhir.resources import Quantity, ReferenceRange

_CONCEPT = columns("observations").index("concept")  # then value, unit, and the rest

# Numbers without a unit that are no laboratory value.
_PURE = {
    "her2_ratio": "{ratio}",
    "her2_copies": "{copies}",
    "pneumonitis_grade": "{grade}",
    "metastases_count": "{count}",
    "brain_metastases_count": "{count}",
    "growing_metastases_count": "{count}",
}
_NO_UNIT = frozenset(
    {
        None,
        "",
        "1",
        "{ratio}",
        "{copies}",
        "{copies}/{cell}",
        "{ratio}/{cell}",
        "ratio",
        "copies/cell",
        "{count}",
        "{#}",
        "{grade}",
    }
)
_limits = lru_cache(maxsize=512)(terms.plausible)


class Frame(NamedTuple):
    """What is known about an observation before its value is read."""

    source: str
    day: Day
    concept: str
    site: str | None
    method: str | None
    by: str


class Scale(msgspec.Struct, frozen=True, gc=False):
    """How the number of one test in one unit becomes the value of a row, and between which limits it can be true."""

    factor: float
    offset: float
    least: float
    most: float


def scale_of(row: Row, quantity: Quantity) -> Scale | None:
    """The way from a quantity to the value of the row that was made of it; None where no such way is known."""
    concept, value, unit = str(row[_CONCEPT]), row[_CONCEPT + 1], row[_CONCEPT + 2]
    said = [u for u in (quantity.code or quantity.unit, quantity.unit) if u]
    linear = next((found for u in said if (found := terms.linear(concept, u)) is not None), None)
    if linear is None or not isinstance(unit, str) or quantity.value is None:
        return None
    least, most = _limits(concept) or (-math.inf, math.inf)
    number = quantity.value * linear[0] + linear[1]
    return Scale(*linear, least, most) if number == value and least <= number <= most else None


def measure(chart: Chart, frame: Frame, quantity: Quantity, ranges: tuple[ReferenceRange, ...] = ()) -> None:
    """One observation with a number. One that does not convert or cannot be true stays as text, with null value."""
    concept, value = frame.concept, quantity.value
    if value is None:
        return
    converted = convert(concept, quantity)
    if converted is None:
        _refuse(chart, frame, quantity, "cannot be converted", "its unit is not one of this test")
        return
    number, unit = converted
    limits = _limits(concept)
    if limits is not None and not limits[0] <= number <= limits[1]:
        possible = f"is outside what is possible ({limits[0]:g} to {limits[1]:g} {unit})"
        _refuse(chart, frame, quantity, possible, "")
        return
    low, high = _normal_range(concept, quantity, ranges) if ranges else (None, None)
    source, day, _, site, method, by = frame
    row = (
        chart.person,
        source,
        day[0],
        day[1],
        concept,
        number,
        unit,
        quantity.comparator,
        None,
        low,
        high,
        site,
        method,
    )
    chart.tables["observations"].append((*row, None, by))


def convert(concept: str, quantity: Quantity) -> tuple[float, str] | None:
    """Number and unit of the concept; None when the unit does not convert."""
    value, code, unit = quantity.value, quantity.code, quantity.unit
    if value is None:
        return None
    if concept in _PURE:
        return (value, _PURE[concept]) if (code or unit) in _NO_UNIT else None
    if concept in SCALES:
        return terms.convert(concept, value, None)
    converted = terms.convert(concept, value, code or unit)
    if converted is None and code and unit and unit != code:
        converted = terms.convert(concept, value, unit)
    return converted


def as_text(quantity: Quantity) -> str:
    """A quantity as it was written."""
    number = f"{quantity.comparator or ''}{quantity.value:g}" if quantity.value is not None else ""
    return f"{number} {quantity.unit or quantity.code or ''}".strip()


def _refuse(chart: Chart, frame: Frame, quantity: Quantity, why: str, detail: str) -> None:
    text = as_text(quantity)
    what = f"{frame.concept.replace('_', ' ')} {text} {why}" + (f": {detail}" if detail else "") + "; it is not used"
    chart.say(NOT_USED, what, frame.source)
    chart.observe(frame.source, frame.day, frame.concept, site=frame.site, method=frame.method, text=text, by=frame.by)


def _normal_range(
    concept: str, quantity: Quantity, ranges: tuple[ReferenceRange, ...]
) -> tuple[float | None, float | None]:
    """The normal range in the concept's unit, where the record gives just one."""
    usual = [r for r in ranges if _is_normal(r)]
    if len(usual) != 1:
        return None, None
    return _bound(concept, quantity, usual[0].low), _bound(concept, quantity, usual[0].high)


def _is_normal(given: ReferenceRange) -> bool:
    kind = given.type
    return kind is None or not kind.coding or kind.coding[0].code == "normal"


def _bound(concept: str, quantity: Quantity, bound: Quantity | None) -> float | None:
    """A bound without unit is in the unit of its value."""
    if bound is None or bound.value is None:
        return None
    if not (bound.code or bound.unit):
        bound = Quantity(bound.value, None, quantity.unit, quantity.code)
    converted = convert(concept, bound)
    return converted[0] if converted is not None else None
