"""What labels ask around drugs, typed: tests, doses, and what to do when a side effect comes."""

from __future__ import annotations

from typing import Literal

import msgspec

from openmbc.report.basics import Source


class Monitor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A test that a running or recommended drug asks for."""

    drug: str
    test: str
    when: str
    why: str
    phase: Literal["before", "during"]
    source: Source
    unconfirmed: str | None = None


class DoseRule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the label says to do when a side effect of a drug reaches a CTCAE grade ("2", "3-4", "3 again").

    ``grade`` says when in words; ``grades`` are the lowest and the highest, null where the label does not go by grade.
    ``only_if`` is what else must be so. ``effects`` are the keys of ``effect``.
    """

    effect: str
    grade: str
    do: Literal["go_on", "hold", "reduce", "stop"]
    text: str
    source: Source
    unconfirmed: str | None = None
    effects: list[str] = []
    grades: tuple[int, int] | None = None
    again: bool = False
    only_if: str | None = None


class Dosing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a running or recommended drug is dosed: the usual dose, and ``steps`` from it to the lowest.

    ``steps`` and ``rules`` are empty, and ``source`` null, where this knowledge does not hold them.
    """

    drug: str
    phase: Literal["before", "during"]
    dose: str
    steps: list[str]
    source: Source | None
    rules: list[DoseRule]
