"""A record walked day by day: what was known, decided by the rules, and done; and where the two differ.

Every day is one row of the same tables: a replay is a cohort of one person at many dates. The rules are those of
today's knowledge; whether an option was on the market is that of the day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec
import polars as pl

from openmbc import __version__
from openmbc.catalogue import FEATURES, SIDE_EFFECTS, Feature
from openmbc.criteria import text_of
from openmbc.facts import Facts
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.guidance.plan import Plan
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Regimen, Region
from openmbc.report import of_lines, of_response
from openmbc.report.basics import NOTICE, Problem
from openmbc.report.course_types import Measurement
from openmbc.report.events import CANCER_TREATMENTS, Event, days_of, events, starts
from openmbc.report.types import KnowledgeInfo, TreatmentLine
from openmbc.state import State, assume, derive
from openmbc.state.markers import MARKERS

_FAMILIES = (None, "metastasis", "tumour_gene", "germline_gene", "illness", "complication")
_SUBJECTS = ("disease", "receptors", "genomics", "treatment", "illness", "person")
_CLOCKS = ("age", "pregnancy_weeks", "drugs_running")  # change by themselves, or say what another says
_CHOSEN = ("recommended", "possible", "needs_information", "unsuitable")


class Choice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An option as it stood on a day."""

    id: str
    name: str
    verdict: Literal["recommended", "possible", "needs_information", "unsuitable"]


