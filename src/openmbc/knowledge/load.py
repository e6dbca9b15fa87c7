"""The YAML files under this folder, read once, typed, frozen and keyed by a hash of their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
    Statement,
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


@dataclass(frozen=True, eq=False)
class Knowledge:
    """All entries by id, and the hash of the files that they came from."""

    regimens: dict[str, Regimen]
    local: dict[str, Local]
    drugs: dict[str, Drug]
    evidence: dict[str, Evidence]
    ranges: dict[str, Range]
    definitions: dict[str, Definition]
    monitoring: dict[str, Monitoring]
    biomarkers: dict[str, Biomarker]
    testing: dict[str, Testing]
    checkin: dict[str, Question]
    red_flags: dict[str, RedFlag]
    symptoms: dict[str, Symptom]
    support: dict[str, Support]
    organisations: dict[str, Organisation]
    complementary: dict[str, Complementary]
    supplements: dict[str, Supplement]
    sources: dict[str, Source]
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


@cache
def load(folder: Path = FOLDER) -> Knowledge:
    """The knowledge in a folder. Raises `KnowledgeError` naming every file that does not fit its shape."""
    digest = hashlib.sha256()
    entries: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
    findings: list[str] = []
    for kind, shape in KINDS.items():
        for path in sorted((folder / kind).rglob("*.yaml")):
            content = path.read_bytes()
            entry_id = path.relative_to(folder / kind).with_suffix("").as_posix()
            digest.update(f"{kind}/{entry_id}\0".encode() + content)
            try:
                data, _ = parse(content.decode(), path.relative_to(folder).as_posix())
                entries[kind][entry_id] = msgspec.convert(data, shape, strict=False)
            except (InputError, msgspec.ValidationError) as error:
                findings.append(f"{path.relative_to(folder)}: {error}")
    if findings:
        raise KnowledgeError(findings)
    checked = [e.checked.on for kind in entries.values() for e in kind.values() if isinstance(e, Statement)]
    newest = max(checked, default=dt.date.min)
    return Knowledge(**entries, hash=digest.hexdigest()[:12], version=VERSION, newest_check=newest)  # type: ignore[arg-type]
