"""What changed in a gene, from the parts of a variant: HGVS where there is one, else what kind of change it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from openmbc.records.fhir.concepts import of_code, of_text
from openmbc.records.fhir.problems import text_of
from openmbc.records.fhir.resources import CodeableConcept, Component

Parts = Mapping[str, Sequence[Component]]

# LOINC codes of the parts of a variant, the finest level first.
_PROTEIN, _CODING, _VARIATION, _GENOMIC = "48005-3", "48004-6", "81252-9", "81290-9"
_COPIES, _ALLELES = "82155-3", "53034-5"
# What kind of change it is: LOINC DNA and amino acid change type, and codes that the guides use until LOINC has one.
_KINDS: Final = ("48019-4", "48006-1", "molecular-consequence", "feature-consequence", "functional-effect")
_USUAL: Final = 2.0  # copies of a gene that is not on a sex chromosome
_ANY: Final = ("change",)
_SAYS_FUSION = re.compile(r"fusion|::", re.IGNORECASE)
_NOTHING_KNOWN = re.compile(r"p\.\(?\?\)?\Z")  # HGVS for "the protein was not looked at"
_SYMBOL = re.compile(r"\(([A-Z][A-Z0-9-]{1,11})\)")  # NM_000455.5(STK11):c.725G>A
_PREDICTED = re.compile(r"p\.\((.+)\)\Z")
# Words for a change that no HGVS describes, the most telling first.
_WORDS: Final = {
    "frameshift": "frameshift", "stop_gained": "nonsense", "splice": "splice site", "inversion": "inversion",
    "rearrangement": "rearrangement", "missense": "missense", "delins": "delins", "insertion": "insertion",
    "deletion": "deletion", "synonymous": "synonymous", "intron": "intron variant", "loss_of_function":
    "loss of function",
}  # fmt: skip


class Change(NamedTuple):
    """A change as the report has it: its kinds (terms ``change``), and all that is said as text."""

    change: str | None
    text: str | None
    kinds: frozenset[str]


def change_of(parts: Parts, genes: Sequence[str], also: Iterable[CodeableConcept] = ()) -> Change:
    """The change at the finest level that the report gives.

    ``genes`` are the symbols of the genes it names, ``also`` are kinds of change that other resources say of it.
    """
    said = _hgvs_of(parts)
    kinds, words = _kinds_of(parts, also)
    copies = _copies(parts)
    change = _fused(said, kinds, genes) or _described(said) or _copied(kinds, copies, said) or _named(kinds, said)
    text = [*said, *words, *([f"{copies} copies"] if copies is not None else []), *_alleles(parts)]
    return Change(change, "; ".join(dict.fromkeys(text)) or None, kinds)


def gene_in(parts: Parts) -> str | None:
    """The symbol that stands in an HGVS expression, for a variant that names no gene otherwise."""
    found = {match[1] for text in _hgvs_of(parts) if (match := _SYMBOL.search(text)) is not None}
    return found.pop() if len(found) == 1 else None


def _hgvs_of(parts: Parts) -> list[str]:
    said: list[str] = []
    for code in (_PROTEIN, _CODING, _VARIATION, _GENOMIC):
        for part in parts.get(code, ()):
            text = part.valueString or _words_of(part.valueCodeableConcept)
            if text and text not in said:
                said.append(text)
    return said


def _words_of(concept: CodeableConcept | None) -> str | None:
    """The words of a change; a bare identifier (ClinVar 128144) is none."""
    for coding in concept.coding if concept is not None else ():
        for text in (coding.display, coding.code):
            if text and not text.isdigit():
                return text
    return concept.text if concept is not None else None


def _kinds_of(parts: Parts, also: Iterable[CodeableConcept]) -> tuple[frozenset[str], list[str]]:
    """The kinds that codes and words name (both: where they differ, both count), and the words."""
    concepts = [part.valueCodeableConcept for code in _KINDS for part in parts.get(code, ())]
    kinds: set[str] = set()
    words: list[str] = []
    for concept in (*concepts, *also):
        if concept is None:
            continue
        kinds |= _kinds_in(concept)
        if text := text_of(concept):
            words.append(text)
    return frozenset(kinds), words


@lru_cache(maxsize=1024)
def _kinds_in(concept: CodeableConcept) -> frozenset[str]:
    terms = [of_code(coding.system, coding.code) for coding in concept.coding]
    texts = [concept.text, *(coding.display for coding in concept.coding)]
    terms += [of_text(text.replace("_", " "), _ANY) for text in texts if text]
    return frozenset(term.concept for term in terms if term is not None and term.kind == "change")


def _fused(said: Sequence[str], kinds: frozenset[str], genes: Sequence[str]) -> str | None:
    named = [text for text in said if _SAYS_FUSION.search(text)]
    if "fusion" not in kinds and not named:
        return None
    if len(genes) > 1:
        return f"{'::'.join(genes[:2])} fusion"
    return named[0] if named else "fusion"


def _described(said: Sequence[str]) -> str | None:
    """HGVS, without the reference sequence; a protein that was not looked at says nothing."""
    short = [short_of(text) for text in said]
    return next((text for text in short if text and not _NOTHING_KNOWN.match(text)), None)


def short_of(change: str) -> str:
    """Without the reference sequence: ``NM_024675.3(PALB2):c.3549C>A (p.Tyr1183Ter)`` -> ``p.Tyr1183Ter``."""
    start = change.find("p.")
    if start < 0:
        return change.rpartition(":")[2].strip()
    found = change[start:].strip()
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip()
    predicted = _PREDICTED.match(found)
    return f"p.{predicted[1]}" if predicted else found


def _copies(parts: Parts) -> str | None:
    """The number of copies, or a range of it, as written."""
    for part in parts.get(_COPIES, ()):
        if part.valueQuantity is not None and part.valueQuantity.value is not None:
            return f"{part.valueQuantity.comparator or ''}{part.valueQuantity.value:g}"
        if part.valueInteger is not None:
            return str(part.valueInteger)
        if (given := part.valueRange) is not None and given.low is not None and given.low.value is not None:
            high = given.high.value if given.high is not None else None
            return f"{given.low.value:g} to {high:g}" if high is not None else f">={given.low.value:g}"
    return None


def _copied(kinds: frozenset[str], copies: str | None, said: Sequence[str]) -> str | None:
    """More or fewer copies, in words. How many copies are an amplification is not decided here."""
    aside = f" ({copies} copies)" if copies is not None else ""
    if "amplification" in kinds or any("amplif" in text.lower() for text in said):
        return "amplification" + aside
    if "deep_deletion" in kinds or copies == "0":
        return "homozygous deletion"
    way = "gain" if "copy_gain" in kinds else "loss" if "copy_loss" in kinds else _way(copies)
    if way is not None:
        return f"copy number {way}{aside}"
    if copies is not None:
        return f"copy number {copies}"
    return "copy number change" if "copy_number" in kinds else None


def _way(copies: str | None) -> str | None:
    """More or fewer than the usual two; None where the number does not say."""
    try:
        number = float(copies) if copies is not None else _USUAL
    except ValueError:  # a range or a bound
        return None
    return None if number == _USUAL else "gain" if number > _USUAL else "loss"


def _named(kinds: frozenset[str], said: Sequence[str]) -> str | None:
    if said:
        return short_of(said[0])
    return next((words for kind, words in _WORDS.items() if kind in kinds), None)


def _alleles(parts: Parts) -> list[str]:
    """Heterozygous, homozygous: kept as text."""
    texts = [text_of(part.valueCodeableConcept) or part.valueString for part in parts.get(_ALLELES, ())]
    return [text.lower() for text in texts if text]
