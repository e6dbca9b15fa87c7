"""Sequencing reports as people type them: one map for each, with what was found, on which panel, in which specimen."""

from __future__ import annotations

from openmbc.records.case import words
from openmbc.records.case.disease import hrd
from openmbc.records.case.genes import Reading, finding, limit, panel, reads
from openmbc.records.case.model import Case, Sequencing
from openmbc.records.case.numbers import measure
from openmbc.records.case.receptors import specimen_site
from openmbc.records.case.sheet import Path, Sheet, each


def sequencing(sheet: Sheet, case: Case) -> None:
    """Every report of the file."""

    def one(path: Path, item: object) -> None:
        if isinstance(item, Sequencing):
            _report(sheet, path, item)

    each(case.sequencing, ("sequencing",), one)


def _report(sheet: Sheet, path: Path, item: Sequencing) -> None:
    day = sheet.day((*path, "date"), item.date)
    site = specimen_site(sheet, (*path, "specimen"), item.specimen)
    origin = sheet.word((*path, "origin"), item.origin, words.ORIGIN) or "somatic"
    known = Reading(
        "",
        specimen=None if origin == "germline" else site,
        day=day,
        assay=item.assay,
        depth=reads(sheet, (*path, "depth"), item.depth),
        lod=limit(sheet, (*path, "lod"), item.lod),
    )
    _findings(sheet, path, item, origin, known)
    panel(sheet, (*path, "panel"), item.panel, origin, known)
    cells = {"site": site, "method": item.assay}
    measure(sheet, (*path, "tumour_fraction"), "tumour_fraction", item.tumour_fraction, day, **cells)
    measure(sheet, (*path, "tmb"), "tmb", item.tmb, day, **cells)
    at = (*path, "msi")
    sheet.coded(at, "msi", sheet.word(at, item.msi, words.MSI), item.msi, **cells, **day.cells)
    hrd(sheet, (*path, "hrd"), item.hrd, day, **cells)


def _findings(sheet: Sheet, path: Path, item: Sequencing, origin: str, known: Reading) -> None:
    at = (*path, "found")
    if item.found is False or words.plain(item.found) in words.NONE:
        if not item.panel:
            sheet.warning(at, "nothing was found, and which genes were looked at is not said",
                          "Name them, like 'panel: [ESR1, PIK3CA]'.")  # fmt: skip
    elif item.found is True:
        sheet.error(at, "'yes' does not say what was found", "Write it like [ESR1 D538G 1.4%].")
    elif item.found is not None:
        each(item.found, at, lambda where, one: finding(sheet, where, one, origin, known))
    elif not (item.panel or item.tumour_fraction or item.tmb or item.msi or item.hrd):
        sheet.warning(path, "a sequencing report says nothing", "Write what was found, or the genes of its panel.")
