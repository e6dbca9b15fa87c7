"""What blood draws say, in sentences. They name numbers and what they were compared with, and never a treatment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl

from openmbc.liquid.draws import FIRST_DAYS

Row = dict[str, Any]

_TRENDS = {
    "first": "the first draw of this test that looked for it",
    "new": "new: not found on {since}",
    "back": "back: not found on {since}, and found before that",
    "rising": "rising: {before} on {since}",
    "falling": "falling: {before} on {since}",
    "stable": "no change beyond the noise of the measurement: {before} on {since}",
    "cleared": "no longer found: {before} on {since}",
    "absent": "nor on {since}",
    "not_comparable": "cannot be compared: earlier draws were of another test or panel, or of one that is not named",
}
_UNCLEAR = {
    "detected": "whether it changed since {since} is not clear: a share is not known, or too small for the draw then",
    "below_lod": "too little to say whether it changed since {since}",
    "not_detected": "whether it is gone since {since} is not clear: what was there then lies at the detection limit",
}
_LOW = {
    "low": "low shedding (tumour fraction under 1 %), so it may still be there",
    "unknown": "tumour fraction not known, so it may still be there",
}
_BOUND = {"<": "under ", "<=": "at most ", ">": "over ", ">=": "at least "}
_WHY_NOT = {
    "no_assay": "Not compared with earlier draws: the test is not named.",
    "other_assay": "Not compared with earlier draws: they were of another test, or of one that is not named.",
    "other_panel": "Not compared with earlier draws: they were of another panel, or of one that is not stated.",
    "no_shared_gene": "Not compared with the draw before: no gene was looked at in both.",
}
_GUESSED = " (the depth is not known, so only a doubling or a half counts)"


def percent(share: float | None) -> str:
    """A share of alleles in percent, with as many digits as such a number is read with."""
    if share is None:
        return "share not known"
    value = 100 * share
    return f"{value:.1f} %" if value >= 10 else f"{value:.3g} %"


def of_series(series: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
    """With ``words``: what a draw says of a variant."""
    known = series.join(draws.select("draw", "shedding"), on="draw", how="left", maintain_order="left")
    words = [_variant(row) for row in known.iter_rows(named=True)]
    return series.with_columns(pl.Series("words", words, pl.String))


def of_draws(draws: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """With ``words``: the sentences of each draw."""
    by_draw: dict[int, list[Row]] = {}
    for row in series.iter_rows(named=True):
        by_draw.setdefault(row["draw"], []).append(row)
    words = [list(_draw(row, by_draw.get(row["draw"], []))) for row in draws.iter_rows(named=True)]
    return draws.with_columns(pl.Series("words", words, pl.List(pl.String)))


def _variant(row: Row) -> str:
    status, trend = row["status"], row["trend"]
    if status == "not_tested":
        return "not looked for"
    if status == "not_known":
        return "not known: the record contradicts itself, or does not name the change"
    limit = "detection limit not stated" if row["lod"] is None else f"below {percent(row['lod'])}"
    parts = {
        "detected": percent(row["vaf"]),
        "below_lod": f"{percent(row['vaf'])}, under the detection limit of {percent(row['lod'])}",
        "not_detected": f"not detected ({limit})",
    }[status]
    said = [parts]
    if trend is not None:
        text = _UNCLEAR[status] if trend == "unclear" else _TRENDS[trend]
        said.append(text.format(since=row["since"], before=percent(row["vaf_before"])))
        if row["sure"] is False:
            said[-1] += _GUESSED
    if status == "not_detected" and row["shedding"] in _LOW:
        said.append(_LOW[row["shedding"]])
    if row["clonal_haematopoiesis"]:
        said.append("may come from blood cells, not from the tumour")
    return "; ".join(said)


def _draw(row: Row, variants: list[Row]) -> Iterable[str]:
    yield _what(row, variants)
    if row["without_vaf"] and row["variants"] > row["without_vaf"]:
        yield f"{_count(row['without_vaf'], 'variant')} without a share: not in the mean."
    if row["from_blood"]:
        yield (
            f"{_count(row['from_blood'], 'variant')} found that may come from blood cells (clonal haematopoiesis): "
            "shown, and left out of the mean."
        )
    yield from _named("New", "new", variants)
    yield from _named("Back", "back", variants)
    yield from _named("Rising", "rising", variants)
    yield from _named("No longer found", "cleared", variants)
    yield _fraction(row)
    if row["why_not"] in _WHY_NOT:
        yield _WHY_NOT[row["why_not"]]
    yield from _ratios(row)
    if row["clearance"]:
        yield f"Nothing is found of what was found on {row['cleared_since']} (clearance; exploratory)."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _what(row: Row, variants: list[Row]) -> str:
    test = row["assay"] or "test not named"
    looked = f" in {_count(row['genes'], 'gene')}" if row["genes"] else ""
    if not row["genes"]:
        return f"{test}: no gene is reported."
    if not row["variants"]:
        traces = sum(v["status"] == "below_lod" for v in variants)
        trace = f" ({_count(traces, 'trace')} under the detection limit)" if traces else ""
        return f"{test}: no variant of the tumour found{looked}{trace}."
    found = f"{test}: {_count(row['variants'], 'variant')} of the tumour found{looked}"
    if row["mean_vaf"] is None:
        return f"{found}, share not known."
    top = next(v for v in variants if v["vaf"] == row["highest_vaf"] and v["status"] == "detected"
               and not v["clonal_haematopoiesis"])  # fmt: skip
    return f"{found}, mean share {percent(row['mean_vaf'])}, highest {percent(row['highest_vaf'])} ({name(top)})."


def name(row: Row) -> str:
    """Gene and change, or that the change is not named."""
    return f"{row['gene']} {row['change']}" if row["change"] else f"{row['gene']} (change not named)"


def _named(title: str, trend: str, variants: list[Row]) -> Iterable[str]:
    said = [f"{name(v)}{_blood(v)}" for v in variants if v["trend"] == trend]
    if said:
        yield f"{title}: {', '.join(said)}."


def _blood(row: Row) -> str:
    return " (perhaps from blood cells)" if row["clonal_haematopoiesis"] else ""


def _fraction(row: Row) -> str:
    share, open_ = row["tumour_fraction"], "what was not found may still be there"
    next_step = "Tissue is the next step where the answer matters."
    if share is None:
        return f"Tumour fraction not known: {open_}. {next_step}"
    fraction = f"Tumour fraction {_BOUND.get(row['comparator'], '')}{share:g} %"
    if row["shedding"] == "enough":
        return f"{fraction}: enough to trust what was not found."
    if row["shedding"] == "low":
        return f"{fraction}, low shedding: {open_}. {next_step}"
    return f"{fraction}, so whether it reaches 1 % is not known: {open_}. {next_step}"


def _ratios(row: Row) -> Iterable[str]:
    over = f", over {_count(row['compared'], 'variant')} that both looked for" if row["compared"] else ""
    if row["baseline"] == row["date"]:
        if row["date"] <= row["treated_since"] + dt.timedelta(days=FIRST_DAYS):
            yield "The baseline of this treatment."
        else:
            yield "The first draw of this test since this treatment began: later ones are compared with it."
    elif row["ratio_to_baseline"]:
        yield (
            f"Mean share {row['ratio_to_baseline']:.2g} times that of {row['baseline']}, the baseline of this "
            f"treatment{over} (exploratory)."
        )
    if row["ratio_to_previous"] and row["comparable_with"] != row["baseline"]:
        yield f"Mean share {row['ratio_to_previous']:.2g} times that of {row['comparable_with']} (exploratory)."
