"""Is what helps to live with the disease sound: names, conditions, sources, and words that a person can read?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from openmbc.catalogue import SIGNS, SYMPTOMS, TREATMENT_CLASSES
from openmbc.knowledge.findings import File, Files, Finding, did_you_mean, entries, parsed
from openmbc.knowledge.living import LIVING, Concern, Question, Support, Symptom, Use
from openmbc.knowledge.parts import conditions_in, parts, person_reads
from openmbc.terms.drugs import drug_of_text

_ANSWERS = 5
_OTHER_ITEMS = ("daily_life", "distress", "weight", "temperature", "has_children", "has_caregiver", "working",
                "money_worry")  # fmt: skip
# A share of people in a sentence for a person: shown only when asked for, and then as a number of its own.
_SHARE = re.compile(r"%|\bper ?cent\b|\b\d+ (?:out )?(?:of|in) (?:every )?\d+\b", re.IGNORECASE)


def living(files: Files, today: dt.date) -> Iterator[Finding]:
    """Findings on each entry of these kinds by itself."""
    for kind in LIVING:
        for file, entry in entries(files, kind):
            for place, condition in conditions_in(entry):
                yield from parsed(file, place, condition)[1]
            for place, part in parts(entry):
                yield from _part(file, place, part)
            for place, text in person_reads(entry):
                if _SHARE.search(text):
                    yield file.finding(place, "tells a person a share of people: say it in words")


def _part(file: File, place: str, part: msgspec.Struct) -> Iterator[Finding]:
    if isinstance(part, Question):
        yield from _question(file, part)
    elif isinstance(part, Symptom):
        if part.symptom is not None and part.symptom not in SYMPTOMS:
            yield file.finding(f"{place}.symptom", _no("symptom", part.symptom, SYMPTOMS))
        if (part.symptom is None) == (part.for_ is None):
            yield file.finding(place, "says neither or both of symptom and for: in whom is it shown?")
    elif isinstance(part, Support):
        if (part.offer == "always") != (part.for_ is None):
            yield file.finding(f"{place}.offer", "offers always with a condition, or by a condition without one")
    elif isinstance(part, Concern):
        yield from _concern(file, place, part)
    elif isinstance(part, Use) and part.symptom not in _USES:
        yield file.finding(f"{place}.symptom", _no("symptom", part.symptom, _USES))


# What complementary care is used for beside the symptoms that the check-in grades.
_USES = (*SYMPTOMS, "distress", "weight", "bone_health", "lymphoedema", "anaemia", "quality_of_life", "cancer")


def _no(what: str, name: str, known: object) -> str:
    assert isinstance(known, dict | tuple)
    return f"there is no {what} '{name}'{did_you_mean(name, known)}"


def _question(file: File, entry: Question) -> Iterator[Finding]:
    of_kind = {"grade": (*SYMPTOMS, "daily_life"), "yes_no": (*SIGNS, *_OTHER_ITEMS), "number": _OTHER_ITEMS}
    if entry.item not in of_kind[entry.kind]:
        yield file.finding("$.item", _no(f"{entry.kind} item", entry.item, of_kind[entry.kind]))
    if entry.item != file.id:
        yield file.finding("$.item", f"the item '{entry.item}' does not belong to the file {file.id}.yaml")
    for i, choice in enumerate(entry.follow):
        if not choice.item.startswith(f"{entry.item}."):
            yield file.finding(f"$.follow[{i}].item", f"the item '{choice.item}' does not belong to '{entry.item}'")
    if entry.kind == "grade" and len(entry.answers) != _ANSWERS:
        yield file.finding("$.answers", f"has {len(entry.answers)} answers; grades are 0 to 4")
    if entry.kind == "number" and None in (entry.unit, entry.low, entry.high):
        yield file.finding("$.unit", "is a number and lacks unit, low or high")
    if (entry.ask == "when") != (entry.when is not None):
        yield file.finding("$.ask", "asks by a condition without one, or has one and does not ask by it")


def _concern(file: File, place: str, concern: Concern) -> Iterator[Finding]:
    if not concern.drugs and not concern.classes and concern.when is None:
        yield file.finding(place, "names neither drugs nor classes nor a condition")
    for name in concern.drugs:
        if drug_of_text(name) != name:
            yield file.finding(f"{place}.drugs", f"there is no drug '{name}' in terms/drugs.csv")
    for name in concern.classes:
        if name not in TREATMENT_CLASSES:
            yield file.finding(f"{place}.classes", _no("class", name, tuple(TREATMENT_CLASSES)))
