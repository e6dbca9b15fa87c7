"""A diary in a plain table (CSV): answers of the check-in, one a row."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from openmbc.catalogue import WISHES
from openmbc.facts import PROBLEMS, TABLES
from openmbc.records import checkin
from openmbc.records.tables import LINE, Kind, read_table

_READ: dict[str, Kind] = {"person": "text", "date": "date", "item": "text", "answer": "text", "note": "text"}
_OPTIONAL = ("person", "note")
# What a diary may hold beside answers, because the form of the check-in asks it: it belongs to the table of wishes.
_WISHES = ("goal", "question", "trade_off", "important_date")
_PRIORITY = re.compile(r"priority[._]([1-9])")
_IMPORTANT = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)[ :,]+(\S.*)")
_UNDERSTOOD = {"key": pl.String, "value": pl.Float64, "text": pl.String, "what": pl.String, "todo": pl.String}


def read_diary(file: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of ``answers`` (person is null where the file has none), and the problems. Raises `RecordError`.

    What is not understood is kept as text and is a problem with its line; a row without an answer says nothing. A note
    beside an answer is a row of its own.
    """
    rows, problems = read_table(file, _READ, _OPTIONAL)
    rows = rows.with_columns(pl.format(f"{file.name}:{{}}", LINE).alias("source"))
    pairs = rows.select("item", "answer").unique()
    made = pl.DataFrame([_understood(*pair) for pair in pairs.iter_rows()], schema=_UNDERSTOOD, orient="row")
    known = rows.join(pairs.hstack(made), on=["item", "answer"], how="left", nulls_equal=True, maintain_order="left")
    wrong = known.filter(pl.col("what").is_not_null()).select(
        pl.col(name) if dtype != PROBLEMS["severity"] else pl.lit("error", dtype).alias(name)
        for name, dtype in PROBLEMS.items()
    )
    notes = known.filter(pl.col("note").is_not_null()).with_columns(
        pl.lit(checkin.NOTE).alias("key"), pl.lit(None, pl.Float64).alias("value"), pl.col("note").alias("text")
    )
    answers = pl.concat([known.filter(pl.col("text").is_not_null()), notes]).sort(LINE, maintain_order=True)
    return answers.select(_columns()), pl.concat([problems, wrong])


def _wish(item: str) -> str | None:
    """The item, where it belongs to the wishes: ``goal``, ``priority.1``; None for what the check-in asks."""
    name = item.strip().lower()
    ranked = _PRIORITY.fullmatch(name)
    return f"priority.{ranked[1]}" if ranked else name if name in _WISHES else None


def _wrong(wish: str, answer: str | None) -> tuple[str | None, str]:
    """What is wrong with the answer to it, and what to do."""
    if answer is None:
        return None, ""
    if wish == "important_date" and not _IMPORTANT.fullmatch(answer):
        return f"the important date '{answer}' is not understood", "Write a date and what it is: 2027-05-08 wedding."
    if wish.startswith("priority") and answer not in WISHES:
        return f"the priority '{answer}' is not understood", f"Write one of: {', '.join(WISHES)}."
    return None, ""


def wishes_apart(answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The answers of a diary, and apart from them what belongs to the table ``wishes``."""
    of_wishes = pl.col("item").is_in(_WISHES) | pl.col("item").str.starts_with("priority.")
    told = of_wishes.fill_null(False)  # an answer that names no item stays an answer
    rows = answers.filter(told)
    head = rows.select(*_HEAD)
    important = pl.col("text").str.extract(_IMPORTANT.pattern, 1)
    what = pl.col("text").str.extract(_IMPORTANT.pattern, 2)
    ranked, dated = pl.col("item").str.starts_with("priority."), pl.col("item") == "important_date"
    made = rows.select(
        wish=pl.when(ranked).then(pl.lit("priority")).otherwise("item"),
        value=pl.when(ranked).then(pl.col("item").str.tail(1)).when(dated).then(important),
        text=pl.when(dated).then(pl.coalesce(what, "text")).otherwise("text"),
    )
    whole = pl.concat([head, made], how="horizontal")
    known = whole.filter((pl.col("wish") == "priority") & pl.col("text").is_in(list(WISHES)))
    wished = known.with_columns(wish="text", value=pl.lit("yes"))
    return answers.filter(~told), pl.concat([whole, wished]).select(*TABLES["wishes"])


_HEAD = ("person", "source", "date", "date_precision")


def _columns() -> list[pl.Expr]:
    day = pl.when(pl.col("date").is_not_null()).then(pl.lit("day")).cast(TABLES["answers"]["date_precision"])
    made = {
        "date_precision": day,
        "instrument": pl.lit(checkin.INSTRUMENT),
        "item": pl.col("key"),
    }
    return [made.get(name, pl.col(name)).alias(name) for name in TABLES["answers"]]


def _understood(item: str | None, answer: str | None) -> tuple[str | None, float | None, str | None, str | None, str]:
    """The key of an item, the number and text of its answer, and what is wrong with it."""
    if item is None:
        what = None if answer is None else f"the answer '{answer}' names no item"
        return None, None, answer, what, "Write what was asked."
    if (wish := _wish(item)) is not None:
        return (wish, None, answer, *_wrong(wish, answer))
    key = checkin.item_of(item)
    if key is None:
        return item, None, answer or "", f"'{item}' is not asked in the check-in", checkin.nearest(item)
    if key not in checkin.ITEMS:
        return key, None, answer, None, ""
    found = checkin.read(key, answer)
    what, todo = found.wrong or (None, "")
    return key, found.value, answer if found.value is not None or what else None, what, todo
