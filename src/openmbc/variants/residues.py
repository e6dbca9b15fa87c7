"""Amino acids in three letters and in one."""

from __future__ import annotations

import re

LETTERS = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G", "his": "H",
    "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S", "thr": "T", "trp": "W",
    "tyr": "Y", "val": "V", "sec": "U", "ter": "*", "stop": "*",
}  # fmt: skip
THREE = "|".join(LETTERS)
# One residue, or a stop; X is an old stop, or any residue, and the reader has to tell which.
ONE = rf"(?:{THREE}|[ACDEFGHIKLMNPQRSTUVWXY*])"
_LETTER = re.compile(rf"{THREE}|[ACDEFGHIKLMNPQRSTUVWY*]", re.IGNORECASE)
_SHORT = re.compile(r"[ACDEFGHIKLMNPQRSTUVWY*]+", re.IGNORECASE)
# Residues that one exchanged base can turn into a stop (TAA, TAG, TGA), by the genetic code.
STOPPABLE = frozenset("RQEGWYCSLK")


def letter(text: str) -> str:
    """One residue in one letter: ``His`` -> ``H``, ``Ter`` -> ``*``, ``h`` -> ``H``."""
    return LETTERS.get(text.lower(), text.upper())


def letters(text: str) -> str | None:
    """A run of residues in one-letter code (``TyrVal`` -> ``YV``); None when it holds anything else.

    Capitals alone are one-letter code (``HIS`` in an insertion is three residues), unless a stop is spelled out.
    """
    if _SHORT.fullmatch(text) and (text.isupper() or len(text) < 3):
        return text.upper()
    at, found = 0, []
    while at < len(text):
        hit = _LETTER.match(text, at)
        if hit is None:
            return None
        found.append(letter(hit[0]))
        at = hit.end()
    return "".join(found) or None
