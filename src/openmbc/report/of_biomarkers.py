"""What findings mean in this breast cancer: the entries of the knowledge that hold for this person."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from openmbc.catalogue import TREATMENT_CLASSES
from openmbc.criteria import parse
from openmbc.knowledge import Knowledge
from openmbc.knowledge.biomarker import Biomarker, Effect, Grading
from openmbc.knowledge.model import Cited, Condition, Defined
from openmbc.report import citing
from openmbc.report.basics import Source
from openmbc.report.genomic_types import DrugEffect, Finding, Meaning, Said, Tier
from openmbc.report.reasons import View

# What a protein says of the marker of its gene.
_SETS: dict[tuple[str | None, str], str] = {("pten", "lost"): "altered"}
_DOES = {"sensitive": "better", "resistant": "worse", "not_shown": "not_shown"}


def meanings(found: Iterable[Finding], view: View) -> dict[str, Meaning]:
    """By id, each entry of the knowledge about something that was found, in the order of the findings.

    An entry for another kind of breast cancer is left out.
    """
    entries: dict[str, Meaning] = {}
    listed = list(found)
    for finding in listed:
        for entry_id, entry in _about(view.knowledge).get(finding.marker, ()):
            if entry_id in entries or not says(entry, finding, view) or _holds(entry.for_, view) is False:
                continue
            if not entry.several or _different(entry, listed, view) > 1:
                entries[entry_id] = _meaning(entry_id, entry, view)
    return entries


@cache
def _about(knowledge: Knowledge) -> dict[str | None, list[tuple[str, Biomarker]]]:
    """The entries about each marker, with their ids."""
    found: dict[str | None, list[tuple[str, Biomarker]]] = {}
    for entry_id, entry in knowledge.biomarkers.items():
        found.setdefault(entry.marker, []).append((entry_id, entry))
    return found


def _different(entry: Biomarker, found: Iterable[Finding], view: View) -> int:
    """How many different changes were found; one without its name may be the same as another."""
    return len({finding.change for finding in found if finding.change is not None and says(entry, finding, view)})


def says(entry: Biomarker, finding: Finding, view: View) -> bool:
    """Is the entry about what was found?"""
    if finding.marker != entry.marker or finding.result != "found":
        return False
    if entry.when is not None:
        return _holds(entry.when, view) is True
    if finding.kind != "variant" and view.state[finding.marker] not in (None, entry.value):
        return False  # a newer result says otherwise
    return sets(finding) == entry.value


def sets(finding: Finding) -> str:
    """The value of its marker that a finding speaks for: PTEN lost by IHC for an altered PTEN."""
    said = str(finding.value)
    return _SETS.get((finding.marker, said), said)


def _meaning(entry_id: str, entry: Biomarker, view: View) -> Meaning:
    return Meaning(
        id=entry_id,
        name=entry.name,
        marker=entry.marker,
        meaning=entry.meaning,
        plain=entry.plain,
        applies=_holds(entry.for_, view),
        only_if=entry.only_if,
        escat=[_tier(g, view) for g in entry.escat if _holds(g.for_, view) is not False],
        drugs=[_effect(_DOES[does], effect, view) for does, of in entry.effects.items() for effect in of],
        outlook=_said(entry.prognosis, view),
        family=_said(entry.family, view),
        discuss=_said(entry.discuss, view),
        source=_sources(entry.because, view),
        unconfirmed=entry.unconfirmed,
    )


def _holds(condition: Condition | None, view: View) -> bool | None:
    return True if condition is None else view.holds(parse(condition))


def _tier(graded: Grading, view: View) -> Tier:
    source = citing.source(graded.source, graded.where, view.knowledge, graded.unconfirmed)
    return Tier(tier=graded.tier, by=graded.by, drugs=list(graded.drugs), source=source)


def _effect(does: str, effect: Effect, view: View) -> DrugEffect:
    here = effect.region in (None, view.region)
    return DrugEffect(
        does=does,  # type: ignore[arg-type]
        drugs=_drugs(effect),
        standing=effect.standing,
        text=effect.text,
        applies=_holds(effect.for_, view) if here else False,
        source=_sources(effect.because, view),
        unconfirmed=effect.unconfirmed,
    )


def _drugs(effect: Effect) -> str:
    """Drugs and classes in words: "alpelisib with fulvestrant"."""
    named = " or ".join([*effect.drugs, *(TREATMENT_CLASSES[c] for c in effect.classes)])
    beside = " and ".join(TREATMENT_CLASSES.get(name, name) for name in effect.with_)
    return f"{named} with {beside}" if beside else named


def _said(defined: Iterable[Defined], view: View) -> list[Said]:
    return [Said(text=d.text, source=_sources(d.because, view), unconfirmed=d.unconfirmed) for d in defined]


def _sources(because: list[Cited], view: View) -> list[Source]:
    return citing.sources(tuple(because), view.knowledge)
