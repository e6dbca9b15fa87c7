"""Changes that are told in words: amplification, loss, exon-level events, a class of change, or only "mutated"."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

import msgspec

from openmbc.terms.tables import rows
from openmbc.variants.change import Kind

# Words that say that there is a change, and words around it that say nothing more. Origin and specimen are columns
# of their own in a record (`origin`, `specimen`), so they are passed over here.
_MUTATION = frozenset(
    {"mutation", "mutations", "variant", "variants", "alteration", "alterations", "change", "changes", "aberration"}
    | {"positive", "detected", "present", "found", "identified", "confirmed"}
)
_FILLING = frozenset(
    {"a", "an", "the", "of", "in", "at", "by", "with", "to", "gene", "protein"}
    | {"somatic", "germline", "tumour", "tumor", "tissue", "snv"}
)
_WORD = re.compile(r"[a-z0-9]+")
# Words beside a change that leave it what it is: on how many copies, in how many cells, and that it is of the tumour.
_BESIDE = frozenset(
    {"het", "heterozygous", "hom", "homozygous", "hemizygous", "clonal", "subclonal"}
    | {"somatic", "tumour", "tumor", "tissue", "snv"}
)

# Nothing was found: never a change. And a finding that the text itself leaves open.
_DENIED = re.compile(
    r"\b(?:no|not|non[- ]?detected|without|absent|absence|undetected|undetectable|negative|excluded|ruled out|"
    r"wild[- ]?type|wildtype|wt|normal|unaltered|unmutated|intact|retained|none|never|denied|failed|pending)\b",
    re.IGNORECASE,
)
_NOT_DENIED = re.compile(r"\bno expression\b|\bdominant[- ]negative\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:equivocal|possible|possibly|suspected|suspicious|probable|probably|indeterminate|inconclusive|borderline|"
    r"questionable|maybe)\b",
    re.IGNORECASE,
)

_EXON = re.compile(
    r"\bex(?:on|ons)?\.?\s*(?P<first>\d{1,3})(?:\s*(?:-|_|to|and|&|/)\s*(?:ex(?:on)?\.?\s*)?(?P<last>\d{1,3}))?(?!\d)"
    r"(?P<tail>ins|del|dup|skip|mut)?",
    re.IGNORECASE,
)
_EXON_EVENTS = {
    "ins": "insertion", "insertion": "insertion", "insertions": "insertion",
    "del": "deletion", "deletion": "deletion", "deletions": "deletion", "deleted": "deletion",
    "dup": "duplication", "duplication": "duplication", "duplicated": "duplication",
    "skip": "skipping", "skipping": "skipping", "skipped": "skipping",
    "mut": "mutation", "indel": "indel", "frameshift": "frameshift",
    "amplification": "amplification", "overexpression": "overexpression", "splice": "splice site", "loss": "deletion",
}  # fmt: skip
_COPIES = re.compile(
    r"\b(?:cn|copy number|copies|cnv)\s*(?:of|is|was|=|:|~|≈)?\s*(?P<after>\d{1,3}(?:\.\d+)?)\b"
    r"|\b(?P<before>\d{1,3}(?:\.\d+)?)\s*(?:x\s*)?cop(?:y|ies)\b",
    re.IGNORECASE,
)


class Event(msgspec.Struct, frozen=True):
    """A change told in words, in its normal form."""

    kind: Kind
    change: str
    exon: int | None = None


def denied(text: str) -> str | None:
    """The word by which a text says that nothing was found; None when it says no such thing."""
    hit = _DENIED.search(_NOT_DENIED.sub(" ", text))
    return hit[0].lower() if hit else None


def left_open(text: str) -> str | None:
    """The word by which a text leaves a finding open."""
    hit = _OPEN.search(text)
    return hit[0].lower() if hit else None


def adds_nothing(words: str) -> bool:
    """Whether words beside a change leave it what it is: "(heterozygous)", "subclonal", "somatic mutation"."""
    said = _WORD.findall(words.lower())
    return "?" not in words and all(word in _BESIDE or word in _MUTATION for word in said)


def event_of(text: str) -> Event | None:
    """The change that a text tells in words, its gene already taken out; None when it is not understood whole."""
    copies = _COPIES.search(text)
    if copies is not None:
        return _of_copies(_plain(_COPIES.sub(" ", text)), float(copies["after"] or copies["before"]))
    exon = _EXON.search(text)
    if exon is not None:
        return _of_exon(exon, _plain(text[: exon.start()] + " " + (exon["tail"] or "") + " " + text[exon.end() :]))
    said = _plain(text)
    meant = _phrases().get(said) or _phrases().get(_reduced(said))
    if meant is not None:
        return meant
    only_mutation = bool(said) and not _reduced(said) and any(word in _MUTATION for word in said)
    return Event("unspecified", "mutation") if only_mutation else None


def _plain(text: str) -> tuple[str, ...]:
    """The words of a text without filling ones."""
    return tuple(word for word in _WORD.findall(text.lower()) if word not in _FILLING)


def _reduced(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in said if word not in _MUTATION)


def _of_copies(said: tuple[str, ...], copies: float) -> Event | None:
    """A number of copies: none is a loss, one is one lost; how many make an amplification is for the laboratory."""
    rest = _reduced(said)
    named = _phrases().get(rest)
    if rest and named is None:
        return None
    if named is not None:
        return named
    if copies == 0:
        return Event("loss", "loss")
    if copies < 2:
        return Event("unspecified", "copy number loss")
    return Event("copy_gain", f"copy number {copies:g}") if copies > 2 else None


def _of_exon(exon: re.Match[str], said: tuple[str, ...]) -> Event | None:
    first, last = int(exon["first"]), int(exon["last"] or exon["first"])
    if last < first or first < 1:
        return None
    events = [_EXON_EVENTS[word] for word in said if word in _EXON_EVENTS]
    rest = [
        word for word in said if word not in _EXON_EVENTS and word not in _MUTATION and word not in {"frame", "inframe"}
    ]
    if rest or len(set(events)) > 1:
        return None
    place = f"exon {first}" if last == first else f"exon {first}-{last}"
    return Event("exon", f"{place} {events[0] if events else 'mutation'}", first)


@cache
def _phrases() -> dict[tuple[str, ...], Event]:
    """By the words of a phrase, without filling words, with and without the words for "mutation"."""
    found: dict[tuple[str, ...], Event] = {}
    for row in rows("words", Path(__file__).parent):
        meant = Event(cast("Kind", row["kind"]), row["change"])
        found.setdefault(_plain(row["phrase"]), meant)
        found.setdefault(_reduced(_plain(row["change"])), meant)
    found.pop((), None)
    return found
