"""A folder gives the same tables, however the work is shared out."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from openmbc.cohort import run
from openmbc.knowledge import load
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


def test_several_processes_give_the_tables_of_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["openmbc.cohort.run"], "_PEOPLE_AT_ONCE", 3)
    done: dict[int, int] = {}
    for processes in (1, 2):
        people: list[int] = []
        made = run(folder, tmp_path / str(processes), AS_OF, load(), processes=processes, progress=people.append)
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
