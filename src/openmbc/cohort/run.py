"""A folder of records to the tables `state`, `options`, `due`, `alerts` and `problems`.

A small folder is done in this process: while one chunk of people is computed, the next is read. A folder of
many files is shared out among processes (`parallel`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from openmbc.cohort import parallel
from openmbc.cohort.parallel import Tables, Work
from openmbc.facts import Facts
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.guidance.living import alerts, heard, living, red_flags
from openmbc.guidance.monitoring import lines_of
from openmbc.guidance.schedule import schedule
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.records import read_many
from openmbc.state import assume, derive

TABLES = ("state", "options", "due", "alerts", "problems")
_MANY_FILES = 4000  # below, processes take longer to start than they save
_PEOPLE_AT_ONCE = 2500  # the fixed cost of the tables is spread, and they stay below 50 MB


@dataclass(frozen=True)
class Summary:
    """What a run did: how many people, how many decisions of each kind, how many problems."""

    people: int
    decisions: dict[str, int]
    problems: int


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


def run(
    folder: Path,
    output: Path,
    as_of: dt.date,
    knowledge: Knowledge,
    *,
    region: Region = "us",
    strict: bool = False,
    progress: Callable[[int], None] = lambda people: None,
    processes: int | None = None,
) -> Summary:
    """Read every record under ``folder``, write ``<table>.parquet`` for each of `TABLES` into ``output``.

    ``progress`` is called with the number of people done since the last call. ``processes``: how many
    share the work; by default as many as the machine has cores, and one for a small folder. Raises
    `RecordError` when the folder holds no record at all.
    """
    work = partial(tables, as_of=as_of, region=region, strict=strict)
    parts: list[Tables] = []
    for part in _parts(folder, knowledge, work, processes or _fitting(folder)):
        parts.append(part)
        progress(len(part["state"]))
    output.mkdir(parents=True, exist_ok=True)
    whole = {name: pl.concat([part[name] for part in parts]) for name in TABLES}
    for name, table in whole.items():
        table.write_parquet(output / f"{name}.parquet")
    counted = whole["state"]["decision"].value_counts().sort("decision")
    return Summary(len(whole["state"]), dict(counted.iter_rows()), len(whole["problems"]))


def _fitting(folder: Path) -> int:
    """How many processes are worth their start."""
    cores = os.cpu_count() or 1
    if cores == 1 or not folder.is_dir():
        return 1
    with os.scandir(folder) as entries:
        many = sum(1 for _ in islice(entries, _MANY_FILES)) == _MANY_FILES
    return cores if many else 1


def _parts(folder: Path, knowledge: Knowledge, work: Work, processes: int) -> Iterator[Tables]:
    if processes > 1:
        yield from parallel.parts(folder, knowledge, work, processes, _PEOPLE_AT_ONCE)
        return
    for facts in _ahead(read_many(folder)):
        yield work(facts, knowledge)


def _ahead(chunks: Iterator[Facts]) -> Iterator[Facts]:
    """The same chunks, each read while the one before it is being used."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, chunks, None)
        while (chunk := waiting.result()) is not None:
            waiting = reader.submit(next, chunks, None)
            yield chunk
