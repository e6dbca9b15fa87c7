"""Lines of therapy for metastatic disease, from one person's treatments: which drug opens a line and which joins one.

Columns cannot say this clearly: whether a drug opens a line depends on the drugs before it. So this is plain code
over the rows of a visit. A line is what is given until the disease grows. The rules, the sources that differ and the
choices made between them stand in ``docs/decisions/0007-lines-of-therapy.md``; `line_words` says a line in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from openmbc.state.therapy import (
    TOGETHER,
    Given,
    Joined,
    Line,
    Opening,
    ends_too_early,
    goes_on,
    kinds_of,
    only_ovaries,
    over_since,
)

# A longer pause without any drug ends the line (Meng 2019: 180 days; others 60, 90 or 120).
GAP = dt.timedelta(days=180)
# Growth seen longer before a change of drugs was not answered by that change. Our choice: no source was found.
ANSWERED = dt.timedelta(days=120)

# How much later than its first day a date may lie.
_LATER = {"year": dt.timedelta(days=364), "month": dt.timedelta(days=27), "day": dt.timedelta()}

OTHER_REASONS = frozenset({"toxicity", "completed", "wish", "cost"})
# Within one of these classes a drug replaces another without a new line, whatever the reason, unless the disease grew.
_EXCHANGEABLE = frozenset(
    {"aromatase_inhibitor", "cdk46_inhibitor", "taxane", "her2_antibody", "fluoropyrimidine", "platinum"}
    | {"anthracycline"}
)
# And within these where the record says that the first was stopped for another reason than growth.
_REPLACES = frozenset({"endocrine_therapy", "her2_tki", "immunotherapy", "parp_inhibitor"})
# These join treatment that goes on without opening a line; a new chemotherapy or conjugate opens one.
_JOINS = frozenset({"cdk46_inhibitor", "pi3k_pathway_inhibitor", "her2_antibody", "immunotherapy", "other_targeted"})
_MAINTAINS = frozenset({"endocrine_therapy", "cdk46_inhibitor"})
# Where drugs of a line that ended together were stopped for different reasons, the first of these counts.
_GRAVEST = ("progression", "death", "toxicity", "completed", "wish", "cost", "other")


def number(given: Sequence[Given], growth: Sequence[dt.date]) -> list[Line]:
    """The lines of one person at one visit.

    ``given``: `merged` systemic episodes and ovarian suppression, undated first, then by start. ``growth``: the dates
    on which the disease was seen to have grown, in order.
    """
    lines: list[Line] = []
    early = [g for g in given if not g.metastatic and g.setting in ("adjuvant", "neoadjuvant") and not only_ovaries(g)]
    for regimen in regimens(g for g in given if g.metastatic):
        opening = Opening("first")
        if lines:
            line = lines[-1]
            judged = [_judge(g, line, growth) for g in regimen]
            against = next((verdict for verdict in judged if isinstance(verdict, Opening)), None)
            if against is None:
                line.joined += [verdict for verdict in judged if isinstance(verdict, Joined)]
                line.own += regimen
                continue
            opening = against
        _open(lines, regimen, opening, early)
    for line in lines:
        close(line, lines[line.number] if line.number < len(lines) else None)
        _add_ovarian_suppression(line, given)
    return lines


def _open(lines: list[Line], regimen: list[Given], opening: Opening, early: list[Given]) -> None:
    """The next line, with what goes on beside it from the line before, or from early disease."""
    start, fresh = regimen[0].start, {g.drug for g in regimen}
    before = lines[-1].members if lines else early
    line = Line(len(lines) + 1, start, opening)
    # An endocrine drug whose end nobody wrote down may look as if it ran on: it counts as long as the record says so.
    line.carried = [g for g in before if g.drug not in fresh and goes_on(g, start)]
    line.own = regimen
    line.joined = [Joined(g, "together", regimen[0]) for g in regimen[1:]]
    lines.append(line)


def regimens(episodes: Iterable[Given]) -> list[list[Given]]:
    """Episodes by regimen: what started within 28 days of its first drug, or is undated.

    A drug that starts after growth on the first one is not part of it, however soon.
    """
    found: list[list[Given]] = []
    for given in episodes:
        regimen = found[-1] if found else None
        if regimen is None or not _together(given, regimen):
            found.append([given])
        else:
            regimen.append(given)
    return found


def _together(given: Given, regimen: list[Given]) -> bool:
    first, start = regimen[0].start, given.start
    if first is None or start is None:
        return first is start
    grew = any(g.ended == "progression" and g.end is not None and g.end <= start for g in regimen)
    return start - first <= TOGETHER and not grew


def _judge(given: Given, line: Line, growth: Sequence[dt.date]) -> Joined | Opening:
    """Why this drug belongs to the line, or what makes it open the next."""
    classes = kinds_of(given.drug)
    grown = _grew_before(given, line, growth)
    if grown is not None:
        return grown
    if _long_pause(given.start, line.members):
        return Opening("gap")
    for other in reversed(line.members):
        if other.drug == given.drug:
            return Joined(given, "again", other)
    for other in reversed(line.members):
        if classes & kinds_of(other.drug) & _EXCHANGEABLE:
            return Joined(given, "exchange", other)
    for other in reversed(line.members):
        if other.ended in OTHER_REASONS and classes & kinds_of(other.drug) & _REPLACES:
            return Joined(given, "replaces", other)
    return _joins(given, classes, line) or Opening("other_drug")


def _joins(given: Given, classes: frozenset[str], line: Line) -> Joined | None:
    """Maintenance after chemotherapy or beside a HER2 antibody, or a drug added to treatment that goes on."""
    second_endocrine = "endocrine_therapy" in classes and _first_of("endocrine_therapy", line) is not None
    if second_endocrine:
        return None
    chemotherapy = [g for g in line.members if "chemotherapy" in kinds_of(g.drug)]
    finished = [g for g in chemotherapy if not goes_on(g, given.start)]
    base = finished[-1] if chemotherapy and finished == chemotherapy else _first_of("her2_antibody", line)
    if classes & _MAINTAINS and base is not None:
        return Joined(given, "maintenance", base)
    beside = next((g for g in line.members if goes_on(g, given.start)), None)
    if beside is not None and classes & (_JOINS | {"endocrine_therapy"}):
        return Joined(given, "added", beside)
    return None


def _first_of(wanted: str, line: Line) -> Given | None:
    return next((g for g in line.members if wanted in kinds_of(g.drug)), None)


def _grew_before(given: Given, line: Line, growth: Sequence[dt.date]) -> Opening | None:
    """Growth of the disease under the line before this drug began, as stated or as seen."""
    start = given.start
    for g in line.members:
        near = g.end is None or start is None or g.end <= start + TOGETHER
        if near and (g.ended == "progression" or (g.progressed is True and g.start is None)):
            return Opening("growth", under=g)
    if start is None:
        return None
    over = over_since(line.members)
    excuse = _stopped_for_another_reason(given, line)
    for day in reversed(growth):
        if day > start or (line.start is not None and day <= line.start):
            continue
        after_the_end = over is not None and day >= over
        excused = excuse is not None and day <= excuse
        if after_the_end or (start - day <= ANSWERED and not excused):
            return Opening("growth", grew_on=day)
    return None


def _long_pause(start: dt.date | None, members: Sequence[Given]) -> bool:
    """Was there surely no drug for more than 180 days? An end known to the month or year may lie later in it."""
    if start is None or over_since(members) is None:
        return False
    return all(g.end is not None and start - (g.end + _LATER[g.end_precision or "day"]) > GAP for g in members)


def _stopped_for_another_reason(given: Given, line: Line) -> dt.date | None:
    """The last day of a drug that this one replaces and of which the record says why it was stopped: not for growth."""
    classes = kinds_of(given.drug) & (_EXCHANGEABLE | _REPLACES)
    ends = [
        g.end
        for g in line.members
        if g.ended in OTHER_REASONS and g.end is not None and (g.drug == given.drug or classes & kinds_of(g.drug))
    ]
    return max(ends, default=None)


def close(line: Line, following: Line | None) -> None:
    """When and why it ended."""
    members = line.members
    ends = [g.end for g in members if g.end is not None]
    if following is None:
        if any(g.running is True for g in members):
            line.ended = "running"
        elif not any(g.running is None for g in members):
            line.end = max(ends, default=None)
            grew = any(g.progressed is True for g in line.own)
            line.ended = _stated(members) or ("progression" if grew else "unknown")
        return
    change = following.start
    going = [g for g in members if g.running is True or (g.end is not None and change is not None and g.end > change)]
    line.end = change if going else max(ends, default=None)
    stated = _stated([g for g in members if not goes_on(g, change)])
    if following.opening.why == "growth":
        over = over_since(members)
        afterwards = over is not None and following.opening.grew_on is not None and following.opening.grew_on > over
        line.ended = (stated if afterwards else None) or "progression"
    else:
        line.ended = stated or ("switched" if following.opening.why == "other_drug" else "unknown")


def _stated(members: Sequence[Given]) -> str | None:
    """The reason on record for the end of the drugs that ended last."""
    last = max((g.end for g in members if g.end is not None), default=None)
    reasons = {g.ended for g in members if g.end == last or g.end is None}
    return next((reason for reason in _GRAVEST if reason in reasons), None)


def _add_ovarian_suppression(line: Line, given: Sequence[Given]) -> None:
    """Ovarian suppression never opens a line; what ran during one belongs to it."""
    for g in given:
        if not only_ovaries(g) or line.start is None or g.start is None:
            continue
        ends_before = g.end is not None and g.end <= line.start
        starts_after = line.ended != "running" and line.end is not None and g.start >= line.end
        if not ends_before and not starts_after and g not in line.carried:
            line.carried.append(g)


def maintenance(line: Line) -> bool:
    """Did the line go on without the chemotherapy that it began with, the disease under control?"""
    if any(j.why == "maintenance" for j in line.joined):
        return True
    chemotherapy = [g for g in line.members if "chemotherapy" in kinds_of(g.drug)]
    over = over_since(chemotherapy) if chemotherapy else None
    if over is None or any(g.ended == "progression" or ends_too_early(g) for g in chemotherapy):
        return False
    rest = [g for g in line.members if g not in chemotherapy and not only_ovaries(g)]
    lasts = line.end is None or line.end > over + TOGETHER
    return lasts and any(goes_on(g, over) or (g.start is not None and g.start > over) for g in rest)


def endocrine_since(line: Line) -> dt.date | None:
    """The first day of endocrine therapy in the line, null where undated."""
    days = [g.start for g in line.own if "endocrine_therapy" in kinds_of(g.drug) and g.start is not None]
    return min(days, default=line.start)


def is_endocrine(line: Line) -> bool:
    """Endocrine therapy without chemotherapy, or as maintenance after it: one of the endocrine lines."""
    if _first_of("endocrine_therapy", line) is None:
        return False
    after = any(j.why == "maintenance" and "endocrine_therapy" in kinds_of(j.given.drug) for j in line.joined)
    return after or _first_of("chemotherapy", line) is None


def grew(line: Line, growth: Sequence[dt.date], last: bool) -> tuple[bool | None, dt.date | None]:
    """Did the disease grow under the line, and when first; null where the record leaves it open.

    What goes on into the next line is judged by growth during this one alone.
    """
    own = [g for g in line.own if last or not (line.end is not None and goes_on(g, line.end))]
    words = {g.progressed for g in own}
    days = [g.grew_on for g in own if g.progressed and g.grew_on is not None]
    if len(own) < len(line.own) and line.start is not None and line.end is not None:
        within = [day for day in growth if line.start < day <= line.end]
        words.add(bool(within))
        days += within
    found = True if True in words else None if None in words else False
    return found, min(days, default=None)
