"""The record of one person: a bundle, a list of resources, NDJSON, or a folder of these."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openmbc.errors import RecordError
from openmbc.facts import Facts
from openmbc.records import files
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.bundle import Decoded, decode
from openmbc.records.fhir.chart import Batch
from openmbc.records.fhir.ndjson import decode_lines
from openmbc.records.fhir.person import read_person
from openmbc.records.fhir.problems import REMARK, Problems

_SPLIT = "Use `openmbc cohort` for several people, or give each person's record by itself."


def read_file(path: Path) -> Facts:
    """The facts of one person in one file. Raises `RecordError`."""
    return _facts(_decoded(path), path)


def _decoded(path: Path) -> Decoded:
    if path.suffix.lower() in files.LINES:
        return _decoded_lines(files.read_bytes(path), path)
    data = files.read_bytes(path)
    try:
        return decode(data, path.name)
    except RecordError as error:
        if "trailing characters" in error.what:  # more than one JSON value: a line each
            return _decoded_lines(data, path)
        raise


def _decoded_lines(data: bytes, path: Path) -> Decoded:
    """NDJSON: every line a resource, or a bundle."""
    entries, problems = decode_lines(data, path.name)
    return Decoded(tuple(entries), problems, "lines")


def read_folder(folder: Path) -> Facts:
    """The facts of one person in the FHIR files of a folder. Raises `RecordError`."""
    records, others = files.in_folder(folder)
    named = [path for path in records if path.suffix.lower() not in files.CASES]
    if not named:
        raise nothing_in(folder)
    entries: list[r.Entry] = []
    problems = Problems()
    for path in named:
        decoded = _decoded(path)
        entries.extend(decoded.entries)
        problems.merge(decoded.problems)
    for path in [*others, *(p for p in records if p not in named)]:
        problems.count(REMARK, f"{path.name} is neither JSON nor NDJSON and is not read", path.name)
    return _facts(Decoded(tuple(entries), problems, "folder"), folder)


def nothing_in(folder: Path) -> RecordError:
    """The error of a folder without records."""
    return RecordError("the folder holds no JSON or NDJSON file", file=str(folder),
                       todo="Give the folder that holds the FHIR export.")  # fmt: skip


def _facts(decoded: Decoded, path: Path) -> Facts:
    entries = decoded.entries
    person = the_patient(entries, path.name)
    batch = Batch()
    read_person(person, entries, batch, person.id or path.stem, lambda index: f"{path.name}#entry[{index}]",
                decoded.problems)  # fmt: skip
    return batch.build()


def the_patient(entries: Sequence[r.Entry], file: str) -> r.Patient:
    """The one Patient of a record. Raises `RecordError` when there is none, or more than one."""
    if not entries:
        raise RecordError("the bundle holds no entries", file=file, todo="Export the record again, with its resources.")
    found = [entry.resource for entry in entries if type(entry.resource) is r.Patient]
    people = list({patient.id: patient for patient in found}.values())
    if not people:
        raise RecordError("the record holds no Patient", file=file,
                          todo="Export it together with the Patient resource.")  # fmt: skip
    if len(people) > 1:
        names = ", ".join(str(patient.id or "(without id)") for patient in people[:4]) + (", ..." if people[4:] else "")
        raise RecordError(
            f"the record holds {len(people)} people ({names}), and one is expected", file=file, todo=_SPLIT
        )
    return people[0]
