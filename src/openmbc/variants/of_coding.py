"""From a change of the coding sequence to a `Change`, and whether a stated protein change agrees with it."""

from __future__ import annotations

from openmbc.variants.change import Change
from openmbc.variants.coding import as_far_as_possible, beside_exon, by_length, derived, from_residues, wrong_base
from openmbc.variants.coding_text import Edit
from openmbc.variants.normal import Form
from openmbc.variants.sequences import Coding, Protein, coding_of, protein_of


def change_of_edit(edit: Edit, gene: str | None, accessions: list[str]) -> Change:
    """The change of the protein where it is proven, else what the c. name proves: a shifted frame, a splice site."""
    if not edit.in_exon:
        return _outside(edit, gene)
    protein, coding = protein_of(gene), coding_of(gene)
    problems: list[str] = []
    if protein is not None and _other_transcript(protein, accessions):
        named = ", ".join(accessions)
        problems.append(
            f"{named} is not {protein.transcript}, by which {gene} is numbered here: its protein change is not derived."
        )
        protein = coding = None
    form, more = _form(edit, protein, coding)
    if coding is not None and not more:
        edit = as_far_as_possible(coding, edit)
    untold = [] if more else [*problems]
    problems += more
    derivable = not problems
    if form is not None:
        return Change(
            gene,
            form.change,
            form.kind,
            form.start,
            form.end,
            form.ref,
            form.alt,
            coding=edit.text,
            problems=tuple(problems),
            untold=tuple(untold),
        )
    kind = by_length(edit)
    if derivable and kind != "frameshift":
        untold = [f"What {edit.text} does to the protein{_of(gene)} is not derived here."]
        problems += untold
    where = (edit.codon, edit.last_codon)
    return Change(gene, edit.text, kind, *where, coding=edit.text, problems=tuple(problems), untold=tuple(untold))


def _of(gene: str | None) -> str:
    return f" of {gene}" if gene else ""


def _form(edit: Edit, protein: Protein | None, coding: Coding | None) -> tuple[Form | None, list[str]]:
    if protein is None or protein.sequence is None:
        return None, []
    if edit.start.base > 3 * len(protein.sequence) + 3:
        length = len(protein.sequence)
        return None, [f"{protein.gene} ends at residue {length} ({protein.protein}): {edit.text} lies beyond it."]
    if coding is not None:
        wrong = wrong_base(coding, edit)
        return (None, [wrong]) if wrong is not None else (derived(coding, protein.sequence, edit), [])
    form, wrong = from_residues(protein, edit)
    return form, [wrong] if wrong is not None else []


def _outside(edit: Edit, gene: str | None) -> Change:
    """A change that reaches an intron, or lies before the start or behind the stop."""
    kind = beside_exon(edit)
    if kind is None:
        told = f"{edit.text} reaches beyond the coding sequence: what it does is not told."
        return Change(gene, edit.text, "unspecified", coding=edit.text, problems=(told,), untold=(told,))
    if kind == "unspecified":
        told = f"{edit.text} lies deeper in the intron than two bases: what it does is not told."
        return Change(gene, edit.text, kind, coding=edit.text, problems=(told,), untold=(told,))
    start, end = max(edit.codon, 1), max(edit.last_codon, 1)
    if kind == "exon":
        return Change(gene, edit.text, kind, start, end, coding=edit.text)
    inside = edit.start if edit.start.offset else edit.end
    at = max((inside.base + 2) // 3, 1)
    return Change(gene, f"X{at}_splice", "splice", at, at, coding=edit.text)


def _other_transcript(protein: Protein, accessions: list[str]) -> bool:
    """Whether the text names transcripts of RefSeq, and none of them is the one of the protein."""
    named = [name.partition(".")[0] for name in accessions if name.upper().startswith(("NM_", "XM_"))]
    return bool(named) and protein.transcript.partition(".")[0] not in named


def contradiction(change: Change, edit: Edit, gene: str | None, accessions: list[str]) -> list[str]:
    """A sentence when the c. part and the stated protein change are not the same change."""
    if change.start is None or change.end is None or not edit.in_exon:
        return []
    of_bases = change_of_edit(edit, gene, accessions)
    if of_bases.change.startswith("c."):
        # Repeats may be named at either end, so a stretch is given a wide margin.
        margin = 0 if edit.kind == "substitution" else 30
        apart = edit.last_codon + margin < change.start or edit.codon - margin > change.end
        return [f"{edit.text} lies in codon {edit.codon}, {change.change} does not."] if apart else []
    if change.kind == "frameshift" == of_bases.kind:
        agree = change.start == of_bases.start and (change.alt is None or change.alt == of_bases.alt)
    else:
        agree = of_bases.change == change.change or bool(change.problems)
    return [] if agree else _differ(edit, of_bases, change)


def _differ(edit: Edit, of_bases: Change, change: Change) -> list[str]:
    return [f"{edit.text} gives {of_bases.change}, the text says {change.change}."]
