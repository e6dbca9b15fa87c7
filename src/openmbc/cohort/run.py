"""A folder of records to the tables `state`, `options`, `due`, `alerts` and `problems`, written as Parquet.

Alone, this process reads the next people while those before are computed. With others beside it
(`processes.beside`) the files are shared out among them (`parallel`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from openmbc.cohort import output as out
from openmbc.cohort import parallel
from openmbc.cohort.output import Written
from openmbc.cohort.tables import Tables, prepare, tables
from openmbc.facts import Facts
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.processes import Others
from openmbc.records import read_many

_PEOPLE_AT_ONCE = 3000  # the fixed cost of the tables is spread, and they stay below 60 MB


class Summary(msgspec.Struct, frozen=True):
    """What a run did: how many people, how many decisions of each kind, how many problems."""

    people: int
    decisions: dict[str, int]
    problems: int


def run(
    folder: Path,
    output: Path,
    as_of: dt.date,
    knowledge: Knowledge,
    *,
    region: Region = "us",
    strict: bool = False,
    progress: Callable[[int], None] = lambda people: None,
    others: Others | None = None,
) -> Summary:
    """Read every record under ``folder``, write ``<table>.parquet`` for each of `TABLES` into ``output``.

    A table is a file, or a folder of parts where the people were done in several shares (`output`). ``progress`` is
    called with the number of people done since the last call. ``others``: the processes that share the work
    (`processes.beside`); without them all is done in this one. Raises `RecordError` when the folder holds no record at
    all.
    """
    work = partial(tables, knowledge=knowledge, as_of=as_of, region=region, strict=strict)
    number, people, decisions, problems = 0, 0, Counter[str](), 0
    ready = partial(prepare, knowledge, region)
    for part in _parts(folder, output, work, ready, others):
        number += 1
        people += part.people
        decisions += part.decisions
        problems += part.problems
        progress(part.people)
    out.finish(output, number)
    return Summary(people, dict(sorted(decisions.items())), problems)


def _parts(
    folder: Path, output: Path, work: Callable[[Facts], Tables], ready: Callable[[], None], others: Others | None
) -> Iterator[Written]:
    if others is not None:
        yield from parallel.parts(folder, output, work, ready, others, _PEOPLE_AT_ONCE)
        return
    for number, facts in enumerate(_ahead(read_many(folder))):
        if not number:
            out.start(output)
        yield out.write(output, number, work(facts))


def _ahead(chunks: Iterator[Facts]) -> Iterator[Facts]:
    """The same chunks, each read while the one before it is being used."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, chunks, None)
        while (chunk := waiting.result()) is not None:
            waiting = reader.submit(next, chunks, None)
            yield chunk
