"""Series of blood draws, each with its reason or source: what a draw says of a variant, of itself, and how."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.liquid import COLUMNS, RESULTS, Followed, follow, in_words

HERE = Path(__file__).parent
START = dt.date(2026, 1, 1)
LEAST_CASES = 60


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def _cases() -> list[Any]:
    files = sorted(HERE.glob("*.yaml"))
    found = [(path.stem, case) for path in files for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [pytest.param(case, id=f"{stem}: {case['name']}") for stem, case in found]


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _split(text: str) -> tuple[str, str | None]:
    gene, _, change = text.partition(" ")
    return gene, change or None


def rows(case: dict[str, Any], person: str = "anna") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings and the results of a case. Shares are written in percent: ``PIK3CA H1047R: 3.2``."""
    findings, results = [], []
    for draw in case["draws"]:
        place = (person, day(draw["day"]), draw.get("assay", "Guardant360"), draw.get("panel"))
        lod, depth = _share(draw.get("lod")), draw.get("depth")
        for text, percent in draw.get("found", {}).items():
            blood = text in draw.get("blood", []) or None
            findings.append((*place, *_split(text), "present", _share(percent), lod, depth, blood))
        for word in ("absent", "studied"):
            findings += [(*place, *_split(text), word, None, lod, None, None) for text in draw.get(word, [])]
        if "fraction" in draw:
            number, _, bound = str(draw["fraction"]).partition(" ")
            results.append((*place[:3], float(number), bound or None))
    return (
        pl.DataFrame(findings, schema=COLUMNS, orient="row"),
        pl.DataFrame(results, schema=RESULTS, orient="row"),
    )


def starts(case: dict[str, Any], person: str = "anna") -> pl.DataFrame:
    days = [day(number) for number in case.get("starts", [])]
    return pl.DataFrame({"person": [person] * len(days), "start": days}, schema={"person": pl.String, "start": pl.Date})


def followed(case: dict[str, Any]) -> Followed:
    findings, results = rows(case)
    return in_words(follow(findings, results, starts(case)))


def _at(table: pl.DataFrame, place: str | int) -> pl.DataFrame:
    """The rows of a day, or of a day and a test: ``30`` or ``30 FoundationOne``."""
    number, _, assay = str(place).partition(" ")
    of_day = table.filter(pl.col("date") == day(int(number)))
    return of_day.filter(pl.col("assay") == assay) if assay else of_day


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    assert case["source"]
    made = followed(case)
    for place, variants in case.get("expect", {}).items():
        for text, wanted in variants.items():
            gene, change = _split(text)
            of = _at(made.series, place).filter((pl.col("gene") == gene) & pl.col("change").eq_missing(change))
            assert of.select("status", "trend").rows() == [tuple(wanted)], (place, text, of["words"].to_list())
    for place, wanted in case.get("draw", {}).items():
        row = _at(made.draws, place).row(0, named=True)
        for name, value in wanted.items():
            dated = isinstance(row[name], dt.date)
            seen = (row[name] - START).days if dated else row[name]
            assert seen == (pytest.approx(value) if isinstance(value, float) else value), (place, name, row)
    for place, sentences in case.get("words", {}).items():
        said = _at(made.draws, place)["words"].explode().to_list() + _at(made.series, place)["words"].to_list()
        for sentence in sentences:
            assert any(sentence in text for text in said), (sentence, said)
    assert any(key in case for key in ("expect", "draw", "words")), "a case that expects nothing"
    what = made.problems["what"].to_list()
    assert len(what) == len(case.get("problems", [])), what
    for text in case.get("problems", []):
        assert any(text in problem for problem in what), what


def test_there_are_enough_cases_and_their_names_differ() -> None:
    names = [case.id for case in _cases()]
    assert len(names) >= LEAST_CASES
    assert len(set(names)) == len(names)


def test_every_status_and_trend_has_a_case() -> None:
    from openmbc.liquid.series import CHANGES, STATUSES  # noqa: PLC0415

    wanted = [
        w for case in _cases() for variants in case.values[0].get("expect", {}).values() for w in variants.values()
    ]
    assert {status for status, _ in wanted} == set(STATUSES)
    assert {trend for _, trend in wanted} == {*CHANGES, None}


def test_nobody() -> None:
    made = in_words(follow(pl.DataFrame(schema=COLUMNS)))
    assert made.series.is_empty()
    assert made.draws.is_empty()
    assert made.problems.is_empty()


def test_only_the_columns_that_are_needed() -> None:
    table = pl.DataFrame({"person": ["a"], "date": [START], "gene": ["ESR1"], "result": ["present"]})
    made = in_words(follow(table))
    assert made.series["status"].to_list() == ["detected"]
    assert made.draws["mean_vaf"].to_list() == [None]
