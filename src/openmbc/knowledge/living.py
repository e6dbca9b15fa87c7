"""The shape of what helps to live with the disease: check-in, red flags, symptoms, support, complementary care.

Fields that a person reads are named in `PERSON_READS`: short sentences in everyday words, at reading grade 8 or lower,
without percentages. They are what is translated. ``more`` is a second layer with detail. Everything else is for the
clinician. What a symptom asks of a drug that runs is not written here: it stands with the drug (`changes`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from openmbc.knowledge.model import Cited, Condition, Id, Statement

# The folders of these kinds.
LIVING = ("checkin", "red_flags", "symptoms", "support", "organisations", "complementary", "supplements")
# Fields of the entries below, and of their parts, that a person reads.
PERSON_READS = ("name", "plain", "more", "text", "help", "answers", "choices", "how")

Because = Annotated[list[Cited], Meta(min_length=1)]
# recommended: a guideline says so; may_help: weaker evidence or opinion of experts; not_shown: looked for and not
# found; harmful: does harm.
Strength = Literal["recommended", "may_help", "not_shown", "harmful"]


class Unless(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a thing must not be done, or only after asking the team (``ask``), and why, in words for the person."""

    when: Condition
    text: str
    do: Literal["not", "ask"] = "not"
    because: Because
    unconfirmed: str | None = None


