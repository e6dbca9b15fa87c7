"""Which of two equally strong options fits this person better: every move up or down is a sentence.

Options are ordered by the strength of the recommendation, then by the evidence, and only then by fit.
A move counts one; the bounds below say from which share of people a side effect speaks against an
option that a person with that wish considers, or for it. They are our choice, made to be read and
discussed: no guideline gives them. Where a trial does not say, nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from openmbc.catalogue import WISHES
from openmbc.criteria import Leaf, Node
from openmbc.criteria.nodes import any_of
from openmbc.guidance.profile import Profile
from openmbc.guidance.safety import Condition
from openmbc.knowledge.model import Effect


class Move(msgspec.Struct, frozen=True):
    """While ``node`` is true the option stands higher (``by`` 1) or lower (-1), for the reason in ``text``."""

    node: Node
    by: int
    text: str


class Bound(msgspec.Struct, frozen=True):
    """A side effect that a wish is about: up to ``few`` of 100 people speaks for an option, from ``many`` against."""

    wish: str
    effect: Effect
    grade: str
    few: float
    many: float
    words: str


_BOUNDS = (
    Bound("keep_hair", "hair_loss", "any", 10, 25, "hair loss"),
    Bound("avoid_neuropathy", "peripheral_neuropathy", "any", 5, 20, "numb or painful hands or feet"),
    Bound("avoid_diarrhoea", "diarrhoea", "any", 15, 40, "diarrhoea"),
    Bound("quality_of_life", "any_grade_3_or_more", "3+", 30, 60, "severe side effects"),
)
_MANY_VISITS = 5  # in twelve weeks: more than one every three weeks
_AT_HOME = ("tablets", "treat_at_home")
_POOR_HEALTH = any_of([Leaf("frail", (True,)), Leaf("ecog", low=2, low_inside=True)])


def moves(profile: Profile, cautions: Iterable[Condition]) -> tuple[Move, ...]:
    """Everything that can move an option for a person, in the order in which it is said."""
    return (*_cautions(cautions), *_health(profile), *_wishes(profile))


def _cautions(cautions: Iterable[Condition]) -> Iterator[Move]:
    for caution in cautions:
        drug = f"{caution.drug}: " if caution.drug else ""
        first = caution.text.split(". ")[0].rstrip(".")  # the whole caution stands among the reasons
        yield Move(caution.node, -1, f"Placed lower: a caution applies ({drug}{first}).")


def _health(profile: Profile) -> Iterator[Move]:
    severe = profile.share("any_grade_3_or_more", "3+")
    if severe is not None and severe.value >= _BOUNDS[-1].many:
        yield Move(_POOR_HEALTH, -1, f"Placed lower in frailty: severe side effects in {severe.text}.")


def _wishes(profile: Profile) -> Iterator[Move]:
    if profile.drugs:
        by_mouth = profile.routes == ["oral"]
        for wish in _AT_HOME:
            yield _move(wish, by_mouth, "tablets only" if by_mouth else "it needs infusions or injections")
    if profile.visits is not None:
        how_many = f"{profile.visits or 'no'} visits for infusions or injections in the first 12 weeks"
        if profile.visits == 0 or profile.visits >= _MANY_VISITS:
            yield _move("few_visits", profile.visits == 0, how_many)
    if profile.option.modality and {"chemotherapy", "conjugate"} & set(profile.option.modality):
        chemotherapy = "chemotherapy" in profile.option.modality
        yield _move("avoid_chemotherapy", False, "it is chemotherapy" if chemotherapy else "it carries chemotherapy")
    if profile.survival_gain:
        yield _move("longer_life", True, f"people lived longer in {profile.survival_gain[0].name}")
    for bound in _BOUNDS:
        share = profile.share(bound.effect, bound.grade)
        if share is not None and not bound.few < share.value < bound.many:
            yield _move(bound.wish, share.value <= bound.few, f"{bound.words} in {share.text}")


def _move(wish: str, higher: bool, why: str) -> Move:
    lead = "higher" if higher else "lower"
    return Move(
        Leaf(f"wish_{wish}", (True,)), 1 if higher else -1, f"Placed {lead} for the wish {WISHES[wish]}: {why}."
    )
