"""What a change of a gene means in breast cancer: how harmful it is, why, by which source, and the marker it sets.

The medicine is in the tables beside this module (`known`); here stand the rules that use them, with two of them from
the standards for oncogenicity of ClinGen, CGC and VICC (Genet Med 2022, PMC9081216): a change that takes a tumour
suppressor away (OVS1), and a change that leaves the protein as it is (SBP2). A report's own classification is held
beside ours: where the two disagree the change is of uncertain significance, and the reason says both.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.terms.tables import words
from openmbc.variants.change import Change
from openmbc.variants.known import (
    Gene,
    Known,
    Marker,
    Oncogenicity,
    change_class,
    genes,
    hotspots,
    markers,
    polymorphisms,
)

Value = Literal["altered", "uncertain", "present", "not_found"]

HARMFUL = ("oncogenic", "likely_oncogenic")
_HARMLESS = ("benign", "likely_benign")
_ADDED_OR_LOST = ("amplification", "copy_gain", "fusion", "loss", "expression")
_NOT_SAID = ("unspecified", "unknown")
_IN_FRAME = ("in_frame", "exon", *_NOT_SAID)
# Words for copies that may leave one of the two.
_COPIES_OPEN = frozenset(
    {"deletion", "partial deletion", "partial loss", "heterozygous deletion", "copy number loss"}
    | {"loss of heterozygosity"}
)
# Above this share of reads a change in plasma is hardly one of blood cells. Unconfirmed: the assay of Clin Cancer Res
# 2025;31:2710 calls it clonal haematopoiesis when the blood cells hold less; read in a quotation, not in the paper.
BLOOD_CELLS_BELOW = 0.20
_STANDARD = "ClinGen/CGC/VICC 2022 (PMC9081216), {}"
_GERMLINE_RULE = "ACMG/AMP 2015, PVS1 (PMC9820445, table A2); CanVIG-UK (J Med Genet), table 6"
_CALLS = {
    "oncogenic": "oncogenic",
    "likely_oncogenic": "likely oncogenic",
    "uncertain": "of uncertain significance",
    "likely_benign": "likely benign",
    "benign": "benign",
}


class Meaning(msgspec.Struct, frozen=True):
    """What one change means.

    ``oncogenic``: how harmful it is; None when that is not known. ``reason``: in sentences. ``source``: of the reason,
    None when there is none. ``marker``: the feature of the state that the change belongs to, None when the catalogue
    has none. ``value``: what it says of the marker: ``altered``, ``uncertain`` (found, and opens no treatment),
    ``present`` (found, whether it matters is open); None when it says nothing of the marker.
    ``clonal_haematopoiesis``: it may come from blood cells and not from the tumour.
    """

    oncogenic: Oncogenicity | None
    reason: str
    source: str | None
    marker: str | None
    value: Value | None
    clonal_haematopoiesis: bool = False


class _Judged(NamedTuple):
    """What the tables and rules say: how harmful, and why, as a sentence without its full stop."""

    call: Oncogenicity | None
    why: str
    source: str | None
    alone: bool = False  # counts only where the report does not say the opposite


def meaning(
    change: Change,
    *,
    origin: str | None = None,
    reported: str | None = None,
    specimen: str | None = None,
    vaf: float | None = None,
) -> Meaning:
    """What a change means, from our tables and from what its report says of it.

    ``origin`` is ``germline`` or ``somatic`` (anything else is read as of the tumour), ``reported`` the significance
    in the words of the report, ``specimen`` ``plasma`` or where the tissue was taken, ``vaf`` the share of reads
    with the change, 0 to 1.
    """
    judged, said = _judged(change), reported_call(reported)
    if change.misread and said in HARMFUL:
        said = None  # of which change the report says it is the question
    if origin == "germline":
        return _inherited(change, judged, said)
    call, reason, source = _together(judged, said)
    marker = _marker(change)
    value = None if marker is None else _value(change, call, marker, judged, said)
    sentences = [reason, *_what_it_opens(call, marker, value, change)]
    facts = genes()[change.gene].facts if change.gene in genes() else {}
    inherited, blood = facts.get("inherited"), facts.get("blood_cells")
    if inherited is not None and call in HARMFUL and change_class(change) != "fusion":
        sentences.append(f"It may be inherited: {inherited.text}; a germline test tells")
        source = _sources(source, inherited.source)
    flagged = blood is not None and call not in _HARMLESS and _may_be_of_blood_cells(change, specimen, vaf)
    if blood is not None and flagged:
        sentences.append(
            f"It may come from blood cells (clonal haematopoiesis) and not from the tumour: {blood.text}; "
            "a test of blood cells or of tissue tells"
        )
        source = _sources(source, blood.source)
    return Meaning(call, ". ".join(sentences) + ".", source, marker.name if marker else None, value, flagged)


def closed_by(change: Change) -> Marker | None:
    """The marker that a negative result closes: of a whole gene (kind ``unspecified``), or of the change that counts.

    That one change is absent says nothing of the others of its gene, unless the marker stands for that change alone.
    That a gene has no mutation says nothing of its copies, where these are a marker of their own.
    """
    marker, does = _marker(change), change_class(change)
    if marker is None or does == "unspecified":
        return marker
    return marker if change.change in marker.only or (marker.structural and does in marker.counts) else None


def reported_call(reported: str | None) -> Oncogenicity | None:
    """What a report calls a change, from its words or a code; None when they do not say it."""
    said = set(words((reported or "").replace("_", " ")))
    if said & {"uncertain", "vus", "unknown", "conflicting", "inconclusive"}:
        return "uncertain"
    if "not" in said:
        return "likely_benign" if said & {"oncogenic", "pathogenic"} else None
    likely = bool(said & {"likely", "probably", "predicted"})
    if said & {"benign", "neutral"}:
        return "likely_benign" if likely or "neutral" in said else "benign"
    if said & {"oncogenic", "pathogenic"}:
        return "likely_oncogenic" if likely else "oncogenic"
    return None


def _in_words(said: Oncogenicity) -> str:
    return _CALLS[said].replace("oncogenic", "pathogenic")  # the word of most reports, for both


def _name(change: Change) -> str:
    if change.gene and change.gene not in change.change:
        return f"{change.gene} {change.change}"
    return change.change or "The change"


def _judged(change: Change) -> _Judged:
    """What the tables say of a change, else the rules for classes of change."""
    of_gene = change.gene or "the gene"
    if change.misread:
        why = " ".join(problem for problem in change.problems if problem not in change.untold)
        return _Judged(None, f"Not judged, and it opens no treatment: {why.removesuffix('.')}", None)
    if change.kind == "unspecified":
        return _Judged(None, _not_said(change, of_gene), None)
    if not change.change:
        return _Judged(None, "The change was not understood, so whether it matters is open", None)
    gene = genes().get(change.gene or "")
    if change.kind == "rearrangement" and change.partner is None and gene is not None and gene.role == "oncogene":
        why = f"{_name(change)} may join it to another gene or only break it: the report names no partner"
        return _Judged(None, f"{why}; a test of RNA tells", None)
    return _listed(change) or _by_class(change, gene, _name(change))


def _not_said(change: Change, of_gene: str) -> str:
    """What is missing where a report does not say which change it is."""
    if change.change in _COPIES_OPEN:
        return f"{_name(change)} does not say that both copies of {of_gene} are gone, so whether it matters is open"
    if change.change == "promoter methylation":
        return f"{_name(change)} is no change of the gene itself: the tables hold nothing on it"
    if change.untold and change.coding is not None:
        return f"What {_name(change)} does to the protein is not told here, so whether it matters is open"
    return f"The report does not say which change of {of_gene} it is"


def _listed(change: Change) -> _Judged | None:
    """What a row of the tables says of this very change, or of all changes of its gene."""
    name, gene = _name(change), genes().get(change.gene or "")
    if (known := _row(polymorphisms(), change)) is not None:
        return _Judged(known.call, f"{name} is a polymorphism: {known.why}", known.source)
    if gene is not None and (unsettled := gene.facts.get("unsettled")) is not None:
        return _Judged("uncertain", f"{name}: {unsettled.text}", unsettled.source)
    if (known := _row(hotspots(), change)) is not None:
        return _Judged(known.call, f"{name}: {known.why}", known.source)
    return None


def _row(table: dict[str, tuple[Known, ...]], change: Change) -> Known | None:
    return next((known for known in table.get(change.gene or "", ()) if known.holds(change)), None)


def _by_class(change: Change, gene: Gene | None, name: str) -> _Judged:
    """The rules: what takes a tumour suppressor away, what leaves the protein as it is, and what is open."""
    of_gene, does = change.gene or "the gene", change_class(change)
    if gene is None:
        return _Judged(None, f"The tables hold nothing on {of_gene}, so whether it matters is open", None)
    if does == "synonymous":
        why = f"{name} does not change the protein; whether it disturbs splicing was not looked at here"
        return _Judged("likely_benign", why, _STANDARD.format("SBP2"), alone=True)
    suppressor = gene.role in ("suppressor", "both")
    if does == "null" and suppressor:
        return _truncated(change, gene, name)
    if does == "loss" and suppressor:
        why = f"{change.gene} or its protein is lost, and {change.gene} is a tumour suppressor"
        return _Judged("likely_oncogenic", why, _sources(_STANDARD.format("OVS1"), gene.facts["role"].source))
    if does == "null":
        return _Judged(None, f"{name} cuts the protein short, which is not known to activate an oncogene", None)
    return _Judged(None, f"The tables do not know {name}, so whether it matters is open", None)


def _truncated(change: Change, gene: Gene, name: str) -> _Judged:
    late = gene.harmless_from is not None and change.start is not None and change.start >= gene.harmless_from
    if late:
        return _Judged("benign", f"{name}: {gene.facts['harmless_from'].text}", gene.facts["harmless_from"].source)
    how = {
        "splice": "destroys a splice site",
        "exon": "takes exons away",
        "frameshift": "shifts the frame and cuts the protein short",
    }.get(change.kind, "cuts the protein short")
    why = f"{name} {how}, and {change.gene} is a tumour suppressor"
    return _Judged("likely_oncogenic", why, _sources(_STANDARD.format("OVS1"), gene.facts["role"].source))


def _together(judged: _Judged, said: Oncogenicity | None) -> tuple[Oncogenicity | None, str, str | None]:
    """Our judgement and the report's: one of them where the other is silent, "uncertain" where they disagree."""
    if said is None:
        return judged.call, judged.why, judged.source
    report = f"The report calls it {_in_words(said)}"
    if judged.call in (None, "uncertain") or (judged.alone and said not in _HARMLESS):
        return said, f"{report}. {judged.why}", _sources("the report", judged.source)
    if (judged.call in HARMFUL) == (said in HARMFUL) and said != "uncertain":
        return judged.call, f"{judged.why}. {report} too", _sources(judged.source, "the report")
    both = f"{report}, but by our tables it is {_CALLS[judged.call]}: {judged.why}"
    return "uncertain", f"{both}. The two disagree: ask the laboratory", _sources("the report", judged.source)


