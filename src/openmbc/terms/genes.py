"""Genes by HGNC identifier, symbol or common alias."""

from __future__ import annotations

from functools import cache

from openmbc.terms.codes import look_up
from openmbc.terms.tables import rows, words


def gene_symbol(system: str | None, code: str | None, display: str | None) -> str | None:
    """The HGNC symbol of a gene: ``1100``, ``HGNC:1100``, ``HER2`` or ``PIK3CA mutation``; None when not known.

    A text that names two genes means the fused one that matters (``ETV6-NTRK3``), else none.
    """
    term = look_up(system, code)
    if term is not None:
        return term.concept if term.kind == "gene" else None
    for text in (code, display):
        if text and (found := _of_text(text)) is not None:
            return found
    return None


def _of_text(text: str) -> str | None:
    names, partners = _names()
    exact = names.get(_plain(text))
    if exact is not None:
        return exact
    named = {found for word in words(text) if (found := names.get(word)) is not None}
    if len(named) > 1:
        named &= partners
    return named.pop() if len(named) == 1 else None


def _plain(text: str) -> str:
    return "".join(words(text))


@cache
def _names() -> tuple[dict[str, str], frozenset[str]]:
    """Symbols and aliases in plain spelling; the genes that matter when they are fused."""
    names: dict[str, str] = {}
    for row in rows("hgnc"):
        for name in (row["concept"], row["display"], *row["names"].split("|")):
            if name:
                names[_plain(name)] = row["concept"]
    return names, frozenset(row["concept"] for row in rows("hgnc") if row["detail"] == "fusion")
