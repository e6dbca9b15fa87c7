"""The shape of `biomarkers/`: what a finding in a gene, or in the whole sample, means in breast cancer.

An entry holds no rule of treatment: which option a person has stands with the regimens. It says what the finding is,
how actionable it is held to be and by whom, which drugs work better or worse because of it, and what it means for the
family. What is exploratory says so (`standing`) and opens nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from openmbc.knowledge.model import Cited, Condition, Defined, Id, Region, Statement

# I: ready for routine use; II: investigational; III: known from another tumour or a like change; IV: preclinical;
# V: responses without a gain that lasts; X: no evidence (Mateo and others 2018). II: the source gives no letter.
Tier = Literal["I-A", "I-B", "I-C", "II", "II-A", "II-B", "III-A", "III-B", "IV-A", "IV-B", "V", "X"]
# label: a regulator's text names the finding; guideline: a guideline acts on it; trial: a prospective trial tested it;
# exploratory: seen afterwards, in few people or outside a trial; preclinical: cells and animals.
Level = Literal["label", "guideline", "trial", "exploratory", "preclinical"]
OPENING: tuple[Level, ...] = ("label", "guideline")


class Grading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ESCAT tier, and whose: who graded it for which drugs and which breast cancers, and where that stands.

    Where sources differ, each is held. ``for`` says in whom, ``drugs`` for which drug, where the tier is not of the
    finding as such. ``by`` names who graded ("ESMO 2024"), ``us`` never: a tier of our own says so in `unconfirmed`.
    """

    tier: Tier
    by: str
    drugs: list[str] = []
    for_: Condition | None = msgspec.field(name="for", default=None)
    source: Id
    where: str
    unconfirmed: str | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drugs that work better, worse or no differently because of the finding, and how well that is known.

    ``drugs`` are ingredients (`terms/drugs.csv`), ``classes`` treatment classes of the catalogue; ``with`` what they
    are given together with. ``for`` says in whom, ``region`` where, when not everywhere.
    """

    drugs: list[str] = []
    classes: list[str] = []
    with_: list[str] = msgspec.field(name="with", default=[])
    standing: Level
    for_: Condition | None = msgspec.field(name="for", default=None)
    region: Region | None = None
    text: str | None = None
    because: Annotated[list[Cited], Meta(min_length=1)]
    unconfirmed: str | None = None


class Biomarker(Statement, frozen=True, kw_only=True):
    """What a finding means.

    The finding is the feature ``marker`` of the catalogue with its ``value``, or ``when`` where it is a number.
    ``implies`` are other features that the finding sets as well (germline BRCA1 sets germline BRCA). ``only_if``: what
    else must be so, in words that no feature says (two mutations of one gene): such an entry is shown with its words
    and never taken as found. ``several``: it takes two different changes at least. ``for`` says in which breast cancers
    the entry holds. ``meaning`` is for the clinician, ``plain`` for the person. ``not_shown``: drugs whose gain was
    looked for and not found, or little known.
    """

    name: str
    marker: str
    value: str | None = None
    when: Condition | None = None
    implies: list[str] = msgspec.field(default_factory=list)
    only_if: str | None = None
    several: bool = False
    genes: list[str] = msgspec.field(default_factory=list)
    origin: Literal["somatic", "germline", "either"]
    tumour: Literal["breast"]
    for_: Condition | None = msgspec.field(name="for", default=None)
    escat: list[Grading] = msgspec.field(default_factory=list)
    sensitive: list[Effect] = msgspec.field(default_factory=list)
    resistant: list[Effect] = msgspec.field(default_factory=list)
    not_shown: list[Effect] = msgspec.field(default_factory=list)
    meaning: str
    plain: str
    prognosis: list[Defined] = msgspec.field(default_factory=list)
    family: list[Defined] = msgspec.field(default_factory=list)
    discuss: list[Defined] = msgspec.field(default_factory=list)
    because: Annotated[list[Cited], Meta(min_length=1)]

    @property
    def finding(self) -> Any:
        """The condition that says the finding is there."""
        return self.when if self.when is not None else {self.marker: self.value}

    @property
    def conditions(self) -> list[Condition]:
        """Every condition of the entry: of the finding, and in whom it and each of its statements hold."""
        asked = [self.finding, self.for_, *(g.for_ for g in self.escat)]
        asked += [effect.for_ for of in self.effects.values() for effect in of]
        return [condition for condition in asked if condition is not None]

    @property
    def effects(self) -> dict[str, list[Effect]]:
        """The three lists of drugs by their name."""
        return {"sensitive": self.sensitive, "resistant": self.resistant, "not_shown": self.not_shown}
