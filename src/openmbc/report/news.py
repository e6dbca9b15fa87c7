"""What is new: approvals, withdrawals and results of trials, from the knowledge by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import msgspec

from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Evidence, Option, Regimen, Region
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.types import Report

Kind = Literal["approval", "listing", "withdrawal", "trial"]
_OUTCOMES = {
    "positive": "positive",
    "negative": "negative: no gain in its main question",
    "mixed": "mixed",
    "single_arm": "one arm, no comparison",
}
_RESULTS = 2


class News(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened on a day.

    ``options`` are the entries it is about, ``matters`` the names of those that may fit the person.
    """

    day: dt.date
    kind: Kind
    text: str
    region: Region | None
    options: list[str]
    sources: list[Source]
    unconfirmed: str | None = None
    matters: list[str] = []


def news(knowledge: Knowledge, since: dt.date, until: dt.date, report: Report | None = None) -> list[News]:
    """What happened from ``since`` to ``until``, the newest first.

    With a report, ``matters`` names the options of that person, not ruled out, that an item is about.
    """
    found = [*_market(knowledge), *_trials(knowledge)]
    within = sorted((n for n in found if since <= n.day <= until), key=lambda n: (n.day, n.text), reverse=True)
    if report is None:
        return within
    open_ = {o.id: o.name for o in report.options if o.verdict != "unsuitable"}
    return [msgspec.structs.replace(n, matters=[open_[i] for i in n.options if i in open_]) for n in within]


def _active(knowledge: Knowledge) -> Iterator[tuple[str, Option]]:
    yield from ((i, r) for i, r in knowledge.regimens.items() if r.status == "active")
    yield from ((f"local/{i}", r) for i, r in knowledge.local.items() if r.status == "active")


def _market(knowledge: Knowledge) -> Iterator[News]:
    for option_id, regimen in knowledge.regimens.items():
        if regimen.status != "active":
            continue
        documents = tuple(c for c in regimen.because if c.source is not None)
        cited = citing.sources(documents or tuple(regimen.because), knowledge)
        for region, day in regimen.since.items():
            standing = regimen.standing.get(region, "approved")
            if day is not None and regimen.region in (None, region) and standing != "off_label":
                kind: Kind = "approval" if standing == "approved" else "listing"
                yield _change(day, kind, option_id, regimen, region, cited)
        for region, last in regimen.until.items():
            yield _change(last, "withdrawal", option_id, regimen, region, cited)


def _change(
    day: dt.date, kind: Kind, option_id: str, regimen: Regimen, region: Region, cited: list[Source]
) -> News:  # fmt: skip
    return News(day=day, kind=kind, text=regimen.name, region=region, options=[option_id], sources=cited,
                unconfirmed=regimen.unconfirmed)  # fmt: skip


def _trials(knowledge: Knowledge) -> Iterator[News]:
    options: dict[str, list[str]] = {}
    for option_id, entry in _active(knowledge):
        for cited in entry.because:
            if cited.evidence is not None:
                options.setdefault(cited.evidence, []).append(option_id)
    for trial_id, trial in knowledge.evidence.items():
        if trial.reported is not None:
            yield News(
                day=trial.reported,
                kind="trial",
                text=_said(trial),
                region=None,
                options=list(dict.fromkeys(options.get(trial_id, []))),
                unconfirmed=trial.unconfirmed,
                sources=[citing.source(r.source, r.where, knowledge, r.unconfirmed) for r in trial.results[:_RESULTS]],
            )


def _said(trial: Evidence) -> str:
    arms = trial.experimental + (f" v {trial.control}" if trial.control else "")
    outcome = f", {_OUTCOMES[trial.outcome]}" if trial.outcome else ""
    numbers = "; ".join(f"{r.endpoint} {citing.result_text(r)} ({r.population})" for r in trial.results[:_RESULTS])
    return f"{trial.name}{outcome}: {arms}. {numbers}"
