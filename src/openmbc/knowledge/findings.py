"""What a check finds: one thing that is wrong, with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import msgspec

from openmbc.criteria import CriteriaError, Node, parse
from openmbc.criteria.domain import always, never
from openmbc.knowledge.model import Entry
from openmbc.yamlfile import Lines


class Finding(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong: prints as ``file:line: error: text``."""

    file: str
    line: int
    severity: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.text}"


class File(msgspec.Struct, frozen=True):
    """A file of the knowledge that could be read."""

    path: str
    id: str
    entry: Entry
    lines: Lines

    def finding(self, place: str, text: str, severity: str = "error") -> Finding:
        """A finding at a place in the data, such as ``$.for``."""
        return Finding(self.path, self.lines.of(place), severity, text)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The end of a message: the names that a misspelt one may stand for; empty when none is near."""
    near = difflib.get_close_matches(word, list(words), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""


Files = dict[str, dict[str, File]]


def entries(files: Files, kind: str) -> Iterator[tuple[File, Entry]]:
    """The files of one folder with what they hold."""
    for file in files[kind].values():
        yield file, file.entry


def parsed(file: File, place: str, condition: object) -> tuple[Node | None, list[Finding]]:
    """A condition, and what is wrong with it on its own."""
    try:
        node = parse(condition, place)
    except CriteriaError as error:
        return None, [file.finding(error.place or place, f"{error.what}. {error.todo}".strip())]
    if name := never(node):
        return node, [file.finding(place, f"can never hold: no value of '{name}' satisfies it")]
    if always(node):
        return node, [file.finding(place, "always holds: it asks nothing")]
    return node, []
