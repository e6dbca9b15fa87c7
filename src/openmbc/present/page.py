"""The report as one self-contained page: no script, no request, readable printed and on a phone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from openmbc.present import civic_words, effect_words, finding_words, living_words, words
from openmbc.present.blood import at_draw, blood
from openmbc.report import Option, Report

_FOLDER = Path(__file__).parent / "templates"
_MARKS = {"good": "✓", "bad": "✗", "care": "!", "open": "?"}


@cache
def template(name: str) -> Template:
    """A page of the folder of templates; every text that it is given is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        effect_words=effect_words,
        finding_words=finding_words,
        civic_words=civic_words,
        living_words=living_words,
        day_itself=str,
        marks=_MARKS,
        anchor=anchor,
    )
    return environment.get_template(name)


def anchor(option: Option) -> str:
    """The id of an option on the page, made from its own id."""
    return "option-" + re.sub(r"[^A-Za-z0-9]+", "-", option.id)


def as_page(report: Report) -> str:
    """The whole report as HTML; every text of the record is escaped."""
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    groups = words.groups(report)
    opened = groups[0][0] if groups else None  # the first option that is read stands open
    picture = None if report.liquid is None else blood(report.liquid)
    return template("page.html.j2").render(
        report=report, groups=groups, style=style, opened=opened, picture=picture, at_draw=at_draw
    )
