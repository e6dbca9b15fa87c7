"""A table of answers to a questionnaire (CSV) to its scores. What it may hold: docs/instruments.md."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from openmbc.records.tables import LINE, Kind, beside, read_table, refuse_overwriting, write_table
from openmbc.wellbeing.instruments import instrument
from openmbc.wellbeing.scoring import score

COLUMNS: dict[str, Kind] = {"person": "text", "date": "date", "item": "text", "answer": "number"}


def score_file(file: Path, output: Path, name: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Score every answer of a file and write the scores (`wellbeing.scoring.Scored.scores`); these, and the problems.

    Raises `UsageError` for an instrument that is not known and a table that cannot be written, `RecordError` when the
    file cannot be read.
    """
    of = instrument(name)
    refuse_overwriting(file, output, beside(output, "problems"))
    answers, unread = read_table(file, COLUMNS)
    source = pl.concat_str(pl.lit(f"{file.name}:"), LINE).alias("source")
    scored = score(answers.select(*COLUMNS, source), of.key)
    write_table(scored.scores, output)
    return scored.scores, [unread, scored.problems]
