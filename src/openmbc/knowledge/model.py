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

Id = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)*$")]
Condition = Any
Region = Literal["us", "eu"]
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
]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every kind of entry may say of itself."""

    unconfirmed: str | None = None  # why the statement is not confirmed in an opened source; shown
    note: str | None = None


class Cited(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pointer into a source or a result of a trial: never a link to a whole document."""

    source: Id | None = None
    evidence: Id | None = None
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


class Regimen(Statement, frozen=True, kw_only=True):
    """A treatment option: drugs, for whom, its place in the sequence, strength and evidence."""

    name: str
    drugs: list[list[str]]
    modality: list[Modality]
    role: Literal["treatment", "support"] = "treatment"
    status: Literal["active", "draft", "withdrawn"] = "active"
    since: dict[Region, dt.date | None]
    region: Region | None = None  # where labels differ: an entry for this region alone, another stands for the rest
    strength: Strength
    for_: Condition = msgspec.field(name="for")
    after: Condition | None = None
    add: list[Addition] = []
    because: Annotated[list[Cited], Meta(min_length=1)]
    replaced_by: Id | None = None


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


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test that the label asks for: before the start, or while the drug runs."""

    test: str
    when: str
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


class Drug(Statement, frozen=True, kw_only=True):
    """What a label requires of one ingredient. Its classes stand in terms/drugs.csv."""

    name: str
    route: Literal["oral", "intravenous", "subcutaneous", "intramuscular"]
    dose: str
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
    unit: Literal["months", "%"]
    experimental: float | None = None
    control: float | None = None
    hr: float | None = None
    ci: tuple[float, float] | None = None
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
    results: list[Result]


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
