"""The lines of a VCF that matter, found a piece at a time without looking at the others one by one.

A line begins with chromosome, tab, position. The stretches in which known genes lie are written the same way, once for
each number of digits and each way to write a chromosome, so that the beginning of a line can be compared with them as
text. NumPy finds where lines begin and takes the first eight bytes of all of them at once; as big-endian numbers these
compare like the text, and one search in a sorted array leaves few lines. Of these the first sixteen bytes are compared.
What is left may have fewer or more digits than a place in the gene: whoever reads the lines looks again. Lines of
structural variants begin elsewhere than the gene that they hit, and are always taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from openmbc.records.sequencing.places import Gene, is_chromosome, merged, spellings

_WORD, _WORDS = 8, 16  # bytes that are compared first, and then
_PADDING = bytes(2 * _WORDS)
_STRUCTURAL = b"SVTYPE="
_NAMES = 10  # of chromosomes that are not known, to say which
_MARKS = (b"<", b"[", b"]")  # a single byte is found much faster than a word; every <DEL> and breakend has one

Places = npt.NDArray[np.int64]
_Texts = npt.NDArray[Any]  # of bytes, or of numbers that compare like bytes


class Line(NamedTuple):
    """A line with its number among the lines that were scanned, counted from 0."""

    number: int
    text: bytes
    structural: bool = False


class _Spans(NamedTuple):
    """Spans of text without overlap, sorted."""

    low: _Texts
    high: _Texts

    def holding(self, texts: _Texts) -> Places:
        """Indices of the texts that lie in a span."""
        place = np.searchsorted(self.low, texts, "right") - 1
        return np.flatnonzero((place >= 0) & (texts <= self.high[place]))


class Scanner:
    """Takes lines of known genes out of a VCF; counts the others, and looks whether the chromosomes are known."""

    def __init__(self, genes: dict[str, list[Gene]], *, structural: bool = False) -> None:
        """``structural``: the header speaks of structural variants, so that they are looked for in any case."""
        self._declared = structural
        spans = sorted(chain.from_iterable(_as_text(chrom, of_chrom) for chrom, of_chrom in genes.items()))
        words = _joined((low[:_WORD], high[:_WORD]) for low, high in spans)
        self._words = _Spans(*(np.array([int.from_bytes(s[i], "big") for s in words], np.uint64) for i in (0, 1)))
        self._texts = _Spans(*(np.array([s[i] for s in _joined(spans)], f"S{_WORDS}") for i in (0, 1)))
        self.lines = 0
        self.structural = 0
        self.known = False  # whether a chromosome of the genome was met
        self.unknown: set[str] = set()  # others that were met before

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
        if not self.known:
            self._look_for_chromosomes(data[:end])
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

    def _look_for_chromosomes(self, data: bytes) -> None:
        for line in data.split(b"\n"):
            name, tab, _ = line.partition(b"\t")
            contig = name.decode("latin-1")
            if tab and is_chromosome(contig):
                self.known = True
                return
            if tab and len(self.unknown) < _NAMES:
                self.unknown.add(contig)

    def _of_genes(self, data: bytes, starts: Places) -> Places:
        """Indices of lines whose position may be in a known gene."""
        words: _Texts = np.ndarray((len(data) - _WORD,), "<u8", buffer=data, strides=(1,))
        near = self._words.holding(words[starts].byteswap())
        if not len(near):
            return near
        texts: _Texts = np.ndarray((len(data) - _WORDS,), f"S{_WORDS}", buffer=data, strides=(1,))
        return near[self._texts.holding(texts[starts[near]])]


def _structural(data: bytes, ends: Places) -> Places:
    """Indices of lines with a structural variant."""
    at, found = data.find(_STRUCTURAL), []
    while 0 <= at < ends[-1]:
        index = int(np.searchsorted(ends, at))
        found.append(index)
        at = data.find(_STRUCTURAL, int(ends[index]))
    return np.array(found, np.int64)


def _as_text(chrom: str, genes: Iterable[Gene]) -> Iterator[tuple[bytes, bytes]]:
    """First and last beginning of a line in each stretch of known genes of a chromosome."""
    for name in spellings(chrom):
        for low, high in merged(genes):
            for digits in range(len(str(low)), len(str(high)) + 1):
                first, last = max(low, 10 ** (digits - 1)), min(high, 10**digits - 1)
                begin, end = (f"{name}\t{position}\t".encode() for position in (first, last))
                yield begin[:_WORDS], end[:_WORDS].ljust(_WORDS, b"\xff")


def _joined(spans: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Sorted spans without overlap; ends are filled to the same length, beginnings with the smallest byte."""
    found: list[tuple[bytes, bytes]] = []
    for low, high in spans:
        begin = low.ljust(len(high), b"\x00")
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((begin, high))
    return found
