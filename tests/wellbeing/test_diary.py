"""The diary against cases with their reasons, and against a loop over one person at a time that lives only here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openmbc.catalogue import SIGNS
from openmbc.wellbeing import ANSWERS, FOLLOWED, follow

START = dt.date(2026, 3, 1)
CASES = yaml.safe_load((Path(__file__).parent / "diary.yaml").read_text(encoding="utf-8"))
Answer = tuple[str | None, int | None, str, float | None]


def table(rows: list[Answer]) -> pl.DataFrame:
    dated = [
        (who, None if day is None else START + dt.timedelta(days=day), item, said) for who, day, item, said in rows
    ]
    return pl.DataFrame(dated, schema=ANSWERS, orient="row")


def of_case(case: dict[str, Any], person: str = "p") -> list[Answer]:
    return [(person, day, case["item"], said) for day, said in case["answers"].items()]


def check(case: dict[str, Any], rows: pl.DataFrame) -> None:
    days = (rows["date"] - START).dt.total_days()
    assert rows["kind"].cast(pl.String).to_list() == case["kinds"]
    assert days.filter(rows["tell"]).to_list() == case["told"]
    if "before" in case:
        assert rows["before"].to_list() == case["before"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_one_symptom(case: dict[str, Any]) -> None:
    found = follow(table(of_case(case)))
    assert found.rows.schema == pl.Schema(FOLLOWED)
    assert found.problems.is_empty()
    check(case, found.rows)


def test_all_cases_at_once() -> None:
    """As one table of many people, and each person with the answers of others to other items beside."""
    together = follow(table([row for n, case in enumerate(CASES) for row in of_case(case, f"p{n}")])).rows
    for n, case in enumerate(CASES):
        check(case, together.filter(pl.col("person") == f"p{n}"))


def test_the_worse_answer_of_a_day_counts_and_a_note_says_so() -> None:
    found = follow(
        table([("p", 0, "pain", 3.0), ("p", 0, "pain", 1.0), ("p", 0, "fever", 1.0), ("p", 0, "fever", 0.0)])
    )
    assert found.rows.select("item", "answer", "kind").rows() == [("fever", 1, "call"), ("pain", 3, "severe")]
    assert found.problems["severity"].to_list() == ["note", "note"]
    assert found.rows["sources"].list.len().to_list() == [2, 2]


def test_what_is_not_answered_is_no_grade_0() -> None:
    """A missing or empty answer makes no row: the next one is compared with the last that was given."""
    found = follow(
        table([("p", 0, "pain", 1.0), ("p", 7, "pain", None), ("p", 14, "pain", 2.0), ("p", 7, "rash", 0.0)])
    )
    assert found.rows.filter(pl.col("item") == "pain").select("answer", "before").rows() == [(1, None), (2, 1)]
    assert found.problems.is_empty()


def test_what_cannot_be_an_answer_is_a_problem() -> None:
    rows: list[Answer] = [
        ("p", 0, "pain", 5.0), ("p", 0, "nausea", 1.5), ("p", 0, "fever", 2.0), ("p", 0, "paine", 1.0),
        (None, 0, "pain", 1.0), ("p", None, "pain", 1.0), ("p", 0, "weight", 61.5), ("p", 0, "pain.place", None),
    ]  # fmt: skip
    found = follow(table(rows))
    assert found.rows.is_empty()
    assert sorted(found.problems["source"]) == [f"row {n}" for n in range(1, 7)]
    assert set(found.problems["severity"]) == {"error"}


# A loop over the check-ins of one symptom of one person, as one would explain the rule.


def loop(item: str, answers: dict[int, int]) -> list[tuple[int, bool, str]]:
    found: list[tuple[int, bool, str]] = []
    told: list[tuple[int, int]] = []  # day and grade of what the team was told, or would have been
    last: tuple[int, int] | None = None
    for day, answer in sorted(answers.items()):
        before = last[1] if last is not None and day - last[0] <= 28 else None
        if item in SIGNS:
            known = last is not None and last[1] == 1 and day - last[0] <= 7
            kind = "no" if answer == 0 else "known" if known else "call"
            tell = kind == "call"
        else:
            compared = [grade for at, grade in answers.items() if day - 14 <= at < day]
            lower = min([*compared, *([] if before is None else [before])], default=None)
            due = answer >= 3 or (lower is not None and answer - lower >= 2)
            if answer <= 1:
                told = []
            jump = answer >= 3 and before is not None and answer - before >= 2
            known = any(day - at <= 28 and grade >= answer for at, grade in told) and not jump
            tell = due and not known
            if tell:
                kind = "severe" if answer >= 3 else "worse"
            elif due:
                kind = "known"
            elif before is None:
                kind = "first"
            else:
                kind = "worse" if answer > before else "better" if answer < before else "same"
            if due:
                told.append((day, answer))
        found.append((day, tell, kind))
        last = day, answer
    return found


DIARIES = st.dictionaries(
    st.sampled_from([("a", "pain"), ("a", "fever"), ("b", "pain"), ("b", "nausea"), ("b", "fever"), ("c", "pain")]),
    st.dictionaries(st.integers(0, 120), st.integers(0, 4), max_size=25),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(DIARIES, st.randoms(use_true_random=False))
def test_equals_the_loop(diaries: dict[tuple[str, str], dict[int, int]], rng: Any) -> None:
    """In any order of rows, and alone as among others."""
    diaries = {k: {d: min(v, 1) for d, v in of.items()} if k[1] in SIGNS else of for k, of in diaries.items()}
    rows: list[Answer] = [(who, day, item, float(v)) for (who, item), of in diaries.items() for day, v in of.items()]
    rng.shuffle(rows)
    found = follow(table(rows)).rows
    days = found.with_columns((pl.col("date") - START).dt.total_days().alias("day"), pl.col("kind").cast(pl.String))
    for (who, item), of in diaries.items():
        own = days.filter((pl.col("person") == who) & (pl.col("item") == item))
        assert own.select("day", "tell", "kind").rows() == loop(item, of)
    for who in found["person"].unique():
        alone = follow(table([row for row in rows if row[0] == who])).rows
        assert_frame_equal(alone.drop("sources"), found.filter(pl.col("person") == who).drop("sources"))