def _marker(change: Change) -> Marker | None:
    """The marker of its gene that a change belongs to: HER2 has one for mutations and one for copies."""
    of_gene = markers().get(change.gene or "", ())
    does = change_class(change)
    if does == "expression":
        return None
    copies = does in ("amplification", "copy_gain") or (does == "unspecified" and "amplif" in change.change.lower())
    if len(of_gene) > 1:
        of_gene = tuple(m for m in of_gene if ("amplification" in m.counts) == copies)
    return of_gene[0] if of_gene else None


def _value(
    change: Change, call: Oncogenicity | None, marker: Marker, judged: _Judged, said: Oncogenicity | None
) -> Value | None:
    does = change_class(change)
    if does in _NOT_SAID and (marker.only or marker.structural):
        return "present"  # which change is the question, whatever class the report gives it
    if change.misread and call is None:
        return None if does in _ADDED_OR_LOST and marker.counts.isdisjoint({"null", does}) else "present"
    if call in HARMFUL and _counts(change, does, marker, judged, said):
        return "altered"
    if does in _ADDED_OR_LOST and not marker.structural and "null" not in marker.counts:
        return None  # copies and fusions of a gene of which mutations count
    if call is not None:
        return "uncertain"
    open_ = does in _NOT_SAID or (change.kind == "rearrangement" and change.partner is None)
    return "uncertain" if not open_ and (marker.only or marker.structural) else "present"


