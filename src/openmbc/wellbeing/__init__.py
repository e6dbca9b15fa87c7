"""What people say of how they are, over time. Usable on its own, over columns, for any number of people::

from openmbc.wellbeing import follow
found = follow(answers)          # a Polars frame: person, date, item, answer
found.rows, found.problems
"""

from __future__ import annotations

from openmbc.wellbeing.diary import ANSWERS, FOLLOWED, GRADED, Followed, follow, followed

__all__ = ["ANSWERS", "FOLLOWED", "GRADED", "Followed", "follow", "followed"]
