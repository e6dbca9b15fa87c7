"""What tests of genes and proteins found: by specimen and date, what it means, and what each opens and closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.report import citing, of_biomarkers, of_markers
from openmbc.report.genomic_types import Finding, Meaning, Panel
from openmbc.report.of_markers import HER2_COPIES, IHC_DECIDES, ORDER
from openmbc.report.reasons import View
from openmbc.state import State
from openmbc.state.genomics import ENOUGH_SHED, read_variant
from openmbc.variants import Change, markers, meaning, read_change

Row = dict[str, Any]
Changes = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

_SHEDDING = ("ctdna_tumour_fraction_2024", "abstract, results and conclusions")
_HER2_SOURCE = ("asco_cap_her2_2023", "highlights: IHC 3+, 2+ and 0 or 1+ in the diagnosis")
_NEGATIVE = ("absent", "studied")
_LITTLE = (
    "Blood held too little DNA of the tumour to say no (tumour fraction under 1 %, or not known): sequencing of tumour "
    "tissue is the next step."
)
_LOSSES = "Blood does not rule out genes that are lost or amplified: sequencing of tumour tissue does."
_ELSEWHERE = "A sample without it takes nothing back: another sample had it, and that counts."
_NOT_UNDERSTOOD = "The gene was not understood, and counts as nothing: see the problems below."
_KEYS = ["gene", "change", "significance", "origin", "result"]
_MANY = 1000  # more than there are genes


class Found(NamedTuple):
    """Everything of one report that tests of genes and proteins said."""

    findings: list[Finding]
    panels: list[Panel]
    meanings: list[Meaning]


class Tests(NamedTuple):
    """What the record says of the one person in a state: rows of `State.variants` and of `State.tested`, by date."""

    variants: list[Row]
    tested: list[Row]


def tests(state: State) -> Tests:
    """The rows of the one person in ``state``; what has no date, or no gene, last."""
    assert state.variants is not None
    assert state.tested is not None
    return Tests(
        sorted(state.variants.iter_rows(named=True), key=lambda r: (*_last(r["date"]), *_last(r["gene"]), r["source"])),
        sorted(state.tested.iter_rows(named=True), key=lambda r: (*_last(r["date"]), r["source"])),
    )


def _last(value: dt.date | str | None) -> tuple[bool, str]:
    """A value to sort by, null last."""
    return value is None, str(value)


def features(of: Tests) -> list[str]:
    """The features of the state that some finding sets: which to imagine otherwise."""
    changes = {tuple(row[key] for key in _KEYS) for row in of.variants}
    named = {read.feature for change in changes if (read := read_variant(*change)).feature is not None}
    return sorted(named | of_markers.features(of.tested))


def found(of: Tests, changes: Changes, view: View) -> Found:
    """The findings of one person; ``changes`` are what each of their `features` opens and closes."""
    fractions, rows = _fractions(of.tested), of.variants
    listed = [*_variants(rows, fractions, view), *of_markers.findings(of.tested, view)]
    known = of_biomarkers.meanings(listed, view)
    joined = [_joined(finding, known, changes, view) for finding in listed]
    return Found(sorted(joined, key=_place), list(_panels(rows, fractions)), list(known.values()))


def not_detected(findings: list[Finding], view: View) -> set[str]:
    """Features of which blood with too little DNA of the tumour said nothing, and nothing else did."""
    return {f.marker for f in findings if f.result == "not_detected" and f.marker and view.state[f.marker] is None}


def _fractions(tested: Iterable[Row]) -> dict[dt.date | None, float]:
    """The lowest tumour fraction of the blood of each day, in per cent; a bound from above may be nothing."""
    fractions: dict[dt.date | None, float] = {}
    for row in tested:
        if row["concept"] == "tumour_fraction" and row["value"] is not None and row["site"] in (None, "plasma"):
            value = 0.0 if row["comparator"] in ("<", "<=") else row["value"]
            fractions[row["date"]] = min(value, fractions.get(row["date"], value))
    return fractions


def _low_shedding(row: Row, fractions: Mapping[dt.date | None, float]) -> bool:
    return row["specimen"] == "plasma" and fractions.get(row["date"], 0) < ENOUGH_SHED


def _variants(rows: list[Row], fractions: Mapping[dt.date | None, float], view: View) -> Iterator[Finding]:
    for row in rows:
        if row["result"] not in _NEGATIVE:
            yield _change(row)
        elif (read := read_variant(*(row[k] for k in _KEYS))).feature is not None:
            yield _negative(row, read.feature, bool(read.plasma), fractions, view)
        elif row["change"]:
            yield _one_absent(row, fractions)


def _shared(row: Row) -> Row:
    return {
        "kind": "variant",
        "gene": row["gene"],
        "reported": row["text"] or row["change"],
        "assay": row["assay"],
        "specimen": "germline" if row["origin"] == "germline" else row["specimen"],
        "date": row["date"],
        "date_precision": row["date_precision"],
        "origin": row["origin"],
        "from_": [row["source"]],
    }


def _change(row: Row) -> Finding:
    """A change that was found, as reported and in its normal form, and what it means."""
    gene, text = row["gene"], row["change"]
    said = read_change(text, gene) if text else Change(gene, kind="unspecified")
    read = meaning(said, origin=row["origin"], reported=row["significance"], specimen=row["specimen"], vaf=row["vaf"])
    copies = read.marker == "erbb2_amplification"
    share = f" {row['vaf'] * 100:.3g} %" if row["vaf"] is not None else ""
    return Finding(
        what=_name(row, read.marker),
        result="found" if gene is not None else "not_understood",
        text=f"{said.change or text or 'found'}{share}",
        change=said.change or None,
        vaf=row["vaf"],
        oncogenic=read.oncogenic,
        reason=read.reason,
        reason_source=read.source,
        clonal_haematopoiesis=read.clonal_haematopoiesis,
        marker=read.marker,
        value=read.value,
        decides=False if copies else None,
        notes=[note for note, holds in ((_NOT_UNDERSTOOD, gene is None), (IHC_DECIDES, copies)) if holds],
        **_shared(row),
    )


def _one_absent(row: Row, fractions: Mapping[dt.date | None, float]) -> Finding:
    """One change that was looked for and not found: of the others of its gene this says nothing."""
    silent = _low_shedding(row, fractions)
    said = read_change(row["change"], row["gene"]).change or row["change"]
    return Finding(
        what=_name(row, None),
        result="not_detected" if silent else "not_found",
        text=f"{said} not detected, low shedding" if silent else f"{said} not found",
        change=said,
        **_shared(row),
    )


def _negative(
    row: Row, marker: str, plasma_can: bool, fractions: Mapping[dt.date | None, float], view: View
) -> Finding:
    """A gene that was looked at and clear; where blood cannot say that, it says nothing."""
    rests = view.state[marker] == "not_found" and row["source"] in view.trace.get(marker, ())
    silent = row["specimen"] == "plasma" and not rests and (not plasma_can or _low_shedding(row, fractions))
    notes = [_LITTLE if plasma_can else _LOSSES] if silent else []
    if view.state[marker] in ("altered", "present"):
        notes = [_ELSEWHERE]
    return Finding(
        what=_name(row, marker),
        result="not_detected" if silent else "not_found",
        text=("not detected, low shedding" if plasma_can else "not detected in blood") if silent else "not found",
        marker=marker,
        value=None if silent else "not_found",
        notes=notes,
        source=[citing.source(*_SHEDDING, view.knowledge)] if silent and plasma_can else [],
        **_shared(row),
    )


def _name(row: Row, marker: str | None) -> str:
    gene = row["gene"] or "Gene not understood"
    if row["origin"] == "germline":
        return f"{gene}, inherited"
    if marker == "erbb2_amplification":
        return HER2_COPIES
    return "ERBB2 (HER2) mutation" if gene == "ERBB2" else str(gene)


def _joined(finding: Finding, known: Mapping[str, Meaning], changes: Changes, view: View) -> Finding:
    """The finding with what it means, opens and closes; one that the state does not rest on opens nothing."""
    entries = view.knowledge.biomarkers
    mine = [m for i, m in known.items() if of_biomarkers.says(entries[i], finding, view)]
    sure = [m for m in mine if m.only_if is None]
    opens, closes = changes.get(finding.marker or "", ((), ())) if _counts(finding, view) else ((), ())
    her2 = [citing.source(*_HER2_SOURCE, view.knowledge)] if finding.decides is not None else []
    return msgspec.structs.replace(
        finding,
        means=[m.id for m in mine],
        escat=[tier for m in sure for tier in m.escat],
        family=[said.text for m in sure for said in m.family] if finding.origin == "germline" else [],
        opens=list(opens),
        closes=list(closes),
        source=[*finding.source, *her2],
    )


def _counts(finding: Finding, view: View) -> bool:
    """Does the state rest on this finding?"""
    if finding.marker is None or finding.result in ("not_detected", "not_understood"):
        return False
    if not set(finding.from_) & set(view.trace.get(finding.marker, ())):
        return False
    # Receptors and whole samples tell a score or a number, of which the state holds the class.
    of_gene = finding.kind == "variant" or finding.marker in TUMOUR_GENES
    return not of_gene or of_biomarkers.sets(finding) == view.state[finding.marker]


def _place(finding: Finding) -> tuple[int, str, bool, dt.date]:
    """Proteins first, then genes of the tumour in the order of the catalogue, inherited ones, and whole samples."""
    genes = [*TUMOUR_GENES, *(f"germline_{g}" for g in GERMLINE_GENES)]
    if finding.what in ORDER:
        number = ORDER.index(finding.what) + (2 * _MANY if finding.kind in ("sample", "allele") else 0)
    else:
        number = _MANY + (genes.index(finding.marker) if finding.marker in genes else len(genes))
    return number, finding.what, finding.date is None, finding.date or dt.date.min


def _panels(rows: list[Row], fractions: Mapping[dt.date | None, float]) -> Iterator[Panel]:
    """Each sample that was sequenced: specimen, day and test."""
    together: dict[tuple[str | None, dt.date | None, str | None], list[Row]] = {}
    for row in rows:
        specimen = "germline" if row["origin"] == "germline" else row["specimen"]
        together.setdefault((specimen, row["date"], row["assay"]), []).append(row)
    for (specimen, date, assay), of in together.items():
        negative = {r["gene"] for r in of if r["result"] in _NEGATIVE and r["gene"] and _of_gene(r)}
        changed = {r["gene"] for r in of if r["result"] not in _NEGATIVE and r["gene"]}
        yield Panel(
            specimen=specimen,
            date=date,
            date_precision=of[0]["date_precision"],
            assay=assay,
            changed=sorted(changed),
            clear=sorted(negative - changed),
            not_covered=[g for g in _wanted(specimen) if g not in negative | changed],
            tumour_fraction=fractions.get(date) if specimen == "plasma" else None,
            low_shedding=_low_shedding(of[0], fractions),
            from_=sorted({r["source"] for r in of}),
        )


def _of_gene(row: Row) -> bool:
    """Whether a negative is of the whole gene, or of the one change that counts of it."""
    return not row["change"] or read_variant(*(row[k] for k in _KEYS)).feature is not None


def _wanted(specimen: str | None) -> list[str]:
    """The genes of which a result matters for a choice, in the order of the catalogue."""
    if specimen == "germline":
        return [g.upper() for g in GERMLINE_GENES]
    places = {name: place for place, name in enumerate(TUMOUR_GENES)}
    first = {gene: min(places[m.name] for m in of if m.name in places) for gene, of in markers().items() if of}
    return sorted(first, key=lambda gene: (first[gene], gene))
