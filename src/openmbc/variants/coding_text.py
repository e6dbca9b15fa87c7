"""The c. part of a change as written: bases by their number in the coding sequence, and what happens to them."""

from __future__ import annotations

import re

import msgspec

_POSITION = r"[-*]?\d{1,6}(?:[+-]\d{1,6})?"
_PLACE = re.compile(rf"(?P<start>{_POSITION})(?:_(?P<end>{_POSITION}))?(?P<edit>\D.*)")
# A base before the number: the spelling of ANNOVAR, c.A3140G.
_BASE_FIRST = re.compile(r"(?P<ref>[ACGT])(?P<start>\d{1,6})(?P<alt>[ACGT])")
# A stretch whose ends are only known to lie between two bases: c.(80+1_81-1)_(134+1_135-1)del.
_UNSURE_ENDS = re.compile(r"\([^()]*_(?P<start>[^()_]*)\)_\((?P<end>[^()_]*)_[^()]*\)(?P<edit>del|dup|ins)")
_EDITS = (
    re.compile(r"(?P<ref>[ACGT]*)[-=]?>(?P<alt>[ACGT]+)"),
    re.compile(r"(?P<del>del)(?P<ref>[ACGT]*)\d*(?P<ins>ins)(?P<alt>[ACGT]*)\d*"),
    re.compile(r"(?P<del>del)(?P<ref>[ACGT]*)(?P<count>\d*)(?:-?NT|BP)?"),
    re.compile(r"(?P<dup>dup)(?P<ref>[ACGT]*)(?P<count>\d*)"),
    re.compile(r"(?P<ins>ins)(?P<alt>[ACGT]*)(?P<count>\d*)(?:BP)?"),
    re.compile(r"(?P<inv>inv)"),
    re.compile(r"(?P<same>=)"),
)


class Position(msgspec.Struct, frozen=True):
    """A base by its number, from 1 at the A of ATG.

    ``offset`` is how far it lies behind or before that base in an intron; ``behind_stop`` says that it is counted from
    the stop (``c.*32``).
    """

    base: int
    offset: int = 0
    behind_stop: bool = False

    def __str__(self) -> str:
        """The place as it is written: ``213-2``, ``*32``."""
        return f"{'*' if self.behind_stop else ''}{self.base}{f'{self.offset:+d}' if self.offset else ''}"


class Edit(msgspec.Struct, frozen=True):
    """What happens to the bases of a stretch.

    ``ref`` are the bases said to stand there, ``alt`` those that come (None: not said which), ``added`` is how many
    come (None: not said).
    """

    name: str
    start: Position
    end: Position
    kind: str  # substitution | deletion | insertion | duplication | delins | inversion | same
    ref: str
    alt: str | None
    added: int | None

    @property
    def text(self) -> str:
        """The normal form: ``c.68_69del`` for ``c.68_69delAG``."""
        return f"c.{self.name}"

    @property
    def in_exon(self) -> bool:
        """Whether both ends are bases of the coding sequence itself."""
        ends = (self.start, self.end)
        return all(not end.offset and not end.behind_stop and end.base >= 1 for end in ends)

    @property
    def deleted(self) -> int:
        """How many bases of the coding sequence go."""
        return 0 if self.kind in {"insertion", "duplication"} else self.end.base - self.start.base + 1

    @property
    def codon(self) -> int:
        """The number of the residue in which the first base lies."""
        return (self.start.base + 2) // 3

    @property
    def last_codon(self) -> int:
        """The number of the residue in which the last base lies."""
        return (self.end.base + 2) // 3


