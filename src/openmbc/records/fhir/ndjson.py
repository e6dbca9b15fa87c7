"""NDJSON of FHIR Bulk Data: one resource or one bundle a line, the resources of a person in any file.

Two passes keep the memory small: the first notes whose each line is (8 bytes a line), the second
decodes the lines of some thousand people at a time.
"""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from openmbc.errors import RecordError
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.bundle import decode, malformed
from openmbc.records.fhir.chart import local
from openmbc.records.fhir.problems import NOT_USED, OTHER_TYPE, Message, Problems, unreadable
from openmbc.records.files import map_file

_FILE_BITS = 44  # a place is file number and offset in one integer; a file may have 16 TB
_NEW_LINE = b"\n"
_OFFSET = (1 << _FILE_BITS) - 1
_BAD_LINE = Message("error", "{of}", "{of} ({n} times)", "Export the record again; the other lines are used.")


class Line(NamedTuple):
    """A line of a file, numbered from 1, without its end."""

    number: int
    offset: int
    text: bytes


def lines_of(data: mmap.mmap | bytes) -> Iterator[Line]:
    """The lines of a text that hold something."""
    start, number, end = 0, 0, len(data)
    if data[:3] == b"\xef\xbb\xbf":
        start = 3
    while start < end:
        stop = data.find(_NEW_LINE, start)
        stop = end if stop < 0 else stop
        number += 1
        text = data[start:stop]
        if text and not text.isspace():
            yield Line(number, start, text)
        start = stop + 1


def decode_lines(data: bytes, file: str) -> tuple[list[r.Entry], Problems]:
    """The resources of one person's NDJSON. Raises `RecordError` when no line can be read."""
    entries: list[r.Entry] = []
    problems = Problems()
    first: RecordError | None = None
    for line in lines_of(data):
        where = f"{file}:{line.number}"
        try:
            decoded = decode(line.text, where)
        except RecordError as error:
            first = first or error
            problems.count(_BAD_LINE, f"line {line.number}: {error.what}; it is not used", where)
        else:
            entries.extend(decoded.entries)
            problems.merge(decoded.problems)
    if first is not None and not entries:
        raise first
    return entries, problems


class Index:
    """Whose each line of some NDJSON files is."""

    def __init__(self) -> None:
        self.people: dict[str, array[int]] = {}  # person -> places of lines; in the order of the files
        self.patients: set[str] = set()
        self.bundles: list[int] = []  # places of lines that are whole bundles
        self.common: dict[str, r.Resource] = {}  # medications, which belong to no person
        self.problems: list[tuple[str, Problems]] = []  # by file
        self._files: list[mmap.mmap] = []
        self._names: list[str] = []
        self._whole: set[int] = set()  # files that are one resource, of many lines

    def add(self, path: Path, *, whole: bool = False) -> None:
        """Note the lines of one file, or (``whole``) a file that holds just one resource. Raises `RecordError`."""
        data = map_file(path)
        at = len(self._files) << _FILE_BITS
        self._files.append(data)
        if whole:
            self._whole.add(at >> _FILE_BITS)
        self._names.append(path.name)
        problems = Problems()
        good = bad = 0
        for line in [Line(1, 0, _without_mark(data[:]))] if whole else lines_of(data):
            if self._note(line, at + line.offset, problems, path.name):
                good += 1
            else:
                bad += 1
        self.problems.append((path.name, problems))
        if bad and not good:
            raise self._hopeless(data, path)

    def _hopeless(self, data: mmap.mmap, path: Path) -> RecordError:
        first = next(lines_of(data), Line(1, 0, b""))
        try:
            r.head_decoder.decode(first.text)
        except (msgspec.DecodeError, RecursionError) as error:
            return malformed(error, first.text, path.name)
        return RecordError("no line holds a FHIR resource", file=path.name, place="line 1",
                           todo="Give NDJSON of FHIR R4 resources.")  # fmt: skip

    def _note(self, line: Line, place: int, problems: Problems, file: str) -> bool:
        try:
            head = r.head_decoder.decode(line.text)
        except msgspec.ValidationError:
            known = r.name_of(line.text)
            head = r.Head(known.resourceType, known.id)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            what = "ends in the middle of the data" if "truncated" in str(error) else "is not JSON"
            problems.count(_BAD_LINE, f"line {line.number} {what}; it is not used", f"{file}:{line.number}")
            return False
        kind = head.resourceType
        if kind is None:
            problems.count(
                _BAD_LINE, f"line {line.number} holds no FHIR resource; it is not used", f"{file}:{line.number}"
            )
            return False
        owner = head.subject or head.patient
        if kind == "Bundle":
            self.bundles.append(place)
        elif kind == "Patient":
            name = head.id or f"{file}:{line.number}"
            self.patients.add(name)
            self.people.setdefault(name, array("Q")).append(place)
        elif owner is not None and owner.reference:
            self.people.setdefault(person_of(owner.reference), array("Q")).append(place)
        elif kind == "Medication" and head.id:
            self._share(line, f"Medication/{head.id}", problems)
        else:
            problems.count(OTHER_TYPE, kind, f"{kind}/{head.id}" if head.id else f"{file}:{line.number}")
        return True

    def _share(self, line: Line, name: str, problems: Problems) -> None:
        try:
            self.common[name] = r.resource_decoder.decode(line.text)
        except msgspec.ValidationError as error:
            problems.count(NOT_USED, unreadable("Medication", None, str(error)), name)

    def text(self, place: int) -> bytes:
        """The line at a place."""
        data, start = self._files[place >> _FILE_BITS], place & _OFFSET
        stop = -1 if place >> _FILE_BITS in self._whole else data.find(_NEW_LINE, start)
        return _without_mark(data[start : stop if stop >= 0 else len(data)])

    def file(self, place: int) -> str:
        """The file of a place."""
        return self._names[place >> _FILE_BITS]

    def where(self, place: int) -> str:
        """A place for people: file and line."""
        number = place >> _FILE_BITS
        before = self._files[number][: place & _OFFSET]
        return f"{self._names[number]}:{before.count(_NEW_LINE) + 1}"

    def entries(self, person: str, problems: Problems) -> list[r.Entry]:
        """The resources of a person; what cannot be read is listed."""
        return [self._entry(place, problems) for place in self.people[person]]

    def _entry(self, place: int, problems: Problems) -> r.Entry:
        text = self.text(place)
        try:
            return r.Entry(r.resource_decoder.decode(text))
        except (msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            head = r.name_of(text)
            source = f"{head.resourceType}/{head.id}" if head.id else self.where(place)
            problems.count(NOT_USED, unreadable(head.resourceType, head.id, str(error)), source)
            return r.Entry(r.Unreadable())


def _without_mark(text: bytes) -> bytes:
    return text.removeprefix(b"\xef\xbb\xbf")


def person_of(reference: str) -> str:
    """The id in a reference to a person."""
    return local(reference).removeprefix("Patient/").removeprefix("urn:uuid:")
