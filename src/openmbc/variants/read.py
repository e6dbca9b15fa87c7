"""A change of a gene from any of its spellings to one normal form, held against the protein.

What is not understood is a sentence in `Change.problems`; nothing is guessed and nothing is set right in silence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from openmbc.variants.change import Change, Kind
from openmbc.variants.coding_text import Edit, edit_of
from openmbc.variants.event_words import adds_nothing, denied, event_of, left_open
from openmbc.variants.gene_text import fused_gene, known_gene, pair_of, split_gene, without_accessions
from openmbc.variants.legacy import intron_name, is_numbered, old_number
from openmbc.variants.of_coding import change_of_edit, contradiction
from openmbc.variants.of_protein import change_of_stated
from openmbc.variants.protein_text import Stated, stated

_LONGEST = 500
# Proteins that are stained: "HER2 positive" is a result of IHC or ISH.
_STAINED = frozenset(
    {"ERBB2", "ESR1", "PGR", "AR", "CD274", "PTEN", "TP53", "RB1", "CDH1", "MLH1", "MSH2", "MSH6", "PMS2"}
)
_CODING = re.compile(r"(?<![A-Za-z0-9])c\.\s*(?P<name>\(?[-*?(]*[\dACGT][^\s;,:\[\]]*)", re.IGNORECASE)
_PROTEIN = re.compile(r"(?<![A-Za-z0-9])p\.\s*(?P<name>[^\s;,:]+)", re.IGNORECASE)
_GENOMIC = re.compile(r"(?<![A-Za-z0-9])(?:g|n|m|r)\.\s*[^\s;,:]*\d[^\s;,:]*", re.IGNORECASE)
_JOIN = (
    (re.compile(r"(?<=[\dACGT])\s*(?:-|=|–)?\s*>\s*(?=[A-Za-z])"), ">"),
    (re.compile(r"(?<=\d)\s+(?=[ACGT]>[ACGT]\b)"), ""),
    (re.compile(r"\bframe-?\s?shift", re.IGNORECASE), "frameshift"),
    (re.compile(r"(?<=[A-Z0-9])ex(?=\d)"), " exon "),
    (re.compile(r"\bc-(?=met\b|myc\b|kit\b)", re.IGNORECASE), ""),
)
# Also hyphens that show at the end of a line alone, and marks without width, as copied from PDF and web pages.
_ONE_KIND = str.maketrans(
    dict(zip("‐‑‒–—−→∗·", "------>*.", strict=True))
    | dict.fromkeys("\u00ad\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff", "")
    | {"\u200b": " "}
)
_IN_EXON = re.compile(r"\bex(?:on)?\.?\s*\d{1,3}\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:and|or|plus)\b|[;&+|]|,", re.IGNORECASE)
_OTHER_RESIDUE = re.compile(r"[A-Z]\d+[A-Z](?:/[A-Z])+", re.IGNORECASE)


def read_change(text: str | None, gene: str | None = None) -> Change:
    """The change that a text names, in its normal form.

    ``gene`` is the gene when it is known apart from the text, by symbol or common name. Never raises: a text that is
    not understood has kind ``unknown``, an empty ``change`` and a sentence in ``problems``.
    """
    tidy = _tidy(text or "")
    given = known_gene(gene) if gene else None
    problems: list[str] = []
    if gene and given is None:
        if _names_fusion(gene, tidy):
            tidy, gene = f"{gene} {tidy}", None
        else:
            problems.append(f"The gene '{gene.strip()}' is not known.")
    if len(tidy) > _LONGEST:
        return _not_told(given, problems, f"A text of {len(tidy)} characters is not the name of one change.")
    plain = _plainly(tidy) if given is not None else None
    found = change_of_stated(plain, given, []) if plain is not None else _read(tidy, given)
    if gene and given is None and found.gene is not None:
        # The column that names the gene was not understood: a gene in the text does not stand in for it.
        found = replace(found, gene=None)
    return replace(found, problems=tuple(dict.fromkeys([*problems, *found.problems])))


def _names_fusion(gene: str, text: str) -> bool:
    """Whether the column of the gene holds two (``ETV6-NTRK3``) and the text says that they are fused, or nothing."""
    event = event_of(text)
    fused = not text or (event is not None and event.kind in {"fusion", "rearrangement"})
    return fused and pair_of(f"{gene} fusion") is not None


def _tidy(text: str) -> str:
    """One kind of dash, bracket and space, and no marks that are not seen; arrows are written as >."""
    text = unicodedata.normalize("NFKC", text).translate(_ONE_KIND)
    for pattern, joined in _JOIN:
        text = pattern.sub(joined, text)
    return " ".join(text.split()).strip(" .,;\"'")


def _unknown(gene: str | None, problems: list[str], *more: str) -> Change:
    return Change(gene=gene, problems=(*problems, *more))


def _not_told(gene: str | None, problems: list[str], *more: str) -> Change:
    """Which change it is was not understood, and nothing speaks against one."""
    return Change(gene, problems=(*problems, *more), untold=(*problems, *more))


def _read(text: str, given: str | None) -> Change:
    if not text:
        return _not_told(given, [], "No change is stated.")
    if (word := denied(text)) is not None:
        gene = given or split_gene(text)[0]
        return _unknown(gene, [], f"'{text}' says '{word}': that nothing was found is not a change.")
    fusion = _fusion(text, given)
    if fusion is not None:
        return fusion
    plain, accessions, by_accession = without_accessions(text)
    named, rest, others = split_gene(plain, given)
    problems: list[str] = []
    gene = given or named or by_accession
    told = {name for name in (given, named, by_accession, *others) if name is not None}
    if len(told) > 1:
        names = ", ".join(sorted(told))
        return _unknown(given, problems, f"'{text}' names more than one gene: {names}.")
    if (word := left_open(rest)) is not None:
        return Change(gene, rest, "unspecified", problems=(f"'{text}' leaves open whether it is there ('{word}').",))
    return _of_rest(rest, gene, accessions, text)


def _plainly(text: str) -> Stated | None:
    """A text that is a change of residues and nothing else: most of what tables hold, and quick to tell."""
    name = text[2:] if text[:2].lower() == "p." else text
    if " " in name or (name == text and is_numbered(_bare(name))):
        return None
    return stated(_bare(name))


def _fusion(text: str, given: str | None) -> Change | None:
    pair = pair_of(text)
    if pair is None:
        return None
    gene, partner = fused_gene(pair, given)
    event = event_of(pair.rest)
    problems: list[str] = []
    if given is not None and given not in (pair.one, pair.other):
        return _unknown(given, [], f"'{text}' is a fusion of {pair.one} and {pair.other}, not of {given}.")
    if gene is None:
        problems.append(f"Which gene the fusion of {pair.one} and {pair.other} is about is not known.")
    if "?" in (pair.one, pair.other):
        gene = gene or next(name for name in (pair.one, pair.other) if name != "?")
        return Change(gene, "fusion", "fusion")
    if "?" in pair.rest:
        problems.append(f"'{text}' leaves open whether it is there ('?').")
    kind: Kind = "rearrangement" if event is not None and event.kind == "rearrangement" else "fusion"
    leftover = pair.rest.strip(" -_:;,()")
    if event is None and leftover and re.search(r"[A-Za-z0-9]", leftover):
        problems.append(f"'{leftover}' in '{text}' was not understood.")
    name = f"{pair.one}::{pair.other} {kind}"
    return Change(gene, name, kind, partner=partner or None, problems=tuple(problems))


def _of_rest(rest: str, gene: str | None, accessions: list[str], text: str) -> Change:
    """What is said of the gene: by bases, by residues, by an old name, or in words."""
    edits, proteins, words, problems = _parts(rest)
    edit = edits[0] if edits else None
    if max(len(proteins), len(edits)) > 1:
        names = " and ".join([*(one.text for one in edits), *dict.fromkeys(name for name, _ in proteins)])
        return _not_told(gene, problems, f"'{text}' names more than one change: {names}.")
    if _OTHER_RESIDUE.search(rest):
        return _not_told(gene, problems, f"'{text}' names more than one change.")
    if proteins:
        change = change_of_stated(proteins[0][1], gene, accessions)
        if edit is not None:
            problems += contradiction(change, edit, gene, accessions)
            change = replace(change, coding=edit.text)
    elif edit is not None:
        change = change_of_edit(edit, gene, accessions)
    else:
        return _of_words(words or rest, gene, accessions, text, problems)
    return replace(change, problems=(*change.problems, *problems, *_beside(words, change, text)))


def _parts(rest: str) -> tuple[list[Edit], list[tuple[str, Stated]], str, list[str]]:
    """The c. parts, the protein parts with their spelling, the words that are left, and what was not understood."""
    problems: list[str] = []
    edits: dict[str, Edit] = {}
    for hit in _CODING.finditer(rest):
        name = _balanced(hit["name"])
        found = edit_of(name)
        if found is None:
            problems.append(f"'c.{name}' was not understood.")
        else:
            edits[found.text] = found
    left = _CODING.sub(lambda hit: _surplus(hit["name"]), rest)
    if _GENOMIC.search(left) is not None:
        problems.append(
            "A position in the genome or in RNA is not read: give the change of the protein or its c. name."
        )
        left = _GENOMIC.sub(" ", left)
    proteins: list[tuple[str, Stated]] = []
    for hit in _PROTEIN.finditer(left):
        name = _bare(hit["name"])
        found_stated = stated(name)
        if found_stated is not None:
            proteins.append((name, found_stated))
        elif name == "=":
            left = f"{left} synonymous"
        elif name not in {"", "?"}:
            problems.append(f"'p.{name}' was not understood.")
    left = _PROTEIN.sub(" ", left)
    words = []
    for token in left.split():
        name = _bare(token)
        found_stated = stated(name) if any(map(str.isdigit, name)) and not is_numbered(name) else None
        if found_stated is not None:
            proteins.append((name, found_stated))
        else:
            words.append(token)
    return list(edits.values()), _distinct(proteins), " ".join(words), problems


def _distinct(proteins: list[tuple[str, Stated]]) -> list[tuple[str, Stated]]:
    """One change said twice in two spellings is one."""
    found: dict[Stated, str] = {}
    for name, said in proteins:
        found.setdefault(said, name)
    return [(name, said) for said, name in found.items()]


def _balanced(name: str) -> str:
    """A c. name without a bracket behind it that was not opened in it."""
    while name.count(")") > name.count("(") and name.endswith(")"):
        name = name[:-1]
    return name.rstrip(".")


def _surplus(name: str) -> str:
    return " " + name[len(_balanced(name)) :] + " "


def _bare(name: str) -> str:
    """A protein change without the brackets of a prediction: ``(His1047Arg)``, ``Arg97Profs*(23)``."""
    return re.sub(r"[()\[\]{}]", "", name).rstrip(".,;:")


def _beside(words: str, change: Change, text: str) -> list[str]:
    """What stands beside a change: a word for its kind is fine, anything else is said."""
    if not re.search(r"[A-Za-z0-9?]", words) or adds_nothing(words):
        return []
    if (origin := re.search(r"\b(?:germline|inherited|constitutional)\b", words, re.IGNORECASE)) is not None:
        return [f"'{text}' also says '{origin[0].lower()}': give that as the origin."]
    event = event_of(words) or event_of(_IN_EXON.sub(" ", words) or "mutation")
    if event is None:
        return [f"'{words.strip(' ()[],;:-')}' in '{text}' was not understood."]
    if event.kind in {"unspecified", "exon"} or event.kind == change.kind:
        said = event.change if event.change.startswith(("benign", "likely benign", "variant of")) else None
        return [f"'{text}' also says '{said}': give that as the significance."] if said else []
    return [f"'{text}' says {event.change}; {change.change} is read as {change.kind.replace('_', ' ')}."]


def _of_words(words: str, gene: str | None, accessions: list[str], text: str, problems: list[str]) -> Change:
    """A legacy name, or an event in words."""
    change = _of_old_name(words, gene, accessions)
    if change is not None:
        return replace(change, problems=(*change.problems, *problems))
    event = event_of(words) if words else None
    if event is not None and gene in _STAINED and re.fullmatch(r"\W*(?:is )?positive\W*", words, re.IGNORECASE):
        told = (
            f"'{text}' may mean a stained protein and not a change of the gene: give it as a receptor or by its test."
        )
        return Change(gene, "positive", "unspecified", problems=(*problems, told))
    if event is not None:
        kind, name = (event.kind, event.change) if "?" not in words else ("unspecified", words)
        doubt = [] if name == event.change else [f"'{text}' leaves open whether it is there ('?')."]
        return Change(gene, name, kind, exon=event.exon, problems=(*problems, *doubt))
    if re.fullmatch(r"(?:p\.)?\(?\?\)?", re.split(r"[ :]", text)[-1]):
        told = "What it does to the protein is not known."
        return Change(gene, "?", "unspecified", problems=(*problems, told), untold=(told,))
    if gene is not None and not words:
        return _not_told(gene, problems, f"'{text}' names a gene and no change.")
    as_one = " as one change" if len(_SEVERAL.split(words)) > 1 else ""
    return _not_told(gene, problems, f"'{text}' was not understood{as_one}.")


def _of_old_name(words: str, gene: str | None, accessions: list[str]) -> Change | None:
    """A change by its intron, or by a number of bases without ``c.``; None for other texts."""
    intron = intron_name(words)
    if intron is not None:
        name, beside = intron
        more = () if beside else (f"{name} lies deeper in the intron than two bases: what it does is not told.",)
        return Change(gene, name, "splice" if beside else "unspecified", problems=more, untold=more)
    old = old_number(_bare(words), gene)
    if old is None:
        return None
    edit, why_not = old
    return change_of_edit(edit, gene, accessions) if edit is not None else _unknown(gene, [], why_not or "")
