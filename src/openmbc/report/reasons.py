"""An option's conditions as reasons: met, not met or not known; what was seen; from which facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache

from openmbc.criteria import Node
from openmbc.criteria.nodes import features
from openmbc.guidance.plan import OptionPlan, Plan
from openmbc.guidance.safety import Condition
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Regimen, Region
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.types import Reason, Value

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
    said: dict[int, Reason] = field(default_factory=dict)  # reasons, by the identity of their condition

    def holds(self, node: Node) -> bool | None:
        """Truth of a node for this person."""
        return self.truth[self.plan.program.at(node)]

    def about(self, node: Node, row: int) -> tuple[str, list[str]]:
        """What was seen of the features in a condition, and the facts behind it; ``row`` is that of the node."""
        known = self.facts.get(row)
        if known is None:
            asked = features(node)
            seen = "; ".join(self.words[name] for name in asked)
            known = seen, sorted({source for name in asked for source in self.trace.get(name, ())})
            self.facts[row] = known
        return known


def reasons(option: OptionPlan, now: bool, view: View) -> list[Reason]:
    """Every reason of an option: availability, indications, contraindications, cautions that may apply.

    Contraindications that are known not to hold are kept (that is what was checked); cautions that do
    not hold are left out. For the treatment that is running, its place in the sequence is past.
    """
    cautions = [c for c in (*option.additions, *option.cautions) if view.holds(c.node) is not False]
    asked = (*option.who, *(() if now else option.place), *option.safety, *cautions)
    on_market = [] if option.role == "local" else [_availability(option, view)]
    return [*on_market, *(_reason(c, view) for c in asked)]


def _reason(condition: Condition, view: View) -> Reason:
    """A condition as a reason: one object for all options that share it."""
    known = view.said.get(id(condition))
    if known is None:
        known = view.said[id(condition)] = _work_out(condition, view)
    return known


def _work_out(condition: Condition, view: View) -> Reason:
    row, text, sources = _fixed(view.plan, view.knowledge)[id(condition)]
    met, (seen, behind) = view.truth[row], view.about(condition.node, row)
    return Reason(
        text=text,
        met=met,
        assumed=met is not None and view.strict_truth[row] is None,
        kind=condition.kind,
        seen=seen,
        from_=behind,
        source=sources,
        unconfirmed=condition.unconfirmed,
    )


@cache
def _fixed(plan: Plan, knowledge: Knowledge) -> dict[int, tuple[int, str, list[Source]]]:
    """What is the same for everybody, by the identity of a condition: its row, its words, its sources."""
    conditions = {
        id(c): c for o in plan.options for c in (*o.who, *o.place, *o.additions, *o.safety, *o.cautions)
    }  # fmt: skip
    return {
        i: (plan.program.at(c.node), _words(c), citing.sources(c.cited, knowledge) or [_OWN_RULE])
        for i, c in conditions.items()
    }


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


def _availability(option: OptionPlan, view: View) -> Reason:
    text, met = _on_market(option, view)
    cited: list[Source] = citing.sources(tuple(option.entry.because), view.knowledge)
    return Reason(
        text=text,
        met=met,
        assumed=False,
        kind="indication",
        seen=f"as of {view.as_of.isoformat()}",
        from_=[],
        source=cited,
    )
