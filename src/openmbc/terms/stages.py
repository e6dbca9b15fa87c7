"""Stages as they are written: ``IIIA``, ``Stage 4``, ``cT3``, ``pN1a``, ``M0``."""

from __future__ import annotations

import re
from typing import NamedTuple


class Term(NamedTuple):
    """What a code or a text stands for.

    ``kind`` is one of condition, metastasis, body_site, histology, observation, value, response, stage, stage_t,
    stage_n, stage_m, drug, procedure, ended, intent, gene, ignore. ``detail`` narrows the concept: a side,
    a method of staging. The concept of a metastasis whose site is not named is empty.
    """

    kind: str
    concept: str
    detail: str | None


STAGES = ("stage", "stage_t", "stage_n", "stage_m")

_PREFIX = r"(?:american joint committee on cancer|ajcc)?\s*(?:v?[678](?:th)?\s)?"
_GROUP = re.compile(rf"{_PREFIX}\s*(?P<by>[cp])?(?:(?P<word>clinical|pathologic(?:al)?)\s)?(?:stage)?\s*(?:group)?\s*"
                    r"(?P<group>iv|i{1,3}|[0-4])(?P<part>[a-c])?(?:\s*[(,;].*)?", re.IGNORECASE)  # fmt: skip
_TNM = re.compile(rf"{_PREFIX}(?P<by>y?[cp])?(?P<letter>[tnm])(?P<size>is|[0-4x])(?P<part>[a-d]|mi)?(?:\s*[(,;].*)?",
                  re.IGNORECASE)  # fmt: skip
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_BY = {"c": "clinical", "p": "pathologic"}


def read_stage(text: str) -> Term | None:
    """The stage group or the T, N or M category that a text begins with; None for any other text."""
    said = text.strip()
    if (found := _TNM.fullmatch(said)) is not None:
        concept = found["letter"].upper() + found["size"].lower().replace("x", "X")
        by = (found["by"] or "")[-1:].lower()
        return Term(f"stage_{found['letter'].lower()}", concept, _BY.get(by))
    if (found := _GROUP.fullmatch(said)) is not None:
        group = _ROMAN.get(found["group"], found["group"].upper())
        part = (found["part"] or "").upper() if group not in ("0", "IV") else ""
        by = (found["by"] or found["word"] or "")[:1].lower()
        return Term("stage", group + part, _BY.get(by))
    return None
