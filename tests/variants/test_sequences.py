"""The proteins and coding sequences against residues that other sources state."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from openmbc.terms import gene_symbol
from openmbc.terms.tables import rows
from openmbc.variants import sequences
from openmbc.variants.coding import translated
from openmbc.variants.sequences import coding_of, gene_of_accession, protein_of, symbol_of

TABLES = Path(sequences.__file__).parent
WITH_SEQUENCE = [row for row in rows("proteins", TABLES) if row["sequence"]]
TUMOUR_SYMBOLS = [
    "PIK3CA", "AKT1", "PTEN", "ESR1", "ERBB2", "BRCA1", "BRCA2", "PALB2", "TP53", "RB1", "CDH1", "FGFR1", "NTRK1",
    "NTRK2", "NTRK3", "RET", "BRAF",
]  # fmt: skip
STATED = list(csv.DictReader((Path(__file__).parent / "reference_residues.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", STATED, ids=lambda row: f"{row['gene']} {row['source'][:7]}")
def test_residues_stated_elsewhere_stand_where_they_are_said_to(row: dict[str, str]) -> None:
    protein = protein_of(row["gene"])
    assert protein is not None
    residues = row["residues"].split()
    assert [f"{protein.at(int(one[1:]))}{one[1:]}" for one in residues] == residues


@pytest.mark.parametrize("row", WITH_SEQUENCE, ids=lambda row: row["gene"])
def test_a_protein_is_whole(row: dict[str, str]) -> None:
    assert len(row["sequence"]) == int(row["length"])
    assert set(row["sequence"]) <= set("ACDEFGHIKLMNPQRSTVWYU")
    assert row["sequence"].startswith("M")
    assert row["source"]
    assert symbol_of(row["gene"]) == row["gene"]
    assert gene_of_accession(row["transcript"]) == gene_of_accession(row["protein"]) == row["gene"]


@pytest.mark.parametrize("gene", [row["gene"] for row in rows("coding", TABLES)])
def test_a_coding_sequence_makes_its_protein(gene: str) -> None:
    coding, protein = coding_of(gene), protein_of(gene)
    assert coding is not None
    assert protein is not None
    assert translated(coding.bases) == f"{protein.sequence}*"
    assert coding.length == 3 * (len(protein.sequence or "") + 1)


@pytest.mark.parametrize(
    ("table", "key"), [("proteins", "gene"), ("coding", "gene"), ("symbols", "symbol"), ("previous", "previous")]
)
def test_a_name_stands_once(table: str, key: str) -> None:
    names = [row[key] for row in rows(table, TABLES)]
    assert len(names) == len(set(names))


def test_the_genes_that_decide_on_treatment_have_a_whole_protein() -> None:
    genes = [*TUMOUR_SYMBOLS, "CHEK2", "ATM", "NF1", "KRAS", "EGFR", "MET", "CCND1", "MLH1", "MSH2", "MSH6", "PMS2"]
    without = [gene for gene in genes if (found := protein_of(gene)) is None or found.sequence is None]
    assert without == ["NTRK3"]  # unconfirmed: only single residues were found


def test_a_name_that_a_gene_had_before_is_no_name_of_another_one() -> None:
    for row in rows("previous", TABLES):
        assert symbol_of(row["previous"]) == row["symbol"]
        assert symbol_of(row["symbol"]) == row["symbol"]
        assert gene_symbol(None, None, row["previous"]) in {None, row["symbol"]}


def test_beyond_the_end_is_not_in_the_protein() -> None:
    protein = protein_of("PIK3CA")
    assert protein is not None
    assert (protein.at(1068), protein.at(1069), protein.at(1070)) == ("N", "*", None)
    assert protein.reaches(1069)
    assert not protein.reaches(1070)
    part = protein_of("MTOR")
    assert part is not None
    assert (part.sequence, part.at(2500), part.at(5), part.reaches(9999)) == (None, "I", None, True)
