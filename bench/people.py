"""Invented people for measurements: the demo bundles, perturbed; and states drawn and repeated."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import polars as pl

from openmbc.records.demo import DEMO

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "properties"))
from states import states

# A measured number; normal ranges stay as they are: they are the laboratory's, not the person's.
_NUMBER = re.compile(r'("referenceRange": ?\[[^\]]*\])|("value": ?)(\d+\.\d+|[2-9]\d|\d{3,})\b')


def bundles(count: int, seed: int = 1) -> list[bytes]:
    """``count`` bundles of different people: other ids, other numbers, the same shape as the demo people."""
    rng = random.Random(seed)
    originals = [path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("*.json"))]
    found = []
    for i in range(count):
        text = originals[i % len(originals)]
        text = _NUMBER.sub(lambda m: m[1] or m[2] + _near(m[3], rng), text)
        found.append(re.sub(r'"(id|reference)": ?"([^"]+)"', rf'"\1": "\g<2>-{i}"', text).encode())
    return found


def _near(number: str, rng: random.Random) -> str:
    """Another number of the same kind; whole ones from 20 on stay whole and get smaller, as some are percentages."""
    if "." in number:
        return f"{float(number) * rng.uniform(0.9, 1.1):.2f}"
    return str(round(int(number) * rng.uniform(0.85, 1.0)))


def folder(count: int, where: Path) -> Path:
    """The same, one file each."""
    where.mkdir(parents=True)
    for i, content in enumerate(bundles(count)):
        (where / f"{i:06d}.json").write_bytes(content)
    return where


def many_states(count: int) -> pl.DataFrame:
    """``count`` strict states: two thousand drawn ones, repeated in random order."""
    drawn = states(random.Random(7), 2000, known=0.5)
    return drawn.sample(count, with_replacement=True, seed=7)
