"""Scores of instruments, over columns, for any number of people. Missing answers are never guessed."""

from __future__ import annotations

import msgspec
import polars as pl

from openmbc.facts import Columns
from openmbc.tabular import listed
from openmbc.wellbeing.instruments import Instrument
from openmbc.wellbeing.instruments import instrument as named
from openmbc.wellbeing.instruments_answers import COLUMNS, Answers, checked
from openmbc.wellbeing.instruments_grades import contradictions, graded

__all__ = ["COLUMNS", "Scored", "score"]


class Scored(msgspec.Struct, frozen=True):
    """Scores of people at dates.

    ``scores``: a row per person, date and scale, sorted by person and date, scales in the order of the instrument:
    person, date, scale, score (null: see note), range (the lowest and the highest score), better (high | low: which
    end is good), meaning (the band in words; null: none is published, or it is not settled), answered (how many
    items of the scale have a usable answer), asked (how many it has), note (why there is no score, or how missing
    answers were made up). ``problems``: as `facts.PROBLEMS`.
    """

    scores: pl.DataFrame
    problems: pl.DataFrame


def score(answers: pl.DataFrame, instrument: str) -> Scored:
    """The scores of an instrument from a table of answers.

    ``answers`` has a row per answer: person, date (Date, or text YYYY-MM-DD), item (its code, see docs/instruments.md),
    answer (a number; null: not answered), and ``source`` where rows have a name. ``instrument`` is a key or a name in
    any common spelling. Each person and day of the table gets a row for every scale; of PRO-CTCAE, for every symptom of
    which an item is there.

    Raises `UsageError` for an instrument that is not known, `InputError` when a column is missing.
    """
    of = named(instrument)
    found = checked(answers, of)
    single = _of_items(found, of)
    problems = [found.problems]
    if of.graded:
        grades = graded(found.values, of)
        problems.append(contradictions(grades, found.visits, of))
        single = pl.concat([single, grades.drop("contradicts", "source")], how="diagonal")
    made = pl.concat([single, _of_scales(single, of)]).sort("visit", "scale")
    return Scored(_shown(made, found.visits, of), listed(*problems))


_PLACE: Columns = {"scale": pl.UInt32}
_MADE = ("visit", "scale", "answered", "asked", "score", "low", "high", "note")
_NO_ENDS = [pl.lit(None, pl.Float64).alias(end) for end in ("low", "high")]
_NO_NOTE = pl.lit(None, pl.String).alias("note")


def _of_items(found: Answers, of: Instrument) -> pl.DataFrame:
    """Scales made from answers: visit, scale (its place), answered, asked, score, low and high, note.

    ``low`` and ``high`` are the ends between which a score lies that was not given, where its bands may be settled.
    """
    items = _items(of)
    rows = found.values.select("visit", "item", "value").join(items, on="item", how="inner")
    # Of a library of items (PRO-CTCAE) only what was asked counts; of a questionnaire all of it.
    every = found.visits.select("visit").join(items.select("scale").unique(), how="cross")
    grid = rows.select("visit", "scale").unique() if of.graded else every
    turned = pl.when("turned").then(pl.col("lowest") + pl.col("highest") - pl.col("value")).otherwise("value")
    key = (pl.col("visit").cast(pl.UInt64) * len(of.scales) + pl.col("scale")).alias("key")
    sums = (
        rows.drop_nulls("value")
        .group_by(key)
        .agg(turned.sum().alias("value"), pl.len().cast(pl.UInt32).alias("answered"), pl.col("lowest", "highest").sum())
    )
    each = grid.with_columns(key).join(sums, on="key", how="left").join(_constants(of), on="scale", how="left")
    each = each.with_columns(pl.col("value", "answered", "lowest", "highest").fill_null(0)).with_columns(_raw())
    # Sentences are made only where something is missing: a good part of the time with millions of answers.
    full = pl.col("answered") == pl.col("asked")
    open_ = each.filter(~full).with_columns(_end("low", "least", "lowest"), _end("high", "most", "highest"))
    parts = (each.filter(full).with_columns(_NO_NOTE, *_NO_ENDS), open_.with_columns(_note()))
    return pl.concat([part.select(_MADE) for part in parts])


def _items(of: Instrument) -> pl.DataFrame:
    """The items of each scale that is a sum or a mean of answers; ``turned``: the answer is turned round first."""
    number = {code: place for place, code in enumerate(of.items)}
    return pl.DataFrame(
        [
            (number[item], place, item in scale.reversed, *of.items[item])
            for place, scale in enumerate(of.scales)
            if not scale.of and scale.way != "grade"
            for item in scale.items
        ],
        {"item": pl.UInt32, **_PLACE, "turned": pl.Boolean, "lowest": pl.Int64, "highest": pl.Int64},
        orient="row",
    )


def _constants(of: Instrument) -> pl.DataFrame:
    """What each scale is made by: how its sum becomes a score, how many answers it needs, the ends of the sum."""
    rows = [
        (
            place,
            scale.way == "percent",
            scale.way == "mean",
            scale.whole,
            len(scale.items),
            scale.answered,
            sum(of.items[item][0] for item in scale.items),
            sum(of.items[item][1] for item in scale.items),
            bool(scale.bands) and scale.way == "sum",
        )
        for place, scale in enumerate(of.scales)
    ]
    ways: Columns = {"percent": pl.Boolean, "mean": pl.Boolean, "whole": pl.Boolean}
    counts: Columns = {"asked": pl.UInt32, "needed": pl.UInt32, "least": pl.Int64, "most": pl.Int64, "open": pl.Boolean}
    return pl.DataFrame(rows, _PLACE | ways | counts, orient="row")


