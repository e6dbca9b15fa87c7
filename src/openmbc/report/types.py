"""Everything for one person at one date, typed: what every view is drawn from.

The JSON form of `Report` is a public contract (`present/report.schema.json`): extend it, never
rename. The parts hold no cycles, so the garbage collector need not follow them (``gc=False``).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from openmbc.report.basics import NOTICE, Problem, Source
from openmbc.report.calendar_types import CalendarLine
from openmbc.report.civic_types import SecondOpinion
from openmbc.report.course_types import LabGrade, MarkerTrend, Measurement
from openmbc.report.drug_types import DoseRule, Dosing, Monitor
from openmbc.report.genomic_types import Finding, Meaning, NextTest, Panel
from openmbc.report.liquid_types import Liquid
from openmbc.report.living_types import Alert, SupportOffer
from openmbc.report.visit_types import Visit

Verdict = Literal["recommended", "possible", "needs_information", "unsuitable"]
Now = Literal["start", "continue", "adjust", "switch", "insufficient", "not_metastatic"]
Value = bool | int | float | str | None


class KnowledgeInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which knowledge gave the answers."""

    version: str
    hash: str
    newest_check: dt.date


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whom the report is about, as far as the record says."""

    id: str
    age: float | None
    sex: str | None


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A feature of the state: its value, in words, and the facts that it came from.

    ``assumed`` marks a value that stands for silence; ``value`` is null when it is not known.
    """

    value: Value
    unit: str | None
    label: str
    subject: str
    text: str
    from_: list[str]
    assumed: bool = False


