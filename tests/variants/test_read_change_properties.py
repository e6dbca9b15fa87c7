"""One change has one normal form, however it is written, and no text crashes the reader or is guessed at."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.terms.tables import rows
from openmbc.variants import read_change, sequences
from openmbc.variants.coding import CODONS
from openmbc.variants.sequences import coding_of, protein_of

TABLES = Path(sequences.__file__).parent
GENES = sorted(row["gene"] for row in rows("proteins", TABLES) if row["sequence"])
CODED = ["APC", "ATM", "BRCA1", "BRCA2", "CDKN2A", "TP53"]
NAMES = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "*": "Ter",
}  # fmt: skip
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
DEFINITE = {
    "substitution", "nonsense", "frameshift", "deletion", "insertion", "duplication", "delins", "splice", "synonymous",
    "start_lost", "stop_lost", "amplification", "copy_gain", "loss", "fusion", "rearrangement", "exon", "expression",
}  # fmt: skip
"""Kinds that claim something; a text has to give a basis for each."""


def sequence_of(gene: str) -> str:
    protein = protein_of(gene)
    assert protein is not None
    assert protein.sequence is not None
    return protein.sequence


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A gene, and spellings of one change of it: in one letter, in three, in capitals, with old words."""
    gene = draw(st.sampled_from(GENES))
    sequence = sequence_of(gene)
    at = draw(st.integers(2, len(sequence) - 8))
    ref = sequence[at - 1]
    run = draw(st.integers(1, 5))
    end = at + run
    last = sequence[end - 1]
    new = draw(st.text(RESIDUES, min_size=1, max_size=4))
    other = draw(st.sampled_from([residue for residue in RESIDUES if residue != ref]))
    length = draw(st.integers(2, 99))
    short = {
        "substitution": [f"{ref}{at}{other}"],
        "nonsense": [f"{ref}{at}*", f"{NAMES[ref]}{at}Stop"],
        "frameshift": [f"{ref}{at}{other}fs*{length}", f"{ref}{at}{other}fsX{length}", f"{ref}{at}{other}FS*{length}"],
        "shift": [f"{ref}{at}fs", f"{ref}{at}fs*"],
        "deletion": [f"{ref}{at}_{last}{end}del", f"{ref}{at}_{last}{end}del{sequence[at - 1 : end]}"],
        "duplication": [
            f"{ref}{at}_{last}{end}dup",
            f"{last}{end}_{sequence[end]}{end + 1}ins{sequence[at - 1 : end]}",
        ],
        "insertion": [f"{ref}{at}_{sequence[at]}{at + 1}ins{new}"],
        "delins": [f"{ref}{at}_{last}{end}delins{new}", f"{ref}{at}_{last}{end}>{new}"],
        "same": [f"{ref}{at}=", f"{ref}{at}{ref}"],
    }
    texts = short[draw(st.sampled_from(sorted(short)))]
    three = "".join(NAMES.get(letter, letter) for letter in texts[0])  # words in it are in lower case
    return gene, [*texts, f"p.{texts[0]}", three, f"p.{three}", f"p.({three})"]


@settings(deadline=None)
@given(changes())
def test_every_spelling_of_one_change_is_one_change(case: tuple[str, list[str]]) -> None:
    gene, texts = case
    found = {(read_change(text, gene).gene, read_change(text, gene).change) for text in texts}
    assert len(found) == 1, {text: read_change(text, gene).change for text in texts}
    for text in texts:
        assert read_change(text, gene).problems == (), text
        for named in (f"{gene} {text}", f"{gene}:{text}", f"{gene}_{text}", f"{text} {gene}", f"{gene} ({text})"):
            assert (read_change(named).gene, read_change(named).change) in found, named


@settings(deadline=None)
@given(changes())
def test_the_normal_form_reads_as_itself(case: tuple[str, list[str]]) -> None:
    gene, texts = case
    for text in texts:
        found = read_change(text, gene)
        assert read_change(found.change, found.gene) == found


