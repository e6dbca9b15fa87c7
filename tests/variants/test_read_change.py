"""Spellings of changes and their normal form."""

from __future__ import annotations

import pytest

from openmbc.variants import Change, read_change

SPELLINGS = {
    ("PIK3CA", "H1047R"): [
        ("p.H1047R", "PIK3CA"),
        ("p.His1047Arg", "PIK3CA"),
        ("p.(His1047Arg)", "PIK3CA"),
        ("H1047R", "PIK3CA"),
        ("HIS1047ARG", "PIK3CA"),
        ("pik3ca h1047r", None),
        ("PIK3CA H1047R", None),
        ("PIK3CA:p.H1047R", None),
        ("PIK3CA_H1047R", None),
        ("NM_006218.4:c.3140A>G (p.His1047Arg)", None),
        ("NM_006218.3(PIK3CA):c.3140A>G", None),
        ("NP_006209.2:p.His1047Arg", None),
        ("c.3140A>G", "PIK3CA"),
    ],
    ("PIK3CA", "E542_C604del"): [("E542_C604del", "PIK3CA"), ("PIK3CA p.Glu542_Cys604del", None)],
    ("BRCA1", "E23Vfs*17"): [
        ("BRCA1 185delAG", None),
        ("BRCA1 187delAG", None),
        ("c.68_69delAG", "BRCA1"),
        ("NM_007294.4(BRCA1):c.68_69del (p.Glu23Valfs)", "BRCA1"),
    ],
    ("BRCA1", "Q1756Pfs*74"): [("BRCA1 5382insC", None), ("c.5266dupC", "BRCA1"), ("Gln1756Profs*74", "BRCA1")],
    ("BRCA2", "S1982Rfs*22"): [
        ("6174delT", "BRCA2"),
        ("S1982Rfs*22", "BRCA2"),
        ("p.Ser1982ArgfsTer22", "BRCA2"),
        ("S1982RfsX22", "BRCA2"),
    ],
    ("ERBB2", "Y772_A775dup"): [("ERBB2 A775_G776insYVMA", None), ("HER2 p.Tyr772_Ala775dup", None)],
    ("ERBB2", "amplification"): [("HER2 amplified", None), ("HER2-amp", None), ("AMP", "ERBB2")],
    ("PTEN", "loss"): [("PTEN loss", None), ("homozygous deletion", "PTEN"), ("loss of PTEN expression", None)],
    ("NTRK3", "ETV6::NTRK3 fusion"): [("ETV6-NTRK3", None), ("ETV6::NTRK3 Fusion", None), ("ETV6/NTRK3 fusion", None)],
    ("TP53", "R196*"): [("p53 R196X", None), ("p.Arg196Ter", "TP53"), ("Arg196Stop", "TP53")],
}


@pytest.mark.parametrize(
    ("wanted", "text", "gene"),
    [(wanted, text, gene) for wanted, texts in SPELLINGS.items() for text, gene in texts],
)
def test_every_spelling_comes_to_one(wanted: tuple[str, str], text: str, gene: str | None) -> None:
    found = read_change(text, gene)
    if wanted[1].startswith("E23Vfs") and "fs" in text:
        assert (found.gene, found.change) == (wanted[0], "E23Vfs")  # the length was not written
    else:
        assert (found.gene, found.change) == wanted
    assert found.problems == ()


def test_a_residue_that_is_not_there_is_a_problem_and_the_change_stays_as_written() -> None:
    found = read_change("PIK3CA S1047R")
    assert (found.change, found.kind) == ("S1047R", "substitution")
    assert found.problems == ("PIK3CA has H at 1047, not S (NP_006209.2).",)


def test_what_is_not_understood_is_said() -> None:
    assert read_change("no PIK3CA mutation").kind == "unknown"
    assert read_change("xyz") == Change(problems=("'xyz' was not understood.",))
