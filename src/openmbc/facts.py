"""The shape of a record: nine long tables, one fact a row, each with the source it came from.

Readers fill these tables and nothing else; `state` reads nothing else. Dates are stored as the
first day of the period they name, with their precision beside them (``year``, ``month``, ``day``;
both null when undated). ``source`` is the resource (``Observation/er-1``) or file and line
(``anna.yaml:14``). ``by`` says how a fact was understood: from a ``code``, or from ``text`` only.

What a reader could not understand goes to ``problems``: nothing is dropped silently.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import msgspec
import polars as pl

Row = tuple[object, ...]
Columns = dict[str, pl.DataType | type[pl.DataType]]

PRECISION = pl.Enum(["year", "month", "day"])
BY = pl.Enum(["code", "text"])
SEVERITY = pl.Enum(["error", "warning", "note"])

_DATED: Columns = {"date": pl.Date, "date_precision": PRECISION}
_HEAD: Columns = {"person": pl.String, "source": pl.String}

TABLES: dict[str, Columns] = {
    # sex: female | male | null
    "people": _HEAD | {"birth": pl.Date, "birth_precision": PRECISION, "sex": pl.String, "death": pl.Date},
    # concept: breast_cancer, metastasis, or an illness of the catalogue; site: of a metastasis;
    # laterality: left | right | bilateral; status: active | remission | resolved | absent.
    # `absent` is an explicit "does not have", never silence.
    "conditions": _HEAD
    | _DATED
    | {
        "concept": pl.String,
        "site": pl.String,
        "laterality": pl.String,
        "histology": pl.String,
        "status": pl.String,
        "end": pl.Date,
        "text": pl.String,
        "by": BY,
    },
    # concept: er, her2_ihc, ecog, neutrophils, response, stage, menopausal_status ...
    # value in the canonical unit of the concept (terms/labs.csv); code: a coded answer (positive, 2+, IIB)
    # site: where the specimen was taken (primary, or a metastatic site); low, high: the normal range,
    # in the same unit; comparator: < <= > >= of a value that is only a bound
    "observations": _HEAD
    | _DATED
    | {
        "concept": pl.String,
        "value": pl.Float64,
        "unit": pl.String,
        "comparator": pl.String,
        "code": pl.String,
        "low": pl.Float64,
        "high": pl.Float64,
        "site": pl.String,
        "method": pl.String,
        "text": pl.String,
        "by": BY,
    },
    # result: present | absent | studied (was on the panel; nothing said); origin: germline | somatic
    # significance: pathogenic | likely_pathogenic | uncertain | likely_benign | benign
    # vaf: share of the reads with the variant, 0 to 1; specimen: plasma, or where the tissue was taken; assay: the name
    # of the test as the report has it; depth: reads at the place; lod: the smallest vaf that the test finds, 0 to 1
    "variants": _HEAD
    | _DATED
    | {
        "gene": pl.String,
        "change": pl.String,
        "origin": pl.String,
        "result": pl.String,
        "significance": pl.String,
        "vaf": pl.Float64,
        "specimen": pl.String,
        "assay": pl.String,
        "depth": pl.Int64,
        "lod": pl.Float64,
        "text": pl.String,
        "by": BY,
    },
    # treatment: an ingredient of terms/drugs.csv, or the name of a procedure (radiation, mastectomy)
    # kind: drug | radiation | surgery | procedure; status: running | ended | planned | not_taken | unknown
    # setting: neoadjuvant | adjuvant | metastatic; intent: curative | palliative; ended: why it ended
    # (progression | toxicity | completed | wish | cost | death | other); response: best response as stated
    "treatments": _HEAD
    | {
        "start": pl.Date,
        "start_precision": PRECISION,
        "end": pl.Date,
        "end_precision": PRECISION,
        "treatment": pl.String,
        "kind": pl.String,
        "status": pl.String,
        "setting": pl.String,
        "intent": pl.String,
        "ended": pl.String,
        "response": pl.String,
        "site": pl.String,
        "laterality": pl.String,
        "text": pl.String,
        "by": BY,
    },
    # role: target | non_target | new; assessment: present | absent | not_evaluable | ...
    "lesions": _HEAD
    | _DATED
    | {
        "lesion": pl.String,
        "role": pl.String,
        "site": pl.String,
        "node": pl.Boolean,
        "mm": pl.Float64,
        "assessment": pl.String,
    },
    "answers": _HEAD | _DATED | {"instrument": pl.String, "item": pl.String, "value": pl.Float64, "text": pl.String},
    "wishes": _HEAD | _DATED | {"wish": pl.String, "value": pl.String, "text": pl.String},
    # A side effect of treatment as reported, one row a report. effect: a key of the catalogue, null where the text is
    # not understood; grade: CTCAE 0 to 5, null where it is not stated (never 0); date: the day of the report;
    # status: going_on | ended | null; drug: the one that the record blames; version: of CTCAE, as stated
    "side_effects": _HEAD
    | _DATED
    | {
        "end": pl.Date,
        "end_precision": PRECISION,
        "status": pl.String,
        "effect": pl.String,
        "grade": pl.Int64,
        "version": pl.String,
        "drug": pl.String,
        "text": pl.String,
        "by": BY,
    },
}

# severity: error (a fact was not used), warning (facts disagree or look wrong), note (for the reader's information)
PROBLEMS: Columns = _HEAD | {
    "severity": SEVERITY,
    "what": pl.String,
    "todo": pl.String,
}


class Facts(msgspec.Struct, frozen=True):
    """The nine tables and the list of problems, for any number of people."""

    people: pl.DataFrame
    conditions: pl.DataFrame
    observations: pl.DataFrame
    variants: pl.DataFrame
    treatments: pl.DataFrame
    lesions: pl.DataFrame
    answers: pl.DataFrame
    wishes: pl.DataFrame
    side_effects: pl.DataFrame
    problems: pl.DataFrame


def schema(table: str) -> Columns:
    """Column names and dtypes of a table of the facts, or of ``problems``."""
    return PROBLEMS if table == "problems" else TABLES[table]


def columns(table: str) -> tuple[str, ...]:
    """Column names of a table, in the order in which readers give rows."""
    return tuple(schema(table))


def rows_of(table: pl.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns of one person's table, row by row: for a few rows, a select costs ten times as much."""
    return zip(*(table[name].to_list() for name in names), strict=True)


