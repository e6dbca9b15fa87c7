"""Random states of people, drawn from the catalogue; invented, medically arbitrary."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl

from openmbc.catalogue import DRUGS, FEATURES, SIDE_EFFECTS, Feature, key
from openmbc.state.build import dtype
from openmbc.state.side_effects import EVENT

AS_OF = dt.date(2026, 11, 15)


def value(feature: Feature, rng: random.Random) -> object:
    """A value of a feature; numbers lie where conditions usually draw their bounds."""
    match feature.kind:
        case "bool":
            return rng.random() < 0.5
        case "category":
            return rng.choice(feature.all_values)
        case "integer":
            return rng.randint(0, 4)
        case "number":
            return rng.choice([0.5, 1, 1.4, 2, 5, 10, 29, 35, 45, 50, 60, 75, 100, 300, 449, 450, 481, 501]) * 1.0
        case _:
            return None


def states(rng: random.Random, people: int, known: float, metastatic: float = 0.7) -> pl.DataFrame:
    """``people`` strict states; each feature is known with probability ``known``."""
    columns: list[pl.Series] = [
        pl.Series("person", [f"p{i}" for i in range(people)], pl.String),
        pl.Series("as_of", [AS_OF] * people, pl.Date),
    ]
    for feature in FEATURES:
        drawn = [value(feature, rng) if rng.random() < known else None for _ in range(people)]
        if feature.name == "disease":
            drawn = ["metastatic" if rng.random() < metastatic else d for d in drawn]
        if feature.family in ("running", "progressed_on", "stopped_for_toxicity", "taking", "illness"):
            # A person in whom half of all drugs run tells little: keep these rare.
            drawn = [None if d is True and rng.random() < 0.95 else d for d in drawn]
        columns.append(pl.Series(feature.name, drawn, dtype(feature)))
    columns.append(pl.Series("side_effects", [_events(rng) if rng.random() < known else None for _ in range(people)],
                             pl.List(EVENT)))  # fmt: skip
    return pl.DataFrame(columns).with_columns(_current_treatment())


def _events(rng: random.Random) -> list[dict[str, object]]:
    """Side effects of one person, each with up to two drugs that may cause it."""
    found: list[dict[str, object]] = []
    for effect in rng.sample(sorted(SIDE_EFFECTS), 2):
        shared = {"effect": effect, "grade": rng.choice([None, 1, 2, 3, 4]), "date": AS_OF}
        for drug in rng.sample(DRUGS, 2):
            again = rng.choice([None, 2, 3])
            found.append(shared | {"drug": drug, "running": rng.random() < 0.7, "blamed": False, "again": again})
    return found


def _current_treatment() -> pl.Expr:
    """The text agrees with the drugs that run."""
    named = [pl.when(pl.col(f"running_{key(d)}")).then(pl.lit(d)) for d in DRUGS]
    text = pl.concat_str(named, separator=" + ", ignore_nulls=True)
    return pl.when(text != "").then(text).alias("current_treatment")
