"""The knowledge made ready to be applied: regimens with the safety of their drugs, one program of all conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from openmbc.catalogue import key
from openmbc.criteria import Leaf, Node, Program, parse, say
from openmbc.criteria.nodes import NEVER, All, all_of, any_of
from openmbc.guidance.fit import Move, moves
from openmbc.guidance.merit import merit
from openmbc.guidance.profile import Profile
from openmbc.guidance.safety import Condition, RunningRule, drug_safety, of_rules, running_rules
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Local, Option, Regimen, Region
from openmbc.knowledge.tests import Testing

Role = Literal["treatment", "support", "local"]

# A rule of the engine, not of a drug: what runs is not offered to go on as it is once the disease has grown on it.
_GREW = Leaf("last_response", ("progression",))
_GREW_TEXT = "The disease has grown on this treatment."


class OptionPlan(msgspec.Struct, frozen=True):
    """A regimen or a local treatment ready to be evaluated.

    ``since`` says from which day it was available in the region, None never; ``until`` on which day that ended.
    ``who`` and ``place`` are its indications (`for` and `after`); ``indicated`` is what must hold of both.
    ``safety`` and ``cautions`` are the statements of its drugs; ``contraindicated`` is true when a slot has
    no drug left that may be given.
    ``by_drug`` gives for each alternative the node under which it may not be given.
    ``position`` is the static order; options of one ``tier`` have recommendations equally strong and evidence
    of one kind, and among them ``moves`` decide.
    """

    id: str
    entry: Option
    role: Role
    slots: tuple[list[str], ...]
    since: dt.date | None
    until: dt.date | None
    who: tuple[Condition, ...]
    place: tuple[Condition, ...]
    additions: tuple[Condition, ...]
    safety: tuple[Condition, ...]
    cautions: tuple[Condition, ...]
    indicated: Node
    contraindicated: Node
    by_drug: dict[str, Node]
    running: Node
    position: int
    tier: int
    order: tuple[str, ...]
    moves: tuple[Move, ...]
    profile: Profile


class TestPlan(msgspec.Struct, frozen=True):
    """A test of the knowledge, with the condition that says for whom."""

    id: str
    entry: Testing
    node: Node


class Plan(msgspec.Struct, frozen=True, eq=False):
    """Every active option in static order, the rules of running drugs, tests by preference, the compiled program."""

    knowledge: Knowledge
    options: tuple[OptionPlan, ...]
    running: tuple[RunningRule, ...]
    testing: tuple[TestPlan, ...]
    region: Region
    program: Program
    features: frozenset[str] = msgspec.field(default_factory=frozenset)


@cache
def plan(knowledge: Knowledge, region: Region = "us") -> Plan:
    """The plan for a knowledge in a region; made once for each. Entries of another region are left out."""
    here = (None, region)
    active: list[tuple[str, Option]] = [
        (i, r) for i, r in knowledge.regimens.items() if r.status == "active" and r.region in here
    ]
    active += [(f"local/{i}", r) for i, r in knowledge.local.items() if r.status == "active"]
    options = tuple(_options(active, knowledge, region))
    running = running_rules(knowledge)
    tests = sorted((t for t in knowledge.testing.items() if t[1].status == "active"), key=lambda t: (t[1].order, t[0]))
    testing = tuple(TestPlan(i, entry, parse(entry.for_)) for i, entry in tests)
    nodes: list[Node] = [*(rule.node for rule in running), *(test.node for test in testing)]
    nodes += [parse(condition) for entry in knowledge.biomarkers.values() for condition in entry.conditions]
    for o in options:
        conditions = (*o.who, *o.place, *o.additions, *o.safety, *o.cautions)
        nodes += [o.indicated, o.contraindicated, o.running, *o.by_drug.values()]
        nodes += [c.node for c in conditions]
        nodes += [m.node for m in o.moves]
    program = Program(nodes)
    return Plan(knowledge, options, running, testing, region, program, frozenset(program.features))


class _Standing(msgspec.Struct, frozen=True):
    """What of an option comes from its place among all options."""

    id: str
    profile: Profile
    position: int
    tier: int
    order: tuple[str, ...]


def _options(entries: list[tuple[str, Option]], knowledge: Knowledge, region: Region) -> Iterator[OptionPlan]:
    """Every option in static order."""
    known = [(i, profile, merit(profile)) for i, entry in entries for profile in [Profile(entry, knowledge)]]
    known.sort(key=lambda option: (option[2].tier, option[2].order))
    tiers = {tier: n for n, tier in enumerate(dict.fromkeys(m.tier for _, _, m in known))}
    for position, (option_id, profile, found) in enumerate(known):
        standing = _Standing(option_id, profile, position, tiers[found.tier], found.said)
        entry = profile.option
        if isinstance(entry, Regimen):
            yield _regimen(standing, entry, knowledge, region)
        elif isinstance(entry, Local):
            yield _local(standing, entry)


def _local(standing: _Standing, local: Local) -> OptionPlan:
    """Local treatment needs no place in a sequence and is on no market."""
    who = tuple(_indications(local.for_, local, "for"))
    safety = tuple(of_rules(local.unless, "contraindication"))
    cautions = tuple(of_rules(local.cautions, "caution"))
    return OptionPlan(
        id=standing.id,
        entry=local,
        role="local",
        slots=(),
        since=dt.date.min,
        until=None,
        who=who,
        place=(),
        additions=(),
        safety=safety,
        cautions=cautions,
        indicated=all_of([c.node for c in who]),
        contraindicated=any_of([c.node for c in safety]),
        by_drug={},
        running=NEVER,
        position=standing.position,
        tier=standing.tier,
        order=standing.order,
        moves=moves(standing.profile, cautions),
        profile=standing.profile,
    )


def _regimen(standing: _Standing, regimen: Regimen, knowledge: Knowledge, region: Region) -> OptionPlan:
    who = tuple(_indications(regimen.for_, regimen, "for"))
    place = tuple(_indications(regimen.after, regimen, "after")) if regimen.after is not None else ()
    additions = tuple(
        Condition(parse(a.when), a.text, "caution", tuple(a.because), drug=" or ".join(a.drugs[0])) for a in regimen.add
    )
    added = [all_of([c.node, _slots_banned(a.drugs, knowledge)]) for c, a in zip(additions, regimen.add, strict=True)]
    safe = drug_safety(knowledge)
    known = [safe[key(name)] for slot in regimen.drugs for name in slot if key(name) in safe]
    cautions = _each_once([c for d in known for c in d.cautions])
    fits, follows = all_of([c.node for c in who]), all_of([c.node for c in place])
    slots = [any_of([Leaf(f"running_{key(n)}", (True,)) for n in slot]) for slot in regimen.drugs]
    treats = regimen.role == "treatment"
    # A treatment runs when a drug of each slot does and no other; support runs beside what else there is.
    alone = [Leaf("drugs_running", (len(regimen.drugs),))] if treats else []
    running = all_of([*slots, *alone]) if slots else NEVER
    grown = Condition(all_of([running, _GREW]) if treats else NEVER, _GREW_TEXT, "contraindication", ())
    return OptionPlan(
        id=standing.id,
        entry=regimen,
        role=regimen.role,
        slots=tuple(regimen.drugs),
        since=regimen.since.get(region),
        until=regimen.until.get(region),
        who=who,
        place=place,
        additions=additions,
        safety=_each_once([*(c for d in known for c in d.safety), *([grown] if treats else [])]),
        cautions=cautions,
        # A treatment that runs has its place in the sequence behind it.
        indicated=all_of([fits, any_of([running, follows])]),
        contraindicated=any_of([_slots_banned(regimen.drugs, knowledge), *added, grown.node]),
        by_drug={d.name: d.ban for d in known},
        running=running,
        position=standing.position,
        tier=standing.tier,
        order=standing.order,
        moves=moves(standing.profile, cautions),
        profile=standing.profile,
    )


def _each_once(conditions: list[Condition]) -> tuple[Condition, ...]:
    """Without those that two drugs share word for word (the aromatase inhibitors of one slot)."""
    return tuple({(c.text, c.node): c for c in conditions}.values())


def _slots_banned(slots: list[list[str]], knowledge: Knowledge) -> Node:
    """True when some slot has no alternative left: any over slots of all over alternatives."""
    safe = drug_safety(knowledge)
    return any_of([all_of([safe[key(n)].ban if key(n) in safe else NEVER for n in slot]) for slot in slots])


def _indications(condition: object, entry: Option, place: str) -> Iterator[Condition]:
    """The top level of an `all` is shown as separate reasons."""
    node = parse(condition, place)
    for part in node.parts if isinstance(node, All) else (node,):
        yield Condition(part, say(part), "indication", tuple(entry.because), entry.unconfirmed)
