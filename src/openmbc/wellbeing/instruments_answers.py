"""Answers as people give them: which item each is of, one value for each item and day, and what is wrong with them."""

from __future__ import annotations

import msgspec
import polars as pl

from openmbc.errors import InputError
from openmbc.tabular import listed, placed, problem, with_source
from openmbc.wellbeing.instruments import Instrument

COLUMNS = ("person", "date", "item", "answer")


class Answers(msgspec.Struct, frozen=True):
    """Answers of one instrument.

    ``visits``: visit (UInt32), person, date: a row per person and day, sorted. ``values``: visit, item (UInt32: its
    place in ``Instrument.items``), value (Int64; null: not answered, or not usable), source (of its first row): a row
    per visit and item that the table has.
    """

    visits: pl.DataFrame
    values: pl.DataFrame
    problems: pl.DataFrame


def checked(answers: pl.DataFrame, of: Instrument) -> Answers:
    """The answers that count. ``answers`` has the columns `COLUMNS`, and ``source`` where rows have a name.

    An answer that is no whole number of the item's range, an item of another name and a row without person, date or
    item are errors; so are different answers to one item on one day, none of which counts. Equal ones count once.
    Raises `InputError` when a column is missing.
    """
    rows, unreadable = _typed(answers, of)
    rows, unplaced = placed(rows)
    rows, unknown = _with_item(rows, of)
    visits = rows.select("person", "date").unique().sort("person", "date").with_row_index("visit")
    named = rows.drop_nulls("item").join(visits, on=["person", "date"], how="left", maintain_order="left")
    outside = _outside(named, of)
    # One number as the key of a group: with millions of rows, much faster than two.
    key = (pl.col("visit").cast(pl.UInt64) * len(of.items) + pl.col("item")).alias("key")
    one = named.group_by(key).agg(
        pl.col("visit", "item", "low", "high", "source").first(),
        pl.col("number").min().alias("number"),
        pl.col("number").max().alias("other"),
        pl.col("number").count().alias("times"),
    )
    one = one.sort("key")
    usable = _FITS & (pl.col("number") == pl.col("other"))
    value = pl.when(usable).then(pl.col("number").cast(pl.Int64, strict=False)).alias("value")
    values = one.select("visit", "item", value, "source")
    return Answers(visits, values, listed(unreadable, unplaced, unknown, outside, *_repeated(one, visits, of)))


# A whole number from the lowest to the highest answer of the item.
_FITS = pl.col("number").is_between("low", "high") & (pl.col("number") == pl.col("number").round())


def _typed(answers: pl.DataFrame, of: Instrument) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The columns in their types; ``written`` is the item as it stands there. Answers that are no numbers are null."""
    for name in COLUMNS:
        if name not in answers.columns:
            raise InputError(f"there is no column '{name}'", todo="Name the columns as in docs/instruments.md.")
    answers = with_source(answers)
    number = pl.col("answer").cast(pl.Float64, strict=False)
    rows = answers.select(
        pl.col("person").cast(pl.String),
        _date(answers.schema["date"]),
        pl.col("item").cast(pl.String).alias("written"),
        pl.when(number.is_finite()).then(number).alias("number"),
        pl.col("answer").cast(pl.String).alias("said"),
        pl.col("source").cast(pl.String),
    )
    wrong = rows.filter(pl.col("number").is_null() & (pl.col("said").str.strip_chars() != ""))
    what = pl.format("item {}: '{}' is not a number", pl.col("written").fill_null("without a name"), "said")
    return rows, wrong.select(*problem("error", what, f"Write the number of the answer ({of.name})."))


def _date(dtype: pl.DataType) -> pl.Expr:
    date = pl.col("date")
    return date.str.to_date("%Y-%m-%d", strict=False) if dtype == pl.String else date.cast(pl.Date)


def _with_item(rows: pl.DataFrame, of: Instrument) -> tuple[pl.DataFrame, pl.DataFrame]:
    """With ``item``, its lowest and highest answer; the items that are not known, each once with the number of rows."""
    place = {code: number for number, code in enumerate(of.items)}
    written = rows["written"].unique().drop_nulls().to_list()
    found = [(text, place[code], *of.items[code]) for text in written if (code := of.item(text)) is not None]
    schema = {"written": pl.String, "item": pl.UInt32, "low": pl.Int64, "high": pl.Int64}
    known = pl.DataFrame(found, schema, orient="row")
    rows = rows.join(known, on="written", how="left", maintain_order="left")
    strange = rows.filter(pl.col("item").is_null()).group_by("written", maintain_order=True)
    alone = pl.len() == 1
    each = strange.agg(
        pl.when(alone).then(pl.col("person").first()).alias("person"),
        pl.col("source").first(),
        pl.when(alone).then(pl.lit("")).otherwise(pl.format(" ({} rows)", pl.len())).alias("times"),
    )
    name = pl.when(pl.col("written").is_null()).then(pl.lit("a row names no item"))
    what = pl.format(f"'{{}}' is no item of {of.name}", "written")
    said = pl.concat_str(name.otherwise(what), "times")
    return rows, each.select(*problem("error", said, "The codes of the items are in docs/instruments.md."))


def _outside(rows: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    wrong = _with_words(rows.filter(pl.col("number").is_not_null() & ~_FITS), of)
    what = pl.format("item {}: {} is not an answer", "code", pl.col("said").str.strip_suffix(".0"))
    found = [
        part.select(*problem("error", what, f"Answers are whole numbers from {low} to {high} ({of.name})."))
        for (low, high), part in wrong.group_by("low", "high", maintain_order=True)
    ]
    return listed(*found)


def _repeated(one: pl.DataFrame, visits: pl.DataFrame, of: Instrument) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Items with more than one answer on a day: different ones, and equal ones."""
    more = _with_words(one.filter(pl.col("times") > 1), of).join(visits, on="visit", how="left", maintain_order="left")
    differ = pl.col("number") != pl.col("other")
    different = pl.format("item {} is answered differently on {}", "code", "date")
    again = pl.format("item {} is answered more than once on {}, and alike", "code", "date")
    return (
        more.filter(differ).select(*problem("error", different, "Keep the one that holds: none is used now.")),
        more.filter(~differ).select(*problem("warning", again, "It counts once. Keep one.")),
    )


def _with_words(rows: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    """With ``code``: the item as the tables name it."""
    codes = pl.DataFrame({"item": pl.Series(range(len(of.items)), dtype=pl.UInt32), "code": list(of.items)})
    return rows.join(codes, on="item", how="left", maintain_order="left")
