"""The normal form of a protein change: the shortest description, as far to the end of the protein as it goes.

HGVS asks for both (the 3' rule, and duplication before insertion), so that one change has one name. Where the
sequence of the protein is not known, the change keeps the place that was written.
"""

from __future__ import annotations

import msgspec

from openmbc.variants.change import Kind


class Form(msgspec.Struct, frozen=True):
    """A change in normal form, with its kind, place, the residue at its start and the new residues."""

    change: str
    kind: Kind
    start: int
    end: int
    ref: str | None
    alt: str | None


def substituted(place: int, ref: str | None, alt: str) -> Form:
    """One residue for another, or for a stop."""
    if alt == "*":
        return Form(f"{ref or 'X'}{place}*", "nonsense", place, place, ref, "*")
    kind: Kind = "start_lost" if place == 1 and ref == "M" else "substitution"
    return Form(f"{ref}{place}{alt}", kind, place, place, ref, alt)


def exchanged(place: int, ref: str, alt: str) -> Form:
    """One residue, or the stop, after a change of its codon."""
    if alt == ref:
        return Form(f"{ref}{place}=", "synonymous", place, place, ref, ref)
    if ref == "*":
        return Form(f"*{place}{alt}ext", "stop_lost", place, place, "*", alt)
    return substituted(place, ref, alt)


def run_changed(sequence: str, start: int, end: int, alt: str) -> Form:
    """Residues ``start`` to ``end`` of a protein replaced by others; with ``end`` before ``start``, inserted there."""
    if "*" in alt:
        alt = alt[: alt.index("*") + 1]
    gone = sequence[start - 1 : end]
    while gone and alt and gone[0] == alt[0]:
        gone, alt, start = gone[1:], alt[1:], start + 1
    while gone and alt and gone[-1] == alt[-1]:
        gone, alt, end = gone[:-1], alt[:-1], end - 1
    if not gone and not alt:
        ref = sequence[start - 1 : start] or None
        return Form(f"{ref or ''}{start}=", "synonymous", start, start, ref, ref)
    if not gone:
        return _inserted(sequence, start, alt)
    if not alt:
        return _deleted(sequence, start, end)
    if len(gone) == len(alt) == 1 or alt[0] == "*":
        return substituted(start, gone[0], alt[0])
    kind: Kind = "nonsense" if alt.endswith("*") else "delins"
    return Form(f"{span(gone[0], start, gone[-1], end)}delins{alt}", kind, start, end, gone[0], alt)


def _deleted(sequence: str, start: int, end: int) -> Form:
    while end < len(sequence) and sequence[start - 1] == sequence[end]:
        start, end = start + 1, end + 1
    ref = sequence[start - 1]
    return Form(f"{span(ref, start, sequence[end - 1], end)}del", "deletion", start, end, ref, None)


def _inserted(sequence: str, start: int, alt: str) -> Form:
    """New residues before ``start``: a duplication when they repeat what stands before them."""
    while start <= len(sequence) and sequence[start - 1] == alt[0]:
        alt, start = alt[1:] + alt[0], start + 1
    before = sequence[max(start - 1 - len(alt), 0) : start - 1]
    if before == alt:
        first, last = start - len(alt), start - 1
        return Form(f"{span(alt[0], first, alt[-1], last)}dup", "duplication", first, last, alt[0], None)
    left, right = sequence[start - 2 : start - 1], sequence[start - 1 : start] or "*"
    kind: Kind = "nonsense" if alt.endswith("*") else "insertion"
    if alt[0] == "*":
        return substituted(start, right, "*")
    return Form(f"{left}{start - 1}_{right}{start}ins{alt}", kind, start - 1, start, left or None, alt)


def span(ref: str | None, start: int, ref_end: str | None, end: int) -> str:
    """A place, or a stretch: ``E545``, ``E542_C604``; X where the residue is neither stated nor known."""
    first = f"{ref or 'X'}{start}"
    return first if start == end else f"{first}_{ref_end or 'X'}{end}"
