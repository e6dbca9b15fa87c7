"""Codes and texts of a record as terms. Every distinct code and text is asked for once, then remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

from openmbc import terms
from openmbc.records.fhir.resources import BodySite, CodeableConcept, Extension, Mark
from openmbc.terms import Term

Kinds = tuple[str, ...]
X = TypeVar("X", Extension, Mark)
_REMEMBERED = 1 << 16
# Where a display speaks of something else than the person's own state, text alone proves nothing.
_ELSEWHERE = (
    "urine", "urinary", "csf", "cerebrospinal", "fluid", "stool", "semen", "sweat", "screening", "risk", "family",
    "suspected", "suspicion", "rule out", "fear of", "benign", "donor", "fetal",
)  # fmt: skip


@lru_cache(maxsize=_REMEMBERED)
def of_code(system: str | None, code: str | None) -> Term | None:
    """The term of a code, None when the tables do not hold it."""
    return terms.look_up(system, code)


@lru_cache(maxsize=_REMEMBERED)
def of_text(text: str, kinds: Kinds) -> Term | None:
    """The term that a text names, None when it names none for sure."""
    lower = text.lower()
    if any(word in lower for word in _ELSEWHERE):
        return None
    return terms.by_text(text, kinds)


def by_code(concept: CodeableConcept | BodySite | None, kinds: Kinds) -> Term | None:
    """The first code of a concept whose term is of one of these kinds."""
    if concept is not None:
        for coding in concept.coding:
            term = of_code(coding.system, coding.code)
            if term is not None and term.kind in kinds:
                return term
    return None


def by_words(concept: CodeableConcept | BodySite | None, kinds: Kinds) -> Term | None:
    """The first text or display of a concept that names a term of one of these kinds."""
    if concept is None:
        return None
    if concept.text and (term := of_text(concept.text, kinds)) is not None:
        return term
    for coding in concept.coding:
        if coding.display and (term := of_text(coding.display, kinds)) is not None:
            return term
    return None


def understand(concept: CodeableConcept | BodySite | None, kinds: Kinds) -> tuple[Term | None, str]:
    """The term of a concept, and how it was understood: by ``code``, or by ``text`` only."""
    term = by_code(concept, kinds)
    return (term, "code") if term is not None else (by_words(concept, kinds), "text")


def done(concept: CodeableConcept | None) -> tuple[Term, str] | None:
    """The test of ``terms/tests.csv`` that a concept names, and how it was understood.

    Asked only where a concept means nothing else: "tumour size on CT" is a size.
    """
    term, by = understand(concept, ("test",))
    return (term, by) if term is not None else None


def extension(extensions: tuple[X, ...], *endings: str) -> X | None:
    """The first extension whose address ends in one of these names."""
    for found in extensions:
        if found.url.endswith(endings):
            return found
    return None


def side_of(concept: CodeableConcept | BodySite | None) -> str | None:
    """left, right or bilateral: from the code, the side extension of a body site, or the words."""
    term = by_code(concept, ("body_site", "condition"))
    if term is not None and term.detail in ("left", "right", "bilateral"):
        return term.detail
    if isinstance(concept, BodySite) and concept.extension:
        found = extension(concept.extension, "laterality-qualifier", "laterality")
        if found is not None and (side := _side_in_words(found.valueCodeableConcept)):
            return side
    return _side_in_words(concept)


def _side_in_words(concept: CodeableConcept | BodySite | None) -> str | None:
    if concept is None:
        return None
    for text in (concept.text, *(coding.display for coding in concept.coding)):
        words = text.lower().split() if text else ()
        for side in ("bilateral", "left", "right"):
            if side in words:
                return side
    return None
