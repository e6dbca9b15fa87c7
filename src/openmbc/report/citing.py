"""Sources and trials of the knowledge, as they stand in a report."""

from __future__ import annotations

from functools import cache

from openmbc.catalogue import SIDE_EFFECT_SUMS, SIDE_EFFECTS
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Arm, Cited
from openmbc.knowledge.model import Evidence as Trial
from openmbc.knowledge.model import Harm as SideEffect
from openmbc.knowledge.model import Result as Outcome
from openmbc.knowledge.model import Source as Document
from openmbc.report.basics import Source
from openmbc.report.types import Evidence, Harm, Result, Score

SUMS = ("any_grade_3_or_more", "stopped_for_side_effects")  # effects that are not one side effect


def source(source_id: str, where: str, knowledge: Knowledge, unconfirmed: str | None = None) -> Source:
    """A place in a document."""
    document = knowledge.sources[source_id]
    return Source(
        id=source_id,
        title=document.title,
        where=knowledge.place(where),
        url=_address(document),
        unconfirmed=unconfirmed or document.unconfirmed,
    )


def _address(document: Document) -> str | None:
    if document.url:
        return document.url
    if document.doi:
        return f"https://doi.org/{document.doi}"
    if document.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{document.pmid}/"
    if document.nct:
        return f"https://clinicaltrials.gov/study/{document.nct}"
    if document.setid:
        return f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={document.setid}"
    return None


@cache
def sources(cited: tuple[Cited, ...], knowledge: Knowledge) -> list[Source]:
    """Every place that is cited; a trial is cited through the sources of its results."""
    found = []
    for c in cited:
        if c.source is not None:
            found.append(source(c.source, c.where, knowledge))
        elif c.evidence is not None:
            trial = knowledge.evidence[c.evidence]
            url = f"https://clinicaltrials.gov/study/{trial.nct}" if trial.nct else None
            found.append(
                Source(
                    id=c.evidence,
                    title=trial.name,
                    where=knowledge.place(c.where),
                    url=url,
                    unconfirmed=trial.unconfirmed,
                )
            )
    return found


@cache
def trials(cited: tuple[Cited, ...], knowledge: Knowledge) -> list[Evidence]:
    """The trials behind an option, each once."""
    arms = {c.evidence: c.arm for c in cited if c.evidence is not None}
    return [_trial(i, arm, knowledge.evidence[i], knowledge) for i, arm in arms.items()]


def _trial(trial_id: str, arm: Arm, trial: Trial, knowledge: Knowledge) -> Evidence:
    arms = trial.experimental + (f" v {trial.control}" if trial.control else "")
    results = [
        Result(
            endpoint=r.endpoint,
            population=r.population,
            text=result_text(r),
            source=source(r.source, r.where, knowledge, r.unconfirmed),
        )
        for r in trial.results
    ]
    return Evidence(
        id=trial_id,
        name=trial.name,
        nct=trial.nct,
        phase=trial.phase,
        randomised=trial.randomised,
        population=trial.population,
        n=trial.n,
        arms=arms,
        arm=arm,
        outcome=trial.outcome,
        results=results,
        harms=[_side_effect(h, knowledge) for h in trial.harms],
        mcbs=None if (m := trial.mcbs) is None else Score(m.score, source(m.source, m.where, knowledge, m.unconfirmed)),
        unconfirmed=trial.unconfirmed,
    )


def _side_effect(harm: SideEffect, knowledge: Knowledge) -> Harm:
    return Harm(
        what=effect(harm),
        experimental=harm.experimental,
        control=harm.control,
        source=source(harm.source, harm.where, knowledge, harm.unconfirmed),
    )


def effect(harm: SideEffect) -> str:
    """A side effect in words, with its grade: "diarrhoea (grade 3 or more)"."""
    grade = " (grade 3 or more)" if harm.grade == "3+" and harm.effect not in SUMS else ""
    return plain(harm.effect) + grade


def plain(effect: str) -> str:
    """A side effect, or a sum of them, in the person's words."""
    known = SIDE_EFFECTS.get(effect)
    return SIDE_EFFECT_SUMS[effect] if known is None else known.plain or known.label


def result_text(result: Outcome) -> str:
    """A published number in words: "63.9 v 51.4 months, HR 0.76 (95% CI 0.63-0.93)"."""
    unit = "%" if result.unit == "%" else f" {result.unit}"
    arms = [f"{v:g}" for v in (result.experimental, result.control) if v is not None]
    parts = [f"{' v '.join(arms)}{unit}"] if arms else []
    if result.hr is not None:
        interval = f" (95% CI {result.ci[0]:.2f}-{result.ci[1]:.2f})" if result.ci else ""
        parts.append(f"HR {result.hr:g}{interval}")
    return ", ".join(parts)
