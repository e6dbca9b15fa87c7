"""What asks for a call: red flags from the person's answers, and symptoms that became worse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from openmbc.catalogue import SYMPTOMS, by_name
from openmbc.criteria import text_of
from openmbc.knowledge.living import RedFlag
from openmbc.report.living_types import Alert
from openmbc.report.of_living import Reader
from openmbc.report.phrase import Phrase, marked, phrase

_WORDS = (marked("none"), marked("mild"), marked("moderate"), marked("severe"), marked("very severe"))


def alerts(raised: pl.DataFrame, reader: Reader, diary: Iterable[dict[str, Any]]) -> list[Alert]:
    """The alerts of one person, the most urgent first: red flags, and what the last check-in tells (``diary``)."""
    found = [reader.held.plan.flags[place] for place in raised["flag"].to_list()]
    return [*(_alert(i, flag, reader) for i, flag in found), *(_told(row, reader) for row in diary)]


def _alert(flag_id: str, flag: RedFlag, reader: Reader) -> Alert:
    return Alert(
        id=flag_id,
        name=phrase(flag.name),
        do=flag.do,
        text=phrase(flag.text),
        more=flag.more,
        clinician=flag.clinician,
        because=reader.told(flag.sign),
        from_=reader.facts(flag.sign),
        source=reader.sources(flag.because),
        unconfirmed=flag.unconfirmed,
    )


def _told(row: dict[str, Any], reader: Reader) -> Alert:
    """A symptom, or what the person can do, that is severe or worse by two grades since the check-in before."""
    item, grade, before = row["item"], row["answer"], row["before"]
    rules = reader.knowledge.definitions["check_in_alerts"]
    symptom = SYMPTOMS.get(item)
    feature = by_name()[f"symptom_{item}" if symptom else item]
    label = symptom.label if symptom else feature.label
    return Alert(
        id=feature.name,
        name=phrase("{symptom}", symptom=symptom.plain) if symptom else phrase("Your day"),
        do="tell_team",
        text=_to_tell(symptom.plain, grade, before) if symptom else phrase(_LESS),
        more=None,
        clinician=f"{label}: grade {grade}" + (f", before {before}" if before is not None else ""),
        because=[text_of(feature, grade)],
        from_=reader.trace.get(feature.name, []),
        source=[place for rule in rules.rules for place in reader.sources(rule.because)],
    )


_LESS = marked("Tell your team about this: you can do little in a day now.")


def _to_tell(symptom: str, grade: int, before: int | None) -> Phrase:
    if before is None or before >= grade:
        return phrase("Tell your team about this: {symptom} is {grade} now.", symptom=symptom, grade=_WORDS[grade])
    return phrase(
        "Tell your team about this: {symptom} was {before} and is {grade} now.",
        symptom=symptom, before=_WORDS[before], grade=_WORDS[grade],
    )  # fmt: skip
