"""A large folder by several processes, each with some of the files; the tables are the same as by one.

Reading is Python, which uses one core a process. Every process reads, derives and evaluates its own
files, so only finished tables travel; what needs all files (lines of NDJSON that belong to one person, an
id that two files share) is done here when the parts come back.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import polars as pl

from openmbc.facts import Facts, frame
from openmbc.knowledge import Knowledge
from openmbc.records import folder_of
from openmbc.records.fhir.many import Later, in_folder, read_group, read_lines, twice

Tables = dict[str, pl.DataFrame]
_LEAST = 400  # files at a time: below, the fixed cost of the tables is most of the work
Work = Callable[[Facts, Knowledge], Tables]


def parts(folder: Path, knowledge: Knowledge, work: Work, processes: int, people: int) -> Iterator[Tables]:
    """The tables of the people under a folder, at most about ``people`` at a time, always in the same order.

    ``work`` makes tables of facts; it is sent to the processes, so it is a function of a module, or a
    `functools.partial` of one. Raises `RecordError` when the folder holds no record at all.
    """
    records, others = in_folder(folder_of(folder))
    seen: dict[str, str] = {}
    later: list[Later] = []
    with _pool(processes - 1) as pool:
        for done in _shared_out(pool, processes - 1, _shares(records, processes, people), work, knowledge):
            later += done.later
            yield _once(done.tables, done.people, seen)
    for group in read_lines(later, others):
        yield _once(work(group.facts, knowledge), group.people, seen)


class Done(NamedTuple):
    """What was made of some files: their tables, the file of each person, and the files that wait for others."""

    tables: Tables
    people: dict[str, str]
    later: list[Later]


def _shares(records: list[Path], processes: int, most: int) -> list[list[Path]]:
    """The files in shares that get smaller in the end, so that all processes end at about the same time."""
    shares, at, least = [], 0, min(_LEAST, most)
    while at < len(records):
        size = max(least, min(most, (len(records) - at) // (2 * processes)))
        shares.append(records[at : at + size])
        at += size
    return shares


def _shared_out(
    pool: ProcessPoolExecutor, others: int, shares: list[list[Path]], work: Work, knowledge: Knowledge
) -> Iterator[Done]:
    """What was made of each share, in their order. This process does shares too: the others take a second to start."""
    waiting = deque(enumerate(shares))
    job = partial(_sent, work=work, packed=pickle.dumps(knowledge))
    sent: dict[Future[Done], int] = {}
    done: dict[int, Done] = {}
    for number in range(len(shares)):
        while number not in done:
            while waiting and len(sent) < 2 * others:  # one at work, one ready
                at, share = waiting.popleft()
                sent[pool.submit(job, share)] = at
            if waiting:
                at, share = waiting.popleft()
                done[at] = _part(share, work, knowledge)
            else:
                wait(sent, return_when=FIRST_COMPLETED)
            for future in [f for f in sent if f.done()]:
                done[sent.pop(future)] = future.result()
        yield done.pop(number)


def _sent(paths: list[Path], work: Work, packed: bytes) -> Done:
    """`_part` in another process."""
    return _part(paths, work, _unpacked(packed))


def _part(paths: list[Path], work: Work, knowledge: Knowledge) -> Done:
    group = read_group(paths)
    return Done(work(group.facts, knowledge), group.people, group.later)


@cache
def _unpacked(packed: bytes) -> Knowledge:
    """The knowledge that was sent, one object for all parts: what is prepared for it is prepared once."""
    knowledge: Knowledge = pickle.loads(packed)
    return knowledge


def _once(tables: Tables, people: dict[str, str], seen: dict[str, str]) -> Tables:
    """The tables without people whose id came from another part before; each of them is a problem."""
    again = {person: seen[person] for person in people if person in seen}
    seen.update((person, file) for person, file in people.items() if person not in seen)
    if not again:
        return tables
    rows = [twice(person, people[person], first) for person, first in again.items()]
    # A problem that is no person's has none, and stays.
    kept = {n: t.filter(~pl.col("person").is_in(list(again), nulls_equal=True)) for n, t in tables.items()}
    return kept | {"problems": pl.concat([kept["problems"], frame("problems", rows)])}


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that start afresh (a copy of one that holds threads may hang), with one Polars thread each."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            yield pool
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


_THREADS = "POLARS_MAX_THREADS"
