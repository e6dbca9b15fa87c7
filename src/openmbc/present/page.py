"""The report as one self-contained page: no script, no request, readable printed and on a phone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from openmbc.present import words
from openmbc.report import Report

_FOLDER = Path(__file__).parent / "templates"
_OPEN = 3  # options of the first groups that stand open


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = words
    return environment.get_template("page.html.j2")


def as_page(report: Report) -> str:
    """The whole report as HTML; every text of the record is escaped."""
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    return _template().render(report=report, groups=words.groups(report), style=style, open_options=_OPEN)
