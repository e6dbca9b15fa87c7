import datetime as dt

import msgspec
import pytest

from openmbc import yamlfile
from openmbc.errors import InputError


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("a: 2019-03", {"a": "2019-03"}),
        ("a: 2019-03-14", {"a": "2019-03-14"}),
        ("a: 2019", {"a": 2019}),
        ("on: 1\nno: 2\n2019: 3", {"on": 1, "no": 2, "2019": 3}),
        ("a: [yes, No, TRUE, false, on, off, y]", {"a": [True, False, True, False, "on", "off", "y"]}),
        ("a: ['no', \"5\", '']", {"a": ["no", "5", ""]}),
        ("a: [1, -2, +3, 0, 1.5, .5, 1e3, 2.e2]", {"a": [1, -2, 3, 0, 1.5, 0.5, 1000.0, 200.0]}),
        (
            "a: [007, 1_0, 12:30, .nan, .inf, 0x1F, 1e999]",
            {"a": ["007", "1_0", "12:30", ".nan", ".inf", "0x1F", "1e999"]},
        ),
        ("a: 12345678901234567890123", {"a": "12345678901234567890123"}),
        ("a: [90%, 2+, <5, 3+]", {"a": ["90%", "2+", "<5", "3+"]}),
        ("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_data(text: str, data: object, tmp_path):
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    assert yamlfile.load(file)[0] == data


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3: the key 'a' stands twice in one map. Keep one of the two."),
        ("a: {b: 1, b: 2}", "x.yaml:1: the key 'b' stands twice in one map. Keep one of the two."),
        ("a:\n\tb: 1", "x.yaml:2: a tab stands in the line. Use spaces."),
        ("a: 1\nb: [1, 2", "x.yaml:2: a bracket is not closed, or a comma is missing."),
        ("a: >300", "x.yaml:1: a value begins with > or |. Put it in quotes"),
        ("a: %5", "x.yaml:1: a value begins with a character that means something in YAML"),
        ("a: *28", "x.yaml:1: a value begins with * or &. Put it in quotes."),
        ("a: &x [1]\nb: *x", "x.yaml:1: a value begins with * or &."),
        ("a: !!python/name:os.system x", "x.yaml:1: a value begins with a tag"),
        ("a: !x 1", "x.yaml:1: a value begins with a tag (!x). Put it in quotes."),
        ("a: b: c", "x.yaml:1: a colon stands where none may be."),
        ("a: 1\n  b: 2", "x.yaml:2: a colon stands where none may be."),
        ("a:\n  - 1\n b: 2", "x.yaml:3: the line does not line up with the lines above it."),
        ("- 1\nb: 2", "x.yaml:2: the line does not line up with the list above it."),
        ("a: 'x", "x.yaml:1: a quote or bracket is not closed."),
        ("a: 1\n---\nb: 1", "x.yaml:2: a second document begins (---). One file holds one document."),
        ("[1, 2]: 3", "x.yaml:1: a key is not a word."),
        ("a: \x07", "x.yaml:1: a character is not allowed here."),
        ("a: " + "[" * 100_000, "x.yaml:1: values are nested more than 50 deep."),
        ("a: " + "{b: " * 60, "x.yaml:1: values are nested more than 50 deep."),
    ],
)
def test_errors_say_the_line(text: str, message: str):
    with pytest.raises(InputError) as caught:
        yamlfile.parse(text, "x.yaml")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: caf\u00e9\n".encode("latin-1"), ":1: is not text in UTF-8. Save it as UTF-8."),
        ("a: 1\nb: 2".encode("utf-16"), ":1: is not text in UTF-8."),
        (b"a: 1\n" * 1_000_000, ": has 5,000,000 bytes. At most 4,000,000 are read."),
    ],
)
def test_files_that_are_no_text(content: bytes, message: str, tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        yamlfile.load(file)
    assert str(caught.value).startswith(f"{file}{message}")


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        yamlfile.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("$", 2),
        ("$.person", 2),
        ("$.treatments", 3),
        ("$.treatments[0]", 4),
        ("$.treatments[1].drugs", 7),
        ("$.treatments[1].drugs[1]", 9),
        (("treatments", 1, "drugs", 1), 9),
        ("$.treatments[1].missing", 6),
        ("$.treatments[7]", 3),
        ((), 2),
    ],
)
def test_lines(path: str | tuple[str | int, ...], line: int):
    text = "# first\nperson: x\ntreatments:\n  - drugs: a\n    to: 1\n  - to: 2\n    drugs:\n      - a\n      - b\n"
    assert yamlfile.parse(text, "x.yaml")[1].of(path) == line


def test_dates_convert_where_a_date_is_wanted():
    data, _ = yamlfile.parse("{on: 2026-11-23}", "x.yaml")
    assert msgspec.convert(data, dict[str, dt.date]) == {"on": dt.date(2026, 11, 23)}
