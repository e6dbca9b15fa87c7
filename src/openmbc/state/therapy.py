"""What lines of therapy are made of: episodes of drugs as they stood at a visit, and the line that they form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from openmbc.catalogue import DRUGS
from openmbc.terms import classes_of

# Drugs that start within this time of the first one are one regimen (Hess 2021, Meng 2019: 28 days).
TOGETHER = dt.timedelta(days=28)
_KINDS = {
    "endocrine_therapy": "endocrine",
    "ovarian_suppression": "endocrine",
    "cdk46_inhibitor": "cdk46",
    "her2_therapy": "her2",
    "pi3k_pathway_inhibitor": "targeted",
    "parp_inhibitor": "targeted",
    "other_targeted": "targeted",
    "antibody_drug_conjugate": "antibody_drug_conjugate",
    "immunotherapy": "immunotherapy",
    "chemotherapy": "chemotherapy",
    "unknown": "other",
}

Reason = Literal["first", "growth", "gap", "other_drug"]
Joining = Literal["together", "again", "exchange", "replaces", "maintenance", "added"]


class Given(NamedTuple):
    """One episode of a drug as it stood at a visit; ``metastatic``: systemic, and given for metastatic disease.

    ``places`` and ``sources``: the rows and entries of the record that it stands for (`merged`).
    """

    places: tuple[int, ...]
    drug: str
    sources: tuple[str, ...]
    start: dt.date | None
    end: dt.date | None
    start_precision: str | None
    end_precision: str | None
    running: bool | None
    progressed: bool | None
    grew_on: dt.date | None
    ended: str | None
    setting: str | None
    metastatic: bool


class Opening(NamedTuple):
    """Why a drug opens a line; with growth, the day on which it was seen or the drug that was stopped for it."""

    why: Reason
    grew_on: dt.date | None = None
    under: Given | None = None


class Joined(NamedTuple):
    """A drug that belongs to a line, why, and the drug that it replaces or has beside it."""

    given: Given
    why: Joining
    other: Given


class Line(msgspec.Struct):
    """A line of therapy: its own episodes, those that went on from before, and how it began and ended."""

    number: int
    start: dt.date | None
    opening: Opening
    own: list[Given] = msgspec.field(default_factory=list)
    carried: list[Given] = msgspec.field(default_factory=list)
    joined: list[Joined] = msgspec.field(default_factory=list)
    end: dt.date | None = None
    ended: str = "unknown"

    @property
    def members(self) -> list[Given]:
        """All episodes, those that went on from before first."""
        return self.carried + self.own

    @property
    def drugs(self) -> list[str]:
        """Each drug once, by its first day and name."""
        ordered = sorted(self.members, key=lambda g: (g.start is not None, g.start, g.drug))
        return list(dict.fromkeys(g.drug for g in ordered))

    @property
    def kinds(self) -> list[str]:
        """What kinds of drugs it holds, sorted."""
        return sorted({_KINDS[c] for g in self.members for c in kinds_of(g.drug) if c in _KINDS})


@cache
def kinds_of(drug: str) -> frozenset[str]:
    """Classes of a drug; a known drug without any is ``other_targeted``, one that is in no table ``unknown``."""
    classes = frozenset(classes_of(drug))
    if classes:
        return classes
    return frozenset({"other_targeted" if drug in _targeted() else "unknown"})


@cache
def _targeted() -> frozenset[str]:
    return frozenset(drug for drug in DRUGS if not classes_of(drug))


def merged(given: Iterable[Given]) -> list[Given]:
    """Records of one drug that overlap or follow within 28 days, as prescriptions and cycles do, as one episode.

    Not where the disease grew on the first: then the second is another attempt. Order of time, as given.
    """
    found: list[Given] = []
    open_: dict[tuple[str, str | None, bool], int] = {}
    for g in _rejoined(given):
        of = (g.drug, g.setting, g.metastatic)
        before = found[open_[of]] if of in open_ else None
        if before is None or before.start is None or not _continues(before, g):
            open_[of] = len(found)
            found.append(g)
        else:
            found[open_[of]] = _merge(before, g)
    return found


def _rejoined(given: Iterable[Given]) -> list[Given]:
    """Records of one drug of which one begins on the day when another ends without a reason, as one.

    Before all others: growth under a third record that ended on that day does not make a new attempt of the second.
    """
    found: list[Given] = []
    until: dict[tuple[str, str | None, bool, dt.date], int] = {}
    for g in given:
        place = None if g.start is None else until.pop((g.drug, g.setting, g.metastatic, g.start), None)
        if place is None:
            place = len(found)
            found.append(g)
        else:
            found[place] = _merge(found[place], g)
        if g.end is not None and g.ended is None:
            until[(g.drug, g.setting, g.metastatic, g.end)] = place
    return found


def _continues(before: Given, after: Given) -> bool:
    if after.start is None or (before.ended == "progression" and before.end is not None and before.end <= after.start):
        return False
    return before.end is None or after.start <= before.end + TOGETHER


def _merge(before: Given, after: Given) -> Given:
    """Both as one; how it ended says the one that runs, else the one of which the last day is known."""
    last = max((before, after), key=lambda g: (g.running is True, g.end or g.start or dt.date.min, g.ended or ""))
    days = [g.grew_on for g in (before, after) if g.grew_on is not None]
    return last._replace(
        places=before.places + after.places,
        sources=before.sources + after.sources,
        start=before.start,
        start_precision=before.start_precision,
        progressed=before.progressed or after.progressed or last.progressed,
        grew_on=min(days, default=None),
    )


def goes_on(given: Given, after: dt.date | None) -> bool:
    """Does this episode go on for longer than 28 days after a date?"""
    if after is None or (given.start is not None and given.start > after):
        return False
    return given.running is True or (given.end is not None and given.end > after + TOGETHER)


def only_ovaries(given: Given) -> bool:
    """Ovarian suppression, which opens no line."""
    return "ovarian_suppression" in kinds_of(given.drug)


def over_since(members: Sequence[Given]) -> dt.date | None:
    """The day since which none of the episodes goes on; null while one runs, or where an end is not known."""
    ends = [g.end for g in members]
    return max((e for e in ends if e is not None), default=None) if None not in ends else None


def ends_too_early(given: Given) -> bool:
    """Does the record say that it ended before it began? That is a problem of its own, and says nothing of the line."""
    return given.start is not None and given.end is not None and given.end < given.start
