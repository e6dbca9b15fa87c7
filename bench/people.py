"""Invented people for measurements: the demo bundles, perturbed; states drawn and repeated; laboratory results."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import numpy as np
import polars as pl

from openmbc.records.demo import DEMO

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "properties"))
from states import states

# A measured number; normal ranges stay as they are: they are the laboratory's, not the person's.
_NUMBER = re.compile(r'("referenceRange": ?\[[^\]]*\])|("value": ?)(\d+\.\d+|[2-9]\d|\d{3,})\b')


def bundles(count: int, largest: int | None = None, seed: int = 1) -> list[bytes]:
    """``count`` bundles of different people: other ids, other numbers, the same shape as the demo people.

    ``largest``: only like those whose record has at most so many bytes.
    """
    rng = random.Random(seed)
    originals = [path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("*.json"))]
    originals = [text for text in originals if largest is None or len(text) <= largest]
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


def folder(count: int, where: Path, largest: int | None = None) -> Path:
    """The same, one file each."""
    where.mkdir(parents=True)
    for i, content in enumerate(bundles(count, largest)):
        (where / f"{i:06d}.json").write_bytes(content)
    return where


def many_states(count: int) -> pl.DataFrame:
    """``count`` strict states: two thousand drawn ones, repeated in random order."""
    drawn = states(random.Random(7), 2000, known=0.5)
    return drawn.sample(count, with_replacement=True, seed=7)


_LABS = pl.DataFrame(
    [
        ("neutrophils", "10*9/L", 1.8, 7.5),
        ("platelets", "10*9/L", 150.0, 400.0),
        ("lymphocytes", "/uL", 1000.0, 4000.0),
        ("haemoglobin", "g/dL", 12.0, 16.0),
        ("ALT", "U/L", 10.0, 40.0),
        ("AST", "U/L", 10.0, 40.0),
        ("alp", "U/L", 30.0, 120.0),
        ("bilirubin", "mg/dL", 0.2, 1.2),
        ("creatinine", "umol/L", 45.0, 90.0),
        ("potassium", "mmol/L", 3.5, 5.0),
        ("sodium", "mmol/L", 135.0, 145.0),
        ("magnesium", "mg/dL", 1.7, 2.4),
        ("albumin", "g/L", 35.0, 50.0),
        ("fasting glucose", "mg/dL", 70.0, 100.0),
        ("corrected calcium", "mmol/L", 2.1, 2.6),
    ],
    ["test", "unit", "lower", "upper"],
    orient="row",
)


def lab_results(count: int) -> pl.DataFrame:
    """``count`` results of fifteen tests, as `openmbc.ctcae.grade` takes them; one in five without a baseline."""
    rng = np.random.default_rng(7)
    labs = _LABS[rng.integers(0, _LABS.height, count)]
    spread, known = pl.Series(rng.lognormal(-0.3, 0.6, count)), pl.Series(rng.random(count) < 0.8)
    return labs.select(
        pl.int_range(count).floordiv(50).cast(pl.String).alias("person"),
        "test",
        (pl.col("upper") * spread).round(2).alias("value"),
        "unit",
        "lower",
        "upper",
        pl.when(known).then(pl.col("upper") * 0.7).alias("baseline"),
    )
