"""The CSV files of this package, and words to compare."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from openmbc.errors import InputError

_HERE = Path(__file__).parent
_WORD = re.compile(r"[a-z0-9]+(?:\+(?!\w))?")


@cache
def rows(name: str, folder: Path | None = None) -> tuple[dict[str, str], ...]:
    """The rows of ``name.csv`` of this package, or of another folder, each a dictionary by column.

    Raises `InputError` when a row has more or fewer cells than the header.
    """
    text = ((folder or _HERE) / f"{name}.csv").read_text("utf-8")
    lines = list(csv.reader(text.splitlines()))
    header = lines[0]
    for number, line in enumerate(lines, 1):
        if len(line) != len(header):
            raise InputError(
                f"{len(line)} cells where the header has {len(header)}",
                file=f"{folder.name if folder else 'terms'}/{name}.csv",
                place=f"line {number}",
                todo="Quote cells that hold a comma.",
            )
    return tuple(dict(zip(header, line, strict=True)) for line in lines[1:])


def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case: ``Ado-Trastuzumab`` -> ado, trastuzumab; ``2+`` stays one word."""
    return tuple(_WORD.findall(text.lower()))


def runs(said: tuple[str, ...], longest: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Every run of up to ``longest`` words with its start and end, longest first, then from the left."""
    for size in range(min(longest, len(said)), 0, -1):
        for start in range(len(said) - size + 1):
            yield start, start + size, said[start : start + size]
