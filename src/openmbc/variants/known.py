"""What the tables hold: genes, markers, changes that are known to matter, and polymorphisms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from openmbc.terms.tables import rows
from openmbc.variants.change import Change

Oncogenicity = Literal["oncogenic", "likely_oncogenic", "uncertain", "likely_benign", "benign"]

_HERE = Path(__file__).parent
_SPLICED = re.compile(r"\d[+-][12](?!\d)")  # c.607+1G>T, c.80-2A>G
# What a change does, in the words of `markers.csv`; kinds that are not here stand for themselves.
_CLASSES = {
    "rearrangement": "fusion",
    "nonsense": "null",
    "frameshift": "null",
    "substitution": "in_frame",
    "deletion": "in_frame",
    "insertion": "in_frame",
    "duplication": "in_frame",
    "delins": "in_frame",
}
_LENGTHS = ("deletion", "insertion", "duplication", "delins")  # more or fewer residues, in the frame
_LONGER = ("insertion", "duplication", "delins")


class Fact(msgspec.Struct, frozen=True):
    """One thing that is known of a gene: a part of a sentence, and its source."""

    text: str
    source: str


class Gene(msgspec.Struct, frozen=True):
    """What is known of a gene as a whole (``genes.csv``).

    ``role``: oncogene, suppressor, both, unclear. ``harmless_from``: a stop at this residue or later does no harm.
    ``facts`` by name: role; harmless_from; blood_cells (its changes in plasma often come from blood cells); inherited
    (its changes in a tumour are often inherited); unsettled (nobody knows what its changes mean here).
    """

    role: str
    harmless_from: int | None
    facts: Mapping[str, Fact]


class Marker(msgspec.Struct, frozen=True):
    """A feature of the state and what sets it (``markers.csv``).

    ``counts``: hotspot, null (stop, shifted frame, splice site, lost exon), loss, amplification, fusion, reported (any
    small change that the report calls pathogenic), reported_in_frame. ``only``: the changes that count, where it is
    these alone. ``plasma``: a negative in plasma can count (`openmbc.state.genomics`).
    """

    name: str
    counts: frozenset[str]
    only: frozenset[str]
    plasma: bool

    @property
    def structural(self) -> bool:
        """Whether only the number of copies or a fusion sets it, and no small change does."""
        return self.counts <= {"amplification", "fusion", "loss"}


class Known(msgspec.Struct, frozen=True):
    """One row of ``hotspots.csv`` or ``polymorphisms.csv``: which changes, what they are, why and by which source."""

    first: int | None
    last: int | None
    residue: str
    changes: frozenset[str]
    call: Oncogenicity
    why: str
    source: str

    def holds(self, change: Change) -> bool:
        """Whether a change is the one of this row."""
        if self.first is None or self.last is None:
            return change_class(change) in self.changes or change.change in self.changes
        if change.start is None or change.end is None:
            return False
        if self.residue and change.ref and change.ref != self.residue:
            return False
        inside = self.first <= change.start and change.end <= self.last
        whole = (change.start, change.end) == (self.first, self.last)
        return (
            (whole and change.kind == "substitution" and self._exchanges(change))
            or (whole and change.kind == "deletion" and "del" in self.changes)
            or (whole and change.kind == "synonymous" and "synonymous" in self.changes)
            or (inside and change.kind in _LENGTHS and "inframe" in self.changes)
            or (inside and change.kind in _LONGER and "ins" in self.changes)
        )

    def _exchanges(self, change: Change) -> bool:
        return change.alt in self.changes or ("*" in self.changes and change.alt not in ("*", None))


def change_class(change: Change) -> str:
    """What a change does: null, loss, amplification, fusion, in_frame, else its kind (``splice``: beside the site)."""
    if change.kind == "splice":
        return "null" if _at_splice_site(change) else "splice"
    if change.kind == "exon":
        return "null" if change.change.endswith(("deletion", "loss")) else "exon"
    return _CLASSES.get(change.kind, change.kind)


def _at_splice_site(change: Change) -> bool:
    """The first two bases of an intron or its last two; ``X125_splice`` is written for these alone."""
    if change.coding is None:
        return change.change.endswith("_splice")
    return _SPLICED.search(change.coding) is not None


@cache
def genes() -> dict[str, Gene]:
    """Genes by HGNC symbol."""
    values: dict[str, dict[str, str]] = {}
    facts: dict[str, dict[str, Fact]] = {}
    for row in rows("genes", _HERE):
        values.setdefault(row["gene"], {})[row["fact"]] = row["value"]
        facts.setdefault(row["gene"], {})[row["fact"]] = Fact(row["text"], row["source"])
    return {
        symbol: Gene(of["role"], int(of["harmless_from"]) if "harmless_from" in of else None, facts[symbol])
        for symbol, of in values.items()
    }


@cache
def markers() -> dict[str, tuple[Marker, ...]]:
    """The markers of each gene, by HGNC symbol."""
    found: dict[str, tuple[Marker, ...]] = {}
    for row in rows("markers", _HERE):
        sets = (frozenset(row["counts"].split()), frozenset(row["only"].split()))
        marker = Marker(row["marker"], *sets, row["plasma_negative"] == "counts")
        found[row["gene"]] = (*found.get(row["gene"], ()), marker)
    return found


@cache
def hotspots() -> dict[str, tuple[Known, ...]]:
    """Changes that are known to matter, by gene."""
    found: dict[str, list[Known]] = {}
    for row in rows("hotspots", _HERE):
        first, last = (int(row[end]) if row[end] else None for end in ("from", "to"))
        exact = (row["changes"],) if first is None else row["changes"].split()
        call: Oncogenicity = row["call"]  # type: ignore[assignment]  # a test holds the column to these words
        known = Known(first, last, row["residue"], frozenset(exact), call, row["why"], row["source"])
        found.setdefault(row["gene"], []).append(known)
    return {gene: tuple(spots) for gene, spots in found.items()}


@cache
def polymorphisms() -> dict[str, tuple[Known, ...]]:
    """Changes that are common or judged harmless, by gene."""
    found: dict[str, list[Known]] = {}
    for row in rows("polymorphisms", _HERE):
        place = int(row["position"])
        known = Known(place, place, row["residue"], frozenset({row["instead"]}), "benign", row["why"], row["source"])
        found.setdefault(row["gene"], []).append(known)
    return {gene: tuple(spots) for gene, spots in found.items()}
