"""Alerts, support and what the person brings, in words for the clinician."""

from __future__ import annotations

from collections.abc import Iterator

from openmbc.report import Alert, Course, Report, SupportOffer, Visit

DO = {
    "emergency": "Emergency number now",
    "call_now": "Call the team now",
    "call_today": "Call the team today",
    "tell_team": "Tell the team",
}
TREND = {"better": "better", "same": "the same", "worse": "worse", "first": "first answer"}
_DAYS = 8  # columns of the table of symptoms; the newest


def alert(found: Alert) -> str:
    """What is to be done, and for what: of a symptom its grades."""
    what = found.clinician if found.do == "tell_team" and found.clinician else found.name.text
    return f"{DO[found.do]}: {what}"


def why(found: Alert) -> str:
    """What the person answered, and what to think of; nothing beside the grades of a symptom."""
    if found.do == "tell_team":
        return ""
    parts = ["; ".join(found.because), found.clinician or ""]
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def offers(report: Report) -> Iterator[str]:
    """What is offered beside treatment, with the steps that fit the person's answers."""
    for offer in report.support:
        steps = " ".join(level.text for level in offer.levels)
        yield f"{offer.name}{reason(offer)}" + (f": {steps}" if steps else "")


def reason(offer: SupportOffer) -> str:
    """Why it is offered to this person and not to everybody."""
    return f" ({offer.seen})" if offer.seen else ""


def days(visit: Visit) -> list[str]:
    """The days of the table of symptoms, the newest last."""
    found = sorted({point.date for course in visit.courses for point in course.points})
    return [day.isoformat() for day in found[-_DAYS:]]


def at(course: Course, day: str) -> int | None:
    """The grade of a day; null where it was not asked."""
    return next((point.grade for point in course.points if point.date.isoformat() == day), None)


def brings(visit: Visit | None) -> bool:
    """Whether the person has said anything for the visit."""
    if visit is None:
        return False
    said = [*visit.own_questions, *visit.goals, *visit.priorities, *visit.trade_offs, *visit.told]
    return [*said, *visit.dates, *visit.courses] != []


def brought(visit: Visit) -> Iterator[str]:
    """What the person brings, a line each."""
    for title, lines in (
        ("Question", visit.own_questions),
        ("Goal", visit.goals),
        ("Matters most", [", then ".join(visit.priorities)] if visit.priorities else []),
        ("Would accept", visit.trade_offs),
    ):
        yield from (f"{title}: {line}" for line in lines)
    for told in visit.told:
        yield f"{told.date}, {told.about or 'in words'}: {', '.join(told.texts)}"
    for date in visit.dates:
        near = " ".join(clash.text for clash in date.clashes)
        yield f"Important day: {date.what}, {date.date}. {near}".rstrip()
    for course in visit.courses:
        grades = ", ".join(f"{point.grade} on {point.date}" for point in course.points[-_DAYS:])
        yield f"{course.name[:1].upper()}{course.name[1:]} ({TREND[course.trend]}): {grades}"
