"""The vocabulary of side effects: the words, the catalogue and the page of case files hold the same."""

from pathlib import Path

import pytest

from openmbc.catalogue import SIDE_EFFECTS, by_name
from openmbc.terms import by_text
from openmbc.terms.tables import rows

PAGE = Path(__file__).parents[2] / "docs" / "case-file.md"


def test_every_side_effect_has_words_and_every_word_a_side_effect() -> None:
    assert {row["concept"] for row in rows("words") if row["kind"] == "side_effect"} == set(SIDE_EFFECTS)


@pytest.mark.parametrize("key", SIDE_EFFECTS)
def test_a_side_effect_is_understood_by_its_own_words(key: str) -> None:
    for words in filter(None, (SIDE_EFFECTS[key].label, SIDE_EFFECTS[key].plain)):
        term = by_text(words, ("side_effect",))
        assert term is None or term.concept == key, words


def test_the_measures_are_features() -> None:
    assert {m for effect in SIDE_EFFECTS.values() for m in effect.measures} <= set(by_name())


def test_the_page_lists_all() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [key for key in SIDE_EFFECTS if f"`{key}`" not in page] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Palmar-plantar erythrodysesthesia syndrome", "hand_foot_syndrome"),
        ("Mucositis oral", "stomatitis"),
        ("Rash maculo-papular", "rash"),
        ("Neutrophil count decreased", "neutropenia"),
        ("Alanine aminotransferase increased", "raised_liver_enzymes"),
        ("Ejection fraction decreased", "heart_function_fall"),
        ("Immune-mediated hepatitis grade 3", "hepatitis"),
        ("Febrile neutropenia", "febrile_neutropenia"),
        ("no diarrhea", None),
        ("family history of rash", None),
        ("rash and diarrhea", None),
    ],
)
def test_terms_of_ctcae_and_what_names_nothing(text: str, key: str | None) -> None:
    term = by_text(text, ("side_effect",))
    assert (term.concept if term else None) == key