def _raw() -> pl.Expr:
    """The score: a missing answer stands at the mean of the others."""
    above = pl.col("value") - pl.col("lowest")
    percent = 100 * above / (pl.col("highest") - pl.col("lowest"))
    total = pl.col("value") * pl.col("asked") / pl.col("answered")
    score = pl.when("percent").then(percent).when("whole").then((total + 0.5).floor()).otherwise(total)
    enough = (pl.col("answered") >= pl.col("needed")) & (pl.col("answered") > 0)
    return pl.when(enough).then(score).alias("score")


def _end(name: str, of_all: str, of_answered: str) -> pl.Expr:
    """An end of a sum that has too few answers: those it has, and the lowest or highest answer for each other item."""
    open_ = pl.col("score").is_null() & pl.col("open") & (pl.col("answered") > 0)
    end = pl.col("value") + pl.col(of_all) - pl.col(of_answered)
    return pl.when(open_).then(end).cast(pl.Float64).alias(name)


def _note() -> pl.Expr:
    ends = pl.format("{}; the score is {} to {}", _few(), *(pl.col(end).cast(pl.Int64) for end in ("low", "high")))
    return pl.when(pl.col("score").is_null()).then(pl.coalesce(ends, _few())).otherwise(_made_up()).alias("note")


def _few() -> pl.Expr:
    return pl.format("not scored: {} of {} items answered, {} needed", "answered", "asked", "needed")


def _made_up() -> pl.Expr:
    missing = pl.col("asked") - pl.col("answered")
    words = pl.format("{} of {} items not answered: the mean of the others stands for each", missing, "asked")
    return pl.when(missing > 0).then(words)


def _of_scales(single: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    """Scales made from other scales: all of them are needed, and where it is so ruled a share of all items."""
    rows = single.sort("visit", "scale").join(_parts(of), on="scale", how="inner", maintain_order="left")
    value = pl.when("turned").then(100 - pl.col("score")).otherwise("score")
    sums = rows.group_by("visit", "total", maintain_order=True).agg(
        value.sum().alias("value"),
        pl.col("answered").sum(),
        pl.len().alias("parts"),
        pl.col("part").filter(pl.col("score").is_null()).str.join(", ").alias("without"),
    )
    each = sums.rename({"total": "scale"}).join(_constants(of), on="scale", how="left")
    complete, enough = pl.col("without") == "", pl.col("answered") >= pl.col("needed")
    total = pl.when("mean").then(pl.col("value") / pl.col("parts")).otherwise("value")
    without = pl.format("not scored: without {}", "without")
    note = pl.when(~complete).then(without).when(~enough).then(_few()).otherwise(_made_up())
    score = pl.when(complete & enough).then(total)
    return each.with_columns(score.alias("score"), note.alias("note"), *_NO_ENDS).select(_MADE)


def _parts(of: Instrument) -> pl.DataFrame:
    """The scales that each total is made of; ``turned``: 100 less its score counts."""
    place_of = {scale.key: place for place, scale in enumerate(of.scales)}
    rows = [
        (place, place_of[part], part, part in scale.reversed)
        for place, scale in enumerate(of.scales)
        for part in scale.of
    ]
    return pl.DataFrame(rows, {"total": pl.UInt32, **_PLACE, "part": pl.String, "turned": pl.Boolean}, orient="row")


def _shown(made: pl.DataFrame, visits: pl.DataFrame, of: Instrument) -> pl.DataFrame:
    words = pl.DataFrame(
        [
            (place, scale.key, f"{scale.lowest:g}-{scale.highest:g}", scale.better)
            for place, scale in enumerate(of.scales)
        ],
        {**_PLACE, "name": pl.String, "range": pl.String, "better": pl.String},
        orient="row",
    )
    bands, meanings = _bands(of)
    low, high = (_band(pl.coalesce("score", end), len(bands.columns) - 2) for end in ("low", "high"))
    made = made.join(bands, on="scale", how="left", maintain_order="left")
    made = made.with_columns(pl.when(low == high).then(low).alias("band"))
    made = made.join(meanings, on="band", how="left", maintain_order="left")
    made = made.join(words, on="scale", how="left", maintain_order="left")
    shown = made.join(visits, on="visit", how="left", maintain_order="left")
    columns = ("person", "date", pl.col("name").alias("scale"), "score", "range", "better", "meaning")
    return shown.select(*columns, pl.col("answered", "asked").cast(pl.Int64), "note")


def _bands(of: Instrument) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The bounds of each scale (``bound_0`` ..., null beyond its last) with the place of its first band; the words."""
    most = max(len(scale.bands) for scale in of.scales)
    bounds: list[tuple[object, ...]] = []
    words: list[str] = []
    for place, scale in enumerate(of.scales):
        own = [band.bound for band in scale.bands]
        bounds.append((place, len(words), *own, *([None] * (most - len(own)))))
        words.extend(band.meaning for band in scale.bands)
    schema = {**_PLACE, "first": pl.Int64} | {f"bound_{n}": pl.Float64 for n in range(most)}
    meanings = pl.DataFrame(
        {"band": pl.Series(range(len(words)), dtype=pl.Int64), "meaning": pl.Series(words, dtype=pl.String)}
    )
    return pl.DataFrame(bounds, schema, orient="row"), meanings


def _band(number: pl.Expr, most: int) -> pl.Expr:
    """The place of the band in which a number lies: as many bounds as it reaches. Null: no number, or no bands."""
    if not most:
        return pl.lit(None, pl.Int64)
    reached = pl.sum_horizontal((number >= pl.col(f"bound_{n}")).cast(pl.Int64) for n in range(most))
    return pl.when(reached > 0).then(pl.col("first") + reached - 1)
