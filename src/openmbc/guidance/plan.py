"""The knowledge made ready to be applied: regimens with the safety of their drugs, one program of all conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from openmbc.catalogue import key
from openmbc.criteria import Leaf, Node, Program, parse, say
from openmbc.criteria.nodes import NEVER, All, all_of, any_of
from openmbc.guidance.safety import Condition, RunningRule, drug_safety, running_rules
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Regimen, Region

STRENGTHS = ("preferred", "standard", "alternative", "limited")
RECOMMENDED = ("preferred", "standard")


# A rule of the engine, not of a drug: what runs is not offered to go on as it is once the disease has grown on it.
_GREW = Leaf("last_response", ("progression",))
_GREW_TEXT = "The disease has grown on this treatment."


@dataclass(frozen=True)
class OptionPlan:
    """A regimen ready to be evaluated.

    ``who`` and ``place`` are its indications (`for` and `after`); ``indicated`` is what must hold of both.
    ``safety`` and ``cautions`` are the statements of its drugs; ``contraindicated`` is true when a slot has
    no drug left that may be given.
    ``by_drug`` gives for each alternative the node under which it may not be given.
    """

    id: str
    regimen: Regimen
    who: tuple[Condition, ...]
    place: tuple[Condition, ...]
    additions: tuple[Condition, ...]
    safety: tuple[Condition, ...]
    cautions: tuple[Condition, ...]
    indicated: Node
    contraindicated: Node
    by_drug: dict[str, Node]
    running: Node
    position: int = 0
    order: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """Every active option in static order, the rules of running drugs, and the compiled program."""

    options: tuple[OptionPlan, ...]
    running: tuple[RunningRule, ...]
    region: Region
    program: Program
    features: frozenset[str] = field(default_factory=frozenset)


@cache
def plan(knowledge: Knowledge, region: Region = "us") -> Plan:
    """The plan for a knowledge in a region; made once for each. Entries of another region are left out."""
    here = (None, region)
    active = [(i, r) for i, r in knowledge.regimens.items() if r.status == "active" and r.region in here]
    ranked = sorted(active, key=lambda item: _merit(item[1], knowledge)[0])
    options = tuple(_option(i, r, knowledge, n) for n, (i, r) in enumerate(ranked))
    running = running_rules(knowledge)
    nodes: list[Node] = [rule.node for rule in running]
    for o in options:
        conditions = (*o.who, *o.place, *o.additions, *o.safety, *o.cautions)
        nodes += [o.indicated, o.contraindicated, o.running, *o.by_drug.values()]
        nodes += [c.node for c in conditions]
    program = Program(nodes)
    return Plan(options, running, region, program, frozenset(program.features))


def _option(option_id: str, regimen: Regimen, knowledge: Knowledge, position: int) -> OptionPlan:
    who = tuple(_indications(regimen.for_, regimen, "for"))
    place = tuple(_indications(regimen.after, regimen, "after")) if regimen.after is not None else ()
    additions = tuple(
        Condition(parse(a.when), a.text, "caution", tuple(a.because), drug=" or ".join(a.drugs[0])) for a in regimen.add
    )
    added = [all_of([c.node, _slots_banned(a.drugs, knowledge)]) for c, a in zip(additions, regimen.add, strict=True)]
    safe = drug_safety(knowledge)
    known = [safe[key(name)] for slot in regimen.drugs for name in slot if key(name) in safe]
    fits, follows = all_of([c.node for c in who]), all_of([c.node for c in place])
    slots = [any_of([Leaf(f"running_{key(n)}", (True,)) for n in slot]) for slot in regimen.drugs]
    treats = regimen.role == "treatment"
    # A treatment runs when a drug of each slot does and no other; support runs beside what else there is.
    alone = [Leaf("drugs_running", (len(regimen.drugs),))] if treats else []
    running = all_of([*slots, *alone]) if slots else NEVER
    grown = Condition(all_of([running, _GREW]) if treats else NEVER, _GREW_TEXT, "contraindication", ())
    return OptionPlan(
        id=option_id,
        regimen=regimen,
        who=who,
        place=place,
        additions=additions,
        safety=_each_once([*(c for d in known for c in d.safety), *([grown] if treats else [])]),
        cautions=_each_once([c for d in known for c in d.cautions]),
        # A treatment that runs has its place in the sequence behind it.
        indicated=all_of([fits, any_of([running, follows])]),
        contraindicated=any_of([_slots_banned(regimen.drugs, knowledge), *added, grown.node]),
        by_drug={d.name: d.ban for d in known},
        running=running,
        position=position,
        order=_merit(regimen, knowledge)[1],
    )


def _each_once(conditions: list[Condition]) -> tuple[Condition, ...]:
    """Without those that two drugs share word for word (the aromatase inhibitors of one slot)."""
    return tuple({(c.text, c.node): c for c in conditions}.values())


def _slots_banned(slots: list[list[str]], knowledge: Knowledge) -> Node:
    """True when some slot has no alternative left: any over slots of all over alternatives."""
    safe = drug_safety(knowledge)
    return any_of([all_of([safe[key(n)].ban if key(n) in safe else NEVER for n in slot]) for slot in slots])


def _indications(condition: object, regimen: Regimen, place: str) -> Iterator[Condition]:
    """The top level of an `all` is shown as separate reasons."""
    node = parse(condition, place)
    for part in node.parts if isinstance(node, All) else (node,):
        yield Condition(part, say(part), "indication", tuple(regimen.because), regimen.unconfirmed)


def _merit(regimen: Regimen, knowledge: Knowledge) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """What orders options of one verdict, and the same in sentences.

    Strength first; then a survival gain shown in a randomised trial; then a randomised phase 3 trial;
    then confirmed before unconfirmed; then the name. Relative gains of different trials are not
    compared: their populations and controls differ.
    """
    trials = [knowledge.evidence[c.evidence] for c in regimen.because if c.evidence in knowledge.evidence]
    survival = [
        (t.name, r)
        for t in trials
        for r in t.results
        if r.endpoint == "overall survival" and t.randomised and r.ci is not None and r.ci[1] < 1
    ]
    phase3 = [t.name for t in trials if t.randomised and t.phase == "3"]
    sentences = [f"Strength of the recommendation: {regimen.strength}."]
    if survival:
        name, result = survival[0]
        sentences.append(f"Placed higher: people lived longer in {name} (HR {result.hr:g}).")
    elif phase3:
        sentences.append(f"Placed higher than options without a randomised phase 3 trial ({phase3[0]}).")
    key_ = (STRENGTHS.index(regimen.strength), not survival, not phase3, regimen.unconfirmed is not None, regimen.name)
    return key_, tuple(sentences)
