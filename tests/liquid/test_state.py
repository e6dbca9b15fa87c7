"""ESR1 that emerges in blood on an aromatase inhibitor, and what the state keeps of draws."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.facts import TABLES, Facts, build
from openmbc.state import derive

START = dt.date(2026, 1, 1)
VISIT = START + dt.timedelta(days=200)
CASES = yaml.safe_load((Path(__file__).parent / "state" / "esr1_emerging.yaml").read_text(encoding="utf-8"))


def _row(table: str, **values: object) -> tuple[object, ...]:
    return tuple(values.get(name) for name in TABLES[table])


def _day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def _found(person: str, draws: list[dict[str, Any]]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    variants, observations = [], []
    for n, draw in enumerate(draws):
        place = {"person": person, "date": _day(draw["day"]), "date_precision": "day"}
        assay = draw.get("assay", "Guardant360")
        for text, percent in draw.get("found", {}).items():
            gene, _, change = text.partition(" ")
            variants.append(_row("variants", **place, source=f"v{n}/{text}", gene=gene, change=change or None,
                                 origin="somatic", result="present", vaf=percent / 100, specimen="plasma",
                                 assay=assay, depth=draw.get("depth")))  # fmt: skip
        for gene in draw.get("absent", []):
            variants.append(_row("variants", **place, source=f"v{n}/{gene}", gene=gene, origin="somatic",
                                 result="absent", specimen="plasma", assay=assay))  # fmt: skip
        if "fraction" in draw:
            observations.append(_row("observations", **place, source=f"f{n}", concept="tumour_fraction",
                                     value=draw["fraction"], unit="%", site="plasma", method=assay))  # fmt: skip
    return variants, observations


def _facts(case: dict[str, Any], person: str = "anna") -> Facts:
    variants, observations = _found(person, case["draws"])
    treatments = []
    of = {"person": person, "start_precision": "day", "kind": "drug", "setting": "metastatic"}
    for drug, start, *end in case["given"]:
        to = _day(end[0]) if end and end[0] != "unknown" else None
        status = "unknown" if end == ["unknown"] else "ended" if end else "running"
        given = {"source": drug, "start": _day(start), "end": to, "treatment": drug, "status": status}
        treatments.append(_row("treatments", **of, **given, end_precision="day" if to else None))
    return build({"people": [_row("people", person=person, source="p")], "variants": variants,
                  "observations": observations, "treatments": treatments})  # fmt: skip


def _at(*days: dt.date, person: str = "anna") -> pl.DataFrame:
    return pl.DataFrame({"person": [person] * len(days), "as_of": days}, schema={"person": pl.String, "as_of": pl.Date})


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_esr1_emerging(case: dict[str, Any]) -> None:
    assert case["source"]
    state = derive(_facts(case), _at(VISIT), trace=True)
    assert state.strict["esr1_emerging"].to_list() == [case["emerging"]]
    assert state.trace is not None
    traced = state.trace.filter(pl.col("feature") == "esr1_emerging")["source"].to_list()
    seen = _facts(case).variants.filter((pl.col("gene") == "ESR1") & (pl.col("date") <= VISIT))["source"]
    assert sorted(traced) == sorted(seen)


def test_many_at_once_are_as_one() -> None:
    people = [f"p{n}" for n in range(len(CASES))]
    facts = [_facts(case, person) for case, person in zip(CASES, people, strict=True)]
    together = Facts(**{name: pl.concat([getattr(f, name) for f in facts]) for name in (*TABLES, "problems")})
    at = pl.DataFrame({"person": people, "as_of": [VISIT] * len(people)})
    state = derive(together, at)
    assert state.strict["esr1_emerging"].to_list() == [case["emerging"] for case in CASES]


def test_each_day_of_a_replay_sees_what_was_known() -> None:
    state = derive(_facts(CASES[0]), _at(_day(20), _day(60), _day(100)))
    assert state.strict["esr1_emerging"].to_list() == [None, None, True]


def test_what_is_inherited_is_no_tumour_dna() -> None:
    row = _row("variants", person="anna", source="v", date=START, date_precision="day", gene="BRCA2", change="K3326*",
               origin="germline", result="present", vaf=0.5, specimen="plasma", assay="Guardant360")  # fmt: skip
    state = derive(
        build({"people": [_row("people", person="anna", source="p")], "variants": [row]}), _at(VISIT), trace=True
    )
    assert state.blood is None


@pytest.mark.parametrize(("date", "precision"), [(None, None), (START, "year")])
def test_a_finding_without_its_day_has_no_place_in_the_order(date: dt.date | None, precision: str | None) -> None:
    row = _row("variants", person="anna", source="v", date=date, date_precision=precision, gene="ESR1", change="D538G",
               origin="somatic", result="present", specimen="plasma")  # fmt: skip
    state = derive(
        build({"people": [_row("people", person="anna", source="p")], "variants": [row]}), _at(VISIT), trace=True
    )
    assert state.blood is not None
    assert state.blood.followed.draws.is_empty()
    (problem,) = state.problems.filter(pl.col("source") == "v").iter_rows(named=True)
    assert (problem["person"], problem["severity"]) == ("anna", "note")
    assert problem["what"] == "ESR1 in blood: without a day it is not compared with other draws"


def test_problems_name_the_person() -> None:
    draws = [{"day": 0, "found": {"ESR1 D538G": 1.0}}, {"day": 0, "found": {"ESR1 D538G": 2.0}}]
    state = derive(_facts({"draws": draws, "given": []}), _at(VISIT))
    (problem,) = state.problems.filter(pl.col("what").str.contains("in blood")).iter_rows(named=True)
    assert problem["person"] == "anna"
    assert problem["what"] == "ESR1 D538G in blood of 2026-01-01: different shares of alleles"