def frame(table: str, rows: Sequence[Row]) -> pl.DataFrame:
    """A table from rows in the order of `columns`.

    Dates may be ``datetime.date`` or ISO text of full length (``YYYY-MM-DD``). NaN becomes null.
    """
    if not rows:
        return _empty(table).clone()
    wanted = schema(table)
    # Slices of one flat list: with many rows, twice as fast as turning rows into columns with zip.
    flat, width = list(chain.from_iterable(rows)), len(wanted)
    if set(map(len, rows)) != {width}:
        raise ValueError(f"a row of {table} does not have {width} values")
    return pl.DataFrame([_column(name, of, flat[place::width]) for place, (name, of) in enumerate(wanted.items())])


def _column(name: str, dtype: pl.DataType | type[pl.DataType], values: list[object]) -> pl.Series:
    if dtype is pl.Date and any(isinstance(v, str) for v in values):
        return pl.Series(name, values, pl.String).str.to_date("%Y-%m-%d")
    if dtype is pl.Float64:
        numbers = pl.Series(name, values, pl.Float64)
        # A sum is a NaN only where one is among them, or infinities: asked in no time, `fill_nan` takes 0.1 ms.
        return numbers.fill_nan(None) if math.isnan(numbers.sum()) else numbers
    if isinstance(dtype, pl.Enum):
        return pl.Series(name, values, pl.String).cast(dtype)  # what Polars does, without its questions
    return pl.Series(name, values, dtype)


@cache
def _empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=schema(table))


def build(tables: Mapping[str, Sequence[Row]]) -> Facts:
    """`Facts` from rows by table name; tables not named are empty."""
    return Facts(**{name: frame(name, tables.get(name, ())) for name in Facts.__struct_fields__})


def concat(parts: Iterable[Facts]) -> Facts:
    """The facts of several readings as one."""
    listed = list(parts)
    return Facts(**{name: pl.concat([getattr(part, name) for part in listed]) for name in Facts.__struct_fields__})
