"""The evidence of CIViC that fits the findings of one person, laid beside this knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from openmbc.catalogue import TREATMENT_CLASSES
from openmbc.knowledge.biomarker import Biomarker, Effect
from openmbc.knowledge.civic import Item, Release, holds
from openmbc.report.civic_types import CivicStatement, SecondOpinion
from openmbc.report.genomic_types import Finding, Meaning
from openmbc.report.reasons import View
from openmbc.terms import classes_of, drug_of_text, gene_symbol
from openmbc.variants import Change, read_change

Does = Literal["better", "worse", "not_better", "not_worse"]

_HER2_NEGATIVE = ("zero", "ultralow", "low", "negative")
# Which kind of breast cancer a disease of CIViC names, as features of the state.
_DISEASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "her2-receptor positive breast cancer": {"her2": ("positive",)},
    "her2-receptor negative breast cancer": {"her2": _HER2_NEGATIVE},
    "estrogen-receptor positive breast cancer": {"hormone_receptor": ("positive",)},
    "estrogen-receptor negative breast cancer": {"hormone_receptor": ("negative",)},
    "triple-receptor negative breast cancer": {"hormone_receptor": ("negative",), "her2": _HER2_NEGATIVE},
}
_DOES: Mapping[tuple[str, str], Does] = {
    ("Supports", "Sensitivity/Response"): "better", ("Supports", "Resistance"): "worse",
    ("Does Not Support", "Sensitivity/Response"): "not_better", ("Does Not Support", "Resistance"): "not_worse",
}  # fmt: skip
# What CIViC says of a drug, against what this knowledge has of it (the lists of a biomarker).
_AGREES: Mapping[Does, tuple[str, ...]] = {
    "better": ("sensitive",), "worse": ("resistant", "not_shown"),
    "not_better": ("resistant", "not_shown"), "not_worse": ("sensitive", "not_shown"),
}  # fmt: skip
_OURS = {"sensitive": "works better", "resistant": "works worse", "not_shown": "gain not shown"}
_RESIDUE = re.compile(r"[A-Z]\d+")
_HARMFUL = ("oncogenic", "likely_oncogenic", "pathogenic", "likely_pathogenic")
_TRUNCATING = ("nonsense", "frameshift", "splice")
_VAGUE = ("unspecified", "unknown", "exon")  # kinds that do not name the change
_CUT = "truncating mutation"
_KINDS = ("mutation", "loss-of-function", _CUT)
_OF_DRUGS, _FIRM = "Predictive", ("label", "guideline")
_LEVELS = "ABCDE"


class _Ours(NamedTuple):
    """What this knowledge says of drugs because of one finding."""

    entry: Biomarker
    does: str
    effect: Effect


def second_opinion(
    release: Release, findings: Iterable[Finding], meanings: Iterable[Meaning], view: View
) -> SecondOpinion:
    """What CIViC says of the person's findings. ``meanings`` are those of the report."""
    by_gene: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.gene is not None:
            by_gene.setdefault(finding.gene, []).append(finding)
    matched = [i for i in release.items if holds(i.profile, lambda g, v: _has(g, v, by_gene, view)) is True]
    fitting = [item for item in matched if _of_this_disease(item.disease, view) is not False]
    ours = list(_ours(view.knowledge.biomarkers[m.id] for m in meanings))
    made = [_statement(item, ours) for item in fitting]
    return SecondOpinion(
        origin=release.origin,
        fetched=release.fetched,
        newest=release.newest,
        statements=sorted(made, key=lambda s: (s.does is None, _LEVELS.index(s.level), s.stands != "differs", s.id)),
        other_disease=len(matched) - len(fitting),
        silent=list(_silent(ours, fitting, view)),
    )


def _has(gene: str, variant: str, found: Mapping[str, list[Finding]], view: View) -> bool | None:
    """Whether the person has a variant that CIViC names; not known where nobody looked, or it is not understood."""
    symbol = gene_symbol(None, None, gene) or gene
    wanted = read_change(variant, None if "::" in gene else symbol)
    if "::" in gene:
        wanted = read_change(f"{gene} {variant}")
        symbol = wanted.gene or symbol
    if symbol == "ERBB2" and wanted.kind in ("expression", "amplification"):
        return _her2(wanted, found.get(symbol, []), view)
    answers = [_is(finding, wanted, variant) for finding in found.get(symbol, [])]
    return True if True in answers else None if None in answers or not answers else False


