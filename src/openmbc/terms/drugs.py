"""Drugs by ingredient, brand, salt or product text, and their classes."""

from __future__ import annotations

from functools import cache

from openmbc.terms.tables import rows, runs, words

Drugs = tuple[str, ...]


def drug_of_text(text: str) -> str | None:
    """The one ingredient that a text names; None when it names none, or several."""
    found = drugs_of_text(text)
    return found[0] if len(found) == 1 else None


def drugs_of_text(text: str) -> Drugs:
    """Every ingredient that a text names, in the order of the text; a fixed combination names several.

    The longest name wins: "trastuzumab deruxtecan" is one drug and not trastuzumab.
    """
    said = words(text)
    names, together, longest = _names()
    found: list[tuple[int, Drugs]] = []
    taken: set[int] = set()
    for need, drugs in together:
        places = [said.index(word) for word in need if word in said]
        if len(places) == len(need):
            found.append((min(places), drugs))
            taken.update(i for i, word in enumerate(said) if word in need)
    for start, end, run in runs(said, longest):
        drugs_named = names.get(run)
        if drugs_named is not None and taken.isdisjoint(range(start, end)):
            found.append((start, drugs_named))
            taken.update(range(start, end))
    drugs = tuple(dict.fromkeys(drug for _, drugs in sorted(found) for drug in drugs))
    return _by_brand(text, drugs) if "[" in text and len(drugs) > 1 else drugs


def _by_brand(text: str, drugs: Drugs) -> Drugs:
    """Without the ingredient that a brand in brackets makes precise: ``Trastuzumab Injection [Kadcyla]``."""
    brand = drugs_of_text(text[text.index("[") :].replace("[", " "))
    return tuple(drug for drug in drugs if drug in brand or not any(drug in precise for precise in brand))


def classes_of(drug: str) -> tuple[str, ...]:
    """Keys of the catalogue's treatment classes and medicine effects; empty for an unknown drug."""
    return _classes().get(drug, ())


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    return {row["drug"]: tuple(row["classes"].split()) for row in rows("drugs")}


@cache
def _names() -> tuple[dict[tuple[str, ...], Drugs], list[tuple[tuple[str, ...], Drugs]], int]:
    """Names as words; names of words that may stand apart (``a & b``); the length of the longest name."""
    names: dict[tuple[str, ...], Drugs] = {}
    together: dict[tuple[str, ...], Drugs] = {}
    for row in rows("drugs"):
        for name in (row["drug"], *filter(None, row["names"].split("|"))):
            kept = together if "&" in name else names
            spelled = words(name)
            kept[spelled] = tuple(dict.fromkeys((*kept.get(spelled, ()), row["drug"])))
    return names, list(together.items()), max(map(len, names))
