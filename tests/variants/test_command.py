"""``openmbc variant``: what outsiders rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.knowledge import load
from openmbc.records.changes import read_changes
from openmbc.report.variant import variant

KEYS = [
    "gene", "change", "consequence", "start", "end", "oncogenic", "reason", "marker", "escat",
    "sensitive_to", "resistant_to", "problems",
]  # fmt: skip


def openmbc(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openmbc", "variant", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_one_change_is_one_object_with_exactly_these_keys() -> None:
    done = openmbc("PIK3CA H1047R", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["gene"], found["change"], found["consequence"]) == ("PIK3CA", "H1047R", "missense")
    assert (found["start"], found["end"], found["problems"]) == (1047, 1047, [])
    assert found["escat"] == "I-A"
    assert "alpelisib" in found["sensitive_to"]


def test_a_change_that_does_not_fit_ends_with_3_and_says_why() -> None:
    done = openmbc("PIK3CA S1047R", "--json")
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert found["problems"] == ["PIK3CA has H at 1047, not S (NP_006209.2)."]
    assert (found["oncogenic"], found["escat"], found["sensitive_to"]) == (None, None, [])


@pytest.mark.parametrize(
    ("text", "escat", "sensitive", "resistant"),
    [
        ("ESR1 Y537S", "I-A", {"elacestrant", "imlunestrant"}, {"letrozole", "anastrozole", "exemestane"}),
        ("NTRK3-ETV6 fusion", "I-C", {"larotrectinib", "entrectinib"}, set()),
        ("PIK3CA A222V", None, set(), set()),
        ("PIK3CA mutation", None, set(), set()),
    ],
)
def test_only_a_change_that_is_known_to_matter_opens_or_closes_anything(
    text: str, escat: str | None, sensitive: set[str], resistant: set[str]
) -> None:
    found = variant(text, load())
    assert found.escat == escat
    assert set(found.sensitive_to) >= sensitive
    assert set(found.resistant_to) == resistant
    if escat is None:
        assert found.sensitive_to == []


def test_a_list_of_changes_is_a_list_of_objects(tmp_path: Path) -> None:
    lines = tmp_path / "changes.txt"
    lines.write_text("PIK3CA H1047R\n\nERBB2 amplification\n", encoding="utf-8")
    done = openmbc("--file", lines, "--json")
    assert done.returncode == 0, done.stderr
    assert [(one["gene"], one["change"]) for one in json.loads(done.stdout)] == [
        ("PIK3CA", "H1047R"),
        ("ERBB2", "amplification"),
    ]


def test_a_table_has_the_gene_in_its_own_column(tmp_path: Path) -> None:
    table = tmp_path / "changes.csv"
    table.write_text("sample;gene;change\na;ESR1;p.(Tyr537Ser)\nb;p53;R175H\n", encoding="utf-8")
    done = openmbc("--file", table, "--json")
    assert done.returncode == 0, done.stderr
    assert [(one["gene"], one["change"]) for one in json.loads(done.stdout)] == [("ESR1", "Y537S"), ("TP53", "R175H")]


def test_for_another_tumour_no_evidence_is_given() -> None:
    done = openmbc("PIK3CA H1047R", "--tumour", "lung", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert (found["escat"], found["sensitive_to"], found["resistant_to"]) == (None, [], [])
    assert found["problems"] == ["The evidence here is for breast cancer: none is given for 'lung'."]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("gene,alteration\nPIK3CA,H1047R\n", "no columns 'gene' and 'change'"),
        ("Hugo_Symbol\tHGVSp_Short\nPIK3CA\tp.H1047R\n", "no columns 'gene' and 'change'"),
        ("gene,change\n", "holds no change"),
        ("", "holds no change"),
    ],
)
def test_a_table_without_changes_is_never_a_list_of_them(tmp_path: Path, content: str, said: str) -> None:
    table = tmp_path / "changes.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(RecordError, match=said):
        read_changes(table)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("H1047R", "No gene is named"),
        ("mutation", "No gene is named"),
        ("DPYD c.2846A>T", "--diplotype"),
        ("PIK3CA wild type", "nothing was found"),
        ("PTEN loss?", "leaves open"),
    ],
)
def test_what_cannot_be_judged_has_a_problem_and_sets_no_marker(text: str, said: str) -> None:
    found = variant(text, load())
    assert said in " ".join(found.problems)
    assert (found.marker, found.oncogenic, found.escat, found.sensitive_to) == (None, None, None, [])


@pytest.mark.parametrize("text", ["ESR1 fusion", "PIK3CA amplification"])
def test_a_change_that_says_nothing_of_its_marker_names_none(text: str) -> None:
    assert variant(text, load()).marker is None


@pytest.mark.parametrize("tumour", ["breast", "Breast carcinoma", "triple-negative breast cancer", "BRCA"])
def test_breast_cancer_by_other_names(tumour: str) -> None:
    assert variant("PIK3CA H1047R", load(), tumour).escat == "I-A"


@pytest.mark.parametrize("text", ["PIK3CA\u200bH1047R", "PIK3CA H1047\u00adR", "\ufeffPIK3CA H1047R"])
def test_marks_that_are_not_seen_change_nothing(text: str) -> None:
    assert variant(text, load()).change == "H1047R"


@pytest.mark.parametrize("words", [(), ("PIK3CA H1047R", "--file", "x.txt"), ("--file", "there_is_no_such_file.txt")])
def test_what_cannot_be_read_ends_with_2(words: tuple[str, ...]) -> None:
    done = openmbc(*words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_text_names_the_drugs() -> None:
    done = openmbc("H1047R", "--gene", "PIK3CA")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("PIK3CA H1047R  (missense)\n")
    assert "works better: alpelisib" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "oncogenic", "marker"),
    [
        ("PIK3CA H1047R", "oncogenic", "pik3ca"), ("PIK3CA I391M", None, None), ("PIK3CA mutation", None, None),
        ("BRCA1 VUS", "uncertain", None), ("PIK3CA H1047R pathogenic", "oncogenic", "pik3ca"),
        ("TP53 P72R", "benign", None), ("PIK3CA H1046R", None, None), ("AKT1 L52R", None, None),
    ],
)  # fmt: skip
def test_a_marker_is_set_only_by_a_change_that_is_known_to_matter(
    text: str, oncogenic: str | None, marker: str | None
) -> None:
    found = variant(text, load())
    assert (found.oncogenic, found.marker) == (oncogenic, marker)
