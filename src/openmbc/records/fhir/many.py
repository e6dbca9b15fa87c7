"""The records of many people in a folder: bundles, and NDJSON of FHIR Bulk Data."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from openmbc.errors import RecordError
from openmbc.facts import Facts, Row, build, concat
from openmbc.records import files
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.bundle import decode
from openmbc.records.fhir.chart import Batch
from openmbc.records.fhir.memo import Memo
from openmbc.records.fhir.ndjson import Index, person_of
from openmbc.records.fhir.person import by_type, read_person
from openmbc.records.fhir.problems import OTHER_TYPE, Message, Problems
from openmbc.records.fhir.single import nothing_in

PEOPLE_AT_ONCE = 2000
Later = tuple[Path, bool]  # a file of lines; or (True) one that is a single resource
_NO_PATIENT = Message("error", "1 resource belongs to {of}, and no file holds that Patient",
                      "{n} resources belong to {of}, and no file holds that Patient",
                      "Export them together with the Patient resource.")  # fmt: skip
_OTHER_FILE = Message(
    "note", "1 file is no record and is not read ({of})", "{n} files are no records and are not read ({of})"
)


_learnt = Memo()


class _Cohort:
    """Collects people until there are enough for a chunk."""

    def __init__(self, progress: Callable[[int], None] | None, learnt: Memo | None = None) -> None:
        self._batch = Batch(learnt)
        self._cases: list[Facts] = []
        self._waiting = 0
        self.seen: dict[str, str] = {}  # the file of each person
        self._progress = progress

    def add(
        self, person: r.Patient, entries: Sequence[r.Entry], name: str, file: str, place: Callable[[int], str],
        problems: Problems, common: dict[str, r.Resource] | None = None,
        kinds: dict[type, list[Any]] | None = None,
    ) -> None:  # fmt: skip
        """One person; a second one of the same id is not mixed with the first."""
        if not self._is_new(name, file):
            return
        read_person(person, entries, self._batch, name, place, problems, common, kinds)
        self._waiting += 1

    def add_case(self, facts: Facts, file: str) -> None:
        """The facts of a case file."""
        people = facts.people["person"].to_list() or [file]
        if all([self._is_new(name, file) for name in people]):  # noqa: C419  (every one is noted)
            self._cases.append(facts)
            self._waiting += 1

    def _is_new(self, name: str, file: str) -> bool:
        first = self.seen.get(name)
        if first is None:
            self.seen[name] = file
            return True
        self._batch.tables["problems"].append(twice(name, file, first))
        return False

    def unreadable(self, path: Path, error: RecordError) -> None:
        """A file that cannot be read stands in the list of problems; the rest goes on."""
        self.problem(None, path.name, ": ".join(filter(None, (error.place, error.what))), error.todo)

    def problem(self, person: str | None, source: str, what: str, todo: str) -> None:
        """An error that stands in the list of problems; the rest goes on."""
        self._batch.tables["problems"].append((person, source, "error", what, todo))

    def problems(self, rows: list[Row]) -> None:
        """Problems that are no one's."""
        self._batch.tables["problems"].extend(rows)

    def chunk(self, least: int) -> Iterator[Facts]:
        """What waits as facts, when it is enough."""
        if self._waiting < least and not (least == 0 and any(self._batch.tables.values())):
            return
        done, cases, self._waiting = self._waiting, self._cases, 0
        facts = self._batch.build()
        self._cases = []
        yield concat([facts, *cases]) if cases else facts
        if self._progress is not None:
            self._progress(done)


def read_folder(folder: Path, progress: Callable[[int], None] | None) -> Iterator[Facts]:
    """The facts of everyone under a folder, some thousand people at a time. Raises `RecordError` without a record."""
    records, others = in_folder(folder)
    cohort, later = _Cohort(progress), list[Later]()
    cohort.problems(others)
    for start in range(0, len(records), PEOPLE_AT_ONCE):
        with collector_off():
            for path in records[start : start + PEOPLE_AT_ONCE]:
                _one_file(path, cohort, later)
        yield from cohort.chunk(PEOPLE_AT_ONCE)
    yield from _read_lines(cohort, later)


