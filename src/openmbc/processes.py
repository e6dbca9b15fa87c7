"""Other processes that share the work on many people, started before this one imports what the work needs.

Each takes half a second until it can work; the sooner they begin, the less of it is waited for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from openmbc import memory

_MANY_FILES = 4000  # below, processes take longer to start than they save
_WORK = "openmbc.cohort.parallel"
_THREADS = "POLARS_MAX_THREADS"


def fitting(folder: Path) -> int:
    """How many processes, with this one, are worth their start for the files in a folder."""
    cores = os.cpu_count() or 1
    if cores == 1 or not folder.is_dir():
        return 1
    try:
        with os.scandir(folder) as entries:
            many = sum(1 for _ in islice(entries, _MANY_FILES)) == _MANY_FILES
    except OSError:  # who reads it says why
        return 1
    return cores if many else 1


class Others(NamedTuple):
    """Processes beside this one, and how many they are."""

    pool: Executor
    number: int


@contextmanager
def beside(others: int) -> Iterator[Others | None]:
    """So many processes beside this one, None for none; each imports at once what it will need.

    They start afresh (a copy of a process that holds threads may hang), with one Polars thread each.
    """
    if not others:
        yield None
        return
    memory.keep()
    with ProcessPoolExecutor(others, get_context("spawn"), initializer=_begin) as pool:
        before = os.environ.get(_THREADS)
        os.environ[_THREADS] = "1"
        try:
            for _ in range(others):
                pool.submit(os.getpid)  # a process is started when it is given something
        finally:
            if before is None:
                del os.environ[_THREADS]
            else:
                os.environ[_THREADS] = before
        yield Others(pool, others)


def _begin() -> None:
    """In another process, when it starts."""
    memory.keep()
    import_module(_WORK)
