"""Terms from words alone: the careful fall-back where a record gives no code that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from openmbc.terms.stages import STAGES, Term, read_stage
from openmbc.terms.tables import rows, runs, words

Words = tuple[str, ...]

# A text with one of these, outside the name itself, may say the opposite of the name.
_DENIALS = frozenset({
    "no", "non", "not", "never", "without", "denies", "denied", "negative", "absent", "absence", "ruled", "rule",
    "excluded",
    "exclude", "suspected", "suspicion", "suspicious", "possible", "probable", "questionable", "family", "history",
    "maternal", "paternal", "mother", "father", "sister", "brother", "risk", "screening", "prophylactic", "benign",
    "fear", "free", "unknown", "unlikely", "former", "resolved",
})  # fmt: skip
# Answers to a test say "negative" and "absent" on purpose; only these turn them round.
_TURNED = frozenset({"not", "no", "never", "without", "family", "history"})
_ANSWERS = frozenset({"value", "response", "ended", "intent", "stage", "stage_t", "stage_n", "stage_m"})
_SPREAD = frozenset({"metastasis", "metastases", "metastatic", "metastasised", "metastasized", "mets"})
_SECONDARY = frozenset({"malignant", "malignancy", "neoplasm", "cancer", "carcinoma", "tumour", "tumor", "deposit"})
_MALIGNANT = frozenset({"malignant", "cancer", "carcinoma", "adenocarcinoma"})
_RECEPTOR_NEGATIVE = re.compile(
    r"\b(?:her ?2(?: ?/? ?neu)?|erbb2|er|pr|pgr|hr|(?:o?estrogen|progesterone|hormone)(?: receptor)?|receptor|triple"
    r"|node|margins?)\W{0,2}(?:status\W)?(?:-|negative|neg)(?![a-z])"
)
# Measured elsewhere than in blood, or not a concentration.
_OTHER_SPECIMEN = frozenset({
    "urine", "urinary", "csf", "cerebrospinal", "stool", "fluid", "ratio", "semen", "cord", "fetal",
})  # fmt: skip
_SIDES = {"left": "left", "right": "right", "bilateral": "bilateral", "bilaterally": "bilateral", "both": "bilateral"}
_SIDED = frozenset({"breast", "breast_cancer", "mastectomy", "lumpectomy", "lymph_node_surgery"})
_PLACES = frozenset({"body_site", "metastasis"})
_LONGEST = 60  # words; a longer text is a report and not a name
_OWN_SITES = frozenset({"breast", "plasma"})
_PART_OF = {"spine": "bone"}  # as in the catalogue, which stands beside this package


def by_text(text: str, kinds: Iterable[str]) -> Term | None:
    """The one term of these kinds that a text names in whole words; None when it names none, or several.

    A denied text ("no liver metastases", "family history of breast cancer") names nothing.
    """
    wanted = frozenset(kinds)
    if not wanted.isdisjoint(STAGES) and (stage := read_stage(text)) is not None and stage.kind in wanted:
        return stage
    said = words(text if wanted <= _ANSWERS else _RECEPTOR_NEGATIVE.sub(" ", text.lower()))
    if len(said) > _LONGEST:
        return None
    if "observation" in wanted and (question := _question(said)) is not None:
        return question
    if "metastasis" in wanted and (spread := _metastasis(said)) is not None:
        return spread
    return _only_one(said, wanted)


def _question(said: Words) -> Term | None:
    """A test whose whole name was given: "number of brain metastases" asks, and does not say that there are any."""
    return next((term for term in _phrases()[0].get(said, ()) if term.kind == "observation"), None)


def _only_one(said: Words, wanted: frozenset[str]) -> Term | None:
    found = _named(said, wanted | {"ignore"})
    if not found and "condition" in wanted and "breast" in said and not _MALIGNANT.isdisjoint(said):
        found = [(0, 0, Term("condition", "breast_cancer", None))]
    terms = {term for _, _, term in found}
    if len(terms) != 1 or (term := terms.pop()).kind not in wanted:
        return None
    inside = {i for start, end, _ in found for i in range(start, end)}
    outside = {word for i, word in enumerate(said) if i not in inside}
    denials = _TURNED if term.kind in _ANSWERS else _DENIALS
    if outside & denials or (term.kind == "observation" and outside & _OTHER_SPECIMEN):
        return None
    return term._replace(detail=_side(said)) if term.detail is None and term.concept in _SIDED else term


def _metastasis(said: Words) -> Term | None:
    """Words of spread with the one site that is not the breast; the concept is empty when no site is named."""
    secondary = "secondary" in said and not _SECONDARY.isdisjoint(said)
    if not (secondary or not _SPREAD.isdisjoint(said)) or not _DENIALS.isdisjoint(said):
        return None
    found = _named(said, _PLACES)
    sites = {term.concept for _, _, term in found if term.concept not in _OWN_SITES and term.concept}
    sites -= {_PART_OF[site] for site in sites if site in _PART_OF}  # "bone metastases of the spine" names one site
    if len(sites) > 1:
        return None
    return Term("metastasis", sites.pop() if sites else "", None)


def _named(said: Words, kinds: frozenset[str]) -> list[tuple[int, int, Term]]:
    """Every name of these kinds in the text, longest first, none inside another."""
    phrases, longest = _phrases()
    found: list[tuple[int, int, Term]] = []
    taken: set[int] = set()
    for start, end, run in runs(said, longest):
        for term in phrases.get(run, ()):
            if term.kind in kinds and taken.isdisjoint(range(start, end)):
                found.append((start, end, term))
        if found and found[-1][:2] == (start, end):
            taken.update(range(start, end))
    return found


def _side(said: Words) -> str | None:
    sides = {_SIDES[word] for word in said if word in _SIDES}
    if len(sides) > 1:
        return "bilateral"
    return sides.pop() if sides else None


@cache
def _phrases() -> tuple[dict[Words, tuple[Term, ...]], int]:
    """Names as words, each with its terms (one a kind), and the length of the longest."""
    phrases: dict[Words, dict[str, Term]] = {}
    for name in ("words", "loinc", "snomed", "answers"):
        for row in rows(name):
            term = Term(row["kind"], row["concept"], row["detail"] or None)
            for phrase in (row["display"], _core(row["display"])) if name != "words" else row["words"].split("|"):
                if spelled := words(phrase):
                    phrases.setdefault(spelled, {}).setdefault(term.kind, term)
    return {spelled: tuple(terms.values()) for spelled, terms in phrases.items()}, max(map(len, phrases))


def _core(display: str) -> str:
    """A display without its type: ``Secondary malignant neoplasm of liver (disorder)``."""
    return display.partition(" (")[0]
