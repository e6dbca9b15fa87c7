"""Spellings of changes and their normal form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from openmbc.variants import Change, read_change, same_change

GROUPS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "read_change.yaml").read_text("utf-8"))
CASES: list[list[Any]] = [case for group in GROUPS for case in group["cases"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1] or ''} {case[0]}")
def test_a_text_is_read_as(case: list[Any]) -> None:
    text, column, gene, change, kind, start, end, *more = case
    found = read_change(text, column)
    assert (found.gene, found.change, found.kind, found.start, found.end) == (gene, change, kind, start, end)
    if not more:
        assert found.problems == ()
    else:
        assert any(more[0]["problem"] in problem for problem in found.problems), found.problems


def test_the_table_is_large_and_says_where_it_comes_from() -> None:
    assert len(CASES) >= 150
    assert all(group["source"] for group in GROUPS)
    assert len({(case[0], case[1]) for case in CASES}) == len(CASES)


def test_the_parts_of_a_change() -> None:
    found = read_change("NM_006218.4(PIK3CA):c.3140A>G (p.(His1047Arg))")
    assert (found.ref, found.alt, found.coding) == ("H", "R", "c.3140A>G")
    assert read_change("BRCA1 185delAG").coding == "c.68_69del"
    assert read_change("BRCA1 5382insC").coding == "c.5266dup"
    fusion = read_change("ETV6-NTRK3")
    assert (fusion.gene, fusion.partner) == ("NTRK3", "ETV6")
    assert read_change("MET exon 14 skipping").exon == 14


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("BRCA2 S1982fs", "BRCA2 S1982Rfs*22", None),  # the first says less, and nothing against the second
        ("BRCA2 S1982Rfs*21", "BRCA2 S1982Rfs*22", True),  # the length is counted in two ways
        ("BRCA2 S1982Rfs*22", "BRCA2 S1982Kfs*22", False),
        ("BRCA1 185delAG", "BRCA1 c.68_69del", True),
        ("BRCA1 M1?", "BRCA1 M1V", None),
        ("BRCA1 M1I", "BRCA1 M1V", False),
        ("PTEN c.213-2A>G", "PTEN c.213-1G>A", False),
        ("PTEN c.213-2A>G", "PTEN X71_splice", True),
        ("PIK3CA H1047R", "PIK3CA H1047L", False),
        ("PIK3CA H1047R", "PIK3CA mutation", None),
        ("PIK3CA H1047R", "AKT1 E17K", False),
        ("ETV6-NTRK3", "NTRK3 fusion", None),
        ("ETV6-NTRK3", "fusion of NTRK3-ETV6", True),
        ("PIK3CA H1047R", "PIK3CA foo", None),
        ("ERBB2 A775_G776ins", "ERBB2 A775_G776insV", None),
    ],
)
def test_two_changes_are_one_another_or_that_is_not_known(one: str, other: str, same: bool | None) -> None:
    assert same_change(read_change(one), read_change(other)) is same
    assert same_change(read_change(other), read_change(one)) is same


def test_a_text_that_says_nothing_is_a_change_with_a_problem() -> None:
    assert read_change(None) == Change(problems=("No change is stated.",))
    assert read_change("x" * 600).problems[0].startswith("A text of 600 characters")
