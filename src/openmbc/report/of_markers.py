"""What tests of proteins, of a whole sample and of alleles found, as rows of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from openmbc.catalogue import by_name
from openmbc.report.genomic_types import Finding
from openmbc.report.reasons import View

Row = dict[str, Any]


class _Test(msgspec.Struct, frozen=True):
    """A marker: what it is called, how it is looked at, the feature that it sets, and its concepts with units."""

    what: str
    kind: Literal["variant", "protein", "copies", "sample", "allele"]
    marker: str
    concepts: dict[str, str]
    gene: str | None = None


HER2_COPIES = "HER2 by sequencing"
_MMR, _REPAIR = "Mismatch repair by IHC", {"high": "deficient", "stable": "proficient"}
_TESTS = (
    _Test("Oestrogen receptor", "protein", "er", {"er": "", "er_percent": " %"}, "ESR1"),
    _Test("Progesterone receptor", "protein", "pr", {"pr": "", "pr_percent": " %"}, "PGR"),
    _Test("HER2 as concluded", "protein", "her2", {"her2": ""}, "ERBB2"),
    _Test("HER2 by IHC", "protein", "her2", {"her2_ihc": ""}, "ERBB2"),
    _Test("HER2 by ISH", "copies", "her2", {"her2_ish": "", "her2_ratio": " ratio", "her2_copies": " copies"}, "ERBB2"),
    _Test(HER2_COPIES, "variant", "her2", {}, "ERBB2"),
    _Test("PD-L1 (CPS)", "protein", "pdl1_cps", {"pdl1_cps": ""}, "CD274"),
    _Test("Ki-67", "protein", "ki67", {"ki67": " %"}, "MKI67"),
    _Test("PTEN by IHC", "protein", "pten", {"pten_ihc": ""}, "PTEN"),
    _Test(_MMR, "protein", "msi", {"mmr_ihc": ""}),
    _Test("Microsatellites", "sample", "msi", {"msi": ""}),
    _Test("Tumour mutational burden", "sample", "tmb", {"tmb": " mutations/Mb"}),
    _Test("Homologous recombination", "sample", "hrd", {"hrd": ""}),
    _Test("Tumour fraction", "sample", "tumour_fraction", {"tumour_fraction": " %"}),
    _Test("DPYD", "allele", "dpd_status", {"dpd_status": "", "dpyd_diplotype": ""}, "DPYD"),
    _Test("UGT1A1", "allele", "ugt1a1", {"ugt1a1": "", "ugt1a1_diplotype": ""}, "UGT1A1"),
)
ORDER = tuple(test.what for test in _TESTS)
_OF_CONCEPT = {concept: test for test in _TESTS for concept in test.concepts}
_CODES = {"0+": "0 with faint staining", "retained": "retained (no sign of loss)"}
IHC_DECIDES = "HER2 is decided by IHC, and by ISH where IHC is 2+; sequencing does not decide it."


def findings(tested: Iterable[Row], view: View) -> Iterator[Finding]:
    """One row for each test of each specimen; results of one test in several numbers are one row.

    ``tested`` are rows of `State.tested`, by date.
    """
    together: dict[tuple[str, dt.date | None, str | None], list[Row]] = {}
    for row in tested:
        what = _OF_CONCEPT[row["concept"]].what
        if row["concept"] == "msi" and row["method"] == "ihc":
            what = _MMR
        together.setdefault((what, row["date"], row["site"]), []).append(row)
    by_what = {test.what: test for test in _TESTS}
    for (what, date, site), rows in together.items():
        yield _finding(by_what[what], date, site, rows, view)


def features(tested: Iterable[Row]) -> set[str]:
    """The features of the state that the tests set."""
    told = {_OF_CONCEPT[row["concept"]].marker for row in tested}
    return {name for name in told if name in by_name()}


def _finding(test: _Test, date: dt.date | None, site: str | None, rows: list[Row], view: View) -> Finding:
    said = [text for row in rows if (text := _said(row))]
    if test.what == _MMR:
        said = [_REPAIR.get(text, text) for text in said]
    sources = list(dict.fromkeys(row["source"] for row in rows))
    of_state = view.trace.get(test.marker, [])
    counts = any(source in of_state for source in sources)
    code = next((row["code"] for row in rows if row["code"] is not None), None)
    number = next((row["value"] for row in rows if row["value"] is not None), None)
    return Finding(
        what=test.what,
        kind=test.kind,
        result="found" if said else "not_understood",
        text=", ".join(dict.fromkeys(said)) or "not understood",
        gene=test.gene,
        assay=next((row["method"] for row in rows if row["method"] is not None), None),
        specimen="germline" if test.kind == "allele" else site,
        date=date,
        date_precision=rows[0]["date_precision"],
        marker=test.marker if test.marker in by_name() else None,
        value=code if code is not None else number,
        decides=counts if test.marker == "her2" else None,
        notes=_notes(test, rows[0], counts, view),
        from_=sources,
    )


def _notes(test: _Test, row: Row, counts: bool, view: View) -> list[str]:
    if test.marker not in by_name() or view.state[test.marker] is None:
        return []
    if not counts:
        day = f"{row['date']:%Y-%m}" if row["date"] else "without a date"
        which = f"{day}, {'blood' if row['site'] == 'plasma' else row['site']}" if row["site"] else day
        return [f"{test.what}: the result ({which}) does not count now, as another is newer or says it more surely."]
    return [IHC_DECIDES] if test.marker == "her2" else []


def _said(row: Row) -> str | None:
    """One result in words: a class, or a number with its unit."""
    if row["code"] is not None:
        return _CODES.get(row["code"], str(row["code"]).replace("_", " "))
    if row["value"] is None:
        return None
    return f"{row['comparator'] or ''}{row['value']:g}{_OF_CONCEPT[row['concept']].concepts[row['concept']]}"
