"""From what a protein change states to its normal form, with the stated residues held against the protein."""

from __future__ import annotations

from openmbc.variants.change import Change, Kind
from openmbc.variants.normal import Form, run_changed, span, substituted
from openmbc.variants.protein_text import Stated
from openmbc.variants.residues import STOPPABLE
from openmbc.variants.sequences import Protein, protein_of


def change_of_stated(said: Stated, gene: str | None, accessions: list[str]) -> Change:
    """The change in normal form; residues that are not those of the protein are problems."""
    protein = protein_of(gene)
    wrong = _checked(said, protein, accessions) if protein is not None else []
    problems = [*wrong, *_unsound(said)]
    if said.start != 1 and said.form == "uncertain":
        return _of(gene, Form(f"{said.ref or ''}{said.start}?", "unspecified", said.start, said.end, said.ref, None))
    if said.form == "any":
        return _any(said, gene, problems)
    sequence = protein.sequence if protein is not None and not wrong else None
    form = _form(said, sequence)
    if form is None:
        return Change(gene, problems=(*problems, "What takes the place of the residues is not stated."))
    if said.form == "inserted" and said.start == said.end:
        problems.append(f"{form.change} does not say between which residues it is inserted.")
    return _of(gene, form, problems)


def _of(gene: str | None, form: Form, problems: list[str] | tuple[str, ...] = ()) -> Change:
    return Change(gene, form.change, form.kind, form.start, form.end, form.ref, form.alt, problems=tuple(problems))


def _any(said: Stated, gene: str | None, problems: list[str]) -> Change:
    """X behind a residue is a stop in old spelling; where one base cannot make one, it may mean any residue."""
    if said.ref is None or said.ref in STOPPABLE:
        return _of(gene, substituted(said.start, said.ref, "*"), problems)
    told = f"X in {said.ref}{said.start}X may be a stop or any residue: one base cannot turn {said.ref} into a stop."
    form = Form(f"{said.ref}{said.start}", "unspecified", said.start, said.end, said.ref, None)
    return _of(gene, form, [*problems, told])


def _form(said: Stated, sequence: str | None) -> Form | None:
    """The normal form; by the sequence where it is known, else as the text places it."""
    ref, at = said.ref, said.start
    single: dict[str, tuple[str, Kind]] = {
        "place": (f"{ref}{at}", "unspecified"),
        "splice": (f"X{at}_splice", "splice"),
        "same": (f"{span(ref, at, said.ref_end, said.end)}=", "synonymous"),
        "uncertain": ("M1?", "start_lost"),
    }
    if said.form in single:
        name, kind = single[said.form]
        return Form(name, kind, at, said.end, None if kind == "splice" else ref, ref if kind == "synonymous" else None)
    if said.form == "extended":
        return _extended(said)
    return _frameshift(said, sequence) if said.form == "frameshift" else _run(said, sequence)


def _extended(said: Stated) -> Form:
    length = f"*{said.length}" if said.length else ""
    return Form(f"*{said.start}{said.alt or ''}ext{length}", "stop_lost", said.start, said.start, "*", said.alt)


def _frameshift(said: Stated, sequence: str | None) -> Form:
    ref = said.ref or (sequence[said.start - 1] if sequence is not None and said.start <= len(sequence) else None)
    if said.alt == "*":
        return substituted(said.start, ref, "*")
    if said.start == 1 and ref in {"M", None}:
        return Form("M1?", "start_lost", 1, 1, "M", None)
    alt = said.alt if said.alt != "X" else None
    length = f"*{said.length}" if said.length else ""
    return Form(f"{ref or 'X'}{said.start}{alt or ''}fs{length}", "frameshift", said.start, said.start, ref, alt)


