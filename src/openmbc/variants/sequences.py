"""Proteins and coding sequences of genes: the reference that a stated residue is held against."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

from openmbc.terms.tables import rows

_HERE = Path(__file__).parent


class Protein(msgspec.Struct, frozen=True):
    """The protein by which changes of a gene are numbered.

    ``sequence`` is whole; where only single residues could be confirmed it is None and ``residues`` holds them by
    position. ``transcript`` and ``protein`` are RefSeq accessions (MANE Select unless the notes say otherwise).
    """

    gene: str
    transcript: str
    protein: str
    sequence: str | None
    residues: dict[int, str]
    source: str

    def at(self, position: int) -> str | None:
        """The residue at a place, ``*`` right behind the last; None when not known or beyond the end."""
        if self.sequence is None:
            return self.residues.get(position)
        if position == len(self.sequence) + 1:
            return "*"
        return self.sequence[position - 1] if 1 <= position <= len(self.sequence) else None

    def reaches(self, position: int) -> bool:
        """Whether the place lies in the protein (the stop behind it counts), as far as its length is known."""
        return self.sequence is None or position <= len(self.sequence) + 1


class Coding(msgspec.Struct, frozen=True):
    """The coding sequence of a gene with the start of what follows it; base 1 is the A of ATG."""

    gene: str
    transcript: str
    bases: str
    length: int


@cache
def protein_of(gene: str | None) -> Protein | None:
    """The protein of a gene, None when it is not known here."""
    return _proteins().get(gene or "")


@cache
def coding_of(gene: str | None) -> Coding | None:
    """The coding sequence of a gene, None when it is not known here."""
    return _codings().get(gene or "")


@cache
def gene_of_accession(accession: str) -> str | None:
    """The gene whose MANE transcript or protein an accession names, whatever its version: ``NM_006218.3``."""
    return _accessions().get(accession.partition(".")[0].upper())


def symbol_of(text: str) -> str | None:
    """The symbol of a protein-coding human gene, from itself or from a name that it had before; spelled exactly."""
    return text if text in _transcripts() else _previous().get(text)


@cache
def _proteins() -> dict[str, Protein]:
    found: dict[str, Protein] = {}
    for row in rows("proteins", _HERE):
        found[row["gene"]] = Protein(
            row["gene"], row["transcript"], row["protein"], row["sequence"] or None, _residues(row), row["source"]
        )
    return found


def _residues(row: dict[str, str]) -> dict[int, str]:
    """``H1047 E545`` by position."""
    return {int(residue[1:]): residue[0] for residue in row["residues"].split()}


@cache
def _codings() -> dict[str, Coding]:
    return {
        row["gene"]: Coding(row["gene"], row["transcript"], row["bases"], int(row["length"]))
        for row in rows("coding", _HERE)
    }


@cache
def _transcripts() -> dict[str, str]:
    """The transcript of every gene. As pairs: 19,000 rows as dictionaries take five times as long."""
    lines = (_HERE / "symbols.csv").read_text("utf-8").splitlines()
    return dict(csv.reader(lines[1:]))


@cache
def _previous() -> dict[str, str]:
    return {row["previous"]: row["symbol"] for row in rows("previous", _HERE)}


@cache
def _accessions() -> dict[str, str]:
    found = {transcript: symbol for symbol, transcript in _transcripts().items()}
    for protein in _proteins().values():
        for accession in (protein.transcript, protein.protein):
            found[accession.partition(".")[0]] = protein.gene
    return found
