"""YAML files as plain data, with the line of every value.

A small, strict YAML, the same for case files and for knowledge:

- A key is always text, as written (``on``, ``no`` and ``2019`` are keys like any other), and stands
  once in its map.
- Dates stay text, so that ``2019-03`` and ``2019-03-14`` keep their precision. A year alone is the
  number 2019, which loses nothing.
- ``yes``, ``no``, ``true`` and ``false`` are booleans; ``on`` and ``off`` are text.
- ``1.5`` and ``2`` are numbers; ``007``, ``1_000``, ``12:30``, ``.nan`` and whatever is quoted are text.
- Tags, anchors and aliases, and a second document in the file are errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from openmbc.errors import InputError

Step = str | int
Spot: TypeAlias = "tuple[int, Spots]"  # the line of a value, and the spots inside it
Spots: TypeAlias = "dict[Step, Spot] | None"

MAX_BYTES = 4_000_000
MAX_DEPTH = 50
_PLAIN = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "yes": True, "Yes": True, "YES": True,
    "false": False, "False": False, "FALSE": False, "no": False, "No": False, "NO": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)\Z", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d{1,2})?\Z", re.ASCII)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_NUMERIC_START = frozenset("+-.0123456789")


class Lines:
    """The line (from 1) of each value of a file."""

    def __init__(self, first: int, spots: Spots) -> None:
        self._first, self._spots = first, spots

    def of(self, path: str | tuple[Step, ...]) -> int:
        """The line of a value, by a path like ``$.treatments[2].drugs`` or ``("treatments", 2, "drugs")``.

        The value of a map counts where its key stands. Where the path leads nowhere (a key that is
        missing), the line of the last step that exists.
        """
        line, spots = self._first, self._spots
        for step in path if isinstance(path, tuple) else tuple(_steps(path)):
            if spots is None or step not in spots:
                break
            line, spots = spots[step]
        return line


def load(path: Path) -> tuple[object, Lines]:
    """The data of a YAML file (None when it is empty) and its lines.

    Raises `InputError` with ``file:line`` for what is not the YAML described above.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise InputError(
            f"cannot be opened ({error.strerror})", file=str(path), todo="Check the name of the file."
        ) from error
    if size > MAX_BYTES:
        raise InputError(f"has {size:,} bytes", file=str(path), todo=f"At most {MAX_BYTES:,} are read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("is not text in UTF-8", file=f"{path}:{line}", todo="Save it as UTF-8.") from error
    return parse(text, str(path))


def parse(text: str, file: str) -> tuple[object, Lines]:
    """The data of a YAML text and its lines; ``file`` is the name used in errors."""
    try:
        loader = yaml.CSafeLoader(text)
        try:
            return _Plain(loader, file).document()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from error


class _Plain:
    """Turns the events of one file into plain data, and where each value stands."""

    def __init__(self, loader: yaml.CSafeLoader, file: str) -> None:
        self._next: Callable[[], Any] = loader.get_event  # Any: the stubs know no event's fields
        self._file = file

    def document(self) -> tuple[object, Lines]:
        self._next()  # the stream starts
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None, Lines(1, None)
        first = self._next()
        data, spots = self._value(first, 0)
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._error(after, "a second document begins (---)", "One file holds one document.")
        return data, Lines(_line(first), spots)

    def _value(self, event: Any, depth: int) -> tuple[object, Spots]:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._error(event, "a value begins with * or &", "Put it in quotes.")
        if event.tag is not None and not (event.tag == "!" and isinstance(event, yaml.ScalarEvent)):
            raise self._error(event, f"a value begins with a tag ({event.tag})", "Put it in quotes.")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event), None
        if depth == MAX_DEPTH:
            raise self._error(event, f"values are nested more than {MAX_DEPTH} deep", "Check the brackets.")
        return self._map(depth) if isinstance(event, yaml.MappingStartEvent) else self._list(depth)

    def _map(self, depth: int) -> tuple[object, Spots]:
        data: dict[str, object] = {}
        spots: dict[Step, Spot] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key is not a word", "Write a word before the colon.")
            key: str = event.value
            if key in data:
                raise self._error(event, f"the key '{key}' stands twice in one map", "Keep one of the two.")
            data[key], inside = self._value(self._next(), depth + 1)
            spots[key] = _line(event), inside
        return data, spots

    def _list(self, depth: int) -> tuple[object, Spots]:
        data: list[object] = []
        spots: dict[Step, Spot] = {}
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            item, inside = self._value(event, depth + 1)
            spots[len(data)] = _line(event), inside
            data.append(item)
        return data, spots

    def _error(self, event: Any, what: str, todo: str) -> InputError:
        return InputError(what, file=f"{self._file}:{_line(event)}", todo=todo)


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style:  # quoted or a block
        return text
    if text[:1] in _NUMERIC_START:
        if _INTEGER.match(text) and len(text) < 20:
            return int(text)
        return float(text) if _NUMBER.match(text) else text
    return _PLAIN.get(text, text)


def _steps(path: str) -> Iterator[Step]:
    for name, index in _STEP.findall(path.removeprefix("$")):
        yield int(index) if index else name


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> InputError:
    """What the parser found, in words for the person who typed the file."""
    if not isinstance(error, yaml.MarkedYAMLError):  # a character that YAML does not allow
        at = getattr(error, "position", None)
        line = text.count("\n", 0, at) + 1 if isinstance(at, int) else 1
        return InputError("a character is not allowed here", file=f"{file}:{line}", todo="Type the line again.")
    rows = text.splitlines()
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    if error.context_mark and not any(row.strip() for row in rows[line - 1 :]):
        line = error.context_mark.line + 1  # it ends in the air: say where it began
    row = rows[line - 1] if line <= len(rows) else ""
    what, todo = _words_for(str(error.problem or error.context or ""), row)
    return InputError(what, file=f"{file}:{line}", todo=todo)


# What the parser says, what that means for the person who typed the line, and what to do.
_WORDS = (
    ("comment or line break", "a value begins with > or |", 'Put it in quotes: ">300".'),
    ("cannot start any token", "a value begins with a character that means something in YAML (% @ `)",
     "Put it in quotes."),
    ("alias", "a value begins with * or &", "Put it in quotes."),
    ("anchor", "a value begins with * or &", "Put it in quotes."),
    ("tag", "a value begins with !", "Put it in quotes."),
    ("mapping values are not allowed", "a colon stands where none may be",
     "Put text that holds ': ' in quotes, and check the indentation."),
    ("',' or", "a bracket is not closed, or a comma is missing", "Check the brackets [ ] { } here and above."),
    ("unexpected end of stream", "a quote or bracket is not closed", "Check the quotes here and above."),
    ("expected ':'", "a colon is missing after a key", "Write 'key: value'."),
    ("expected key", "the line does not line up with the lines above it", "Indent the entries of one map alike."),
    ("'-' indicator", "the line does not line up with the list above it", "Begin each entry of a list with '- '."),
    ("expected <document start>", "text follows the end of the data", "Check the indentation here and above."),
)  # fmt: skip


def _words_for(problem: str, row: str) -> tuple[str, str]:
    if "\t" in row:
        return "a tab stands in the line", "Use spaces."
    found = (words for sign, *words in _WORDS if sign in problem)
    what, todo = next(found, (problem or "cannot be read as YAML", "Check this line and the one above."))
    return what, todo
