"""Supplements and practices: what a person with these medicines hears, and what keeps a person from a practice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openmbc.catalogue import FEATURES, key
from openmbc.knowledge import load
from openmbc.report.of_living import Reader, lives, practice, supplements
from openmbc.terms.drugs import classes_of

KNOWLEDGE = load()
CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
# Somebody of whom all is known that these entries ask: takes nothing, is well, and has no hormone receptor.
WELL = {
    **{f.name: False for f in FEATURES if f.kind == "bool"},
    **{f.name: 0 for f in FEATURES if f.family == "symptom"},
    "hormone_receptor": "negative",
    "neutrophils": 4,
    "platelets": 250,
    "haemoglobin": 130,
    "calcium": 2.3,
    "alt_uln": 1,
    "creatinine_clearance": 90,
    "spinal_instability_score": 0,
}


def reader(case: Mapping[str, Any]) -> Reader:
    """The well person, with what the case says beside: ``known``, ``unknown``, and a cancer drug that ``runs``."""
    drug = case.get("runs")
    running = {f"running_{key(name)}": True for name in (drug, *classes_of(drug))} if drug else {}
    values = WELL | running | case.get("known", {}) | dict.fromkeys(case.get("unknown", ()))
    return lives({f.name: values.get(f.name) for f in FEATURES}, {}, KNOWLEDGE).reader


def label(case: Mapping[str, Any]) -> str:
    about = [case.get("taken") or case["practice"], case.get("runs"), *case.get("known", {}), *case.get("unknown", ())]
    return " ".join(filter(None, about))


@pytest.mark.parametrize("case", CASES["supplements"], ids=label)
def test_what_a_person_hears_of_a_supplement(case: dict[str, Any]) -> None:
    [found] = supplements(reader(case), [case["taken"]])
    assert found.answer == case["answer"]
    assert case.get("source") in {s.id for clash in found.clashes for s in clash.source} | {None}
    assert bool(found.clashes) == ("source" in case)


@pytest.mark.parametrize("case", CASES["practices"], ids=label)
def test_what_keeps_a_person_from_a_practice(case: dict[str, Any]) -> None:
    entry = KNOWLEDGE.complementary[case["practice"]]
    gates = practice(case["practice"], entry, entry.for_, reader(case)).gates
    assert [gate.do for gate in gates] == case["do"]
    assert bool(gates) == ("source" in case)
    assert case.get("source") in {s.id for gate in gates for s in gate.source} | {None}


def test_somebody_well_without_medicines_hears_of_no_clash() -> None:
    taken = [entry.name for entry in KNOWLEDGE.supplements.values()]
    assert {found.answer for found in supplements(reader({}), taken)} == {"nothing_found"}


def test_a_name_means_one_supplement() -> None:
    names = [n.casefold() for entry in KNOWLEDGE.supplements.values() for n in {entry.name, *entry.also}]
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_no_concern_asks_for_a_medicine_and_a_state_at_once() -> None:
    """Both together would hold only where both are there: a supplement that harms for either reason has two."""
    concerns = [(i, c) for i, entry in KNOWLEDGE.supplements.items() for c in entry.concerns]
    assert [i for i, c in concerns if c.when is not None and (c.drugs or c.classes)] == []


@pytest.mark.parametrize("kind", ["complementary", "supplements"])
def test_what_is_recommended_or_harmful_is_confirmed(kind: str) -> None:
    """The two strengths that change what a person does: each is what its source says, with nothing left to confirm."""
    uses = [(i, use) for i, entry in getattr(KNOWLEDGE, kind).items() for use in entry.for_]
    assert [i for i, use in uses if use.strength in ("recommended", "harmful") and use.unconfirmed] == []
