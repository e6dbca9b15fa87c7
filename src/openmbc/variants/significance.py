"""What a tumour variant means: from the report's own word, the table of hotspots, or a truncated suppressor."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from openmbc.terms.tables import rows, words

Significance = Literal["altered", "uncertain"]

_SUPPRESSORS = frozenset({"BRCA1", "BRCA2", "PALB2", "PTEN", "TP53", "RB1", "CDH1"})
_LETTERS = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G", "his": "H",
    "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S", "thr": "T", "trp": "W",
    "tyr": "Y", "val": "V", "ter": "*",
}  # fmt: skip
_RESIDUE = "|".join(_LETTERS)
_THREE = re.compile(rf"(?<![a-z])(?:{_RESIDUE})(?=\d)|(?<=\d)(?:{_RESIDUE})", re.IGNORECASE)
_PLACE = re.compile(r"(?<![A-Za-z0-9])([A-Z])(\d+)(?:_([A-Z])(\d+))?(.*)")
_STOPS = re.compile(r"\*|[A-Z]?fs|X\b")
_TRUNCATED = re.compile(r"\b(?:nonsense|frame.?shift|stop.?gain|truncating)", re.IGNORECASE)
# A stop this late in the protein is common and harmless (BRCA2 K3326*).
_LAST_RESIDUE = {"BRCA2": 3326}
_LOST = re.compile(r"\b(?:(?:homozygous|deep|whole[- ]gene|two[- ]copy)[- ]deletion|homdel|deep loss)\b", re.IGNORECASE)
_FUSED = re.compile(r"fusion|fused|rearrang|::", re.IGNORECASE)
_AMPLIFIED = re.compile(r"\bamplif", re.IGNORECASE)


def significance_of(gene: str, change: str | None, reported: str | None) -> Significance | None:
    """``altered`` when the change is known to matter, ``uncertain`` when the report says it may not, else None.

    For tumour variants only. ``gene`` is an HGNC symbol, ``change`` as reported (``p.H1047R``, ``p.His1047Arg``,
    ``PIK3CA H1047R``), ``reported`` the significance in the words of the report.
    """
    said = _reported(reported)
    if said is not None:
        return said
    if not change:
        return None
    if _structural(gene, change) or _is_hotspot(gene, change):
        return "altered"
    if gene in _SUPPRESSORS and (_LOST.search(change) or _is_truncating(gene, change)):
        return "altered"
    return None


def _reported(reported: str | None) -> Significance | None:
    said = set(words((reported or "").replace("_", " ")))
    if not said:
        return None
    if said & {"benign", "uncertain", "vus", "unknown", "conflicting", "neutral", "inconclusive"} or "not" in said:
        return "uncertain"
    return "altered" if said & {"pathogenic", "oncogenic"} else None


def one_letter(gene: str, change: str) -> str:
    """A protein change in one-letter code without its surroundings: ``NP_006209.2:p.(His1047Arg)`` -> ``H1047R``."""
    name = re.sub(rf"\b{re.escape(gene)}\b", " ", change, flags=re.IGNORECASE)
    if "p." in name:
        name = name[name.index("p.") + 2 :]
    name = name.strip().strip("()[] ")
    return _THREE.sub(lambda found: _LETTERS[found[0].lower()], name)


def _is_truncating(gene: str, change: str) -> bool:
    """A stop or a shifted frame in the protein, or the word for one; a lost start or stop is left open."""
    name = one_letter(gene, change)
    found = _PLACE.search(name)
    if found is None:
        return _TRUNCATED.search(name) is not None
    is_start, is_late = found[2] == "1", int(found[2]) >= _LAST_RESIDUE.get(gene, 1_000_000)
    return not is_start and not is_late and _STOPS.match(found[5]) is not None


def _is_hotspot(gene: str, change: str) -> bool:
    found = _PLACE.search(one_letter(gene, change))
    if found is None:
        return False
    from_letter, first, last, rest = found[1], int(found[2]), int(found[4] or found[2]), found[5].rstrip(") ")
    return any(
        low <= first and last <= high and _matches(letters, wanted, from_letter, rest)
        for low, high, letters, wanted in _hotspots().get(gene, ())
    )


def _matches(letters: str, wanted: str, from_letter: str, rest: str) -> bool:
    """``*`` is any exchange of the residue, ``ins`` any insertion in the frame, else the very change."""
    if wanted == "ins":
        return (rest.startswith(("ins", "dup", "delins"))) and "fs" not in rest
    if letters and from_letter != letters:
        return False
    if wanted == "*":
        return re.fullmatch(r"[A-Z]", rest) is not None and rest != from_letter
    return rest == wanted


def _structural(gene: str, change: str) -> bool:
    """Fusions and amplifications of the genes for which the table lists them."""
    kinds = _structures().get(gene, frozenset())
    return ("fusion" in kinds and _FUSED.search(change) is not None) or (
        "amplification" in kinds and _AMPLIFIED.search(change) is not None
    )


@cache
def _hotspots() -> dict[str, tuple[tuple[int, int, str, str], ...]]:
    """By gene: first and last residue, the letter that stands there, and the change."""
    found: dict[str, list[tuple[int, int, str, str]]] = {}
    for row in rows("hotspots", Path(__file__).parent):
        if row["from_residue"]:
            letter = "".join(filter(str.isalpha, row["from_residue"]))
            first, last = (int("".join(filter(str.isdigit, row[end]))) for end in ("from_residue", "to_residue"))
            found.setdefault(row["gene"], []).append((first, last, letter, row["change"]))
    return {gene: tuple(spots) for gene, spots in found.items()}


@cache
def _structures() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows("hotspots", Path(__file__).parent):
        if not row["from_residue"]:
            found.setdefault(row["gene"], set()).add(row["change"])
    return {gene: frozenset(kinds) for gene, kinds in found.items()}
