"""What labels ask of running drugs when a side effect is reported, and which drugs may cause it.

The state says which side effects go on and which cancer drugs were there when they began; the knowledge says which of
these can cause them: the label has a rule for the effect, or a trial counts it for the drug. Where no drug is named so,
the rules of labels for "other side effects" count. A rule acts by the reported CTCAE grade. Where a value measures the
effect and the label has rules for the value, those act (`safety`) and the grade does not: nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, Literal

import msgspec
import numpy as np
import polars as pl

from openmbc.catalogue import DRUGS, SIDE_EFFECT_GROUPS, SIDE_EFFECTS, key
from openmbc.criteria import parse
from openmbc.criteria.nodes import leaves
from openmbc.guidance.evaluate import in_lists
from openmbc.guidance.safety import supporting
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Change, Drug

Named = Literal["label", "trial"]
_GRADES = (1, 4)  # of rules that do not go by grade; grade 5 is death
_LIFE_THREATENING = 4  # CTCAE: life-threatening consequences; urgent intervention indicated


class Cause(msgspec.Struct, frozen=True):
    """A drug that may cause a side effect.

    ``named`` says what names the effect for the drug; None where only general rules fit, or the record alone blames it.
    ``rules`` are those of its label for this grade; all that are not `go_on` ask for something, if it runs. Of a drug
    that does not run only those that name the effect: they say how it is treated, the general ones only speak of doses.
    ``other_time`` are the rules for a second time, where it is not known to be one.
    """

    drug: str
    running: bool
    blamed: bool
    named: Named | None
    rules: tuple[Change, ...]
    other_time: tuple[Change, ...]


class SideEffect(msgspec.Struct, frozen=True):
    """A side effect that goes on, and the drugs that may cause it. ``grade`` null is not stated."""

    effect: str
    grade: int | None
    before: int | None
    date: dt.date | None
    since: dt.date | None
    version: str | None
    causes: tuple[Cause, ...]
    measured: bool

    @property
    def label(self) -> str:
        """The effect in a clinician's words."""
        return SIDE_EFFECTS[self.effect].label

    @property
    def running(self) -> list[Cause]:
        """The causes that run now."""
        return [cause for cause in self.causes if cause.running]


def effect_words(change: Change) -> str:
    """The side effects of a rule in words: "neutropenia, anaemia or thrombocytopenia"."""
    words = [SIDE_EFFECT_GROUPS.get(e) or SIDE_EFFECTS[e].label for e in change.effects]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def grade_words(change: Change) -> str:
    """When a rule holds, in words: "3-4", "3 again", "2, for 5 days or more"; without a grade what else must be so."""
    graded = " ".join(filter(None, [change.grade, "again" if change.again else ""]))
    return ", ".join(filter(None, [graded, change.only_if]))


def effects_of(events: Iterable[Mapping[str, Any]], known: Collection[str], knowledge: Knowledge) -> list[SideEffect]:
    """The side effects of one person; ``events`` as in the state, ``known`` the measures that have a value."""
    found = []
    for effect, same in groupby(events, key=lambda event: str(event["effect"])):
        rows = list(same)
        first = rows[0]
        causes = _causes(rows, effect, frozenset(known), knowledge)
        measured = not {*SIDE_EFFECTS[effect].measures}.isdisjoint(known)
        shared = {name: first[name] for name in ("grade", "before", "date", "since", "version")}
        found.append(SideEffect(effect, causes=causes, measured=measured, **shared))
    return found


def _causes(
    rows: list[Mapping[str, Any]], effect: str, known: frozenset[str], knowledge: Knowledge
) -> tuple[Cause, ...]:
    """The drugs that are named for the effect; where none is, those whose general rules fit it."""
    present = [row for row in rows if row["drug"] is not None]
    named = _naming(knowledge).get(effect, {})
    chosen = [row for row in present if row["blamed"] or row["drug"] in named]
    if not chosen:
        chosen = [row for row in present if _general(effect, row["drug"], knowledge)]
    return tuple(_cause(row, effect, named.get(row["drug"]), known, knowledge) for row in chosen)


def _cause(
    row: Mapping[str, Any], effect: str, named: Named | None, known: frozenset[str], knowledge: Knowledge
) -> Cause:
    drug = knowledge.drugs.get(key(row["drug"]))
    rules: list[Change] = []
    if drug is not None and known.isdisjoint(_asked_of_values(knowledge)[drug.name] & {*SIDE_EFFECTS[effect].measures}):
        own = [c for c in drug.changes if effect in _meant(c)]
        rules = own if named == "label" else _general(effect, drug.name, knowledge)
        # A rule for any side effect stands beside those of the effect itself.
        rules += [c for c in drug.changes if "any" in c.effects and c not in rules and SIDE_EFFECTS[effect].other]
    if not row["running"]:
        rules = [c for c in rules if effect in _meant(c)]
    grade, again = row["grade"], row["again"]
    fitting = [c for c in rules if grade is not None and _in(c, grade)]
    second = [c for c in fitting if c.again and again is not None and again >= (c.grades or _GRADES)[0]]
    first = [c for c in fitting if not c.again and not any(_says_more(s, c) for s in second)]
    other = [c for c in fitting if c.again and c not in second]
    return Cause(row["drug"], row["running"], row["blamed"], named, tuple(second + first), tuple(other))


