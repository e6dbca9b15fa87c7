"""A DPYD or UGT1A1 result and what it does: its alleles, phenotype, and the rules of drugs that ask for it.

The rules are those of the drugs in the knowledge: there is no second list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria import Node, Program, parse
from openmbc.criteria.kleene import FALSE, TRUE
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Rule
from openmbc.report.basics import Source
from openmbc.report.citing import source
from openmbc.state.build import dtype
from openmbc.variants import pharmacogenes as genes

Kind = Literal["contraindication", "caution", "adjustment"]


class AlleleFound(msgspec.Struct, frozen=True, kw_only=True):
    """One allele: star or coding name, what it leaves of the enzyme's work, and where that stands.

    ``activity``: 0, 0.5 or 1 of DPYD; None for UGT1A1, of which CPIC gives functions only.
    """

    name: str
    rsid: str | None
    coding: str | None
    activity: float | None
    function: str
    source: list[str]


class DrugEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What a drug's entry says of people with the result.

    ``certain``: false where the result leaves more than one value, or the rule also asks for something else.
    """

    drug: str
    kind: Kind
    text: str
    certain: bool
    source: Source


class Pharmacogene(msgspec.Struct, frozen=True, kw_only=True):
    """One result; the fields are those of ``openmbc variant --gene DPYD --diplotype ... --json``.

    ``diplotype``: both copies in one spelling, "" when not understood. ``activity_score``: DPYD alone. ``marker``: the
    feature of the state that it sets, to ``value``; None while it is open between the values ``could_be``. ``does``:
    rules of drugs, none where nothing was understood. ``notes``: what was taken for granted. ``problems``: what was
    not understood.
    """

    gene: str
    reported: str
    diplotype: str
    alleles: list[AlleleFound]
    activity_score: float | None
    phenotype: str | None
    marker: str
    value: str | None
    could_be: list[str]
    does: list[DrugEffect]
    notes: list[str]
    problems: list[str]


def pharmacogene(gene: str, diplotype: str, knowledge: Knowledge) -> Pharmacogene:
    """A result as written, of one of `genes.GENES`, and what it does. Never raises for a text."""
    return explained(genes.read_genotype(gene, diplotype), knowledge)


def explained(read: genes.Genotype, knowledge: Knowledge) -> Pharmacogene:
    """A genotype, read from a text or from the calls of a file, and what it does."""
    return Pharmacogene(
        gene=read.gene,
        reported=read.reported,
        diplotype=read.diplotype,
        alleles=[_allele(a) for a in read.alleles],
        activity_score=read.activity_score,
        phenotype=read.phenotype,
        marker=read.marker,
        value=read.value,
        could_be=list(read.could_be),
        does=_does(read.marker, read.could_be, knowledge) if read.diplotype else [],
        notes=list(read.notes),
        problems=list(read.problems),
    )


def _allele(allele: genes.Allele) -> AlleleFound:
    documents = genes.sources()
    return AlleleFound(
        name=allele.name,
        rsid=allele.rsids[0] if allele.rsids else None,
        coding=allele.coding or None,
        activity=allele.activity,
        function=allele.function,
        source=[documents[word] for word in allele.source.split()],
    )


def _does(marker: str, could_be: Sequence[str], knowledge: Knowledge) -> list[DrugEffect]:
    """The rules that ask for the marker and that a possible value meets, or may meet."""
    asking = [(drug, kind, rule, node) for drug, kind, rule, node in _rules(knowledge) if _asks(node, marker)]
    program = Program([node for *_, node in asking])
    features = sorted({marker, *program.features})
    states = pl.DataFrame([
        pl.Series(name, could_be if name == marker else [None] * len(could_be), dtype(by_name()[name]))
        for name in features
    ])  # fmt: skip
    truth = program.run(states)
    found = []
    for drug, kind, rule, node in asking:
        row = truth[program.at(node)].tolist()
        if set(row) != {FALSE}:
            place = source(rule.source, rule.where, knowledge, rule.unconfirmed)
            certain = set(row) == {TRUE}
            found.append(DrugEffect(drug=drug, kind=kind, text=rule.text, certain=certain, source=place))
    return found


def _rules(knowledge: Knowledge) -> Iterator[tuple[str, Kind, Rule, Node]]:
    """Every rule of every drug with its condition."""
    for drug in knowledge.drugs.values():
        kinds: list[tuple[Kind, Sequence[Rule]]] = [
            ("contraindication", drug.contraindications),
            ("caution", drug.cautions),
            ("adjustment", drug.adjust),
        ]
        for kind, rules in kinds:
            for rule in rules:
                yield drug.name, kind, rule, parse(rule.when)


def _asks(node: Node, marker: str) -> bool:
    return marker in Program([node]).features
