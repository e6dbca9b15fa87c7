"""The guide of one person: what asks for a call, then symptoms, support, practices, supplements, people who help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from openmbc.catalogue import SYMPTOMS
from openmbc.facts import Facts
from openmbc.guidance.living import told as to_tell
from openmbc.knowledge import Knowledge
from openmbc.knowledge import living as entries
from openmbc.report.living_types import Guide
from openmbc.report.of_alerts import alerts
from openmbc.report.of_living import (
    Reader,
    lives,
    named_in,
    names_of,
    organisations,
    plain_name,
    practice,
    supplements,
    support,
    symptom_help,
    to_avoid,
)
from openmbc.report.of_problems import problems
from openmbc.state import assume, derive


def guide(
    facts: Facts,
    as_of: dt.date,
    knowledge: Knowledge,
    *,
    taken: Sequence[str] = (),
    country: str | None = None,
    strict: bool = False,
    today: dt.date | None = None,
) -> Guide:
    """The guide of the one person in ``facts`` on the day ``as_of``.

    ``taken``: supplements by name, beside those that the record names; ``country``: ISO 3166-1 in lower case, for its
    organisations.
    """
    person = facts.people["person"][0]
    state = derive(facts, pl.DataFrame({"person": [person], "as_of": [as_of]}), trace=True)
    assert state.trace is not None
    read = state.strict if strict else assume(state.strict)
    trace = dict(state.trace.group_by("feature", maintain_order=True).agg("source").iter_rows())
    found = lives(read.row(0, named=True), trace, knowledge)
    reader = found.reader
    symptoms = [symptom_help(i, entry, reader) for i, entry in _ordered(reader)]
    asked = [*taken, *_recorded(facts, as_of, knowledge)]
    return Guide(
        person=person,
        as_of=as_of,
        not_metastatic=reader.state["disease"] == "not_metastatic",
        alerts=alerts(found.raised, reader, to_tell(state.diary, read["as_of"]).to_dicts()),
        symptoms=sorted((s for s in symptoms if s.grade), key=lambda s: -(s.grade or 0)),
        other_symptoms=[s for s in symptoms if not s.grade],
        support=support(reader),
        practices=[practice(i, entry, entry.for_, reader) for i, entry in knowledge.complementary.items()],
        supplements=supplements(reader, asked),
        avoid=to_avoid(reader),
        organisations=organisations(knowledge, country),
        problems=problems(facts, state, as_of, today),
    )


def _ordered(reader: Reader) -> Iterator[tuple[str, entries.Symptom]]:
    """The symptoms in the order of the catalogue; those without a grade last, where they are for this person."""
    place = {name: i for i, name in enumerate(SYMPTOMS)}
    for i, entry in sorted(reader.knowledge.symptoms.items(), key=lambda item: place.get(item[1].symptom or "", 99)):
        if entry.symptom is not None or reader.held(entry.for_) is not False:
            yield i, entry


def _recorded(facts: Facts, as_of: dt.date, knowledge: Knowledge) -> list[str]:
    """Supplements among the medicines of the record."""
    names = names_of(knowledge)
    running = facts.treatments.filter((pl.col("kind") == "drug") & (pl.col("status") == "running"))
    running = running.filter(pl.col("start").is_null() | (pl.col("start") <= as_of))
    said = [*running["treatment"].to_list(), *running["text"].to_list()]
    return [name for name in dict.fromkeys(said) if name and _is_supplement(plain_name(name), names)]


def _is_supplement(plain: str, names: Mapping[str, str]) -> bool:
    return plain in names or named_in(plain, names) != []
