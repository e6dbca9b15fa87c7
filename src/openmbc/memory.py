"""How memory is used by a process that works for seconds and then ends; said before Polars is imported."""

from __future__ import annotations

import atexit
import gc
import os

# Polars gives free memory back after half a second; taking it again costs a cohort a fifth of its time.
_KEPT = "dirty_decay_ms:-1,muzzy_decay_ms:-1"
_SETTING = "_RJEM_MALLOC_CONF"


def keep() -> None:
    """Keep what is free, in this process and in those that it starts, and look seldom for cycles, at the end never.

    What is imported and loaded stays: looking through it is a tenth of a short run, and another tenth when Python ends.
    """
    gc.set_threshold(200_000, 20, 20)
    atexit.register(_end)
    before = os.environ.get(_SETTING, "")
    if not before.endswith(_KEPT):
        os.environ[_SETTING] = ",".join(filter(None, (before, _KEPT)))


def _end() -> None:
    """The memory goes back as a whole: nothing in it has to be put in order."""
    gc.disable()
    gc.freeze()
