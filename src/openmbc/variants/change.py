"""One change of one gene, as read from a text: the shape that the rest of the package works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "substitution",
    "nonsense",
    "frameshift",
    "deletion",
    "insertion",
    "duplication",
    "delins",
    "splice",
    "synonymous",
    "start_lost",
    "stop_lost",
    "amplification",
    "copy_gain",
    "loss",
    "fusion",
    "rearrangement",
    "exon",
    "expression",
    "unspecified",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Change:
    """A change in its normal form.

    ``gene`` is an HGNC symbol, None when the text names no gene that is known. ``change`` is the normal form in
    one-letter code without ``p.`` (``H1047R``), "" when the text was not understood. ``start`` and ``end`` count
    residues of the protein; ``ref`` is the residue at ``start``, ``alt`` what stands there instead (``*`` for a stop),
    each None where it is not stated or does not apply. ``exon`` is the number of an exon (the first of several),
    ``partner`` the other gene of a fusion, ``coding`` the c. part as given. ``problems`` are sentences: what was not
    understood, contradicts itself or contradicts the protein; a change with problems is still what was written.
    ``untold`` are those of them that only say that the effect is not told: the change itself was read.
    """

    # The one dataclass: a `msgspec.Struct` has no field that is left out when two are compared.

    gene: str | None = None
    change: str = ""
    kind: Kind = "unknown"
    start: int | None = None
    end: int | None = None
    ref: str | None = None
    alt: str | None = None
    exon: int | None = None
    partner: str | None = None
    coding: str | None = None
    problems: tuple[str, ...] = ()
    untold: tuple[str, ...] = field(default=(), compare=False)

    @property
    def misread(self) -> bool:
        """Whether the text may mean another change: part of it was not understood, or a contradiction is in it."""
        return not set(self.problems) <= set(self.untold)


# Kinds whose name may leave out what comes in.
_TOLD_IN_PART = frozenset({"frameshift", "start_lost", "stop_lost", "insertion", "delins"})


def same_change(one: Change, other: Change) -> bool | None:
    """Whether two changes are one and the same; None when one of them says too little to tell.

    A frameshift without its new residue or length (``S1982fs``) may be the one that states them; a lost start may be
    any exchange of it (``M1?``, ``M1V``); the length alone decides nothing, because older names count it without the
    first residue (``fs*16`` for ``fs*17``). A splice site is the same when its bases are, where both are given.
    """
    if None in {one.gene, other.gene} or "unknown" in {one.kind, other.kind}:
        return None
    if one.gene != other.gene:
        return False
    if one.coding is not None and one.coding == other.coding:
        return True
    if "unspecified" in {one.kind, other.kind}:
        return None
    return one.kind == other.kind and _same_of_kind(one, other)


def _same_of_kind(one: Change, other: Change) -> bool | None:
    """Two changes of one gene and one kind."""
    if one.kind in {"fusion", "rearrangement"}:
        return None if None in {one.partner, other.partner} else one.partner == other.partner
    if one.kind == "splice" and one.coding is not None and other.coding is not None:
        return False
    if one.change == other.change:
        return True
    if one.start is None or other.start is None:
        return None
    told = one.alt is not None and other.alt is not None
    if one.start != other.start or one.kind not in _TOLD_IN_PART:
        return False
    return one.alt == other.alt if told else None
