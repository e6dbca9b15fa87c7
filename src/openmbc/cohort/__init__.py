"""Many people: the same functions over whole tables, written as Parquet."""

from openmbc.cohort.run import Summary, run, tables

__all__ = ["Summary", "run", "tables"]
