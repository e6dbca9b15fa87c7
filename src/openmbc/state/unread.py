"""Changes of genes that were not understood, or that contradict their gene, as problems for the reader."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.variants import read_change

_KEYS = ["gene", "change"]
_ASK = "Ask the laboratory, or correct the spelling."


class _Problem(NamedTuple):
    """What is wrong with one change as written."""

    severity: str | None = None
    what: str | None = None
    todo: str | None = None


_READ = dict.fromkeys(_Problem._fields, pl.String())


def unread(variants: pl.DataFrame) -> pl.LazyFrame:
    """A problem for each change that was found and not understood as written, in the columns of `facts.PROBLEMS`.

    Of a gene that is not known the reader of the record has said so. ``variants`` are those known at the visits.
    """
    there = pl.col("gene").is_not_null() & pl.col("change").is_not_null()
    found = variants.filter(there & ~pl.col("result").is_in(["absent", "studied"]))
    asked = found.select(_KEYS).unique()
    read = pl.DataFrame([_problem(*of) for of in asked.iter_rows()], _READ, orient="row")
    wrong = asked.hstack(read).filter(pl.col("what").is_not_null())
    columns = [pl.col(name).cast(kind) for name, kind in PROBLEMS.items()]
    return found.select("person", "source", *_KEYS).join(wrong, on=_KEYS).select(columns).lazy()


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
