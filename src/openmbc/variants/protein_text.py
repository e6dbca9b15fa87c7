"""The protein part of a change as written: its place, what happens there, the residues that it states."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from openmbc.variants.residues import LETTERS, ONE, letter, letters

Form = Literal[
    "replaced",  # a residue, or several, by others; also a stop
    "same",
    "place",  # a residue without what happens to it
    "any",  # a residue by X: a stop in old spelling, or any other residue
    "frameshift",
    "deleted",
    "inserted",
    "duplicated",
    "extended",
    "splice",
    "uncertain",  # M1?
]


class Stated(msgspec.Struct, frozen=True):
    """A change as it is written.

    ``ref`` and ``ref_end`` are the residues said to stand at the two places, ``refs`` the run of residues said to be
    replaced, ``alt`` the new residues, ``length`` what follows ``fs`` or ``ext``: how many residues up to the new
    stop, or ``?``.
    """

    form: Form
    start: int
    end: int
    ref: str | None = None
    ref_end: str | None = None
    refs: str | None = None
    alt: str | None = None
    length: str | None = None


# No protein is as short as this: *2A and the like are names of alleles, not stops that are lost.
_SHORTEST = 30

_PLACE = re.compile(
    rf"(?P<ref>{ONE}?)(?P<start>\d{{1,5}})(?:[_-](?P<ref_end>{ONE}?)(?P<end>\d{{1,5}}))?(?P<rest>.*)", re.IGNORECASE
)
# Spellings of MAF files of the first TCGA releases: LHKE452fs, EE453delinsK, 453_454EE>K.
_RUN = re.compile(r"(?P<refs>[ACDEFGHIKLMNPQRSTUVWY]{2,})(?P<start>\d{1,5})(?P<rest>\D.*)")
_SHIFT = re.compile(
    rf"(?P<alt>{ONE}?)fs(?:\s*\(?[*+xX]*(?:ter|stop)?[*xX]?\s*(?P<length>\d{{1,4}}|\?)?\)?[*xX]?)", re.IGNORECASE
)
_EXTENDED = re.compile(
    rf"(?P<alt>{ONE}?)ext(?:ended)?(?:[*xX]|ter|stop)?(?P<length>-?\d{{1,4}}|\?)?[*xX]?", re.IGNORECASE
)
_REPLACED = re.compile(r"(?:(?P<refs>[A-Za-z*]*)>|del(?P<gone>[A-Za-z*]*?)ins)(?P<alt>[A-Za-z*]*)", re.IGNORECASE)
_DELETED = re.compile(r"del(?:(?P<refs>[A-Za-z*]+)|\(?\d*\)?)", re.IGNORECASE)
_INSERTED = re.compile(r"ins(?:(?P<alt>[A-Za-z*]+)|\(?\d*\)?)", re.IGNORECASE)
_DUPLICATED = re.compile(r"dup(?:(?P<refs>[A-Za-z*]+)|\(?\d*\)?)", re.IGNORECASE)
_SAME = re.compile(r"=|\(=\)")
_SPLICE = re.compile(r"[_ ]?splice", re.IGNORECASE)
_ONE = re.compile(ONE, re.IGNORECASE)
# A word for a run that is not residues: Alu, SINE and the like are read elsewhere, or not at all.
_NO_RESIDUES = re.compile(r"ertion|eted|etion|lication", re.IGNORECASE)


def stated(text: str) -> Stated | None:
    """What a protein change says, without ``p.`` and brackets; None when it is not one."""
    # HIS1047DEL is one residue in capitals, not three.
    if (run := _RUN.fullmatch(text)) is not None and run["refs"].lower() not in LETTERS:
        found = _of_run(run["refs"], int(run["start"]), run["rest"])
        if found is not None:
            return found
    place = _PLACE.fullmatch(text.removeprefix("-"))
    if place is None or _NO_RESIDUES.search(text):
        return None
    start = int(place["start"])
    end = int(place["end"] or start)
    if start < 1 or end < start:
        return None
    ref, ref_end = (letter(place[part]) if place[part] else None for part in ("ref", "ref_end"))
    if ref == "X" and place["end"]:
        ref = None
    ref_end = None if ref_end == "X" else ref_end
    return _rest(place["rest"].strip(), start, end, ref, ref_end)


def _of_run(refs: str, start: int, rest: str) -> Stated | None:
    """A run of residues before the number of the first: only where something happens to the whole run."""
    end = start + len(refs) - 1
    if _SHIFT.fullmatch(rest):
        return _rest(rest, start, start, refs[0], None)
    found = _rest(rest, start, end, refs[0], refs[-1])
    if found is None or found.form not in {"deleted", "replaced", "duplicated"}:
        return None
    return Stated(found.form, start, end, refs[0], refs[-1], refs, found.alt)


def _rest(rest: str, start: int, end: int, ref: str | None, ref_end: str | None) -> Stated | None:
    """What stands after the place."""
    ends = (start, end, ref, ref_end)
    if start == end and (ref or ref_end) is not None:
        single = _single(rest, start, ref)
        if single is not None:
            return single
    if _SPLICE.fullmatch(rest):
        return Stated("splice", *ends)
    if _SAME.fullmatch(rest):
        return Stated("same", *ends)
    if ref == "X":
        ref, ends = None, (start, end, None, ref_end)
    if (hit := _SHIFT.fullmatch(rest)) is not None:
        if ref == "*":
            return Stated("extended", start, start, "*")
        alt = letter(hit["alt"]) if hit["alt"] else None
        return Stated("frameshift", *ends, alt=alt, length=hit["length"])
    return _run_changed(rest, ends)


def _single(rest: str, start: int, ref: str | None) -> Stated | None:
    """What can happen to one residue only."""
    if rest == "":
        return Stated("place", start, start, ref) if ref not in {None, "X", "*"} else None
    if rest in {"?", "(?)"}:
        return Stated("uncertain", start, start, ref)
    if ref in {"*", "X"}:
        return _of_stop(rest, start, ref)
    if _ONE.fullmatch(rest) is None:
        return None
    alt = letter(rest)
    form: Form = "any" if alt == "X" else "same" if alt == ref else "replaced"
    return Stated(form, start, start, ref, alt=alt if form == "replaced" else None)


def _of_stop(rest: str, start: int, ref: str | None) -> Stated | None:
    """What can happen to the stop: a residue instead, and the protein goes on."""
    hit = _EXTENDED.fullmatch(rest)
    if hit is not None:
        alt = letter(hit["alt"]) if hit["alt"] else None
        return Stated("extended", start, start, "*", alt=alt, length=hit["length"])
    if _ONE.fullmatch(rest) is None:
        return None
    alt = letter(rest)
    if alt not in {"*", "X"} and start < _SHORTEST:
        return None
    if alt in {"*", "X"}:
        if ref == "*":
            return Stated("same", start, start, "*")
        return Stated("replaced", start, start, None, alt="*") if alt == "*" else None
    return Stated("extended", start, start, "*", alt=alt)


def _run_changed(rest: str, ends: tuple[int, int, str | None, str | None]) -> Stated | None:
    """Deleted, inserted, duplicated or replaced residues."""
    if (hit := _REPLACED.fullmatch(rest)) is not None:
        gone = hit["refs"] or hit["gone"] or ""
        refs, alt = letters(gone) if gone else None, letters(hit["alt"]) if hit["alt"] else None
        start, end, ref, ref_end = ends
        if refs is not None and len(refs) == end - start + 1:
            ends = (start, end, ref or refs[0], ref_end or refs[-1])
        return Stated("replaced", *ends, refs=refs, alt=alt) if alt is not None or not hit["alt"] else None
    for form, pattern, part in (
        ("deleted", _DELETED, "refs"),
        ("inserted", _INSERTED, "alt"),
        ("duplicated", _DUPLICATED, "refs"),
    ):
        hit = pattern.fullmatch(rest)
        if hit is None:
            continue
        run = letters(hit[part]) if hit[part] else None
        if hit[part] and run is None:
            return None
        start, end, ref, ref_end = ends
        if part == "refs" and run is not None and len(run) == end - start + 1:
            ends = (start, end, ref or run[0], ref_end or run[-1])
        return Stated(form, *ends, **{part: run})  # type: ignore[arg-type]
    return None
