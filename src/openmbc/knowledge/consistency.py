"""Do statements agree with each other? Options that nobody can reach, drugs without rules, rules that contradict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

import msgspec

from openmbc.catalogue import key
from openmbc.criteria import Node, parse
from openmbc.criteria.domain import implied, never
from openmbc.criteria.nodes import all_of
from openmbc.errors import OpenmbcError
from openmbc.knowledge.findings import File, Files, Finding, entries
from openmbc.knowledge.model import Drug, Local, Regimen


def reachable(files: Files, today: dt.date) -> Iterator[Finding]:
    """Options that no person can reach: who fits is never at their place, is barred, or they are nowhere available."""
    for file, entry in entries(files, "regimens"):
        assert isinstance(entry, Regimen)
        if entry.status != "active":
            continue
        if all(day is None for day in entry.since.values()) and "trial" not in entry.standing.values():
            yield file.finding("$.since", "is available nowhere, and no region says 'trial' in standing")
        for region in entry.until:
            if entry.since.get(region) is None:
                yield file.finding("$.until", f"ends in {region}, where it never began")
        fits, follows = _node(entry.for_), _node(entry.after)
        if fits is not None and follows is not None and (name := never(all_of([fits, follows]))):
            yield file.finding(
                "$.after", f"nobody who fits is ever there: no value of '{name}' satisfies for and after"
            )
        if fits is not None:
            yield from _self_defeating(file, entry, fits, files)
    for file, local in entries(files, "local"):
        assert isinstance(local, Local)
        fits = _node(local.for_)
        for i, rule in enumerate(local.unless):
            bar = _node(rule.when)
            if fits is not None and bar is not None and implied(fits, bar):
                yield file.finding(f"$.unless[{i}]", f"whoever fits is barred: {rule.text}")


def _node(condition: object) -> Node | None:
    """The condition; None where there is none or it is wrong, which is found elsewhere."""
    try:
        return parse(condition, "") if condition is not None else None
    except OpenmbcError:
        return None


def _self_defeating(file: File, regimen: Regimen, fits: Node, files: Files) -> Iterator[Finding]:
    """An indication that makes a contraindication of the only drug of a slot true."""
    for slot in regimen.drugs:
        drug = files["drugs"].get(key(slot[0]))
        if len(slot) != 1 or drug is None or not isinstance(drug.entry, Drug):
            continue
        for rule in drug.entry.contraindications:
            node = _node(rule.when)
            if node is not None and implied(fits, node):
                yield file.finding("$.for", f"whoever fits has a contraindication of {slot[0]}: {rule.text}")


def safe_drugs(files: Files, today: dt.date) -> Iterator[Finding]:
    """Drugs of which no rule of safety is known."""
    for file, entry in entries(files, "drugs"):
        assert isinstance(entry, Drug)
        if not (entry.contraindications or entry.cautions or entry.adjust or entry.changes):
            yield file.finding("$.name", "has no rule of safety: neither contraindication nor caution", "warning")


def contradictions(files: Files, today: dt.date) -> Iterator[Finding]:
    """Two statements that cannot both be right."""
    for file, entry in entries(files, "drugs"):
        assert isinstance(entry, Drug)
        yield from _drug_against_itself(file, entry)
    yield from _same_option_twice(files)


def _drug_against_itself(file: File, drug: Drug) -> Iterator[Finding]:
    """The same values ask for two things; or a rule ends the running drug where another lets it go on."""
    rules = [(i, node, rule) for i, rule in enumerate(drug.adjust) if (node := _node(rule.when)) is not None]
    for (_, one, first), (i, other, second) in combinations(rules, 2):
        if one == other and first.do != second.do:
            yield file.finding(f"$.adjust[{i}]", f"contradicts '{first.text}': {second.do} and {first.do} at once")
    for bar in drug.contraindications:
        ends = _node(bar.when) if bar.while_running == "switch" else None
        for i, node, rule in rules:
            if ends is not None and rule.do not in ("stop",) and (node == ends or implied(node, ends)):
                yield file.finding(
                    f"$.adjust[{i}]", f"says {rule.do}, but '{bar.text}' ends the running drug: while_running?"
                )


def _same_option_twice(files: Files) -> Iterator[Finding]:
    """Two active regimens with the same drugs for the same people at the same place in the same region."""
    seen: dict[bytes, str] = {}
    for file, entry in entries(files, "regimens"):
        assert isinstance(entry, Regimen)
        if entry.status == "active":
            asked = msgspec.json.encode([entry.drugs, entry.for_, entry.after, entry.region], order="deterministic")
            if asked in seen:
                yield file.finding("$.for", f"asks the same as {seen[asked]}, for the same drugs")
            seen[asked] = file.path
