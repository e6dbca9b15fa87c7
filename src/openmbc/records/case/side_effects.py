"""Side effects of treatment as the file reports them: what, how bad, when, and which drug is blamed."""

from __future__ import annotations

from openmbc import terms
from openmbc.catalogue import DRUGS, SIDE_EFFECTS
from openmbc.records.case import words
from openmbc.records.case.model import Case, SideEffect
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each

_NAMES = {words.plain(key): key for key in SIDE_EFFECTS} | {
    words.plain(said): key for key, effect in SIDE_EFFECTS.items() for said in (effect.label, effect.plain) if said
}
_GRADES = {str(grade): grade for grade in range(6)}


def side_effects(sheet: Sheet, case: Case, visit: Day) -> None:
    """Every report of a side effect. One without a grade is kept: its grade is not known."""

    def one(path: Path, item: object) -> None:
        if isinstance(item, str):
            item = SideEffect(what=item)
        if isinstance(item, SideEffect):
            _side_effect(sheet, path, item, visit)

    each(case.side_effects, ("side_effects",), one)


def _side_effect(sheet: Sheet, path: Path, item: SideEffect, visit: Day) -> None:
    exact = _NAMES.get(words.plain(item.what))
    term = None if exact else terms.by_text(item.what, ("side_effect",))
    effect = exact or (term.concept if term else None)
    if effect is None:
        todo = words.nearest(item.what, _NAMES) or "It is kept, and no rule looks at it."
        sheet.error(path, f"the side effect '{item.what}' is not known", todo)
    day = visit if item.date is None else sheet.day((*path, "date"), item.date)
    status, end = _end(sheet, path, item.ended)
    if day.date is not None and end.date is not None and end.date < day.date and end.precision == "day":
        sheet.warning((*path, "ended"), f"{item.what} ended before the day on which it is reported",
                      "Check the two dates.")  # fmt: skip
    sheet.add(
        "side_effects",
        path,
        **day.cells,
        end=end.date,
        end_precision=end.precision,
        status=status,
        effect=effect,
        grade=_grade(sheet, (*path, "grade"), item.grade),
        version=None if item.ctcae is None else f"CTCAE {item.ctcae}",
        drug=_drug(sheet, (*path, "drug"), item.drug),
        text=item.what,
        by="code" if exact else "text",
    )


def _grade(sheet: Sheet, path: Path, value: object) -> int | None:
    """A CTCAE grade; null where it is not stated, never 0."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return None
    grade = _GRADES.get(words.plain(value).removeprefix("grade ").strip())
    if grade is None:
        sheet.error(path, f"'{words.said(value)}' is not a CTCAE grade", "Write 0 to 5. It is read as not known.")
    return grade


def _end(sheet: Sheet, path: Path, value: object) -> tuple[str | None, Day]:
    """Whether it is over, and when."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return None, UNDATED
    answer = words.YES_NO.get(words.plain(value))
    if answer is not None:
        return ("ended" if answer == "yes" else "going_on"), UNDATED
    end = sheet.day((*path, "ended"), value)
    return (None if end.date is None else "ended"), end


def _drug(sheet: Sheet, path: Path, name: str | None) -> str | None:
    if name is None:
        return None
    drug = None if words.denies(name) else terms.drug_of_text(name)
    if drug is None:
        todo = words.nearest(name, DRUGS) or "Write the name of the ingredient alone."
        sheet.warning(path, f"the drug '{name}' is not known, and no drug is blamed", todo)
    return drug
