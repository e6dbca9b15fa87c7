"""``openmbc variant --gene DPYD --diplotype``: what outsiders rely on."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

KEYS = [
    "gene", "reported", "diplotype", "alleles", "activity_score", "phenotype", "marker", "value", "could_be", "does",
    "notes", "problems",
]  # fmt: skip


def openmbc(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openmbc", "variant", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_one_result_is_one_object_with_exactly_these_keys() -> None:
    done = openmbc("--gene", "dpyd", "--diplotype", "*1/*2A", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["diplotype"], found["activity_score"], found["marker"], found["value"]) == (
        "*1/*2A", 1.0, "dpd_status", "partial"
    )  # fmt: skip
    assert [(e["drug"], e["kind"]) for e in found["does"]] == [("capecitabine", "caution"), ("fluorouracil", "caution")]


def test_a_result_that_is_not_understood_says_so_and_exits_with_problems() -> None:
    done = openmbc("--gene", "UGT1A1", "--diplotype", "TA(7)/TA(7)")
    assert done.returncode == 3
    assert "may count the repeats in two ways" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--diplotype", "*1/*2A"], "needs --gene DPYD or UGT1A1"),
        (["--gene", "TPMT", "--diplotype", "*1/*2"], "needs --gene DPYD or UGT1A1"),
        (["PIK3CA H1047R", "--gene", "DPYD", "--diplotype", "*1/*2A"], "stands alone"),
    ],
)
def test_a_use_that_is_not_clear_is_an_error(arguments: list[str], says: str) -> None:
    done = openmbc(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
