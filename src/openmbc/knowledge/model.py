"""The shape of the knowledge: one typed struct for each folder under ``knowledge/``.

A file's path is its id (``regimens/hr_positive/ribociclib_ai.yaml`` is the regimen
``hr_positive/ribociclib_ai``). Unknown keys are errors. Conditions (`for`, `after`, `when`) are
kept as read here and parsed by `criteria` when the knowledge loads. `docs/knowledge.md` explains
every key to authors.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from openmbc.knowledge.timing import Timing

Id = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)*$")]
Condition = Any
Region = Literal["us", "eu"]
# approved: the label says it; listed: a guideline does, the label does not; off_label: neither, a trial does;
# trial: only in trials. What was withdrawn has a day in `until`.
Standing = Literal["approved", "listed", "off_label", "trial"]
Strength = Literal["preferred", "standard", "alternative", "limited"]
Modality = Literal[
    "endocrine",
    "targeted",
    "chemotherapy",
    "immunotherapy",
    "conjugate",
    "antibody",
    "bone",
    "ovarian_suppression",
    "palliative_care",
    "radiation",
    "surgery",
    "procedure",
]
# A key of `catalogue.SIDE_EFFECTS` (of a trial also one of its SUMS, of a label's rule one of its GROUPS); that it is
# one is checked with the knowledge (`check`), which says which was meant.
Effect = str


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every kind of entry may say of itself."""

    unconfirmed: str | None = None  # why the statement is not confirmed in an opened source; shown
    note: str | None = None


# Which arm of the cited trial an option was. Only of the experimental arm are the trial's gains and harms those of
# the option; "neither": the trial tells something about it, but gave something else.
Arm = Literal["experimental", "control", "neither"]


