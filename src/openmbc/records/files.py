"""Files as people have them: what they are by their first bytes, and one clear line when they are something else."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from openmbc.errors import RecordError

JSON, LINES, CASES = (".json",), (".ndjson", ".jsonl"), (".yaml", ".yml")
RECORDS = JSON + LINES + CASES

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # the flag is there on Windows alone
_USUAL = 1 << 16  # bytes
_START = 4096  # bytes that say what a file is
_FHIR = b'"resourceType"'
_EXPORT = "Export the record as FHIR R4 JSON."
_KNOWN_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xfe", "the file is UTF-16 text", "Save it as UTF-8."),
    (b"\xfe\xff", "the file is UTF-16 text", "Save it as UTF-8."),
    (b"%PDF", "this is a PDF", _EXPORT),
    (b"PK\x03\x04", "this is a ZIP archive", "Unpack it first."),
    (b"\x1f\x8b", "this is a gzip archive", "Unpack it first; a VCF goes beside the record, with --sequencing."),
)


def read_any(path: Path) -> bytes:
    """The whole file, whatever it is. Raises `RecordError` when it cannot be opened."""
    try:
        file = os.open(path, _READ)
        try:
            data = os.read(file, _USUAL)  # its size is not asked: most are shorter, and a pipe has none
            if more := os.read(file, _USUAL):
                with open(file, "rb", buffering=0, closefd=False) as rest:
                    data += more + rest.read()
        finally:
            os.close(file)
    except OSError as error:
        raise cannot_open(path, error) from None
    return data


def read_bytes(path: Path) -> bytes:
    """The whole file, without a byte order mark. Raises `RecordError` when it is missing, empty or no JSON."""
    return check(read_any(path), path.name)


def cannot_open(path: Path, error: OSError) -> RecordError:
    """Why a path cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return RecordError("there is no such file", file=str(path), todo="Check the path.")
    if isinstance(error, IsADirectoryError):
        return RecordError("this is a folder", file=str(path), todo="Give a file.")
    return RecordError(
        f"the file cannot be opened ({error.strerror or error})", file=str(path), todo="Check its rights."
    )


def check(data: bytes, file: str) -> bytes:
    """The data without a byte order mark, when it can be JSON; else a `RecordError` that says what it is."""
    if data.startswith(b"{") and data.find(_FHIR, 0, _START) > 0 and data.find(b"\x00", 0, _START) < 0:
        return data  # what nearly every file is, seen without a copy of its beginning
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    error = what_else(data[:_START], file)
    if error is not None:
        raise error
    return data


def what_else(start: bytes, file: str) -> RecordError | None:
    """What a file is that does not begin like JSON; None when it does."""
    text = start.lstrip()
    if (sequencing := _sequencing(text, file)) is not None:
        return sequencing
    if text[:1] in (b"{", b"[") and b"\x00" not in start:
        return None
    what, todo = _known(start, text)
    return RecordError(what, file=file, todo=todo)


def _sequencing(text: bytes, file: str) -> RecordError | None:
    """What to say of a sequencing file that is given in place of a record."""
    xml, json = text.startswith(b"<"), text.startswith(b"{")
    if text.startswith(b"##fileformat=VCF"):
        what = "a VCF file"
    elif not xml and not json and b"Hugo_Symbol" in text:
        what = "a MAF file"
    elif xml and (b"foundationmedicine" in text or b"ResultsReport" in text):
        what = "a FoundationOne report"
    elif json and _FHIR not in text and (b'"genomicVariants"' in text or b'"tempusOrderId"' in text):
        what = "a Tempus report"
    else:
        return None
    todo = f"Give the record first (openmbc case new writes one): openmbc report RECORD --sequencing {file}."
    return RecordError(f"this is {what}: sequencing, not a record", file=file, todo=todo)


def _known(start: bytes, text: bytes) -> tuple[str, str]:
    """The name of another format, and what to do."""
    for known, what, todo in _KNOWN_STARTS:
        if start.startswith(known):
            return what, todo
    if not text:
        return "the file is empty", _EXPORT
    if text[:1] in (b"{", b"["):
        return "the file is UTF-16 text or binary data", "Save it as UTF-8."
    if text[:1] == b"<":
        return "this is XML, and FHIR XML is not read", "Export the record as JSON."
    return _no_format(start, text), _EXPORT


def _no_format(start: bytes, text: bytes) -> str:
    if b"\x00" in start or not _is_text(start):
        return "this is binary data, not JSON"
    first = text.splitlines()[0]
    if any(first.count(mark) >= 2 for mark in (b",", b";", b"\t")):
        return "this looks like a table (CSV), not FHIR"
    return "this is not JSON"


def _is_text(start: bytes) -> bool:
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4  # a character cut at the end of the sample
    return True


def map_file(path: Path) -> mmap.mmap:
    """The file as memory that the system pages in as needed. Raises `RecordError`."""
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                raise RecordError("the file is empty", file=path.name, todo=_EXPORT)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise cannot_open(path, error) from None
    wrong = what_else(mapped[:_START].removeprefix(b"\xef\xbb\xbf"), path.name)
    if wrong is not None:
        mapped.close()
        raise wrong
    return mapped


def in_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """The records under a folder, and the other files, both sorted; hidden files are left out."""
    found: list[str] = []
    try:
        _collect(str(folder), found)
    except OSError as error:
        raise cannot_open(Path(error.filename or folder), error) from None
    records = [path for path in sorted(found) if path.lower().endswith(RECORDS)]
    others = set(found).difference(records)
    return [Path(path) for path in records], [Path(path) for path in sorted(others)]


def _collect(folder: str, found: list[str]) -> None:
    """Add the files under a folder. As texts, not as `Path`s: a cohort may have a million."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _collect(entry.path, found)
            elif not entry.name.startswith(".") and entry.is_file():
                found.append(entry.path)
