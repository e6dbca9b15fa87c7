"""Every row of the time-point tables, the bounds, and best responses: RECIST 1.1 and iRECIST."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.response import Response, assess, assess_brain, bone, metabolic

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


OTHERS = yaml.safe_load((HERE / "others.yaml").read_text(encoding="utf-8"))


def _named(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in OTHERS[kind] if case["source"]]


@pytest.mark.parametrize("case", _named("brain"))
def test_brain(case: dict[str, Any]) -> None:
    of_visit = {
        START + dt.timedelta(days=day): {name: seen.pop(name, None) for name in ("steroids", "clinical")}
        for day, seen in copy.deepcopy(case)["visits"].items()
    }
    plain = copy.deepcopy(case)
    for seen in plain["visits"].values():
        for name in ("steroids", "clinical"):
            seen.pop(name, None)
    rows = table(plain).with_columns(
        pl.col("date").replace_strict({d: w[name] for d, w in of_visit.items()}, return_dtype=pl.String).alias(name)
        for name in ("steroids", "clinical")
    )
    visits = {row["date"]: row for row in assess_brain(rows).visits.iter_rows(named=True)}
    for day, (imaging, overall) in case["expect"].items():
        row = visits[START + dt.timedelta(days=day)]
        assert (row["imaging"], row["overall"]) == (imaging, overall)


@pytest.mark.parametrize("case", _named("bone"))
def test_bone(case: dict[str, Any]) -> None:
    day = START + dt.timedelta(days=case.get("start", 0))
    start = START if "start" in case else None
    rows = pl.DataFrame(
        [("anna", day, finding, modality, start) for finding, modality in case["findings"]],
        schema={"person": pl.String, "date": pl.Date, "finding": pl.String, "modality": pl.String, "start": pl.Date},
        orient="row",
    )
    row = bone.judge(rows).row(0, named=True)
    assert [row["bone"], row["flare"]] == case["expect"]
    assert (row["settles"] is not None) is row["flare"]


@pytest.mark.parametrize("case", _named("uptake"))
def test_uptake(case: dict[str, Any]) -> None:
    rows = []
    for day, seen in case["visits"].items():
        for name, said in seen.items():
            word = WORDS.get(said)
            lesion, _, role = name.partition(" ")
            rows.append(
                ("anna", START + dt.timedelta(days=day), lesion, role or "target", None if word else said, word)
            )
    schema = {"person": pl.String, "date": pl.Date, "lesion": pl.String, "role": pl.String, "sul": pl.Float64,
              "assessment": pl.String}  # fmt: skip
    made = metabolic.judge(pl.DataFrame(rows, schema=schema, orient="row"))
    found = dict(made.select("date", "metabolic").iter_rows())
    assert found[START] is None
    for day, wanted in case["expect"].items():
        assert found[START + dt.timedelta(days=day)] == wanted
