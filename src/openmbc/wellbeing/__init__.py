"""What people say of how they are: check-ins over time, and answers to questionnaires, scored.

Usable on its own, over columns, for any number of people::

    from openmbc.wellbeing import follow, score
    found = follow(answers)               # a Polars frame: person, date, item, answer
    found.rows, found.problems
    result = score(answers, "qlq-c30")    # the same columns, items of that instrument
    result.scores, result.problems

`docs/diary.md` and `docs/instruments.md` say what each column means and what the rules are.
"""

from __future__ import annotations

from openmbc.wellbeing.diary import ANSWERS, FOLLOWED, GRADED, Followed, follow, followed
from openmbc.wellbeing.instruments import KEYS, Instrument, Scale, instrument
from openmbc.wellbeing.scoring import COLUMNS, Scored, score

__all__ = [
    "ANSWERS",
    "COLUMNS",
    "FOLLOWED",
    "GRADED",
    "KEYS",
    "Followed",
    "Instrument",
    "Scale",
    "Scored",
    "follow",
    "followed",
    "instrument",
    "score",
]
