"""The tables of a cohort: the very functions that answer for one person, over many."""

from __future__ import annotations

import datetime as dt

import polars as pl

from openmbc.facts import Facts
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.guidance.living import alerts, heard, living, red_flags
from openmbc.guidance.monitoring import lines_of
from openmbc.guidance.schedule import schedule
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.state import assume, derive

TABLES = ("state", "options", "due", "alerts", "problems")
Tables = dict[str, pl.DataFrame]


def prepare(knowledge: Knowledge, region: Region = "us") -> None:
    """Make ready what `tables` applies, which takes longer than some hundred people: the rules of the knowledge."""
    plan(knowledge, region)
    living(knowledge, ("red_flags",))
    schedule(knowledge, region)


def tables(
    facts: Facts, knowledge: Knowledge, as_of: dt.date, *, region: Region = "us", strict: bool = False
) -> Tables:
    """The tables for the people in ``facts`` on one day.

    ``state``: person, as_of, every feature (silence read as the catalogue says, unless ``strict``), side_effects
    (those that go on, a list), then decision, because, urgency. ``options``: as `guidance.evaluate.options_table`,
    for people with advanced or unknown extent of disease. ``due``: person, as_of, then as
    `guidance.monitoring.Calendar.lines`. ``alerts``: as `guidance.living.alerts`. ``problems``: as `facts.PROBLEMS`.
    """
    people = facts.people.select("person").unique(maintain_order=True)
    state = derive(facts, people.with_columns(pl.lit(as_of).alias("as_of")))
    read = state.strict if strict else assume(state.strict)
    verdicts = evaluate(read, plan(knowledge, region))
    lives = living(knowledge, ("red_flags",))
    raised = red_flags(lives.program.run(read), lives)
    decided = heard(decide(read, verdicts), raised, lives)
    advanced = read["disease"].ne_missing("not_metastatic")
    due = lines_of(read, state.times, schedule(knowledge, region))
    return {
        "state": pl.concat(
            [read, decided.select(decision="now", because="because", urgency="urgency")], how="horizontal"
        ),
        "options": options_table(read.filter(advanced), verdicts[advanced.to_numpy()]),
        "due": pl.concat([read.select("person", "as_of")[due["row"]], due.drop("row")], how="horizontal"),
        "alerts": alerts(read, raised, state.diary, lives),
        "problems": pl.concat([facts.problems, state.problems]),
    }
