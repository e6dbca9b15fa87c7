"""Findings by date: whether the disease grows, laboratory values, other illnesses; and wishes."""

from __future__ import annotations

from openmbc import terms
from openmbc.catalogue import FEATURES, ILLNESSES, WISHES
from openmbc.records.case import words
from openmbc.records.case.disease import denied, named
from openmbc.records.case.model import Case, Done, Lesion, Response
from openmbc.records.case.numbers import measure, read
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each

_MEASURED = tuple(f.name for f in FEATURES if f.subject == "organs" and f.kind == "number")
_STATUSES = words.YES_NO | {
    "active": "yes", "current": "yes", "resolved": "resolved", "past": "resolved", "former": "resolved",
    "remission": "remission", "in remission": "remission",
}  # fmt: skip


def responses(sheet: Sheet, case: Case) -> None:
    """Conclusions on whether the disease grows, in the order of the file."""

    def one(path: Path, item: object) -> None:
        if not isinstance(item, Response):
            return
        day = sheet.day((*path, "date"), item.date)
        code = sheet.word((*path, "is"), item.is_, words.RESPONSE)
        method = words.METHODS.get(words.plain(item.by), item.by) if item.by else None
        sheet.coded(path, "response", code, item.is_, method=method, **day.cells)

    each(case.response, ("response",), one)


def lesions(sheet: Sheet, case: Case) -> None:
    """Lesions that are followed: what was measured or seen of each, by date."""

    def one(path: Path, item: object) -> None:
        if not isinstance(item, Lesion):
            return
        role = sheet.word((*path, "role"), item.role, words.ROLE) if item.role is not None else None
        site = _site(sheet, (*path, "site"), item.site)
        node = sheet.word((*path, "node"), item.node, words.YES_NO) if item.node is not None else None
        known = {"lesion": item.name, "role": role, "site": site, "node": None if node is None else node == "yes"}
        for date, value in item.seen.items():
            place = (*path, "seen", date)
            day = sheet.day(place, date)
            length = _millimetres(value)
            word = sheet.word(place, value, words.LESION) if length is None else None
            # What is written and not understood is not evaluable.
            seen = word or (None if length is not None else "not_evaluable")
            sheet.add("lesions", place, mm=length, assessment=seen, **known, **day.cells)

    each(case.lesions, ("lesions",), one)


def _millimetres(value: object) -> float | None:
    """``23``, ``23 mm`` or ``2.3 cm``; None for anything else."""
    found = read(value)
    if found is None or found.comparator is not None:
        return None
    converted = terms.convert("tumour_size", found.value, found.unit or "mm")
    return None if converted is None else converted[0]


def _site(sheet: Sheet, path: Path, value: str | None) -> str | None:
    """The site of a lesion: of the catalogue, the breast, or as it is written."""
    if value is None or words.plain(value) in ("primary", "breast"):
        return None if value is None else "primary"
    term = terms.by_text(value, ("metastasis", "body_site"))
    known = words.site_key(value) or (term.concept if term is not None else None)
    if known is None:
        sheet.warning(path, f"the site '{value}' is not known", words.nearest(value, words.SITE_NAMES) or "It is kept.")
    return known or value


def labs(sheet: Sheet, case: Case, visit: Day) -> None:
    """Laboratory values, heart and weight: a map for each day."""

    def one(path: Path, item: object) -> None:
        if not isinstance(item, dict):
            return
        date = item.get("date")
        day = visit if date is None else sheet.day((*path, "date"), date)
        for name, value in item.items():
            if name != "date":
                _lab(sheet, (*path, name), name, value, day)

    each(case.labs, ("labs",), one)


def _lab(sheet: Sheet, path: Path, name: str, value: object, day: Day) -> None:
    concept = words.LABS.get(words.plain(name))
    term = None if concept else terms.by_text(name, ("observation",))
    concept = concept or (name if name in _MEASURED else term.concept if term else None)
    if concept is None:
        todo = words.nearest(name, words.LABS) or "See docs/case-file.md for the names."
        sheet.error(path, f"the value '{name}: {words.said(value)}' is not known", todo)
        return
    measure(sheet, path, concept, value, day)


def tests(sheet: Sheet, case: Case, visit: Day) -> None:
    """Tests of which the day is known and no value: an ECG, a visit to the dentist, a scan."""

    def one(path: Path, item: object) -> None:
        name = item.what if isinstance(item, Done) else str(item)
        date = item.date if isinstance(item, Done) else None
        day = visit if date is None else sheet.day((*path, "date"), date)
        key = words.plain(name).replace(" ", "_")
        term = None if key in terms.tests() else terms.by_text(name, ("test",))
        if term is None and key not in terms.tests():
            known = [test.replace("_", " ") for test in terms.tests()]
            sheet.not_understood(path, name, known, known)
            return
        sheet.add("observations", path, concept="test", code=term.concept if term else key, text=name, **day.cells)

    each(case.tests, ("tests",), one)


def illnesses(sheet: Sheet, case: Case) -> None:
    """Other illnesses, present or absent. ``none`` says that every illness of the catalogue is absent."""
    value = case.illnesses
    if value is False or (isinstance(value, str) and words.plain(value) in words.NONE):
        for illness in ILLNESSES:
            sheet.add("conditions", ("illnesses",), concept=illness, status="absent", text="illnesses: none")
        return
    for path, name, said in named(value, ("illnesses",)):
        _illness(sheet, path, name, said)


def _illness(sheet: Sheet, path: Path, name: str, said: object) -> None:
    name, said = denied(name, said)
    exact = words.illness_key(name)
    term = None if exact else terms.by_text(name, ("condition",))
    concept = exact or (term.concept if term else None)
    if concept is None:
        sheet.warning(path, f"the illness '{name}' is not known",
                      words.nearest(name, words.ILLNESS_NAMES) or "It is kept, and no rule looks at it.")  # fmt: skip
    status = "yes" if said is None else _STATUSES.get(words.plain(said))
    day = UNDATED
    if status is None and words.plain(said) not in words.UNKNOWN:
        day, status = sheet.day(path, said), "yes"
    if status is None:
        return
    stated = {"yes": "active", "no": "absent"}.get(status, status)
    sheet.add("conditions", path, concept=concept or "other", status=stated, text=name,
              by="code" if exact else "text", **day.cells)  # fmt: skip


def wishes(sheet: Sheet, case: Case, visit: Day) -> None:
    """What matters to the person: known words, and free text kept as it is."""
    known = {words.plain(wish): wish for wish in WISHES}
    for path, name, said in named(case.wishes, ("wishes",)):
        wish = known.get(words.plain(name))
        value = None if wish is None else "yes" if said is None else words.YES_NO.get(words.plain(said), str(said))
        text = name if said is None or wish else f"{name}: {said}"
        sheet.add("wishes", path, wish=wish, value=value, text=text, **visit.cells)
