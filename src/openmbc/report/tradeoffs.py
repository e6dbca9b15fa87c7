"""The first options side by side: how they are given, what they gave in their trials, and what they cost."""

from __future__ import annotations

from openmbc.guidance.plan import OptionPlan
from openmbc.guidance.profile import Gain, Profile, Share
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Range
from openmbc.report import citing
from openmbc.report.types import Figure, Option, TradeOff

_OPTIONS = 4  # more do not stand beside each other on a page
_HARMS = 6
_TESTS = 5
_CONTROL = ("progression-free survival", "time to progression")
_RESPONSE = ("objective response rate",)
_SURVIVAL = "overall survival"


def tradeoffs(
    options: list[Option], plans: dict[str, OptionPlan], knowledge: Knowledge, ranges: bool
) -> list[TradeOff]:
    """The treatments that fit best, at most four, the one that runs first; each set of drugs once."""
    fitting = [o for o in options if o.role == "treatment" and o.verdict in ("recommended", "possible")]
    each = {str(o.drugs): o for o in reversed(fitting)}  # entries of the same drugs ask and give the same
    first = [o for o in fitting if each[str(o.drugs)] is o]
    return [_tradeoff(o, plans[o.id].profile, knowledge, ranges) for o in first[:_OPTIONS]]


def _tradeoff(option: Option, profile: Profile, knowledge: Knowledge, ranges: bool) -> TradeOff:
    hair = profile.share("hair_loss", "any")
    survival = profile.gain(_SURVIVAL)
    return TradeOff(
        option=option.id,
        name=option.name,
        routes=profile.routes,
        visits=profile.visits,
        control=_number(profile.gain(*_CONTROL), knowledge),
        response=_number(profile.gain(*_RESPONSE), knowledge),
        survival=_number(survival, knowledge),
        range=_range(survival, knowledge) if ranges else None,
        harms=[_harm(share, knowledge) for share in _severe(profile)],
        hair=_harm(hair, knowledge) if hair is not None else None,
        watch=list(dict.fromkeys(f"{t.test}, {t.when}" for d in profile.drugs for t in d.monitoring))[:_TESTS],
    )


def _severe(profile: Profile) -> list[Share]:
    """Severe side effects of the first trial that gives any: the sums first, then the most frequent."""
    shares = list(profile.shares())
    of_trial = [s for s in shares if s.given is shares[0].given] if shares else []
    severe = [s for s in of_trial if s.harm.grade == "3+" or s.harm.effect in citing.SUMS]
    order = {effect: n for n, effect in enumerate(citing.SUMS)}
    severe.sort(key=lambda s: (order.get(s.harm.effect, len(order)), -s.value))
    return severe[:_HARMS]


def _harm(share: Share, knowledge: Knowledge) -> Figure:
    harm, given = share.harm, share.given
    against = f", against {share.other:g} with {given.against}" if share.other is not None and given.against else ""
    return Figure(
        what=citing.effect(harm),
        text=f"{share.value:g} of 100 people{against}",
        trial=given.name,
        population=given.trial.population,
        source=citing.source(harm.source, harm.where, knowledge, harm.unconfirmed),
    )


def _number(found: Gain | None, knowledge: Knowledge) -> Figure | None:
    if found is None:
        return None
    result, given = found.result, found.given
    unit = "%" if result.unit == "%" else f" {result.unit}"
    against = f" v {found.other:g}{unit} with {given.against}" if found.other is not None and given.against else ""
    return Figure(
        what=result.endpoint,
        text=f"{found.value:g}{unit}{against}",
        trial=given.name,
        population=f"{given.trial.population}; {result.population}",
        source=citing.source(result.source, result.where, knowledge, result.unconfirmed),
    )


def _range(found: Gain | None, knowledge: Knowledge) -> str | None:
    """The spread around the median in words; None where there is no median or no published multiples."""
    known: Range | None = next((r for r in knowledge.ranges.values() if r.endpoint == _SURVIVAL), None)
    if found is None or known is None:
        return None
    times = {name: f"{found.value * getattr(known, name):.0f}" for name in ("worst", "low", "high", "best")}
    cited = citing.sources(tuple(known.because), knowledge)[0]
    return (
        f"An estimate from the median of {found.given.name}, not a prediction: about half of people live between "
        f"{times['low']} and {times['high']} months, about 1 in 10 less than {times['worst']} and about 1 in 10 more "
        f"than {times['best']} months ({cited.title}; {known.population})."
    )
