"""The person's own words: check-ins, circumstances, goals, priorities, and dates that matter."""

from __future__ import annotations

from collections.abc import Mapping

from openmbc.catalogue import SIDE_EFFECTS, WISHES
from openmbc.records import checkin
from openmbc.records.case import words
from openmbc.records.case.model import Answer, Case, Family, ImportantDate
from openmbc.records.case.sheet import Day, Path, Sheet, each

_WISHES = {words.plain(wish): wish for wish in WISHES}
_EFFECTS = {
    words.plain(said): key for key, effect in SIDE_EFFECTS.items() for said in (key, effect.label, effect.plain) if said
}


def diary(sheet: Sheet, case: Case, visit: Day) -> None:
    """Check-ins, each a map: a date, then answers by item."""

    def one(path: Path, entry: object) -> None:
        if not isinstance(entry, Mapping):
            return
        day = visit if entry.get("date") is None else sheet.day((*path, "date"), entry["date"])
        if day.date is None:
            sheet.note(path, "a check-in has no date", "Add 'date: ...', to follow it over time.")
        for name, said in entry.items():
            if name != "date":
                _answer(sheet, (*path, name), name, said, day)

    each(case.diary, ("diary",), one)


def _answer(sheet: Sheet, path: Path, name: str, said: object, day: Day) -> None:
    item = checkin.item_of(name)
    if item is None:
        sheet.error(path, f"'{name}' is not asked in the check-in", checkin.nearest(name))
    elif item in checkin.ITEMS:
        _told(sheet, path, item, said, day)
    else:
        each(said, path, lambda at, text: _add(sheet, at, item, None, text, day))


def _told(sheet: Sheet, path: Path, item: str, said: object, day: Day) -> None:
    """The answer to one item; one that is not understood is kept as text and is a problem."""
    found = checkin.read(item, said)
    if found.wrong is not None:
        sheet.error(path, *found.wrong)
    if found.value is not None or found.wrong is not None:
        _add(sheet, path, item, found.value, said, day)


def _add(sheet: Sheet, path: Path, item: str, value: float | None, said: object, day: Day) -> None:
    text = words.said(said)
    sheet.add("answers", path, instrument=checkin.INSTRUMENT, item=item, value=value, text=text, **day.cells)


def circumstances(sheet: Sheet, case: Case, visit: Day) -> None:
    """Children, a helper, work and money: answers of the check-in that do not change from week to week."""
    family = case.family or Family()
    asked: tuple[tuple[Path, str, object], ...] = (
        (("family", "children"), "has_children", family.children),
        (("family", "caregiver"), "has_caregiver", family.caregiver),
        (("working",), "working", case.working),
        (("money_worry",), "money_worry", case.money_worry),
    )
    for path, item, given in asked:

        def one(at: Path, said: object, item: str = item) -> None:
            if isinstance(said, Answer):
                day = visit if said.date is None else sheet.day((*at, "date"), said.date)
                _told(sheet, (*at, "is"), item, said.is_, day)
            else:
                _told(sheet, at, item, said, visit)

        each(given, path, one)


def goals(sheet: Sheet, case: Case, visit: Day) -> None:
    """What the person hopes for and wants to ask, in words; what matters most, in order; what would be accepted."""

    def goal(path: Path, text: object) -> None:
        sheet.add("wishes", path, wish="goal", text=str(text), **visit.cells)

    def trade_off(path: Path, text: object) -> None:
        effect = _EFFECTS.get(words.plain(text))
        sheet.add("wishes", path, wish="trade_off", value=effect, text=str(text), **visit.cells)

    def question(path: Path, text: object) -> None:
        sheet.add("wishes", path, wish="question", text=str(text), **visit.cells)

    each(case.goals, ("goals",), goal)
    each(case.questions, ("questions",), question)
    each(case.accept, ("accept",), trade_off)
    _priorities(sheet, case, visit)
    each(case.important_dates, ("important_dates",), lambda path, item: _important(sheet, path, item, visit))


def _priorities(sheet: Sheet, case: Case, visit: Day) -> None:
    """Wishes in their order. Each counts as a wish, too; a word that is none is kept as it was typed."""
    for index, said in enumerate(case.priorities or ()):
        path: Path = ("priorities", index)
        wish = _WISHES.get(words.plain(said))
        if wish is None:
            todo = words.nearest(said, WISHES) or f"Write one of: {', '.join(WISHES)}. It is kept as text."
            sheet.error(path, f"the priority '{said}' is not understood", todo)
        else:
            sheet.add("wishes", path, wish=wish, value="yes", text=said, **visit.cells)
        sheet.add("wishes", path, wish="priority", value=str(index + 1), text=wish or said, **visit.cells)


def _important(sheet: Sheet, path: Path, item: object, visit: Day) -> None:
    """A date that matters; ``value`` is the date in ISO form, as precise as it was written."""
    if not isinstance(item, ImportantDate):
        return
    on = sheet.day((*path, "date"), item.date)
    if item.date is None:
        sheet.error(path, f"'{item.what}' has no date", "Add 'date: ...'.")
    lengths = {"year": 4, "month": 7, "day": 10}
    value = on.date.isoformat()[: lengths[on.precision]] if on.date is not None and on.precision else None
    sheet.add("wishes", path, wish="important_date", value=value, text=item.what, **visit.cells)
