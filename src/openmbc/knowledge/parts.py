"""The parts inside an entry of knowledge: its citations, its conditions, and the texts that a person reads."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from openmbc.knowledge.living import PERSON_READS
from openmbc.knowledge.model import Cited, Condition, Entry

_CONDITIONS = ("when", "for_", "sign")


def parts(entry: msgspec.Struct, place: str = "$") -> Iterator[tuple[str, msgspec.Struct]]:
    """An entry and every struct inside it, each with its place in the file."""
    yield place, entry
    # The names alone: `msgspec.structs.fields` would work out every annotation anew at each call.
    for name, written in zip(entry.__struct_fields__, entry.__struct_encode_fields__, strict=True):
        value, here = getattr(entry, name), f"{place}.{written}"
        inner = [(here, value)] if isinstance(value, msgspec.Struct) else []
        if isinstance(value, list):
            inner = [(f"{here}[{i}]", v) for i, v in enumerate(value) if isinstance(v, msgspec.Struct)]
        for at, one in inner:
            yield from parts(one, at)


def cited_in(entry: Entry) -> Iterator[tuple[str, Cited]]:
    """Every citation of an entry with its place."""
    yield from ((place, part) for place, part in parts(entry) if isinstance(part, Cited))


def conditions_in(entry: Entry) -> Iterator[tuple[str, Condition]]:
    """Every condition of an entry with its place."""
    for place, part in parts(entry):
        for name in _CONDITIONS:
            condition = getattr(part, name, None)
            if condition is not None and not isinstance(
                condition, list
            ):  # the uses of a practice are a list named `for`
                yield f"{place}.{name.rstrip('_')}", condition


def person_reads(entry: Entry) -> Iterator[tuple[str, str]]:
    """Every text of an entry that a person reads, with its place: what is translated and must be easy to read."""
    for place, part in parts(entry):
        for name in PERSON_READS:
            value = getattr(part, name, None)
            if isinstance(value, str):
                yield f"{place}.{name}", value
            elif isinstance(value, list):
                yield from ((f"{place}.{name}[{i}]", text) for i, text in enumerate(value))
            elif isinstance(value, dict):
                yield from ((f"{place}.{name}.{key}", text) for key, text in value.items())
