"""Tempus reports (JSON, version 3.3 and later).

No schema is public; the keys are those that USeq of the Huntsman Cancer Institute reads. In which list a change stands
says how Tempus ranks it: `pathogenic`, `likelyPathogenic` and `unknownSignificance` are taken as said, the other lists
rank by treatment and are left to the rules.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from openmbc import terms
from openmbc.errors import RecordError
from openmbc.records.sequencing.files import chunks, open_bytes
from openmbc.records.sequencing.found import TMB_UNIT, Asked, Found, finite, genes_in_words, read_specimen
from openmbc.records.sequencing.panels import FUSIONS, GAINS, LOSSES, SMALL, Panel, find_panel, study

Json = dict[str, Any]

_LISTS: dict[str, str | None] = {
    "potentiallyActionable": None, "biologicallyRelevant": None, "riskAllele": None, "pathogenic": "pathogenic",
    "likelyPathogenic": "likely_pathogenic", "unknownSignificance": "uncertain",
}  # fmt: skip
_MOST = 100 << 20


def read_tempus(path: Path, asked: Asked, panel: Panel | None) -> tuple[Found, dt.date | None]:
    """Findings of a report, and the date of birth that it states. Raises `RecordError`."""
    report = _read(path)
    found = Found(path, asked.person)
    test = _under(report, "order", "test")
    names = [str(test[key]) for key in ("name", "code") if test.get(key)]
    known = panel or next((p for p in map(find_panel, names) if p is not None), None)
    found.assay, found.lod = _assay(names), known.lod if known else None
    specimen, day = _specimen(report, known)
    found.settle(asked, specimen, None, day)
    status = _under(report, "report", "workflow").get("reportStatus")
    if status is not None and "standard" not in str(status).lower():
        found.problem("warning", f"the report has the status '{status}'", "Read it: what was not found may be there.")
        known = None
    _variants(found, _under(report, "genomicVariants"))
    _signatures(found, report)
    study(found, known, (SMALL, GAINS, LOSSES, FUSIONS))
    return found, _day(_under(report, "patient").get("dateOfBirth"))


def _read(path: Path) -> Json:
    data = b""
    with open_bytes(path) as file:
        for piece in chunks(file, path, 1 << 20):
            data += piece
            if len(data) > _MOST:
                raise RecordError("the JSON is larger than any report", file=str(path), todo="Give the report alone.")
    try:
        report = json.loads(data)
    except UnicodeDecodeError:
        raise RecordError("the file is not UTF-8 text", file=str(path), todo="Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RecordError("the JSON is broken", file=str(path), place=place, todo="Copy it again.") from None
    if not isinstance(report, dict) or "genomicVariants" not in report:
        version = _under(report, "metadata").get("schemaVersion") if isinstance(report, dict) else None
        what = "the JSON is no Tempus report of version 3.3 or later" + (f" (it says {version})" if version else "")
        raise RecordError(what, file=str(path), todo="Ask for the newer form, or write a CSV file.")
    return report


def _variants(found: Found, lists: Json) -> None:
    others: set[str] = set()
    for name in lists:
        if name not in _LISTS and name not in ("tumorMutationalBurden", "bloodTumorMutationalBurden"):
            found.problem("warning", f"the list '{name}' is not read", "Check the report.", f"genomicVariants.{name}")
    for name, significance in _LISTS.items():
        for number, group in enumerate(_list(_under(lists, name).get("variants"))):
            for detail in _list(group.get("variantDetails")):
                place = f"genomicVariants.{name}.variants[{number}]"
                _variant(found, str(group.get("variantType") or ""), detail, significance, place, others)
    if others:
        found.problem("note", "changes in genes that no rule looks at are kept as reported: "
                      f"{genes_in_words(others)}", "Nothing needs to be done.")  # fmt: skip


def _variant(found: Found, kind: str, detail: Json, significance: str | None, place: str, others: set[str]) -> None:
    five, three = (str(detail.get(key) or "").strip() for key in ("gene5", "gene3"))
    fused = [gene for gene in dict.fromkeys((five, three)) if gene]
    names = fused if "fusion" in kind.lower() and fused else [str(detail.get("gene") or detail.get("fusedGene") or "")]
    told = str(detail.get("variantDescription") or "")
    change = detail.get("pVar") or detail.get("cVar") or told or None
    if "fusion" in kind.lower():
        change = f"{five}-{three} fusion" if five and three and five != three else told or "fusion"
    known = [name for name in names if name and terms.gene_symbol(None, name, None)]
    if not any(names):
        found.problem("error", "a change names no gene", "Add it to the record.", place)
    for name in known or [n for n in names[:1] if n]:
        gene = terms.gene_symbol(None, name, None)
        if gene is None:
            others.add(name)
        origin = str(detail.get("genomicSourceClass") or "").lower()
        text = "; ".join(str(t) for t in (told, detail.get("cVar"), detail.get("transcriptId")) if t)
        found.variant(gene or name, str(change) if change else None, place, origin=_origin(origin),
                      significance=significance, vaf=_share(found, detail, place), text=text)  # fmt: skip


def _origin(text: str) -> str | None:
    return "somatic" if "somatic" in text else "germline" if "germline" in text or "inherited" in text else None


def _share(found: Found, detail: Json, place: str) -> float | None:
    """Tempus writes allele fractions in per cent."""
    stated = detail.get("allelicFraction")
    if stated in (None, ""):
        return None
    value = _number(stated)
    if value is None or not 0 <= value <= 100:
        found.problem("error", f"allelicFraction '{stated}' is no percentage", "Check the report.", place)
        return None
    return value / 100


def _signatures(found: Found, report: Json) -> None:
    """Microsatellites, mutational burden, staining, tumour fraction."""
    found.microsatellites(_said(_under(report, "microsatelliteInstability").get("status")), "microsatelliteInstability")
    variants = _under(report, "genomicVariants")
    for name, key in (("tumorMutationalBurden", "tmb"), ("bloodTumorMutationalBurden", "btmb")):
        stated = _under(variants, name).get(key)
        value = _number(stated)
        if value is not None:
            found.observation("tmb", f"genomicVariants.{name}", value=value, unit=TMB_UNIT, text=str(stated))
        elif stated not in (None, ""):
            found.problem("warning", f"the mutational burden '{stated}' is no number", "Add it to the record.", name)
    found.mismatch_repair(_said(_under(report, "ihc", "mmr").get("interpretation")), "ihc.mmr")
    score = _number(_under(report, "ihc", "pdl1", "interpretation").get("combinedPositiveScore"))
    if score is not None:
        found.observation("pdl1_cps", "ihc.pdl1", value=score, method="ihc")
    amount = _under(report, "ctDNA", "circulatingTumorCells", "quantity")
    value, unit = _number(amount.get("amount")), str(_under(amount, "unitOfMeasurement").get("display") or "")
    if value is not None and unit == "%" and not amount.get("comparator"):
        found.observation("tumour_fraction", "ctDNA", value=value, unit="%")
    elif amount.get("amount") not in (None, ""):
        what = f"the tumour fraction '{amount.get('comparator') or ''}{amount['amount']} {unit}' is not read"
        found.problem("note", what, "Add it to the record.", "ctDNA")


def _specimen(report: Json, panel: Panel | None) -> tuple[str | None, dt.date | None]:
    """Specimen and date of the sample that is not the normal one."""
    for item in _list(report.get("specimens")):
        if "normal" in str(item.get("sampleCategory") or "").lower():
            continue
        site = str(item.get("primarySampleSite") or "")
        blood = (
            (panel is not None and panel.specimen == "plasma") or "blood" in site.lower() or "plasma" in site.lower()
        )
        place = read_specimen(site.split(",", maxsplit=1)[0])[0] if site else None
        return "plasma" if blood else place or "tissue", _day(item.get("collectionDate"))
    return (panel.specimen if panel else None), None


def _assay(names: list[str]) -> str | None:
    return f"Tempus {names[0].removeprefix('Tempus ')}" if names else None


def _under(value: object, *keys: str) -> Json:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _said(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    return finite(str(value).rstrip("%"))


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
