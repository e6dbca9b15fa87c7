"""Pages and plain text for a person, from one template each: nothing is decided here."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import textwrap
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from openmbc.catalogue import SYMPTOMS
from openmbc.present import living_words, words
from openmbc.present.person.language import language
from openmbc.report import CheckIn, Guide, Visit
from openmbc.report.phrase import marked

_FOLDER = Path(__file__).parent.parent / "templates"
Format = Literal["text", "json", "html"]


def checkin_as(made: CheckIn, how: Format, code: str = "en") -> str:
    """The check-in as JSON, as text, or as a form that works without a connection."""
    return _written("checkin", made, how, code)


def guide_as(made: Guide, how: Format, code: str = "en") -> str:
    """What helps, for the person to read."""
    return _written("guide", made, how, code)


def visit_as(made: Visit, how: Format, code: str = "en") -> str:
    """The page for a visit."""
    return _written("visit", made, how, code)


def _written(name: str, made: CheckIn | Guide | Visit, how: Format, code: str) -> str:
    if how == "json":
        return msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
    environment, style = _environment(code), (_FOLDER / "style.css").read_text(encoding="utf-8")
    if how == "html":
        return environment.get_template(f"person/{name}.html.j2").render(made=made, style=style)
    return _wrapped(environment.get_template(f"person/{name}.txt.j2").render(made=made))


@cache
def _environment(code: str) -> Environment:
    """Templates in one language: ``_`` says a text, ``say`` a sentence with places, ``day`` a day."""
    spoken = language(code)
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=_is_page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (_FOLDER / "person" / "checkin.js").read_text(encoding="utf-8").strip()
    environment.globals.update(
        _=spoken,
        say=spoken.say,
        day=spoken.day,
        short_day=spoken.short_day,
        told_day=spoken.told_day,
        code=code,
        not_spread=_NOT_SPREAD,
        living_words=living_words,
        words=words,
        iso_short=lambda day: spoken.short_day(dt.date.fromisoformat(day)),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        grade_words=lambda grade: spoken(_GRADES[grade]),
        answer_words=lambda answer: spoken(_ANSWERS[answer]),
        unit_words=lambda unit: spoken(_UNITS.get(unit, unit)),
        other_unit=_OTHER_UNITS.get,
        from_words=lambda least, unit: spoken(_FROM).format(least=f"{least} {_BARE.get(unit, '')}".rstrip()),
        symptom_name=lambda key: spoken(SYMPTOMS[key].plain) if key in SYMPTOMS else spoken(_OTHER_USES.get(key, key)),
        strength=lambda key: spoken(_STRENGTH[key]),
    )
    return environment


def _is_page(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


_STRENGTH = {
    "recommended": marked("Shown to help, and advised by a guideline"),
    "may_help": marked("May help"),
    "not_shown": marked("Was tested and did not help"),
    "harmful": marked("Can do harm"),
}
_GRADES = (marked("none"), marked("mild"), marked("moderate"), marked("severe"), marked("very severe"))
_ANSWERS = {
    "avoid": marked("Better not for you now."),
    "ask": marked("Ask your team or pharmacist first."),
    "nothing_found": marked("We know of no problem with your medicines. Still tell your team that you take it."),
    "not_known": marked("We do not know this one. Ask your team or pharmacist before you take it."),
}
_UNITS = {"Cel": marked("°C"), "kg": "kg", "{score}": marked("0 to 10")}
_BARE = {"Cel": "°C", "kg": "kg"}
_NOT_SPREAD = marked(
    "This guide is for people whose breast cancer has spread. Your record says that yours has not. Some parts may "
    "not be for you. Ask your team."
)
_FROM = marked("At {least} or more")


class _Unit(NamedTuple):
    """Another unit of a number: as a diary file writes it, and ``asked * scale + shift``."""

    code: str
    words: str
    scale: float
    shift: float


_OTHER_UNITS = {"Cel": _Unit("F", "°F", 1.8, 32), "kg": _Unit("lb", "lb", 2.20462, 0)}
_OTHER_USES = {
    "distress": marked("distress"),
    "weight": marked("weight"),
    "bone_health": marked("bone health"),
    "lymphoedema": marked("a swollen arm (lymphoedema)"),
    "anaemia": marked("too few red blood cells"),
    "quality_of_life": marked("feeling well day to day"),
    "cancer": marked("the cancer itself"),
}
_WIDTH = 80


def _wrapped(text: str) -> str:
    """Lines of at most 80 columns; what follows a mark or spaces at the start hangs below its text."""
    lines = []
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        hang = " " * (indent + (2 if line.lstrip().startswith("- ") else 0))
        lines += textwrap.wrap(line, _WIDTH, subsequent_indent=hang, break_on_hyphens=False) or [""]
    return "\n".join(_single_blanks(lines)) + "\n"


def _single_blanks(lines: list[str]) -> list[str]:
    return [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
