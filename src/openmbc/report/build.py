"""Facts of one person to the report at one date: the whole of the main job in one function."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
import polars as pl

from openmbc import __version__
from openmbc.catalogue import FEATURES, Feature, by_name
from openmbc.criteria import text_of
from openmbc.criteria.kleene import WORDS
from openmbc.facts import Facts
from openmbc.guidance import Plan, Verdicts, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import judged
from openmbc.guidance.living import heard
from openmbc.guidance.living import told as to_tell
from openmbc.guidance.what_if import differences, effects, imagined, otherwise
from openmbc.knowledge import Knowledge
from openmbc.knowledge.civic import Release
from openmbc.knowledge.model import Region
from openmbc.report import of_drugs, of_findings, of_labs, of_lines, of_liquid, of_living, of_options, of_response
from openmbc.report.due import due
from openmbc.report.of_alerts import alerts
from openmbc.report.of_civic import second_opinion
from openmbc.report.of_effects import side_effects
from openmbc.report.of_living import support
from openmbc.report.of_problems import problems
from openmbc.report.of_tests import next_tests
from openmbc.report.reasons import View
from openmbc.report.tradeoffs import tradeoffs
from openmbc.report.types import (
    Assumption,
    Decision,
    KnowledgeInfo,
    Person,
    Report,
    Seen,
    Value,
)
from openmbc.report.visit import visit
from openmbc.state import State, assume, derive


def build(
    facts: Facts,
    as_of: dt.date,
    knowledge: Knowledge,
    *,
    region: Region = "us",
    strict: bool = False,
    ranges: bool = False,
    today: dt.date | None = None,
    civic: Release | None = None,
    since: dt.date | None = None,
) -> Report:
    """The report for the one person in ``facts`` on the day ``as_of``.

    ``strict`` makes every silence unknown. ``ranges`` adds how far survival spreads around its
    median. ``today``, when given, is the day after which a date in the record is an error rather than the
    future of a replay. ``civic`` is shown as a second opinion and changes no answer. ``since``: what changed from that
    day on, for the visit (six weeks before, if not given).
    """
    person = facts.people["person"][0]
    state = derive(facts, pl.DataFrame({"person": [person], "as_of": [as_of]}), trace=True)
    read = state.strict if strict else assume(state.strict)
    guide = plan(knowledge, region)
    # Evaluated together: the reading that counts, the one without assumptions, and the states that could be.
    program = guide.program
    known, recorded = read.row(0, named=True), state.strict.row(0, named=True)
    leaves = program.leaves_of_rows([known, recorded])
    could_be, changed = imagined(known, leaves[:, :1], guide)
    tests = of_findings.tests(state)
    without, told = otherwise(known, leaves[:, :1], of_findings.features(tests), guide)
    everything = judged(program.above(np.hstack([leaves, without, could_be])), read["as_of"], guide)
    both, verdicts, then = everything[:2], everything[:1], everything[2 + len(told) :]
    moved = differences(verdicts, everything[2 : 2 + len(told)], told)
    seen = _Rows(known, recorded, _sources(state))
    view = _view(seen, both, guide, knowledge, as_of, region)
    advanced = view.state["disease"] != "not_metastatic"
    options = of_options.options(verdicts, view) if advanced else []
    lives = of_living.lives(view.state, view.trace, knowledge, ("red_flags", "support"))
    decided = heard(decide(read, verdicts), lives.raised, lives.reader.held.plan).row(0, named=True)
    drugs = of_drugs.in_question(view.state, options, knowledge)
    lines = of_lines.lines(state, as_of)
    measured = of_response.measurements(state)
    tested = of_findings.found(tests, moved if advanced else {}, view)
    waiting = of_findings.not_detected(tested.findings, view)
    rule = of_response.by_which_rule(measured, lines[-1].number if lines else None)
    made = Report(
        openmbc=__version__,
        knowledge=_about(knowledge),
        as_of=as_of,
        region=region,
        strict=strict,
        person=_person(person, view),
        state={f.name: _seen(f, view) for f in FEATURES if _shown(f, view)},
        decision=_decision(decided, rule),
        options=options,
        assumptions=_assumptions(view) if advanced else [],
        next_tests=next_tests(effects(verdicts, then, changed), decided["missing"], waiting, view) if advanced else [],
        monitoring=of_drugs.monitoring(drugs, view.knowledge),
        dosing=of_drugs.dosing(drugs, view.knowledge),
        side_effects=side_effects(view.state, view.trace, knowledge),
        calendar=due(read, known, state, knowledge, region),
        alerts=alerts(lives.raised, lives.reader, to_tell(state.diary, read["as_of"]).to_dicts()),
        support=support(lives.reader),
        trials=[],
        ahead=[],
        problems=problems(facts, state, as_of, today),
        tradeoffs=tradeoffs(options, {o.id: o for o in guide.options}, knowledge, ranges),
        lines=lines,
        counting=of_lines.counting(knowledge) if lines else [],
        measurements=measured,
        markers=of_response.markers(state),
        findings=tested.findings,
        panels=tested.panels,
        meanings=tested.meanings,
        second_opinion=second_opinion(civic, tested.findings, tested.meanings, view) if civic else None,
        liquid=of_liquid.liquid(state, view.state, knowledge, as_of, region),
        graded_labs=of_labs.graded(facts, as_of, of_lines.began(lines)),
    )
    return msgspec.structs.replace(made, visit=visit(made, facts, state, read, knowledge, since))


def _decision(decided: dict[str, Any], rule: list[str]) -> Decision:
    """The decision of the one person; ``rule`` says by which measurements, where they decide."""
    return Decision(
        now=decided["now"],
        because=[*decided["because"], *rule],
        urgency=decided["urgency"],
        missing=decided["missing"],
    )


def _about(knowledge: Knowledge) -> KnowledgeInfo:
    return KnowledgeInfo(version=knowledge.version, hash=knowledge.hash, newest_check=knowledge.newest_check)


def _person(name: str, view: View) -> Person:
    return Person(id=name, age=cast("float | None", view.state["age"]), sex=cast("str | None", view.state["sex"]))


class _Rows(NamedTuple):
    """The state of the one person: as it is read, and without assumptions; the facts behind each feature."""

    known: dict[str, Value]
    recorded: dict[str, Value]
    trace: dict[str, list[str]]


def _sources(state: State) -> dict[str, list[str]]:
    """The facts behind each feature, in the order of the trace."""
    assert state.trace is not None
    found: dict[str, list[str]] = {}
    for name, source in zip(state.trace["feature"].to_list(), state.trace["source"].to_list(), strict=True):
        found.setdefault(name, []).append(source)
    return found


def _view(rows: _Rows, both: Verdicts, guide: Plan, knowledge: Knowledge, as_of: dt.date, region: Region) -> View:
    truth, strict_truth = np.array(WORDS, object)[both.truth.T].tolist()
    return View(
        plan=guide,
        knowledge=knowledge,
        truth=truth,
        strict_truth=strict_truth,
        state=rows.known,
        strict=rows.recorded,
        trace=rows.trace,
        words=_words(guide, rows.known, rows.recorded),
        as_of=as_of,
        region=region,
    )


def _words(guide: Plan, read: dict[str, Value], strict: dict[str, Value]) -> dict[str, str]:
    """What was seen of each feature that conditions ask about; silence says so."""
    words = {name: _said(name, read[name]) for name in guide.features}
    for name in guide.features:
        if strict[name] is None and read[name] is not None:
            words[name] += " (not recorded)"
    return words


def _said(name: str, value: Value) -> str:
    """A feature with its value in words."""
    if value is None or value is True or value is False:
        return _usual(name, value)
    return text_of(by_name()[name], value)


@cache
def _usual(name: str, value: bool | None) -> str:
    """What is so of most features: not known, yes or no."""
    return text_of(by_name()[name], value)


def _shown(feature: Feature, view: View) -> bool:
    """Every feature, but of the large families (drugs, sites, illnesses) only what is known."""
    return feature.family is None or view.strict[feature.name] is not None


def _seen(feature: Feature, view: View) -> Seen:
    name = feature.name
    value = view.state[name]
    return Seen(
        value=value,
        unit=feature.unit,
        label=feature.label,
        subject=feature.subject,
        text=_said(name, value),
        from_=view.trace.get(name, []) if view.strict[name] is not None else [],
        assumed=value is not None and view.strict[name] is None,
    )


def _assumptions(view: View) -> list[Assumption]:
    """What silence stands for in this report, in a few sentences: only what conditions asked about."""
    used: dict[str, list[str]] = {}
    for name in view.plan.program.features:
        if view.strict[name] is None and view.state[name] is not None:
            used.setdefault(by_name()[name].subject, []).append(name)
    groups = {
        "treatment": "Treatments that the record does not list are taken as not given.",
        "disease": "Not recorded, taken as absent: {}.",
        "illness": "No such illness is recorded, taken as absent: {}.",
        "medicines": "Not recorded, taken as not taken: {}.",
        "person": "Not recorded, taken as absent: {}.",
    }
    found = []
    if view.strict["lines_metastatic"] is None:
        found.append(
            Assumption(
                text="No treatment for metastatic disease is recorded: taken as not treated so far.",
                features=["lines_metastatic", "on_treatment"],
            )
        )
    for subject, sentence in groups.items():
        if names := used.get(subject):
            found.append(
                Assumption(
                    text=sentence.format("; ".join(by_name()[n].label.removeprefix("taking ") for n in names)),
                    features=names,
                )
            )
    return found
