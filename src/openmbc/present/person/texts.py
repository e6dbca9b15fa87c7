"""Every text that a person reads, and the catalogues of other languages brought up to date with them.

``python -m openmbc.present.person.texts es`` adds to `locale/es.po` what is new (empty, for a translator), and takes
out what is no longer said. A catalogue that is complete has no empty text; a test holds Spanish to that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from openmbc.catalogue import FEATURES, SYMPTOMS, WISHES
from openmbc.knowledge import load
from openmbc.knowledge.living import LIVING
from openmbc.knowledge.parts import person_reads
from openmbc.present.person.language import LOCALE
from openmbc.report.basics import NOTICE_FOR_PERSON
from openmbc.terms import tests

_SOURCE = Path(__file__).parent.parent.parent
# Functions whose first argument is a text to translate; in templates it is `_`.
_MARKS: dict[str, tuple[int, ...] | None] = {"phrase": None, "marked": None, "_": None}


def texts() -> dict[str, str]:
    """Each text in English, with the first place where it stands (a path below the package)."""
    found: dict[str, str] = {}
    for place, text in (*_of_knowledge(), *_of_tables(), *_of_code()):
        found.setdefault(text, place)
    return found


def _of_knowledge() -> Iterator[tuple[str, str]]:
    known = load()
    for kind in LIVING:
        for entry_id, entry in getattr(known, kind).items():
            yield from ((f"knowledge/{kind}/{entry_id}.yaml", text) for _, text in person_reads(entry))


def _of_tables() -> Iterator[tuple[str, str]]:
    yield from (("catalogue.py", symptom.plain) for symptom in SYMPTOMS.values())
    yield from (("catalogue.py", wish) for wish in WISHES.values())
    # What a suggested question about a test can name.
    yield from (("catalogue.py", f.label) for f in FEATURES if f.subject in ("receptors", "genomics"))
    yield from (("terms/tests.csv", test.label) for test in tests().values())
    yield "report/basics.py", NOTICE_FOR_PERSON


def _of_code() -> Iterator[tuple[str, str]]:
    from babel.messages.extract import extract_from_dir  # noqa: PLC0415

    pages = "present/templates/person/*.j2"
    kinds: list[tuple[str, str]] = [
        ("report/*.py", "python"),
        ("present/person/*.py", "python"),
        (pages, "jinja2.ext:babel_extract"),
    ]
    options = {pages: {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
    for file, _, text, _, _ in extract_from_dir(_SOURCE, kinds, options, keywords=dict(_MARKS)):
        yield file, str(text)


# Without the day and the names of people that a tool would write: a catalogue changes only where a text does.
_HEADER = """# Texts of openmbc for people, translated.
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

"""


def update(code: str) -> tuple[int, int]:
    """Bring a catalogue up to date; the number of its texts, and of those that wait for a translation."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415
    from babel.messages.pofile import read_po, write_po  # noqa: PLC0415

    file = LOCALE / f"{code}.po"
    known: dict[str, str] = {}
    if file.exists():
        with file.open("rb") as old:
            known = {str(m.id): str(m.string) for m in read_po(old) if m.id}
    made = Catalog(locale=code, project="openmbc", fuzzy=False)
    for text, place in sorted(texts().items(), key=lambda item: (item[1], item[0])):
        made.add(text, known.get(text, ""), locations=[(place, 1)])
    with file.open("wb") as new:
        new.write(_HEADER.encode())
        write_po(new, made, width=120, omit_header=True, include_lineno=False)
    return len(made), sum(not m.string for m in made if m.id)


if __name__ == "__main__":
    for language in sys.argv[1:]:
        count, empty = update(language)
        sys.stdout.write(f"{language}: {count} texts, {empty} without a translation\n")
