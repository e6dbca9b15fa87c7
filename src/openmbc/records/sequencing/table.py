"""Findings in a plain table (CSV): a row a finding, a gene that was clear, or a result of the whole sample."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from pathlib import Path

from openmbc import terms
from openmbc.errors import RecordError
from openmbc.records.sequencing.found import TMB_UNIT, Asked, Found, finite, read_specimen
from openmbc.records.sequencing.panels import EVERY_KIND, Panel, find_panel, study
from openmbc.records.sequencing.places import known_genes
from openmbc.records.tables import LINE, Kind, read_table

_COLUMNS: dict[str, Kind] = {
    "person": "text", "gene": "text", "change": "text", "vaf": "text", "specimen": "text", "date": "date",
    "result": "text", "assay": "text", "depth": "number", "lod": "text", "significance": "text", "origin": "text",
    "copies": "number", "tumour_fraction": "text", "tmb": "number", "msi": "text", "mmr": "text", "hrd": "text",
    "pten_ihc": "text",
}  # fmt: skip
_OPTIONAL = frozenset(_COLUMNS) - {"gene"}
_RESULTS = {
    "present": "present", "found": "present", "positive": "present", "detected": "present", "yes": "present",
    "absent": "absent", "negative": "absent", "not detected": "absent", "not found": "absent", "wild type": "absent",
    "wildtype": "absent", "no": "absent", "studied": "studied", "tested": "studied",
}  # fmt: skip
_SIGNIFICANCES = {
    "pathogenic": "pathogenic", "oncogenic": "pathogenic", "likely pathogenic": "likely_pathogenic",
    "likely oncogenic": "likely_pathogenic", "uncertain": "uncertain", "vus": "uncertain", "unknown": "uncertain",
    "uncertain significance": "uncertain", "variant of uncertain significance": "uncertain",
    "likely benign": "likely_benign", "likely neutral": "likely_benign", "benign": "benign",
}  # fmt: skip
_ORIGINS = {
    "somatic": "somatic",
    "tumour": "somatic",
    "tumor": "somatic",
    "germline": "germline",
    "inherited": "germline",
}
_HRD = {"positive": "positive", "high": "positive", "deficient": "positive", "hrd": "positive", "negative": "negative",
        "low": "negative", "proficient": "negative"}  # fmt: skip
_PTEN = {"lost": "lost", "loss": "lost", "negative": "lost", "absent": "lost", "retained": "retained",
         "intact": "retained", "positive": "retained", "present": "retained"}  # fmt: skip
_NOT_SAID = frozenset({"", "unknown", "?", "n/a", "na", "not tested", "not done", "pending"})


def read_findings(path: Path, asked: Asked, panel: Panel | None) -> Found:
    """Findings of a table. Rows of other people are left out, unless all are of one. Raises `RecordError`."""
    rows, problems = read_table(path, _COLUMNS, _OPTIONAL)
    found = Found(path, asked.person)
    found.problems.extend((asked.person, *row[1:]) for row in problems.iter_rows())
    listed = list(rows.iter_rows(named=True))
    people = {row["person"] for row in listed if row["person"]}
    mine = listed if len(people) <= 1 else [row for row in listed if row["person"] == asked.person]
    if not mine:
        what = f"no row is of '{asked.person}'" if listed else "the table holds no row"
        raise RecordError(what, file=str(path), todo=f"Its people: {', '.join(sorted(people)[:5]) or 'none'}.")
    if len(mine) < len(listed):
        found.problem(
            "note", f"{len(listed) - len(mine)} rows are of other people and not used", "Nothing needs to be done."
        )
    for draw in _draws(mine):
        _draw(found, draw, asked, panel)
    return found


def _draws(rows: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    """Rows of one sample: the same date, specimen and test."""
    by_sample: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in rows:
        by_sample.setdefault((row["date"], row["specimen"], row["assay"]), []).append(row)
    return list(by_sample.values())


def _draw(found: Found, rows: list[dict[str, object]], asked: Asked, panel: Panel | None) -> None:
    first, line = rows[0], rows[0][LINE]
    assay, day = _text(first, "assay"), first["date"]
    said = _text(first, "specimen")
    specimen, origin = read_specimen(said)
    if said and specimen is None and origin is None and said.lower() not in _NOT_SAID:
        found.problem("warning", f"the specimen '{said}' is not understood",
                      "Write plasma, tissue, germline or where the tissue was taken.", line)  # fmt: skip
    known = panel or (find_panel(assay) if assay else None)
    found.assay, found.lod = assay or (known.name if known else None), known.lod if known else None
    found.named, found.open = set(), set()
    found.settle(
        asked, specimen or (known.specimen if known else None), origin, day if isinstance(day, dt.date) else None
    )
    for row in rows:
        _row(found, row)
    study(found, known, EVERY_KIND)


def _row(found: Found, row: dict[str, object]) -> None:
    line, name = row[LINE], _text(row, "gene")
    whole = _of_sample(found, row)
    if not name:
        if _text(row, "change") or not whole:
            found.problem("error", "the row names no gene", "Write the symbol, such as PIK3CA.", line)
        return
    gene = terms.gene_symbol(None, name, None)
    if gene is None:
        near = get_close_matches(name.upper(), known_genes(), n=1)
        found.problem("warning", f"the gene '{name}' is not known here",
                      f"Is '{near[0]}' meant?" if near else "It is kept as text.", line)  # fmt: skip
    before = found.lod
    found.lod = _share(found, row, "lod") if _text(row, "lod") else before
    result = _word(found, row, "result", _RESULTS)
    change = _change(found, row)
    if gene is not None and result in ("absent", "studied"):
        found.open.add(gene)  # said in the table: the panel does not say it again
        if change is not None:
            found.problem("warning", f"{name} has a change and the result '{row['result']}'", "Check the row.", line)
    depth = row["depth"]
    if gene is not None and result is None and _text(row, "result"):
        found.open.add(gene)  # a result that is not understood: neither found nor clear
    else:
        found.variant(gene, change, line, origin=_word(found, row, "origin", _ORIGINS), result=result or "present",
                      significance=_word(found, row, "significance", _SIGNIFICANCES), vaf=_share(found, row, "vaf"),
                      depth=round(depth) if isinstance(depth, float) else None, by="text",
                      text=" ".join(filter(None, (name, change))))  # fmt: skip
    found.lod = before


def _change(found: Found, row: dict[str, object]) -> str | None:
    """The change as written; a number of copies alone is told as such."""
    change, copies = _text(row, "change"), row["copies"]
    if change or not isinstance(copies, float):
        return change
    if copies == 0:
        return "deep deletion"
    found.problem("warning", f"{copies:g} copies: whether this counts as amplification is not said",
                  "Write amplification, gain or loss into 'change'.", row[LINE])  # fmt: skip
    return f"copy number {copies:g}"


def _of_sample(found: Found, row: dict[str, object]) -> bool:
    """Results of the whole sample in a row; whether there were any."""
    line, tmb = row[LINE], row["tmb"]
    if isinstance(tmb, float):
        found.observation("tmb", line, value=tmb, unit=TMB_UNIT)
    found.microsatellites(_said(row, "msi"), line)
    found.mismatch_repair(_said(row, "mmr"), line)
    hrd = _said(row, "hrd")
    if hrd and (score := finite(hrd)) is not None:
        found.observation("hrd", line, value=score, text=hrd)
    elif hrd and (code := _word(found, row, "hrd", _HRD)):
        found.observation("hrd", line, code=code, text=hrd)
    if _said(row, "pten_ihc") and (code := _word(found, row, "pten_ihc", _PTEN)):
        found.observation("pten_ihc", line, code=code, method="ihc", text=_text(row, "pten_ihc"))
    if _said(row, "tumour_fraction") and (share := _share(found, row, "tumour_fraction")) is not None:
        found.observation(
            "tumour_fraction", line, value=round(share * 100, 6), unit="%", text=_text(row, "tumour_fraction")
        )
    return isinstance(tmb, float) or any(_text(row, c) for c in ("msi", "mmr", "hrd", "pten_ihc", "tumour_fraction"))


def _share(found: Found, row: dict[str, object], column: str) -> float | None:
    """A share from 0 to 1: ``4.2%`` or ``0.042``; more than 1 without a per cent sign is a problem."""
    text = _said(row, column)
    if text is None:
        return None
    value = finite(text.rstrip("% "))
    share = value / 100 if value is not None and text.endswith("%") else value
    if share is None or not 0 <= share <= 1:
        found.problem("error", f"{column} '{text}' is no share", "Write 4.2% or 0.042.", row[LINE])
        return None
    return share


def _word(found: Found, row: dict[str, object], column: str, known: dict[str, str]) -> str | None:
    text = _said(row, column)
    if text is None:
        return None
    plain = " ".join(text.lower().replace("_", " ").replace("-", " ").split())
    if plain not in known:
        todo = f"Write one of: {', '.join(dict.fromkeys(known.values()))}."
        found.problem("error", f"{column} '{text}' is not understood", todo, row[LINE])
    return known.get(plain)


def _said(row: dict[str, object], column: str) -> str | None:
    text = _text(row, column)
    meant = column in ("significance",) or text is None or text.lower() not in _NOT_SAID
    return text if meant else None


def _text(row: dict[str, object], column: str) -> str | None:
    value = row[column]
    return value.strip() or None if isinstance(value, str) else None
