"""What labels require of drugs, as conditions: when not to give one, when with care, what to do with one that runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from openmbc.catalogue import key
from openmbc.criteria import Leaf, Node, parse, say
from openmbc.criteria.nodes import all_of, any_of
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Cited, Drug, Rule

Kind = Literal["indication", "contraindication", "caution", "preference"]
Action = Literal["switch", "stop", "hold", "reduce", "correct"]


class Condition(msgspec.Struct, frozen=True):
    """One condition of an option, with its words, its kind and where it comes from."""

    node: Node
    text: str
    kind: Kind
    cited: tuple[Cited, ...]
    unconfirmed: str | None = None
    drug: str | None = None


class RunningRule(msgspec.Struct, frozen=True):
    """What a label asks to be done with a drug that runs, while ``node`` holds (running included).

    ``switch``: the treatment is over; ``stop``: a supporting drug is over and the treatment goes on.
    ``text`` is the rule with its drug and its source.
    """

    node: Node
    do: Action
    text: str


class DrugSafety(msgspec.Struct, frozen=True):
    """The conditions of one drug.

    ``safety``: when it may not be given (``ban`` is true when one of them is), ``cautions``: when with
    care, ``running``: what to do with it while it runs.
    """

    name: str
    safety: tuple[Condition, ...]
    cautions: tuple[Condition, ...]
    running: tuple[tuple[Condition, Action], ...]
    ban: Node


@cache
def drug_safety(knowledge: Knowledge) -> dict[str, DrugSafety]:
    """The conditions of every drug, by its id."""
    return {drug_id: _drug_safety(drug) for drug_id, drug in knowledge.drugs.items()}


def _drug_safety(drug: Drug) -> DrugSafety:
    banned = [(_condition(drug, rule, "contraindication"), rule.while_running) for rule in drug.contraindications]
    closed = list(_closed_again(drug))
    changes = [(_condition(drug, rule, "caution"), rule.do) for rule in drug.adjust]
    safety = (*(condition for condition, _ in banned), *closed)
    over: Action = "switch"
    return DrugSafety(
        drug.name,
        safety,
        tuple(_cautions(drug)),
        (*banned, *((condition, over) for condition in closed), *changes),
        any_of([condition.node for condition in safety]),
    )


def _condition(drug: Drug | None, rule: Rule, kind: Kind) -> Condition:
    cited = (Cited(source=rule.source, where=rule.where),)
    return Condition(parse(rule.when), rule.text, kind, cited, rule.unconfirmed, drug.name if drug else None)


def of_rules(rules: list[Rule], kind: Kind) -> Iterator[Condition]:
    """Rules that belong to no drug, as conditions."""
    yield from (_condition(None, rule, kind) for rule in rules)


def _closed_again(drug: Drug) -> Iterator[Condition]:
    """After progression on it, or toxicity, where the drug may not be given again."""
    for feature, choice in (
        ("progressed_on", drug.reuse.after_progression),
        ("stopped_for_toxicity", drug.reuse.after_toxicity),
    ):
        if choice == "never":
            yield _reuse(drug, feature, "contraindication")


def _cautions(drug: Drug) -> Iterator[Condition]:
    yield from (_condition(drug, rule, "caution") for rule in drug.cautions)
    if drug.reuse.after_toxicity == "with_care":
        yield _reuse(drug, "stopped_for_toxicity", "caution")


def _reuse(drug: Drug, feature: str, kind: Kind) -> Condition:
    leaf = Leaf(f"{feature}_{key(drug.name)}", (True,))
    cited = (Cited(source=drug.reuse.source, where=drug.reuse.where or ""),) if drug.reuse.source else ()
    text = f"{say(leaf).capitalize()}: {drug.reuse.text}"
    return Condition(leaf, text, kind, cited, drug.reuse.unconfirmed, drug.name)


def running_rules(knowledge: Knowledge) -> tuple[RunningRule, ...]:
    """What labels ask to be done with drugs that run."""
    found = []
    for drug in drug_safety(knowledge).values():
        for condition, asked in drug.running:
            do: Action = (
                asked if asked not in ("stop", "switch") else "stop" if drug.name in supporting(knowledge) else "switch"
            )
            node = all_of([Leaf(f"running_{key(drug.name)}", (True,)), condition.node])
            found.append(RunningRule(node, do, _said(condition, knowledge)))
    return tuple(found)


@cache
def supporting(knowledge: Knowledge) -> frozenset[str]:
    """Drugs that stand beside a treatment and are none: without one of them the treatment goes on."""
    return frozenset(_drugs_in("support", knowledge) - _drugs_in("treatment", knowledge))


def _drugs_in(role: str, knowledge: Knowledge) -> set[str]:
    active = [r for r in knowledge.regimens.values() if r.status == "active" and r.role == role]
    return {name for r in active for slot in r.drugs for name in slot}


def _said(condition: Condition, knowledge: Knowledge) -> str:
    """A rule of a drug with its source, as one sentence."""
    cited = [
        f"{knowledge.sources[c.source].title}, {knowledge.place(c.where)}"
        for c in condition.cited
        if c.source is not None
    ]
    doubt = [f"unconfirmed: {condition.unconfirmed.rstrip('.')}"] if condition.unconfirmed else []
    return f"{condition.drug}: {condition.text.rstrip('.')} ({'; '.join([*cited, *doubt])})."
