"""From a change of the coding sequence to the change of the protein: what it proves, and nothing more.

Three ways, in this order: the coding sequence of the gene is known and is edited and translated; the protein is
known, and all codons that fit the residue and the stated base give the same new residue; the length of what goes
and comes says whether the frame is kept. Effects on splicing other than at the two bases beside an exon are not
told: nothing here predicts.
"""

from __future__ import annotations

from openmbc.variants.change import Kind
from openmbc.variants.coding_text import Edit, edit_of
from openmbc.variants.normal import Form, exchanged, run_changed, substituted
from openmbc.variants.sequences import Coding, Protein

_BASES = "TCAG"
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
# The standard genetic code, in the order of the bases above.
CODONS = {
    first + second + third: _RESIDUES[16 * i + 4 * j + k]
    for i, first in enumerate(_BASES)
    for j, second in enumerate(_BASES)
    for k, third in enumerate(_BASES)
}


def translated(bases: str) -> str:
    """The protein of a coding sequence up to its first stop, which is included as ``*`` when it is reached."""
    found = []
    for at in range(0, len(bases) - 2, 3):
        found.append(CODONS[bases[at : at + 3]])
        if found[-1] == "*":
            break
    return "".join(found)


def wrong_base(coding: Coding, edit: Edit) -> str | None:
    """A sentence when the bases that are said to stand there do not."""
    if not edit.ref or not edit.in_exon:
        return None
    there = coding.bases[edit.start.base - 1 : edit.start.base - 1 + len(edit.ref)]
    if there == edit.ref or not there:
        return None
    return f"{coding.gene} has {there} at c.{edit.start.base}, not {edit.ref} ({coding.transcript})."


def derived(coding: Coding, protein: str, edit: Edit) -> Form | None:
    """The protein change of an edit within the coding sequence; None when the edit does not say enough."""
    changed = _edited(coding.bases, edit)
    if changed is None or edit.end.base > coding.length:
        return None
    if edit.start.base <= 3 and changed[:3] != "ATG" and edit.kind != "substitution":
        return Form("M1?", "start_lost", 1, 1, "M", None)
    return _compared(protein + "*", translated(changed), len(changed) - len(coding.bases), edit)


