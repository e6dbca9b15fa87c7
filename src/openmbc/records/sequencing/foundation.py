"""FoundationOne reports (XML): the results report and the variant report alone.

The names of elements and attributes are those of the schemas of the maker's results, clinical and variant reports.
``status`` says what the maker makes of a change (known, likely, unknown), ``equivocal`` that it is not sure that it is
there. Genes that the report calls negative are read as such; the rest of the panel comes from the name of the test.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from xml.etree.ElementTree import Element

from openmbc import terms
from openmbc.errors import RecordError
from openmbc.records.sequencing.found import TMB_UNIT, Asked, Found, finite, genes_in_words, read_specimen
from openmbc.records.sequencing.markup import LINE, read_xml
from openmbc.records.sequencing.panels import FUSIONS, GAINS, LOSSES, SMALL, Panel, find_panel, study

_STATUS = {"known": "pathogenic", "likely": "likely_pathogenic", "unknown": "uncertain", "ambiguous": "uncertain"}
_COPIES = {"amplification": "amplification", "loss": "loss", "partial amplification": "partial amplification",
           "partial loss": "partial loss", "gain": "copy number gain"}  # fmt: skip
_BLOOD = ("liquid", "blood", "plasma", "cfdna", "ctdna")
_NONE = frozenset({"", "n/a", "na", "none", "intergenic", "not applicable"})
_FRACTION = "tumor fraction"


def read_foundation(path: Path, asked: Asked, panel: Panel | None) -> tuple[Found, dt.date | None]:
    """Findings of a report, and the date of birth that it states. Raises `RecordError`."""
    root = read_xml(path)
    report = next(root.iter("variant-report"), None)
    if report is None:
        todo = "Ask for the XML with the variant report."
        raise RecordError("the report holds no variant-report", file=str(path), todo=todo)
    found = Found(path, asked.person)
    test = report.get("test-type") or _text(root, "TestType")
    known = panel or (find_panel(test) if test else None)
    found.assay, found.lod = test or (known.name if known else None), known.lod if known else None
    found.settle(asked, _specimen(root, report, known), None, _date(root, "CollDate") or _date(root, "ReceivedDate"))
    quality = next(report.iter("quality-control"), None)
    if quality is not None and (quality.get("status") or "").lower() not in ("pass", "passed"):
        found.problem("warning", f"the quality of the sample is '{quality.get('status')}'",
                      "Read the report: what was not found may be there.", _line(quality))  # fmt: skip
        known = None
    _Findings(found, root).read(report)
    _signatures(found, report, root)
    _negatives(found, root)
    study(found, known, (SMALL, GAINS, LOSSES, FUSIONS))
    return found, _date(root, "DOB")


class _Findings:
    """Short variants, copy number and rearrangements."""

    def __init__(self, found: Found, root: Element) -> None:
        self.found = found
        self.uncertain = {
            (_plain(v.get("geneName")), _plain(v.get("variantName")))
            for v in root.iter("VariantProperty")
            if _plain(v.get("isVUS")) == "true"
        }
        self.others: set[str] = set()

    def read(self, report: Element) -> None:
        for variant in report.iter("short-variant"):
            self._short(variant)
        for variant in report.iter("copy-number-alteration"):
            self._copies(variant)
        for variant in report.iter("rearrangement"):
            self._rearrangement(variant)
        if self.others:
            self.found.problem("note", f"changes in genes that no rule looks at are kept as reported: "
                               f"{genes_in_words(self.others)}", "Nothing needs to be done.")  # fmt: skip

    def _short(self, variant: Element) -> None:
        protein, coding = variant.get("protein-effect", ""), variant.get("cds-effect", "")
        change = f"c.{coding}" if coding else None
        if _plain(protein) not in _NONE and not (change and _plain(protein).startswith("splice")):
            change = protein  # a splice site is told by its place in the coding sequence
        told = (variant.get("functional-effect"), f"c.{coding}" if coding else "", variant.get("transcript"))
        self._add(variant, variant.get("gene"), change, self._share(variant), "; ".join(t for t in told if t), protein)

    def _copies(self, variant: Element) -> None:
        kind = variant.get("type", "")
        change = _COPIES.get(kind.lower().strip())
        if change is None:
            self.found.problem("warning", f"the copy number change '{kind}' is not understood",
                               "Add it to the record.", _line(variant))  # fmt: skip
        told = f"{kind}, {variant.get('copy-number', '?')} copies, exons {variant.get('number-of-exons', '?')}"
        self._add(variant, variant.get("gene"), change, None, told, kind)

    def _rearrangement(self, variant: Element) -> None:
        one, other = variant.get("targeted-gene", ""), variant.get("other-gene", "")
        kind, told = variant.get("type", "").lower(), variant.get("description", "")
        partners = [] if _plain(other) in _NONE or other == one else [other]
        change = f"{one}-{other} fusion" if kind == "fusion" and partners else kind or "rearrangement"
        told = f"{told}; with {other or 'no other gene'}; in frame: {variant.get('in-frame', 'not said')}"
        known = [gene for gene in (one, *partners) if terms.gene_symbol(None, gene, None)]
        for gene in known or [one]:
            self._add(variant, gene, change, self._share(variant), told, kind)

    def _add(
        self, variant: Element, name: str | None, change: str | None, vaf: float | None, told: str, effect: str
    ) -> None:
        found, place = self.found, _line(variant)
        if not name:
            found.problem("error", "a change names no gene", "Add it to the record.", place)
            return
        gene = terms.gene_symbol(None, name, None)
        if gene is None:
            self.others.add(name)
        stated = _plain(variant.get("status"))
        significance = _STATUS.get(stated)
        if significance is None and stated:
            found.problem("warning", f"{name}: the status '{stated}' is not understood", "Check the report.", place)
        if (_plain(name), _plain(effect)) in self.uncertain:
            significance = "uncertain"
        if _plain(variant.get("equivocal")) == "true":
            significance, told = "uncertain", f"equivocal; {told}"
            found.problem("warning", f"{name} {change or effect} is equivocal: the laboratory is not sure of it",
                          "Ask whether another test can settle it.", place)  # fmt: skip
        depth = variant.get("depth", "")
        found.variant(gene or name, change, place, significance=significance, vaf=vaf,
                      depth=int(depth) if depth.isdecimal() else None, text=told)  # fmt: skip

    def _share(self, variant: Element) -> float | None:
        for key, part in (("allele-fraction", 1.0), ("percent-reads", 0.01)):
            text = variant.get(key)
            if text is None:
                continue
            share = finite(text)
            if share is not None and 0 <= share * part <= 1:
                return share * part
            self.found.problem("error", f"{key} '{text}' is no allele fraction", "Check the report.", _line(variant))
        return None


def _signatures(found: Found, report: Element, root: Element) -> None:
    """Microsatellites, mutational burden and tumour fraction."""
    for item in report.iter("microsatellite-instability"):
        found.microsatellites(item.get("status"), _line(item))
    for item in report.iter("tumor-mutation-burden"):
        score, unit = finite(item.get("score", "")), _plain(item.get("unit")).replace("-", " ")
        if score is None or unit not in ("mutations per megabase", "muts/mb", "mutations/mb"):
            what = f"the mutational burden '{item.get('score')} {item.get('unit')}' is not understood"
            found.problem("warning", what, "Add it to the record.", _line(item))
        else:
            found.observation("tmb", _line(item), value=score, unit=TMB_UNIT, text=item.get("status"))
    for item in root.iter("reportProperty"):
        key = _plain(item.get("key") or item.get("identifier")).replace("_", " ").replace("-", " ")
        if _FRACTION.replace(" ", "") in key.replace(" ", "") and "unit" not in key:
            _fraction(found, item)


def _fraction(found: Found, item: Element) -> None:
    text = (item.findtext("value") or "").strip()
    value = finite(text.rstrip("%").strip())
    if value is not None and text.endswith("%") and 0 <= value <= 100:
        found.observation("tumour_fraction", _line(item), value=value, unit="%", text=text)
    elif text:
        found.problem(
            "note",
            f"the tumour fraction '{text}' is no number with a per cent sign",
            "Nothing needs to be done.",
            _line(item),
        )


def _negatives(found: Found, root: Element) -> None:
    """Genes that the report itself calls negative."""
    for item in root.iter("PertinentNegative"):
        name = (item.findtext("Gene") or "").strip()
        gene = terms.gene_symbol(None, name, None) if name else None
        if gene is not None and gene not in found.named | found.open:
            found.variant(gene, None, _line(item), result="absent", text="pertinent negative")
            found.open.add(gene)  # said once: the panel does not say it again
        elif gene is not None:
            found.problem("warning", f"{gene} is named as negative and with a change", "Check the report.", _line(item))


def _specimen(root: Element, report: Element, panel: Panel | None) -> str | None:
    """Plasma, or where the tissue was taken: by the test, the kind of specimen and its site."""
    said = " ".join(
        (report.get("test-type") or "", _text(root, "TestType") or "", _text(root, "SpecFormat") or "",
         _text(root, "SpecSite") or "")
    ).lower()  # fmt: skip
    if any(word in said for word in _BLOOD) or (panel is not None and panel.specimen == "plasma"):
        return "plasma"
    site = read_specimen(_text(root, "SpecSite") or report.get("tissue-of-origin"))[0]
    return site if site not in (None, "plasma") and _text(root, "SpecSite") else "tissue"


def _text(root: Element, name: str) -> str | None:
    found = next((e.text for e in root.iter(name) if e.text and e.text.strip()), None)
    return found.strip() if found else None


def _date(root: Element, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat((_text(root, name) or "")[:10])
    except ValueError:
        return None


def _line(element: Element) -> str:
    return element.get(LINE, "")


def _plain(text: str | None) -> str:
    return " ".join((text or "").lower().split())
