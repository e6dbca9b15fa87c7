"""The first options side by side: how they are given, what they gave in their trials, and what they cost."""

from __future__ import annotations

from openmbc.guidance.plan import OptionPlan
from openmbc.guidance.profile import Profile, Share
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Evidence, Range, Result
from openmbc.report import citing
from openmbc.report.types import Figure, Option, TradeOff

_OPTIONS = 4  # more do not stand beside each other on a page
_HARMS = 6
_TESTS = 5
_CONTROL = ("progression-free survival", "time to progression")
_RESPONSE = ("objective response rate",)
_SURVIVAL = "overall survival"
_FIRST = ("any_grade_3_or_more", "stopped_for_side_effects")
EFFECTS = {
    "any_grade_3_or_more": "any severe side effect",
    "stopped_for_side_effects": "stopped because of side effects",
    "death_from_side_effects": "death from side effects",
    "heart_function_fall": "weaker heart",
    "immune_endocrine": "hormone glands damaged by the immune system",
    "eye_surface": "disease of the eye surface",
    "pneumonitis": "inflammation of the lungs",
    "peripheral_neuropathy": "numb or painful hands or feet",
    "osteonecrosis_of_jaw": "osteonecrosis of the jaw",
    "hand_foot_syndrome": "sore hands and feet",
}


def tradeoffs(
    options: list[Option], plans: dict[str, OptionPlan], knowledge: Knowledge, ranges: bool
) -> list[TradeOff]:
    """The treatments that fit best, at most four, the one that runs first."""
    fitting = [o for o in options if o.role == "treatment" and o.verdict in ("recommended", "possible")]
    return [_tradeoff(o, plans[o.id].profile, knowledge, ranges) for o in fitting[:_OPTIONS]]


def _tradeoff(option: Option, profile: Profile, knowledge: Knowledge, ranges: bool) -> TradeOff:
    hair = profile.share("hair_loss", "any")
    survival = profile.result(_SURVIVAL)
    return TradeOff(
        option=option.id,
        name=option.name,
        routes=profile.routes,
        visits=profile.visits,
        control=_number(profile.result(*_CONTROL), knowledge),
        response=_number(profile.result(*_RESPONSE), knowledge),
        survival=_number(survival, knowledge),
        range=_range(survival, knowledge) if ranges else None,
        harms=[_harm(share, knowledge) for share in _severe(profile)],
        hair=_harm(hair, knowledge) if hair is not None else None,
        watch=list(dict.fromkeys(f"{t.test}, {t.when}" for d in profile.drugs for t in d.monitoring))[:_TESTS],
    )


def _severe(profile: Profile) -> list[Share]:
    """Severe side effects of the first trial that gives any: the sums first, then the most frequent."""
    shares = list(profile.shares())
    of_trial = [s for s in shares if s.trial_id == shares[0].trial_id] if shares else []
    severe = [s for s in of_trial if s.harm.grade == "3+" or s.harm.effect in _FIRST]
    order = {effect: n for n, effect in enumerate(_FIRST)}
    severe.sort(key=lambda s: (order.get(s.harm.effect, len(order)), -s.harm.experimental))
    return severe[:_HARMS]


def _harm(share: Share, knowledge: Knowledge) -> Figure:
    harm, control = share.harm, share.harm.control
    against = f", against {control:g} with {share.trial.control}" if control is not None and share.trial.control else ""
    grade = " (grade 3 or more)" if harm.grade == "3+" and harm.effect not in _FIRST else ""
    return Figure(
        what=EFFECTS.get(harm.effect, harm.effect.replace("_", " ")) + grade,
        text=f"{harm.experimental:g} of 100 people{against}",
        trial=share.trial.name,
        population=share.trial.population,
        source=citing.source(harm.source, harm.where, knowledge, harm.unconfirmed),
    )


def _number(found: tuple[Result, Evidence] | None, knowledge: Knowledge) -> Figure | None:
    if found is None:
        return None
    result, trial = found
    unit = "%" if result.unit == "%" else f" {result.unit}"
    against = (
        f" v {result.control:g}{unit} with {trial.control}" if result.control is not None and trial.control else ""
    )
    return Figure(
        what=result.endpoint,
        text=f"{result.experimental:g}{unit}{against}",
        trial=trial.name,
        population=f"{trial.population}; {result.population}",
        source=citing.source(result.source, result.where, knowledge, result.unconfirmed),
    )


def _range(found: tuple[Result, Evidence] | None, knowledge: Knowledge) -> str | None:
    """The spread around the median in words; None where there is no median or no published multiples."""
    known: Range | None = next((r for r in knowledge.ranges.values() if r.endpoint == _SURVIVAL), None)
    median = found[0].experimental if found is not None else None
    if found is None or median is None or known is None:
        return None
    times = {name: f"{median * getattr(known, name):.0f}" for name in ("worst", "low", "high", "best")}
    cited = citing.sources(tuple(known.because), knowledge)[0]
    return (
        f"An estimate from the median of {found[1].name}, not a prediction: about half of people live between "
        f"{times['low']} and {times['high']} months, about 1 in 10 less than {times['worst']} and about 1 in 10 more "
        f"than {times['best']} months ({cited.title}; {known.population})."
    )
