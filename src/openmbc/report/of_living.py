"""Symptoms, support, practices, supplements and organisations, with what holds for one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import polars as pl

from openmbc.catalogue import SYMPTOMS, TREATMENT_CLASSES, by_name, key
from openmbc.criteria import text_of
from openmbc.criteria.nodes import features
from openmbc.guidance.living import Held, held, living, red_flags
from openmbc.knowledge import Knowledge
from openmbc.knowledge import living as entries
from openmbc.knowledge.living import LIVING
from openmbc.knowledge.model import Cited, Condition
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.living_types import (
    Clash,
    Gate,
    Help,
    LabelRule,
    Practice,
    SupplementCheck,
    SupportOffer,
    SymptomHelp,
    TeamTip,
    Tip,
    Use,
)
from openmbc.report.of_drugs import dose_rule
from openmbc.report.types import Value


class Reader(msgspec.Struct, frozen=True, eq=False):
    """One person's state with the conditions of the knowledge that hold for it."""

    held: Held
    state: Mapping[str, Value]
    trace: Mapping[str, list[str]]
    knowledge: Knowledge

    def seen(self, condition: Condition | None) -> str:
        """What was seen of the features that a condition asks."""
        if condition is None:
            return ""
        return "; ".join(text_of(by_name()[f], self.state[f]) for f in features(self.held.node(condition)))

    def told(self, condition: Condition) -> list[str]:
        """What is known of the features that a condition asks, without what is denied."""
        asked = features(self.held.node(condition))
        return [text_of(by_name()[f], self.state[f]) for f in asked if self.state[f] not in (None, False)]

    def facts(self, condition: Condition) -> list[str]:
        """The facts behind a condition."""
        asked = features(self.held.node(condition))
        return sorted({source for name in asked for source in self.trace.get(name, ())})

    def sources(self, because: Iterable[Cited]) -> list[Source]:
        """The places in documents."""
        return citing.sources(tuple(because), self.knowledge)

    def runs(self, name: str) -> bool | None:
        """Whether a drug or class runs now."""
        value = self.state.get(f"running_{key(name)}")
        return None if value is None else bool(value)


class Lives(msgspec.Struct, frozen=True, eq=False):
    """The red flags that are raised for one person (`living.red_flags`), and what reads the other conditions."""

    raised: pl.DataFrame
    reader: Reader


def lives(
    state: Mapping[str, Value],
    trace: Mapping[str, list[str]],
    knowledge: Knowledge,
    kinds: tuple[str, ...] = LIVING,
) -> Lives:
    """One person: ``state`` is a row of the state as it is read, ``trace`` the facts behind it.

    Only conditions of the ``kinds`` of knowledge can be asked.
    """
    plan = living(knowledge, kinds)
    truth = plan.program.above(plan.program.leaves_of_rows([state]))
    return Lives(red_flags(truth, plan), Reader(held(truth, 0, plan), state, trace, knowledge))


def symptom_help(entry_id: str, entry: entries.Symptom, reader: Reader) -> SymptomHelp:
    """What to know and do about one symptom."""
    grade = reader.state.get(f"symptom_{entry.symptom}") if entry.symptom else None
    return SymptomHelp(
        id=entry_id,
        symptom=entry.symptom,
        name=entry.name,
        grade=grade if isinstance(grade, int) else None,
        plain=entry.plain,
        more=entry.more,
        causes=sorted(tips(entry.causes, reader), key=lambda tip: (tip.applies is None, not tip.seen)),
        tell=tips(entry.tell, reader),
        self_care=tips(entry.self_care, reader),
        team=team(entry.team, reader),
        avoid=tips(entry.avoid, reader),
        call=tips(entry.call, reader),
        palliative=next(iter(tips([entry.palliative], reader)), None) if entry.palliative else None,
        practices=_practices_for(entry.symptom or entry_id, reader),
        rules=_rules(entry.symptom, reader),
        from_=reader.trace.get(f"symptom_{entry.symptom}", []),
        source=reader.sources(entry.because),
    )