def _counts(change: Change, does: str, marker: Marker, judged: _Judged, said: Oncogenicity | None) -> bool:
    """Whether a harmful change is of the kind that the marker stands for."""
    if marker.only:
        return change.change in marker.only
    if does in marker.counts:
        return True
    if judged.call in HARMFUL and "hotspot" in marker.counts and does not in _ADDED_OR_LOST:
        return True
    if said not in HARMFUL:
        return False
    if "reported_in_frame" in marker.counts:
        return does in _IN_FRAME
    copies = does in ("amplification", "copy_gain") or (does in _ADDED_OR_LOST and "null" not in marker.counts)
    return "reported" in marker.counts and not copies


def _what_it_opens(call: Oncogenicity | None, marker: Marker | None, value: Value | None, change: Change) -> list[str]:
    if marker is None or value == "altered":
        return []
    if call in HARMFUL and value != "present":
        return [f"It is not the kind of change that the marker {TUMOUR_GENES[marker.name]} stands for"]
    if call == "uncertain":
        return ["A change of uncertain significance opens no treatment"]
    if value == "uncertain" and call is None and change.change:
        return [f"It is not the change that the marker {TUMOUR_GENES[marker.name]} stands for"]
    return []


def _may_be_of_blood_cells(change: Change, specimen: str | None, vaf: float | None) -> bool:
    """A small change in plasma, in few of the reads or in an unknown share of them."""
    low = vaf is None or vaf < BLOOD_CELLS_BELOW
    return specimen == "plasma" and low and change_class(change) not in _ADDED_OR_LOST


