"""Molecular profiles in three values: what is not known never counts as absent."""

from __future__ import annotations

import pytest

from openmbc.knowledge.civic import holds

# What a person has; a variant that is not named here is not known.
PERSON = {"A V1": True, "B V1": False, "C Two Words": True}


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("A V1", True), ("B V1", False), ("X V1", None), ("C Two Words", True),
        ("A V1 AND B V1", False), ("A V1 AND X V1", None), ("B V1 AND X V1", False), ("A V1 AND C Two Words", True),
        ("A V1 OR X V1", True), ("B V1 OR X V1", None), ("B V1 OR B V1", False),
        ("NOT A V1", False), ("NOT B V1", True), ("NOT X V1", None), ("A V1 AND NOT B V1", True),
        ("B V1 AND A V1 OR A V1", True), ("B V1 AND (A V1 OR A V1)", False), ("NOT (B V1 OR X V1)", None),
        ("", None), ("(A V1", None), ("A V1)", None), ("A V1 OR", None), ("AND", None), ("NOT", None), ("()", None),
    ],
)  # fmt: skip
def test_holds(profile: str, expected: bool | None) -> None:
    assert holds(profile, lambda gene, variant: PERSON.get(f"{gene} {variant}")) is expected
