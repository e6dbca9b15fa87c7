"""Tests of genes and proteins in the report: what they found, and which to do next."""

from __future__ import annotations

import msgspec

from openmbc.report.basics import Source


class TestResult(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One result that a test could have, and every option that it would open or close.

    ``label`` says it in words; where it is a range of a number, ``value`` is one number of it.
    """

    feature: str
    value: bool | int | float | str
    label: str
    opens: list[str]
    closes: list[str]


class NextTest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A test whose result is not known and would change the answer, and the options that it could open or close.

    One test may tell several facts: ``features``, of which ``feature`` matters most; ``results`` has each of them
    with each result. ``when``, ``why`` and ``source`` are those of the knowledge, empty where it says nothing of the
    test. ``specimen`` is plasma, tissue or germline. ``others`` names tests that tell some of it, too.
    """

    feature: str
    label: str
    test: str
    opens: list[str]
    closes: list[str]
    text: str
    features: list[str] = []
    results: list[TestResult] = []
    specimen: str | None = None
    when: str | None = None
    why: str | None = None
    note: str | None = None
    others: list[str] = []
    source: list[Source] = []
    unconfirmed: str | None = None
