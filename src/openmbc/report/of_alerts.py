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
from openmbc.report.phrase import marked, phrase

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
    """A symptom that is severe, or worse by two grades since the check-in before."""
    symptom, grade, before = row["item"], row["answer"], row["before"]
    rules = reader.knowledge.definitions["check_in_alerts"]
    name = SYMPTOMS[symptom].plain
    if before is None or before >= grade:
        text = phrase("Tell your team about this: {symptom} is {grade} now.", symptom=name, grade=_WORDS[grade])
    else:
        text = phrase(
            "Tell your team about this: {symptom} was {before} and is {grade} now.",
            symptom=name, before=_WORDS[before], grade=_WORDS[grade],
        )  # fmt: skip
    return Alert(
        id=f"symptom_{symptom}",
        name=phrase("{symptom}", symptom=name),
        do="tell_team",
        text=text,
        more=None,
        clinician=f"{SYMPTOMS[symptom].label}: grade {grade}" + (f", before {before}" if before is not None else ""),
        because=[text_of(by_name()[f"symptom_{symptom}"], grade)],
        from_=reader.trace.get(f"symptom_{symptom}", []),
        source=[place for rule in rules.rules for place in reader.sources(rule.because)],
    )