class Cited(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pointer into a source or a result of a trial: never a link to a whole document."""

    source: Id | None = None
    evidence: Id | None = None
    arm: Arm = "experimental"
    where: str


class Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When someone last compared the entry with its sources, and with which."""

    on: dt.date
    against: list[Id]


class Statement(Entry, frozen=True, kw_only=True):
    """An entry that says something about medicine, and so was compared with its sources."""

    checked: Checked


class Addition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drugs that the regimen also needs for some people (ovarian suppression before menopause)."""

    when: Condition
    drugs: list[list[str]]
    text: str
    because: list[Cited]


class Option(Statement, frozen=True, kw_only=True):
    """What every treatment option says: for whom, how strongly it is recommended, and why."""

    name: str
    modality: list[Modality]
    status: Literal["active", "draft", "withdrawn"] = "active"
    strength: Strength
    for_: Condition = msgspec.field(name="for")
    because: Annotated[list[Cited], Meta(min_length=1)]
    replaced_by: Id | None = None


class Regimen(Option, frozen=True, kw_only=True):
    """Systemic treatment: drugs, and their place in the sequence."""

    drugs: list[list[str]]
    role: Literal["treatment", "support"] = "treatment"
    since: dict[Region, dt.date | None]
    until: dict[Region, dt.date] = {}
    standing: dict[Region, Standing] = {}  # where it is not approved
    region: Region | None = None  # where labels differ: an entry for this region alone, another stands for the rest
    after: Condition | None = None
    add: list[Addition] = []


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement of a label with the condition under which it holds."""

    when: Condition
    text: str
    source: Id
    where: str
    unconfirmed: str | None = None


class Contraindication(Rule, frozen=True, kw_only=True):
    """When the drug must not be given, and what follows for one that runs.

    ``while_running``: ``switch`` (the drug is over), ``hold`` (it waits until the reason has passed: blood
    counts), ``correct`` (the reason is removed and the drug goes on: another medicine, low calcium).
    """

    while_running: Literal["switch", "hold", "correct"] = "switch"


class Adjustment(Rule, frozen=True, kw_only=True):
    """What the label says to do with the running drug when the condition holds."""

    do: Literal["hold", "reduce", "stop", "correct"]


class Local(Option, frozen=True, kw_only=True):
    """Treatment of one place: radiation, an operation or a procedure. It stands beside the systemic treatment.

    ``how`` says what is done (dose, fractions, technique); ``unless`` when it must not be; ``urgency`` how
    soon it is needed where it fits.
    """

    how: str
    urgency: Literal["routine", "soon", "now"] = "routine"
    unless: list[Rule] = []
    cautions: list[Rule] = []


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test that the label asks for: before the start, or while the drug runs.

    ``what`` are its keys in ``terms/tests.csv`` (one sentence may ask for several); empty for what the calendar does
    not follow: tests that choose the treatment, and prevention. ``for`` is whom the test is for, where it is not
    everybody on the drug. ``due`` is when; empty where the source names no interval.
    """

    test: str
    what: list[str] = []
    for_: Condition | None = msgspec.field(name="for", default=None)
    when: str
    due: list[Timing] = []
    why: str
    source: Id
    where: str
    unconfirmed: str | None = None


class Reuse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """May the drug be given again after progression on it, or after it was stopped for toxicity?"""

    after_progression: Literal["never", "allowed"]
    after_toxicity: Literal["never", "with_care"]
    text: str
    source: Id | None = None
    where: str | None = None
    unconfirmed: str | None = None


class Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a drug is given at a clinic: the days ``on`` of a cycle of ``every`` days; for counting visits.

    ``first`` are the days of the first cycle where they differ (fulvestrant: 1, 15). None for tablets.
    """

    every: int
    on: Annotated[list[int], Meta(min_length=1)]
    first: list[int] = []
    source: Id
    where: str
    unconfirmed: str | None = None


class Doses(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The usual dose and its reductions in order, in words; after the last the drug is stopped."""

    steps: Annotated[list[str], Meta(min_length=1)]
    source: Id
    where: str
    unconfirmed: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the label says to do when a side effect reaches a CTCAE grade.

    ``effect``: one side effect, or several that share the rule. ``grade``: "3" or "3-4"; none where the label does not
    go by grade. ``again``: only when it had been there before at this grade, on this drug, and had gone. ``only_if``:
    what else must be so, in words that no feature of the state says: such a rule is shown with its words. ``levels``:
    by how many dose levels it reduces, where the label says so.
    """

    effect: Effect | list[Effect]
    grade: Annotated[str, Meta(pattern=r"^[1-4](-[1-4])?$")] | None = None
    again: bool = False
    only_if: str | None = None
    do: Literal["go_on", "hold", "reduce", "stop"]
    levels: int | None = None
    text: str
    source: Id
    where: str
    unconfirmed: str | None = None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The side effects of the rule."""
        return (self.effect,) if isinstance(self.effect, str) else tuple(self.effect)

    @property
    def grades(self) -> tuple[int, int] | None:
        """The lowest and the highest grade, both included; None where the label does not go by grade."""
        if self.grade is None:
            return None
        low, _, high = self.grade.partition("-")
        return int(low), int(high or low)


class Drug(Statement, frozen=True, kw_only=True):
    """What a label requires of one ingredient. Its classes stand in terms/drugs.csv."""

    name: str
    route: Literal["oral", "intravenous", "subcutaneous", "intramuscular"]
    dose: str
    given: Given | None = None
    doses: Doses | None = None
    changes: list[Change] = []
    contraindications: list[Contraindication] = []
    cautions: list[Rule] = []
    adjust: list[Adjustment] = []
    baseline: list[Test] = []
    monitoring: list[Test] = []
    reuse: Reuse


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One endpoint in one population of a trial, in absolute numbers where published."""

    endpoint: str  # "progression-free survival", "overall survival", "objective response rate"
    population: str
    unit: Literal["months", "%", "points"]
    experimental: float | None = None
    control: float | None = None
    hr: float | None = None
    ci: tuple[float, float] | None = None
    source: Id
    where: str
    unconfirmed: str | None = None


class Harm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of 100 people had a side effect in a trial."""

    effect: Effect
    grade: Literal["any", "3+"]
    experimental: float
    control: float | None = None
    source: Id
    where: str
    unconfirmed: str | None = None


class Benefit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ESMO Magnitude of Clinical Benefit score: 5 to 1, or A to C where the aim is cure."""

    score: Literal["5", "4", "3", "2", "1", "A", "B", "C"]
    source: Id
    where: str
    unconfirmed: str | None = None


class Evidence(Statement, frozen=True, kw_only=True):
    """A trial."""

    name: str
    nct: Annotated[str, Meta(pattern=r"^NCT\d{8}$")] | None = None
    phase: Literal["1", "1/2", "2", "2/3", "3", "4", "meta-analysis", "registry"]
    randomised: bool
    population: str
    n: int
    experimental: str
    control: str | None = None
    outcome: Literal["positive", "negative", "mixed", "single_arm"] | None = None  # of its primary endpoint
    reported: dt.date | None = None  # when its main result was first made public
    results: list[Result]
    harms: list[Harm] = []
    mcbs: Benefit | None = None


class Range(Statement, frozen=True, kw_only=True):
    """How far people's times lie from the published median: multiples of it.

    ``worst``: about 10 of 100 people have less; ``low`` to ``high``: about half of all people; ``best``: about 10
    of 100 have more.
    """

    endpoint: str
    population: str
    worst: float
    low: float
    high: float
    best: float
    because: Annotated[list[Cited], Meta(min_length=1)]


class Defined(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence of a definition, with where it comes from.

    ``since`` and ``until`` are the first and the last day on which it holds, ``region`` where, if not always and
    everywhere: what a replay of an earlier day must not say yet.
    """

    text: str
    region: Region | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    because: Annotated[list[Cited], Meta(min_length=1)]
    unconfirmed: str | None = None


class Definition(Statement, frozen=True, kw_only=True):
    """What a word of the report means where sources differ: each rule, and whose it is."""

    name: str
    rules: Annotated[list[Defined], Meta(min_length=1)]


class Source(Entry, frozen=True, kw_only=True):
    """A document that was opened, and what of it."""

    title: str
    kind: Literal["label", "guideline", "trial", "registry", "review", "regulator", "news", "database"]
    url: str | None = None
    doi: str | None = None
    pmid: str | None = None
    nct: str | None = None
    setid: str | None = None
    published: dt.date | None = None
    opened: dt.date
    read: str  # what of it was read: "abstract", "sections 1 and 2", "full text"
