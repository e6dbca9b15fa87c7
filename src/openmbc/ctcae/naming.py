"""What a cell of the column ``test`` asks for: CTCAE terms, by their name, or by the laboratory test."""

from __future__ import annotations

import re

import msgspec

from openmbc import terms
from openmbc.ctcae.tables import VERSIONS, Term, Version, by_lab, by_name
from openmbc.terms.tables import words

Pair = tuple[str | None, str | None]  # what is asked for: a test with its unit, or a concept with its detail

_LOINC = re.compile(r"\d{1,5}-\d")


class Asked(msgspec.Struct, frozen=True):
    """A term for results of one test in one unit. Without a term, or with ``why``, nothing is graded."""

    term: Term | None
    scale: float | None = None  # units of the rules in one unit of the result; None when the unit is missing
    unit: str = ""  # of the rules
    why: str = ""
    wrong: str = ""  # what to do, where the result is at odds with itself


def asked(test: str | None, unit: str | None, version: Version) -> list[Asked]:
    """The terms that a test names; one `Asked` without a term where it names none."""
    if test is None or not test.strip():
        return [Asked(None, why="the test is missing", wrong="Name the laboratory test or the CTCAE term.")]
    found = _terms(test.strip(), version)
    if found is None:
        todo = "Write the name of a laboratory test, its LOINC code or a CTCAE term."
        return [Asked(None, why=f"the test '{test.strip()}' is not known", wrong=todo)]
    if not found:
        return [Asked(None, why=f"CTCAE {version} grades no term by this test")]
    return [_in_unit(term, unit) for term in found]


def of_concepts(version: Version) -> dict[Pair, list[Asked]]:
    """The terms of each concept of terms/labs.csv with its detail, for values in its canonical unit."""
    return {
        concept: [_in_unit(term, terms.canonical(term.lab)) for term in found]
        for concept, found in by_lab(version).items()
    }


def _terms(test: str, version: Version) -> tuple[Term, ...] | None:
    """None where the test is not known; empty where it is, and CTCAE has no term for it."""
    named = by_name(version).get(words(test))
    if named is not None:
        return (named,)
    if any(words(test) in by_name(other) for other in VERSIONS):
        return ()  # a term of another version must not be read as a test
    if terms.canonical(test) is not None:
        return by_lab(version).get((test, ""), ())
    if _LOINC.fullmatch(test):
        term = terms.look_up("http://loinc.org", test)
    else:
        term = terms.by_text(test, ("observation", "ignore"))
    if term is None:
        return None
    return by_lab(version).get((term.concept, term.detail or ""), ()) if term.kind == "observation" else ()


def _in_unit(term: Term, unit: str | None) -> Asked:
    if term.not_graded:
        return Asked(term, why=term.not_graded)
    fits = term.in_unit(unit)
    if fits is not None:
        return Asked(term, unit=fits[0], scale=fits[1])
    if unit is None or not unit.strip():
        return Asked(term)
    lab = term.lab.replace("_", " ")
    return Asked(term, why=f"'{unit}' is not a unit of {lab}", wrong="Write the unit of the laboratory.")
