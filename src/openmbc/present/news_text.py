"""What is new, for the terminal."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable

from openmbc.report import NOTICE, News

_TITLES = {
    "approval": "Approved",
    "listing": "Listed by a guideline",
    "withdrawal": "No longer approved",
    "trial": "Trial",
}
_REGIONS = {"us": "United States", "eu": "European Union"}
_WIDTH = 80
_HANG = " " * 12


def news_as_text(items: Iterable[News], since: dt.date, until: dt.date, *, known: bool) -> str:
    """Items as lines of at most 80 characters. ``known``: they were compared with a person's record."""
    found = list(items)
    lines = [f"What is new, {since} to {until}", ""]
    if known:
        mattering = [n for n in found if n.matters]
        lines += _section("May matter here", mattering) + _section(
            "Other news", [n for n in found if n not in mattering]
        )
    else:
        lines += _section("All news", found)
    if not found:
        lines += ["Nothing in this knowledge.", ""]
    return "\n".join([*lines, *textwrap.wrap(NOTICE, _WIDTH)]) + "\n"


def _section(title: str, items: list[News]) -> list[str]:
    if not items:
        return []
    lines = [title.upper(), "-" * len(title)]
    for item in items:
        where = f", {_REGIONS[item.region]}" if item.region else ""
        head = f"{item.day}  {_TITLES[item.kind]}{where}: {item.text.rstrip('.')}."
        lines += textwrap.wrap(head, _WIDTH, subsequent_indent=_HANG)
        for line in _below(item):
            lines += textwrap.wrap(line, _WIDTH, initial_indent=_HANG, subsequent_indent=_HANG)
    return [*lines, ""]


def _below(item: News) -> list[str]:
    """What stands under an item: for whom it is open, a source, what is not confirmed."""
    lines = [f"open for this person: {'; '.join(item.matters)}"] if item.matters else []
    for source in item.sources[:1]:
        lines.append(f"source: {source.title}, {source.where}" + (" [unconfirmed]" if source.unconfirmed else ""))
    if item.unconfirmed:
        lines.append(f"UNCONFIRMED: {item.unconfirmed}")
    return lines
