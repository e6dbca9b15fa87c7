"""Every row of the time-point tables, the bounds, and best responses: RECIST 1.1 and iRECIST."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.response import Response, assess

HERE = Path(__file__).parent
START = dt.date(2026, 1, 1)
WORDS = {
    "gone": "absent", "there": "present", "pd": "unequivocal_progression", "ne": "not_evaluable", "small": "too_small",
    "maybe": "equivocal", "joined": "coalesced", "more": "increased",
}  # fmt: skip
COLUMNS = ["person", "date", "lesion", "role", "site", "node", "mm", "assessment"]


def _cases() -> list[Any]:
    found = []
    for criteria in ("recist", "irecist"):
        for case in yaml.safe_load((HERE / f"{criteria}.yaml").read_text(encoding="utf-8")):
            assert case["source"], case["name"]
            found.append(pytest.param(criteria, case, id=f"{criteria}: {case['name']}"))
    return found


def _values(said: object) -> list[tuple[float | None, str | None]]:
    """Lengths and words of one entry: ``12``, ``gone``, ``small 6``, ``split 12 + 8``, ``both 12 + 14``."""
    if isinstance(said, int | float):
        return [(float(said), None)]
    word, _, rest = str(said).partition(" ")
    lengths: list[float | None] = [float(part) for part in rest.split("+")] if rest else [None]
    assessment = {"split": "split", "both": None}.get(word, WORDS.get(word))
    return [(length, assessment) for length in lengths]


def table(case: dict[str, Any], person: str = "anna") -> pl.DataFrame:
    """The rows of a case."""
    rows = []
    for day, seen in case["visits"].items():
        for lesion, said in seen.items():
            role, _, node = case["lesions"][lesion].partition(" ")
            for mm, assessment in _values(said):
                date = START + dt.timedelta(days=day)
                rows.append((person, date, lesion, role, "axilla" if node else "liver", bool(node), mm, assessment))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[:5], pl.String) | {"date": pl.Date, "node": pl.Boolean,
                        "mm": pl.Float64, "assessment": pl.String}, orient="row")  # fmt: skip


def _assess(case: dict[str, Any], criteria: Any, rows: pl.DataFrame) -> Response:
    return assess(rows, criteria, confirm=case.get("confirm", False))


@pytest.mark.parametrize(("criteria", "case"), _cases())
def test_case(criteria: str, case: dict[str, Any]) -> None:
    made = _assess(case, criteria, table(case))
    visits = {row["date"]: row for row in made.visits.iter_rows(named=True)}
    for day, wanted in case.get("expect", {}).items():
        row = visits[START + dt.timedelta(days=day)]
        assert [row[name] for name in ("target", "non_target", "new", "overall")] == wanted, (day, row)
    person = made.people.row(0, named=True)
    for name, wanted in case.get("people", {}).items():
        dated = name.endswith("_date") and wanted is not None
        assert person[name] == (START + dt.timedelta(days=wanted) if dated else wanted), (name, person)
    for text in case.get("problems", []):
        assert any(text in what for what in made.problems["what"]), made.problems["what"].to_list()
    assert case.get("expect") or case.get("people"), "a case that expects nothing"
    if "problems" not in case:
        serious = made.problems.filter(pl.col("severity") == "error")["what"].to_list()
        assert serious == []


@pytest.mark.parametrize("criteria", ["recist", "irecist"])
def test_all_together(criteria: Any) -> None:
    """Many people in one table, in any order, are each as alone."""
    cases = [case for one in _cases() if one.values[0] == criteria for case in [one.values[1]]]
    plain = [case for case in cases if "confirm" not in case]
    tables = [table(case, f"p{i:02}") for i, case in enumerate(plain)]
    together = assess(pl.concat(tables).sample(fraction=1.0, shuffle=True, seed=7), criteria)
    alone = [assess(rows, criteria) for rows in tables]
    assert together.visits.equals(pl.concat([one.visits for one in alone]))
    assert together.people.equals(pl.concat([one.people for one in alone]))
