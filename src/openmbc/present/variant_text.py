"""What a change of a gene means, for the terminal."""

from __future__ import annotations

import textwrap

from openmbc.report import NOTICE
from openmbc.report.variant import Variant

_WIDTH = 80
_HANG = " " * 4


def variants_as_text(found: list[Variant], written: list[str]) -> str:
    """Each change with what it means, in lines of at most 80 characters; ``written`` are the texts that were read."""
    blocks = [_block(one, text) for one, text in zip(found, written, strict=True)]
    return "\n".join([*(line for block in blocks for line in [*block, ""]), *textwrap.wrap(NOTICE, _WIDTH)]) + "\n"


def _block(one: Variant, text: str) -> list[str]:
    name = " ".join(part for part in (one.gene, one.change) if part) or f"not understood: {text}"
    lines = [f"{name}  ({_words(one.consequence)})"]
    harm = _words(one.oncogenic) if one.oncogenic is not None else "not known to be harmful or harmless"
    said = [
        ("residues", _residues(one)),
        ("harm", harm),
        ("because", one.reason),
        ("ESCAT tier in breast cancer", one.escat or ""),
        ("works better", ", ".join(one.sensitive_to)),
        ("works worse", ", ".join(one.resistant_to)),
        *(("problem", problem) for problem in one.problems),
    ]
    for label, words in said:
        if words:
            lines += textwrap.wrap(f"{label}: {words}", _WIDTH, initial_indent="  ", subsequent_indent=_HANG)
    return lines


def _residues(one: Variant) -> str:
    if one.start is None:
        return ""
    return f"{one.start}" if one.end in {None, one.start} else f"{one.start} to {one.end}"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("inframe", "in-frame")
