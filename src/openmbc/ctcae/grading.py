"""Grades for a table of results. A row's answer depends on that row alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.ctcae.evaluate import Evaluator, Graded
from openmbc.ctcae.naming import Asked, Pair, asked, of_concepts
from openmbc.ctcae.reasons import reason
from openmbc.ctcae.tables import NO_GRADE, Version
from openmbc.ctcae.values import NUMBERS, numbers
from openmbc.errors import InputError

COLUMNS = ("test", "value")
OPTIONAL = ("unit", *NUMBERS)
MADE = ("term", "grade", "reason", "ctcae", "criterion")

_SLICE = 500_000  # rows at a time: what is worked on stays small and warm, however many are asked

_FEW = 1000  # rows


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
    read, key = full(labs), ("test", "unit")
    found = {(test, unit): asked(test, unit, version) for test, unit in read.select(key).unique().iter_rows()}
    return _Grading(key, found, version, worst_case).of(labs, read, ends=False)


def grade_concepts(labs: pl.DataFrame, version: Version, *, worst_case: bool = False) -> pl.DataFrame:
    """Grades of results that are read already, as the facts hold them; a row for each term of a concept.

    ``labs`` has the columns ``concept`` (of terms/labs.csv), ``value``, ``low``, ``high`` (the normal range) and
    ``baseline`` (Float64, all in the canonical unit of the concept); perhaps ``detail`` (``fasting`` with glucose) and
    ``comparator`` (as in `rules.COMPARATORS`, null for none). Concepts without a CTCAE term have no row.

    The columns of ``labs``, ``term``, ``grade``, ``reason``, ``ctcae`` and ``criterion`` as in `grade`, and ``lowest``
    and ``highest`` (Int8): the grades between which the answer lies, equal when graded, null when there is no value.
    """
    detail = pl.col("detail") if "detail" in labs.columns else pl.lit(None, pl.String).alias("detail")
    read = labs.select(pl.col("concept").fill_null(""), detail.fill_null(""), *_NUMBERS)
    given = labs["comparator"].drop_nulls() if "comparator" in labs.columns else pl.Series(dtype=pl.String)
    if len(given) and given.ne("").any():
        read = read.with_columns(value=labs["comparator"].fill_null("") + read["value"].cast(pl.String))
    return _of_concepts(version, worst_case).of(labs, read, ends=True)


_NUMBERS = [
    pl.when(pl.col("value").is_finite()).then("value"),
    pl.col("low").alias("lower"),
    pl.col("high").alias("upper"),
    pl.col("baseline"),
]


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


@cache
def _of_concepts(version: Version, worst_case: bool) -> _Grading:
    """The rules for every concept, with its detail; made once."""
    return _Grading(("concept", "detail"), of_concepts(version), version, worst_case)


class _Grading:
    """The rules for what results ask for; ``found``: the terms of each pair of words in the columns ``key``."""

    def __init__(
        self, key: tuple[str, str], found: Mapping[Pair, Sequence[Asked]], version: Version, worst_case: bool
    ) -> None:
        self._key, self._version = key, version
        self._listed = [one for terms in found.values() for one in terms]
        places = iter(range(len(self._listed)))
        self._places = {pair: [next(places) for _ in terms] for pair, terms in found.items()}
        self._refused = np.array([bool(one.why) for one in self._listed], dtype=bool)
        self._terms = pl.Series([one.term.name if one.term else None for one in self._listed], dtype=pl.String)
        self._evaluator = Evaluator(self._listed, worst_case)
        self._criteria = pl.Series([None, *self._evaluator.criteria], dtype=pl.String)

    def of(self, labs: pl.DataFrame, read: pl.DataFrame, *, ends: bool) -> pl.DataFrame:
        """The rows of ``labs``, once for each term that they ask for, with the grades; a slice at a time.

        ``read``: the same rows with the columns of the key, value, lower, upper and baseline.
        """
        parts = [
            self._part(labs.slice(start, _SLICE), read.slice(start, _SLICE), ends)
            for start in range(0, max(labs.height, 1), _SLICE)
        ]
        return pl.concat(parts, rechunk=False)

    def _part(self, labs: pl.DataFrame, read: pl.DataFrame, ends: bool) -> pl.DataFrame:
        rows, asked = self._asked(read) if read.height > _FEW else self._asked_by_few(read)
        results, row = numbers(read), rows.to_numpy().astype(np.intp)
        found = self._evaluator.grades(results, row, asked)
        said = self._said(found, asked)
        return labs[rows].hstack([*said, *_ends(found, results.value[row])] if ends else said)

    def _asked(self, read: pl.DataFrame) -> tuple[pl.Series, npt.NDArray[np.int32]]:
        """Each row, once for each term that it asks for, with the place of the term."""
        words = [
            pl.Series(name, column, read.schema[name])
            for name, column in zip(self._key, zip(*self._places, strict=True), strict=True)
        ]
        of_key = pl.LazyFrame([*words, pl.Series("asked", list(self._places.values()), pl.List(pl.Int32))])
        keyed = read.lazy().select(self._key).with_row_index("row")
        expanded = (
            keyed.join(of_key, on=self._key, how="left", nulls_equal=True, maintain_order="left")
            .select("row", "asked")
            .explode("asked")
            .filter(pl.col("asked").is_not_null())
            .collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())
        )
        return expanded["row"], expanded["asked"].to_numpy()

    def _asked_by_few(self, read: pl.DataFrame) -> tuple[pl.Series, npt.NDArray[np.int32]]:
        """The same. To look up a few rows costs a tenth of starting a join."""
        pairs = enumerate(zip(*(read[name].to_list() for name in self._key), strict=True))
        found = [(row, place) for row, pair in pairs for place in self._places.get(pair, ())]
        rows, asked = [row for row, _ in found], [place for _, place in found]
        return pl.Series("row", rows, pl.UInt32), np.array(asked, np.int32)

    def _said(self, found: Graded, place: npt.NDArray[np.int32]) -> list[pl.Series]:
        """The columns that are added. Texts are places in a short list: with millions of rows, numbers are faster."""
        listed, criteria = self._listed, self._evaluator.criteria
        refused = self._refused[place]
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
            _picked(self._terms, place).alias("term"),
            _grades(found.lowest, settled).alias("grade"),
            _picked(pl.Series(reasons, dtype=pl.String), why).alias("reason"),
            pl.Series("ctcae", [self._version], pl.String).new_from_index(0, place.size),
            _picked(self._criteria, np.where(settled, 1 + found.criterion, 0)).alias("criterion"),
        ]


def _ends(found: Graded, value: npt.NDArray[np.float64]) -> list[pl.Series]:
    ends, known = {"lowest": found.lowest, "highest": found.highest}, ~np.isnan(value)
    return [_grades(end, known & (end != NO_GRADE)).alias(name) for name, end in ends.items()]


_GRADES = pl.Series([None, 0, 1, 2, 3, 4, 5], dtype=pl.Int8)


def _grades(grade: npt.NDArray[np.int8], where: npt.NDArray[np.bool_]) -> pl.Series:
    """Grades as a column, null where not ``where``."""
    return _picked(_GRADES, np.where(where, 1 + grade, 0))


def _picked(of: pl.Series, places: npt.NDArray[np.integer]) -> pl.Series:
    return of[pl.Series(places, dtype=pl.UInt32)]
