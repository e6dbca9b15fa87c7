"""One change of one gene, as read from a text: the shape that the rest of the package works on."""

from __future__ import annotations

from dataclasses import dataclass
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
    """

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