def _in(change: Change, grade: int) -> bool:
    low, high = change.grades or _GRADES
    return low <= grade <= high


def _says_more(second: Change, first: Change) -> bool:
    """A rule for the second time stands for the one of the first, unless that has a condition of its own."""
    return first.only_if is None and second.only_if is None and not set(first.effects).isdisjoint(second.effects)


@cache
def _naming(knowledge: Knowledge) -> dict[str, dict[str, Named]]:
    """By side effect, the drugs that are known to cause it, and what says so.

    A trial names an effect for the drugs that only its experimental arm had.
    """
    found: dict[str, dict[str, Named]] = {}
    for trial in knowledge.evidence.values():
        for drug in _only_in(trial.experimental, trial.control or ""):
            for harm in trial.harms:
                if harm.control is None or harm.experimental > harm.control:
                    found.setdefault(harm.effect, {})[drug] = "trial"
    for entry in knowledge.drugs.values():
        for change in entry.changes:
            for effect in _meant(change):
                found.setdefault(effect, {})[entry.name] = "label"
    return found


def _meant(change: Change) -> tuple[str, ...]:
    """The side effects that a rule names: a rule for any immune reaction names all of them."""
    if "any_immune_reaction" in change.effects:
        return tuple(name for name, effect in SIDE_EFFECTS.items() if effect.immune)
    return tuple(e for e in change.effects if e in SIDE_EFFECTS)


def _only_in(experimental: str, control: str) -> list[str]:
    """The drugs that one arm names and the other does not."""
    return [drug for drug in DRUGS if _names(experimental, drug) and not _names(control, drug)]


def _names(arm: str, drug: str) -> bool:
    """Is the drug named, and not only as part of another name (trastuzumab deruxtecan)?"""
    longer = [other for other in DRUGS if drug in other and other != drug]
    text = arm.lower()
    for other in longer:
        text = text.replace(other, "")
    return re.search(rf"(?<![\w-]){re.escape(drug)}(?![\w-])", text) is not None


def _general(effect: str, name: str, knowledge: Knowledge) -> list[Change]:
    """The rules of a drug for side effects that it does not name."""
    drug = knowledge.drugs.get(key(name))
    if drug is None or not SIDE_EFFECTS[effect].other:
        return []
    return [c for c in drug.changes if not {"any", "other"}.isdisjoint(c.effects)]