@contextmanager
def collector_off() -> Iterator[None]:
    """Rows and tables have no cycles: following them costs a fifth of the reading and finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def in_folder(folder: Path) -> tuple[list[Path], list[Row]]:
    """The records under a folder, and the problems of the other files. Raises `RecordError` without a record."""
    records, others = files.in_folder(folder)
    if not records:
        raise nothing_in(folder)
    found = Problems()
    for path in others:
        found.count(_OTHER_FILE, path.suffix or "no extension", path.name)
    return records, found.rows(None)


class Group(NamedTuple):
    """What some files hold: facts, the file of each person, and files to be read together with others."""

    facts: Facts
    people: dict[str, str]
    later: list[Later]


def read_group(paths: Sequence[Path]) -> Group:
    """Read whole records. What stands in lines, of which one person may have many, is for `read_lines`.

    What one group says is known to the next: the groups of a process are read one after the other.
    """
    _learnt.next_chunk()  # without the rows of a group that was broken off
    cohort, later = _Cohort(None, _learnt), list[Later]()
    with collector_off():
        for path in paths:
            _one_file(path, cohort, later)
        return Group(concat([build({}), *cohort.chunk(0)]), cohort.seen, later)


def read_lines(later: Sequence[Later], others: Sequence[Row]) -> Iterator[Group]:
    """The people of files of lines, some thousand at a time; ``others`` are problems that are no one's."""
    cohort = _Cohort(None)
    cohort.problems(list(others))
    for facts in _read_lines(cohort, later):
        yield Group(facts, {person: cohort.seen[person] for person in facts.people["person"]}, [])


def twice(person: str, file: str, first: str) -> Row:
    """The problem of a file with a person whose id was met before; it is the file's, not the person's."""
    what = f"{person} is also the id of a person in {first}; this record is not used"
    todo = "Give every person an id of their own, or join the records of one person."
    return (None, file, "error", what, todo)


def _read_lines(cohort: _Cohort, later: Sequence[Later]) -> Iterator[Facts]:
    index = Index()
    for path, whole in later:
        try:
            index.add(path, whole=whole)
        except RecordError as error:
            cohort.unreadable(path, error)
    yield from _indexed(cohort, index)
    yield from cohort.chunk(0)


def _one_file(path: Path, cohort: _Cohort, later: list[Later]) -> None:
    """Read a file of whole records; lines of NDJSON and single resources wait until all are known."""
    name = path.name
    kind = name[name.rfind(".") :].lower()
    try:
        if kind in files.CASES:
            from openmbc.records.case import read_case  # noqa: PLC0415  (most cohorts have none)

            cohort.add_case(read_case(path), name)
        elif kind in files.LINES:
            later.append((path, False))
        else:
            _json(path, name, cohort, later)
    except RecordError as error:
        cohort.unreadable(path, error)


def _json(path: Path, name: str, cohort: _Cohort, later: list[Later]) -> None:
    try:
        decoded = decode(files.read_bytes(path), name)
    except RecordError as error:
        if "trailing characters" not in error.what:
            raise
        later.append((path, False))
        return
    if decoded.kind == "resource":
        later.append((path, True))
    else:
        _people_in(decoded.entries, decoded.problems, name, name[: name.rfind(".")], cohort)


