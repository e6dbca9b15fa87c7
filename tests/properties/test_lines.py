"""What must hold of lines of therapy whatever the record: order, splitting and irrelevant facts change nothing."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openmbc.facts import Facts, build, columns, concat
from openmbc.state import derive

FIRST, DAY = dt.date(2023, 1, 1), dt.date(2026, 6, 1)
DRUGS = (
    "letrozole", "anastrozole", "fulvestrant", "palbociclib", "ribociclib", "paclitaxel", "capecitabine", "trastuzumab",
    "pertuzumab", "trastuzumab deruxtecan", "everolimus", "goserelin", "bevacizumab",
)  # fmt: skip
REASONS = (None, "progression", "toxicity", "completed", "wish", "other")
Episode = dict[str, Any]


@st.composite
def episode(draw: st.DrawFn) -> Episode:
    start = FIRST + dt.timedelta(days=draw(st.integers(0, 1000)))
    end = draw(st.none() | st.integers(0, 500).map(lambda days: start + dt.timedelta(days=days)))
    given_ = {"treatment": draw(st.sampled_from(DRUGS)), "start": start, "end": end}
    ended = draw(st.sampled_from(REASONS)) if end else None
    return {**given_, "ended": ended, "status": "ended" if end else draw(st.sampled_from(["running", "unknown"]))}


def _twice(drug: str, *days: tuple[int, int | None, str | None]) -> list[Episode]:
    """Records of one drug: first and last day in January 2023 (none: it runs), and why it ended."""
    return [
        {
            "treatment": drug,
            "start": dt.date(2023, 1, first),
            "end": dt.date(2023, 1, last) if last else None,
            "ended": ended,
            "status": "ended" if last else "running",
        }
        for first, last, ended in days
    ]


HISTORIES = st.lists(episode(), max_size=8)
GROWTH = st.lists(st.dates(FIRST, DAY), max_size=4)


def record(person: str, history: list[Episode], growth: list[dt.date]) -> Facts:
    """A person with metastases since 2022 and these treatments and scans with growth."""

    def row(table: str, place: int, **values: Any) -> tuple[Any, ...]:
        return tuple({"person": person, "source": f"{person}:{table}:{place}", **values}.get(c) for c in columns(table))

    day = {"start_precision": "day", "end_precision": "day", "kind": "drug", "setting": "metastatic", "by": "code"}
    spread = {"concept": "metastasis", "date": dt.date(2022, 12, 1), "date_precision": "day", "status": "present"}
    seen = {"concept": "response", "code": "progression", "date_precision": "day", "by": "code"}
    return build(
        {
            "people": [row("people", 0)],
            "conditions": [row("conditions", 0, **spread)],
            "treatments": [row("treatments", i, **(day | e)) for i, e in enumerate(history)],
            "observations": [row("observations", i, **seen, date=d) for i, d in enumerate(growth)],
        }
    )


def lines(facts: Facts, day: dt.date = DAY) -> list[dict[str, Any]]:
    """The lines of the one person, without the names of the entries behind them."""
    treated = derive(facts, facts.people.select("person", pl.lit(day).alias("as_of")), trace=True).treated
    assert treated is not None
    return treated.filter(pl.col("line").is_not_null()).drop("sources").to_dicts()


@settings(max_examples=40, deadline=None)
@given(HISTORIES, GROWTH, st.integers())
@example(_twice("anastrozole", (1, None, None), (1, 1, "progression")), [], 0)
def test_the_order_of_rows_does_not_matter(history: list[Episode], growth: list[dt.date], seed: int) -> None:
    mixed = random.Random(seed).sample(history, len(history))
    found, other = lines(record("p", history, growth)), lines(record("p", mixed, growth))
    for one, two in zip(found, other, strict=True):
        assert {k: v for k, v in one.items() if k != "explanation"} == {
            k: v for k, v in two.items() if k != "explanation"
        }


@settings(max_examples=40, deadline=None)
@given(HISTORIES, GROWTH, st.integers(1, 400))
@example(_twice("letrozole", (1, 4, "progression"), (3, 5, None)), [], 1)
def test_an_episode_in_two_records_that_touch_is_one(history: list[Episode], growth: list[dt.date], at: int) -> None:
    """What a pharmacy writes as two prescriptions is one treatment: the same lines, drugs and ends."""
    split: list[Episode] = []
    for e in history:
        middle = e["start"] + dt.timedelta(days=at)
        if e["end"] and middle < e["end"]:
            split += [e | {"end": middle, "ended": None}, e | {"start": middle}]
        else:
            split.append(e)
    told = ("line", "drugs", "start", "end", "ended")
    # Growth on the very record that is split may be told of either part: only stated reasons are compared.
    whole, parts = lines(record("p", history, [])), lines(record("p", split, []))
    assert [{k: line[k] for k in told} for line in whole] == [{k: line[k] for k in told} for line in parts]


@settings(max_examples=30, deadline=None)
@given(HISTORIES, GROWTH, st.dates(FIRST, DAY))
def test_what_is_no_line_changes_none(history: list[Episode], growth: list[dt.date], day: dt.date) -> None:
    plain = {"start": day, "end": None, "status": "running", "ended": None}
    other: list[Episode] = [
        plain | {"treatment": "denosumab"},
        plain | {"treatment": "radiation", "kind": "radiation", "site": "bone"},
        plain | {"treatment": "capecitabine", "status": "planned"},
        plain | {"treatment": "capecitabine", "status": "not_taken"},
        plain | {"treatment": "ondansetron", "setting": None},
    ]
    assert lines(record("p", history + other, growth)) == lines(record("p", history, growth))


@settings(max_examples=20, deadline=None)
@given(HISTORIES, GROWTH, HISTORIES)
def test_others_in_the_table_change_nothing(history: list[Episode], growth: list[dt.date], more: list[Episode]) -> None:
    one = record("p", history, growth)
    both = concat([record("a", more, []), one, record("z", more, growth)])
    visits = both.people.select("person", pl.lit(DAY).alias("as_of"))
    treated = derive(both, visits, trace=True).treated
    assert treated is not None
    mine = treated.filter((pl.col("row") == 1) & pl.col("line").is_not_null()).drop("sources", "row").to_dicts()
    assert mine == [{k: v for k, v in line.items() if k != "row"} for line in lines(one)]


@settings(max_examples=40, deadline=None)
@given(HISTORIES, GROWTH, st.dates(FIRST, DAY))
def test_every_drug_is_in_a_line_and_lines_are_in_order(
    history: list[Episode], growth: list[dt.date], day: dt.date
) -> None:
    found = lines(record("p", history, growth), day)
    assert [line["line"] for line in found] == list(range(1, len(found) + 1))
    assert [line["start"] for line in found] == sorted(line["start"] for line in found)
    numbered = {drug for line in found for drug in line["drugs"]} - {"goserelin"}
    assert numbered == {e["treatment"] for e in history if e["start"] <= day} - {"goserelin"}
    assert all(line["ended"] != "running" for line in found[:-1])
