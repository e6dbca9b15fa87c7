"""Small files, written where they are tested, and short ways to look at what was read."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from openmbc.facts import Facts
from openmbc.records.sequencing import Asked, read_sequencing


class Files:
    """Writes files into a folder and reads them as one person's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        """A file, gzipped where its name says so."""
        data = content if isinstance(content, bytes) else content.encode()
        path = self.folder / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def read(self, name: str, content: str | bytes, **asked: Any) -> Facts:
        return read_sequencing(self.write(name, content), Asked("anna", **asked))

    def vcf(
        self,
        records: Sequence[str],
        header: Sequence[str] = ("##reference=GRCh38",),
        samples: Sequence[str] = ("TUMOUR",),
    ) -> str:
        """A VCF; the columns of a record are separated by spaces here."""
        names = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
        names += ["FORMAT", *samples] if samples else []
        lines = ["##fileformat=VCFv4.2", *header, "\t".join(names), *(r.replace(" ", "\t") for r in records)]
        return "\n".join(lines) + "\n"

    @staticmethod
    def found(facts: Facts, *columns: str) -> list[tuple[object, ...]]:
        """What was found: gene, change and further columns."""
        return facts.variants.filter(pl.col("result") != "studied").select("gene", "change", *columns).rows()

    @staticmethod
    def studied(facts: Facts) -> set[str]:
        return set(facts.variants.filter(pl.col("result") == "studied")["gene"])

    @staticmethod
    def said(facts: Facts, *severities: str) -> list[str]:
        """Problems, errors and warnings unless others are asked for."""
        return facts.problems.filter(pl.col("severity").is_in(severities or ("error", "warning")))["what"].to_list()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
