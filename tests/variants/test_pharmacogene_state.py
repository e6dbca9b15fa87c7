"""From what a record says of DPYD and UGT1A1 to the state: alone, together, and in contradiction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.facts import TABLES, Facts, build, concat
from openmbc.state import State, derive

DAY = dt.date(2026, 11, 27)


def _facts(said: list[tuple[str, str]], person: str = "p") -> Facts:
    """Observations as (concept, code), one a day apart, the first the newest."""
    columns = TABLES["observations"]
    rows = []
    for n, (concept, code) in enumerate(said):
        values: dict[str, Any] = {
            "person": person, "source": f"{person}:{n}", "date": DAY - dt.timedelta(days=n), "date_precision": "day",
            "concept": concept, "code": code,
        }  # fmt: skip
        rows.append(tuple(values.get(column) for column in columns))
    return build({"observations": rows})


def _state(said: list[tuple[str, str]]) -> State:
    return derive(_facts(said), pl.DataFrame({"person": ["p"], "as_of": [DAY]}), trace=True)


CASES: list[tuple[list[tuple[str, str]], str | None, str | None, str]] = [
    ([], None, None, ""),
    ([("dpyd_diplotype", "*1/*2A")], "partial", None, "(activity score 1)"),
    ([("dpyd_diplotype", "c.1905+1G>A/c.2846A>T")], "deficient", None, ""),
    ([("dpyd_diplotype", "*1/*1"), ("ugt1a1_diplotype", "*28/*28")], "normal", "poor", "others are possible"),
    ([("ugt1a1_diplotype", "TA6/TA7")], None, "intermediate", "others are possible"),
    ([("dpd_status", "partial"), ("dpyd_diplotype", "*1/*2A")], "partial", None, "others are possible"),
    ([("dpd_status", "partial"), ("ugt1a1", "poor")], "partial", "poor", ""),
    # a result that leaves several values is narrowed by another
    ([("dpyd_diplotype", "DPYD*13")], "not_normal", None, "it could be partial or deficient"),
    ([("dpyd_diplotype", "DPYD*13"), ("dpd_status", "partial")], "partial", None, "it could be"),
    ([("dpyd_diplotype", "DPYD*13"), ("dpyd_diplotype", "*1/*13")], "partial", None, "it could be"),
    ([("dpyd_diplotype", "*1/*99")], None, None, "not in the table"),
    ([("dpyd_diplotype", "*1/*99"), ("dpd_status", "normal")], "normal", None, "not in the table"),
    ([("ugt1a1_diplotype", "*1/*80")], None, None, "it could be normal or intermediate"),
    # not understood: known only from what else is said
    ([("dpyd_diplotype", "see report")], None, None, 'DPYD "see report" is not understood'),
    ([("dpyd_diplotype", "see report"), ("dpd_status", "deficient")], "deficient", None, "not understood"),
    # contradictions are not known, whatever is newer
    ([("dpd_status", "normal"), ("dpyd_diplotype", "*1/*2A")], None, None, "DPD metabolism is contradictory"),
    ([("dpyd_diplotype", "*1/*2A"), ("dpd_status", "normal")], None, None, "stated is normal"),
    ([("dpd_status", "normal"), ("dpyd_diplotype", "DPYD*13")], None, None, "contradictory"),
    ([("dpyd_diplotype", "*1/*1"), ("dpyd_diplotype", "*1/*2A")], None, None, "*1/*1 and *1/*2A"),
    ([("ugt1a1_diplotype", "*1/*1"), ("ugt1a1", "poor")], None, None, "UGT1A1 metabolism is contradictory"),
    ([("dpyd_diplotype", "*1/*2A"), ("dpyd_diplotype", "*2A/*1")], "partial", None, "others are possible"),
]


@pytest.mark.parametrize(("said", "dpd", "ugt", "problem"), CASES, ids=[str(c[0]) for c in CASES])
def test_state(said: list[tuple[str, str]], dpd: str | None, ugt: str | None, problem: str) -> None:
    state = _state(said)
    found = state.strict.select("dpd_status", "ugt1a1").row(0)
    assert found == (dpd, ugt)
    listed = " | ".join(state.problems["what"])
    assert problem in listed
    assert problem or not listed


def test_a_contradiction_and_a_text_not_understood_are_warnings_and_an_assumption_a_note() -> None:
    severity = {
        "note": [("dpyd_diplotype", "*1/*2A")],
        "warning": [("dpyd_diplotype", "*77/*1")],
    }
    for expected, said in severity.items():
        assert _state(said).problems["severity"].unique().to_list() == [expected]


def test_the_facts_behind_are_traced() -> None:
    trace = _state([("dpyd_diplotype", "*1/*2A"), ("dpd_status", "partial")]).trace
    assert trace is not None
    rows = trace.filter(pl.col("feature") == "dpd_status")
    assert sorted(rows["source"]) == ["p:0", "p:1"]


_SAID = st.lists(
    st.one_of(
        st.tuples(
            st.just("dpyd_diplotype"), st.sampled_from(["*1/*1", "*1/*2A", "DPYD*13", "*1/*99", "c.2846A>T hom"])
        ),
        st.tuples(st.just("ugt1a1_diplotype"), st.sampled_from(["*28/*28", "*1/*80", "7/7", "?"])),
        st.tuples(st.just("dpd_status"), st.sampled_from(["normal", "partial", "deficient"])),
        st.tuples(st.just("ugt1a1"), st.sampled_from(["normal", "poor"])),
    ),
    max_size=4,
)
_COLUMNS = ["dpd_status", "ugt1a1"]


@settings(deadline=None, max_examples=25)
@given(st.lists(_SAID, min_size=1, max_size=4))
def test_a_person_alone_is_the_same_as_among_others(people: list[list[tuple[str, str]]]) -> None:
    names = [f"p{n}" for n in range(len(people))]
    facts = [_facts(said, name) for said, name in zip(people, names, strict=True)]
    together = concat(reversed(facts))
    at = pl.DataFrame({"person": names, "as_of": [DAY] * len(names)})
    alone = pl.concat([derive(f, at[n : n + 1]).strict.select(_COLUMNS) for n, f in enumerate(facts)])
    assert derive(together, at).strict.select(_COLUMNS).equals(alone)


@settings(deadline=None, max_examples=40)
@given(_SAID)
def test_what_does_not_read_as_normal_is_never_normal(said: list[tuple[str, str]]) -> None:
    state = _state(said).strict.row(0, named=True)
    spoken = [code for concept, code in said if concept in ("dpyd_diplotype", "dpd_status")]
    if state["dpd_status"] == "normal":
        assert not set(spoken) & {"*1/*2A", "DPYD*13", "c.2846A>T hom"}
        assert set(spoken) & {"normal", "*1/*1"}