def tips(advice: Iterable[entries.Advice], reader: Reader) -> list[Tip]:
    """What is not refuted for this person. What a gate closes stays, with its reason."""
    return [
        Tip(
            text=a.text,
            more=a.more,
            strength=a.strength,
            applies=reader.held(a.when),
            seen=reader.seen(a.when),
            gates=gates_of(a.unless, reader),
            source=reader.sources(a.because),
            unconfirmed=a.unconfirmed,
        )
        for a in advice
        if reader.held(a.when) is not False
    ]


def team(steps: Iterable[entries.TeamStep], reader: Reader) -> list[TeamTip]:
    """What the team can do; what does not suit this person stays, with its reason: the team decides."""
    return [
        TeamTip(
            kind=s.kind,
            text=s.text,
            clinician=s.clinician,
            strength=s.strength,
            applies=reader.held(s.when),
            gates=gates_of(s.unless, reader),
            source=reader.sources(s.because),
            unconfirmed=s.unconfirmed,
        )
        for s in steps
        if reader.held(s.when) is not False
    ]


def gates_of(unless: Iterable[entries.Unless], reader: Reader) -> list[Gate]:
    """The reasons against a thing that hold or are not known, those that hold first."""
    found = [
        Gate(
            text=u.text,
            do=u.do,
            met=met,
            seen=reader.seen(u.when),
            source=reader.sources(u.because),
            unconfirmed=u.unconfirmed,
        )
        for u in unless
        if (met := reader.held(u.when)) is not False
    ]
    return sorted(found, key=lambda gate: gate.met is None)


def practice(entry_id: str, entry: entries.Complementary, uses: Iterable[entries.Use], reader: Reader) -> Practice:
    """A practice with the uses that are asked for, and its gates."""
    return Practice(
        id=entry_id,
        name=entry.name,
        plain=entry.plain,
        more=entry.more,
        how=entry.how,
        uses=[use(u, reader) for u in uses],
        gates=gates_of(entry.unless, reader),
    )


_STRONGEST = ("recommended", "may_help", "not_shown", "harmful")


def _practices_for(symptom: str, reader: Reader) -> list[Practice]:
    """What is practised for a symptom, the best supported first; what was not shown to help is told too."""
    found = []
    for i, entry in reader.knowledge.complementary.items():
        if uses := [u for u in entry.for_ if u.symptom == symptom]:
            found.append(practice(i, entry, uses, reader))
    return sorted(found, key=lambda p: min(_STRONGEST.index(u.strength) for u in p.uses))


def use(entry: entries.Use, reader: Reader) -> Use:
    """One use of a practice or supplement."""
    return Use(
        symptom=entry.symptom,
        strength=entry.strength,
        by=entry.by,
        setting=entry.setting,
        text=entry.text,
        source=reader.sources(entry.because),
        unconfirmed=entry.unconfirmed,
    )


def _rules(symptom: str | None, reader: Reader) -> list[LabelRule]:
    """What the labels of the drugs that run say of the side effects that the symptom may be."""
    effects = set(SYMPTOMS[symptom].effects) if symptom else set()
    return [
        LabelRule(drug=drug.name, rule=dose_rule(change, reader.knowledge))
        for drug in reader.knowledge.drugs.values()
        if effects and reader.runs(drug.name)
        for change in drug.changes
        if effects & set(change.effects)
    ]


def support(reader: Reader) -> list[SupportOffer]:
    """What is offered: to everybody, where its condition holds, and what the person asked for."""
    return [
        SupportOffer(
            id=i,
            topic=entry.topic,
            name=entry.name,
            plain=entry.plain,
            more=entry.more,
            seen="; ".join(reader.told(entry.for_)) if entry.for_ is not None else "",
            levels=[tip for tip in tips(entry.levels, reader) if tip.applies],
            steps=tips(entry.steps, reader),
            is_not=tips(entry.is_not, reader),
            clinician=entry.clinician,
            source=reader.sources(entry.because),
            unconfirmed=entry.unconfirmed,
        )
        for i, entry in reader.knowledge.support.items()
        if reader.held(entry.for_) is True
    ]


