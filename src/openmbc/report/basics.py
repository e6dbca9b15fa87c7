"""What every part of a report uses: the notice, and a place in a document."""

from __future__ import annotations

import msgspec

NOTICE = (
    "Information to prepare a conversation with the care team. It is not medical advice and does not "
    "replace the judgement of a clinician who knows the person."
)


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place in a document, or a result of a trial."""

    id: str
    title: str
    where: str
    url: str | None = None
    unconfirmed: str | None = None
