"""What Polars does with memory that it no longer needs; it has to be said before Polars is imported."""

from __future__ import annotations

import os

# Polars gives free memory back after half a second. Taking it again costs a cohort a fifth of its time, and a process
# here works for seconds and then ends.
_KEPT = "dirty_decay_ms:-1,muzzy_decay_ms:-1"
_SETTING = "_RJEM_MALLOC_CONF"


def keep() -> None:
    """Keep free memory, in this process where Polars is not yet imported, and in those that it starts."""
    before = os.environ.get(_SETTING, "")
    if not before.endswith(_KEPT):
        os.environ[_SETTING] = ",".join(filter(None, (before, _KEPT)))
