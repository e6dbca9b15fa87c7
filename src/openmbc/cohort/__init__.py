"""Many people: the same functions over whole tables, written as Parquet."""

from openmbc.cohort.run import Summary, run
from openmbc.cohort.tables import TABLES, tables

__all__ = ["TABLES", "Summary", "run", "tables"]
