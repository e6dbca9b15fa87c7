"""The words of a DPYD or UGT1A1 result: a text as a row of marks, each with its kind.

What no pattern knows is a mark of kind ``other``, and the reader makes a problem of it: nothing is skipped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple


class Mark(NamedTuple):
    """One mark of a text. ``depth``: how many brackets it stands in."""

    kind: str
    text: str
    depth: int


_RESIDUE = "(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|[A-Z])"
_FOUND = "(?:detected|found|identified|seen|present)"
_BASES = r"(?-i:[ACGT])"
_POSITION = r"\d+(?:_\d+)?(?:[+-]\d+)?"
# In this order: the first that fits at a place is taken.
_KINDS = (
    ("hapb3", r"(?:c\.)?1129-5923\s*C>G\s*[,;+&]?\s*(?:c\.)?1236\s*G>A|hap(?:lotype)?[-\s]?B3\b"),
    ("two_counts", r"TA\s*[(\[]\s*\d+\s*[)\]]"),
    ("allele", r"A?\(TA\)\s*\d+(?:\s*TAA)?|\bTA\s*\d+\b|\b\d\s*\(?TA\)?(?=\W|$)(?:\s*repeats?)?"),
    ("allele", r"\bIVS\d+\s*[+-]\s*\d+\s*G>A"),
    ("allele", rf"\bg\.\d+\s*{_BASES}\s*>\s*{_BASES}"),
    ("coding", rf"(?:\bc\.)?\s*(?<![\w*.]){_POSITION}\s*{_BASES}\s*>\s*{_BASES}|\bc\.{_POSITION}\s*{_BASES}>{_BASES}"),
    ("coding", rf"(?:\bc\.)?(?<![\w*]){_POSITION}del[ACGT]*|\bc\.{_POSITION}(?:del|ins|dup)\w*|\bc\.-[\d_-]+\w+"),
    ("place", rf"\bc\.{_POSITION}(?![\w>])|\b\d{{3,4}}(?:[+-]\d+)?(?=\s*:?\s*{_BASES}\s*/\s*{_BASES})"),
    ("rsid", r"\brs\d+\b"),
    ("star", r"\*\s*\d+[A-Z]?\b"),
    ("allele", rf"\bp\.\s*\(?{_RESIDUE}\d+(?:{_RESIDUE}|Ter|[*=])\w*\)?|\b{_RESIDUE}\d+(?:{_RESIDUE}|Ter|[*=])(?!\w)"),
    ("pair", rf"(?<![\w>]){_BASES}\s*[/|]\s*{_BASES}(?!\w)|(?<![\w>])(?-i:[ACGT]{{2}})(?!\w)"),
    ("pair", r"(?<![\w/])[01]\s*[/|]\s*[01](?![\w/])"),
    ("change", rf"{_BASES}\s*>\s*{_BASES}"),
    ("rest_clear", rf"\bno other (?:variants?|mutations?|alleles?)(?: (?:was|were))?(?: {_FOUND})?"),
    ("clear", rf"\b(?:not|never)(?: been)? {_FOUND}|\bundetected\b|\bnegative\b|\babsent\b|\bnon-?carrier\b"
              r"|\bno (?:known |pathogenic |risk |relevant )?(?:variants?|mutations?|alleles?)"
              rf"(?: (?:was|were))?(?: {_FOUND})?"
              rf"|\bnone(?: of(?: the)?)?(?: (?:was|were))?(?: {_FOUND})?|\bno(?=\s+(?:\*|c\.|rs\d|hap))"),
    ("tested", r"\b(?:tested|looked for|looked at|analy[sz]ed|included|covered|panel|genotyped)\b"),
    ("there", rf"\b(?:{_FOUND}|positive|carriers?)\b"),
    ("reference", r"\breference\b|\bref\b|\bwild[-\s]?type\b|\bwt\b|(?<=\[)=(?=\])"),
    ("unknown", r"\bunknown\b|\bindeterminate\b|(?<=/)\s*\?|\?(?=\s*/)"),
    ("hom", r"\bhom(?:o|ozygous|ozygote)?\b\.?"),
    ("het", r"\bhet(?:ero|erozygous|erozygote)?\b\.?"),
    ("phenotype", r"\b(?:normal|extensive|intermediate|poor)\s+metaboli[sz]ers?\b|\b(?:NM|EM|IM|PM)\b"),
    ("score", r"\b(?:activity\s+score|AS|GAS)\s*[:=]?\s*\d(?:[.,]\d+)?"),
    ("slash", r"[/|]"),
    ("open", r"[(\[]"),
    ("close", r"[)\]]"),
    ("and", r",|\band\b|&"),
    ("end", r"[;\n]|\.(?=\s|$)"),
    ("plus", r"\+"),
    ("filler", r"\b(?:c|p|genotypes?|diplotypes?|results?|variants?|alleles?|the|of|for|is|was|were|gene|both|all|"
               r"cop(?:y|ies)|mutations?|polymorphisms?|promoter|repeats?|compound|germline|status|rs\s?id|four|"
               r"following)\b\.?|[:=\s\"']"),
)  # fmt: skip
_ACCESSION = re.compile(r"\b(?:N[MCGR]_\d+(?:\.\d+)?|LRG_\d+\w*|ENST\d+(?:\.\d+)?)(?:\s*\(\w+\))?\s*:", re.IGNORECASE)
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "→": ">", "＊": "*", "∗": "*"})
# HGVS counts one TA more than the usual names do: it takes in the last two bases of A(TA)nTAA.
_GENOMIC_REPEAT = re.compile(r"(?:g\.)?(?:233760235|234668881)(?:_\d+)?\s*TA\[(\d+)\]", re.IGNORECASE)
_BARE_REPEATS = re.compile(r"(?<![\w.*/+-])([5-8])\s*/\s*([5-8])(?![\w.*/])")


@cache
def _pattern() -> re.Pattern[str]:
    """All kinds in one. Made when it is needed: it takes longer than the rest of the package, and few records ask."""
    return re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KINDS)), re.IGNORECASE)


def marks(gene: str, text: str) -> list[Mark]:
    """The marks of a text that was given as a result of ``gene``; fillers and blanks are left out."""
    found, depth, at, plain = [], 0, 0, _plain(gene, text)
    pattern = _pattern()
    while at < len(plain):
        match = pattern.match(plain, at)
        if match is None or match.end() == at:
            end = _word_end(plain, at)
            found.append(Mark("other", plain[at:end], depth))
            at = end
            continue
        kind, said = _KINDS[int(str(match.lastgroup)[1:])][0], match.group().strip()
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        if kind not in ("filler", "open", "close"):
            found.append(Mark(kind, said, depth))
        at = match.end()
    # A text that stands in brackets as a whole is the text.
    outermost = min((mark.depth for mark in found), default=0)
    return [mark._replace(depth=mark.depth - outermost) for mark in found]


def _word_end(text: str, start: int) -> int:
    """The end of the word that begins at ``start``: it is taken whole, or the rest of it might read as something."""
    match = re.compile(r"[\w.-]+").match(text, start)
    return match.end() if match else start + 1


def _plain(gene: str, text: str) -> str:
    """One way to write what can be written in several: dashes, arrows, accessions, the gene's own name, brackets."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("&gt;", ">")
    plain = _ACCESSION.sub(" ", plain)
    plain = re.sub(r"\s-\s", "; ", plain)
    plain = re.sub(r"\]\s*;\s*\[", "]/[", plain)
    if "(;)" in plain:  # HGVS: each is there on one copy, on which is not known
        plain = plain.replace("(;)", " het; ") + " het"
    plain = re.sub(r"\(\s*([ACGT])\s*;\s*([ACGT])\s*\)", r" \1/\2", plain)
    own = "|".join({gene, "DPD"} if gene == "DPYD" else {gene})
    plain = re.sub(rf"(?<![\w])(?:{own})(?=\W|_|$)[_\s:-]*", " ", plain, flags=re.IGNORECASE)
    plain = _GENOMIC_REPEAT.sub(lambda m: f"(TA){int(m[1]) - 1}", plain)
    if gene == "UGT1A1":
        plain = _BARE_REPEATS.sub(r"(TA)\1/(TA)\2", plain)
    return re.sub(r"\[([^\[\]]*)\]", lambda m: f"[{m[1].replace(';', '+')}]", plain)
