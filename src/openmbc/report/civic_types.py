"""A second opinion in the report: what CIViC says of the findings of this person, and where it differs."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec


class CivicStatement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One evidence item of CIViC that fits a finding.

    ``does``: what it says the drugs do because of the finding, null where it is not about drugs. ``stands``: how that
    lies beside this knowledge: it agrees, differs, or this knowledge says nothing of it (not_here). ``ours`` says what
    this knowledge has instead. ``level``: A validated, B clinical, C case study, D preclinical, E inferential.
    """

    id: int
    profile: str
    disease: str
    level: str
    kind: str
    therapies: list[str]
    does: Literal["better", "worse", "not_better", "not_worse"] | None
    stands: Literal["agrees", "differs", "not_here"]
    ours: str | None
    direction: str
    significance: str
    statement: str
    citation: str
    flagged: bool
    url: str


class SecondOpinion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """CIViC (content CC0) beside this knowledge; it changes no answer.

    ``fetched``: when its evidence was loaded from ``origin``; ``newest``: its last review. ``other_disease``: how many
    items fit a finding and are of another kind of breast cancer; they are left out. ``silent``: what this knowledge
    says on the strength of labels or guidelines and CIViC has no item of.
    """

    origin: str
    fetched: dt.date
    newest: dt.date
    statements: list[CivicStatement]
    other_disease: int
    silent: list[str]