@cache
def _asked_of_values(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """The features that the rules of each running drug ask for, by drug."""
    return {
        drug.name: frozenset(leaf.feature for rule in drug.adjust for leaf in leaves(parse(rule.when)))
        for drug in knowledge.drugs.values()
    }


class Asked(msgspec.Struct, frozen=True):
    """What the side effects of one person ask for: does a treatment end, does it change, and the sentences."""

    ends: bool
    changes: bool
    urgent: list[str]
    said: list[str]


def asked(found: list[SideEffect], knowledge: Knowledge) -> Asked:
    """What labels ask of the drugs that run.

    To stop for good ends the treatment only where the cause is clear: one drug is the candidate, or is blamed. Among
    several, which it is stands open, and the treatment changes. A rule of this grade that goes by more than the grade
    (``only_if``) is said with its condition and changes too; one that names no grade stands in the report alone, and so
    do all where the grade itself needs no change. What cannot wait is ``urgent``, whatever causes it.
    """
    ends = changes = False
    urgent = [text for effect in found if (text := _emergency(effect)) is not None]
    said: list[str] = []
    for effect in found:
        clear = len(effect.causes) == 1
        acting = [(c, rule) for c in effect.running for rule in _acting(c.rules)]
        over = [(c, r) for c, r in acting if r.do == "stop" and clear and r.only_if is None]
        ends |= any(c.drug not in supporting(knowledge) for c, _ in over)
        changes |= bool(acting)
        said += [sentence(effect, cause, rule, knowledge) for cause, rule in acting]
        said += _open(effect, acting, knowledge)
    return Asked(ends, changes, urgent, said)


def _emergency(effect: SideEffect) -> str | None:
    """The sentence of a side effect that cannot wait; none for what is graded by a value alone (a blood count)."""
    entry = SIDE_EFFECTS[effect.effect]
    if entry.emergency is not None:
        return entry.emergency
    if effect.grade is not None and effect.grade >= _LIFE_THREATENING and not entry.measures:
        return (
            f"{_capital(effect.label)} of grade {effect.grade}{_when(effect)} threatens life: help is needed at once."
        )
    return None


def _acting(rules: tuple[Change, ...]) -> list[Change]:
    """The rules that ask for something; none where the label lets the drug go on at this grade."""
    by_grade = [rule for rule in rules if rule.only_if is None]
    if by_grade and all(rule.do == "go_on" for rule in by_grade):
        return []
    return [rule for rule in rules if rule.do != "go_on" and (rule.grades is not None or rule.only_if is None)]


def _open(effect: SideEffect, acting: list[tuple[Cause, Change]], knowledge: Knowledge) -> list[str]:
    """What the record leaves open: the grade, or which drug causes it."""
    running = [cause.drug for cause in effect.running]
    with_rules = [name for name in running if _has_rules(name, effect, knowledge)]
    if effect.grade is None and with_rules and not effect.measured:
        open_ = f"The CTCAE grade of {effect.label}{_when(effect)} is not known"
        return [f"{open_}; what the label of {_and(with_rules)} asks depends on it."]
    if acting and len(effect.causes) > 1:
        several = f"More than one drug can cause {effect.label} ({_and([c.drug for c in effect.causes])})"
        return [f"{several}: which one does is for the team to say; each label is listed."]
    return []


def _has_rules(name: str, effect: SideEffect, knowledge: Knowledge) -> bool:
    drug = knowledge.drugs.get(key(name))
    return drug is not None and any({effect.effect, "any", "other"} & {*_meant(c), *c.effects} for c in drug.changes)


def sentence(effect: SideEffect, cause: Cause, rule: Change, knowledge: Knowledge) -> str:
    """A rule of a label for a side effect as it is, with its source, as one sentence."""
    drug = knowledge.drugs[key(cause.drug)]
    again = ", not for the first time" if rule.again else ""
    only_if = f"if {rule.only_if}: " if rule.only_if else ""
    text = rule.text.rstrip(".")
    later = "".join(
        f"; a second time: {r.text.rstrip('.')}" for r in cause.other_time if r.only_if is None and not rule.only_if
    )
    source = f"{knowledge.sources[rule.source].title}, {knowledge.place(rule.where)}"
    doubt = f"; unconfirmed: {rule.unconfirmed.rstrip('.')}" if rule.unconfirmed else ""
    return (
        f"{cause.drug}: {effect.label} of grade {effect.grade}{_when(effect)}{again}. "
        f"{_capital(only_if + text)}{later}{_steps(drug, rule)} ({source}{doubt})."
    )


def _steps(drug: Drug, rule: Change) -> str:
    """The ladder of doses, where the label goes down by levels: which step is taken the record does not say."""
    if rule.levels is None or drug.doses is None or len(drug.doses.steps) == 1:
        return ""
    return f"; doses: {', then '.join(drug.doses.steps)}"


def _when(effect: SideEffect) -> str:
    return f" (reported {effect.date.isoformat()})" if effect.date is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


_MEASURES = sorted({m for effect in SIDE_EFFECTS.values() for m in effect.measures})


def measured(state: Mapping[str, Any]) -> frozenset[str]:
    """The measures of side effects that are known of a person."""
    return frozenset(name for name in _MEASURES if state[name] is not None)


def called_for(state: pl.DataFrame, knowledge: Knowledge) -> list[pl.Series]:
    """What side effects ask for, a row a state.

    ``ended_by_effect``: one ends the treatment; ``changed_by_effect``: one changes it; ``emergencies``: the sentences
    of what cannot wait; ``effects_said``: the others.
    """
    if state["side_effects"].null_count() == len(state):  # the usual case, which must stay free
        return _nobody(len(state))
    ends, changes = [False] * len(state), [False] * len(state)
    urgent: list[tuple[int, str]] = []
    said: list[tuple[int, str]] = []
    reported = state.select(*_MEASURES, "side_effects").with_row_index().filter(pl.col("side_effects").is_not_null())
    for row in reported.iter_rows(named=True):
        at = row["index"]
        found = asked(effects_of(row["side_effects"], measured(row), knowledge), knowledge)
        ends[at], changes[at] = found.ends, found.changes
        urgent += [(at, sentence) for sentence in found.urgent]
        said += [(at, sentence) for sentence in found.said]
    return [
        pl.Series("ended_by_effect", ends),
        pl.Series("changed_by_effect", changes),
        _listed(urgent, len(state)).alias("emergencies"),
        _listed(said, len(state)).alias("effects_said"),
    ]


def _listed(said: list[tuple[int, str]], height: int) -> pl.Series:
    """Sentences as a list for each state."""
    places = np.array([at for at, _ in said], dtype=np.intp)
    return in_lists(places, pl.Series([text for _, text in said], dtype=pl.String), height)


@lru_cache(maxsize=1)
def _nobody(height: int) -> list[pl.Series]:
    """The same where nobody has a side effect."""
    nothing = pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, height)
    none = np.zeros(height, np.bool_)
    return [
        pl.Series("ended_by_effect", none),
        pl.Series("changed_by_effect", none),
        nothing.alias("emergencies"),
        nothing.alias("effects_said"),
    ]