@settings(deadline=None)
@given(st.sampled_from(CODED), st.data())
def test_an_exchanged_base_gives_what_its_codon_says(gene: str, data: st.DataObject) -> None:
    coding = coding_of(gene)
    assert coding is not None
    place = data.draw(st.integers(4, coding.length - 3))
    ref = coding.bases[place - 1]
    alt = data.draw(st.sampled_from([base for base in "ACGT" if base != ref]))
    start = (place - 1) // 3 * 3
    codon = coding.bases[start : start + 3]
    new = CODONS[codon[: place - 1 - start] + alt + codon[place - start :]]
    found = read_change(f"c.{place}{ref}>{alt}", gene)
    letter = CODONS[codon]
    assert found.change == (f"{letter}{start // 3 + 1}" + ("=" if new == letter else new))
    assert found.problems == ()
    spelled = read_change(f"{coding.transcript}({gene}):c.{place}{ref}>{alt} (p.{found.change})")
    assert (spelled.change, spelled.problems) == (found.change, ())


@settings(deadline=None)
@given(st.sampled_from(CODED), st.data())
def test_bases_that_go_or_come_give_the_protein_that_is_made(gene: str, data: st.DataObject) -> None:
    """Compared with the translation of the changed sequence, made here anew."""
    coding = coding_of(gene)
    assert coding is not None
    start = data.draw(st.integers(4, coding.length - 60))
    size = data.draw(st.integers(1, 12))
    new = data.draw(st.text("ACGT", min_size=1, max_size=9))
    end = start + size - 1
    text, made = data.draw(
        st.sampled_from(
            [
                (f"c.{start}_{end}del", coding.bases[: start - 1] + coding.bases[end:]),
                (f"c.{start}_{start + 1}ins{new}", coding.bases[:start] + new + coding.bases[start:]),
                (f"c.{start}_{end}dup", coding.bases[:end] + coding.bases[start - 1 :]),
                (f"c.{start}_{end}delins{new}", coding.bases[: start - 1] + new + coding.bases[end:]),
            ]
        )
    )
    old, protein = sequence_of(gene), "".join(CODONS[made[at : at + 3]] for at in range(0, len(made) - 2, 3))
    protein = protein.partition("*")[0]
    found = read_change(text, gene)
    assert found.problems == ()
    if found.kind in {"nonsense", "frameshift"}:
        assert found.start is not None
        assert protein[: found.start - 1] == old[: found.start - 1]
    if found.kind == "deletion":
        assert found.start is not None
        assert found.end is not None
        assert protein == old[: found.start - 1] + old[found.end :]
    if found.kind == "synonymous":
        assert protein == old


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from([None, "PIK3CA", "BRCA1", "KMT2C", "no gene", ""]))
def test_no_text_crashes_the_reader(text: str, gene: str | None) -> None:
    found = read_change(text, gene)
    assert found.kind != "unknown" or (found.change == "" and found.problems)


WORDS = st.lists(
    st.sampled_from(
        ["p.", "c.", "H1047R", "del", "ins", "fs", "*", "185", "AG", "exon", "20", "not", "BRCA1", "HER2", "::", "-",
         "_", "(", ")", ">", "X", "?", "=", "IVS", "+1", "loss", "of", "amp", "mutation", "IHC", "Ter", "1"]
    ),
    max_size=6,
)  # fmt: skip


@settings(deadline=None)
@given(WORDS, st.sampled_from(["", " "]), st.sampled_from([None, "PIK3CA", "BRCA2"]))
def test_pieces_of_names_do_not_crash_it_either(words: list[str], between: str, gene: str | None) -> None:
    found = read_change(between.join(words), gene)
    again = read_change(found.change, found.gene)
    if found.kind in DEFINITE and found.gene is not None and found.kind not in {"fusion", "rearrangement"}:
        assert (again.change, again.kind, again.start, again.end) == (
            found.change, found.kind, found.start, found.end
        )  # fmt: skip


@settings(deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=30))
def test_plain_words_are_a_definite_change_only_by_a_phrase_of_the_table(text: str) -> None:
    known = {word for row in rows("words", TABLES) for word in row["phrase"].split()}
    if not known & set(text.split()):
        assert read_change(text, "PIK3CA").kind not in DEFINITE
