"""Answers of observations: which words of the facts a coded or written answer to a test stands for."""

from __future__ import annotations

from typing import NamedTuple

_POSITIVE = ("positive", "present", "detected", "yes", "amplified")
_NEGATIVE = ("negative", "absent", "not_detected", "no", "not_amplified")
_EQUIVOCAL = ("equivocal", "indeterminate", "borderline")
SCORES = ("0", "0+", "1+", "2+", "3+")

Answer = tuple[str, str]  # the concept it speaks of, and the code


def _each(words: tuple[str, ...], answer: Answer) -> dict[str, Answer]:
    return dict.fromkeys(words, answer)


def _qualitative(concept: str, positive: str = "positive", negative: str = "negative") -> dict[str, Answer]:
    return (
        _each(_POSITIVE, (concept, positive))
        | _each(_NEGATIVE, (concept, negative))
        | _each(_EQUIVOCAL, (concept, "equivocal"))
    )


def _yes_no(concept: str) -> dict[str, Answer]:
    return _each(_POSITIVE, (concept, "yes")) | _each(_NEGATIVE, (concept, "no"))


def _as_named(concept: str, *words: str) -> dict[str, Answer]:
    return {word: (concept, word) for word in words}


_HER2 = (
    _qualitative("her2")
    | _as_named("her2", "low", "ultralow", "zero")
    | {score: ("her2_ihc", score) for score in SCORES}
)
_ER = _qualitative("er") | _each(("low_positive", "low", "weak"), ("er", "low_positive"))
_PR = _qualitative("pr") | _each(("low_positive", "low", "weak"), ("pr", "positive"))
_ISH = _qualitative("her2_ish") | _each(("high",), ("her2_ish", "positive"))

# concept of the test -> word of the answer -> what it says. A score is always an IHC score and a word always a
# conclusion, whichever of the two the test was coded as.
_ANSWERS: dict[str, dict[str, Answer]] = {
    "er": _ER, "er_percent": _ER, "pr": _PR, "pr_percent": _PR,
    "her2": _HER2, "her2_ihc": _HER2,
    "her2_ish": _ISH, "her2_ratio": _ISH, "her2_copies": _ISH,
    "msi": _qualitative("msi", "high", "stable")
    | _each(("high", "msi_high", "dmmr", "deficient"), ("msi", "high"))
    | _each(("stable", "low", "msi_low", "pmmr", "proficient"), ("msi", "stable")),
    "hrd": _qualitative("hrd") | _each(("deficient", "high"), ("hrd", "positive"))
    | _each(("proficient", "low", "stable"), ("hrd", "negative")),
    "pten_ihc": _each(("lost", "negative", "absent", "not_detected"), ("pten_ihc", "lost"))
    | _each(("retained", "positive", "present", "detected", "normal"), ("pten_ihc", "retained")),
    "menopausal_status": _as_named("menopausal_status", "premenopausal", "perimenopausal", "postmenopausal"),
    "brain_metastases_activity": _as_named("brain_metastases_activity", "stable", "active"),
    "extent": _as_named("extent", "not_metastatic", "locally_advanced", "metastatic"),
    "child_pugh": {w: ("child_pugh", w[-1]) for w in ("a", "b", "c", "child_pugh_a", "child_pugh_b", "child_pugh_c")},
    "dpd_status": _as_named("dpd_status", "normal", "partial", "deficient"),
    "ugt1a1": _as_named("ugt1a1", "normal", "intermediate", "poor"),
    **{concept: _yes_no(concept) for concept in (
        "pregnant", "breastfeeding", "frail", "visceral_crisis", "spinal_cord_compression", "symptomatic_disease",
        "oligometastatic", "bone_pain", "fracture_risk", "brain_metastases_symptomatic", "breast_tumour_symptoms",
    )},
}  # fmt: skip

# A number given for a test that asks for a word, and the other way round.
NUMBER_OF = {"er": "er_percent", "pr": "pr_percent"}
MARKERS = frozenset(
    {"er", "er_percent", "pr", "pr_percent", "her2", "her2_ihc", "her2_ish", "her2_ratio", "her2_copies", "ki67",
     "pdl1_cps", "msi", "tmb", "hrd", "tumour_fraction", "pten_ihc"}
)  # fmt: skip
SCALES = frozenset({"ecog", "karnofsky"})
STAGES = ("stage", "stage_t", "stage_n", "stage_m")
_KINDS = {"response": ("response",), **dict.fromkeys(STAGES, STAGES)}
_VALUE = ("value",)


def kinds_of(concept: str) -> tuple[str, ...]:
    """The kinds of terms that can answer a test."""
    return _KINDS.get(concept, _VALUE)


def settle(concept: str, kind: str, word: str) -> Answer | None:
    """What a word (a term's concept, of a kind) says as the answer to a test; None when it says nothing."""
    if kind in STAGES or kind == "response":
        return ("response" if kind == "response" else kind), word
    return _ANSWERS.get(concept, {}).get(word)


def is_coded(concept: str) -> bool:
    """Is the answer to this test a word?"""
    return concept in _ANSWERS or concept in _KINDS


class Number(NamedTuple):
    """A number as written, with its unit."""

    value: float
    comparator: str | None
    unit: str | None


_COMPARATORS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "~": None, "": None}


def number_in(text: str) -> Number | None:
    """A text that is a number with a unit: ``12.3 g/dL``, ``<0.5``, ``90%``; None for any other text."""
    rest = text.strip()
    sign = rest[: len(rest) - len(rest.lstrip("<>=≤≥~"))]
    rest = rest[len(sign) :].strip()
    digits = rest[: len(rest) - len(rest.lstrip("0123456789."))]
    unit = rest[len(digits) :].strip()
    if sign not in _COMPARATORS or not digits or unit[:1] in ("+", "-", "–", ",", "/", ":"):
        return None
    try:
        return Number(float(digits), _COMPARATORS[sign], unit or None)
    except ValueError:
        return None


def score_in(text: str) -> str | None:
    """The HER2 score that a text states (``IHC 2+``, ``Positive (score 3+)``); None when it states none, or two."""
    tokens = text.lower().replace("(", " ").replace(")", " ").replace(",", " ").replace("/", " ").split()
    said = {token for token in tokens if token in SCORES[1:]}
    if not said and "0" in tokens and not set(tokens) - {"0", "ihc", "score", "her2", "negative", "iha"}:
        return "0"
    return said.pop() if len(said) == 1 else None


def percent_in(text: str) -> Number | None:
    """The one percentage that a text states (``Positive (95 %)``); None when it states none, or two."""
    parts = text.split("%")
    if len(parts) != 2:
        return None
    tokens = parts[0].replace("(", " ").replace(",", " ").replace(":", " ").split()
    return number_in(tokens[-1]) if tokens else None
