"""The shape of `monitoring/` and `testing/`: tests that the disease asks for, and tests that answer a choice."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from openmbc.knowledge.model import Cited, Condition, Region, Statement
from openmbc.knowledge.timing import Timing


class Monitoring(Statement, frozen=True, kw_only=True):
    """A test that the disease asks for, whatever drug runs; what belongs to a drug stands with it.

    ``for`` says for whom. ``kind``: ``discuss`` is an offer that guidelines leave open or disagree about, and never
    due by itself; ``not_recommended`` says what routine care leaves out, and when it is asked for all the same.
    Days of ``due`` are counted from the start of the newest systemic treatment.
    """

    name: str
    status: Literal["active", "draft", "withdrawn"] = "active"
    kind: Literal["recommended", "discuss", "not_recommended"]
    region: Region | None = None
    since: dt.date | None = None  # not said of days before
    what: str
    for_: Condition = msgspec.field(name="for")
    due: list[Timing] = msgspec.field(default_factory=list)
    when: str
    why: str
    because: Annotated[list[Cited], Meta(min_length=1)]


class Testing(Statement, frozen=True, kw_only=True):
    """A test that answers what a choice waits for, and how it is done: one blood sample reads several genes.

    ``answers`` are the features of the state that it tells. ``specimen``: ``plasma`` (tumour DNA in blood), ``tissue``
    of the tumour, or ``germline`` (normal cells, from blood or saliva). ``for`` says for whom, ``when`` and ``why`` are
    in words. Of two tests that answer the same, the one with the lower ``order`` is proposed and the other is named
    beside it. ``after_plasma``: only for what blood was asked for without an answer, because it held too little DNA of
    the tumour. What each result opens or closes is not written here: it is found by evaluating the options.
    """

    name: str
    status: Literal["active", "draft", "withdrawn"] = "active"
    order: int
    answers: Annotated[list[str], Meta(min_length=1)]
    specimen: Literal["plasma", "tissue", "germline"]
    after_plasma: bool = False
    for_: Condition = msgspec.field(name="for")
    when: str
    why: str
    because: Annotated[list[Cited], Meta(min_length=1)]