class Reason(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """One condition of an option: what is asked, whether it holds, what was seen and where.

    ``met`` null is unknown. For a contraindication, ``met`` true takes the option away.
    """

    text: str
    met: bool | None
    assumed: bool
    kind: Literal["indication", "contraindication", "caution", "preference"]
    seen: str
    from_: list[str]
    source: list[Source]
    unconfirmed: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One published number in words: "overall survival 63.9 v 51.4 months, HR 0.76 (0.63-0.93)"."""

    endpoint: str
    population: str
    text: str
    source: Source


class Harm(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Of 100 people in each arm of a trial, so many had a side effect."""

    what: str
    experimental: float
    control: float | None
    source: Source


class Score(msgspec.Struct, frozen=True, gc=False):
    """ESMO Magnitude of Clinical Benefit: 5 to 1, A to C where the aim is cure; 4, 5, A, B are substantial."""

    score: str
    source: Source


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A trial behind an option. ``arms`` names them; ``arm`` is the one that the option was, if it was one.

    ``outcome`` is that of its primary endpoint.
    """

    id: str
    name: str
    nct: str | None
    phase: str
    randomised: bool
    population: str
    n: int
    arms: str
    arm: Literal["experimental", "control", "neither"]
    results: list[Result]
    unconfirmed: str | None = None
    outcome: Literal["positive", "negative", "mixed", "single_arm"] | None = None
    harms: list[Harm] = []
    mcbs: Score | None = None


class Option(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A treatment option with its verdict and everything that supports it.

    ``drugs`` is a list of slots, each with the alternatives that fit this person. ``when`` is ``now`` for the
    treatment that is running. ``since`` and ``standing`` say from when and how it is available in a region.
    ``order`` says in sentences why it stands where it stands. ``how`` and ``urgency`` are those of local
    treatment: what is done, and how soon where it fits.
    """

    id: str
    name: str
    drugs: list[list[str]]
    modality: list[str]
    role: Literal["treatment", "support", "local"]
    verdict: Verdict
    when: Literal["now", "next"]
    strength: str
    reasons: list[Reason]
    missing: list[str]
    check_first: list[str]
    evidence: list[Evidence]
    sources: list[Source]
    since: dict[Literal["us", "eu"], dt.date | None]
    standing: dict[Literal["us", "eu"], Literal["approved", "listed", "off_label", "trial", "withdrawn", "none"]]
    order: list[str]
    notes: list[str]
    unconfirmed: list[str]
    how: str | None = None
    urgency: Literal["routine", "soon", "now"] = "routine"


class Figure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One published number of a treatment, always with its trial and the people in it."""

    what: str
    text: str
    trial: str
    population: str
    source: Source


class TradeOff(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a treatment asks and gives, to be laid beside others. What the knowledge does not say is null or empty.

    ``visits``: days in the first 12 weeks on which a drug is given at a clinic. ``range``: how far people's times
    lie from the median survival, only when asked for. ``harms``: of 100 people. ``watch``: tests while it runs.
    """

    option: str
    name: str
    routes: list[str]
    visits: int | None
    control: Figure | None
    response: Figure | None
    survival: Figure | None
    range: str | None
    harms: list[Figure]
    hair: Figure | None
    watch: list[str]


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What to do now, and why."""

    now: Now
    because: list[str]
    urgency: Literal["routine", "soon", "now"]
    missing: list[str] = []


class Cause(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A drug that may cause a side effect by its time, and what its label says of it at this grade.

    ``blamed``: the record says so. ``named``: the label has rules for the effect, or only a trial counts it; null where
    neither does. ``rules`` ask for something only while the drug runs.
    """

    drug: str
    running: bool
    blamed: bool
    named: Literal["label", "trial"] | None
    rules: list[DoseRule]


class SideEffect(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A side effect that is reported and not over: its grade, its course, and the drugs that may cause it.

    ``grade`` is that of CTCAE (``version`` as stated), null where none is stated. ``date`` is the day of the newest
    report; ``since`` when it first had this grade; ``before`` the grade of the report before. ``measured``: a value
    measures it, and rules for values stand in the decision.
    """

    key: str
    effect: str
    grade: int | None
    version: str | None
    date: dt.date | None
    since: dt.date | None
    before: int | None
    trend: Literal["better", "same", "worse"] | None
    measured: bool
    from_: list[str]
    causes: list[Cause]


class Assumption(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was taken as absent because the record does not mention it."""

    text: str
    features: list[str]


class TreatmentLine(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A line of therapy for metastatic disease, or (``number`` null) treatment of early disease, which is not counted.

    ``start`` and ``end`` are the first day that the date can mean; their ``_precision`` says how exact it is.
    ``months`` is the time from start to end, or to the day of the report; null where one is known to the year alone.
    """

    number: int | None
    setting: Literal["neoadjuvant", "adjuvant", "metastatic"] | None
    drugs: list[str]
    start: dt.date | None
    start_precision: Literal["year", "month", "day"] | None
    end: dt.date | None
    end_precision: Literal["year", "month", "day"] | None
    months: float | None
    ended: Literal[
        "progression", "toxicity", "completed", "wish", "cost", "death", "other", "switched", "running", "unknown"
    ]
    kinds: list[str]
    maintenance: bool
    explanation: list[str]
    from_: list[str]


class CountingRule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One rule by which lines of therapy are counted, and whose it is."""

    text: str
    source: list[Source]
    unconfirmed: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer for one person at one date.

    ``trials`` and ``ahead`` are reserved and empty in this version. ``visit`` is what the person brings.
    """

    openmbc: str
    knowledge: KnowledgeInfo
    as_of: dt.date
    region: Literal["us", "eu"]
    strict: bool
    person: Person
    state: dict[str, Seen]
    decision: Decision
    options: list[Option]
    assumptions: list[Assumption]
    next_tests: list[NextTest]
    monitoring: list[Monitor]
    alerts: list[Alert]
    support: list[SupportOffer]
    trials: list[str]
    ahead: list[str]
    problems: list[Problem]
    tradeoffs: list[TradeOff] = []
    dosing: list[Dosing] = []
    lines: list[TreatmentLine] = []
    counting: list[CountingRule] = []
    measurements: list[Measurement] = []
    markers: list[MarkerTrend] = []
    liquid: Liquid | None = None
    graded_labs: list[LabGrade] = []
    side_effects: list[SideEffect] = []
    calendar: list[CalendarLine] = []
    findings: list[Finding] = []
    panels: list[Panel] = []
    meanings: list[Meaning] = []
    second_opinion: SecondOpinion | None = None
    visit: Visit | None = None
    notice: str = NOTICE