def _people_in(entries: Sequence[r.Entry], problems: Problems, file: str, stem: str, cohort: _Cohort) -> None:
    """The person of a bundle, or its people. Raises `RecordError` when it has none."""
    kinds = by_type(entries)
    patients: list[r.Patient] = kinds.get(r.Patient, [])
    if not patients:
        raise RecordError(
            "the record holds no Patient", file=file, todo="Export it together with the Patient resource."
        )

    def place(at: int) -> str:
        return f"{file}#entry[{at}]"

    if len({patient.id for patient in patients}) == 1:
        person = patients[0]
        cohort.add(person, entries, person.id or stem, file, place, problems, kinds=kinds)
        return
    shared = _split(entries, problems, place)
    cohort.problems(problems.rows(None))
    common = _common(entries)
    for number, (patient, own) in enumerate(shared):
        name = patient.id or f"{stem}-{number + 1}"
        cohort.add(patient, [entries[at] for at in own], name, file, _places(place, own), Problems(), common)


def _places(place: Callable[[int], str], own: list[int]) -> Callable[[int], str]:
    """Where the entries of one person stand among those of many."""
    return lambda at: place(own[at])


def _split(
    entries: Sequence[r.Entry], problems: Problems, place: Callable[[int], str]
) -> list[tuple[r.Patient, list[int]]]:
    """Which entries belong to which person of a bundle; what belongs to none is listed."""
    people: list[tuple[r.Patient, list[int]]] = []
    by_name: dict[str, list[int]] = {}
    for entry in entries:
        patient = entry.resource
        if type(patient) is not r.Patient:
            continue
        own = by_name.get(patient.id or "")
        if own is None:
            own = by_name.setdefault(patient.id or entry.fullUrl or "", [])
            people.append((patient, own))
        if entry.fullUrl:
            by_name[person_of(entry.fullUrl)] = own
    for index, entry in enumerate(entries):
        resource = entry.resource
        owner = getattr(resource, "subject", None) or getattr(resource, "patient", None)
        reference = owner.reference if owner is not None else None
        name = person_of(reference) if reference else (resource.id or person_of(entry.fullUrl or "")) if type(
            resource) is r.Patient else None  # fmt: skip
        if name in by_name:
            by_name[name].append(index)
        elif name is not None:
            problems.count(_NO_PATIENT, reference or name, place(index))
        elif resource is not None and not isinstance(resource, r.Medication | r.Unreadable):
            problems.count(OTHER_TYPE, r.type_name(resource), place(index))
    return people


def _common(entries: Sequence[r.Entry]) -> dict[str, r.Resource]:
    """Medications, which belong to no person."""
    common: dict[str, r.Resource] = {}
    for entry in entries:
        if type(entry.resource) is r.Medication:
            common[f"Medication/{entry.resource.id}"] = entry.resource
            if entry.fullUrl:
                common[entry.fullUrl] = entry.resource
    return common


def _indexed(cohort: _Cohort, index: Index) -> Iterator[Facts]:
    """The people of the NDJSON files."""
    for place in index.bundles:
        where = index.where(place)
        try:
            decoded = decode(index.text(place), where)
            _people_in(decoded.entries, decoded.problems, where, where.replace(":", "-"), cohort)
        except RecordError as error:
            cohort.problem(None, where, error.what, error.todo)
        yield from cohort.chunk(PEOPLE_AT_ONCE)
    lost = Problems()
    for name in index.people:
        if name not in index.patients:
            for _ in index.people[name]:
                lost.count(_NO_PATIENT, f"Patient/{name}", name)
            continue
        _one_person(cohort, index, name)
        yield from cohort.chunk(PEOPLE_AT_ONCE)
    cohort.problems(lost.rows(None))
    for _, problems in index.problems:
        cohort.problems(problems.rows(None))


def _one_person(cohort: _Cohort, index: Index, name: str) -> None:
    problems = Problems()
    entries = index.entries(name, problems)
    person = next((entry.resource for entry in entries if type(entry.resource) is r.Patient), None)
    if person is None:
        cohort.problem(name, f"Patient/{name}", "the Patient cannot be read; none of the record is used",
                       "Correct it and export again.")  # fmt: skip
        return
    cohort.add(person, entries, name, index.file(index.people[name][0]), lambda n: index.where(index.people[name][n]),
               problems, index.common)  # fmt: skip
