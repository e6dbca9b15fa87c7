"""What orders options for everybody: how strongly they are recommended, and the evidence behind them."""

from __future__ import annotations

import msgspec

from openmbc.guidance.profile import Profile
from openmbc.knowledge.model import Strength

STRENGTHS: tuple[Strength, ...] = ("preferred", "standard", "alternative", "limited")
RECOMMENDED = ("preferred", "standard")
_SUBSTANTIAL = ("4", "5", "A", "B")  # ESMO-MCBS calls these grades substantial benefit


class Merit(msgspec.Struct, frozen=True):
    """``tier`` orders options; within one, ``order`` does where nothing else decides. ``said`` is why, in sentences."""

    tier: tuple[int, bool, bool]
    order: tuple[bool, str]
    said: tuple[str, ...]


def merit(profile: Profile) -> Merit:
    """The standing of an option, whoever the person is.

    Strength first; then substantial benefit (longer survival in a randomised trial, or ESMO-MCBS 4 or more);
    then either arm of a randomised phase 3 trial, unless it was the new arm and that failed; then confirmed
    before unconfirmed; then the name.
    Relative gains of different trials are not compared: their populations and controls differ.
    """
    entry = profile.option
    benefit = _benefit(profile)
    phase3 = [trial.name for trial in profile.compared if trial.phase == "3"]
    said = [f"Strength of the recommendation: {entry.strength}."]
    if benefit:
        said.append(f"Placed higher: {benefit}.")
    elif phase3:
        said.append(f"Placed higher than options without a randomised phase 3 trial ({phase3[0]}).")
    tier = (STRENGTHS.index(entry.strength), benefit is None, not phase3)
    return Merit(tier, (entry.unconfirmed is not None, entry.name), tuple(said))


def _benefit(profile: Profile) -> str | None:
    gain = profile.survival_gain
    if gain is not None:
        trial, result = gain
        return f"people lived longer in {trial.name} (HR {result.hr:g})"
    graded = ((t.name, t.mcbs.score) for _, t in profile.trials if t.mcbs is not None)
    return next((f"ESMO-MCBS {score} ({name})" for name, score in graded if score in _SUBSTANTIAL), None)
