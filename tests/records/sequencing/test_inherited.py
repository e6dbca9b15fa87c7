"""DPYD and UGT1A1 from a VCF: calls of normal tissue tell what is inherited, and what has no call stays unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from openmbc.facts import Facts
from openmbc.records import read, with_sequencing
from openmbc.state import derive

# The four usual changes in GRCh38, as in variants/dpyd_alleles.csv (PharmCAT).
STAR_2A, STAR_13, A2846T, HAPB3 = (
    "1 97450058 . C {} . PASS . GT {}", "1 97515787 . A {} . PASS . GT {}", "1 97082391 . T {} . PASS . GT {}",
    "1 97579893 . G {} . PASS . GT {}",
)  # fmt: skip
NONE = [STAR_2A.format("T", "0/0"), STAR_13.format("C", "0/0"), A2846T.format("A", "0/0"), HAPB3.format("C", "0/0")]


def _results(facts: Facts) -> dict[str, str]:
    return dict(facts.observations.select("concept", "code").rows())


@pytest.mark.parametrize(
    ("records", "result"),
    [
        (NONE, "*1/*1"),
        ([STAR_2A.format("T", "0/1"), *NONE[1:]], "*1/*2A"), ([STAR_2A.format("T", "1|1"), *NONE[1:]], "*2A/*2A"),
        ([STAR_2A.format("T", "0/1")], "*2A/unknown"),  # a file of variants alone: the other copy was not looked at
        ([STAR_2A.format(".", "0/0"), *NONE[1:]], "*1/*1"),  # a reference call without an alternative
    ],
)  # fmt: skip
def test_calls_of_blood_or_saliva(files: Any, records: list[str], result: str) -> None:
    facts = files.read("a.vcf", files.vcf(records), specimen="germline")
    assert _results(facts) == {"dpyd_diplotype": result}
    assert files.said(facts) == ["the file does not say when the sample was taken"]


def test_the_normal_column_counts_and_not_the_tumour(files: Any) -> None:
    record = STAR_2A.format("T", "1/1") + " 0/1"
    facts = files.read("a.vcf", files.vcf([record, *(r + " 0/0" for r in NONE[1:])], samples=("TUMOR", "NORMAL")))
    assert _results(facts) == {"dpyd_diplotype": "*1/*2A"}


def test_a_tumour_alone_says_nothing_of_what_is_inherited(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf([STAR_2A.format("T", "0/1")]), specimen="tissue")
    assert _results(facts) == {}
    (said,) = [what for what in files.said(facts, "note") if "DPYD" in what]
    assert said.startswith("1 record of DPYD or UGT1A1 without a call of normal tissue")
    assert not facts.variants["gene"].is_in(["DPYD"]).any()


@pytest.mark.parametrize(
    "record",
    [STAR_2A.format("T", "./."), STAR_2A.format("T", "0/1").replace("PASS", "LowQual"), "1 97450058 . C T . PASS ."],
)
def test_what_is_not_called_is_not_taken_as_absent(files: Any, record: str) -> None:
    facts = files.read("a.vcf", files.vcf([record, *NONE[1:]]), specimen="germline")
    assert _results(facts).get("dpyd_diplotype") != "*1/*1"


def test_an_unknown_genome_gives_no_result(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf(NONE, header=()), specimen="germline")
    assert _results(facts) == {}


def test_it_reaches_the_state(files: Any, tmp_path: Path) -> None:
    case = tmp_path / "anna.yaml"
    case.write_text("person: anna\nborn: 1970\nsex: female\nmetastatic: 2026\n")
    file = files.write("a.vcf", files.vcf([STAR_2A.format("T", "1/1"), *NONE[1:]]))
    facts = with_sequencing(read(case), file, specimen="germline", day=dt.date(2026, 3, 1))
    visit = pl.DataFrame({"person": ["anna"], "as_of": [dt.date(2026, 11, 27)]})
    assert derive(facts, visit).strict["dpd_status"].to_list() == ["deficient"]
