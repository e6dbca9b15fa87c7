"""Texts and days in a person's language.

English is what the knowledge and the templates hold. Another language is one gettext catalogue, `locale/<code>.po`;
`texts` says which texts it must hold. A text that it lacks stays English, so nothing is lost.
"""

from __future__ import annotations

import datetime as dt
import gettext
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import msgspec

from openmbc.report import Phrase

LOCALE = Path(__file__).parent.parent.parent / "locale"
LANGUAGES = {"en": "English", "es": "Español"}
_DAY, _MONTH = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{4}-\d{2}")


class Language(msgspec.Struct, frozen=True, eq=False):
    """One language: ``code`` is that of ISO 639-1."""

    code: str
    texts: gettext.NullTranslations

    def __call__(self, text: str | None) -> str:
        """A text in this language; empty for none."""
        return self.texts.gettext(text) if text else ""

    def say(self, phrase: Phrase) -> str:
        """A sentence with its places filled, days as the language writes them; it begins with a capital."""
        values = {name: self._value(value) for name, value in phrase.values.items()}
        said = self(phrase.template).format(**values)
        return said[:1].upper() + said[1:]

    def day(self, day: dt.date) -> str:
        """A day in words: "27 November 2026"."""
        from babel.dates import format_date  # noqa: PLC0415  # a fifth of a second that only these pages need

        return format_date(day, "long", locale="en_GB" if self.code == "en" else self.code)

    def told_day(self, told: str) -> str:
        """A day that may be known to the month or year alone: "May 2027", "2027"."""
        return self._value(told)

    def short_day(self, day: dt.date) -> str:
        """A day without its year: "27 Nov"."""
        from babel.dates import format_skeleton  # noqa: PLC0415

        return str(format_skeleton("MMMd", day, locale="en_GB" if self.code == "en" else self.code))

    def _month(self, day: dt.date) -> str:
        from babel.dates import format_skeleton  # noqa: PLC0415

        return str(format_skeleton("yMMMM", day, locale="en_GB" if self.code == "en" else self.code))

    def _value(self, value: str) -> str:
        if _DAY.fullmatch(value):
            return self.day(dt.date.fromisoformat(value))
        if _MONTH.fullmatch(value):
            return self._month(dt.date.fromisoformat(f"{value}-01"))
        said = self(value)
        # Names in a row ("PIK3CA, inherited BRCA1") are no text of their own: each is said by itself.
        return ", ".join(map(self, value.split(", "))) if said == value else said


@cache
def language(code: str = "en") -> Language:
    """A language of `LANGUAGES`. Raises `KeyError` for another."""
    if code == "en":
        return Language(code, gettext.NullTranslations())
    if code not in LANGUAGES:
        raise KeyError(code)
    return Language(code, _read(LOCALE / f"{code}.po"))


def _read(path: Path) -> gettext.GNUTranslations:
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
