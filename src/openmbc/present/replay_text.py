"""A replay as text and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import msgspec

from openmbc.present import words
from openmbc.report.replay import Replay, Step

_SHOWN = 4  # recommended options of a step


def replay_as_json(made: Replay) -> str:
    """The replay as indented JSON in the order of its types."""
    return msgspec.json.format(msgspec.json.encode(made), indent=2).decode()


def replay_as_text(made: Replay, width: int = 80) -> str:
    """The replay as lines of at most ``width`` characters: a paragraph a day."""
    head = f"{made.person} - from day to day until {made.as_of}, region {made.region.upper()}"
    lines = [head, "=" * min(len(head), width)]
    for step in made.steps:
        lines += ["", *_step(step, width)]
    lines += [
        "",
        *_listed("Problems in the record", [f"{p.severity}: {p.what} [{p.source}]" for p in made.problems], width),
    ]
    known = made.knowledge
    lines += ["", *textwrap.wrap(RULES, width), "", *textwrap.wrap(made.notice, width)]
    lines.append(
        f"openmbc {made.openmbc}, knowledge {known.version} ({known.hash}), last checked {known.newest_check}."
    )
    return "\n".join(lines) + "\n"


RULES = (
    "The rules are those of the knowledge as it is now; whether an option was on the market is that of the day. What "
    "was done and these rules may differ for reasons that a record does not hold."
)


def _step(step: Step, width: int) -> Iterator[str]:
    yield f"{step.date}  {words.DECISIONS[step.now].upper()}"
    for label, items in (
        ("happened", [event.text for event in step.events]),
        ("now known", step.changes),
        ("recommended", [choice.name for choice in step.recommended[:_SHOWN]]),
    ):
        if items:
            yield from _wrapped(f"{label}: {'; '.join(items)}{_more(label, step)}", width)
    if step.done is not None:
        yield from _wrapped(f"-> {step.done.on}: {step.done.text}", width)


def _more(label: str, step: Step) -> str:
    if label != "recommended":
        return ""
    more = len(step.recommended) - _SHOWN
    return (f"; and {more} more" if more > 0 else "") + f" ({step.possible} possible, {step.waiting} wait for a fact)"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="      ")


def _listed(title: str, items: list[str], width: int) -> list[str]:
    if not items:
        return []
    return [title, *(line for item in items for line in textwrap.wrap(f"- {item}", width, subsequent_indent="  "))]
