"""Invented diaries: how often the team would be told, and whether anything that was planted is missed.

Where the parameters come from:

- 11 graded questions a week: PRO-TECT had 24,739 answers in 2,249 weeks, STAR 84,212 in 8,498.
- How bad and how clustered (`LIKE`): set so that the rule of the trials (severe, or worse by 2 than the week before)
  holds as often as there: STAR in 13 of 100 weeks and 2 of 100 answers, PRO-TECT in 37 and 6, with fatigue, pain and
  daily life foremost (abstract "Methods for alerting clinicians to concerning symptom questionnaire responses").
- Steadiness: answers of one person keep to their own level (PRO-CTCAE of two days in a row: median intraclass
  correlation 0.76 and 0.84; Lee and others, Qual Life Res 2023, abstract). Between weeks it is lower here, about 0.7.
- 9 of 100 weekly surveys are missed (PRO-TECT, PMID 38771558, abstract).
- Guesses without a source: cycles of 3 weeks in 6 of 10 people, slow worsening of one symptom in 15 of 100, a gap of
  5 to 8 weeks in 10 of 100, days of delay, and signs: newly yes at 1 of 1,000 questions, yes again a week later in
  half of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.catalogue import SIGNS
from openmbc.wellbeing import follow

WEEKS = 26
START = dt.date(2026, 1, 5)
# The mean of each question before the burden of the person, and how far the week after an infusion lifts it.
GRADED = {
    "pain": (0.75, 0.0), "daily_life": (0.65, 0.4), "fatigue": (0.45, 0.6), "diarrhoea": (0.0, 0.6),
    "nausea": (-0.1, 0.8), "appetite": (0.1, 0.5), "constipation": (0.1, 0.3), "breathlessness": (0.1, 0.0),
    "numbness": (0.1, 0.1), "sleep": (0.3, 0.2), "low_mood": (0.1, 0.0),
}  # fmt: skip
ASKED_SIGNS = (
    "bleeding", "chest_pain", "confusion", "fever", "jaundice", "new_back_pain", "no_fluids", "self_harm",
    "sudden_breathlessness", "swollen_leg", "weak_legs", "worst_headache",
)  # fmt: skip
_OF_WEEK = 0.45  # spread of one symptom from week to week


class Burden(NamedTuple):
    """What is added to each mean, and the spread of people, and of symptoms in them."""

    mean: float
    of_person: float
    of_symptom: float


LIKE = {"STAR": Burden(-0.57, 0.55, 0.75), "PRO-TECT": Burden(0.1, 0.8, 0.8)}
PLANTED = ("new sign", "jump to 3 or 4", "4 in a known 3", "after a gap", "4, eased to 2, 4 again", "sign again")
Grades = npt.NDArray[np.int8]


class Diaries(NamedTuple):
    """Answers as `wellbeing.follow` takes them, in no order; what was planted: person, date, item, what."""

    answers: pl.DataFrame
    planted: pl.DataFrame


class _Made(NamedTuple):
    grades: Grades  # by person, question, week; graded questions first, then signs
    kept: npt.NDArray[np.bool_]  # by person, week: was the check-in made?
    days: npt.NDArray[np.int64]  # by person, week


def diaries(people: int, like: str, seed: int = 1) -> Diaries:
    """Weekly check-ins of ``people`` over half a year; every fourth has one planted emergency."""
    rng = np.random.default_rng(seed)
    made = _Made(
        np.concatenate([_grades(people, LIKE[like], rng), _signs(people, rng)], axis=1),
        _kept(people, rng),
        np.arange(WEEKS) * 7 + rng.choice(3, (people, WEEKS), p=(0.7, 0.2, 0.1)),
    )
    planted = [_plant(made, person, rng) for person in range(0, people, 4)]
    return Diaries(_answers(made, seed), _table(planted, made.days))


def _grades(people: int, like: Burden, rng: np.random.Generator) -> Grades:
    mean, lift = (np.array(part)[None, :, None] for part in zip(*GRADED.values(), strict=True))
    shape = (people, len(GRADED))
    burden = like.mean + rng.normal(0, like.of_person, (people, 1, 1)) + rng.normal(0, like.of_symptom, (*shape, 1))
    weeks = np.arange(WEEKS)
    on_cycles = rng.random((people, 1, 1)) < 0.6
    phase = rng.integers(0, 3, (people, 1, 1))
    reaction = lift * rng.exponential(1.0, (*shape, 1)) * on_cycles
    cycle = reaction * np.choose((weeks + phase) % 3, [1.0, 0.4, 0.0])
    grows = np.zeros((*shape, 1))
    some = rng.random(people) < 0.15
    grows[some, rng.integers(0, len(GRADED), some.sum())] = rng.uniform(0.04, 0.12, (some.sum(), 1))
    noise = rng.normal(0, _OF_WEEK, (*shape, WEEKS))
    found = np.floor(mean + burden + cycle + grows * weeks + noise + 0.5)
    return np.clip(found, 0, 4).astype(np.int8)


def _signs(people: int, rng: np.random.Generator) -> Grades:
    shape = (people, len(ASKED_SIGNS), WEEKS)
    yes = rng.random(shape) < 0.001
    for week in range(1, WEEKS):
        yes[:, :, week] |= yes[:, :, week - 1] & (rng.random(shape[:2]) < 0.5)
    return yes.astype(np.int8)


def _kept(people: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    kept = rng.random((people, WEEKS)) >= 0.09
    away = np.flatnonzero(rng.random(people) < 0.1)
    first, long = rng.integers(4, WEEKS - 8, len(away)), rng.integers(5, 9, len(away))
    weeks = np.arange(WEEKS)
    kept[away] &= ~((weeks >= first[:, None]) & (weeks < (first + long)[:, None]))
    return kept


def _plant(made: _Made, person: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """One emergency and the weeks before it that make it one: person, question, week, what."""
    kind, week = int(rng.integers(len(PLANTED))), int(rng.integers(8, WEEKS))
    graded = int(rng.integers(len(GRADED)))
    sign = len(GRADED) + int(rng.integers(len(ASKED_SIGNS)))
    severe, asked = int(rng.integers(3, 5)), made.kept[person]
    before = {  # what was answered in the weeks before, the last first; None: not asked
        0: (sign, [0], 1),
        1: (graded, [int(rng.integers(2))], severe),
        2: (graded, [3, 3, 3, 3, 3], 4),
        3: (graded, [None, None, None, None, None, 3, 3], 3) if severe == 3 else (sign, [None] * 5 + [1], 1),
        4: (graded, [2, 4], 4),
        5: (sign, [0, 1], 1),
    }  # fmt: skip
    question, history, now = before[kind]
    for ago, answer in enumerate([now, *history]):
        asked[week - ago] = answer is not None
        if answer is not None:
            made.grades[person, question, week - ago] = answer
    return person, question, week, kind


_ITEMS = (*GRADED, *ASKED_SIGNS)


def _answers(made: _Made, seed: int) -> pl.DataFrame:
    person, week = np.nonzero(made.kept)
    questions = len(_ITEMS)
    table = pl.DataFrame(
        {
            "person": np.repeat(person, questions),
            "day": np.repeat(made.days[person, week], questions),
            "question": np.tile(np.arange(questions, dtype=np.uint32), len(person)),
            "answer": made.grades[person, :, week].ravel().astype(np.float64),
        }
    )
    return table.select(_named()).sample(fraction=1.0, shuffle=True, seed=seed)


def _named() -> list[pl.Expr]:
    items = pl.Series("items", _ITEMS)
    return [
        pl.format("person-{}", "person").alias("person"),
        (pl.lit(START) + pl.duration(days=pl.col("day"))).cast(pl.Date).alias("date"),
        pl.lit(items).gather(pl.col("question")).alias("item"),
        pl.col("answer"),
    ]


def _table(planted: list[tuple[int, int, int, int]], days: npt.NDArray[np.int64]) -> pl.DataFrame:
    rows = [(who, int(days[who, week]), question, PLANTED[what]) for who, question, week, what in planted]
    schema = {"person": pl.Int64, "day": pl.Int64, "question": pl.UInt32, "what": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit(0.0).alias("answer"))
    return table.select(*_named()[:3], "what")


class Load(NamedTuple):
    """Shares of check-ins at which the team is told, by rule; and what was planted and not told, by kind."""

    checkins: int
    told: float
    unsuppressed: float
    as_in_trials: float
    answers_as_in_trials: float
    planted: int
    missed: dict[str, int]


def load(made: Diaries) -> Load:
    """How often the team is told, by our rule, by it were nothing known, and by the rule of the trials."""
    rows = follow(made.answers).rows
    graded = ~pl.col("item").is_in(list(SIGNS))
    alone = graded & ((pl.col("answer") >= 3) | (pl.col("change") >= 2).fill_null(False))
    rows = rows.with_columns(alone.alias("alone"), (pl.col("tell") | (pl.col("kind") == "known")).alias("due"))
    checkins = rows.group_by("person", "date").agg(pl.col("tell", "due", "alone").any())
    shares = checkins.select(pl.col("tell", "due", "alone").mean()).row(0)
    answers = rows.filter(graded)["alone"].mean()
    found = made.planted.join(rows.select("person", "date", "item", "tell"), on=["person", "date", "item"], how="left")
    missed = found.filter(~pl.col("tell").fill_null(False)).group_by("what").len().sort("what")
    return Load(len(checkins), *shares, float(str(answers)), len(found), dict(missed.iter_rows()))


def floor(made: Diaries) -> Callable[[], object]:
    """The least that any way of doing it must do: bring the rows of each person into order."""
    return lambda: made.answers.sort("person", "item", "date")
