"""What could not be used, in words: what it is, then what to do. Equal problems are counted, not repeated."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from openmbc.facts import Row
from openmbc.records.fhir.resources import BodySite, CodeableConcept, Coding


class Message(NamedTuple):
    """A sentence with ``{n}`` and ``{of}``; ``one`` and ``many`` are the singular and the plural."""

    severity: str
    one: str
    many: str
    todo: str = "Nothing needs to be done."


class Problems:
    """The problems of one person; each group is a row with its count and the source of its first."""

    __slots__ = ("_groups",)

    def __init__(self) -> None:
        self._groups: dict[tuple[Message, str], tuple[int, str]] = {}

    def count(self, message: Message, of: str, source: str) -> None:
        """One more of a kind."""
        group = (message, of)
        n, first = self._groups.get(group, (0, source))
        self._groups[group] = (n + 1, first)

    def merge(self, other: Problems) -> None:
        """Add the problems of another part of the record."""
        for group, (n, source) in other._groups.items():
            have, first = self._groups.get(group, (0, source))
            self._groups[group] = (have + n, first)

    def kinds(self) -> tuple[tuple[Message, str], ...]:
        """What was counted, each as often as it was."""
        return tuple(group for group, (n, _) in self._groups.items() for _ in range(n))

    def rows(self, person: str | None) -> list[Row]:
        """The rows of the table ``problems``."""
        return [
            (person, source, message.severity, _say(message, of, n), message.todo)
            for (message, of), (n, source) in self._groups.items()
        ]


@lru_cache(maxsize=8192)
def _say(message: Message, of: str, n: int) -> str:
    return (message.one if n == 1 else message.many).replace("{n}", str(n)).replace("{of}", of)


_SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://www.genenames.org": "HGNC",
    "http://www.genenames.org/geneId": "HGNC",
}


def name_of(concept: CodeableConcept | BodySite | None) -> str:
    """A concept for people: ``LOINC 1234-5 (Name)``, or its text in quotes."""
    if concept is None:
        return "no code"
    if concept.coding:
        return _name_of_coding(concept.coding[0], concept.text)
    return f"the text '{shorten(concept.text)}'" if concept.text else "no code"


def _name_of_coding(coding: Coding, text: str | None) -> str:
    system = _SYSTEMS.get(coding.system or "", coding.system or "a code without system,")
    words = coding.display or text
    return f"{system} {coding.code or '(no code)'}" + (f" ({shorten(words)})" if words else "")


def text_of(concept: CodeableConcept | BodySite | None) -> str | None:
    """What a person would read: the text, else the display of the first code, else the code."""
    if concept is None:
        return None
    if concept.text:
        return concept.text
    for coding in concept.coding:
        if coding.display:
            return coding.display
    return concept.coding[0].code if concept.coding else None


def shorten(text: str, most: int = 120) -> str:
    """One line of text, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


_CASE = "If it matters, write it in a case file."
_FIX = "Correct it in the record and export again."


@lru_cache(maxsize=256)
def unknown(noun: str) -> Message:
    """Things of a kind whose code is in no table: ``{of}`` is the code."""
    return Message("note", f"1 {noun} with {{of}} holds nothing that openmbc uses",
                   f"{{n}} {noun}s with {{of}} hold nothing that openmbc uses", _CASE)  # fmt: skip


@lru_cache(maxsize=256)
def ignored(noun: str) -> Message:
    """Things of a kind that are understood and hold no fact: ``{of}`` is the code."""
    return Message("note", f"1 {noun} with {{of}} is understood and not needed",
                   f"{{n}} {noun}s with {{of}} are understood and not needed")  # fmt: skip


@lru_cache(maxsize=256)
def withdrawn(noun: str) -> Message:
    """Resources that their author withdrew: ``{of}`` is the status."""
    return Message(
        "note", f"1 {noun} is marked {{of}} and is not used", f"{{n}} {noun}s are marked {{of}} and are not used"
    )


OTHER_TYPE = Message("note", "1 {of} resource holds nothing that openmbc uses",
                     "{n} {of} resources hold nothing that openmbc uses")  # fmt: skip
NO_VALUE = Message("note", "1 observation with {of} gives no value", "{n} observations with {of} give no value",
                   "If the result is known, write it in the record.")  # fmt: skip
BAD_DATE = Message("error", "the date '{of}' cannot be read", "the date '{of}' cannot be read ({n} times)",
                   "It is read as undated. Write it like 2019-03-14, between 1900 and 2100.")  # fmt: skip
WRONG_PERSON = Message("error", "1 resource belongs to {of} and is not used",
                       "{n} resources belong to {of} and are not used",
                       "Keep the resources of one person in one record.")  # fmt: skip
LOST = Message("error", "{of} is referred to and not in the record",
               "{of} is referred to {n} times and not in the record", "Export the record with it.")  # fmt: skip
NOT_USED = Message("error", "{of}", "{of} ({n} times)", _FIX)
NOT_UNDERSTOOD = Message("error", "{of}", "{of} ({n} times)", _CASE)
DOUBT = Message("warning", "{of}", "{of} ({n} times)", "Check it in the record.")
REMARK = Message("note", "{of}", "{of} ({n} times)")
UNREADABLE = Message("error", "{of}", "{of} ({n} times)",
                     "Correct it in the record and export again; the rest is used.")  # fmt: skip


def unreadable(kind: str | None, name: str | None, error: str) -> str:
    """Why a resource cannot be read, in words."""
    if "Invalid value '" in error and "resourceType" in error:
        return f"'{kind}' is not a resource type of FHIR R4; it is not used"
    if "utf-8" in error.lower():
        return f"{kind or 'a resource'} cannot be read: its text is not UTF-8"
    what, _, place = error.partition(" - at `")
    wanted, _, got = what.removeprefix("Expected ").replace("`", "").partition(", got ")
    where = place.rstrip("`").removeprefix("$").lstrip(".")
    if got:
        return f"{kind or 'a resource'} cannot be read: {where or 'it'} must be {_plain(wanted)}, not {_plain(got)}"
    return f"{kind or 'a resource'} cannot be read: {what}"


_PLAIN = {"str": "text", "float": "a number", "int": "a whole number", "array": "a list", "object": "an object",
          "bool": "true or false", "null": "nothing"}  # fmt: skip


def _plain(kinds: str) -> str:
    return " or ".join(_PLAIN.get(kind, kind) for kind in kinds.split(" | ") if kind != "null" or kinds == "null")