def _her2(wanted: Change, found: list[Finding], view: View) -> bool | None:
    """HER2 by protein, by ISH and by sequencing are three findings: each answers for itself."""
    if wanted.kind == "expression":
        score = view.state.get("her2_ihc")
        return None if score is None else score == "3+"
    by_copies = view.state.get("her2_ish")
    sequenced = any(f.result == "found" and f.change == "amplification" for f in found)
    if sequenced or by_copies == "positive":
        return True
    return False if by_copies == "negative" else None


def _is(finding: Finding, wanted: Change, name: str) -> bool | None:
    """Whether a finding of the gene is the variant that is asked for."""
    if finding.result != "found" or wanted.kind == "unknown":
        return False if finding.result == "not_found" else None
    got = read_change(finding.change or "", finding.gene)
    if name.lower() in _KINDS:
        return _of_kind(got, finding, name.lower())
    if _RESIDUE.fullmatch(name):
        return got.start == wanted.start
    if got.change == wanted.change and got.kind == wanted.kind:
        return True
    # A change that is not named may be any.
    return None if got.kind in _VAGUE else False


def _of_kind(got: Change, finding: Finding, name: str) -> bool | None:
    """Whether a finding is any harmful change, or one that cuts the protein short; a change of open meaning may be."""
    if name == _CUT and got.kind not in (*_TRUNCATING, *_VAGUE):
        return False
    harmful = finding.value == "altered" or finding.oncogenic in _HARMFUL
    return True if harmful and (name != _CUT or got.kind in _TRUNCATING) else None


def _of_this_disease(disease: str, view: View) -> bool | None:
    answers = []
    for feature, values in _DISEASES.get(disease.lower(), {}).items():
        value = view.state.get(feature)
        answers.append(None if value is None else value in values)
    return False if False in answers else None if None in answers else True


def _ours(entries: Iterable[Biomarker]) -> Iterator[_Ours]:
    for entry in entries:
        if entry.only_if is not None:
            continue  # what no fact of the record says is not laid beside anything
        for does, effects in entry.effects.items():
            for effect in effects:
                yield _Ours(entry, does, effect)


def _statement(item: Item, ours: list[_Ours]) -> CivicStatement:
    does = _DOES.get((item.direction, item.significance)) if item.type == _OF_DRUGS else None
    beside = [o for o in ours if does is not None and _same_gene(item, o) and _same_drug(item, o.effect)]
    differing = [o for o in beside if does is not None and o.does not in _AGREES[does]]
    shown = differing or beside
    return CivicStatement(
        id=item.id,
        profile=item.profile,
        disease=item.disease,
        level=item.level,
        kind=item.type,
        therapies=item.therapies,
        does=does,
        stands="differs" if differing else "agrees" if beside else "not_here",
        ours="; ".join(dict.fromkeys(_said(o) for o in shown)) or None,
        direction=item.direction,
        significance=item.significance,
        statement=item.statement,
        citation=item.citation,
        flagged=item.flagged,
        url=item.url,
    )


def _same_gene(item: Item, ours: _Ours) -> bool:
    named = {gene_symbol(None, None, word) for word in re.split(r"[\s():]+", item.profile) if word}
    return bool(named & set(ours.entry.genes))


def _same_drug(item: Item, effect: Effect) -> bool:
    """Whether an item is about a drug of ours: the one whose gain hangs on the finding, not its partner."""
    for therapy in item.therapies:
        drug = drug_of_text(therapy)
        if drug in effect.drugs or (drug is not None and set(classes_of(drug)) & set(effect.classes)):
            return True
        if any(TREATMENT_CLASSES[c].split(" ", 1)[-1].lower() == therapy.lower() for c in effect.classes):
            return True
    return False


def _said(ours: _Ours) -> str:
    named = " or ".join([*ours.effect.drugs, *(TREATMENT_CLASSES[c] for c in ours.effect.classes)])
    return f"{ours.entry.name}: {named}: {_OURS[ours.does]} ({ours.effect.standing})"


def _silent(ours: list[_Ours], fitting: list[Item], view: View) -> Iterator[str]:
    """What this knowledge says on firm ground and CIViC has nothing of."""
    for one in ours:
        here = one.effect.region in (None, view.region)
        if one.effect.standing in _FIRM and here:
            absent = not any(_same_gene(item, one) and _same_drug(item, one.effect) for item in fitting)
            if absent:
                yield _said(one)
