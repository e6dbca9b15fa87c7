"""The lines of a VCF that matter, found a few megabytes at a time without looking at the others one by one.

A line begins with chromosome, tab, position. NumPy finds where lines begin and takes the eight bytes after the
chromosome of all of them at once; as a big-endian number these compare like the text. The stretches in which known
genes lie are written the same way, once for each number of digits, so that one search in a sorted array says of every
line whether its position is in one of them. It may also say yes for a few positions with more digits: whoever reads the
lines looks again. Lines of structural variants begin elsewhere than the gene that they hit, and are always taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openmbc.records.sequencing.places import Gene, chromosome, merged

_WORD = 8  # bytes that one comparison takes
_LONGEST = 2 * _WORD  # bytes of a chromosome's name, with its tab, that are compared
_PADDING = bytes(4 * _WORD)
_PASSES = 100  # chromosomes in one piece, before the rest is looked at line by line
_STRUCTURAL = b"SVTYPE="
_MARKS = (b"<", b"[", b"]")  # a single byte is found much faster than a word; every <DEL> and breakend has one

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


class Line(NamedTuple):
    """A line with its number among the lines that were scanned, counted from 0."""

    number: int
    text: bytes
    structural: bool = False


class _Stretches(NamedTuple):
    low: Numbers
    high: Numbers


class Scanner:
    """Takes lines of known genes out of a VCF; counts all lines and structural ones, and remembers the chromosomes."""

    def __init__(self, genes: dict[str, list[Gene]], *, structural: bool = False) -> None:
        """``structural``: the header speaks of structural variants, so that they are looked for in any case."""
        self._declared = structural
        self._stretches = {chrom: _as_text(merged(of_chrom)) for chrom, of_chrom in genes.items()}
        self.lines = 0
        self.structural = 0
        self.chromosomes: set[str] = set()

    def scan(self, pieces: Iterable[bytes]) -> Iterator[Line]:
        """Lines to look at, in the order of the file. ``pieces`` may be cut anywhere."""
        rest = b""
        for piece in pieces:
            data = b"".join((rest, piece, _PADDING))
            end = len(data) - len(_PADDING)
            cut = data.rfind(b"\n", 0, end) + 1
            rest = data[cut:end]
            if cut:
                yield from self._piece(data, cut)
        if rest.strip():
            yield from self._piece(rest + b"\n" + _PADDING, len(rest) + 1)

    def _piece(self, data: bytes, end: int) -> Iterator[Line]:
        """Lines of a piece whose last line ends at ``end``; what follows is looked at and belongs to no line."""
        ends = np.flatnonzero(np.frombuffer(data, np.uint8, end) == ord("\n"))
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        taken, others = self._of_genes(data, starts), np.zeros(0, np.int64)
        if (self._declared or any(mark in data for mark in _MARKS)) and _STRUCTURAL in data:
            others = np.unique(_structural(data, ends))
            self.structural += len(others)
            taken = np.union1d(taken, others)
        structural = frozenset(others.tolist())
        for index in taken.tolist():
            yield Line(self.lines + index, data[starts[index] : ends[index]], index in structural)
        self.lines += len(ends)

    def _of_genes(self, data: bytes, starts: Places) -> Places:
        """Indices of lines whose position may be in a known gene."""
        words: Numbers = np.ndarray((len(data) - _WORD,), "<u8", buffer=data, strides=(1,))
        found: list[Places] = []
        left: Places | None = None  # all lines, until a second chromosome is met
        begins = starts
        for _ in range(_PASSES):
            contig = _contig(data, int(begins[0]))
            same = _begins(words, begins, contig + b"\t")
            stretches, only = self._of(contig), bool(same.all())
            if stretches is not None:
                inside = _inside(stretches, words[(begins if only else begins[same]) + len(contig) + 1].byteswap())
                if inside is not None:
                    mine = inside if only else np.flatnonzero(same)[inside]
                    found.append(mine if left is None else left[mine])
            if only:
                return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
            left = np.flatnonzero(~same) if left is None else left[~same]
            begins = starts[left]
        others = zip(() if left is None else left.tolist(), begins.tolist(), strict=True)
        found.append(np.array([index for index, at in others if self._may_matter(data, at)], np.int64))
        return np.sort(np.concatenate(found))

    def _of(self, contig: bytes) -> _Stretches | None:
        name = contig.decode("latin-1")
        self.chromosomes.add(name)
        return self._stretches.get(chromosome(name))

    def _may_matter(self, data: bytes, start: int) -> bool:
        return self._of(_contig(data, start)) is not None


def _contig(data: bytes, start: int) -> bytes:
    tab = data.find(b"\t", start, start + 200)
    return data[start:tab] if tab >= 0 else b""


def _begins(words: Numbers, starts: Places, text: bytes) -> npt.NDArray[np.bool_]:
    """Which lines begin with a text, of which the first 16 bytes are compared; the first line always counts as one."""
    head, tail = text[:_WORD], text[_WORD:_LONGEST]
    same: npt.NDArray[np.bool_] = (words[starts] & _mask(head)) == int.from_bytes(head, "little")
    if tail:
        same &= (words[starts + _WORD] & _mask(tail)) == int.from_bytes(tail, "little")
    same[0] = True  # a line without tab, or with a name too long to compare
    return same


def _inside(stretches: _Stretches, keys: Numbers) -> Places | None:
    """Indices of keys in a stretch; None where the smallest and the largest lie in the same gap."""
    least, most = np.searchsorted(stretches.low, (keys.min(), keys.max()), "right")
    if least == most and (least == 0 or keys.min() > stretches.high[least - 1]):
        return None
    place = np.searchsorted(stretches.low, keys, "right") - 1
    return np.flatnonzero((place >= 0) & (keys <= stretches.high[place]))


def _mask(text: bytes) -> np.uint64:
    return np.uint64((1 << 8 * len(text)) - 1)


def _structural(data: bytes, ends: Places) -> Places:
    """Indices of lines with a structural variant."""
    at, found = data.find(_STRUCTURAL), []
    while 0 <= at < ends[-1]:
        index = int(np.searchsorted(ends, at))
        found.append(index)
        at = data.find(_STRUCTURAL, int(ends[index]))
    return np.array(found, np.int64)


def _as_text(stretches: Iterable[tuple[int, int]]) -> _Stretches:
    """Positions as the first eight bytes of their text, followed by a tab where there is room."""
    spans = []
    for low, high in stretches:
        for digits in range(len(str(low)), len(str(high)) + 1):
            first, last = max(low, 10 ** (digits - 1)), min(high, 10**digits - 1)
            spans.append((_key(first, b"\x00"), _key(last, b"\xff")))
    joined: list[list[int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return _Stretches(*(np.array([span[end] for span in joined], np.uint64) for end in (0, 1)))


def _key(position: int, filler: bytes) -> int:
    return int.from_bytes((b"%d\t" % position).ljust(_WORD, filler)[:_WORD], "big")
