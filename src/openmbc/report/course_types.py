"""What the report says of the course: measured lesions, tumour markers, laboratory values by CTCAE grade."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec


class Measurement(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """What the lesions of one date say by RECIST 1.1 or iRECIST, against the baseline of a line of therapy.

    ``overall`` is null at the baseline. Changes are in percent; ``nadir_mm`` is the smallest sum of the dates before.
    """

    date: dt.date
    line: int
    criteria: Literal["recist", "irecist"]
    target: str | None
    non_target: str | None
    new: bool | None
    overall: str | None
    sum_mm: float | None
    nadir_mm: float | None
    change_from_baseline: float | None
    change_from_nadir: float | None
    text: str
    from_: list[str]


class MarkerTrend(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A tumour marker since the present treatment began. An adjunct: never alone a reason to change treatment."""

    marker: str
    date: dt.date
    value: float
    upper_limit: float | None
    lowest: float | None
    lowest_on: dt.date | None
    change: float | None
    trend: Literal["rising", "may_rise", "falling", "stable", "early", "other_range", "single"]
    text: str
    from_: list[str]
    unconfirmed: str = (
        "A rise of 25 % and the first 6 weeks are usual bounds (published rises: 20 to 30 %); no guideline with them "
        "was opened."
    )


class LabGrade(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A recent laboratory value by CTCAE, with the rule that it met.

    ``grade`` is null where it cannot be graded (``reason`` says why) and never 0 for that. ``baseline`` is the last
    value before the present treatment began.
    """

    term: str
    grade: int | None
    test: str
    value: float
    unit: str
    date: dt.date
    baseline: float | None
    ctcae: Literal["5", "6"]
    criterion: str | None
    reason: str | None
    from_: list[str]
