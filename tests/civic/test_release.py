"""A release of CIViC is read whole or not at all; single rows that are wrong are listed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.knowledge.civic import keep, kept, read_release
from openmbc.knowledge.civic.release import COLUMNS

SHARED = Path(__file__).parents[3] / "shared" / "civic" / "breast-evidence-2026-05.tsv"
DAY = dt.date(2026, 11, 27)
ROW = {
    "molecular_profile": "PIK3CA H1047R", "disease": "Breast Cancer", "therapies": "Fulvestrant,Alpelisib",
    "therapy_interaction_type": "Combination", "evidence_type": "Predictive", "evidence_direction": "Supports",
    "evidence_level": "A", "significance": "Sensitivity/Response", "evidence_statement": "Invented for a test.",
    "citation_id": "1", "source_type": "PubMed", "citation": "Nobody et al., 2020", "rating": "4",
    "evidence_status": "accepted", "evidence_id": "7", "last_review_date": "2023-01-09 21:46:25 UTC",
    "evidence_civic_url": "https://civicdb.org/links/evidence_items/7", "is_flagged": "false",
}  # fmt: skip


def table(*changes: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    lines = [columns, *([{**ROW, "evidence_id": str(i), **c}[name] for name in columns] for i, c in enumerate(changes))]
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def test_a_row() -> None:
    release, problems = read_release(table({}), "x.tsv", DAY)
    (item,) = release.items
    assert problems == []
    assert (item.id, item.level, item.rating, item.flagged) == (0, "A", 4, False)
    assert item.therapies == ["Fulvestrant", "Alpelisib"]
    assert item.citation == "Nobody et al., 2020 (PubMed 1)"
    assert (release.newest, release.fetched, release.rows) == (dt.date(2023, 1, 9), DAY, 1)


def test_only_accepted_items_on_breast_cancer_or_every_cancer_are_kept() -> None:
    data = table({"disease": "Melanoma"}, {"evidence_status": "submitted"}, {"disease": "Cancer"}, {})
    release, problems = read_release(data, "x.tsv", DAY)
    assert [item.id for item in release.items] == [2, 3]
    assert (problems, release.rows) == ([], 4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence_level": "Z"}, "the level of evidence is 'Z'"), ({"evidence_level": ""}, "the level of evidence is"),
        ({"evidence_direction": "Maybe"}, "the direction of the evidence is 'Maybe'"),
        ({"evidence_id": "EID7"}, "the evidence id is 'EID7'"), ({"evidence_id": "0"}, "evidence id 0 stands twice"),
        ({"molecular_profile": " "}, "profile or statement is empty"),
        ({"evidence_civic_url": "javascript:alert(1)"}, "is no address at civicdb.org"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_left_out_and_listed(change: dict[str, str], said: str) -> None:
    release, problems = read_release(table({}, change), "x.tsv", DAY)
    assert [item.id for item in release.items] == [0]
    assert len(problems) == 1
    assert problems[0].startswith("line 3: ")
    assert said in problems[0]


def test_many_wrong_rows_are_counted() -> None:
    _, problems = read_release(table({}, *({"evidence_level": "Z"} for _ in range(30))), "x.tsv", DAY)
    assert len(problems) == 21
    assert problems[-1] == "and 10 more such lines"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x.tsv: the file is empty"), (b"<!DOCTYPE html><html>", "x.tsv: this is a web page, not the table"),
        (b"gene\tvariant\n", "x.tsv: line 1: the columns molecular_profile, disease,"),
        (table({}, columns=COLUMNS[:-1]), "x.tsv: line 1: the column is_flagged is missing"),
        (table({}, {})[:-60], "x.tsv: line 3: the last line is cut off"),
        (table({"disease": "Melanoma"}), "x.tsv: holds no evidence on breast cancer"),
        (table({"citation": "M"}).replace(b"\tM\t", b"\tM\xfcller\t"), "x.tsv: line 2: the file is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(RecordError) as error:
        read_release(data, "x.tsv", DAY)
    assert str(error.value).startswith(said)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert kept(tmp_path) is None
    release, _ = read_release(table({}, {}), "x.tsv", DAY)
    keep(release, tmp_path / "new")
    assert kept(tmp_path / "new") == release


def test_a_much_smaller_release_changes_nothing(tmp_path: Path) -> None:
    large, _ = read_release(table(*({} for _ in range(5))), "x.tsv", DAY)
    keep(large, tmp_path)
    small, _ = read_release(table({}, {}), "y.tsv", DAY)
    with pytest.raises(RecordError, match=r"holds 2 items on breast cancer where the release of 2026-11-27 had 5"):
        keep(small, tmp_path)
    assert kept(tmp_path) == large


def test_a_damaged_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "civic.json").write_text('{"origin": 1}')
    with pytest.raises(RecordError, match=r"civic.json: cannot be read .* openmbc knowledge update civic"):
        kept(tmp_path)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evidence is not here")
def test_the_evidence_of_may_2026() -> None:
    release, problems = read_release(SHARED.read_bytes(), SHARED.name, DAY)
    assert problems == []
    assert (len(release.items), release.rows, release.newest) == (324, 324, dt.date(2026, 4, 3))
    assert sum(item.type == "Predictive" for item in release.items) == 269
    assert sum(item.flagged for item in release.items) == 6