class Advice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to know or to do, in words for the person. ``when``: for whom, if not for everybody."""

    text: str
    more: str | None = None
    strength: Strength | None = None
    when: Condition | None = None
    unless: list[Unless] = []
    because: Because
    unconfirmed: str | None = None


class TeamStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the team can do: ``clinician`` is technical, ``text`` says it to the person. Doses are left to the team."""

    kind: Literal["medicine", "procedure", "radiation", "referral", "test", "change_of_treatment"]
    text: str
    clinician: str
    strength: Strength | None = None
    when: Condition | None = None
    unless: list[Unless] = []
    because: Because
    unconfirmed: str | None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question that follows on another one once its grade is ``at_least``; several choices may be ticked.

    ``item``: the item of the question, a point, and a name: ``pain.place``. ``choices``: what is stored, and the words
    for the person.
    """

    item: Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+$")]
    text: str
    at_least: int = 1
    choices: dict[str, str]


class Question(Statement, frozen=True, kw_only=True):
    """One question of the check-in.

    ``item`` is what is stored: a key of `catalogue.SYMPTOMS` (``kind`` grade, five ``answers`` from 0 to 4), of
    `catalogue.SIGNS` (yes_no), or ``daily_life``, ``distress``, ``weight``, ``temperature`` (number, with ``unit``,
    ``low`` and ``high``). ``ask``: ``always``; ``when``: always for those of whom the condition holds, else offered;
    ``offered``: in the list "anything else?", from which it is asked when ticked. ``every``: days between askings,
    where not each time.
    ``ctcae`` names the term that the anchors follow. ``same_as``: item codes of licensed instruments that ask the same.
    """

    item: Id
    kind: Literal["grade", "yes_no", "number"]
    order: int
    ask: Literal["always", "when", "offered"]
    when: Condition | None = None
    every: int | None = None
    name: str
    text: str
    help: str | None = None
    answers: list[str] = msgspec.field(default_factory=list)
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    follow: list[Choice] = msgspec.field(default_factory=list)
    ctcae: str | None = None
    same_as: dict[str, list[str]] = msgspec.field(default_factory=dict)
    because: Because


class RedFlag(Statement, frozen=True, kw_only=True):
    """Something for which to call: a fixed text, never a score.

    ``sign``: what the person answered; raised only where it is true. ``for``: in whom; raised unless that is false, so
    that a record that does not say what is taken never silences an alarm. ``do``: ``emergency`` (the emergency number),
    ``call_now`` (the team's line, day or night), ``call_today``. ``holds``: the next dose waits until somebody has
    looked at it, as the text tells the person. ``clinician``: what to think of and to do first.
    """

    name: str
    sign: Condition
    for_: Condition | None = msgspec.field(name="for", default=None)
    do: Literal["emergency", "call_now", "call_today"]
    holds: bool = False
    order: int
    text: str
    more: str | None = None
    clinician: str
    because: Because


class Symptom(Statement, frozen=True, kw_only=True):
    """What to know and do about a symptom, for the person and for the team.

    ``symptom`` is a key of `catalogue.SYMPTOMS`, or null for what the check-in does not grade (bone health, anaemia,
    lymphoedema, nutrition): then ``for`` says in whom it is shown. ``causes`` with ``when`` are shown first where they
    hold. ``tell``: what to tell the team, and what the team asks. ``avoid``: what does not help or does harm.
    ``call``: when to call. ``palliative``: when palliative care helps with it.
    """

    name: str
    symptom: str | None = None
    for_: Condition | None = msgspec.field(name="for", default=None)
    plain: str
    more: str | None = None
    causes: list[Advice]
    tell: list[Advice]
    self_care: list[Advice]
    team: list[TeamStep]
    avoid: list[Advice] = msgspec.field(default_factory=list)
    call: list[Advice] = msgspec.field(default_factory=list)
    palliative: Advice | None = None
    because: Because


Topic = Literal[
    "palliative_care",
    "distress",
    "low_mood",
    "worry",
    "peers",
    "caregivers",
    "children",
    "meaning",
    "prognosis",
    "planning",
    "work",
    "money",
    "intimacy",
    "decisions",
    "results",
]


class Support(Statement, frozen=True, kw_only=True):
    """Support beside treatment.

    ``offer``: ``always``; ``when`` the condition ``for`` holds; ``asked``: only when the person asks (a wish, `for`),
    as with prognosis. ``is_not``: what it is not, said without stigma. ``levels``: next steps by need, each with its
    condition. ``clinician``: for the team.
    """

    name: str
    topic: Topic
    offer: Literal["always", "when", "asked"]
    for_: Condition | None = msgspec.field(name="for", default=None)
    plain: str
    more: str | None = None
    steps: list[Advice] = msgspec.field(default_factory=list)
    levels: list[Advice] = msgspec.field(default_factory=list)
    is_not: list[Advice] = msgspec.field(default_factory=list)
    clinician: str | None = None
    because: Because


class Organisation(Statement, frozen=True, kw_only=True):
    """People who help. ``country``: ISO 3166-1 alpha-2 in lower case, or ``global``; ``languages``: ISO 639-1.

    ``helps``: with what. ``url`` and ``phone`` as read in the source on the day of ``checked``.
    """

    name: str
    country: Annotated[str, Meta(pattern=r"^([a-z]{2}|global)$")]
    continent: Literal["africa", "asia", "europe", "north_america", "south_america", "oceania", "global"]
    languages: Annotated[list[Annotated[str, Meta(pattern=r"^[a-z]{2}$")]], Meta(min_length=1)]
    url: Annotated[str, Meta(pattern=r"^https?://")]
    phone: str | None = None
    helps: Annotated[
        list[
            Literal[
                "metastatic",
                "breast_cancer",
                "cancer",
                "peers",
                "caregivers",
                "children",
                "young",
                "men",
                "crisis",
                "palliative_care",
                "trials",
                "money",
                "helpline",
            ]
        ],
        Meta(min_length=1),
    ]
    text: str
    because: Because


class Use(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For what a thing is used, how strongly, by whom it is said (``by``: SIO-ASCO 2022), and in whom (``setting``)."""

    symptom: str
    strength: Strength
    by: str
    setting: str
    text: str
    because: Because
    unconfirmed: str | None = None


class Complementary(Statement, frozen=True, kw_only=True):
    """A practice beside treatment (acupuncture, yoga, exercise): for what, how strong, when not, how to begin."""

    name: str
    plain: str
    more: str | None = None
    how: str
    for_: Annotated[list[Use], Meta(min_length=1)] = msgspec.field(name="for")
    unless: list[Unless] = msgspec.field(default_factory=list)
    because: Because


class Concern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a supplement and a medicine, or a state, do not go together. Names ``drugs``, ``classes`` or ``when``.

    ``drugs``: ingredients; ``classes``: treatment classes of the catalogue; it concerns the person while one runs.
    ``do``: ``avoid``, or ``ask`` the team or pharmacist first.
    """

    drugs: list[str] = msgspec.field(default_factory=list)
    classes: list[str] = msgspec.field(default_factory=list)
    when: Condition | None = None
    do: Literal["avoid", "ask"]
    text: str
    clinician: str
    because: Because
    unconfirmed: str | None = None


class Supplement(Statement, frozen=True, kw_only=True):
    """A herb, food, vitamin or other supplement: what it does with the person's medicines, and what it is used for.

    ``also``: other names, Latin names, brands of the generic kind, and names in Spanish.
    """

    name: str
    also: list[str] = msgspec.field(default_factory=list)
    kind: Literal["herb", "food", "vitamin", "mineral", "supplement", "cannabis"]
    plain: str
    more: str | None = None
    concerns: list[Concern] = msgspec.field(default_factory=list)
    for_: list[Use] = msgspec.field(name="for", default_factory=list)
    because: Because
