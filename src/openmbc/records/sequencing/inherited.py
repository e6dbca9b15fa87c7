"""DPYD and UGT1A1 from the calls of a VCF: what a person inherited, which only calls of normal tissue tell."""

from __future__ import annotations

from openmbc.records.sequencing.found import Found, counted
from openmbc.records.sequencing.places import Build
from openmbc.variants.pharmacogenes import Call, genotypes, places

_TODO = "Give the calls of blood or saliva with --specimen germline, or add the result to the record (dpyd, ugt1a1)."


class Calls:
    """The records at the known places of both genes, as they come."""

    def __init__(self, build: Build | None, column: int | None) -> None:
        """``column``: that of the normal tissue among the fields of a record; None where the file has none."""
        self._build = f"GRCh{build}"
        self._places = places(self._build) if build is not None else {}
        self._column = column
        self._calls: list[Call] = []
        self._of_tumour = 0

    def takes(self, chrom: str, position: int) -> bool:
        """Whether a record that begins there is one of them."""
        return position in self._places.get(chrom, ())

    def add(self, chrom: str, position: int, fields: list[str]) -> None:
        """Keep a record that passed its filter."""
        if self._column is None or len(fields) <= self._column or not fields[8].startswith("GT"):
            self._of_tumour += 1
            return
        self._calls.append(Call(chrom, position, fields[3], fields[4], fields[self._column], self._build))

    def tell(self, found: Found) -> None:
        """Results of both genes as observations, and what was taken for granted."""
        if self._of_tumour:
            what = f"{counted(self._of_tumour, 'record')} of DPYD or UGT1A1 without a call of normal tissue"
            found.problem("note", f"{what}: what is inherited is not read from them", _TODO)
        for genotype in genotypes(self._calls):
            for problem in genotype.problems:
                found.problem("warning", f"{genotype.gene}: {problem.rstrip('.')}", "Ask the laboratory.")
            for note in genotype.notes:
                found.problem("note", f"{genotype.gene}: {note.rstrip('.')}", "Nothing needs to be done.")
            if genotype.diplotype:
                concept = f"{genotype.gene.lower()}_diplotype"
                found.observation(concept, code=genotype.diplotype, text=genotype.reported)