def _inherited(change: Change, judged: _Judged, said: Oncogenicity | None) -> Meaning:
    """An inherited change: the class that the laboratory gives it decides, but for a polymorphism."""
    name = (change.gene or "").lower()
    marker = f"germline_{name}" if name in GERMLINE_GENES else None
    call, reason, source = _class_of_laboratory(change, judged, said)
    value = None if marker is None else _inherited_value(call)
    if call == "uncertain":
        reason += ". A change of uncertain significance opens no treatment"
    return Meaning(call, f"{reason}.", source, marker, value)


def _class_of_laboratory(
    change: Change, judged: _Judged, said: Oncogenicity | None
) -> tuple[Oncogenicity | None, str, str | None]:
    """How harmful an inherited change is, why, and by which source."""
    if change.misread and said is None:
        return None, judged.why, None
    harmless = judged.call in _HARMLESS and not (judged.alone and said is not None)
    if harmless and said in (None, *HARMFUL):
        return _together(judged, said)
    if said is not None:
        more = f". {judged.why}" if judged.alone or change.misread else ""
        return said, f"The report calls it {_in_words(said)}{more}", "the report"
    if change_class(change) == "null" and judged.call in HARMFUL:
        why = "That is very strong evidence of harm in an inherited change, but alone it gives no class"
        return None, f"{judged.why}. {why}: ask the laboratory for it", _GERMLINE_RULE
    return None, "The report does not say how harmful the inherited change is: ask the laboratory for its class", None


def _inherited_value(call: Oncogenicity | None) -> Value:
    if call in HARMFUL:
        return "altered"
    return "present" if call is None else "uncertain"


def _sources(*parts: str | None) -> str | None:
    found: list[str] = []
    for part in parts:
        found += [piece for piece in (part or "").split("; ") if piece and piece not in found]
    return "; ".join(found) or None