class Done(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Systemic treatment that was started, against what the rules said the day before.

    ``verdict`` is that of the option which the drugs were; ``not_listed`` when they were none of this knowledge.
    """

    on: dt.date
    drugs: list[str]
    verdict: Literal["recommended", "possible", "needs_information", "unsuitable", "not_listed"]
    option: Choice | None
    text: str


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One day on which something changed: what happened, what changed in the state, and what the rules said."""

    date: dt.date
    events: list[Event]
    changes: list[str]
    now: str
    because: list[str]
    recommended: list[Choice]
    possible: int
    waiting: int
    done: Done | None = None


class Point(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One value of a series: a tumour marker, or the allele fraction of a variant in plasma."""

    series: str
    date: dt.date
    value: float
    upper_limit: float | None = None


class Lane(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A treatment from its start to its end (null while it runs or when it is not known), or on one day."""

    name: str
    kind: Literal["drug", "radiation", "surgery", "procedure"]
    start: dt.date
    end: dt.date | None
    from_: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """What a report says of the disease on a day: responding, stable, mixed, unconfirmed, progression, undetermined."""

    date: dt.date
    says: str
    by: str | None
    from_: str


class Spell(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A side effect as reported: its CTCAE grade (null when not stated), from when to when."""

    effect: str
    grade: int | None
    start: dt.date
    end: dt.date | None
    from_: str


class Replay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The whole walk, and the series that a timeline is drawn from."""

    openmbc: str
    knowledge: KnowledgeInfo
    person: str
    as_of: dt.date
    region: Literal["us", "eu"]
    steps: list[Step]
    lines: list[TreatmentLine]
    lanes: list[Lane]
    assessments: list[Assessment]
    measurements: list[Measurement]
    points: list[Point]
    effects: list[Spell]
    problems: list[Problem]
    notice: str = NOTICE


def replay(
    facts: Facts, as_of: dt.date, knowledge: Knowledge, *, region: Region = "us", strict: bool = False
) -> Replay:
    """The walk through the record of the one person in ``facts``, up to ``as_of``."""
    person = facts.people["person"][0]
    days = days_of(facts, as_of)
    at = pl.DataFrame({"person": [person] * len(days), "as_of": days}, schema={"person": pl.String, "as_of": pl.Date})
    state = derive(facts, at)
    read = state.strict if strict else assume(state.strict)
    guide = plan(knowledge, region)
    verdicts = evaluate(read, guide)
    chosen = options_table(read, verdicts).filter(pl.col("role") == "treatment").sort("as_of", "rank")
    by_day = {day[0]: rows for day, rows in chosen.group_by("as_of", maintain_order=True)}
    decided = dict(zip(days, decide(read, verdicts).iter_rows(named=True), strict=True))
    happened, begun = events(facts), starts(facts)
    known = dict(zip(days, read.iter_rows(named=True), strict=True))
    steps: list[Step] = []
    before: dict[str, Any] = {}
    for day in days:
        step = _step(day, happened.get(day, []), before, known[day], decided[day], by_day[day], guide)
        followed = begun.get(day + dt.timedelta(days=1))
        if followed is not None and step.now != "not_metastatic":  # treatment of early disease is not judged here
            on = day + dt.timedelta(days=1)
            step = msgspec.structs.replace(step, done=_done(on, followed, by_day[day], guide))
        if _says_something(step, steps):
            steps.append(step)
            before = known[day]
    whole = derive(facts, at[-1:], trace=True)
    return Replay(
        openmbc=__version__,
        knowledge=KnowledgeInfo(version=knowledge.version, hash=knowledge.hash, newest_check=knowledge.newest_check),
        person=person,
        as_of=as_of,
        region=region,
        steps=steps,
        lines=of_lines.lines(whole, as_of),
        lanes=_lanes(facts, as_of),
        assessments=_assessments(facts, as_of),
        measurements=of_response.measurements(whole),
        points=_points(facts, as_of, whole),
        effects=_effects(facts, as_of),
        problems=_problems(facts, whole.problems),
    )


def _step(
    day: dt.date,
    happened: list[Event],
    before: dict[str, Any],
    now: dict[str, Any],
    decided: dict[str, Any],
    options: pl.DataFrame,
    guide: Plan,
) -> Step:
    counts = dict(options["verdict"].cast(pl.String).value_counts().iter_rows())
    recommended = options.filter(pl.col("verdict") == "recommended")["option"].to_list()
    advanced = now["disease"] != "not_metastatic"
    return Step(
        date=day,
        events=happened,
        changes=[text for feature in FEATURES if (text := _change(feature, before, now)) is not None],
        now=decided["now"],
        because=decided["because"],
        recommended=[_choice(option, "recommended", guide) for option in recommended] if advanced else [],
        possible=counts.get("possible", 0) if advanced else 0,
        waiting=counts.get("needs_information", 0) if advanced else 0,
    )


def _change(feature: Feature, before: dict[str, Any], now: dict[str, Any]) -> str | None:
    """What changed of a feature since the step before; at first, what is known and there."""
    if feature.family not in _FAMILIES or feature.subject not in _SUBJECTS or feature.name in _CLOCKS:
        return None
    if feature.unit in ("months", "years", "points"):
        return None
    old, value = before.get(feature.name), now[feature.name]
    if value is None or value == old or (old is None and value in (False, 0)):
        return None
    return text_of(feature, value)


def _choice(option: str, verdict: Any, guide: Plan) -> Choice:
    entry = next(o.entry for o in guide.options if o.id == option)
    return Choice(id=option, name=entry.name, verdict=verdict)


def _says_something(step: Step, steps: list[Step]) -> bool:
    """A day is shown when something happened, was started, or the answer became another."""
    if step.events or step.done is not None or not steps:
        return True
    last = steps[-1]
    return step.now != last.now or step.recommended != last.recommended


def _done(on: dt.date, drugs: list[str], options: pl.DataFrame, guide: Plan) -> Done:
    """Which option the drugs were, and how it stood; of several, the one that stood best."""
    entries = {o.id: o.entry for o in guide.options}
    ranked = options.sort(pl.col("verdict").to_physical(), "rank").select("option", "verdict").iter_rows()
    same = [(o, v) for o, v in ranked if isinstance(e := entries[o], Regimen) and _is_of(e.drugs, drugs)]
    names = " + ".join(drugs)
    if not same:
        return Done(on=on, drugs=drugs, verdict="not_listed", option=None,
                    text=f"{names} is no option of this knowledge.")  # fmt: skip
    option, verdict = same[0]
    choice = _choice(option, verdict, guide)
    said = {
        "recommended": "was recommended",
        "possible": "was possible, not recommended",
        "needs_information": "waited for a fact that the record does not hold",
        "unsuitable": "did not fit by these rules",
    }[verdict]
    return Done(on=on, drugs=drugs, verdict=verdict, option=choice, text=f"{names} {said} ({choice.name}).")


def _is_of(slots: list[list[str]], drugs: list[str]) -> bool:
    """A drug of each slot was started, and no other."""
    given = set(drugs)
    return all(given & set(slot) for slot in slots) and given <= {drug for slot in slots for drug in slot}


def _points(facts: Facts, as_of: dt.date, whole: State) -> list[Point]:
    """Tumour markers, and variants in blood by their share of alleles, each test by itself, in order of time."""
    markers = facts.observations.filter(
        pl.col("concept").is_in(list(MARKERS)) & pl.col("value").is_not_null() & (pl.col("date") <= as_of)
    ).sort("concept", "date", "source")
    found = [
        Point(series=MARKERS[concept], date=date, value=value, upper_limit=high)
        for concept, date, value, high in markers.select("concept", "date", "value", "high").iter_rows()
    ]
    if whole.blood is None:
        return found
    seen = whole.blood.followed.series.filter(pl.col("vaf").is_not_null())
    shares = seen.sort("gene", "change", "assay", "date", nulls_last=True)
    return found + [
        Point(series=_in_plasma(gene, change, assay), date=date, value=vaf)
        for gene, change, assay, date, vaf in shares.select("gene", "change", "assay", "date", "vaf").iter_rows()
    ]


def _in_plasma(gene: str, change: str | None, assay: str | None) -> str:
    """The name of a series: shares of two tests are never one."""
    variant = f"{gene} {change}" if change else gene
    return f"{variant} in plasma, allele fraction" + (f" ({assay})" if assay else "")


def _lanes(facts: Facts, as_of: dt.date) -> list[Lane]:
    given = facts.treatments.filter(
        (pl.col("start") <= as_of) & ~pl.col("status").is_in(["planned", "not_taken"]).fill_null(False)
    )
    return [
        Lane(
            name=row["treatment"] or row["text"] or row["kind"],
            kind=row["kind"],
            start=row["start"],
            end=row["end"] if row["end"] is None or row["end"] <= as_of else None,
            from_=row["source"],
        )
        for row in given.sort("start", "treatment", "source").iter_rows(named=True)
        if row["treatment"] in CANCER_TREATMENTS or row["kind"] != "drug"
    ]


def _assessments(facts: Facts, as_of: dt.date) -> list[Assessment]:
    said = facts.observations.filter(
        (pl.col("concept") == "response") & pl.col("code").is_not_null() & (pl.col("date") <= as_of)
    ).sort("date", "source")
    columns = said.select("date", "code", "method", "source").iter_rows()
    return [Assessment(date=date, says=code, by=method, from_=source) for date, code, method, source in columns]


def _effects(facts: Facts, as_of: dt.date) -> list[Spell]:
    told = facts.side_effects.filter(pl.col("date") <= as_of).sort("effect", "date", "source")
    return [
        Spell(
            effect=SIDE_EFFECTS[row["effect"]].label if row["effect"] in SIDE_EFFECTS else row["text"] or "other",
            grade=row["grade"],
            start=row["date"],
            end=row["end"],
            from_=row["source"],
        )
        for row in told.iter_rows(named=True)
    ]


def _problems(facts: Facts, found: pl.DataFrame) -> list[Problem]:
    rows = pl.concat([facts.problems, found])
    return [
        Problem(severity=r["severity"], what=r["what"], todo=r["todo"], source=r["source"])
        for r in rows.iter_rows(named=True)
    ]
