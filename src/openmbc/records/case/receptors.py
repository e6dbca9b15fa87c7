"""Receptors: each map of the file is what the pathology report of one specimen says."""

from __future__ import annotations

import re

from openmbc import terms
from openmbc.catalogue import SITES
from openmbc.records.case import words
from openmbc.records.case.model import Case, Receptors
from openmbc.records.case.numbers import measure
from openmbc.records.case.sheet import Day, Path, Sheet, each

_NUMBERS = ("her2_ratio", "her2_copies", "ki67", "pdl1_cps")
_PERCENT = re.compile(r"[<>≤≥]?=?\s*\d+(?:\.\d+)?\s*%?\Z")
_WORD_AND_PERCENT = re.compile(r"([a-z +]*?)[\s,(]*([<>≤≥]?=?\s*\d+(?:\.\d+)?\s*%)\)?\Z")
_SCORE_ASIDE = re.compile(r"([a-z ]+)\((?:ihc )?([0-3]\+?)\)\Z")
_ISH_AFTER_SCORE = re.compile(r"([0-3]\+?)\s*[,/(]?\s*(?:ish|fish|cish|sish|amplification)?\s*(.*?)\)?\Z")


def receptors(sheet: Sheet, case: Case) -> None:
    """Every specimen of the file."""

    def one(path: Path, item: object) -> None:
        if isinstance(item, Receptors):
            _specimen(sheet, path, item)

    each(case.receptors, ("receptors",), one)


def _specimen(sheet: Sheet, path: Path, item: Receptors) -> None:
    day = sheet.day((*path, "date"), item.date)
    site = specimen_site(sheet, (*path, "from"), item.from_)
    cells = day.cells | {"site": site}
    for marker in ("er", "pr"):
        _hormone(sheet, (*path, marker), getattr(item, marker), day, cells)
    _her2(sheet, (*path, "her2"), item.her2, cells)
    at = (*path, "ish")
    sheet.coded(at, "her2_ish", sheet.word(at, item.ish, words.ISH), item.ish, **cells)
    for concept in _NUMBERS:
        measure(sheet, (*path, concept), concept, _number(concept, getattr(item, concept)), day, site=site)


def specimen_site(sheet: Sheet, path: Path, text: str | None) -> str | None:
    """Where a specimen was taken: primary, plasma or a metastatic site; None when not said."""
    if text is None or words.plain(text) in words.UNKNOWN:
        return None
    site = site_of(text)
    if site is None:
        todo = words.nearest(text, (*words.SPECIMEN, *SITES)) or "Write primary, plasma or a metastatic site."
        sheet.warning(path, f"the specimen '{text}' is not understood", todo)
    return site


def site_of(text: str) -> str | None:
    """A place in the body: ``primary`` (the breast), ``plasma`` or a metastatic site; None when not understood."""
    known = words.SPECIMEN.get(words.plain(text)) or words.site_key(text)
    term = None if known else terms.by_text(text, ("metastasis", "body_site"))
    return known or (None if term is None else "primary" if term.concept == "breast" else term.concept)


def _hormone(sheet: Sheet, path: Path, value: object, day: Day, cells: dict[str, object]) -> None:
    """``90%``, ``90``, ``<1%``, ``positive`` or ``positive (90%)``."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return
    marker, text = str(path[-1]), str(value).strip().lower()
    both = _WORD_AND_PERCENT.match(text)
    if not isinstance(value, bool) and (_PERCENT.match(text) or both):
        measure(sheet, path, f"{marker}_percent", both[2] if both else text, day, site=cells["site"])
        text = both[1].strip() if both else ""
    if text:
        known = words.RECEPTOR if marker == "er" else words.PROGESTERONE
        sheet.coded(path, marker, sheet.word(path, text, known), value, **cells)


def _her2(sheet: Sheet, path: Path, value: object, cells: dict[str, object]) -> None:
    """A score (``0`` to ``3+``), a score with ISH (``2+ ISH negative``), or a conclusion."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return
    text = words.plain(value).removeprefix("ihc ")
    if aside := _SCORE_ASIDE.match(text):  # low (1+)
        sheet.coded(path, "her2", sheet.word(path, aside[1], words.HER2), value, **cells)
        text = aside[2]
    scored = _ISH_AFTER_SCORE.match(text)
    if not scored:
        sheet.coded(path, "her2", sheet.word(path, value, words.HER2), value, **cells)
        return
    sheet.coded(path, "her2_ihc", words.HER2_IHC[scored[1]], value, **cells)
    if scored[2]:
        sheet.coded(path, "her2_ish", sheet.word(path, scored[2], words.ISH), value, **cells)


def _number(concept: str, value: object) -> object:
    """Ki-67 is always a percentage: ``20`` is ``20%``."""
    return f"{value}%" if concept == "ki67" and isinstance(value, int | float) else value
