"""Sequencing files as people get them, to facts: VCF, MAF, FoundationOne, Tempus, plain tables.

One door: `read_sequencing`. Genes that were looked at and are clear get rows of their own; genes of which nothing is
known get none. See `docs/sequencing.md`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openmbc.errors import RecordError
from openmbc.facts import Facts
from openmbc.records.sequencing.files import format_of
from openmbc.records.sequencing.found import Asked, Found
from openmbc.records.sequencing.panels import read_panel

__all__ = ["Asked", "read_sequencing"]


def read_sequencing(path: Path, asked: Asked, born: dt.date | None = None) -> Facts:
    """The findings of a file as `variants` and `observations`, with its problems.

    ``born`` is the date of birth of the person, where it is known to the day: a report that states another is of
    somebody else. Raises `RecordError` for a file that cannot be read or is of another person, `UsageError` for a
    panel that is not known.
    """
    kind = format_of(path)
    panel = read_panel(asked.panel) if asked.panel else None
    stated: dt.date | None = None
    found: Found
    if kind == "vcf":
        from openmbc.records.sequencing.vcf import read_vcf  # noqa: PLC0415  (NumPy, only where it is needed)

        found = read_vcf(path, asked, panel)
    elif kind == "maf":
        from openmbc.records.sequencing.maf import read_maf  # noqa: PLC0415

        found = read_maf(path, asked, panel)
    elif kind == "foundation":
        from openmbc.records.sequencing.foundation import read_foundation  # noqa: PLC0415

        found, stated = read_foundation(path, asked, panel)
    elif kind == "tempus":
        from openmbc.records.sequencing.tempus import read_tempus  # noqa: PLC0415

        found, stated = read_tempus(path, asked, panel)
    else:
        from openmbc.records.sequencing.table import read_findings  # noqa: PLC0415

        found = read_findings(path, asked, panel)
    if born is not None and stated is not None and born != stated:
        what = "the report is of somebody else: its date of birth is not that of the record"
        raise RecordError(what, file=str(path), todo="Check that both are of the same person.")
    return found.facts()
