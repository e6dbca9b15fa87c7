"""A large folder by several processes, each with some of the files; the tables are the same as by one.

Reading is Python, which uses one core a process. Every process reads, derives, evaluates and writes its own
files, so only counts travel; what needs all files (lines of NDJSON that belong to one person, an id that two files
share) is done here when the parts are known.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from openmbc.cohort import output as out
from openmbc.cohort.output import Written
from openmbc.cohort.tables import Tables
from openmbc.facts import Facts, frame
from openmbc.processes import Others
from openmbc.records import folder_of
from openmbc.records.fhir.many import Group, Later, collector_off, in_folder, read_group, read_lines, twice

_LEAST = 1000  # files at a time: below, the fixed cost of a share is a fifth of the work or more
_SHARE = 0.8  # of what is left and falls to a process, as its next share
Work = Callable[[Facts], Tables]


def parts(
    folder: Path, output: Path, work: Work, prepare: Callable[[], None], others: Others, people: int
) -> Iterator[Written]:
    """Write the tables of the people under a folder in parts of at most about ``people``, always the same parts.

    ``work`` makes tables of facts; it is sent to the processes, so it is a function of a module, or a
    `functools.partial` of one. ``prepare`` makes ready what it holds, which is done here once, while the processes
    start. Raises `RecordError` when the folder holds no record at all.
    """
    records, unread = in_folder(folder_of(folder))
    out.start(output)
    seen: dict[str, str] = {}
    later: list[Later] = []
    shares = _shares(records, others.number + 1, people)
    prepare()
    for number, done in enumerate(_shared_out(others, shares, output, work)):
        later += done.later
        yield _once(output, number, done, seen)
    if later or unread:
        for number, group in enumerate(read_lines(later, unread), len(shares)):
            yield _once(output, number, _written(output, number, group, work), seen)


class Done(NamedTuple):
    """What was made of some files: counts, the file of each person, and the files that wait for others."""

    written: Written
    people: dict[str, str]
    later: list[Later]


def _shares(records: list[Path], processes: int, most: int) -> list[list[Path]]:
    """The files in shares that get smaller in the end, so that all processes end at about the same time.

    The last files are no share of their own where there are few.
    """
    shares, at, least = [], 0, min(_LEAST, most)
    while left := len(records) - at:
        size = min(most, max(least, int(left * _SHARE / processes)))
        size = left if least // 2 > left - size else size
        shares.append(records[at : at + size])
        at += size
    return shares


def _shared_out(others: Others, shares: list[list[Path]], output: Path, work: Work) -> Iterator[Done]:
    """What was made of each share, in their order. This process does shares too: the others take a second to start.

    Another process gets its next share when it has done one, so that none waits for one that is still at work.
    """
    waiting = deque(enumerate(shares))
    # Sent with each share: what a process is given when it starts holds up this one until it is there to take it.
    packed = pickle.dumps(work)
    sent: dict[int, Future[Done]] = {}
    done: dict[int, Done] = {}

    def send(_: object = None) -> None:
        with suppress(IndexError):  # nothing is left to send
            number, share = waiting.popleft()
            sent[number] = others.pool.submit(_sent, share, number, output, packed)
            sent[number].add_done_callback(send)

    for _ in range(others.number):
        send()
    try:
        for number in range(len(shares)):
            while number not in done:
                future = sent.get(number)
                if future is not None and (future.done() or not waiting):
                    done[number] = future.result()
                    break
                with suppress(IndexError):  # the last may have been sent just now
                    at, share = waiting.popleft()
                    done[at] = _done(output, at, share, work)
            yield done.pop(number)
    finally:
        waiting.clear()


def _done(output: Path, number: int, paths: list[Path], work: Work) -> Done:
    with collector_off():
        return _written(output, number, read_group(paths), work)


def _written(output: Path, number: int, group: Group, work: Work) -> Done:
    return Done(out.write(output, number, work(group.facts)), group.people, group.later)


def _sent(paths: list[Path], number: int, output: Path, packed: bytes) -> Done:
    """A share of the files, in another process."""
    return _done(output, number, paths, _unpacked(packed))


@cache
def _unpacked(packed: bytes) -> Work:
    """The work that was sent, one object for all shares: what is prepared for its knowledge is prepared once."""
    work: Work = pickle.loads(packed)
    return work


def _once(output: Path, number: int, done: Done, seen: dict[str, str]) -> Written:
    """The part without people whose id came from another part before; each of them is a problem."""
    again = {person: seen[person] for person in done.people if person in seen}
    seen.update((person, file) for person, file in done.people.items() if person not in seen)
    if not again:
        return done.written
    rows = [twice(person, done.people[person], first) for person, first in again.items()]
    return out.write_without(output, number, again, frame("problems", rows))
