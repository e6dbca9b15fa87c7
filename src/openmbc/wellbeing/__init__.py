"""What people say of how they are, over time. Usable on its own, over columns, for any number of people::

    from openmbc.wellbeing import follow
    found = follow(answers)               # a Polars frame: person, date, item, answer
    found.rows, found.problems

Questionnaires are scored by `openmbc.wellbeing.scoring`, which every report would load for nothing if it stood here::

    from openmbc.wellbeing.scoring import score
    result = score(answers, "qlq-c30")    # the same columns, with items of that instrument
    result.scores, result.problems

`docs/diary.md` and `docs/instruments.md` say what each column means and what the rules are.
"""

from __future__ import annotations

from openmbc.wellbeing.diary import ANSWERS, FOLLOWED, GRADED, Followed, follow, followed

__all__ = ["ANSWERS", "FOLLOWED", "GRADED", "Followed", "follow", "followed"]
