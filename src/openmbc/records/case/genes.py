"""Variants: ``BRCA2 c.5946delT pathogenic``, ``ESR1 not found``, or a map written out."""

from __future__ import annotations

import re
from typing import NamedTuple

from openmbc import terms
from openmbc.catalogue import GERMLINE_GENES
from openmbc.records.case import words
from openmbc.records.case.model import Case, Variant
from openmbc.records.case.numbers import read
from openmbc.records.case.receptors import specimen_site
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each
from openmbc.variants import markers, read_change

_JOINED = re.compile(r"\w(?:-|::)\w")  # ETV6-NTRK3, but not ERalpha
_ASIDE = re.compile(r"\(([^()]*)\)")
_DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b(?!\S)")
_VAF = re.compile(r"\b(?:vaf|af)?\s*[:=]?\s*(\d+(?:\.\d+)?\s*%)", re.IGNORECASE)
_KNOWN = frozenset({*markers(), *(g.upper() for g in GERMLINE_GENES)})
_LONGEST = 9  # digits of a read depth
_ORIGINS = {"germline": "germline", "tumour": "somatic"}
# Longest first, so that "likely pathogenic" is not read as "pathogenic".
_MEANINGS = sorted(words.SIGNIFICANCE, key=len, reverse=True)
_NO_ANSWERS = sorted(words.UNKNOWN, key=len, reverse=True)
_ABSENCES = sorted(words.NOT_FOUND, key=len, reverse=True)


class Reading(NamedTuple):
    """What one entry says of one gene, or a report of all its genes."""

    gene: str
    change: str | None = None
    result: str = "present"
    significance: str | None = None
    vaf: float | None = None
    specimen: str | None = None
    day: Day = UNDATED
    assay: str | None = None
    depth: int | None = None
    lod: float | None = None


NOTHING_SAID = Reading("")


def genes(sheet: Sheet, case: Case) -> None:
    """Inherited genes and genes of the tumour."""
    for key, origin in _ORIGINS.items():
        value = getattr(case, key)
        if value is False:
            value = "none"

        def one(path: Path, item: object, origin: str = origin) -> None:
            finding(sheet, path, item, origin, NOTHING_SAID)

        each(value, (key,), one)


def finding(sheet: Sheet, path: Path, item: object, origin: str, known: Reading) -> None:
    """One finding: a line or a map. ``known`` holds what the report says of all its findings."""
    if isinstance(item, Variant):
        _map(sheet, path, item, origin, known)
    else:
        _line(sheet, path, str(item), origin, known)


def _line(sheet: Sheet, path: Path, text: str, origin: str, known: Reading) -> None:
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
    if absent and change and read_change(change, name).kind == "unknown":
        sheet.warning(path, f"'{change}' in '{text}' is not understood, so that nothing of the gene counts as clear",
                      f"Write '{name} not found', if the whole gene was looked at.")  # fmt: skip
    _add(sheet, path, text, origin, Reading(
        gene=name,
        change=change,  # kept where it is absent, too: that says nothing of the other changes of its gene
        result="absent" if absent else "present",
        significance=words.SIGNIFICANCE[significance] if significance else None,
        vaf=vaf,
        specimen=specimen_site(sheet, path, aside.strip() or None) or known.specimen,
        day=day if day.date else known.day,
        assay=known.assay,
        depth=known.depth,
        lod=known.lod,
    ))  # fmt: skip


def panel(sheet: Sheet, path: Path, genes_of: list[str] | None, origin: str, known: Reading) -> None:
    """Genes that were looked at."""
    for index, gene in enumerate(genes_of or ()):
        _add(sheet, (*path, index), gene, origin, known._replace(gene=gene, result="studied", depth=None))


def _map(sheet: Sheet, path: Path, item: Variant, origin: str, known: Reading) -> None:
    known = known._replace(
        day=known.day if item.date is None else sheet.day((*path, "date"), item.date),
        specimen=specimen_site(sheet, (*path, "specimen"), item.specimen) or known.specimen,
        assay=item.assay or known.assay,
        depth=reads(sheet, (*path, "depth"), item.depth) or known.depth,
        lod=limit(sheet, (*path, "lod"), item.lod) or known.lod,
    )
    panel(sheet, (*path, "panel"), item.panel, origin, known)
    if item.gene is None:
        if not item.panel:
            sheet.error(path, "no gene is named", "Write 'gene: PIK3CA'.")
        return
    absent = item.found is not None and (item.found is False or words.plain(item.found) in words.NOT_FOUND)
    vaf = None if item.vaf is None else _share(item.vaf)
    if item.vaf is not None and vaf is None:
        sheet.error((*path, "vaf"), f"'{item.vaf}' is not a fraction of alleles", "Write 4.2% or 0.042.")
    _add(sheet, path, f"{item.gene} {item.change or ''}".strip(), origin, known._replace(
        gene=item.gene,
        change=item.change,
        result="absent" if absent else "present",
        significance=sheet.word((*path, "significance"), item.significance, words.SIGNIFICANCE),
        vaf=vaf,
    ))  # fmt: skip


def reads(sheet: Sheet, path: Path, value: object) -> int | None:
    """Read depth: ``4200`` or ``4200x``."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return None
    digits = words.said(value).strip().lower().removesuffix("x").strip()
    if digits.isascii() and digits.isdigit() and len(digits) < _LONGEST:
        return int(digits)
    sheet.error(path, f"'{words.said(value)}' is not a read depth", "Write a whole number, like 4200.")
    return None


def limit(sheet: Sheet, path: Path, value: object) -> float | None:
    """The smallest allele fraction that a test finds."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return None
    share = _share(value)
    if share is None:
        sheet.error(path, f"'{words.said(value)}' is not a limit of detection", "Write 0.3% or 0.003.")
    return share


def _add(sheet: Sheet, path: Path, text: str, origin: str, reading: Reading) -> None:
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
        change=_with_partner(reading.gene, gene, reading.change),
        origin=origin,
        result=reading.result,
        significance=reading.significance,
        vaf=reading.vaf,
        specimen=reading.specimen,
        assay=reading.assay,
        depth=reading.depth if reading.result == "present" else None,
        lod=reading.lod,
        text=text,
        **reading.day.cells,
    )


def _with_partner(name: str, gene: str | None, change: str | None) -> str | None:
    """The change with both genes of a fusion, where two were written: ``ETV6-NTRK3 fusion``."""
    two = gene is not None and change is not None and words.plain(name) != words.plain(gene) and _JOINED.search(name)
    return f"{name} {change}" if two else change


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
