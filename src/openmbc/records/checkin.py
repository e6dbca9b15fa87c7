"""What an answer of the check-in may be: the items, and a value as people write it. Shared by all readers."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final, Literal, NamedTuple

from openmbc import terms
from openmbc.catalogue import SIGNS, SYMPTOMS

INSTRUMENT: Final = "checkin"
SYSTEM: Final = "urn:openmbc:checkin"  # of codes of its items, and the name of the questionnaire, in FHIR
Kind = Literal["grade", "yes_no", "number"]

CIRCUMSTANCES: Final = ("has_children", "has_caregiver", "working", "money_worry")
ITEMS: Final[dict[str, Kind]] = {
    **dict.fromkeys((*SYMPTOMS, "daily_life"), "grade"),
    **dict.fromkeys((*SIGNS, *CIRCUMSTANCES), "yes_no"),
    **dict.fromkeys(("distress", "weight", "temperature"), "number"),
}
NOTE: Final = "note"  # free text of a check-in

_UNITS = {"weight": "kg", "temperature": "Cel"}
_MOST_DISTRESS = 10
_YES, _NO = ("yes", "true", "y", "sí", "si"), ("no", "false", "n", "none")
_UNKNOWN = ("", "unknown", "?", "not known", "n/a", "na", "skipped")
# A comma is a decimal one: no answer is so great that it could part thousands.
_NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(.*?)\s*\Z", re.ASCII)


class Read(NamedTuple):
    """The number of an answer, null where it says nothing; or what is wrong with it, and what to do."""

    value: float | None
    wrong: tuple[str, str] | None = None


def item_of(name: str) -> str | None:
    """The item that a name means (``Hot flushes``: hot_flushes), or more of one (``pain_place``: pain.place)."""
    key = _key(name)
    if key in ITEMS or key == NOTE:
        return key
    of, point, more = key.partition(".")
    if point and more and of in ITEMS:
        return key
    longest = max((item for item in ITEMS if key.startswith(f"{item}_")), key=len, default=None)
    return None if longest is None else f"{longest}.{key[len(longest) + 1 :]}"


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_").removeprefix(f"{INSTRUMENT}/")


def nearest(name: str) -> str:
    """What to do about an item that is not known."""
    close = get_close_matches(_key(name), [*ITEMS, NOTE], n=1, cutoff=0.65)
    return f"Did you mean '{close[0]}'?" if close else "See docs/case-file.md for the items of the check-in."


def read(item: str, said: object, unit: str | None = None) -> Read:
    """The answer to an item of `ITEMS`: a grade from 0 to 4, 1 (yes) or 0 (no), or a number in its unit."""
    text = {True: "yes", False: "no"}[said] if isinstance(said, bool) else "" if said is None else str(said).strip()
    if text.lower() in _UNKNOWN:
        return Read(None)
    matched = _NUMBER.match(text)
    number = float(matched[1].replace(",", ".")) if matched else None
    rest = matched[2] if matched else ""
    kind, named = ITEMS[item], item.replace("_", " ")
    if kind == "number":
        return _measured(item, text, number, unit or rest)
    if text.lower() in _NO:
        number = 0.0
    elif kind == "yes_no" and text.lower() in _YES:
        number = 1.0
    if not rest and number in ((0, 1, 2, 3, 4) if kind == "grade" else (0, 1)):
        return Read(number)
    if kind == "grade":
        return Read(None, (f"{named}: '{text}' is not a grade", "Write 0 (none) to 4. It was not used."))
    return Read(None, (f"{named}: '{text}' is neither yes nor no", "Write yes or no. It was not used."))


def _measured(item: str, text: str, number: float | None, unit: str) -> Read:
    if item == "distress":
        whole = number is not None and number.is_integer() and 0 <= number <= _MOST_DISTRESS
        wrong = f"distress: '{text}' is not a number from 0 to {_MOST_DISTRESS}"
        return Read(number) if whole else Read(None, (wrong, "Write 0 (none) to 10. It was not used."))
    wanted = _UNITS[item]
    todo = f"Write it in {'kg' if item == 'weight' else 'degrees Celsius'}. It was not used."
    converted = None if number is None else terms.convert(item, number, unit or wanted)
    if converted is None:
        return Read(None, (f"{item}: '{text}' is not a number in {wanted}", todo))
    limits = terms.plausible(item)
    if limits is not None and not limits[0] <= converted[0] <= limits[1]:
        return Read(None, (f"{item}: {text} is outside what is possible", todo))
    return Read(converted[0])
