"""A case file's data as a `Case`; every key and type that does not fit is an error with its line."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from openmbc.errors import RecordError
from openmbc.records.case import model
from openmbc.records.case.words import nearest
from openmbc.yamlfile import Lines, Step

_PLACE = re.compile(r"(.*?)(?: - at `(?:key` in `)?(\$.*)`)?\Z", re.DOTALL)
_UNKNOWN_KEY = re.compile(r"Object contains unknown field `(.*)`\Z", re.DOTALL)
_MISSING_KEY = re.compile(r"Object missing required field `(.*)`\Z")
_WRONG_TYPE = re.compile(r"Expected `(.*)`, got `(.*)`\Z")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_KINDS = {
    "str": "text", "int": "a number", "float": "a number", "bool": "yes or no", "array": "a list", "object": "a map",
    "null": "nothing",
}  # fmt: skip
_PARTS: dict[str, type[msgspec.Struct]] = {
    "receptors": model.Receptors,
    "germline": model.Variant,
    "tumour": model.Variant,
    "sequencing": model.Sequencing,
    "treatments": model.Treatment,
    "response": model.Response,
    "lesions": model.Lesion,
    "labs": model.Quantity,
    "tests": model.Done,
    "medicines": model.Medicine,
    "side_effects": model.SideEffect,
    "important_dates": model.ImportantDate,
    "family": model.Family,
}
_MOST_ERRORS = 6


class _Misfit(msgspec.Struct, frozen=True):
    """One place that does not fit the shape of a case file."""

    path: tuple[Step, ...]
    what: str
    todo: str


def decode(data: object, lines: Lines, file: str) -> model.Case:
    """The case, or a `RecordError` that names the first misfit and the lines of the others."""
    if data is None:
        raise RecordError("the file is empty", file=file, todo="Write a case; `openmbc case new` gives a template.")
    if not isinstance(data, dict):
        raise RecordError("a case file is a list of 'key: value' lines", file=file,
                          todo="`openmbc case new` gives a template.")  # fmt: skip
    misfits: list[_Misfit] = []
    while len(misfits) < _MOST_ERRORS:
        try:
            case = msgspec.convert(data, model.Case)
        except msgspec.ValidationError as error:
            misfit = _misfit(error, data)
            if misfit.path in [known.path for known in misfits]:
                break
            misfits.append(misfit)
            if not _drop(data, misfit.path):
                break
        else:
            if not misfits:
                return case
            break
    raise _error(misfits, lines, file)


def _misfit(error: msgspec.ValidationError, data: dict[str, Any]) -> _Misfit:
    matched = _PLACE.match(str(error))
    what, place = (matched[1], matched[2] or "$") if matched else (str(error), "$")
    path = _path(error, place, data)
    if unknown := _UNKNOWN_KEY.match(what):
        keys = [field.encode_name for field in msgspec.structs.fields(_part_at(path))]
        todo = nearest(unknown[1], keys) or f"Known here: {', '.join(keys)}. "
        return _Misfit((*path, unknown[1]), f"the key '{unknown[1]}' is not known", todo.strip())
    if missing := _MISSING_KEY.match(what):
        return _Misfit((*path, missing[1]), f"the key '{missing[1]}' is missing", f"Add '{missing[1]}: ...'.")
    if wrong := _WRONG_TYPE.match(what):
        kinds = set(wrong[1].split(" | "))
        wanted = dict.fromkeys(words for kind, words in _KINDS.items() if kind in kinds - {"null"})
        got = _KINDS.get(wrong[2], wrong[2])
        return _Misfit(path, f"{_words(path[-1:])} is {got}", f"Write {' or '.join(wanted)}.")
    return _Misfit(path, what, "See docs/case-file.md.")


def _part_at(path: tuple[Step, ...]) -> type[msgspec.Struct]:
    """The struct whose keys may stand at a path."""
    if path and path[0] == "sequencing" and "found" in path:
        return model.Variant
    return _PARTS.get(str(path[0]), model.Answer) if path else model.Case


def _path(error: msgspec.ValidationError, place: str, data: dict[str, Any]) -> tuple[Step, ...]:
    """The steps of a place; the library writes ``[...]`` for some value of a map, which is looked for."""
    before, unnamed, after = place.partition("[...]")
    path = _steps(before)
    if not unnamed:
        return path
    here = data
    for step in path:
        here = here[step]  # type: ignore[index]  # a path of the library leads to what it says
    for key in here:
        if _alone_fails(error, data, here, key):
            return (*path, key, *_steps(after))
    return path


def _steps(place: str) -> tuple[Step, ...]:
    return tuple(int(index) if index else name for name, index in _STEP.findall(place))


def _alone_fails(error: msgspec.ValidationError, data: dict[str, Any], here: dict[str, Any], key: str) -> bool:
    """Whether the same error comes when a map holds only this key."""
    whole = dict(here)
    here.clear()
    here[key] = whole[key]
    try:
        msgspec.convert(data, model.Case)
    except msgspec.ValidationError as again:
        return str(again) == str(error)
    else:
        return False
    finally:
        here.clear()
        here.update(whole)


def _drop(data: Any, path: tuple[Step, ...]) -> bool:
    """Take out what does not fit, so that the next misfit shows. False when that would move the others."""
    for step in path[:-1]:
        data = data[step]
    if not path or not isinstance(data, dict) or path[-1] not in data:
        return False
    del data[path[-1]]
    return True


def _error(misfits: list[_Misfit], lines: Lines, file: str) -> RecordError:
    first, *others = sorted(misfits, key=lambda misfit: lines.of(misfit.path))
    also = "; ".join(f"line {lines.of(other.path)}, {other.what}" for other in others)
    todo = f"{first.todo} Also: {also}." if also else first.todo
    place = _words(first.path[:-1]) if len(first.path) > 1 else ""
    return RecordError(first.what, file=f"{file}:{lines.of(first.path)}", place=place, todo=todo)


def _words(path: tuple[Step, ...]) -> str:
    """A path for people: ('treatments', 2, 'drugs') -> treatments, entry 3, drugs."""
    return ", ".join(f"entry {step + 1}" if isinstance(step, int) else step for step in path) or "the file"
