"""FHIR JSON to resources: the whole text at once, and resource by resource where that fails."""

from __future__ import annotations

from typing import Any

import msgspec

from openmbc.errors import RecordError
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.problems import UNREADABLE, Problems, unreadable


class Decoded(msgspec.Struct, frozen=True, gc=False):
    """Resources with their addresses. One that cannot be read keeps its place as an entry without resource."""

    entries: tuple[r.Entry, ...]
    problems: Problems
    kind: str  # bundle | list | resource


def decode(data: bytes | memoryview, file: str) -> Decoded:
    """The resources of a Bundle, of a list of resources, or the one resource. Raises `RecordError`."""
    problems = Problems()
    try:
        if not (isinstance(data, bytes) and data.isascii()):
            str(data, "utf-8")  # what is skipped, or stays text, is not looked at while decoding
        if _is_list(data):
            return Decoded(tuple(r.Entry(found) for found in r.resources_decoder.decode(data)), problems, "list")
        whole = r.resource_decoder.decode(data)
    except msgspec.ValidationError as error:
        return _one_by_one(data, file, problems, error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(error, data, file) from None
    if type(whole) is r.Bundle:
        return Decoded(whole.entry, problems, "bundle")
    return Decoded((r.Entry(whole),), problems, "resource")


def _is_list(data: bytes | memoryview) -> bool:
    return data[:1] != b"{" and bytes(data[:64]).lstrip()[:1] == b"["


def malformed(error: Exception, data: bytes | memoryview, file: str) -> RecordError:
    """JSON that does not hold together, with its line."""
    text = str(error)
    if isinstance(error, RecursionError):
        return RecordError("the JSON is nested too deeply", file=file, todo="This is no FHIR record.")
    if "truncated" in text:
        place = f"byte {len(data)}"
        return RecordError("the file ends in the middle of the data", file=file, place=place,
                           todo="Copy or export it again.")  # fmt: skip
    what, _, at = text.removeprefix("JSON is malformed: ").partition(" (byte ")
    byte = int(at.rstrip(")")) if at.rstrip(")").isdigit() else 0
    line = bytes(data[:byte]).count(b"\n") + 1
    if isinstance(error, UnicodeDecodeError) or "utf-8" in text.lower():
        return RecordError("the text is not UTF-8", file=file, todo="Save it as UTF-8.")
    return RecordError(f"this is not JSON: {what}", file=file, place=f"line {line}, byte {byte}",
                       todo="Export the record again, as FHIR JSON.")  # fmt: skip


def _one_by_one(
    data: bytes | memoryview, file: str, problems: Problems, error: msgspec.ValidationError
) -> Decoded:  # fmt: skip
    """Read what can be read, list what cannot."""
    raws: list[tuple[msgspec.Raw, str | None]]
    try:
        if _is_list(data):
            raws = [(raw, None) for raw in r.raw_list_decoder.decode(data)]
        else:
            bundle = r.raw_bundle_decoder.decode(data)
            if bundle.resourceType != "Bundle":
                raise _not_a_record(bundle.resourceType, error, file)
            raws = [(entry.resource, entry.fullUrl) for entry in bundle.entry]
    except msgspec.ValidationError:
        raise _not_a_record(r.type_of(data), error, file) from None
    except (msgspec.DecodeError, RecursionError) as other:
        raise malformed(other, data, file) from None
    entries = tuple(
        r.Entry(_resource(raw, problems, f"{file}#entry[{index}]"), address)
        for index, (raw, address) in enumerate(raws)
    )
    return Decoded(entries, problems, "bundle")


def _not_a_record(kind: str | None, error: Exception, file: str) -> RecordError:
    todo = "Give a FHIR R4 Bundle as JSON, or NDJSON."
    if kind is None:
        return RecordError("this JSON holds no FHIR resource (no resourceType)", file=file, todo=todo)
    return RecordError(unreadable(kind, None, str(error)), file=file, todo=todo)


def _resource(raw: msgspec.Raw, problems: Problems, place: str) -> Any:
    """One resource; None where the entry has none; `Unreadable` and a problem where it cannot be read."""
    if not memoryview(raw):
        return None
    try:
        return r.resource_decoder.decode(raw)
    except (msgspec.ValidationError, RecursionError) as error:
        head = r.name_of(raw)
        source = f"{head.resourceType}/{head.id}" if head.resourceType and head.id else place
        problems.count(UNREADABLE, unreadable(head.resourceType, head.id, str(error)), source)
        return r.Unreadable()
