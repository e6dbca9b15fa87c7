"""The side effects that go on, with what the labels of the drugs that may cause them say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from openmbc.guidance import side_effects as found_in
from openmbc.knowledge import Knowledge
from openmbc.report.of_drugs import dose_rule
from openmbc.report.types import Cause, SideEffect


def side_effects(state: Mapping[str, Any], trace: Mapping[str, list[str]], knowledge: Knowledge) -> list[SideEffect]:
    """Of one person; ``state`` is a row of the state with its events, ``trace`` the facts behind each feature."""
    events = state["side_effects"] or []
    return [
        SideEffect(
            key=effect.effect,
            effect=effect.label,
            grade=effect.grade,
            version=effect.version,
            date=effect.date,
            since=effect.since,
            before=effect.before,
            trend=_trend(effect.before, effect.grade),
            measured=effect.measured,
            from_=trace.get(f"side_effect_{effect.effect}", []),
            causes=[_cause(cause, knowledge) for cause in effect.causes],
        )
        for effect in found_in.effects_of(events, found_in.measured(state), knowledge)
    ]


def _trend(before: int | None, now: int | None) -> Literal["better", "same", "worse"] | None:
    if before is None or now is None:
        return None
    return "same" if now == before else "worse" if now > before else "better"


def _cause(cause: found_in.Cause, knowledge: Knowledge) -> Cause:
    return Cause(
        drug=cause.drug,
        running=cause.running,
        blamed=cause.blamed,
        named=cause.named,
        rules=[dose_rule(change, knowledge) for change in (*cause.rules, *cause.other_time)],
    )
