"""What a result does, from the rules of the drugs alone."""

from __future__ import annotations

import pytest

from openmbc.knowledge import load
from openmbc.present.pharmacogene_text import pharmacogene_as_text
from openmbc.report.pharmacogene import explained, pharmacogene
from openmbc.variants.pharmacogenes import genotypes

KNOWLEDGE = load()
_BOTH = ["capecitabine", "fluorouracil"]


@pytest.mark.parametrize(
    ("gene", "diplotype", "does"),
    [
        ("DPYD", "*1/*1", []),
        ("DPYD", "*1/*2A", [(d, "caution", True) for d in _BOTH]),
        ("DPYD", "*2A/c.2846A>T", [(d, "contraindication", True) for d in _BOTH]),
        ("DPYD", "DPYD*13", [(d, k, False) for d in _BOTH for k in ("contraindication", "caution")]),
        ("DPYD", "*1/*99", [(d, "caution", False) for d in _BOTH]),
        ("DPYD", "see report", []),
        ("UGT1A1", "*28/*28", [("sacituzumab govitecan", "caution", True)]),
        ("UGT1A1", "*6/*6", [("sacituzumab govitecan", "caution", True)]),
        ("UGT1A1", "*28/*80", [("sacituzumab govitecan", "caution", False)]),
        ("UGT1A1", "*1/*28", []),
    ],
)
def test_what_it_does(gene: str, diplotype: str, does: list[tuple[str, str, bool]]) -> None:
    found = pharmacogene(gene, diplotype, KNOWLEDGE)
    assert [(e.drug, e.kind, e.certain) for e in found.does] == does
    assert all(e.source.title and e.source.where for e in found.does)
    assert (found.value is None) == (len(found.could_be) > 1)


def test_it_says_the_rules_of_the_drugs_and_nothing_else() -> None:
    said = {e.text for d in ("*1/*2A", "*2A/*2A") for e in pharmacogene("DPYD", d, KNOWLEDGE).does}
    drugs = [KNOWLEDGE.drugs[name] for name in _BOTH]
    assert said <= {rule.text for drug in drugs for rule in (*drug.contraindications, *drug.cautions)}


def test_the_alleles_carry_their_activity_and_source() -> None:
    found = pharmacogene("DPYD", "c.1905+1G>A/c.2846A>T", KNOWLEDGE)
    assert [(a.name, a.rsid, a.activity) for a in found.alleles] == [
        ("*2A", "rs3918290", 0.0), ("c.2846A>T", "rs67376798", 0.5)
    ]  # fmt: skip
    assert all("github.com/PharmGKB/PharmCAT" in a.source[0] for a in found.alleles)
    assert (found.activity_score, found.phenotype, found.marker) == (0.5, "poor metaboliser", "dpd_status")


def test_in_words() -> None:
    text = pharmacogene_as_text(pharmacogene("DPYD", "*1/*2A", KNOWLEDGE))
    assert text.startswith("DPYD *1/*2A\n")
    assert "*2A: no function, activity 0 (c.1905+1G>A, rs3918290)" in text
    assert "half of the dose" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    open_ = pharmacogene_as_text(pharmacogene("DPYD", "see report", KNOWLEDGE))
    assert "not understood: see report" in open_
    assert "dpd_status could be normal or partial or deficient" in open_


def test_calls_of_a_file_are_explained_the_same_way() -> None:
    (read,) = genotypes([("1", 97450058, "C", "T", "0/1", "GRCh38")])
    found = explained(read, KNOWLEDGE)
    assert (found.diplotype, found.value, found.could_be) == ("*2A/unknown", None, ["partial", "deficient"])
