"""Is what the knowledge says about findings sound, and does it agree with the regimens that ask for them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from openmbc.catalogue import TREATMENT_CLASSES, by_name
from openmbc.criteria import Node, parse
from openmbc.criteria.nodes import Leaf, Not, children
from openmbc.errors import OpenmbcError
from openmbc.knowledge.biomarker import OPENING, Biomarker, Effect
from openmbc.knowledge.findings import File, Files, Finding, did_you_mean, entries, parsed
from openmbc.knowledge.model import Cited, Regimen
from openmbc.terms.drugs import drug_of_text
from openmbc.terms.genes import gene_symbol

# Features of the subject `genomics` that say how a drug is broken down, not what drives the tumour.
_PHARMACOGENES = ("dpd_status", "ugt1a1")
_SAID = ("prognosis", "family", "discuss")


def cited_by(entry: Biomarker) -> Iterator[tuple[str, Cited]]:
    """The citations inside an entry with their places; those of the entry itself and of its tiers stand elsewhere."""
    for part, effects in entry.effects.items():
        for i, effect in enumerate(effects):
            yield from ((f"$.{part}[{i}].because[{j}]", c) for j, c in enumerate(effect.because))
    for part in _SAID:
        for i, said in enumerate(getattr(entry, part)):
            yield from ((f"$.{part}[{i}].because[{j}]", c) for j, c in enumerate(said.because))


def biomarkers(files: Files, today: dt.date) -> Iterator[Finding]:
    """Findings on each entry by itself: its marker, conditions, drugs and genes."""
    for file, entry in entries(files, "biomarkers"):
        assert isinstance(entry, Biomarker)
        yield from _marker(file, entry)
        if entry.for_ is not None:
            yield from parsed(file, "$.for", entry.for_)[1]
        for gene in entry.genes:
            if gene_symbol(None, None, gene) != gene:
                yield file.finding("$.genes", f"there is no gene '{gene}' in terms/hgnc.csv")
        for i, grading in enumerate(entry.escat):
            yield from _drugs(file, f"$.escat[{i}].drugs", grading.drugs)
            if grading.for_ is not None:
                yield from parsed(file, f"$.escat[{i}].for", grading.for_)[1]
        for part, effects in entry.effects.items():
            for i, effect in enumerate(effects):
                yield from _effect(file, f"$.{part}[{i}]", effect)
        if entry.origin == "germline" and not entry.family:
            yield file.finding("$.origin", "is inherited and says nothing to the family")


def _marker(file: File, entry: Biomarker) -> Iterator[Finding]:
    """The finding must be something that the state can say, and one thing."""
    if (entry.value is None) == (entry.when is None):
        yield file.finding("$.marker", "says neither or both of value and when: what is the finding?")
        return
    place = "$.when" if entry.when is not None else "$.marker"
    node, wrong = parsed(file, place, entry.finding)
    yield from wrong
    if node is not None and {leaf.feature for leaf, _ in _leaves(node)} != {entry.marker}:
        yield file.finding(place, f"asks for something else than the marker '{entry.marker}'")
    for name in entry.implies:
        if name not in by_name():
            yield file.finding("$.implies", f"there is no feature '{name}'{did_you_mean(name, by_name())}")


def _effect(file: File, place: str, effect: Effect) -> Iterator[Finding]:
    yield from _drugs(file, f"{place}.drugs", effect.drugs)
    yield from _drugs(file, f"{place}.with", [name for name in effect.with_ if name not in TREATMENT_CLASSES])
    for name in effect.classes:
        if name not in TREATMENT_CLASSES:
            yield file.finding(f"{place}.classes", f"there is no class '{name}'{did_you_mean(name, TREATMENT_CLASSES)}")
    if not effect.drugs and not effect.classes:
        yield file.finding(place, "names neither drugs nor classes")
    if effect.for_ is not None:
        yield from parsed(file, f"{place}.for", effect.for_)[1]


def _drugs(file: File, place: str, names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        if drug_of_text(name) != name:
            yield file.finding(place, f"there is no drug '{name}' in terms/drugs.csv")


def covered(files: Files, today: dt.date) -> Iterator[Finding]:
    """What one kind says and the other does not know.

    A drug that a label or guideline gives because of a finding needs a regimen that asks for the finding; a finding
    that a regimen asks for needs an entry that says what it means.
    """
    regimens = [(f, f.entry, _asked(f.entry)) for f, _ in entries(files, "regimens") if isinstance(f.entry, Regimen)]
    known: set[str] = set()
    for file, entry in entries(files, "biomarkers"):
        assert isinstance(entry, Biomarker)
        known |= {entry.marker, *entry.implies}
        opened = {drug for _, regimen, asked in regimens if _opens(entry, asked) for drug in _drugs_of(regimen)}
        for i, effect in enumerate(entry.sensitive):
            for drug in effect.drugs if effect.standing in OPENING else ():
                if drug not in opened:
                    what = f"{drug} is said to work, and no regimen with it asks for {entry.marker}"
                    yield file.finding(f"$.sensitive[{i}]", what, "warning")
    for file, _, asked in regimens:
        for name in sorted({leaf.feature for leaf in asked} - known):
            yield file.finding("$.for", f"asks for {name}, and no entry of biomarkers says what it means", "warning")


def _opens(entry: Biomarker, asked: Iterable[Leaf]) -> bool:
    """Is the finding one of those that a regimen asks for? Of a number the feature is enough."""
    names = {entry.marker, *entry.implies}
    return any(leaf.feature in names and (entry.value is None or entry.value in leaf.values) for leaf in asked)


def _drugs_of(regimen: Regimen) -> set[str]:
    return {drug for slot in regimen.drugs for drug in slot} if regimen.status == "active" else set()


def _asked(regimen: Regimen) -> list[Leaf]:
    """The findings that must be there, or one of which must, for someone to have the regimen."""
    found: list[Leaf] = []
    for condition in (regimen.for_, regimen.after):
        try:
            node = parse(condition, "") if condition is not None else None
        except OpenmbcError:
            continue  # wrong, which is found elsewhere
        if node is not None:
            found += [leaf for leaf, wanted in _leaves(node) if wanted and _is_finding(leaf.feature)]
    return found


def _is_finding(name: str) -> bool:
    return by_name()[name].subject == "genomics" and name not in _PHARMACOGENES


def _leaves(node: Node, wanted: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf, with whether it must hold (False inside `not`)."""
    if isinstance(node, Leaf):
        yield node, wanted
    for child in children(node):
        yield from _leaves(child, wanted != isinstance(node, Not))
