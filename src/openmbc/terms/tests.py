"""The closed list of tests that monitoring speaks of, and which facts answer each."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from openmbc.terms.tables import rows


class Test(NamedTuple):
    """A test to be repeated.

    ``parts``: the test was done when each part was; a part is a set of concepts of which one is enough (liver
    tests: ALT or AST, and bilirubin). Every test is also answered by a fact that names it and its day alone
    (concept ``test``, code ``key``).
    """

    key: str
    label: str
    parts: tuple[tuple[str, ...], ...]


@cache
def tests() -> dict[str, Test]:
    """Every test by its key, in the order of ``tests.csv``: the order in which views list equals."""
    return {
        row["test"]: Test(
            row["test"], row["label"], tuple(tuple(part.split("|")) for part in row["answered_by"].split())
        )
        for row in rows("tests")
    }
