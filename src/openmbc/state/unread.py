"""Changes of genes that were not understood, or that contradict their gene, as problems for the reader."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.state.visits import computed
from openmbc.variants import read_change

_KEYS = ["gene", "change"]
_ASK = "Ask the laboratory, or correct the spelling."


class _Problem(NamedTuple):
    """What is wrong with one change as written."""

    severity: str | None = None
    what: str | None = None
    todo: str | None = None


_READ = dict.fromkeys((*_KEYS, *_Problem._fields), pl.String())


def unread(variants: pl.DataFrame) -> list[pl.LazyFrame]:
    """A problem for each change that was found and not understood as written, in the columns of `facts.PROBLEMS`.

    Empty where all were understood, as they mostly are. Of a gene that is not known the reader of the record has said
    so. ``variants`` are those known at the visits.
    """
    found, columns = _found()
    rows = variants.lazy().filter(found).select("person", "source", *_KEYS)
    (asked,) = computed(rows.select(_KEYS).unique())
    wrong = [(*of, *problem) for of in asked.iter_rows() if (problem := _problem(*of)).what is not None]
    if not wrong:
        return []
    return [rows.join(pl.LazyFrame(wrong, _READ, orient="row"), on=_KEYS).select(columns)]


@cache
def _found() -> tuple[pl.Expr, list[pl.Expr]]:
    """Which variants were found with a named change, and the columns of a problem."""
    there = pl.col("gene").is_not_null() & pl.col("change").is_not_null()
    columns = [pl.col(name).cast(kind) for name, kind in PROBLEMS.items()]
    return there & ~pl.col("result").is_in(["absent", "studied"]), columns


@lru_cache(maxsize=50_000)
def _problem(gene: str, change: str) -> _Problem:
    """What was misread opens nothing; where only the effect is not told, the class of the report decides."""
    read = read_change(change, gene)
    if not read.problems:
        return _Problem()
    said = " ".join(read.problems).removesuffix(".")
    only_told = not read.misread and read.kind != "unknown"
    outcome = "" if only_told else "; the change is not judged" if not read.misread else "; it opens no treatment"
    return _Problem("note" if only_told else "warning", f"{gene} '{change}': {said}{outcome}", _ASK)
