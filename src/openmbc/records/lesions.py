"""Lesion measurements in a plain table (CSV)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from openmbc.records.tables import LINE, Kind, read_table

_READ: dict[str, Kind] = {
    "person": "text",
    "date": "date",
    "lesion": "text",
    "role": "text",
    "site": "text",
    "node": "yes_no",
    "mm": "number",
    "assessment": "text",
}
_OPTIONAL = ("site", "node", "assessment")
_OF_VISIT: dict[str, Kind] = {"steroids": "text", "clinical": "text"}
_OF_BONE: dict[str, Kind] = {"person": "text", "date": "date", "finding": "text", "modality": "text", "start": "date"}
_OF_UPTAKE: dict[str, Kind] = {
    "person": "text", "date": "date", "lesion": "text", "role": "text", "sul": "number", "assessment": "text",
}  # fmt: skip


def read_bone(file: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings in bone for `response.bone.checked`, with ``source``, and the problems. Raises `RecordError`."""
    rows, problems = read_table(file, _OF_BONE, ("modality", "start"))
    return rows.select(*_OF_BONE, _source(file)), problems


def read_uptake(file: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Uptake on PET for `response.metabolic.checked`, with ``source``, and the problems. Raises `RecordError`."""
    rows, problems = read_table(file, _OF_UPTAKE, ("assessment",))
    return rows.select(*_OF_UPTAKE, _source(file)), problems


def read_lesions(file: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lesions of many people for `response.assess`, with ``source`` (file and line), and the problems.

    ``steroids`` and ``clinical`` are there too, for `response.assess_brain`. A length that cannot be read leaves the
    lesion not evaluable at that date. Raises `RecordError`.
    """
    rows, problems = read_table(file, _READ | _OF_VISIT, (*_OPTIONAL, *_OF_VISIT))
    unreadable = pl.col("unreadable").fill_null(False)
    lost = problems.filter(pl.col("what").str.starts_with("mm ")).select("source", unreadable=True)
    rows = rows.with_columns(_source(file))
    rows = rows.join(lost, on="source", how="left", maintain_order="left")
    assessment = pl.when(unreadable).then(pl.lit("not_evaluable")).otherwise("assessment").alias("assessment")
    return rows.with_columns(assessment).select(*_READ, *_OF_VISIT, "source"), problems


def _source(file: Path) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{file.name}:"), LINE).alias("source")
