"""A folder of records to the tables `state`, `options` and `problems`.

Reading (Python, one core) and computing (Polars, which releases the interpreter) overlap: while one
chunk of people is computed, the next is read.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from openmbc.facts import Facts
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.records import read_many
from openmbc.state import assume, derive

TABLES = ("state", "options", "problems")


@dataclass(frozen=True)
class Summary:
    """What a run did: how many people, how many decisions of each kind, how many problems."""

    people: int
    decisions: dict[str, int]
    problems: int


def tables(
    facts: Facts, as_of: dt.date, knowledge: Knowledge, *, region: Region = "us", strict: bool = False
) -> dict[str, pl.DataFrame]:
    """The tables for the people in ``facts`` on one day.

    ``state``: person, as_of, every feature (silence read as the catalogue says, unless ``strict``), then
    decision, because, urgency. ``options``: as `guidance.evaluate.options_table`, for people with advanced
    or unknown extent of disease. ``problems``: as `facts.PROBLEMS`.
    """
    people = facts.people.select("person").unique(maintain_order=True)
    state = derive(facts, people.with_columns(pl.lit(as_of).alias("as_of")))
    read = state.strict if strict else assume(state.strict)
    verdicts = evaluate(read, plan(knowledge, region))
    decided = decide(read, verdicts)
    listed = options_table(read, verdicts)
    early = read.filter(pl.col("disease") == "not_metastatic").select("person")
    return {
        "state": pl.concat(
            [read, decided.select(decision="now", because="because", urgency="urgency")], how="horizontal"
        ),
        "options": listed.join(early, on="person", how="anti"),
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
) -> Summary:
    """Read every record under ``folder``, write ``<table>.parquet`` for each of `TABLES` into ``output``.

    ``progress`` is called with the number of people done since the last call. Raises `RecordError`
    when the folder holds no record at all.
    """
    parts: list[dict[str, pl.DataFrame]] = []
    with _collector_off():
        for facts in _ahead(read_many(folder)):
            parts.append(tables(facts, as_of, knowledge, region=region, strict=strict))
            progress(len(parts[-1]["state"]))
    output.mkdir(parents=True, exist_ok=True)
    whole = {name: pl.concat([part[name] for part in parts]) for name in TABLES}
    for name, table in whole.items():
        table.write_parquet(output / f"{name}.parquet")
    counted = whole["state"]["decision"].value_counts().sort("decision")
    return Summary(len(whole["state"]), dict(counted.iter_rows()), len(whole["problems"]))


@contextmanager
def _collector_off() -> Iterator[None]:
    """Rows are plain tuples without cycles: following them costs a fifth of the reading and finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _ahead(chunks: Iterator[Facts]) -> Iterator[Facts]:
    """The same chunks, each read while the one before it is being used."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, chunks, None)
        while (chunk := waiting.result()) is not None:
            waiting = reader.submit(next, chunks, None)
            yield chunk
