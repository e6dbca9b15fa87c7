"""Molecular profiles of CIViC: ``PTEN Loss AND PIK3CA K111N``, ``NOT (KRAS G12D OR KRAS G13D)``."""

from __future__ import annotations

import re
from collections.abc import Callable

Truth = bool | None
# Whether a person has a variant: given the gene and the name of the variant, both as CIViC writes them.
Found = Callable[[str, str], Truth]

_TOKEN = re.compile(r"\(|\)|[^\s()]+(?:\([^\s()]*\)[^\s()]*)*")
_WORDS = ("AND", "OR", "NOT", "(", ")")


def holds(profile: str, found: Found) -> Truth:
    """Whether a person has the profile: true, false, or not known (also where the profile is not understood)."""
    tokens = _TOKEN.findall(profile)
    try:
        value = _either(tokens, found)
    except _NotUnderstoodError:
        return None
    return None if tokens else value


class _NotUnderstoodError(Exception):
    """The profile does not follow the grammar."""


def _either(tokens: list[str], found: Found) -> Truth:
    parts = [_both(tokens, found)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        parts.append(_both(tokens, found))
    return True if True in parts else None if None in parts else False


def _both(tokens: list[str], found: Found) -> Truth:
    parts = [_one(tokens, found)]
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        parts.append(_one(tokens, found))
    return False if False in parts else None if None in parts else True


def _one(tokens: list[str], found: Found) -> Truth:
    if not tokens:
        raise _NotUnderstoodError
    if tokens[0] == "NOT":
        tokens.pop(0)
        value = _one(tokens, found)
        return None if value is None else not value
    if tokens[0] == "(":
        tokens.pop(0)
        value = _either(tokens, found)
        if not tokens or tokens.pop(0) != ")":
            raise _NotUnderstoodError
        return value
    words = []
    while tokens and tokens[0] not in _WORDS:
        words.append(tokens.pop(0))
    if not words:
        raise _NotUnderstoodError
    return found(words[0], " ".join(words[1:]))
