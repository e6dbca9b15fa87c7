"""The options of one person: each with its verdict, its reasons, what it waits for and what supports it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from msgspec.structs import replace

from openmbc.guidance import Verdicts
from openmbc.guidance.evaluate import VERDICTS, Asked, questions, ranks
from openmbc.guidance.plan import OptionPlan, Plan
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Local, Regimen, Region
from openmbc.report.reasons import Outline, View, every_reason, outlines, reasons
from openmbc.report.types import Option, Reason


def options(verdicts: Verdicts, view: View) -> list[Option]:
    """Every option: the treatment that runs first, then by verdict, and of one verdict as they fit the person.

    ``verdicts`` are those of the one person in ``view``.
    """
    now, verdict, rank = (each[:, 0].tolist() for each in (verdicts.now, verdicts.verdict, ranks(verdicts)))
    missing, check_first = _asked(verdicts, "missing"), _asked(verdicts, "check_first")
    every, of, same = every_reason(view), outlines(view.plan, view.knowledge), _same(view.plan, view.knowledge)

    def made(place: int) -> Option:
        option = verdicts.plan.options[place]
        outline = of[option.id]
        return replace(
            same[place],
            verdict=VERDICTS[verdict[place]],
            when="now" if now[place] else "next",
            reasons=reasons(option, outline, now[place], every, view),
            missing=missing.get(place, []),
            check_first=check_first.get(place, []),
            **_of_person(same[place], option, outline, every, view),
        )

    order = sorted(range(len(verdict)), key=lambda place: (not now[place], verdict[place], rank[place]))
    return [made(place) for place in order]


def _asked(verdicts: Verdicts, kind: Asked) -> dict[int, list[str]]:
    """The facts that options ask for, by the place of the option."""
    found: dict[int, set[str]] = {}
    places, features = questions(verdicts, kind)
    for place, feature in zip(places.tolist(), features.to_list(), strict=True):
        found.setdefault(place, set()).add(feature)
    return {place: sorted(names) for place, names in found.items()}


@cache
def _same(plan: Plan, knowledge: Knowledge) -> list[Option]:
    """What is the same of each option for everybody, by its place; the rest as if nothing were known of the person."""
    of = outlines(plan, knowledge)
    return [_for_everybody(option, of[option.id]) for option in plan.options]


def _for_everybody(option: OptionPlan, of: Outline) -> Option:
    entry = option.entry
    regimen = entry if isinstance(entry, Regimen) else None
    local = entry if isinstance(entry, Local) else None
    return Option(
        id=option.id,
        name=entry.name,
        drugs=[list(slot) for slot in option.slots],
        modality=list(entry.modality),
        role=option.role,
        verdict="needs_information",
        when="next",
        strength=entry.strength,
        reasons=[],
        missing=[],
        check_first=[],
        evidence=of.trials,
        sources=of.sources,
        since=dict(regimen.since) if regimen is not None else {},
        standing={},
        order=list(option.order),
        notes=[entry.note] if entry.note else [],
        unconfirmed=[entry.unconfirmed] if entry.unconfirmed else [],
        how=local.how if local is not None else None,
        urgency=local.urgency if local is not None else "routine",
    )


def _of_person(
    same: Option, option: OptionPlan, of: Outline, every: list[Reason | None], view: View
) -> dict[str, object]:
    """The fields of an option in which one person differs from everybody."""
    entry, holds = option.entry, view.truth
    found: dict[str, object] = {}
    if isinstance(entry, Regimen):
        found["standing"] = _standing(entry, view.as_of)
        banned = {drug for drug, place in of.bans if holds[place]}
        needed = [a for place, a in zip(of.additions, entry.add, strict=True) if holds[place]] if of.additions else []
        if banned or needed:
            slots = [*option.slots, *(slot for a in needed for slot in a.drugs)]
            found["drugs"] = [_fitting(slot, banned) for slot in slots]
    if moves := [text for place, text in of.moves if holds[place]]:
        found["order"] = [*same.order, *moves]
    if doubts := [text for place, text in of.unconfirmed if every[place] is not None]:
        # What is unconfirmed of the option itself is that of its indications too.
        found["unconfirmed"] = list(dict.fromkeys([*same.unconfirmed, *doubts]))
    return found


def _standing(regimen: Regimen, day: dt.date) -> dict[Region, Any]:
    """How the option stands in each region on that day, whatever the region of the report."""
    return {region: _in_region(regimen, region, since, day) for region, since in regimen.since.items()}


def _in_region(regimen: Regimen, region: Region, since: dt.date | None, day: dt.date) -> str:
    until = regimen.until.get(region)
    if until is not None and day >= until:
        return "withdrawn"
    if since is None or day < since:
        return "trial" if regimen.standing.get(region) == "trial" else "none"
    return regimen.standing.get(region, "approved")


def _fitting(slot: list[str], banned: set[str]) -> list[str]:
    """The alternatives of a slot that may be given to this person; all of them if none may."""
    return [drug for drug in slot if drug not in banned] or slot
