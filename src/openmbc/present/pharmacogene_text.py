"""A DPYD or UGT1A1 result and what it does, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from openmbc.report import NOTICE
from openmbc.report.pharmacogene import DrugEffect, Pharmacogene

_WIDTH = 80
_HANG = " " * 4
_KINDS = {"contraindication": "not to be given", "caution": "caution", "adjustment": "adjust"}
_NOTHING = "No rule of a drug here asks for this result."


def pharmacogene_as_text(found: Pharmacogene) -> str:
    """The result in lines of at most 80 characters: alleles, what they make, what it does, what was assumed."""
    read = found.diplotype or f"not understood: {found.reported}"
    lines = [f"{found.gene} {read}"]
    for label, words in _said(found):
        lines += textwrap.wrap(f"{label}: {words}", _WIDTH, initial_indent="  ", subsequent_indent=_HANG)
    return "\n".join([*lines, "", *textwrap.wrap(NOTICE, _WIDTH)]) + "\n"


def _said(found: Pharmacogene) -> Iterator[tuple[str, str]]:
    for allele in found.alleles:
        activity = "" if allele.activity is None else f", activity {allele.activity:g}"
        names = ", ".join(name for name in (allele.coding, allele.rsid) if name and name != allele.name)
        yield allele.name, f"{allele.function}{activity}" + (f" ({names})" if names else "")
    if found.activity_score is not None:
        yield "activity score", f"{found.activity_score:g}"
    yield "phenotype", found.phenotype or f"open: {found.marker} could be {' or '.join(found.could_be)}"
    for effect in found.does:
        yield effect.drug, _effect(effect)
    if found.diplotype and not found.does:
        yield "drugs", _NOTHING
    for note in found.notes:
        yield "note", note
    for problem in found.problems:
        yield "problem", problem


def _effect(effect: DrugEffect) -> str:
    open_ = "" if effect.certain else ", if so"
    unconfirmed = f"; unconfirmed: {effect.source.unconfirmed}" if effect.source.unconfirmed else ""
    return f"{_KINDS[effect.kind]}{open_}. {effect.text} [{effect.source.title}: {effect.source.where}{unconfirmed}]"
