"""Facts to state: one row per person per date, one column per feature of the catalogue."""

from openmbc.state.build import State, assume, derive

__all__ = ["State", "assume", "derive"]