def _compared(old: str, new: str, shift: int, edit: Edit) -> Form | None:
    """What became of a protein whose coding sequence grew by ``shift`` bases."""
    if new == old:
        at = min(edit.codon, len(old))
        return Form(f"{old[at - 1]}{at}=", "synonymous", at, at, old[at - 1], old[at - 1])
    first = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    if first == 0:
        return exchanged(1, old[0], new[0])
    if first == len(old) - 1:
        return _extended(old, new, first)
    return _shifted(old, new, first) if shift % 3 else _in_frame(old[:-1], new, first, shift // 3)


def _in_frame(protein: str, new: str, first: int, grown: int) -> Form | None:
    """The first residue that differs is known; the last is found from behind, unless a new stop cuts the protein."""
    expected = len(protein) + 1 + grown
    if len(new) > expected:
        return None
    if len(new) < expected:
        return run_changed(protein, first + 1, len(protein), new[first:])
    kept = 0
    while kept < min(len(protein) - first, len(new) - 1 - first) and protein[-1 - kept] == new[-2 - kept]:
        kept += 1
    return run_changed(protein, first + 1, len(protein) - kept, new[first : len(new) - 1 - kept])


def as_far_as_possible(coding: Coding, edit: Edit) -> Edit:
    """The same edit in its normal form: the shortest, as far to the end as it goes (``c.66_67del`` -> ``c.68_69del``).

    The exception of HGVS at the end of an exon is not made: where exons end is not known here.
    """
    changed = _edited(coding.bases, edit)
    if changed is None or changed == coding.bases or edit.end.base > coding.length or edit.kind == "substitution":
        return edit
    grown = len(changed) - len(coding.bases)
    start, end = edit.start.base, edit.end.base
    form = run_changed(coding.bases, start, end, changed[start - 1 : end + grown])
    where = f"{form.start}" if form.start == form.end else f"{form.start}_{form.end}"
    tails = {
        "deletion": "del",
        "duplication": "dup",
        "insertion": f"ins{form.alt}",
        "substitution": f"{form.ref}>{form.alt}",
        "delins": f"delins{form.alt}",
    }
    return edit_of(where + tails[form.kind]) or edit


def _edited(bases: str, edit: Edit) -> str | None:
    start, end = edit.start.base - 1, edit.end.base
    match edit.kind:
        case "deletion":
            return bases[:start] + bases[end:]
        case "duplication":
            return bases[:end] + bases[start:end] + bases[end:]
        case "insertion" if edit.alt and end == start + 2:
            return bases[: start + 1] + edit.alt + bases[start + 1 :]
        case "substitution" | "delins" if edit.alt:
            return bases[:start] + edit.alt + bases[end:]
        case "same":
            return bases
        case _:
            return None


def _shifted(old: str, new: str, first: int) -> Form:
    """HGVS counts the first changed residue as 1 up to the new stop."""
    place, ref, alt = first + 1, old[first], new[first]
    if alt == "*":
        return substituted(place, ref, "*")
    length = str(len(new) - first) if new.endswith("*") else "?"
    return Form(f"{ref}{place}{alt}fs*{length}", "frameshift", place, place, ref, alt)


def _extended(old: str, new: str, first: int) -> Form:
    length = str(len(new) - len(old)) if new.endswith("*") else "?"
    return Form(f"*{len(old)}{new[first]}ext*{length}", "stop_lost", len(old), len(old), "*", new[first])


def from_residues(protein: Protein, edit: Edit) -> tuple[Form | None, str | None]:
    """The protein change when the bases of the gene are not known, but its residues are.

    Whole codons that go, come or are repeated name their residues themselves. Bases exchanged within one codon give a
    residue when every codon of the old one that fits the stated bases gives the same; a sentence comes back when none
    of them fits.
    """
    if protein.sequence is None:
        return None, None
    if edit.added == edit.deleted and edit.alt and edit.codon == edit.last_codon:
        return _within_codon(protein, edit)
    return _whole_codons(protein.sequence, edit), None


def _within_codon(protein: Protein, edit: Edit) -> tuple[Form | None, str | None]:
    residue, at = protein.at(edit.codon), (edit.start.base - 1) % 3
    fits = [codon for codon, one in CODONS.items() if one == residue and codon.startswith(edit.ref, at)]
    if residue is None or not edit.alt:
        return None, None
    if not fits:
        told = f"{protein.gene} has {residue} at {edit.codon}, whose codon has no {edit.ref} as base {at + 1}"
        return None, f"{told} ({protein.protein}): {edit.text} is numbered by another transcript, or wrong."
    outcomes = {CODONS[codon[:at] + edit.alt + codon[at + len(edit.alt) :]] for codon in fits}
    return (exchanged(edit.codon, residue, outcomes.pop()) if len(outcomes) == 1 else None), None


def _whole_codons(sequence: str, edit: Edit) -> Form | None:
    """Bases that begin and end with a codon, or go in between two."""
    first, last = edit.codon, edit.last_codon
    if last > len(sequence) or (edit.alt and len(edit.alt) % 3):
        return None
    if edit.kind == "insertion":
        between = edit.start.base % 3 == 0 and edit.end.base == edit.start.base + 1
        return run_changed(sequence, last, first, _read_codons(edit.alt)) if between and edit.alt else None
    if edit.start.base % 3 != 1 or edit.end.base % 3 or first == 1:
        return None
    if edit.kind == "duplication":
        return run_changed(sequence, last + 1, last, sequence[first - 1 : last])
    if edit.kind == "deletion" or (edit.kind == "delins" and edit.alt):
        return run_changed(sequence, first, last, _read_codons(edit.alt or ""))
    return None


def _read_codons(bases: str) -> str:
    return "".join(CODONS[bases[at : at + 3]] for at in range(0, len(bases), 3))


def by_length(edit: Edit) -> Kind:
    """What the length alone proves: a shifted frame, or bases that go or come in whole codons."""
    if edit.kind in {"substitution", "same", "inversion"} or edit.added is None:
        return "unspecified"
    if (edit.added - edit.deleted) % 3:
        return "frameshift"
    kinds: dict[str, Kind] = {"deletion": "deletion", "insertion": "insertion", "duplication": "duplication"}
    return kinds.get(edit.kind, "delins")


def beside_exon(edit: Edit) -> Kind | None:
    """What a change that reaches an intron is; None when it reaches none.

    ``splice`` when it takes one of the two bases beside an exon, ``exon`` when it takes a whole exon, ``unspecified``
    when it lies deeper in the intron.
    """
    ends = (edit.start, edit.end)
    if not any(end.offset for end in ends):
        return None
    if any(abs(end.offset) in {1, 2} for end in ends):
        return _splice_or_exon(edit)
    if edit.start.offset > 0 > edit.end.offset and edit.end.base == edit.start.base + 1:
        return "unspecified"
    if edit.start.base != edit.end.base or bool(edit.start.offset) != bool(edit.end.offset):
        return _splice_or_exon(edit)
    return "splice" if edit.start.offset < 0 < edit.end.offset else "unspecified"


def _splice_or_exon(edit: Edit) -> Kind:
    """From one intron over an exon into the next, or only up to an exon."""
    whole = edit.start.offset < 0 and edit.end.offset > 0 and edit.end.base > edit.start.base
    return "exon" if whole and edit.kind in {"deletion", "duplication"} else "splice"
