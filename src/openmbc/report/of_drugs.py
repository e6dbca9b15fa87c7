"""What labels ask around the drugs in question: tests, usual doses, and what to do when a side effect comes."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from openmbc.catalogue import key
from openmbc.guidance.side_effects import effect_words, grade_words
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Change, Drug
from openmbc.report import citing
from openmbc.report.drug_types import DoseRule, Dosing, Monitor
from openmbc.report.types import Option, Value

_OPTIONS = 3  # before the start: of as many first options


class InQuestion(NamedTuple):
    """The drugs that run; those of the first options when none does, and so before their start."""

    phase: Literal["before", "during"]
    drugs: list[Drug]


def in_question(state: dict[str, Value], options: list[Option], knowledge: Knowledge) -> InQuestion:
    """The drugs of which the report tells more."""
    running = [drug for drug in knowledge.drugs.values() if state.get(f"running_{key(drug.name)}")]
    if running:
        return InQuestion("during", running)
    first = [o for o in options if o.verdict == "recommended" and o.role == "treatment"][:_OPTIONS]
    names = dict.fromkeys(name for o in first for slot in o.drugs for name in slot[:1])
    return InQuestion("before", [drug for name in names if (drug := knowledge.drugs.get(key(name))) is not None])


def monitoring(found: InQuestion, knowledge: Knowledge) -> list[Monitor]:
    """The tests that each drug asks for."""
    return [
        Monitor(
            drug=drug.name,
            test=t.test,
            when=t.when,
            why=t.why,
            phase=found.phase,
            source=citing.source(t.source, t.where, knowledge),
            unconfirmed=t.unconfirmed,
        )
        for drug in found.drugs
        for t in (drug.monitoring if found.phase == "during" else drug.baseline)
    ]


def dosing(found: InQuestion, knowledge: Knowledge) -> list[Dosing]:
    """The usual dose of each drug, its reductions in order, and what its label says to do by grade."""
    return [
        Dosing(
            drug=drug.name,
            phase=found.phase,
            dose=drug.dose,
            steps=drug.doses.steps if drug.doses is not None else [],
            source=None
            if (of := drug.doses) is None
            else citing.source(of.source, of.where, knowledge, of.unconfirmed),
            rules=_rules(key(drug.name), knowledge),
        )
        for drug in found.drugs
    ]


@cache
def _rules(drug: str, knowledge: Knowledge) -> list[DoseRule]:
    return [dose_rule(c, knowledge) for c in knowledge.drugs[drug].changes]


def dose_rule(change: Change, knowledge: Knowledge) -> DoseRule:
    """A rule of a label as it stands in a report."""
    return DoseRule(
        effect=effect_words(change),
        grade=grade_words(change),
        do=change.do,
        text=change.text,
        source=citing.source(change.source, change.where, knowledge),
        unconfirmed=change.unconfirmed,
        effects=list(change.effects),
        grades=change.grades,
        again=change.again,
        only_if=change.only_if,
    )
