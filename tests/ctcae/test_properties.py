"""A row's answer depends on that row alone; a worse value never has a lower grade; units of one kind agree."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.ctcae import grade
from openmbc.ctcae.tables import VERSIONS, listed
from openmbc.terms import plausible

NUMBERS = st.none() | st.floats(0.01, 2000, allow_nan=False).map(lambda number: float(f"{number:.3g}"))
VALUES = st.none() | st.builds(
    lambda sign, number: f"{sign}{number}", st.sampled_from(["", "", "<", ">", "<=", "≥"]), st.floats(0.01, 3000)
)
TESTS = [*sorted({term.name for term in listed("5")} | {term.lab for term in listed("6")}), "nonsense", None, "2160-0"]
UNITS = [None, "", "mmol/L", "mg/dL", "g/L", "U/L", "10*9/L", "/uL", "furlong"]
ROW = st.tuples(st.sampled_from(TESTS), VALUES, st.sampled_from(UNITS), NUMBERS, NUMBERS, NUMBERS)
SCHEMA = {"test": pl.String, "value": pl.String, "unit": pl.String} | dict.fromkeys(
    ("lower", "upper", "baseline"), pl.Float64
)
VERSION = st.sampled_from(VERSIONS)
PRINTED = [(version, term) for version in VERSIONS for term in listed(version) if term.rules]
MULTIPLES = [printed for printed in PRINTED if not printed[1].units]  # the others are tried in both units by the bounds


def table(rows):
    return pl.DataFrame(rows, SCHEMA, orient="row")


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8), VERSION, st.randoms(), st.booleans())
def test_order_and_company_change_nothing(rows, version, random, worst_case):
    alone = [grade(table([row]), version, worst_case=worst_case).rows() for row in rows]
    order = list(range(len(rows)))
    random.shuffle(order)
    together = grade(table([rows[i] for i in order]), version, worst_case=worst_case).rows()
    assert together == [answer for i in order for answer in alone[i]]


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8), VERSION)
def test_grades_are_known_or_have_a_reason(rows, version):
    for row in grade(table(rows), version).iter_rows(named=True):
        assert (row["grade"] is None) == (row["reason"] is not None) == (row["criterion"] is None)
        assert row["grade"] is None or (row["term"] is not None and 0 <= row["grade"] <= 4)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PRINTED), st.data())
def test_a_worse_value_never_has_a_lower_grade(printed, data):
    version, term = printed
    low, high = plausible(term.lab)
    within = st.floats(max(low, 0.01), min(high, 2000))
    unit = term.units[0] if term.units else None
    limits = sorted(data.draw(st.tuples(within, within)))
    baseline = data.draw(st.none() | within)
    values = sorted(data.draw(st.lists(within, min_size=2, max_size=6)), reverse=not term.high)
    worst_case = data.draw(st.booleans())
    rows = [(term.name, str(value), unit, *limits, baseline) for value in values]
    grades = grade(table(rows), version, worst_case=worst_case)["grade"].drop_nulls().to_list()
    assert grades == sorted(grades)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PRINTED), st.data())
def test_learning_a_number_never_overturns_a_grade(printed, data):
    version, term = printed
    low, high = plausible(term.lab)
    within = st.floats(max(low, 0.01), min(high, 2000))
    unit = term.units[0] if term.units else None
    limits = sorted(data.draw(st.tuples(within, within)))
    known = (*limits, data.draw(within))
    value = str(data.draw(within | st.sampled_from(known)))
    hidden = data.draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    some = tuple(None if hide else number for number, hide in zip(known, hidden, strict=True))
    less, more = (grade(table([(term.name, value, unit, *numbers)]), version)["grade"][0] for numbers in (some, known))
    assert less is None or less == more


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MULTIPLES), st.data(), st.sampled_from([0.001, 10.0, 1000.0]))
def test_multiples_do_not_depend_on_the_unit(printed, data, factor):
    version, term = printed
    within = st.floats(1, 100)
    limits = sorted(data.draw(st.tuples(within, within)))
    numbers = (*limits, data.draw(within))
    value = data.draw(within | st.sampled_from(numbers).map(lambda number: 3 * number))
    rows = [(term.name, str(value * times), None, *(number * times for number in numbers)) for times in (1.0, factor)]
    first, second = grade(table(rows), version)["grade"]
    assert first == second


@pytest.mark.parametrize(("version", "term"), PRINTED, ids=lambda value: getattr(value, "name", value))
def test_powers_of_ten_are_the_same_system(version, term):
    """10*9/L and /uL, g/L and g/dL: every bound is met on the same side."""
    pairs = {"10*9/L": ("/uL", 1000), "g/L": ("g/dL", 0.1), "mmol/L": ("mmol/L", 1), "mL/min": ("L/min", 0.001)}
    for rule in term.rules:
        if rule.of != "number" or rule.unit not in pairs:
            continue
        unit, times = pairs[rule.unit]
        rows = [(term.name, str(rule.number * k), rule.unit, None, None, None) for k in (0.999, 1, 1.001)]
        other = [(name, str(float(value) * times), unit, *rest) for name, value, _, *rest in rows]
        assert grade(table(rows), version)["grade"].to_list() == grade(table(other), version)["grade"].to_list()
