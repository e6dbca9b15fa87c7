"""Variants: ``BRCA2 c.5946delT pathogenic``, ``ESR1 not found``, or a map written out."""

from __future__ import annotations

import re
from typing import NamedTuple

from openmbc import terms
from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.records.case import words
from openmbc.records.case.model import Case, Variant
from openmbc.records.case.numbers import read
from openmbc.records.case.receptors import specimen_site
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each

_ASIDE = re.compile(r"\(([^()]*)\)")
_DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b(?!\S)")
_VAF = re.compile(r"\b(?:vaf|af)?\s*[:=]?\s*(\d+(?:\.\d+)?\s*%)", re.IGNORECASE)
_KNOWN = frozenset(g.upper() for g in (*TUMOUR_GENES, *GERMLINE_GENES, "ntrk1", "ntrk2", "ntrk3"))
_ORIGINS = {"germline": "germline", "tumour": "somatic"}
# Longest first, so that "likely pathogenic" is not read as "pathogenic".
_MEANINGS = sorted(words.SIGNIFICANCE, key=len, reverse=True)
_NO_ANSWERS = sorted(words.UNKNOWN, key=len, reverse=True)
_ABSENCES = sorted(words.NOT_FOUND, key=len, reverse=True)


class _Reading(NamedTuple):
    """What one entry says of one gene."""

    gene: str
    change: str | None = None
    result: str = "present"
    significance: str | None = None
    vaf: float | None = None
    specimen: str | None = None
    day: Day = UNDATED


def genes(sheet: Sheet, case: Case) -> None:
    """Inherited genes and genes of the tumour."""
    for key, origin in _ORIGINS.items():
        value = getattr(case, key)
        if value is False:
            value = "none"

        def one(path: Path, item: object, origin: str = origin) -> None:
            if isinstance(item, Variant):
                _map(sheet, path, item, origin)
            else:
                _line(sheet, path, str(item), origin)

        each(value, (key,), one)


def _line(sheet: Sheet, path: Path, text: str, origin: str) -> None:
    """``GENE change significance (specimen date)``, in words."""
    if words.plain(text) in words.UNKNOWN:
        return
    if words.plain(text) in words.NONE:
        sheet.warning(path, f"{path[0]}: 'none' does not say which genes were looked at",
                      "Name them, like 'BRCA1 not found', or write {panel: [BRCA1, BRCA2]}.")  # fmt: skip
        sheet.add("variants", path, origin=origin, result="absent", text=text)
        return
    aside = " ".join(_ASIDE.findall(text)).replace(",", " ")
    name, _, rest = _ASIDE.sub(" ", text).replace(",", " ").strip().partition(" ")
    rest, absent = _take(rest, _ABSENCES)
    rest, meaning = _take(rest, _MEANINGS)
    if not absent and _take(rest, _NO_ANSWERS)[1]:
        return  # not tested
    aside, meaning_aside = _take(aside, _MEANINGS)
    aside, day = _date(sheet, path, aside)
    rest, day = (rest, day) if day.date else _date(sheet, path, rest)
    aside, vaf = _fraction(aside)
    rest, vaf = (rest, vaf) if vaf is not None else _fraction(rest)
    significance = meaning or meaning_aside
    change = " ".join(word for word in rest.split() if words.plain(word) not in words.FOUND) or None
    if words.denies(rest):
        sheet.error(path, f"'{text}' is not understood", f"Write '{name} not found', or the change that was found.")
        sheet.add("variants", path, origin=origin, text=text)
        return
    _add(sheet, path, text, origin, _Reading(
        gene=name,
        change=None if absent else change,
        result="absent" if absent else "present",
        significance=words.SIGNIFICANCE[significance] if significance else None,
        vaf=vaf,
        specimen=specimen_site(sheet, path, aside.strip() or None),
        day=day,
    ))  # fmt: skip


def _map(sheet: Sheet, path: Path, item: Variant, origin: str) -> None:
    day = sheet.day((*path, "date"), item.date)
    specimen = specimen_site(sheet, (*path, "specimen"), item.specimen)
    for index, gene in enumerate(item.panel or ()):
        _add(sheet, (*path, "panel", index), gene, origin, _Reading(gene, result="studied", specimen=specimen, day=day))
    if item.gene is None:
        if not item.panel:
            sheet.error(path, "no gene is named", "Write 'gene: PIK3CA'.")
        return
    absent = item.found is not None and (item.found is False or words.plain(item.found) in words.NOT_FOUND)
    vaf = None if item.vaf is None else _share(item.vaf)
    if item.vaf is not None and vaf is None:
        sheet.error((*path, "vaf"), f"'{item.vaf}' is not a fraction of alleles", "Write 4.2% or 0.042.")
    _add(sheet, path, f"{item.gene} {item.change or ''}".strip(), origin, _Reading(
        gene=item.gene,
        change=item.change,
        result="absent" if absent else "present",
        significance=sheet.word((*path, "significance"), item.significance, words.SIGNIFICANCE),
        vaf=vaf,
        specimen=specimen,
        day=day,
    ))  # fmt: skip


def _add(sheet: Sheet, path: Path, text: str, origin: str, reading: _Reading) -> None:
    gene = terms.gene_symbol(None, None, reading.gene)
    near = words.nearest(reading.gene, _KNOWN)
    if gene is None:
        todo = near or "Write its symbol first, like 'PIK3CA H1047R'."
        sheet.error(path, f"the gene '{reading.gene}' is not known", todo)
    elif gene not in _KNOWN:
        severity = sheet.warning if near else sheet.note
        severity(path, f"no rule looks at the gene '{reading.gene}'", near or "It is kept as reported.")
    sheet.add(
        "variants",
        path,
        gene=gene,
        change=reading.change,
        origin=origin,
        result=reading.result,
        significance=reading.significance,
        vaf=reading.vaf,
        specimen=reading.specimen,
        text=text,
        **reading.day.cells,
    )


def _take(text: str, phrases: list[str]) -> tuple[str, str | None]:
    """Take the first of the phrases out of a text: what is left, and the phrase."""
    for phrase in phrases:
        pattern = rf"(?<!\S){re.escape(phrase).replace(' ', '[ _-]')}(?!\S)"
        left, found = re.subn(pattern.replace("\\[", "["), " ", text, count=1, flags=re.IGNORECASE)
        if found:
            return left, phrase
    return text, None


def _date(sheet: Sheet, path: Path, text: str) -> tuple[str, Day]:
    matched = _DATE.search(text)
    if not matched:
        return text, UNDATED
    return _DATE.sub(" ", text, count=1), sheet.day(path, matched[0])


def _fraction(text: str) -> tuple[str, float | None]:
    matched = _VAF.search(text)
    return (_VAF.sub(" ", text, count=1), _share(matched[1])) if matched else (text, None)


def _share(value: object) -> float | None:
    """A fraction of alleles, from 0 to 1: 4.2% is 0.042."""
    measured = read(value)
    if measured is None or measured.unit not in (None, "%"):
        return None
    share = measured.value / 100 if measured.unit == "%" else measured.value
    return share if 0 <= share <= 1 else None
