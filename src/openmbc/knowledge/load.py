"""The YAML files under this folder, read once, typed, frozen and keyed by a hash of their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from openmbc.errors import InputError, KnowledgeError
from openmbc.knowledge.biomarker import Biomarker
from openmbc.knowledge.living import Complementary, Organisation, Question, RedFlag, Supplement, Support, Symptom
from openmbc.knowledge.model import (
    Definition,
    Drug,
    Entry,
    Evidence,
    Local,
    Range,
    Regimen,
    Source,
)
from openmbc.knowledge.tests import Monitoring, Testing
from openmbc.yamlfile import parse

VERSION = "2026.11"
FOLDER = Path(__file__).parent
KINDS: dict[str, type[Entry]] = {
    "regimens": Regimen,
    "local": Local,
    "drugs": Drug,
    "evidence": Evidence,
    "ranges": Range,
    "definitions": Definition,
    "monitoring": Monitoring,
    "biomarkers": Biomarker,
    "testing": Testing,
    "checkin": Question,
    "red_flags": RedFlag,
    "symptoms": Symptom,
    "support": Support,
    "organisations": Organisation,
    "complementary": Complementary,
    "supplements": Supplement,
    "sources": Source,
}


E = TypeVar("E", bound=Entry)


class Entries(Mapping[str, E]):
    """The entries of one kind by id, in the order of their files; each is read when it is asked for.

    A report asks for few of the sources and of what helps to live with the disease. Raises `KnowledgeError` for an
    entry that does not fit its shape.
    """

    def __init__(self, shape: type[E], texts: dict[str, tuple[str, bytes]]) -> None:
        """``texts``: the name of the file and its content, by id."""
        self._shape, self._texts = shape, texts
        self._read: dict[str, E] = {}

    def __getitem__(self, entry_id: str) -> E:
        """The entry of an id. Raises `KeyError` where there is none."""
        known = self._read.get(entry_id)
        if known is None:
            known = self._read[entry_id] = self._entry(*self._texts[entry_id])
        return known

    def __iter__(self) -> Iterator[str]:
        """The ids."""
        return iter(self._texts)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._texts)

    def __contains__(self, entry_id: object) -> bool:
        """Whether there is such an entry; it is not read for that."""
        return entry_id in self._texts

    def _entry(self, name: str, content: bytes) -> E:
        try:
            data, _ = parse(content.decode(), name)
            return msgspec.convert(data, self._shape, strict=False)
        except (InputError, msgspec.ValidationError) as error:
            raise KnowledgeError([f"{name}: {error}"]) from None


class Knowledge(msgspec.Struct, frozen=True, eq=False):
    """All entries by id, and the hash of the files that they came from."""

    regimens: Entries[Regimen]
    local: Entries[Local]
    drugs: Entries[Drug]
    evidence: Entries[Evidence]
    ranges: Entries[Range]
    definitions: Entries[Definition]
    monitoring: Entries[Monitoring]
    biomarkers: Entries[Biomarker]
    testing: Entries[Testing]
    checkin: Entries[Question]
    red_flags: Entries[RedFlag]
    symptoms: Entries[Symptom]
    support: Entries[Support]
    organisations: Entries[Organisation]
    complementary: Entries[Complementary]
    supplements: Entries[Supplement]
    sources: Entries[Source]
    hash: str
    version: str
    newest_check: dt.date

    def meanings(self, marker: str, value: str) -> dict[str, Biomarker]:
        """What the value of a feature means, by id: entries that hold without more (no number, no `only_if`)."""
        return {
            i: entry
            for i, entry in self.biomarkers.items()
            if entry.marker == marker and entry.value == value and entry.only_if is None
        }

    def place(self, where: str) -> str:
        """Where in a document, with other documents that it names by their id said by their titles."""
        return _ID.sub(lambda m: self.sources[m[0]].title if m[0] in self.sources else m[0], where)


_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


# The day of the newest check is told by every report; to read all entries for it would take most of its time.
_CHECKED = re.compile(rb"^checked:\s*\{?\s*on:\s*(\d{4}-\d{2}-\d{2})", re.MULTILINE)


@cache
def load(folder: Path = FOLDER) -> Knowledge:
    """The knowledge in a folder; its entries are read when they are asked for (`Entries`)."""
    digest = hashlib.sha256()
    kinds: dict[str, Entries[Any]] = {}
    days: list[str] = []
    for kind, shape in KINDS.items():
        texts: dict[str, tuple[str, bytes]] = {}
        root = f"{(folder / kind).as_posix()}/"
        for path in sorted((folder / kind).rglob("*.yaml")):
            content = path.read_bytes()
            entry_id = path.as_posix().removeprefix(root).removesuffix(".yaml")
            digest.update(f"{kind}/{entry_id}\0".encode() + content)
            texts[entry_id] = (f"{kind}/{entry_id}.yaml", content)
            days += [day.decode() for day in _CHECKED.findall(content)]
        kinds[kind] = Entries(shape, texts)
    newest = dt.date.fromisoformat(max(days)) if days else dt.date.min
    return Knowledge(**kinds, hash=digest.hexdigest()[:12], version=VERSION, newest_check=newest)
