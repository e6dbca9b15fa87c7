"""What helps to live with the disease, typed: alerts, symptoms, support, practices, supplements.

Texts in ``name``, ``plain``, ``more``, ``text`` and ``how`` are for the person; ``clinician`` is for the team.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from openmbc.knowledge.living import Strength, Topic
from openmbc.report.basics import NOTICE_FOR_PERSON, Problem, Source
from openmbc.report.drug_types import DoseRule
from openmbc.report.phrase import Phrase

Do = Literal["emergency", "call_now", "call_today", "tell_team"]


class Alert(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """Something for which to call. ``text`` is fixed and says what to do; ``because`` is what the person answered."""

    id: str
    name: Phrase
    do: Do
    text: Phrase
    more: str | None
    clinician: str | None
    because: list[str]
    from_: list[str]
    source: list[Source]
    unconfirmed: str | None = None


class Gate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a thing is not for this person, or only after asking the team (``ask``). ``met`` null: not known."""

    text: str
    do: Literal["not", "ask"]
    met: bool | None
    seen: str
    source: list[Source]
    unconfirmed: str | None = None


class Tip(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing to know or to do. ``applies``: true, or null where it is not known whether it is for this person."""

    text: str
    more: str | None
    strength: Strength | None
    applies: bool | None
    seen: str
    gates: list[Gate]
    source: list[Source]
    unconfirmed: str | None = None


class TeamTip(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the team can do: ``text`` for the person, ``clinician`` for the team. Doses are left to the team."""

    kind: Literal["medicine", "procedure", "radiation", "referral", "test", "change_of_treatment"]
    text: str
    clinician: str
    strength: Strength | None
    applies: bool | None
    gates: list[Gate]
    source: list[Source]
    unconfirmed: str | None = None


class Use(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """For what a practice is used: how strong, who says so, in whom."""

    symptom: str
    strength: Strength
    by: str
    setting: str
    text: str
    source: list[Source]
    unconfirmed: str | None = None


class Practice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Complementary care: for what, how to begin, and when not (``gates`` that hold or are not known)."""

    id: str
    name: str
    plain: str
    more: str | None
    how: str
    uses: list[Use]
    gates: list[Gate]


class LabelRule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the label of a drug that runs says of a symptom."""

    drug: str
    rule: DoseRule


class SymptomHelp(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """What to know and do about a symptom. ``grade``: as the person told, 0 to 4, null where not told.

    ``causes`` first those that fit this person. ``rules``: what labels of the drugs that run say, at every grade.
    """

    id: str
    symptom: str | None
    name: str
    grade: int | None
    plain: str
    more: str | None
    causes: list[Tip]
    tell: list[Tip]
    self_care: list[Tip]
    team: list[TeamTip]
    avoid: list[Tip]
    call: list[Tip]
    palliative: Tip | None
    practices: list[Practice]
    rules: list[LabelRule]
    from_: list[str]
    source: list[Source]


class SupportOffer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Support beside treatment. ``seen``: why it is offered, empty where it is offered to everybody."""

    id: str
    topic: Topic
    name: str
    plain: str
    more: str | None
    seen: str
    levels: list[Tip]
    steps: list[Tip]
    is_not: list[Tip]
    clinician: str | None
    source: list[Source]
    unconfirmed: str | None = None


class Help(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An organisation: with what it helps, its address, and the day on which that was seen."""

    id: str
    name: str
    country: str
    languages: list[str]
    url: str
    phone: str | None
    helps: list[str]
    text: str
    checked: dt.date
    source: list[Source]
    unconfirmed: str | None = None


class Clash(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a supplement does not go with this person's medicines or state. ``with_``: the drugs that it concerns."""

    do: Literal["avoid", "ask"]
    with_: list[str] = msgspec.field(name="with")
    met: bool | None
    text: str
    clinician: str
    source: list[Source]
    unconfirmed: str | None = None


class SupplementCheck(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A herb, food or supplement against the person's medicines. ``answer``: avoid, ask, nothing_found or not_known.

    ``nothing_found`` says that this knowledge holds no concern, never that it is safe. ``not_known``: the name is not
    in this knowledge.
    """

    asked: str
    id: str | None
    name: str
    answer: Literal["avoid", "ask", "nothing_found", "not_known"]
    plain: str | None
    clashes: list[Clash]
    uses: list[Use]
    source: list[Source]


class Guide(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What helps one person at one date, for the person to read.

    ``not_metastatic``: the record says that the cancer has not spread. ``supplements``: those that are taken or were
    asked for; ``avoid``: those to avoid now.
    """

    person: str
    as_of: dt.date
    not_metastatic: bool
    alerts: list[Alert]
    symptoms: list[SymptomHelp]
    other_symptoms: list[SymptomHelp]
    support: list[SupportOffer]
    practices: list[Practice]
    supplements: list[SupplementCheck]
    avoid: list[SupplementCheck]
    organisations: list[Help]
    problems: list[Problem]
    notice: str = NOTICE_FOR_PERSON
