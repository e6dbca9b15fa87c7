"""A DPYD or UGT1A1 result in words to two copies: "*1/*2A", "c.1905+1G>A (het)", "rs3918290 C/T", "TA6/TA7".

A text is clauses (``;``), a clause is statements (``,``), a statement is a diplotype (``/``) or what was found of an
allele. Whatever is not understood makes the whole result unknown and stands in its problems: half of a text may say the
opposite of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from openmbc.variants.pharmacogene_result import Copy, Genotype, from_copies, from_counts, not_understood
from openmbc.variants.pharmacogene_scan import Mark, marks
from openmbc.variants.pharmacogene_tables import (
    REFERENCE,
    UNKNOWN,
    alleles,
    names,
    not_looked_at,
    phenotypes,
    spelled,
    values,
)

_COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}
_NAMED = ("allele", "coding", "star", "rsid", "hapb3", "place", "reference", "unknown")
_WORDS = {"extensive": "normal", "em": "normal", "nm": "normal", "im": "intermediate", "pm": "poor"}
# A statement with one of these says itself what was found.
_OWN = frozenset({"clear", "het", "hom", "pair", "there"})
_HOW_MANY = "{}: on one copy or on both is not said."
_NOT_ALL = "Absence counts as normal only where the usual variants were looked at; not named here: {}."
_NOT_SAID = "Which variants were looked for is not said; *1 means that none of those was found."
_ONLY_THESE = "*1 means that none of the variants that were looked for was found; others are possible."


class _Element(msgspec.Struct):
    """One allele of a statement: its name, the words for it, and on how many copies it is (None: not said)."""

    name: str
    said: str
    coding: str = ""
    count: int | None = None


class _Found(msgspec.Struct):
    """What a text says, gathered."""

    gene: str
    diplotypes: list[tuple[Copy, Copy]] = msgspec.field(default_factory=list)
    counts: dict[str, int | None] = msgspec.field(default_factory=dict)
    tested: list[str] = msgspec.field(default_factory=list)
    nothing: bool = False
    notes: list[str] = msgspec.field(default_factory=list)
    strange: list[str] = msgspec.field(default_factory=list)
    problems: list[str] = msgspec.field(default_factory=list)
    stated: list[str] = msgspec.field(default_factory=list)
    scores: list[float] = msgspec.field(default_factory=list)


def read_genotype(gene: str, text: str) -> Genotype:
    """What a written result says of ``gene`` (DPYD or UGT1A1). Never raises; see `Genotype`."""
    found = _Found(gene)
    said = marks(gene, text)
    _take_stated(said, found)
    found.problems += [f'"{m.text}" is not understood.' for m in said if m.kind == "other"]
    for clause in _split(said, ("end",)):
        _clause([_sides(part) for part in _split(clause, ("and",))], found)
    if found.problems:
        return not_understood(gene, text, [*found.problems, *found.strange], found.notes)
    read = _assembled(text, found)
    return _checked(replace(read, problems=tuple(dict.fromkeys([*read.problems, *found.strange]))), found)


def _take_stated(said: Iterable[Mark], found: _Found) -> None:
    """The phenotype and the score that a text states beside the alleles: compared later."""
    for mark in said:
        if mark.kind == "phenotype":
            word = mark.text.lower().split()[0]
            found.stated.append(_WORDS.get(word, word))
        elif mark.kind == "score":
            number = "".join(c for c in mark.text.replace(",", ".") if c.isdigit() or c == ".")
            found.scores.append(float(number))


def _split(said: Sequence[Mark], kinds: tuple[str, ...]) -> list[list[Mark]]:
    """The parts of a text between marks that stand outside brackets."""
    parts: list[list[Mark]] = [[]]
    for mark in said:
        if mark.kind in kinds and mark.depth == 0:
            parts.append([])
        elif mark.kind not in kinds:
            parts[-1].append(mark)
    return [part for part in parts if part]


def _sides(part: list[Mark]) -> list[list[Mark]]:
    return _split([m for m in part if m.kind not in ("phenotype", "score", "other")], ("slash",))


def _clause(statements: list[list[list[Mark]]], found: _Found) -> None:
    """Statements that share their last word: "*2A, *13 and HapB3 not detected"."""
    statements = [s for s in statements if s]
    kinds = [{m.kind for side in s for m in side} for s in statements]
    if any("tested" in seen for seen in kinds) and not any("clear" in seen for seen in kinds):
        sides = [side for s in statements for side in s]
        found.tested += [e.name for side in sides for e in _elements(side, True, found)]
        return
    shared: str | None = None
    for word in ("clear", "het", "hom"):
        having = [n for n, seen in enumerate(kinds) if word in seen]
        if len(having) == 1 and (having[0] == len(statements) - 1 or (word == "clear" and having[0] == 0)):
            shared = word
            break
    for sides, seen in zip(statements, kinds, strict=True):
        _statement(sides, shared if not seen & _OWN else None, found)


def _statement(sides: list[list[Mark]], shared: str | None, found: _Found) -> None:
    if len(sides) > 2:
        found.problems.append("More than two copies are named.")
        return
    clear = shared == "clear" or any(m.kind == "clear" for side in sides for m in side)
    read = [_elements(side, clear, found) for side in sides]
    if len(sides) == 2:
        _diplotype(sides, read, clear, found)
        return
    elements, kinds = read[0], {m.kind for m in sides[0]} | {shared}
    if not elements:
        found.nothing |= clear
        if not clear and kinds & {"het", "hom", "pair", "change"}:
            found.problems.append("A word for one or two copies names no allele.")
        return
    if [e.name for e in elements] == [REFERENCE]:
        found.nothing = True
        return
    together = len(elements) > 1 and not clear and not kinds & {"het", "hom", "pair"}
    if together:  # on one copy or on two: either way the other copy could be anything
        found.diplotypes.append((tuple(e.name for e in elements), (UNKNOWN,)))
        return
    for element in elements:
        usual = clear or (element.count == 0 and "reference" in kinds)  # "homozygous wild type"
        count = 0 if usual else 2 if "hom" in kinds else 1 if "het" in kinds else element.count
        _count(element, count, found)


def _count(element: _Element, count: int | None, found: _Found) -> None:
    """Note on how many copies an allele is; that it contradicts an earlier statement is a problem."""
    if element.name == REFERENCE:
        found.nothing = True
        return
    if element.count is not None and count is not None and element.count != count:
        found.problems.append(f"{element.said}: the bases and the word for one or two copies contradict each other.")
    earlier = found.counts.get(element.name, count)
    if earlier != count and None not in (earlier, count):
        found.problems.append(f"{element.said} is given on {earlier} and on {count} copies.")
    found.counts[element.name] = count if earlier is None else earlier


def _diplotype(sides: list[list[Mark]], read: list[list[_Element]], clear: bool, found: _Found) -> None:
    copies = [tuple(e.name for e in side) for side in read]
    kinds = {m.kind for side in sides for m in side}
    same = sorted(copies[0]) == sorted(copies[1])
    if clear or "pair" in kinds or not all(copies) or any(e.count is not None for side in read for e in side):
        found.problems.append("What stands on both sides of the slash is not two copies.")
    elif ("hom" in kinds and not same) or ("het" in kinds and same):
        found.problems.append("The two copies and the word for one or two copies contradict each other.")
    else:
        found.diplotypes.append((copies[0], copies[1]))


def _elements(side: list[Mark], clear: bool, found: _Found) -> list[_Element]:
    """The alleles of one side of a slash. Two names without ``+`` between them must be names of one allele."""
    elements: list[_Element] = []
    joined = True
    for mark in side:
        if mark.kind in _NAMED:
            if mark.kind == "reference" and elements and not joined:
                elements[-1].count = 0  # "c.1905+1G>A wild type"
                continue
            element = _element(found, mark)
            if element is None:
                continue
            if joined or clear:
                elements.append(element)
            elif not _same(elements[-1], element):
                found.problems.append(f"{elements[-1].said} and {element.said} are not the same allele.")
            joined = False
        elif mark.kind == "plus":
            joined = True
        elif mark.kind in ("pair", "change"):
            _bases(mark, elements, found)
        elif mark.kind == "two_counts":
            found.problems.append(
                f"{mark.text} may count the repeats in two ways: (TA)7 is *28, TA[7] of HGVS is *1. Name the allele."
            )
    return elements


def _element(found: _Found, mark: Mark) -> _Element | None:
    """The allele that a mark names; unknown where the tables have none; None where it names a place only."""
    table = alleles(found.gene)
    text = mark.text
    if mark.kind == "reference":
        return _Element(REFERENCE, text)
    if mark.kind == "unknown":
        return _Element(UNKNOWN, text)
    if mark.kind == "rsid" and any(text.lower() in a.rsids and len(a.rsids) > 1 for a in table.values()):
        return None  # a place with several alleles: what was found there follows
    if mark.kind == "place":
        here = [a for a in table.values() if a.coding and spelled(a.coding)[:-3] == spelled(text)]
        return _Element(here[0].name, text, here[0].coding) if len(here) == 1 else _Element(UNKNOWN, text)
    known = names(found.gene)
    name = known.get("hapb3" if mark.kind == "hapb3" else spelled(text)) or _repeats(found.gene, text)
    if name is None:
        found.strange.append(f"{text} is not in the table of alleles: what it does is not known.")
        return _Element(UNKNOWN, text)
    return _Element(name, text, table[name].coding if mark.kind == "coding" else "")


def _repeats(gene: str, text: str) -> str | None:
    """The allele of "7 TA repeats" or "7TA"."""
    count = "".join(c for c in text if c.isdigit())
    return names(gene).get(f"ta{count}") if "ta" in text.lower() else None


def _same(one: _Element, other: _Element) -> bool:
    if {one.name, other.name} == {"HapB3", "c.1129-5923C>G"}:
        one.name = "HapB3"
        return True
    # A second name that the tables do not have takes nothing away from the first.
    return UNKNOWN in (other.name,) or one.name == other.name


def _bases(mark: Mark, elements: list[_Element], found: _Found) -> None:
    """Two bases at the place of an allele, on either strand, as a number of copies."""
    if not elements or elements[-1].name in (REFERENCE, UNKNOWN):
        found.problems.append(f'"{mark.text}" belongs to no place that is known.')
        return
    element, letters = elements[-1], [c for c in mark.text if c in "ACGT01"]
    if mark.kind == "change":
        if _counts_of(found.gene, element, letters) != {1}:
            found.problems.append(f"{element.said} is not the change {mark.text}.")
        return
    counts = (
        {sum(c == "1" for c in letters)} if set(letters) <= {"0", "1"} else _counts_of(found.gene, element, letters)
    )
    if len(counts) != 1:
        why = "do not fit its bases" if not counts else "mean different things on the two strands of the DNA"
        found.problems.append(f"{element.said}: the bases {mark.text} {why}.")
        return
    element.count = counts.pop()


def _counts_of(gene: str, element: _Element, letters: Sequence[str]) -> set[int]:
    """How many of two bases are the changed one: read on the strand of the coding name, or on both for an rs number."""
    place = alleles(gene)[element.name].place("GRCh38")
    if place is None or not len(place.ref) == len(place.alt) == 1:
        return set()
    strands = [(place.ref, place.alt), (_COMPLEMENT[place.ref], _COMPLEMENT[place.alt])]
    own = [(element.coding[-3], element.coding[-1])] if element.coding else []
    strands = [s for s in own if set(letters) <= set(s)] or strands
    return {sum(c == alt for c in letters) for ref, alt in strands if set(letters) <= {ref, alt}}


def _assembled(text: str, found: _Found) -> Genotype:
    gene = found.gene
    if found.diplotypes:
        return _from_diplotype(text, found)
    if not found.counts and not found.nothing:
        return not_understood(gene, text, [f"No allele of {gene} is named."], found.notes)
    if found.nothing or any(found.counts.values()):
        found.counts = {**dict.fromkeys(found.tested, 0), **found.counts}
    looked_at = tuple(found.counts)
    found.notes += [_HOW_MANY.format(name) for name, n in found.counts.items() if n is None and name != UNKNOWN]
    if sum(n is None for n in found.counts.values()) > 1:
        return not_understood(gene, text, ["Several alleles are named, but not which of them were found."], found.notes)
    if any(n != 0 for n in found.counts.values()):
        return from_counts(gene, text, found.counts, REFERENCE, found.notes, seen=looked_at)
    missing = not_looked_at(gene, looked_at)
    if looked_at and missing:
        notes = [*found.notes, _NOT_ALL.format(", ".join(missing))]
        return from_copies(gene, text, [(UNKNOWN,), (UNKNOWN,)], notes, seen=looked_at, missing=missing)
    note = _ONLY_THESE if looked_at else _NOT_SAID
    return from_copies(gene, text, [(REFERENCE,), (REFERENCE,)], [*found.notes, note], seen=looked_at)


def _from_diplotype(text: str, found: _Found) -> Genotype:
    """Two copies, checked against what else is said of single alleles."""
    gene, copies = found.gene, found.diplotypes[0]
    if any(sorted(other) != sorted(copies) for other in found.diplotypes[1:]):
        return not_understood(gene, text, ["Two different diplotypes are named."], found.notes)
    for name, count in found.counts.items():
        there = sum(name in copy for copy in copies)
        if (count is None and not there) or (count is not None and count != there):
            return not_understood(gene, text, [f"What is said of {name} does not fit the diplotype."], found.notes)
    known = [*found.notes]
    if any(copy == (REFERENCE,) for copy in copies):
        known.append(_ONLY_THESE)
    return from_copies(gene, text, copies, known)


def _checked(read: Genotype, found: _Found) -> Genotype:
    """A phenotype or score stated beside the alleles must fit them; otherwise nothing is known."""
    named = {p.phenotype.split()[0]: p.value for p in phenotypes(found.gene)}
    wrong = [f"Stated: {word} metaboliser; the alleles make another." for word in found.stated
             if named[word] not in read.could_be]  # fmt: skip
    if found.gene == "DPYD":
        wrong += [f"Stated: activity score {s:g}; the alleles make another." for s in found.scores
                  if s not in read.sums]  # fmt: skip
    if not wrong or not read.diplotype:
        return read
    return replace(read, value=None, phenotype=None, could_be=values(found.gene), problems=(*read.problems, *wrong))
