"""What a person reads is easy to read, and there in Spanish as well."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import textstat
from babel.messages.pofile import read_po

from openmbc.knowledge import load
from openmbc.knowledge.living import LIVING
from openmbc.knowledge.parts import person_reads
from openmbc.present.person.language import LOCALE, language
from openmbc.present.person.texts import texts
from openmbc.report import Phrase

ENTRIES = [(kind, i) for kind in LIVING for i in getattr(load(), kind)]
PLACES = re.compile(r"\{\w+\}")


def together(found: Iterable[str]) -> str:
    """Texts in a row, each a sentence: what a reader sees, and what the formulas can count."""
    return " ".join(text if text.rstrip().endswith((".", "?", "!", ":")) else f"{text}." for text in found)


def grade(text: str) -> float:
    """US school grade: the mean of two formulas that count letters and sentences, and need no list of words."""
    return (textstat.automated_readability_index(text) + textstat.coleman_liau_index(text)) / 2


def test_the_measure_tells_easy_from_hard() -> None:
    assert grade("Call your team now. Do not wait for the morning.") < 4
    assert grade("Pharmacological prophylaxis of chemotherapy-induced emesis necessitates multidisciplinary care.") > 15


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=str)
def test_plain_texts_are_of_grade_8(kind: str, entry: str) -> None:
    # The name of an organisation is not ours to make plainer.
    found = [
        (place, text)
        for place, text in person_reads(getattr(load(), kind)[entry])
        if not (kind == "organisations" and place == "$.name")
    ]
    plain = together(text for place, text in found if not place.endswith(".more"))
    more = together(text for place, text in found if place.endswith(".more"))
    assert grade(plain) <= 8, plain
    assert not more or grade(more) <= 10, more


def test_texts_of_the_pages_are_of_grade_8() -> None:
    own = [text for text, place in texts().items() if place.startswith(("report/", "present/"))]
    assert len(own) > 80
    assert grade(together(PLACES.sub("this", text) for text in own)) <= 8


def catalogue() -> dict[str, str]:
    with (LOCALE / "es.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def test_spanish_is_complete_and_holds_nothing_else() -> None:
    known, wanted = catalogue(), texts()
    assert {text for text in wanted if not known.get(text)} == set()
    assert set(known) == set(wanted)


def test_spanish_fills_the_same_places() -> None:
    wrong = {text: said for text, said in catalogue().items() if set(PLACES.findall(text)) != set(PLACES.findall(said))}
    assert wrong == {}


def test_spanish_tells_no_shares_either() -> None:
    share = re.compile(r"%|por ciento|\b\d+ de cada \d+")
    assert [said for said in catalogue().values() if share.search(said)] == []


def test_spanish_keeps_every_number() -> None:
    """A temperature, a count of stools or a telephone number is the same in every language."""
    digits = re.compile(r"\d+(?:[.,]\d+)?")
    wrong = {
        text: said
        for text, said in catalogue().items()
        if sorted(n.replace(",", ".") for n in digits.findall(text))
        != sorted(n.replace(",", ".") for n in digits.findall(said))
    }
    assert wrong == {}


@pytest.mark.parametrize(("kind", "entry"), [e for e in ENTRIES if e[0] != "organisations"], ids=str)
def test_spanish_is_easy_to_read(kind: str, entry: str) -> None:
    """Szigriszt-Pazos, scale of INFLESZ: from 55 on a text is normal for most people, from 65 on easy."""
    spoken = language("es")
    said = together(spoken(text) for _, text in person_reads(getattr(load(), kind)[entry]))
    textstat.set_lang("es")
    try:
        assert textstat.szigriszt_pazos(said) >= 55, said
    finally:
        textstat.set_lang("en_US")


def test_a_sentence_is_said_with_its_places_filled() -> None:
    sentence = Phrase(text="It was due on 2026-11-24.", template="It was due on {day}.", values={"day": "2026-11-24"})
    assert language("en").say(sentence) == "It was due on 24 November 2026."
    assert language("es").say(sentence) == "Tocaba el 24 de noviembre de 2026."


def test_a_text_without_translation_stays() -> None:
    assert language("es")("A text that nobody translated.") == "A text that nobody translated."
