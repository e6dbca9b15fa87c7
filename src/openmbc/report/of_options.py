"""The options of one person: each with its verdict, its reasons, what it waits for and what supports it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from openmbc.guidance import Verdicts
from openmbc.guidance.evaluate import VERDICTS, Asked, questions, ranks
from openmbc.guidance.plan import OptionPlan
from openmbc.knowledge.model import Local, Regimen, Region
from openmbc.report.reasons import Outline, View, every_reason, outlines, reasons
from openmbc.report.types import Option, Reason


def options(verdicts: Verdicts, view: View) -> list[Option]:
    """Every option: the treatment that runs first, then by verdict, and of one verdict as they fit the person.

    ``verdicts`` are those of the one person in ``view``.
    """
    now, verdict, rank = (each[:, 0].tolist() for each in (verdicts.now, verdicts.verdict, ranks(verdicts)))
    missing, check_first = _asked(verdicts, "missing"), _asked(verdicts, "check_first")
    every, of = every_reason(view), outlines(view.plan, view.knowledge)

    def made(place: int) -> Option:
        option = verdicts.plan.options[place]
        outline = of[option.id]
        return _option(
            option,
            outline,
            every,
            view,
            verdict=VERDICTS[verdict[place]],
            when="now" if now[place] else "next",
            reasons=reasons(option, outline, now[place], every, view),
            missing=_plain(missing.get(place, ())),
            check_first=_plain(check_first.get(place, ())),
        )

    order = sorted(range(len(verdict)), key=lambda place: (not now[place], verdict[place], rank[place]))
    return [made(place) for place in order]


def _asked(verdicts: Verdicts, kind: Asked) -> dict[int, list[str]]:
    """The facts that options ask for, by the place of the option."""
    found: dict[int, list[str]] = {}
    places, features = questions(verdicts, kind)
    for place, feature in zip(places.tolist(), features.to_list(), strict=True):
        found.setdefault(place, []).append(feature)
    return found


def _option(option: OptionPlan, of: Outline, every: list[Reason | None], view: View, **found: Any) -> Option:
    """One option; ``found`` is what else was found of it for the person."""
    entry, holds = option.entry, view.truth
    regimen = entry if isinstance(entry, Regimen) else None
    local = entry if isinstance(entry, Local) else None
    slots = [*option.slots]
    if regimen is not None and of.additions:
        needed = [a for place, a in zip(of.additions, regimen.add, strict=True) if holds[place]]
        slots += [slot for a in needed for slot in a.drugs]
    banned = {drug for drug, place in of.bans if holds[place]}
    return Option(
        id=option.id,
        name=entry.name,
        drugs=[_fitting(slot, banned) for slot in slots],
        modality=list(entry.modality),
        role=option.role,
        strength=entry.strength,
        evidence=of.trials,
        sources=of.sources,
        since=dict(regimen.since) if regimen is not None else {},
        standing=_standing(regimen, view.as_of) if regimen is not None else {},
        order=[*option.order, *[text for place, text in of.moves if holds[place]]],
        notes=[entry.note] if entry.note else [],
        unconfirmed=_unconfirmed(entry.unconfirmed, of, every),
        how=local.how if local is not None else None,
        urgency=local.urgency if local is not None else "routine",
        **found,
    )


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


def _plain(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _fitting(slot: list[str], banned: set[str]) -> list[str]:
    """The alternatives of a slot that may be given to this person; all of them if none may."""
    return [drug for drug in slot if drug not in banned] or slot


def _unconfirmed(of_entry: str | None, of: Outline, every: list[Reason | None]) -> list[str]:
    """What is unconfirmed of the option itself, which is that of its indications too, and of its other reasons."""
    said = [of_entry, *[text for place, text in of.unconfirmed if every[place] is not None]]
    return [text for text in dict.fromkeys(said) if text]
