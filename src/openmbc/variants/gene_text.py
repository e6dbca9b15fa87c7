"""The gene in a text about a change, the accessions, and the two genes of a fusion."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from openmbc.terms import gene_symbol
from openmbc.terms.tables import rows
from openmbc.variants.protein_text import stated
from openmbc.variants.residues import ONE
from openmbc.variants.sequences import gene_of_accession, symbol_of

_ACCESSION = re.compile(
    r"\b(?P<name>[NX][MPRCGT]_\d+(?:\.\d+)?|ENS[TPG]\d+(?:\.\d+)?|LRG_\d+(?:[tp]\d+)?)(?:\((?P<gene>[A-Za-z0-9-]+)\))?\s*:?\s*",
    re.IGNORECASE,
)
_NAME = r"[A-Za-z][A-Za-z0-9]*(?:orf\d+)?"
_PAIR = re.compile(
    rf"(?<![\w.>*])(?P<one>{_NAME}|\?)\s*(?:\([^()]*\)\s*)?(?P<mark>::|-|/)\s*(?P<other>{_NAME}|\?)"
    r"(?:\s*\([^()]*\))?(?![\w>*])"
)
_FUSED = re.compile(r"\bfus(?:ion|ions|ed)\b|\brearrang\w*|\btransloc\w*|::", re.IGNORECASE)
_NAMED_CHANGE = re.compile(r"(?<![A-Za-z0-9])[cp]\.\s*[^\s;,:]+", re.IGNORECASE)
_SPACED = re.compile(r"\S*\d\S*")
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_CHANGE_LIKE = re.compile(rf"{ONE}?\d+.*", re.IGNORECASE)
# Words that are also symbols or aliases of some gene, and mean the word in a text about a change.
_WORDS = frozenset(
    {"MICE", "REST", "SET", "CAT", "IMPACT", "GAIN", "LOSS", "AMP", "DEL", "INS", "DUP", "MUT", "FUSION"}
)


class Pair(msgspec.Struct, frozen=True):
    """Two genes joined: the order is that of the text; ``rest`` is the text without them."""

    one: str
    other: str
    mark: str
    rest: str


@lru_cache(maxsize=65536)
def known_gene(text: str) -> str | None:
    """The HGNC symbol that a whole text names: a symbol in any case, or a common name (HER2, p53)."""
    plain = text.strip()
    if not plain or _WORDS & {plain.upper()}:
        return None
    named = gene_symbol(None, None, plain)
    if named is not None and _names_only(plain, named):
        return named
    return symbol_of(plain) or symbol_of(plain.upper())


def _names_only(text: str, gene: str) -> bool:
    """Whether the text is the name and nothing else: ``HER2/neu``, not ``HER2 amplified``."""
    # The symbol itself names no other: most texts are that alone, and need no table of all genes.
    others = {symbol_of(word) for word in re.split(r"[-/ ]", text.upper()) if word != gene} - {None, gene}
    return not others and (len(text.split()) == 1 or gene_symbol(None, None, text.replace(" ", "")) == gene)


def without_accessions(text: str) -> tuple[str, list[str], str | None]:
    """The text without accessions; they themselves; the gene that stands with or behind them."""
    gene, names = None, []
    for hit in _ACCESSION.finditer(text):
        names.append(hit["name"])
        gene = gene or (known_gene(hit["gene"]) if hit["gene"] else None) or gene_of_accession(hit["name"])
    return _ACCESSION.sub(" ", text).strip(" :"), names, gene


def pair_of(text: str) -> Pair | None:
    """The two genes of a fusion, when the text names two."""
    said = _FUSED.search(text) is not None
    for hit in _PAIR.finditer(text):
        one, other = (_partner(hit[name]) for name in ("one", "other"))
        if one is None or other is None or one == other:
            continue
        certain = hit["mark"] == "::" or said
        if hit["mark"] == "/" and not said:
            continue
        if certain or (one[1] and other[1]):
            return Pair(one[0], other[0], hit["mark"], text[: hit.start()] + " " + text[hit.end() :])
    return None


def _partner(text: str) -> tuple[str, bool] | None:
    """A gene as a partner, and whether it is known; None for what cannot be a gene."""
    if text in {"?", "v"}:
        return "?", True
    gene = known_gene(text)
    if gene is not None:
        return gene, True
    looks_like = len(text) >= 2 and text.upper() == text and _CHANGE_LIKE.fullmatch(text) is None
    return (text, False) if looks_like else None


def fused_gene(pair: Pair, given: str | None) -> tuple[str | None, str]:
    """Which of two genes the fusion is about, and the other.

    The given one, the one that matters when it is fused (NTRK, RET), the only one that the tables list, else none.
    """
    both = (pair.one, pair.other)
    if given in both:
        return given, both[1 - both.index(given)]
    kinases = {row["concept"] for row in rows("hgnc") if row["detail"] == "fusion"}
    listed = {row["concept"] for row in rows("hgnc")}
    for group in (kinases, listed):
        inside = [gene for gene in both if gene in group]
        if len(inside) == 1:
            return inside[0], both[1 - both.index(inside[0])]
        if inside:
            return None, ""
    known = [gene for gene in both if symbol_of(gene) == gene]
    return (known[0], both[1 - both.index(known[0])]) if len(known) == 1 else (None, "")


def split_gene(text: str, given: str | None = None) -> tuple[str | None, str, list[str]]:
    """The gene that a text names, the text without it, and other genes that it names as well.

    Any common name counts anywhere; the symbol of a gene that the tables do not list counts in capitals. A word that
    is a change of residues (``C3*``, ``S100P``) is no gene; one that is only a residue (``C3``) is one where it stands
    first and no gene is ``given``.
    """
    text = re.sub(r"^([A-Za-z0-9-]+)[_:](?=\S)", _separated, text)
    found: list[str] = []
    spans: list[tuple[int, int]] = []
    changes = [hit.span() for hit in _NAMED_CHANGE.finditer(text)]
    for hit in _SPACED.finditer(text):
        if given is not None and known_gene(hit[0]) == given:
            continue
        said = stated(hit[0].strip("()[],;:"))
        named_first = hit.start() == 0 and given is None and hit.end() < len(text)
        if said is not None and not (said.form == "place" and named_first):
            changes.append(hit.span())
    tokens = [hit for hit in _TOKEN.finditer(text) if not any(a <= hit.start() < b for a, b in changes)]
    at = 0
    while at < len(tokens):
        gene, used = _gene_at(text, tokens, at)
        if gene is not None:
            found.append(gene)
            spans.append((tokens[at].start(), tokens[at + used - 1].end()))
        at += used
    rest = text
    for start, end in reversed(spans):
        rest = rest[:start] + " " + rest[end:]
    rest = re.sub(r"\(\s*\)", " ", rest)
    genes = list(dict.fromkeys(found))
    return (genes[0] if genes else None), " ".join(rest.split()).strip(" :,;-_"), genes[1:]


def _separated(hit: re.Match[str]) -> str:
    """A gene before a line or a colon stands apart: ``PIK3CA_H1047R``, but ``Arg2_Gly3del`` is residues."""
    return f"{hit[1]} " if known_gene(hit[1]) is not None and stated(hit[1]) is None else hit[0]


def _gene_at(text: str, tokens: list[re.Match[str]], at: int) -> tuple[str | None, int]:
    """A gene that begins at a token, and how many tokens it takes: ``HER2``, ``HER-2``, ``HER2/neu``, ``ER alpha``."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    beside = following is not None and text[token.end() : following.start()] in {" ", "-", "/"}
    name = token[0]
    if _WORDS & {name.upper()} or text[token.end() : token.end() + 1] == ".":
        return None, 1
    gene = gene_symbol(None, None, name)
    if gene is not None:
        return gene, 2 if following is not None and beside and following[0].lower() == "neu" else 1
    if following is not None and beside:
        gene = gene_symbol(None, None, name + following[0])
        if gene is not None and gene_symbol(None, None, following[0]) is None:
            return gene, 2
    return (symbol_of(name), 1) if name == name.upper() else (None, 1)
