"""When a test is due, as the knowledge says it."""

from __future__ import annotations

from typing import Literal

import msgspec


class Timing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """When a test is due, in one of five ways; days are counted from the start of the drug, which is day 0.

    - ``at``: on these days.
    - ``every``: every so many days, the first time on day ``from`` (when nothing is said, after one interval), the
      last on day ``until``. ``at_most`` is the longest interval that the source allows, where it names two ("every 2
      to 4 months"): due after the shorter, overdue after the longer.
    - ``each_dose``: on the days on which the drug is given (`Given`).
    - ``before``: before the start; ``within`` says how many days before at most.
    - ``on``: never by the calendar: with ``symptoms``, at each ``visit``, or in the situation that the text names
      (``need``).
    """

    at: list[int] | None = None
    every: int | None = None
    at_most: int | None = None
    from_: int | None = None
    until: int | None = None
    each_dose: Literal[True] | None = None
    before: Literal["start"] | None = None
    within: int | None = None
    on: Literal["symptoms", "visit", "need"] | None = None
