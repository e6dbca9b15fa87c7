"""An option's conditions as reasons: met, not met or not known; what was seen; from which facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from openmbc.criteria import Node
from openmbc.criteria.nodes import features
from openmbc.guidance.plan import OptionPlan, Plan
from openmbc.guidance.safety import Condition
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Regimen, Region
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.types import Evidence, Reason, Value

_OWN_RULE = Source(
    id="openmbc", title="openmbc, rules of guidance", where="docs/architecture.md, From conditions to verdicts"
)
_REGIONS = {"us": "the United States", "eu": "the European Union"}


@dataclass(frozen=True)
class View:
    """One person's state, as everything in the report reads it.

    ``truth`` and ``strict_truth`` are the values of all nodes with silence assumed and without;
    ``state`` and ``strict`` likewise for features; ``trace`` has the sources of each feature, ``words`` what was seen.
    """

    plan: Plan
    knowledge: Knowledge
    truth: list[bool | None]
    strict_truth: list[bool | None]
    state: dict[str, Value]
    strict: dict[str, Value]
    trace: dict[str, list[str]]
    words: dict[str, str]
    as_of: dt.date
    region: Region
    facts: dict[int, tuple[str, list[str]]] = field(default_factory=dict)  # `about` by row, as it is asked for
    said: dict[int, Reason] = field(default_factory=dict)  # reasons, by the place of their condition

    def holds(self, node: Node) -> bool | None:
        """Truth of a node for this person."""
        return self.truth[self.plan.program.at(node)]

    def about(self, asked: tuple[str, ...], row: int) -> tuple[str, list[str]]:
        """What was seen of the features that a condition asks for, and the facts behind it; ``row``: of the condition.

        Kept for the next one that asks.
        """
        if len(asked) == 1:
            (name,) = asked
            known = self.words[name], self.trace.get(name, [])
        else:
            sources = {source for name in asked for source in self.trace.get(name, ())}
            known = "; ".join([self.words[name] for name in asked]), sorted(sources)
        self.facts[row] = known
        return known


class _Asked(NamedTuple):
    """A condition with what is the same of it for everybody: its row, its words, what it asks for, its sources."""

    condition: Condition
    row: int
    text: str
    features: tuple[str, ...]
    sources: list[Source]


class Outline(NamedTuple):
    """What is the same of an option for everybody.

    ``who``, ``place``, ``safety`` and ``cautions``: its conditions, by their place among all; ``additions`` and
    ``moves``: the rows of their conditions, with the text of a move; ``bans``: of each drug, the row under which it
    may not be given.
    """

    who: list[int]
    place: list[int]
    safety: list[int]
    cautions: list[int]
    additions: list[int]
    moves: list[tuple[int, str]]
    bans: dict[str, int]
    trials: list[Evidence]
    sources: list[Source]


@cache
def _conditions(plan: Plan, knowledge: Knowledge) -> list[_Asked]:
    """Every condition of an option, each once."""
    each = {id(c): c for o in plan.options for c in (*o.who, *o.place, *o.additions, *o.safety, *o.cautions)}
    return [
        _Asked(
            c, plan.program.at(c.node), _words(c), features(c.node), citing.sources(c.cited, knowledge) or [_OWN_RULE]
        )
        for c in each.values()
    ]


@cache
def outlines(plan: Plan, knowledge: Knowledge) -> dict[str, Outline]:
    """The outline of each option, by id."""
    number = {id(asked.condition): n for n, asked in enumerate(_conditions(plan, knowledge))}
    at = plan.program.at

    def numbers(of: Iterable[Condition]) -> list[int]:
        return [number[id(c)] for c in of]

    return {
        o.id: Outline(
            who=numbers(o.who),
            place=numbers(o.place),
            safety=numbers(o.safety),
            cautions=numbers((*o.additions, *o.cautions)),
            additions=[at(c.node) for c in o.additions],
            moves=[(at(m.node), m.text) for m in o.moves],
            bans={drug: at(node) for drug, node in o.by_drug.items()},
            trials=citing.trials(tuple(o.entry.because), knowledge),
            sources=citing.sources(tuple(o.entry.because), knowledge),
        )
        for o in plan.options
    }


def reasons(option: OptionPlan, now: bool, view: View) -> list[Reason]:
    """Every reason of an option: availability, indications, contraindications, cautions that may apply.

    Contraindications that are known not to hold are kept (that is what was checked); cautions that do
    not hold are left out. For the treatment that is running, its place in the sequence is past.
    """
    of, conditions = outlines(view.plan, view.knowledge)[option.id], _conditions(view.plan, view.knowledge)
    cautions = [n for n in of.cautions if view.truth[conditions[n].row] is not False]
    asked = (*of.who, *(() if now else of.place), *of.safety, *cautions)
    on_market = [] if option.role == "local" else [_availability(option, of, view)]
    # A reason is one object for all options that share it.
    return [*on_market, *(view.said.get(n) or _reason(n, conditions[n], view) for n in asked)]


def _reason(number: int, asked: _Asked, view: View) -> Reason:
    condition, row, text, of, sources = asked
    met, (seen, behind) = view.truth[row], view.facts.get(row) or view.about(of, row)
    made = view.said[number] = Reason(
        text=text,
        met=met,
        assumed=met is not None and view.strict_truth[row] is None,
        kind=condition.kind,
        seen=seen,
        from_=behind,
        source=sources,
        unconfirmed=condition.unconfirmed,
    )
    return made


def _words(condition: Condition) -> str:
    """The text of a condition; a contraindication names its drug."""
    drug = condition.drug if condition.kind == "contraindication" else None
    return f"{drug}: {condition.text}" if drug else condition.text


# How an option stands where no label says it.
_STANDING = {
    "listed": "Off label in {}, listed by a guideline",
    "off_label": "Off label in {}",
    "trial": "Trials only in {}",
}


def _on_market(option: OptionPlan, view: View) -> tuple[str, bool]:
    """What is known of the option in the region, and whether it was there on the day."""
    since, until, where = option.since, option.until, _REGIONS[view.region]
    regimen = option.entry
    standing = regimen.standing.get(view.region) if isinstance(regimen, Regimen) else None
    said = _STANDING[standing].format(where) if standing in _STANDING else f"Available in {where}"
    if since is None:
        absent = said if standing == "trial" else f"Not approved for this use in {where}"
        return f"{absent}, as far as this knowledge goes", False
    if until is not None and view.as_of >= until:
        return f"No longer available for this use in {where} since {until.isoformat()}", False
    return f"{said} since {since.isoformat()}", view.as_of >= since


def _availability(option: OptionPlan, of: Outline, view: View) -> Reason:
    text, met = _on_market(option, view)
    return Reason(
        text=text,
        met=met,
        assumed=False,
        kind="indication",
        seen=f"as of {view.as_of.isoformat()}",
        from_=[],
        source=of.sources,
    )