def _run(said: Stated, sequence: str | None) -> Form | None:
    """Residues deleted, inserted, duplicated or replaced."""
    inside = sequence is not None and said.end <= len(sequence)
    found = _by_sequence(said, sequence) if inside and sequence is not None else None
    if found is not None:
        return found
    ref = sequence[said.start - 1] if inside and sequence is not None else said.ref
    ref_end = sequence[said.end - 1] if inside and sequence is not None else said.ref_end
    where = span(ref, said.start, ref_end, said.end)
    if said.form == "replaced":
        return _replaced(said, where, ref)
    kinds: dict[str, tuple[str, Kind]] = {
        "deleted": ("del", "deletion"),
        "duplicated": ("dup", "duplication"),
        "inserted": ("ins", "insertion"),
    }
    word, kind = kinds[said.form]
    if said.alt is not None and "*" in said.alt:
        kind = "nonsense"
    return Form(f"{where}{word}{said.alt or ''}", kind, said.start, said.end, ref, said.alt)


def _replaced(said: Stated, where: str, ref: str | None) -> Form | None:
    """Residues by others, where the sequence does not say more."""
    start, end = said.start, said.end
    if said.alt is None:
        return Form(f"{where}delins", "delins", start, end, ref, None) if start != end else None
    if said.alt.startswith("*") or (start == end and len(said.alt) == 1 and ref is not None):
        return substituted(start, ref, said.alt[0])
    alt = said.alt[: said.alt.index("*") + 1] if "*" in said.alt else said.alt
    return Form(f"{where}delins{alt}", "nonsense" if alt.endswith("*") else "delins", start, end, ref, alt)


def _by_sequence(said: Stated, sequence: str) -> Form | None:
    """The shortest description by the sequence of the protein; None when the new residues are not stated."""
    start, end = said.start, said.end
    form: Form | None = None
    match said.form:
        case "replaced" if said.alt is not None:
            form = run_changed(sequence, start, end, said.alt)
            if start == end and len(said.alt) == 1:
                form = substituted(start, sequence[start - 1], said.alt)
        case "deleted":
            form = run_changed(sequence, start, end, "")
        case "duplicated":
            form = run_changed(sequence, end + 1, end, sequence[start - 1 : end])
        case "inserted" if end == start + 1 and said.alt is not None:
            form = run_changed(sequence, end, start, said.alt)
    return form


def _checked(said: Stated, protein: Protein, accessions: list[str]) -> list[str]:
    """What a change states about the protein and the protein does not bear out."""
    name = protein.gene
    length = len(protein.sequence) if protein.sequence is not None else None
    hint = _numbering(protein, accessions)
    if length is not None and not protein.reaches(max(said.start, said.end)):
        return [f"{name} ends at residue {length}: {max(said.start, said.end)} lies beyond it ({hint})."]
    problems = []
    stated = {said.start: said.ref, said.end: said.ref_end or (said.ref if said.start == said.end else None)}
    if said.refs is not None and len(said.refs) == said.end - said.start + 1:
        stated |= {said.start + at: residue for at, residue in enumerate(said.refs)}
    for position, residue in sorted(stated.items()):
        there = protein.at(position)
        if residue in {None, "X"} or there in {None, residue}:
            continue
        problems.append(f"{name} has {there} at {position}, not {residue} ({hint}).")
    return problems


def _unsound(said: Stated) -> list[str]:
    """What is wrong with a change as such, whatever the protein is."""
    problems = []
    if said.refs is not None and len(said.refs) != said.end - said.start + 1:
        problems.append(f"{said.refs} is not as long as residues {said.start} to {said.end}.")
    if said.form == "inserted" and said.end > said.start + 1:
        problems.append(f"Residues {said.start} and {said.end} are not neighbours: nothing can be inserted between.")
    return problems


def _numbering(protein: Protein, accessions: list[str]) -> str:
    """The protein that was asked, and other transcripts that the text names."""
    own = {protein.transcript.partition(".")[0], protein.protein.partition(".")[0]}
    others = [name for name in accessions if name.partition(".")[0] not in own]
    return protein.protein + (f"; {', '.join(others)} may be numbered otherwise" if others else "")
