"""Lines of therapy, adjudicated: treatments in, lines out, each case with the source of its rule.

Each ``*.yaml`` here is a list of cases. ``case`` is a case file in short (without the person). ``lines`` are the
expected ones in order: drugs, start, end, why it ended, kinds, maintenance; ``early`` what stands above them without a
number. ``features`` are features of the state, ``says`` parts of sentences that must stand in an explanation.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.facts import Facts, concat
from openmbc.knowledge import load
from openmbc.records.case import read_case
from openmbc.state import State, assume, derive

HERE = Path(__file__).parent
CASES: list[tuple[str, dict[str, Any]]] = [
    (f"{file.stem}: {case['name']}", case)
    for file in sorted(HERE.glob("*.yaml"))
    for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
]
NAMES = [name for name, _ in CASES]
KEYS = {"name", "source", "where", "as_of", "case", "lines", "early", "features", "says"}


def _day(case: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(case.get("as_of", "2026-06-01"))


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> list[Facts]:
    folder = tmp_path_factory.mktemp("lines")
    read = []
    for number, (_, case) in enumerate(CASES):
        path = folder / f"p{number}.yaml"
        path.write_text(yaml.safe_dump({"person": f"p{number}", **case["case"]}, sort_keys=False), encoding="utf-8")
        read.append(read_case(path))
    return read


def _derive(facts: Facts, day: dt.date) -> State:
    return derive(facts, facts.people.select("person", pl.lit(day).alias("as_of")), trace=True)


def _lines(state: State) -> list[dict[str, Any]]:
    assert state.treated is not None
    return state.treated.filter(pl.col("line").is_not_null()).to_dicts()


def _expected(line: dict[str, Any], number: int) -> dict[str, Any]:
    days = {k: dt.date.fromisoformat(line[k]) if k in line else None for k in ("start", "end")}
    plain = {"drugs": line["drugs"], "kinds": line["kinds"], "ended": line["ended"]}
    return {"line": number, **plain, **days, "maintenance": line.get("maintenance") == "yes"}


def test_there_are_enough_cases_and_each_has_an_opened_source() -> None:
    assert len(CASES) >= 40
    assert len(set(NAMES)) == len(NAMES)
    for name, case in CASES:
        assert set(case) <= KEYS, name
        assert case["source"] in load().sources, name
        assert case["where"], name


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_lines(number: int, facts: list[Facts]) -> None:
    case = CASES[number][1]
    state = _derive(facts[number], _day(case))
    wanted = [_expected(line, place) for place, line in enumerate(case["lines"], 1)]
    found = [{key: line[key] for key in (wanted or [{}])[0]} for line in _lines(state)]
    assert found == wanted
    assert state.treated is not None
    said = " ".join(state.treated["explanation"].explode().drop_nulls())
    for part in case.get("says", []):
        assert part in said
    if "early" in case:
        early = state.treated.filter(pl.col("line").is_null()).to_dicts()
        assert [{key: row[key] for key in want} for row, want in zip(early, case["early"], strict=True)] == case[
            "early"
        ]
    row = assume(state.strict).row(0, named=True)
    assert {f: str(row[f]).lower() for f in case.get("features", {})} == case.get("features", {})
    assert row["lines_metastatic"] == len(wanted)


def test_together_as_alone(facts: list[Facts]) -> None:
    """The lines of a person do not depend on who else is in the table."""
    day = dt.date(2026, 6, 1)
    together = _derive(concat(facts), day).treated
    assert together is not None
    for number, alone in enumerate(facts):
        treated = _derive(alone, day).treated
        assert treated is not None
        mine = together.filter(pl.col("row") == number).drop("row")
        assert mine.equals(treated.drop("row"))


def test_sentences_are_made_only_with_the_trace(facts: list[Facts]) -> None:
    assert (
        derive(facts[0], facts[0].people.select("person", pl.lit(dt.date(2026, 6, 1)).alias("as_of"))).treated is None
    )