def organisations(knowledge: Knowledge, country: str | None) -> list[Help]:
    """Organisations: those of the country, then those for everybody; all of them where no country is given."""
    wanted = (country, "global")
    found = [
        Help(
            id=i,
            name=entry.name,
            country=entry.country,
            languages=entry.languages,
            url=entry.url,
            phone=entry.phone,
            helps=list(entry.helps),
            text=entry.text,
            checked=entry.checked.on,
            source=citing.sources(tuple(entry.because), knowledge),
            unconfirmed=entry.unconfirmed,
        )
        for i, entry in knowledge.organisations.items()
        if country is None or entry.country in wanted
    ]
    return sorted(found, key=lambda h: (h.country == "global", h.country, h.name))


def supplements(reader: Reader, taken: Sequence[str]) -> list[SupplementCheck]:
    """Each supplement that is taken against this person's medicines and state, once."""
    names = names_of(reader.knowledge)
    found: dict[str, SupplementCheck] = {}
    for asked in taken:
        plain = plain_name(asked)
        if not plain:
            continue
        exact = names.get(plain)
        checks = [_checked(asked, i, reader) for i in ([exact] if exact is not None else named_in(plain, names))]
        # A name within others may be of another thing: it can warn, and never say that nothing is known against it.
        said = [check for check in checks if exact is not None or check.answer in ("avoid", "ask")]
        for check in said or [_checked(asked, None, reader)]:
            found.setdefault(check.id or plain, check)
    return list(found.values())


def named_in(plain: str, names: Mapping[str, str]) -> list[str]:
    """The supplements whose names stand in a longer one, whole words (``hypericum st johns wort 300 mg``).

    Of names within each other the longest counts (``green tea extract``, not ``green tea``).
    """
    within = sorted((name for name in names if f" {name} " in f" {plain} "), key=len, reverse=True)
    longest = [name for i, name in enumerate(within) if not [n for n in within[:i] if f" {name} " in f" {n} "]]
    return list(dict.fromkeys(names[name] for name in longest))


def to_avoid(reader: Reader) -> list[SupplementCheck]:
    """Every supplement of which something is to be avoided with what runs now."""
    found = [_checked(entry.name, i, reader) for i, entry in reader.knowledge.supplements.items()]
    return [check for check in found if check.answer == "avoid"]


def names_of(knowledge: Knowledge) -> dict[str, str]:
    """The id of a supplement by each of its names (`plain_name`)."""
    found: dict[str, str] = {}
    for i, entry in knowledge.supplements.items():
        found |= {plain_name(name): i for name in (i.replace("_", " "), entry.name, *entry.also)}
    return found


def plain_name(name: str) -> str:
    """A name as it is compared: without case, apostrophes, accents and other marks (``Hipérico``: hiperico)."""
    parts = unicodedata.normalize("NFKD", name.casefold().replace("'", "").replace("’", ""))
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _checked(asked: str, entry_id: str | None, reader: Reader) -> SupplementCheck:
    if entry_id is None:
        return SupplementCheck(
            asked=asked, id=None, name=asked, answer="not_known", plain=None, clashes=[], uses=[], source=[]
        )
    entry = reader.knowledge.supplements[entry_id]
    clashes = [clash for concern in entry.concerns if (clash := _clash(concern, reader)).met is not False]
    certain = {clash.do for clash in clashes if clash.met}
    return SupplementCheck(
        asked=asked,
        id=entry_id,
        name=entry.name,
        answer="avoid" if "avoid" in certain else "ask" if clashes else "nothing_found",
        plain=entry.plain,
        clashes=sorted(clashes, key=lambda c: (c.met is None, c.do)),
        uses=[use(u, reader) for u in entry.for_],
        source=reader.sources(entry.because),
    )


def _clash(concern: entries.Concern, reader: Reader) -> Clash:
    """A concern holds where one of its drugs or classes runs, or where it names none, and its condition holds."""
    names = [*concern.drugs, *concern.classes]
    running = {name: reader.runs(name) for name in names}
    with_ = [TREATMENT_CLASSES.get(name, name) for name, runs in running.items() if runs]
    runs = True if not names or with_ else None if None in running.values() else False
    holds = reader.held(concern.when)
    met = False if False in (runs, holds) else None if None in (runs, holds) else True
    return Clash(
        do=concern.do,
        with_=with_,
        met=met,
        text=concern.text,
        clinician=concern.clinician,
        source=reader.sources(concern.because),
        unconfirmed=concern.unconfirmed,
    )
