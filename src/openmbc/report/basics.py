"""What every part of a report uses: the notice, a place in a document, a problem of the record."""

from __future__ import annotations

from typing import Literal

import msgspec

NOTICE = (
    "Information to prepare a conversation with the care team. It is not medical advice and does not "
    "replace the judgement of a clinician who knows the person."
)

# The same for the person, in plain words.
NOTICE_FOR_PERSON = (
    "This page helps you to prepare a talk with your care team. It is not medical advice. Your team knows you and "
    "decides with you."
)


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place in a document, or a result of a trial."""

    id: str
    title: str
    where: str
    url: str | None = None
    unconfirmed: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something in the record that was not used, looks wrong or disagrees."""

    severity: Literal["error", "warning", "note"]
    what: str
    todo: str
    source: str
