"""DPYD and UGT1A1 from the calls of a sequencing file: what its genotypes at the known places make.

Only calls of normal tissue tell what a person inherited: a tumour may have lost a copy. A place that no call of the
file covers is never taken as the reference; where a usual variant (`pharmacogene_tables.panel`) was not covered, a copy
on which nothing was found is unknown. Whether two changes lie on one copy is not read from the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from openmbc.variants.pharmacogene_result import Genotype, from_counts
from openmbc.variants.pharmacogene_tables import (
    CHROMOSOMES,
    GENES,
    REFERENCE,
    UNKNOWN,
    Allele,
    Place,
    alleles,
    not_looked_at,
)

_BUILDS = {"grch37": "GRCh37", "hg19": "GRCh37", "b37": "GRCh37", "grch38": "GRCh38", "hg38": "GRCh38"}
_REPEAT = "The length of the promoter repeat is read from sequencing, which may miscount it."


class Call(NamedTuple):
    """One line of a file: ``alt`` may hold several, with commas; "." or a symbolic one for a reference call.

    ``genotype`` as in GT ("0/1", "1|1", "./."); ``build`` the name of the reference ("GRCh37", "hg38").
    """

    chrom: str
    pos: int
    ref: str
    alt: str
    genotype: str
    build: str


class _Seen(msgspec.Struct):
    """What the calls say of one gene: how many copies carry each allele, by the allele, and what went wrong."""

    counts: dict[str, int | None] = msgspec.field(default_factory=dict)
    strange: int = 0
    unread: bool = False  # a call of which nothing can be said
    problems: list[str] = msgspec.field(default_factory=list)

    def lost(self, problem: str) -> None:
        """Note a call that could not be read."""
        self.unread = True
        self.problems.append(problem)


def genotypes(calls: Iterable[Call | tuple[str, int, str, str, str, str]]) -> tuple[Genotype, ...]:
    """What the calls of one person make, for each gene with a call at one of its known places. Never raises."""
    seen: dict[str, _Seen] = {}
    for row in calls:
        call = Call(*row)
        gene, build = _gene(call.chrom), _BUILDS.get(call.build.lower().split(".")[0])
        if gene is None:
            continue
        if build is None:
            seen.setdefault(gene, _Seen()).lost(f"The reference build {call.build} is not known.")
            continue
        found = [a for a in alleles(gene).values() if (p := a.place(build)) is not None and _near(p, call)]
        if found:
            _take(call, build, found, seen.setdefault(gene, _Seen()))
    return tuple(_genotype(gene, seen[gene]) for gene in GENES if gene in seen)


@cache
def places(build: str) -> dict[str, frozenset[int]]:
    """Chromosome ("1", "2") -> every position at which a call matters, for a reader that looks for them."""
    name, found = _BUILDS.get(build.lower().split(".")[0]), {}
    for gene in GENES:
        here = [p for a in alleles(gene).values() if name and (p := a.place(name)) is not None]
        found[CHROMOSOMES[gene][0]] = frozenset(n for p in here for n in range(p.position, p.position + p.span + 1))
    return found


def _gene(chrom: str) -> str | None:
    plain = chrom.lower().removeprefix("chr")
    for gene, (number, accession) in CHROMOSOMES.items():
        if plain == number or plain.split(".")[0] == accession.lower():
            return gene
    return None


def _near(place: Place, call: Call) -> bool:
    """Does the call cover the place, or lie where a change of its repeat may be written?"""
    first, last = call.pos, call.pos + max(len(call.ref), 1) - 1
    return first <= place.position <= last or place.position <= first <= place.position + place.span


def _take(call: Call, build: str, found: Sequence[Allele], seen: _Seen) -> None:
    """Count the alleles that a call carries at each place that it covers."""
    written = [call.ref, *([] if call.alt in ("", ".") else call.alt.split(","))]
    called = _called(call, written, seen)
    if called is None:
        return
    by_place: dict[Place, list[Allele]] = {}
    for allele in found:
        place = allele.place(build)
        assert place is not None
        key = Place(place.position, "", "", place.span)
        by_place.setdefault(key, []).append(allele)
    for where, here in by_place.items():
        carried = [_carried(call, word, where, here, build) for word in called]
        if "" in carried:
            continue  # the call says nothing of this place
        if None in carried:
            seen.problems.append(f"{_said(call)} is none of the known changes of this place.")
        seen.strange += carried.count(None)
        _add(here, carried, call, seen)


def _called(call: Call, written: list[str], seen: _Seen) -> list[str] | None:
    """The two alleles of a call as written; None where it calls none, or not two."""
    numbers = call.genotype.split(":")[0].replace("|", "/").split("/")
    if "." in numbers:
        return None
    if len(numbers) != 2 or not all(n.isdigit() and int(n) < len(written) for n in numbers):
        seen.lost(f"{_said(call)}: {call.genotype} is not a genotype of two copies.")
        return None
    return [written[int(n)].upper() for n in numbers]


def _carried(call: Call, word: str, where: Place, here: Sequence[Allele], build: str) -> str | None:
    """What one written allele carries at a place: an allele, `REFERENCE`, None for another base; "" for no answer."""
    ref = call.ref.upper()
    places_here = {a.name: p for a in here if (p := a.place(build)) is not None}
    if where.span:
        return _repeat(call, word, ref, where, places_here)
    at = where.position - call.pos
    if len(word) != len(ref) and at > 0:
        return ""  # a longer or shorter piece: which of its bases stands here is not said
    base = word[at : at + 1]
    expected = next(iter(places_here.values())).ref
    if ref[at : at + 1] != expected or base not in "ACGT" or not base:
        return None
    named = next((name for name, p in places_here.items() if p.alt == base), None)
    if named is not None:
        return named
    # Where the reference genome carries the allele of the table (DPYD*9A in GRCh37), the other base is the usual one.
    turned = any(p.ref == p.alt for p in places_here.values())
    return REFERENCE if base == expected or turned else None


def _repeat(call: Call, word: str, ref: str, where: Place, places_here: dict[str, Place]) -> str | None:
    """The same where the place is a row of repeated bases, which may be written at any of them."""
    changed = len(word) - len(ref)
    if changed == 0:
        moved = any(len(alt) != len(ref) for alt in call.alt.split(",") if alt.isalpha())
        return REFERENCE if word == ref and (moved or call.pos == where.position) else ""
    longer, shorter = (word, ref) if changed > 0 else (ref, word)
    unit = max((p.ref[1:] or p.alt[1:] for p in places_here.values()), key=len)
    extra = longer[1 : 1 + abs(changed)]
    if longer[:1] != shorter[:1] or extra not in unit * 3 or not longer.endswith(shorter[1:]):
        return None
    return next((n for n, p in places_here.items() if len(p.alt) - len(p.ref) == changed), None)


def _add(here: Sequence[Allele], carried: Sequence[str | None], call: Call, seen: _Seen) -> None:
    for allele in here:
        count = carried.count(allele.name)
        earlier = seen.counts.get(allele.name)
        if earlier and count and earlier != count:
            seen.problems.append(f"{_said(call)}: {allele.name} was called on {earlier} and on {count} copies.")
            seen.counts[allele.name] = None
        elif allele.name not in seen.counts or count:
            seen.counts[allele.name] = count


def _said(call: Call) -> str:
    return f"{call.chrom}:{call.pos} {call.ref}>{call.alt}"


def _genotype(gene: str, seen: _Seen) -> Genotype:
    table = alleles(gene)
    covered = tuple(name for name in table if name in seen.counts)
    missing = tuple(name for name, a in table.items() if a.places and name not in seen.counts)
    open_ = not_looked_at(gene, covered)
    notes = [f"Read from the calls of a file at {len(covered)} of {len(covered) + len(missing)} known changes."]
    if open_:
        notes.append(f"Not covered by a call, and never taken as absent: {', '.join(open_)}.")
    if "*28" in covered:
        notes.append(_REPEAT)
    # A call that could not be read may have said anything of both copies, also of those that another call speaks of.
    strange = 2 if seen.unread else min(seen.strange, 2)
    counts = dict(seen.counts) | ({UNKNOWN: strange} if strange else {})
    others = UNKNOWN if open_ else REFERENCE
    said = f"{gene}, calls at {len(covered)} known changes"
    return from_counts(gene, said, counts, others, notes, seen.problems, covered, missing)
