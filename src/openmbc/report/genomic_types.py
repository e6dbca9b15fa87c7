"""Tests of genes and proteins in the report: what they found, and which to do next."""

from __future__ import annotations

import datetime as dt
from typing import Literal

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


class Tier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One ESCAT tier of a finding: how actionable, for which drugs, and who graded it."""

    tier: str
    by: str
    drugs: list[str]
    source: Source


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sentence with its sources."""

    text: str
    source: list[Source]
    unconfirmed: str | None = None


class DrugEffect(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Drugs that work better, worse or no differently because of a finding, and how well that is known.

    ``applies`` false: not in this breast cancer or region; null where that is not known.
    """

    does: Literal["better", "worse", "not_shown"]
    drugs: str
    standing: str
    text: str | None
    applies: bool | None
    source: list[Source]
    unconfirmed: str | None = None


class Meaning(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a finding means in this breast cancer: an entry of the knowledge. It opens nothing by itself.

    ``meaning`` is for the clinician, ``plain`` for the person. ``applies`` is null where it is not known whether the
    entry holds in this breast cancer; ``only_if`` is what else must be so, which no fact of the record says.
    """

    id: str
    name: str
    marker: str
    meaning: str
    plain: str
    applies: bool | None
    only_if: str | None
    escat: list[Tier]
    drugs: list[DrugEffect]
    outlook: list[Said]
    family: list[Said]
    discuss: list[Said]
    source: list[Source]
    unconfirmed: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """One thing that a test of the tumour, of blood or of normal cells said of a gene or a protein.

    ``what`` is the gene or the marker as it is read; ``kind`` how it was looked at: ``variant`` (a change of a gene, or
    that a gene has none), ``protein`` (immunohistochemistry), ``copies`` (in situ hybridisation), ``sample`` (one value
    for the whole sample) or ``allele`` (how a person handles a drug). ``result``: found; not_found; not_detected (in
    blood that held too little DNA of the tumour to say no, or of which that is not known); not_understood.
    ``reported`` is the text of the report, ``change`` its normal form. ``vaf`` is the share of reads, 0 to 1.
    ``specimen`` is plasma, germline, or where the tissue was taken. ``oncogenic`` and ``reason`` say whether the change
    is harmful and why. ``marker`` is the feature of the state that it sets, to ``value``. ``decides`` says of the
    findings of HER2 which of them the state rests on. ``opens`` are options that fit, or wait for other facts alone,
    because of this result, ``closes`` those that it takes away: found by imagining it otherwise. ``means`` are ids
    in `Report.meanings`.
    """

    what: str
    kind: Literal["variant", "protein", "copies", "sample", "allele"]
    result: Literal["found", "not_found", "not_detected", "not_understood"]
    text: str
    gene: str | None = None
    change: str | None = None
    reported: str | None = None
    vaf: float | None = None
    assay: str | None = None
    specimen: str | None = None
    date: dt.date | None = None
    date_precision: str | None = None
    origin: str | None = None
    oncogenic: str | None = None
    reason: str | None = None
    reason_source: str | None = None
    clonal_haematopoiesis: bool = False
    marker: str | None = None
    value: str | float | None = None
    decides: bool | None = None
    notes: list[str] = []
    escat: list[Tier] = []
    family: list[str] = []
    means: list[str] = []
    opens: list[str] = []
    closes: list[str] = []
    from_: list[str] = []
    source: list[Source] = []


class Panel(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """One sample that was sequenced: which genes were found changed, which were clear, and which it says nothing of.

    ``tumour_fraction`` in per cent; ``low_shedding``: blood whose negatives do not count, because it held too little
    DNA of the tumour, or that is not known. ``not_covered`` are the genes that matter for a choice and that the report
    does not name.
    """

    specimen: str | None
    date: dt.date | None
    date_precision: str | None
    assay: str | None
    changed: list[str]
    clear: list[str]
    not_covered: list[str]
    tumour_fraction: float | None
    low_shedding: bool
    from_: list[str]
