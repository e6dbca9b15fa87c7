"""Grades for a table of results. A row's answer depends on that row alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.ctcae.evaluate import Evaluator, Graded
from openmbc.ctcae.naming import Asked, asked, of_concept
from openmbc.ctcae.reasons import reason
from openmbc.ctcae.tables import NO_GRADE, Version
from openmbc.ctcae.values import NUMBERS, numbers
from openmbc.errors import InputError

COLUMNS = ("test", "value")
OPTIONAL = ("unit", *NUMBERS)
MADE = ("term", "grade", "reason", "ctcae", "criterion")

_SLICE = 500_000  # rows at a time: what is worked on stays small and warm, however many are asked

Resolve = Callable[[str | None, str | None], list[Asked]]


def grade(labs: pl.DataFrame, version: Version, *, worst_case: bool = False) -> pl.DataFrame:
    """Each result with its CTCAE grade; a row for each term that the test stands for (low and high potassium).

    ``labs`` has the columns ``test`` (a laboratory test by name, concept of terms/labs.csv or LOINC code, or a CTCAE
    term), ``value`` (a number, or text such as ``<0.5``) and, where known, ``unit`` (text), ``lower`` and ``upper``
    (the normal range) and ``baseline`` (the person's value before treatment), the last three in the unit of the value.
    Other columns are kept as they are.

    Adds ``term`` (String), ``grade`` (Int8, 0 to 4; null: it cannot be graded), ``reason`` (String; null when graded),
    ``ctcae`` (the version) and ``criterion`` (the rule that was met). What CTCAE grades by symptoms is not claimed;
    with ``worst_case`` it is taken to be so. Raises `InputError` when a column is missing, or would be overwritten.
    """
    _check(labs)
    question = _Question(full(labs), ("test", "unit"), lambda test, unit: asked(test, unit, version), worst_case)
    return question.answer(labs, version, ends=False)


def grade_concepts(labs: pl.DataFrame, version: Version, *, worst_case: bool = False) -> pl.DataFrame:
    """Grades of results that are read already, as the facts hold them; a row for each term of a concept.

    ``labs`` has the columns ``concept`` (of terms/labs.csv), ``value``, ``low``, ``high`` (the normal range) and
    ``baseline`` (Float64, all in the canonical unit of the concept); perhaps ``detail`` (``fasting`` with glucose) and
    ``comparator`` (as in `rules.COMPARATORS`, null for none). Concepts without a CTCAE term have no row.

    The columns of ``labs``, ``term``, ``grade``, ``reason``, ``ctcae`` and ``criterion`` as in `grade`, and ``lowest``
    and ``highest`` (Int8): the grades between which the answer lies, equal when graded, null when there is no value.
    """
    absent = [pl.lit(None, pl.String).alias(n) for n in ("detail", "comparator") if n not in labs.columns]
    read = labs.lazy().with_columns(absent).rename({"low": "lower", "high": "upper"})
    read = read.with_columns(value=pl.when(pl.col("value").is_finite()).then("value"))
    given = labs["comparator"].drop_nulls() if "comparator" in labs.columns else pl.Series(dtype=pl.String)
    if len(given) and given.ne("").any():
        read = read.with_columns(value=pl.col("comparator").fill_null("") + pl.col("value").cast(pl.String))
    question = _Question(
        _at_once(read), ("concept", "detail"), lambda concept, detail: of_concept(concept, detail, version), worst_case
    )
    return question.answer(labs, version, ends=True)


def _check(labs: pl.DataFrame) -> None:
    for name in COLUMNS:
        if name not in labs.columns:
            raise InputError(f"there is no column '{name}'", todo="Name the columns as in docs/grading.md.")
    for name in MADE:
        if name in labs.columns:
            raise InputError(f"the column '{name}' is there already", todo="Rename it: the grades use this name.")


def full(labs: pl.DataFrame) -> pl.DataFrame:
    """The results with every column of `OPTIONAL`, null where they were not given."""
    absent = [name for name in OPTIONAL if name not in labs.columns]
    return labs.with_columns(pl.lit(None, pl.String if n == "unit" else pl.Float64).alias(n) for n in absent)


class _Question:
    """What a table of results asks for: the terms of each pair of words in ``key``, looked up once."""

    def __init__(self, labs: pl.DataFrame, key: tuple[str, str], resolve: Resolve, worst_case: bool) -> None:
        distinct = labs.select(key).unique()
        listed: list[Asked] = []
        places: list[list[int]] = []
        for first, second in distinct.iter_rows():
            found = resolve(first, second)
            places.append(list(range(len(listed), len(listed) + len(found))))
            listed.extend(found)
        self._labs, self._key, self._listed = labs, key, listed
        self._of_key = distinct.with_columns(pl.Series("asked", places, pl.List(pl.Int32)))
        self._evaluator = Evaluator(listed, worst_case)

    def answer(self, labs: pl.DataFrame, version: Version, *, ends: bool) -> pl.DataFrame:
        """The rows of ``labs``, once for each term that they ask for, with the grades; a slice at a time."""
        parts = [
            self._part(labs.slice(start, _SLICE), self._labs.slice(start, _SLICE), version, ends)
            for start in range(0, max(labs.height, 1), _SLICE)
        ]
        return pl.concat(parts, rechunk=False)

    def _part(self, labs: pl.DataFrame, full: pl.DataFrame, version: Version, ends: bool) -> pl.DataFrame:
        keyed = full.lazy().select(self._key).with_row_index("row")
        expanded = _at_once(
            keyed.join(self._of_key.lazy(), on=self._key, how="left", nulls_equal=True, maintain_order="left")
            .select("row", "asked")
            .explode("asked")
            .filter(pl.col("asked").is_not_null())
        )
        rows, places = expanded["row"], expanded["asked"]
        results = numbers(full)[rows].hstack([places])
        found = self._evaluator.grades(results)
        said = self._said(found, places.to_numpy(), version)
        return labs[rows].hstack([*said, *_ends(found, results["value"])] if ends else said)

    def _said(self, found: Graded, place: npt.NDArray[np.int32], version: Version) -> list[pl.Series]:
        """The columns that are added. Texts are places in a short list: with millions of rows, numbers are faster."""
        listed, criteria = self._listed, self._evaluator.criteria
        refused = np.array([bool(one.why) for one in listed], dtype=bool)[place]
        settled = (found.lowest == found.highest) & (found.lowest != NO_GRADE) & ~refused
        # Reasons, one after the other: none, those of what was asked, those of a value, criteria that give no grade.
        codes = np.bincount(found.why, minlength=1).nonzero()[0]
        of_code = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
        of_code[codes] = np.arange(codes.size)
        reasons = [None, *(one.why or None for one in listed), *(reason(int(c)) or None for c in codes), *criteria]
        first_code, first_criterion = 1 + len(listed), 1 + len(listed) + codes.size
        of_value = np.where(
            found.lowest == NO_GRADE, first_criterion + found.criterion, first_code + of_code[found.why]
        )
        why = np.where(settled, 0, np.where(refused, 1 + place, of_value))
        return [
            _picked([one.term.name if one.term else None for one in listed], place).alias("term"),
            pl.Series("grade", found.lowest).set(pl.Series(~settled), None),
            _picked(reasons, why).alias("reason"),
            pl.Series("ctcae", [version], pl.String).new_from_index(0, place.size),
            _picked([None, *criteria], np.where(settled, 1 + found.criterion, 0)).alias("criterion"),
        ]


def _at_once(table: pl.LazyFrame) -> pl.DataFrame:
    """A few steps together: of one person's results, starting each costs more than the step."""
    return table.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def _ends(found: Graded, value: pl.Series) -> list[pl.Series]:
    ends, no_value = {"lowest": found.lowest, "highest": found.highest}, np.isnan(value.to_numpy())
    return [pl.Series(n, end).set(pl.Series((end == NO_GRADE) | no_value), None) for n, end in ends.items()]


def _picked(texts: Sequence[str | None], places: npt.NDArray[np.integer]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)[pl.Series(places, dtype=pl.UInt32)]
