"""CIViC beside this knowledge: what fits a person, where the two agree and differ, and that no answer changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from openmbc.knowledge import load
from openmbc.knowledge.civic import Item, Release
from openmbc.present import as_page, as_text
from openmbc.records import read
from openmbc.report import CivicStatement, Report, build

DAY = dt.date(2026, 11, 27)
HR_POSITIVE = """person: someone (invented)
born: 1970
sex: female
diagnosed: 2020-01
metastatic: 2024-01
sites: [bone, liver]
receptors: [{date: 2024-01, from: liver, er: 90%, pr: 10%, her2: 1+}]
"""


def item(
    number: int, profile: str, therapies: str, significance: str = "Sensitivity/Response", **other: object
) -> Item:
    said = {
        "id": number, "profile": profile, "disease": "Breast Cancer", "therapies": therapies.split(" + "),
        "together": None, "type": "Predictive", "direction": "Supports", "level": "B", "significance": significance,
        "statement": "Invented for a test.", "citation": "Nobody, 2020", "rating": 3, "reviewed": DAY,
        "url": f"https://civicdb.org/links/evidence_items/{number}", "flagged": False,
    }  # fmt: skip
    return msgspec.convert({**said, **other}, Item)


def release(*items: Item) -> Release:
    return Release(origin="x.tsv", fetched=DAY, newest=DAY, rows=len(items), hash="0", items=list(items))


def report(tmp_path: Path, tumour: str, *items: Item, more: str = "") -> Report:
    case = tmp_path / "someone.yaml"
    case.write_text(HR_POSITIVE + f"tumour: [{tumour}]\n" + more)
    return build(read(case), DAY, load(), civic=release(*items))


def statements(made: Report) -> list[CivicStatement]:
    assert made.second_opinion is not None
    return made.second_opinion.statements


@pytest.mark.parametrize(
    ("tumour", "profile", "fits"),
    [
        ("PIK3CA H1047R (liver)", "PIK3CA H1047R", True), ("PIK3CA H1047R (liver)", "PIK3CA E545K", False),
        ("PIK3CA p.His1047Arg (liver)", "PIK3CA H1047R OR PIK3CA H1047L", True),
        ("PIK3CA H1047R (liver)", "PIK3CA H1047", True), ("PIK3CA H1047R (liver)", "PIK3CA Mutation", True),
        ("PIK3CA H1047R (liver)", "PTEN Loss AND PIK3CA H1047R", False),
        ("PIK3CA H1047R VUS (liver)", "PIK3CA Mutation", False),
        ("PIK3CA not found (liver)", "PIK3CA Mutation", False), ("PIK3CA not found (liver)", "NOT PIK3CA H1047R", True),
        ("ESR1 not found (liver)", "NOT PIK3CA H1047R", False),  # nobody looked at PIK3CA
        ("FGFR1 amplification (liver)", "FGFR1 Amplification", True),
        ("ETV6-NTRK3 fusion (liver)", "ETV6::NTRK3 Fusion", True), ("BRCA2 c.5946delT (liver)", "BRCA2 Mutation", True),
        ("BRCA2 c.5946delT (liver)", "BRCA2 TRUNCATING MUTATION", True),
        ("PIK3CA mutated (liver)", "PIK3CA H1047R", False),  # which change is not known
    ],
)  # fmt: skip
def test_an_item_is_shown_only_for_what_was_found(tmp_path: Path, tumour: str, profile: str, fits: bool) -> None:
    made = report(tmp_path, tumour, item(1, profile, "Nothing Known"))
    assert [s.id for s in statements(made)] == ([1] if fits else [])


@pytest.mark.parametrize(
    ("tumour", "shown", "stands"),
    [
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Fulvestrant + Alpelisib"), "agrees"),
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Alpelisib", "Resistance"), "differs"),
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Alpelisib", direction="Does Not Support"), "differs"),
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Fulvestrant"), "not_here"),  # the partner drug alone
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Izorlisib"), "not_here"),
        ("PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "", "Poor Outcome", type="Prognostic"), "not_here"),
        ("ESR1 D538G (liver)", item(1, "ESR1 Mutation", "Letrozole", "Resistance"), "agrees"),
        ("ESR1 D538G (liver)", item(1, "ESR1 Mutation", "Aromatase Inhibitor"), "differs"),
        # About ESR1, though the drug is one that PIK3CA is known for here.
        ("PIK3CA H1047R (liver), ESR1 D538G (liver)", item(1, "ESR1 Mutation", "Alpelisib", "Resistance"), "not_here"),
    ],
)  # fmt: skip
def test_where_the_two_agree_and_differ(tmp_path: Path, tumour: str, shown: Item, stands: str) -> None:
    (found,) = statements(report(tmp_path, tumour, shown))
    assert found.stands == stands
    assert (found.ours is None) == (stands == "not_here")


def test_what_is_about_another_kind_of_breast_cancer_is_counted(tmp_path: Path) -> None:
    other = item(1, "PIK3CA Mutation", "Trastuzumab", "Resistance", disease="Her2-receptor Positive Breast Cancer")
    same = item(2, "PIK3CA Mutation", "Trastuzumab", "Resistance", disease="Estrogen-receptor Positive Breast Cancer")
    made = report(tmp_path, "PIK3CA H1047R (liver)", other, same)
    assert made.second_opinion is not None
    assert [s.id for s in made.second_opinion.statements] == [2]
    assert made.second_opinion.other_disease == 1
    assert "1 more item is about another kind of breast cancer." in as_text(made)


def test_her2_by_protein_and_by_copies_answer_for_themselves(tmp_path: Path) -> None:
    by_protein, by_copies = item(1, "ERBB2 Overexpression", "X"), item(2, "ERBB2 Amplification", "X")
    assert statements(report(tmp_path, "PIK3CA not found (liver)", by_protein, by_copies)) == []
    sequenced = report(tmp_path, "ERBB2 amplification (liver)", by_protein, by_copies)
    assert [s.id for s in statements(sequenced)] == [2]


def test_what_differs_comes_first_within_a_level_and_is_shown_with_both_sides(tmp_path: Path) -> None:
    made = report(
        tmp_path, "PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Izorlisib"),
        item(2, "PIK3CA Mutation", "Alpelisib", "Resistance", flagged=True), item(3, "PIK3CA Mutation", "X", level="A"),
    )  # fmt: skip
    assert [s.id for s in statements(made)] == [3, 2, 1]
    text = " ".join(as_text(made).split())
    assert "Differs from this knowledge: PIK3CA Mutation: Alpelisib works worse" in text
    assert "an editor of CIViC asks for a second look; EID2). Here: PIK3CA mutation: alpelisib: works better" in text
    assert 'href="https://civicdb.org/links/evidence_items/2"' in as_page(made)


def test_what_civic_does_not_hold_is_said(tmp_path: Path) -> None:
    made = report(tmp_path, "ESR1 D538G (liver)", item(1, "ESR1 Mutation", "Elacestrant"))
    assert made.second_opinion is not None
    assert any("imlunestrant" in line for line in made.second_opinion.silent)
    assert not any("elacestrant" in line for line in made.second_opinion.silent)


def test_it_changes_no_answer(tmp_path: Path) -> None:
    made = report(tmp_path, "PIK3CA H1047R (liver)", item(1, "PIK3CA Mutation", "Alpelisib", "Resistance", level="A"))
    alone = build(read(tmp_path / "someone.yaml"), DAY, load())
    assert alone.second_opinion is None
    assert msgspec.structs.replace(made, second_opinion=None) == alone
