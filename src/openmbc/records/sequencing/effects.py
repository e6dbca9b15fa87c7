"""What an annotated VCF says a variant does: VEP (CSQ), SnpEff (ANN), Funcotator (FUNCOTATION), ANNOVAR (AAChange).

The header says in which order the parts stand. Of several transcripts of a gene the change is told by the MANE
Select one, else by the one that the table `genes.csv` names (that of MSK and OncoKB), else by the one that is marked as
canonical, else by the one that the annotation picked. Without any of these all must agree, or it is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openmbc import terms
from openmbc.records.sequencing.places import known_genes, transcripts

# Parts by the names that the programs give them; Funcotator adds the version of its source in front.
_PARTS = {
    "allele": ("allele",), "number": ("allele_num",), "gene": ("symbol", "gene_name", "hugosymbol"),
    "consequence": ("consequence", "annotation", "variantclassification"),
    "transcript": ("feature", "feature_id", "annotationtranscript"), "coding": ("hgvsc", "hgvs.c", "cdnachange"),
    "protein": ("hgvsp", "hgvs.p", "proteinchange"), "mane": ("mane_select", "mane"), "canonical": ("canonical",),
    "pick": ("pick",), "position": ("protein_position",), "acids": ("amino_acids",),
}  # fmt: skip
_DESCRIBED = re.compile(r'^##INFO=<ID=(CSQ|ANN|EFF|BCSQ|FUNCOTATION|vep),.*Description="(.*?)"', re.IGNORECASE)
_ORDER = re.compile(r"(?:Format|annotations|fields are):\s*'?\s*(.+?)\s*'?\s*$", re.IGNORECASE)
_QUOTED = re.compile(r"%([0-9A-Fa-f]{2})")  # VEP writes p.Arg17%3D
_ANNOVAR = re.compile(r"^##INFO=<ID=(AAChange[\w.]*)")

_SPLICE = ("splice_acceptor_variant", "splice_donor_variant", "splice_site")
_CODING = (
    "missense", "stop_gained", "stop_lost", "start_lost", "frameshift", "inframe", "protein_altering", "nonsense",
    "initiator_codon", "coding_sequence", "disruptive", "conservative_in", "rare_amino", "exon_loss", "nonstop",
    "transcript_ablation", "frame_shift", "in_frame", "start_codon", "de_novo_start", "translation_start",
    "feature_truncation",
)  # fmt: skip


class Effect(NamedTuple):
    """What a variant does to a gene.

    ``change`` is None where the file does not say; ``silent``: it does nothing to the protein.
    """

    gene: str
    change: str | None
    silent: bool
    words: str
    disputed: tuple[str, ...] = ()  # other changes, by other transcripts


class _Entry(NamedTuple):
    gene: str
    parts: dict[str, str]


class Annotation:
    """The annotation that a header declares; `kind` is None when it declares none."""

    def __init__(self, header: Iterable[str]) -> None:
        self.kind: str | None = None
        self.order: list[str] = []
        for line in header:
            described, annovar = _DESCRIBED.match(line), _ANNOVAR.match(line)
            if described is not None and (order := _ORDER.search(described[2])) is not None:
                self.kind = described[1]
                self.order = [_part(name) for name in order[1].split("|")]
                return
            if annovar is not None and self.kind is None:
                self.kind = annovar[1]

    def effects(self, info: dict[str, str], reference: str, alternatives: list[str], index: int) -> list[Effect] | None:
        """What alternative number ``index`` (from 0) does to genes that are known here; None when nothing is said."""
        value = info.get(self.kind or "")
        if not value or value == ".":
            return None
        by_gene: dict[str, list[dict[str, str]]] = {}
        for entry in self._entries(value, reference, alternatives, index):
            gene = entry.gene if entry.gene in known_genes() else terms.gene_symbol(None, entry.gene, None)
            if gene is not None:
                by_gene.setdefault(gene, []).append(entry.parts)
        return [_effect(gene, entries) for gene, entries in by_gene.items()]

    def _entries(self, value: str, reference: str, alternatives: list[str], index: int) -> Iterator[_Entry]:
        if not self.order:
            yield from _annovar(value)
            return
        shortened = {alternatives[index], *_trimmed(reference, alternatives, index)}
        for position, text in enumerate(value.strip("[]").replace("]#[", "],[").split(",")):
            parts = dict(zip(self.order, text.strip("[]").split("|"), strict=False))
            number, allele = parts.get("number"), parts.get("allele")
            if number:
                mine = number == str(index + 1)
            elif allele is not None:
                mine = len(alternatives) == 1 or allele.split("-")[0] in shortened or allele in shortened
            else:
                mine = len(alternatives) == 1 or position == index  # Funcotator: one entry for each alternative
            if mine:
                yield _Entry(parts.get("gene", ""), parts)


def _part(name: str) -> str:
    plain = name.strip().strip("'\"").lower()
    for part, names in _PARTS.items():
        if plain in names or (plain.startswith("gencode_") and plain.rpartition("_")[2] in names):
            return part
    return f"other {plain}"  # VEP's Gene is the accession, not the symbol


def _trimmed(reference: str, alternatives: list[str], index: int) -> set[str]:
    """VEP leaves out the first base where it is the same in all alleles of an insertion or deletion."""
    alleles = [reference, *alternatives]
    if len({a[:1] for a in alleles}) == 1 and len({len(a) for a in alleles}) > 1:
        return {alternatives[index][1:] or "-"}
    return set()


def _annovar(value: str) -> Iterator[_Entry]:
    """``PIK3CA:NM_006218:exon21:c.A3140G:p.H1047R``, separated by commas."""
    for text in value.replace("\\x3a", ":").split(","):
        gene, *rest = text.split(":")
        parts = {"transcript": rest[0] if rest else ""}
        parts["coding"] = next((p for p in rest if p.startswith("c.")), "")
        parts["protein"] = next((p for p in rest if p.startswith("p.")), "")
        parts["consequence"] = "missense" if parts["protein"] else ""
        yield _Entry(gene, parts)


def _effect(gene: str, entries: list[dict[str, str]]) -> Effect:
    chosen, disputed = _chosen(gene, entries)
    words = chosen.get("consequence", "").replace("&", ", ")
    low = words.lower()
    change = _change(chosen, low)
    silent = change is None and bool(low) and not any(word in low for word in (*_CODING, *_SPLICE))
    transcript = chosen.get("transcript") or "no transcript named"
    coding = _without_accession(chosen.get("coding", ""))
    return Effect(gene, change, silent, "; ".join(p for p in (words, coding, transcript) if p), disputed)


def _chosen(gene: str, entries: list[dict[str, str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The entry that tells the change, and other changes when nothing says which transcript counts."""
    usual = transcripts().get(gene, frozenset())
    for marked in (
        [e for e in entries if e.get("mane")],
        [e for e in entries if e.get("transcript", "").split(".")[0] in usual],
        [e for e in entries if e.get("canonical") == "YES"],
        [e for e in entries if e.get("pick") == "1"],
    ):
        if marked:
            return marked[0], ()
    told = {_change(e, e.get("consequence", "").lower()): e for e in reversed(entries)}
    first = _change(entries[0], entries[0].get("consequence", "").lower())
    if first is None and len(told) > 1:
        first = next(change for change in reversed(told) if change is not None)
    return told[first], tuple(sorted(change for change in told if change is not None and change != first))


def _change(entry: dict[str, str], consequence: str) -> str | None:
    """The change in the protein, for a splice site that in the coding sequence; None when there or said is none."""
    protein = _QUOTED.sub(lambda byte: chr(int(byte[1], 16)), _without_accession(entry.get("protein", "")))
    if protein and protein not in ("p.?", "p.=") and not protein.endswith("=") and "synonymous" not in consequence:
        return protein
    if any(word in consequence for word in _SPLICE):
        return _without_accession(entry.get("coding", "")) or None
    acids, position = entry.get("acids", "").split("/"), entry.get("position", "").split("/")[0]
    if len(acids) == 2 and position.isdecimal() and all(len(a) == 1 for a in acids):
        return f"{acids[0]}{position}{acids[1]}"
    return None


def _without_accession(text: str) -> str:
    return text.rpartition(":")[2]
