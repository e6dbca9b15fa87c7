"""A folder gives the same tables, however the work is shared out."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from openmbc.cohort import Summary, run
from openmbc.errors import RecordError, UsageError
from openmbc.knowledge import load
from openmbc.processes import beside
from openmbc.records.demo import DEMO

AS_OF = dt.date(2026, 11, 15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Bundles, a case file, lines, the same person twice in files far apart, and a file that cannot be read."""
    records = tmp_path / "records"
    records.mkdir()
    bundles = sorted(DEMO.glob("*.json"))
    for path in bundles[:8]:
        shutil.copy(path, records / path.name)
    shutil.copy(bundles[0], records / "zz_again.json")
    shutil.copy(DEMO / "kim.yaml", records / "kim.yaml")
    lines = bundles[8].read_text(encoding="utf-8")
    (records / "lines.ndjson").write_text(" ".join(lines.split("\n")), encoding="utf-8")
    (records / "broken.json").write_text('{"resourceType": "Bundle"', encoding="utf-8")
    return records


def shared(
    processes: int, folder: Path, output: Path, progress: Callable[[int], None] = lambda people: None
) -> Summary:
    """A run by so many processes."""
    with beside(processes - 1) as others:
        return run(folder, output, AS_OF, load(), progress=progress, others=others)


def test_several_processes_give_the_tables_of_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["openmbc.cohort.run"], "_PEOPLE_AT_ONCE", 3)
    done: dict[int, int] = {}
    for processes in (1, 2):
        people: list[int] = []
        made = shared(processes, folder, tmp_path / str(processes), progress=people.append)
        done[processes] = made.people
        assert sum(people) == made.people
    assert done == {1: 10, 2: 10}
    for name, key in (
        ("state", ["person"]),
        ("options", ["person", "position"]),
        ("problems", ["what", "source"]),
        ("alerts", ["person", "alert"]),
    ):
        one, two = (pl.read_parquet(tmp_path / str(n) / f"{name}.parquet").sort(key) for n in (1, 2))
        assert_frame_equal(one, two)
    again = pl.read_parquet(tmp_path / "2" / "problems.parquet").filter(pl.col("what").str.contains("is also the id"))
    assert again["what"].to_list() == ["anna is also the id of a person in anna.json; this record is not used"]


def test_a_table_is_a_file_or_a_folder_of_parts_and_an_earlier_run_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, table = tmp_path / "out", tmp_path / "out" / "state.parquet"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")

    def people() -> list[str]:
        return sorted(pl.read_parquet(table)["person"])

    monkeypatch.setattr(sys.modules["openmbc.cohort.run"], "_PEOPLE_AT_ONCE", 3)
    shared(2, folder, out)
    many = people()
    assert table.is_dir()
    assert len(many) == 10

    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(DEMO / "anna.json", alone / "anna.json")
    run(alone, out, AS_OF, load())
    assert table.is_file()
    assert people() == ["anna"]

    shared(2, folder, out)
    assert people() == many
    assert sorted(path.name for path in out.iterdir()) == [
        "alerts.parquet", "due.parquet", "notes.txt", "options.parquet", "problems.parquet", "state.parquet",
    ]  # fmt: skip


def test_no_part_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty part costs as much as some hundred people."""
    monkeypatch.setattr(sys.modules["openmbc.cohort.run"], "_PEOPLE_AT_ONCE", 3)
    (tmp_path / "records").mkdir()
    for bundle in sorted(DEMO.glob("*.json"))[:6]:
        shutil.copy(bundle, tmp_path / "records" / bundle.name)
    shared(2, tmp_path / "records", tmp_path / "out")
    assert [len(pl.read_parquet(part)) for part in sorted((tmp_path / "out" / "state.parquet").iterdir())] == [3, 3]


def test_a_folder_without_a_record_leaves_the_tables_of_before(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    run(folder, tmp_path / "out", AS_OF, load())
    for processes in (1, 2):
        with pytest.raises(RecordError):
            shared(processes, empty, tmp_path / "out")
    assert len(pl.read_parquet(tmp_path / "out" / "state.parquet")) == 10


def test_a_file_of_ones_own_among_the_parts_is_kept_and_said(folder: Path, tmp_path: Path) -> None:
    """The tables of one part are files: where a folder with other files stands in the place, nothing is lost."""
    out = tmp_path / "out"
    mine = out / "state.parquet" / "notes.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"state\.parquet"):
        run(folder, out, AS_OF, load())
    assert mine.read_text(encoding="utf-8") == "mine"