def edit_of(text: str) -> Edit | None:
    """Read a c. change, with or without ``c.``; None when it is not one."""
    plain = re.sub(r"^c\.", "", text.replace(" ", ""), flags=re.IGNORECASE)
    plain = _bases_upper(plain)
    unsure = _UNSURE_ENDS.fullmatch(plain)
    if unsure is not None and "?" not in (unsure["start"], unsure["end"]):
        plain = f"{unsure['start']}_{unsure['end']}{unsure['edit']}"
    while plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1]
    if (hit := _BASE_FIRST.fullmatch(plain)) is not None:
        plain = f"{hit['start']}{hit['ref']}>{hit['alt']}"
    place = _PLACE.fullmatch(plain)
    if place is None:
        return None
    start = _position(place["start"])
    end = _position(place["end"]) if place["end"] else start
    backwards = not start.offset and not end.offset and start.behind_stop == end.behind_stop and end.base < start.base
    return None if backwards else _edited(place, start, end)


def _bases_upper(text: str) -> str:
    """Bases in capitals, the words between them in lower case."""
    return re.sub(r"del|ins|dup|inv", lambda hit: hit[0].lower(), text.upper(), flags=re.IGNORECASE)


def _position(text: str) -> Position:
    behind = text.startswith("*")
    hit = re.fullmatch(r"\*?(-?\d+)([+-]\d+)?", text)
    assert hit is not None
    return Position(int(hit[1]), int(hit[2] or 0), behind)


def _edited(place: re.Match[str], start: Position, end: Position) -> Edit | None:
    for pattern in _EDITS:
        hit = pattern.fullmatch(place["edit"])
        if hit is not None:
            return _of_parts(start, end, {name: part or "" for name, part in hit.groupdict().items()})
    return None


def _of_parts(start: Position, end: Position, parts: dict[str, str]) -> Edit | None:
    if "del" in parts and "ins" not in parts:
        return _deleted(start, end, parts["ref"], parts["count"])
    if "dup" in parts:
        if start == end and max(len(parts["ref"]), int(parts["count"] or 1)) > 1:
            return None  # c.342dupGGT: where the three bases begin is not said
        return Edit(f"{_where(start, end)}dup", start, end, "duplication", parts["ref"], None, _span(start, end))
    if "ins" in parts and "del" not in parts:
        alt, count = parts["alt"], parts["count"]
        added = len(alt) or (int(count) if count else None)
        return Edit(f"{_where(start, end)}ins{alt or count}", start, end, "insertion", "", alt or None, added)
    return _replaced(start, end, parts)


def _deleted(start: Position, end: Position, ref: str, count: str) -> Edit | None:
    """Of one number and several bases (``c.771del5``) the number is that of the first."""
    named = len(ref) or (int(count) if count else 0)
    if start == end and named > 1:
        if start.offset:
            return None
        end = Position(start.base + named - 1, 0, start.behind_stop)
    if named and named != (_span(start, end) or named):
        return None
    return Edit(f"{_where(start, end)}del", start, end, "deletion", ref, "", 0)


def _replaced(start: Position, end: Position, parts: dict[str, str]) -> Edit:
    where, ref, alt = _where(start, end), parts.get("ref", ""), parts.get("alt", "")
    if "same" in parts:
        return Edit(f"{where}=", start, end, "same", "", "", 0)
    if "inv" in parts:
        return Edit(f"{where}inv", start, end, "inversion", "", None, None)
    if len(ref) == len(alt) == 1 and start == end and "del" not in parts:
        return Edit(f"{where}{ref}>{alt}", start, end, "substitution", ref, alt, 1)
    if start == end and len(ref) > 1 and not start.offset:
        end = Position(start.base + len(ref) - 1, 0, start.behind_stop)
    return Edit(f"{_where(start, end)}delins{alt}", start, end, "delins", ref, alt or None, len(alt) or None)


def _span(start: Position, end: Position) -> int | None:
    """How many bases lie from one place to another; None where an intron lies between or beside them."""
    return None if start.offset or end.offset or start.behind_stop != end.behind_stop else end.base - start.base + 1


def _where(start: Position, end: Position) -> str:
    return f"{start}" if start == end else f"{start}_{end}"
