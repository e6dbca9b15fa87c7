"""What one change of a gene means in breast cancer: its normal form, how harmful it is, what it opens and closes.

For a change without a person. Which treatment somebody has is for the report, which knows the rest of the record.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from openmbc.catalogue import DRUGS
from openmbc.knowledge import Knowledge
from openmbc.knowledge.biomarker import Biomarker, Effect, Grading
from openmbc.terms import classes_of
from openmbc.terms.tables import words
from openmbc.variants import Change, Meaning, Oncogenicity, meaning, read_change
from openmbc.variants.pharmacogenes import GENES

TUMOUR = "breast"

# What the kind of a change does to the protein or the gene, in the words of sequencing reports.
CONSEQUENCES = {
    "substitution": "missense",
    "deletion": "inframe_deletion",
    "insertion": "inframe_insertion",
    "duplication": "inframe_duplication",
    "delins": "inframe_indel",
    "copy_gain": "copy_number_gain",
}
# Effects that are seen in few people, afterwards, or in cells open nothing and are not listed.
_LISTED = frozenset({"label", "guideline", "trial"})
_TIERS = ("I", "II", "III", "IV", "V", "X")


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One change and what it means; the fields are those of ``openmbc variant --json``.

    ``gene``: HGNC symbol. ``change``: normal form. ``consequence``: what it does to the protein or the gene.
    ``start``, ``end``: residues. ``oncogenic``: how harmful, None when not known. ``marker``: the feature of the state
    that it sets to altered; a change of uncertain or unknown meaning sets none. ``escat``: the highest tier that the
    finding has in breast cancer. ``sensitive_to``, ``resistant_to``: ingredients that work better or worse, known from
    labels, guidelines or trials. ``problems``: sentences.
    """

    gene: str | None
    change: str
    consequence: str
    start: int | None
    end: int | None
    oncogenic: Oncogenicity | None
    reason: str
    marker: str | None
    escat: str | None
    sensitive_to: list[str]
    resistant_to: list[str]
    problems: list[str]


def variant(text: str, knowledge: Knowledge, tumour: str = TUMOUR, gene: str | None = None) -> Variant:
    """A change as written (``PIK3CA H1047R``) and what it means; ``gene`` when the text does not name it.

    The knowledge is of breast cancer: for another ``tumour`` a problem says so, and no evidence is given. A change that
    contradicts its gene or itself, or of which a part was not understood, is not judged and opens nothing.
    """
    change = read_change(text, gene)
    problems = [*change.problems, *_unfit(change)]
    # The text may carry the call of a report: "BRCA1 c.1A>G, uncertain significance".
    found, sound = meaning(change, reported=text), not problems
    here = tumour.strip().lower() == "brca" or TUMOUR in words(tumour)
    entries: list[Biomarker] = []
    if not here:
        problems.append(f"The evidence here is for breast cancer: none is given for '{tumour}'.")
    elif sound and found.marker is not None and found.value is not None:
        entries = list(knowledge.meanings(found.marker, found.value).values())
    grading = highest(grade for entry in entries for grade in entry.escat)
    return Variant(
        gene=change.gene,
        change=change.change,
        consequence=CONSEQUENCES.get(change.kind, change.kind),
        start=change.start,
        end=change.end,
        oncogenic=found.oncogenic if sound else None,
        reason=" ".join(sentence for sentence in (_because(found, sound), _graded(grading)) if sentence),
        marker=found.marker if sound and found.value == "altered" else None,
        escat=grading.tier if grading is not None else None,
        sensitive_to=drugs(effect for entry in entries for effect in entry.sensitive),
        resistant_to=drugs(effect for entry in entries for effect in entry.resistant),
        problems=problems,
    )


def _unfit(change: Change) -> list[str]:
    """Why a change that was read cannot be judged all the same."""
    if change.problems:
        return []
    if change.gene is None:
        return ["No gene is named: write it before the change, or give it with --gene."]
    if change.gene in GENES:
        return [f"{change.gene} is judged by both of its copies: give its alleles with --diplotype."]
    return []


def _because(found: Meaning, sound: bool) -> str:
    """Why, with its source; of a change with problems only that it is not judged."""
    if not sound:
        return "Not judged: see the problems."
    return f"{found.reason} Source: {found.source}." if found.source else found.reason


def highest(gradings: Iterable[Grading]) -> Grading | None:
    """The grading of the highest ESCAT tier.

    Within a tier a published one goes before one of our own, and then the higher letter (``II`` has none).
    """
    return min(
        gradings,
        key=lambda g: (_TIERS.index(g.tier.partition("-")[0]), g.unconfirmed is not None, g.tier),
        default=None,
    )


def _graded(grading: Grading | None) -> str:
    """Whose tier it is, and for which drugs."""
    if grading is None:
        return ""
    of = f" for {' and '.join(grading.drugs)}" if grading.drugs else ""
    doubt = f" (unconfirmed: {grading.unconfirmed})" if grading.unconfirmed else ""
    return f"ESCAT {grading.tier}{of}, {grading.by}{doubt}."


def drugs(effects: Iterable[Effect]) -> list[str]:
    """Ingredients of effects known from labels, guidelines or trials, in the order of the knowledge, each once.

    A class of drugs stands for all ingredients in it.
    """
    found: dict[str, None] = {}
    for effect in effects:
        if effect.standing not in _LISTED:
            continue
        of_classes = [drug for drug in DRUGS if set(classes_of(drug)) & set(effect.classes)]
        found |= dict.fromkeys([*effect.drugs, *of_classes])
    return list(found)
