"""What a treatment asks of a person: how it is given, how many visits, how many people had which side effect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from openmbc.catalogue import key
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Arm, Drug, Effect, Evidence, Harm, Option, Regimen, Result

DAYS = 84  # twelve weeks: what is counted as the first three months


class InTrial(msgspec.Struct, frozen=True):
    """A trial in which the treatment was an arm: the new one, or the one that it was compared with."""

    trial_id: str
    trial: Evidence
    arm: Arm

    @property
    def against(self) -> str | None:
        """What the other arm got."""
        return self.trial.control if self.arm == "experimental" else self.trial.experimental

    @property
    def name(self) -> str:
        """The trial, and that the treatment was the comparison where it was."""
        return self.trial.name if self.arm == "experimental" else f"{self.trial.name}, as the comparison"

    def of_arms(self, number: Harm | Result) -> tuple[float | None, float | None]:
        """A number of the trial: that of the treatment, then that of the other arm."""
        both = number.experimental, number.control
        return both if self.arm == "experimental" else both[::-1]


class Share(msgspec.Struct, frozen=True):
    """Of 100 people who had the treatment in a trial, ``value`` had a side effect; of the other arm ``other``."""

    harm: Harm
    given: InTrial
    value: float
    other: float | None

    @property
    def text(self) -> str:
        """The share with its trial, as a phrase."""
        return f"{self.value:g} of 100 people ({self.given.name})"


class Gain(msgspec.Struct, frozen=True):
    """What people who had the treatment gained in a trial: ``value`` months or per cent; in the other arm ``other``."""

    result: Result
    given: InTrial
    value: float
    other: float | None


class Profile(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A treatment as far as a person notices it. What the knowledge does not say is None."""

    option: Option
    knowledge: Knowledge

    @cached_property
    def drugs(self) -> list[Drug]:
        """The first alternative of each slot."""
        slots = self.option.drugs if isinstance(self.option, Regimen) else []
        return [d for slot in slots if (d := self.knowledge.drugs.get(key(slot[0]))) is not None]

    @property
    def routes(self) -> list[str]:
        """The routes of its drugs, each once."""
        return list(dict.fromkeys(drug.route for drug in self.drugs))

    @cached_property
    def visits(self) -> int | None:
        """Days in the first twelve weeks on which a drug is given at a clinic; None when a schedule is not known.

        None also without a drug: what radiation or surgery ask in visits, the entry says in words.
        """
        if not self.drugs:
            return None
        days: set[int] = set()
        for drug in self.drugs:
            if drug.route == "oral":
                continue
            if drug.given is None:
                return None
            for start in range(0, DAYS, drug.given.every):
                on = drug.given.first if start == 0 and drug.given.first else drug.given.on
                days.update(start + day for day in on if start + day <= DAYS)
        return len(days)

    @cached_property
    def trials(self) -> list[tuple[str, Evidence]]:
        """The trials in which it was the experimental arm, in the order of the entry: their numbers are its own."""
        cited = (c for c in self.option.because if c.arm == "experimental")
        ids = dict.fromkeys(c.evidence for c in cited if c.evidence is not None)
        return [(i, self.knowledge.evidence[i]) for i in ids]

    @cached_property
    def numbers(self) -> list[InTrial]:
        """The trials whose numbers tell of it: where it was the new treatment, then where it was the comparison.

        A comparison of several treatments tells of none of them alone.
        """
        cited = [(c.evidence, c.arm) for c in self.option.because if c.evidence is not None]
        found = [InTrial(i, self.knowledge.evidence[i], arm) for i, arm in dict.fromkeys(cited)]
        alone = [f for f in found if f.arm == "control" and f.trial.control and " or " not in f.trial.control]
        return [*(f for f in found if f.arm == "experimental"), *alone]

    @property
    def compared(self) -> list[Evidence]:
        """The randomised trials in which it was an arm, without those in which it was the new one and failed."""
        cited = [(c.arm, self.knowledge.evidence[c.evidence]) for c in self.option.because if c.evidence is not None]
        return [
            trial
            for arm, trial in cited
            if trial.randomised and arm != "neither" and (arm == "control" or trial.outcome != "negative")
        ]

    def share(self, effect: Effect, grade: str) -> Share | None:
        """How many people had a side effect, from the first trial that says so."""
        return next((s for s in self.shares() if s.harm.effect == effect and s.harm.grade == grade), None)

    def shares(self) -> Iterator[Share]:
        """Every side effect that its trials give, in order."""
        for given in self.numbers:
            for harm in given.trial.harms:
                value, other = given.of_arms(harm)
                if value is not None:
                    yield Share(harm, given, value, other)

    def gain(self, *endpoints: str) -> Gain | None:
        """The first absolute number for one of these endpoints, from the first trial that has it."""
        for given in self.numbers:
            for result in given.trial.results:
                value, other = given.of_arms(result)
                if result.endpoint in endpoints and value is not None:
                    return Gain(result, given, value, other)
        return None

    @cached_property
    def survival_gain(self) -> tuple[Evidence, Result] | None:
        """A randomised trial in which people lived longer, with that result.

        What is unconfirmed, or a second endpoint of a trial that failed its first, moves nothing.
        """
        longer = (
            (t, r)
            for _, t in self.trials
            for r in t.results
            if r.endpoint == "overall survival"
            and t.randomised
            and t.outcome != "negative"
            and r.ci is not None
            and r.ci[1] < 1
            and not r.unconfirmed
        )
        return next(longer, None)
