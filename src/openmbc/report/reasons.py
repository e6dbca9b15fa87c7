"""An option's conditions as reasons: met, not met or not known; what was seen; from which facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec

from openmbc.criteria import Node
from openmbc.criteria.nodes import features
from openmbc.guidance.plan import OptionPlan, Plan
from openmbc.guidance.safety import Condition, Kind
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Regimen, Region
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.types import Evidence, Reason, Value

_OWN_RULE = Source(
    id="openmbc", title="openmbc, rules of guidance", where="docs/architecture.md, From conditions to verdicts"
)
_REGIONS = {"us": "the United States", "eu": "the European Union"}


class View(msgspec.Struct, frozen=True):
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

    def holds(self, node: Node) -> bool | None:
        """Truth of a node for this person."""
        return self.truth[self.plan.program.at(node)]

    def about(self, asked: tuple[str, ...]) -> tuple[str, list[str]]:
        """What was seen of the features that a condition asks for, and the facts behind it."""
        if len(asked) == 1:
            (name,) = asked
            return self.words[name], self.trace.get(name, [])
        sources = {source for name in asked for source in self.trace.get(name, ())}
        return "; ".join([self.words[name] for name in asked]), sorted(sources)


class _Asked(NamedTuple):
    """A condition with what is the same of it for everybody: its row, its words and its sources."""

    row: int
    text: str
    kind: Kind
    sources: list[Source]
    unconfirmed: str | None


class Outline(NamedTuple):
    """What is the same of an option for everybody.

    ``asked``: its conditions, by their place among all, ``asked_now`` the same for the treatment that runs, of which
    the place in the sequence is past; ``additions`` and ``moves``: the rows of their conditions, with the text of a
    move; ``bans``: of each drug, the row under which it may not be given; ``unconfirmed``: what is unconfirmed of a
    condition, by its place; ``market``: what is said of it in the region, and once it is withdrawn.
    """

    asked: list[int]
    asked_now: list[int]
    additions: list[int]
    moves: list[tuple[int, str]]
    bans: list[tuple[str, int]]
    trials: list[Evidence]
    sources: list[Source]
    unconfirmed: list[tuple[int, str]]
    market: tuple[str, str]


@cache
def _each(plan: Plan) -> list[Condition]:
    """Every condition of an option, each once."""
    each = {id(c): c for o in plan.options for c in (*o.who, *o.place, *o.additions, *o.safety, *o.cautions)}
    return list(each.values())


@cache
def _conditions(plan: Plan, knowledge: Knowledge) -> list[_Asked]:
    at = plan.program.at
    return [
        _Asked(at(c.node), _words(c), c.kind, citing.sources(c.cited, knowledge) or [_OWN_RULE], c.unconfirmed)
        for c in _each(plan)
    ]


@cache
def _asking(plan: Plan) -> dict[int, tuple[str, ...]]:
    """What the conditions ask for, by row: equal ones of several options are one row."""
    return {plan.program.at(c.node): features(c.node) for c in _each(plan)}


@cache
def outlines(plan: Plan, knowledge: Knowledge) -> dict[str, Outline]:
    """The outline of each option, by id."""
    number = {id(c): n for n, c in enumerate(_each(plan))}
    at = plan.program.at

    def numbers(*of: Iterable[Condition]) -> list[int]:
        return [number[id(c)] for some in of for c in some]

    return {
        o.id: Outline(
            asked=numbers(o.who, o.place, o.safety, o.additions, o.cautions),
            asked_now=numbers(o.who, o.safety, o.additions, o.cautions),
            additions=[at(c.node) for c in o.additions],
            moves=[(at(m.node), m.text) for m in o.moves],
            bans=[(drug, at(node)) for drug, node in o.by_drug.items()],
            trials=citing.trials(tuple(o.entry.because), knowledge),
            sources=citing.sources(tuple(o.entry.because), knowledge),
            unconfirmed=[
                (number[id(c)], c.unconfirmed)
                for c in (*o.who, *o.safety, *o.additions, *o.cautions)
                if c.unconfirmed is not None
            ],
            market=_on_market(o, plan.region),
        )
        for o in plan.options
    }


def every_reason(view: View) -> list[Reason | None]:
    """Every condition as a reason, by its place among all: one object for all options that share it.

    Contraindications that are known not to hold are kept (that is what was checked); cautions that do not hold are
    left out (None).
    """
    truth, strict, asking = view.truth, view.strict_truth, _asking(view.plan)
    seen: dict[int, tuple[str, list[str]]] = {}  # by row: equal conditions of several options share what was seen
    found: list[Reason | None] = []
    for row, text, kind, sources, unconfirmed in _conditions(view.plan, view.knowledge):
        met = truth[row]
        if met is False and kind == "caution":
            found.append(None)
            continue
        if row not in seen:
            seen[row] = view.about(asking[row])
        words, behind = seen[row]
        made = Reason(
            text=text,
            met=met,
            assumed=met is not None and strict[row] is None,
            kind=kind,
            seen=words,
            from_=behind,
            source=sources,
            unconfirmed=unconfirmed,
        )
        found.append(made)
    return found


def reasons(option: OptionPlan, of: Outline, now: bool, every: list[Reason | None], view: View) -> list[Reason]:
    """The reasons of an option: availability, indications, contraindications, cautions that may apply.

    ``now``: it is the treatment that is running.
    """
    asked = [reason for n in (of.asked_now if now else of.asked) if (reason := every[n]) is not None]
    return asked if option.role == "local" else [_availability(option, of, view), *asked]


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


def _on_market(option: OptionPlan, region: Region) -> tuple[str, str]:
    """What is known of the option in the region: where it was not withdrawn, and where it was."""
    since, until, where = option.since, option.until, _REGIONS[region]
    regimen = option.entry
    standing = regimen.standing.get(region) if isinstance(regimen, Regimen) else None
    said = _STANDING[standing].format(where) if standing in _STANDING else f"Available in {where}"
    gone = f"No longer available for this use in {where} since {until.isoformat()}" if until is not None else ""
    if since is None:
        absent = said if standing == "trial" else f"Not approved for this use in {where}"
        return f"{absent}, as far as this knowledge goes", gone
    return f"{said} since {since.isoformat()}", gone


def _availability(option: OptionPlan, of: Outline, view: View) -> Reason:
    since, until, day = option.since, option.until, view.as_of
    withdrawn = since is not None and until is not None and day >= until
    return Reason(
        text=of.market[withdrawn],
        met=since is not None and day >= since and not withdrawn,
        assumed=False,
        kind="indication",
        seen=f"as of {day.isoformat()}",
        from_=[],
        source=of.sources,
    )
