"""A sentence with places to fill, so that it can be said in another language."""

from __future__ import annotations

import datetime as dt

import msgspec


class Phrase(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``text`` is ``template`` with its ``values`` filled in. A value that is a day is written YYYY-MM-DD."""

    text: str
    template: str
    values: dict[str, str] = {}


def phrase(template: str, **values: str | dt.date | float) -> Phrase:
    """A sentence from a template such as "{test} is due on {day}"."""
    words = {name: _word(value) for name, value in values.items()}
    return Phrase(text=template.format(**words), template=template, values=words)


def marked(template: str) -> str:
    """A text in a table, marked for the catalogue of texts to translate."""
    return template


def _word(value: str | dt.date | float) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)
