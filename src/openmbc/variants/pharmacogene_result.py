"""Two copies of DPYD or UGT1A1: what they add up to.

The rule is CPIC's (source words of the tables: ``pharmcat``, ``cpic_dpyd``): of changes on one copy the worst counts;
the two copies are added; where it is not known which copy a change lies on, the two worst are taken to lie on different
copies. An allele that the tables do not know could work fully or not at all: then only what every case has in common is
said, and the value stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import msgspec

from openmbc.variants.pharmacogene_tables import (
    MARKERS,
    REFERENCE,
    UNKNOWN,
    Allele,
    alleles,
    levels,
    phenotype,
    values,
)

Copy = tuple[str, ...]  # the alleles of one copy
PROXY = (
    "Decreased function is inferred from c.1236G>A, which travels with c.1129-5923C>G; rarely it is there alone. CPIC "
    "(2024) asks to test c.1129-5923C>G itself."
)


class Genotype(msgspec.Struct, frozen=True):
    """What was read. Nothing raises: what is not understood stands in ``problems`` and leaves the value open.

    ``reported``: as given. ``diplotype``: the two copies in one spelling ("*1/*2A"), "" when not understood.
    ``alleles``: those of the tables in it. ``sums``: every sum of both copies that could be, lowest first (of DPYD the
    activity score; of UGT1A1 the copies that work fully).
    ``value``: of the state's feature ``marker``, None while it is open; ``could_be``: the values that it could have.
    ``phenotype``: the same in words, None while open. ``seen``, ``missing``: alleles whose place was looked at, or was
    not, where the input says so. ``notes``: what was taken for granted on the way.
    """

    gene: str
    reported: str
    diplotype: str = ""
    alleles: tuple[Allele, ...] = ()
    sums: tuple[float, ...] = ()
    value: str | None = None
    could_be: tuple[str, ...] = ()
    phenotype: str | None = None
    seen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        """The feature of the state that it sets."""
        return MARKERS[self.gene]

    @property
    def activity_score(self) -> float | None:
        """DPYD: the activity score where it is one number; None for UGT1A1, which has no score (CPIC)."""
        return self.sums[0] if self.gene == "DPYD" and len(self.sums) == 1 else None


def not_understood(gene: str, reported: str, problems: Iterable[str], notes: Iterable[str] = ()) -> Genotype:
    """Nothing is known: every value could be."""
    said = tuple(dict.fromkeys(problems))
    return Genotype(gene, reported, could_be=values(gene), notes=tuple(dict.fromkeys(notes)), problems=said)


def from_copies(
    gene: str,
    reported: str,
    copies: Sequence[Copy],
    notes: Iterable[str] = (),
    problems: Iterable[str] = (),
    seen: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> Genotype:
    """What copies add up to. More than two: each change by itself, on a copy that is not known; the two worst count."""
    ranked = sorted(copies, key=lambda copy: _rank(gene, copy))
    counted, rest = ranked[:2], ranked[2:]
    each = [_works(gene, copy) for copy in ranked]
    sums = tuple(sorted({sum(sorted(case)[:2]) for case in product(*each)}))
    found = {p.value: p for p in (phenotype(gene, total) for total in sums)}
    one = next(iter(found.values())) if len(found) == 1 else None
    notes = [*notes, *_beyond(gene, rest)]
    table = alleles(gene)
    return Genotype(
        gene,
        reported,
        diplotype="/".join(_written(gene, copy) for copy in sorted(counted, key=lambda copy: _order(gene, copy))),
        alleles=tuple(a for a in table.values() if any(a.name in copy for copy in copies)),
        sums=sums,
        value=one.value if one else None,
        could_be=tuple(v for v in values(gene) if v in found),
        phenotype=one.phenotype if one else None,
        seen=seen,
        missing=missing,
        notes=tuple(dict.fromkeys(notes)),
        problems=tuple(dict.fromkeys(problems)),
    )


def _works(gene: str, copy: Copy) -> tuple[float, ...]:
    """How much one copy works: the worst of its changes, in every case that could be."""
    table = alleles(gene)
    each = [table[name].works if name in table else levels(gene) for name in copy]
    return tuple(sorted({min(case) for case in product(*each)}))


def _rank(gene: str, copy: Copy) -> tuple[float, float, list[int]]:
    """The worst copy first; of two that could be equally bad, the one that is known."""
    works = _works(gene, copy)
    return works[0], works[-1], _order(gene, copy)


def _order(gene: str, copy: Copy) -> list[int]:
    """The reference first, then as in the table, what is unknown last."""
    table = list(alleles(gene))
    return sorted(table.index(name) if name in table else len(table) for name in copy)


def _written(gene: str, copy: Copy) -> str:
    return "+".join(sorted(copy, key=lambda name: _order(gene, (name,))))


def _beyond(gene: str, rest: Sequence[Copy]) -> list[str]:
    if not rest or all(copy == (REFERENCE,) for copy in rest):
        return []
    more = ", ".join(_written(gene, copy) for copy in rest)
    return [f"Not counted, because the two worst changes count: {more}."]


def from_counts(
    gene: str,
    reported: str,
    counts: Mapping[str, int | None],
    others: str,
    notes: Iterable[str] = (),
    problems: Iterable[str] = (),
    seen: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> Genotype:
    """The same from how many copies carry each allele: 0, 1, 2, or None where it is there and nobody says on how many.

    ``others``: what a copy is on which nothing was found: the reference, or unknown where not everything was looked at.
    """
    counts, said = _one_place(gene, counts)
    notes = [*notes, *said]
    copies: list[Copy] = [(name,) for name, n in counts.items() for _ in range(1 if n is None else n)]
    if len(copies) > 1 and len(set(copies)) > 1:
        notes.append("Which copy a change lies on is not known: the two worst are taken to lie on different copies.")
    if any(n is None for n in counts.values()):
        others = UNKNOWN
    if len(copies) == 1 and others == REFERENCE:
        notes.append("The other copy is taken as *1: the result names nothing else.")
    copies += [(others,)] * (2 - len(copies))
    return from_copies(gene, reported, copies, notes, problems, seen, missing)


def _one_place(gene: str, counts: Mapping[str, int | None]) -> tuple[dict[str, int | None], list[str]]:
    """Two alleles that are one finding, taken together: HapB3 and its two changes, UGT1A1*80 and the repeat."""
    found = {name: n for name, n in counts.items() if n != 0}
    notes = []
    cause, tag = "c.1129-5923C>G", "HapB3"
    if cause in found and tag in found:  # the haplotype: both of its changes
        if found[cause] == found[tag]:
            del found[cause]
        else:
            del found[tag]
            notes.append(
                "c.1236G>A and c.1129-5923C>G differ: c.1129-5923C>G counts, which is likely the cause (CPIC)."
            )
    elif tag in found and counts.get(cause) == 0:
        del found[tag]
        notes.append("c.1236G>A without c.1129-5923C>G: the change that is likely the cause is not there (CPIC, 2024).")
    elif tag in found and cause not in counts:
        notes.append(PROXY)
    repeats = sum(found.get(name) or 0 for name in ("*28", "*37"))
    alone = found.get("*80") or 0
    if gene == "UGT1A1" and alone and repeats >= alone:
        del found["*80"]  # it travels with *28 and *37 and adds nothing to them
    elif gene == "UGT1A1" and alone and not repeats and not {"*28", "*36", "*37"} & set(counts):
        found = {"*28" if name == "*80" else name: n for name, n in found.items()}
        notes.append("Only rs887829 (*80) was looked at: it travels with *28 and *37, and CPIC allows to infer them.")
    return found, notes
