"""Treatments of the cancer: drugs, operations, radiation; and the other medicines."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from openmbc import terms
from openmbc.catalogue import DRUGS
from openmbc.records.case import words
from openmbc.records.case.model import Case, Medicine, Treatment
from openmbc.records.case.receptors import site_of
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each

_TOGETHER = re.compile(r"\s*[+,;&/]\s*")
_JOINED = re.compile(r"\s+(?:and|with|plus)\s+")
_NOW = frozenset({"now", "ongoing", "present", "today", "running", "current"})
_ON_BREAST = ("mastectomy", "lumpectomy")
_SIDE = re.compile(r"\b(left|right|both|bilateral)\b")


class _When(msgspec.Struct, frozen=True):
    """When a treatment was given, and how it stands."""

    start: Day
    end: Day
    status: str
    ended: str | None

    def cells(self) -> dict[str, object]:
        return {
            "start": self.start.date,
            "start_precision": self.start.precision,
            "end": self.end.date,
            "end_precision": self.end.precision,
            "status": self.status,
            "ended": self.ended,
        }


def treatments(sheet: Sheet, case: Case, metastatic: dt.date | None) -> None:
    """Every treatment of the file, or that there was none. ``metastatic``: when metastases were found."""

    def one(path: Path, item: object) -> None:
        if isinstance(item, str):
            item = Treatment(drugs=item)
        if isinstance(item, Treatment):
            _treatment(sheet, path, item, metastatic)

    if _says_none(case.treatments):
        sheet.add("treatments", ("treatments",), status="not_taken")
    else:
        each(case.treatments, ("treatments",), one)


def _says_none(value: object) -> bool:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value is False or (isinstance(value, str) and words.plain(value) in words.NONE)


def _treatment(sheet: Sheet, path: Path, item: Treatment, metastatic: dt.date | None) -> None:
    shared: dict[str, object] = {
        "setting": sheet.word((*path, "setting"), item.setting, words.SETTING),
        "intent": sheet.word((*path, "intent"), item.intent, words.INTENT),
        "response": sheet.word((*path, "best"), item.best, words.RESPONSE),
        "laterality": sheet.word((*path, "side"), item.side, words.SIDE),
    }
    if not any((item.drugs, item.surgery, item.radiation)):
        sheet.error(path, "the treatment is not named", "Write 'drugs: [...]', 'surgery: ...' or 'radiation: ...'.")
    if item.surgery and words.plain(item.surgery) not in words.NONE:
        _surgery(sheet, (*path, "surgery"), item, shared)
    if item.drugs or item.radiation:
        cells = shared | _when(sheet, path, item, shared["setting"], metastatic).cells()
        if item.drugs:
            _drugs(sheet, (*path, "drugs"), item.drugs, cells)
        each(item.radiation or None, (*path, "radiation"), lambda at, where: _radiation(sheet, at, where, cells))


def _drugs(sheet: Sheet, path: Path, drugs: str | list[str], cells: dict[str, object]) -> None:
    def one(at: Path, text: object) -> None:
        for name, drug in _names(str(text)):
            if drug is None:
                todo = "" if words.denies(name) else words.nearest(name, DRUGS)
                todo = todo or "Write the name of the ingredient alone."
                sheet.error(at, f"the drug '{name}' is not known", todo)
            sheet.add("treatments", at, treatment=drug, kind="drug", text=name, by="code" if name == drug else "text",
                      **cells)  # fmt: skip

    each(drugs, path, one)


def _names(text: str) -> list[tuple[str, str | None]]:
    """Each drug of a text with its ingredient: ``letrozole + Ibrance`` holds two, ``Phesgo`` too."""
    named: list[tuple[str, str | None]] = []
    for part in filter(None, _TOGETHER.split(text.strip())):
        if words.denies(part):
            named.append((part, None))
            continue
        joined = list(filter(None, _JOINED.split(part)))
        # "and" may be part of a name: it separates only drugs.
        several = joined if all(terms.drugs_of_text(one) for one in joined) else [part]
        for name in several:
            named += [(name, drug) for drug in terms.drugs_of_text(name)] or [(name, None)]
    return named


def _surgery(sheet: Sheet, path: Path, item: Treatment, cells: dict[str, object]) -> None:
    text = str(item.surgery)
    known = words.SURGERY.get(_SIDE.sub("", words.plain(text)).strip())
    term = None if known or words.denies(text) else terms.by_text(text, ("procedure",))
    name = known or (term.concept if term and term.concept in words.SURGERY.values() else None)
    if name is None:
        sheet.not_understood(path, text, words.SURGERY, words.answers(words.SURGERY))
    day = sheet.day((*path[:-1], "date"), item.date if item.date is not None else item.from_)
    sheet.add(
        "treatments",
        path,
        **cells | {"laterality": cells["laterality"] or _side(text)},
        treatment=name or "other_surgery",
        kind="surgery",
        status="ended",
        start=day.date,
        start_precision=day.precision,
        site="primary" if name in _ON_BREAST else None,
        text=text,
        by="code" if known else "text",
    )


def _radiation(sheet: Sheet, path: Path, where: object, cells: dict[str, object]) -> None:
    text = "" if isinstance(where, bool) else str(where)
    place = _SIDE.sub("", words.plain(text)).strip()
    site = None
    if place and place not in words.YES_NO:
        field = terms.by_text(place, ("radiation_site",))
        site = field.concept if field is not None else site_of(place)
        if site is None:
            todo = "Write it like bone, brain or left breast."
            sheet.warning(path, f"the site of radiation '{text}' is not understood", todo)
    sheet.add("treatments", path, **cells | {"laterality": cells["laterality"] or _side(text)},
              treatment="radiation", kind="radiation", site=site, text=text or "radiation")  # fmt: skip


def _side(text: str) -> str | None:
    matched = _SIDE.search(words.plain(text))
    return words.SIDE[matched[1]] if matched else None


def _when(sheet: Sheet, path: Path, item: Treatment, setting: object, metastatic: dt.date | None) -> _When:
    on = sheet.day((*path, "date"), item.date)  # a treatment of one day
    start = on if item.from_ is None else sheet.day((*path, "from"), item.from_)
    goes_on = item.to is not None and words.plain(item.to) in _NOW
    end = UNDATED if goes_on else on if item.to is None else sheet.day((*path, "to"), item.to)
    ended = _ended(sheet, (*path, "ended"), item.ended)
    over = item.to is not None or item.date is not None or ended is not None
    running = "yes" if goes_on else sheet.word((*path, "running"), item.running, words.RUNNING)
    for_spread = setting == "metastatic" or (
        setting is None and start.date is not None and metastatic is not None and start.date >= metastatic
    )
    if running == "yes" and over and not goes_on:
        sheet.warning(path, "the treatment is given as running and as ended", "Keep one of the two.")
    status = {"yes": "running", "no": "ended", "planned": "planned"}.get(running or "")
    if status is None:
        status = "ended" if over else "running" if for_spread else "unknown"
    if status == "unknown" and item.drugs:
        sheet.note(path, "it is not said whether the treatment still goes on", "Add 'to: ...' or 'running: yes'.")
    return _When(start, end, status, ended if ended != "yes" else None)


def _ended(sheet: Sheet, path: Path, value: object) -> str | None:
    """Why it ended; 'yes' when it ended and nothing says why."""
    answer = words.YES_NO.get(words.plain(value))
    if answer:
        return "yes" if answer == "yes" else None
    # A word that is not understood still says that it ended.
    return sheet.word(path, value, words.ENDED) or (None if value is None else "yes")


def medicines(sheet: Sheet, case: Case) -> None:
    """Medicines that are taken now for other reasons than the cancer."""

    def one(path: Path, item: object) -> None:
        if isinstance(item, str):
            item = Medicine(drug=item)
        if isinstance(item, Medicine):
            _medicine(sheet, path, item)

    if not _says_none(case.medicines):
        each(case.medicines, ("medicines",), one)


def _medicine(sheet: Sheet, path: Path, item: Medicine) -> None:
    drug = None if words.denies(item.drug) else terms.drug_of_text(item.drug)
    if drug is None:
        sheet.warning(path, f"the medicine '{item.drug}' is not known",
                      words.nearest(item.drug, DRUGS) or "Interactions with it are not checked.")  # fmt: skip
    start, end = sheet.day((*path, "from"), item.from_), sheet.day((*path, "to"), item.to)
    when = _When(start, end, "ended" if end.date else "running", None)
    by = "code" if item.drug == drug else "text"
    sheet.add("treatments", path, treatment=drug, kind="drug", text=item.drug, by=by, **when.cells())
