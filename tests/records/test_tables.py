"""Plain tables: what is read, what is a problem, and what is one clear line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.records.tables import read_table

COLUMNS = {"person": "text", "date": "date", "mm": "number", "node": "yes_no"}


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "lesions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "person,date,mm,node\nanna,2026-01-05,12.5,true\n",
        "\ufeffPerson, Date ,MM,Node\r\n anna ,2026-01-05,12.5,YES\r\n\r\n",
        "person;date;mm;node\nanna;2026-01-05;12,5;1\n",
        "person\tdate\tmm\tnode\nanna\t2026-01-05\t12.5\ty",
        'node,mm,date,person\n"true","12.5","2026-01-05","anna"\n',
    ],
    ids=["plain", "spaces and a byte order mark", "semicolons", "tabs", "quoted, another order"],
)
def test_the_same_table(tmp_path: Path, text: str) -> None:
    table, problems = read_table(_file(tmp_path, text), COLUMNS)
    assert table.rows() == [("anna", dt.date(2026, 1, 5), 12.5, True, 2)]
    assert problems.is_empty()


def test_cells_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    text = "person,date,mm,node,note\nanna,05.01.2026,12,true,x\n\nbea,2026-01-05,twelve,maybe,\nbea,,nan,,\n"
    table, problems = read_table(_file(tmp_path, text), COLUMNS)
    assert table.columns == ["person", "date", "mm", "node", "note", "line"]
    assert table["line"].to_list() == [2, 4, 5]
    assert table.drop("line").rows() == [
        ("anna", None, 12.0, True, "x"),
        ("bea", dt.date(2026, 1, 5), None, None, None),
        ("bea", None, None, None, None),
    ]
    assert problems.select("person", "source", "what").rows() == [
        ("anna", "lesions.csv:2", "date '05.01.2026' is not a date"),
        ("bea", "lesions.csv:4", "mm 'twelve' is not a number"),
        ("bea", "lesions.csv:4", "node 'maybe' is neither true nor false"),
        ("bea", "lesions.csv:5", "mm 'nan' is not a number"),
    ]


def test_a_column_may_be_missing(tmp_path: Path) -> None:
    table, _ = read_table(_file(tmp_path, "person,date,mm\na,2026-01-05,1\n"), COLUMNS, optional={"node"})
    assert table["node"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line is empty"),
        ("\n\n", "the first line is empty"),
        ("person,date,size,node\n", "line 1: there is no column 'mm'. Needed: person, date, mm, node."),
        ("person,dates,mm,node\n", "there is no column 'date'. Is 'dates' meant? Rename it."),
        ("person,date,mm,MM,node\n", "the column 'mm' is there twice"),
        ("person,date,mm,mm,node\n", "the column 'mm' is there twice"),
        ("person,date,mm,node\na,2026-01-05,1,true,5\n", "more cells than the first line has names"),
        ('person,date,mm,node\n"a,2026-01-05,1,true\n', "a quotation mark is not closed"),
        ("person,date,mm,node\nJos\xe9,2026-01-05,1,true\n".encode("latin-1"), "line 2: the file is not UTF-8"),
    ],
)
def test_one_clear_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(RecordError) as error:
        read_table(_file(tmp_path, text), COLUMNS)
    assert says in str(error.value)
    assert "lesions.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no such file"):
        read_table(tmp_path / "none.csv", COLUMNS)
