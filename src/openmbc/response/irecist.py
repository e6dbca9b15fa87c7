"""iRECIST at each date (Seymour 2017): progression on immunotherapy is unconfirmed until a later scan confirms it.

What one date says by RECIST 1.1 is `recist.judge`. Whether progression is confirmed depends on the dates before it, so
one function goes over the visits of each person in turn.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import NamedTuple

import polars as pl

from openmbc.response import recist

MORE = 5_000  # a further growth of 5 mm of a sum, counted from where progression was first seen
_MEASURABLE, _MEASURABLE_NODE = 10_000, 15_000  # a new lesion of this length is measured, others are only called
CONFIRM_DAYS = 28  # a scan earlier than four weeks does not confirm

_NAMES = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "PD": "iUPD", "NON-CR/NON-PD": "iNON-CR/NON-UPD", "NE": "NE"}


def judge(seen: pl.DataFrame, lesions: pl.DataFrame) -> pl.DataFrame:
    """As `recist.judge`, in the words of iRECIST (iCR | iPR | iSD | iUPD | iCPD | iNON-CR/NON-UPD | NE).

    ``lesions`` as from `lesions.checked`. ``began`` is when a confirmed progression was first seen, ``open_since``
    when one that is neither confirmed nor taken back was.
    """
    judged = recist.judge(seen).join(_further(lesions), on=["person", "date"], how="left", maintain_order="left")
    visits = map(_Visit._make, judged.select(_Visit._fields).iter_rows())
    results = [result for _, of in groupby(visits, key=lambda visit: visit.person) for result in map(_Person().see, of)]
    words = {name: pl.col(name).replace_strict(_NAMES, return_dtype=pl.String) for name in ("target", "non_target")}
    found = pl.DataFrame(results, schema=_RESULT, orient="row")
    return judged.with_columns(**words).drop(list(_RESULT)).hstack(found)


_RESULT = {"overall": pl.String, "began": pl.Date, "open_since": pl.Date}


def _further(lesions: pl.DataFrame) -> pl.DataFrame:
    """What confirms progression beside the sum of the targets, per person and date.

    ``nt_more``: non-targets that grew further; ``new_um``: sum of the new lesions that were measurable at first;
    ``new_count``: new lesions seen; ``new_more``: other new lesions that grew further;
    ``new_progression``: new lesions that grew unequivocally; ``new_missing``: new lesions
    that were there and have no row at this date.
    """
    of = ["person", "lesion"]
    status = pl.col("status").fill_null("unknown")
    called = status.is_in(["progression", "increased"])
    # What was last measured: a date on which a lesion could not be judged hides no growth.
    grew = (pl.col("length") > pl.col("length").forward_fill().shift(1).over(of)).fill_null(False)
    least = pl.when("node").then(_MEASURABLE_NODE).otherwise(_MEASURABLE)
    there = pl.col("role").eq("new") & status.is_in(["present", "progression", "increased"])
    # A new lesion stays until it is seen to be gone, also where its row cannot be judged.
    staying = pl.when(there).then(1).when(status == "absent").then(0).cast(pl.Int64).forward_fill().over(of)
    rows = lesions.with_columns(
        (called | grew).alias("more"),
        (pl.col("length").first().over(of) >= least).fill_null(False).alias("measurable"),
        there.alias("there"),
        pl.when(pl.col("role") == "new").then(staying).fill_null(0).alias("stays"),
    )
    rows = rows.with_columns(pl.col("stays").shift(1).over(of).fill_null(0).alias("stayed"))
    seen = rows.group_by("person", "date", maintain_order=True).agg(
        ((pl.col("role") == "non_target") & pl.col("more")).sum().cast(pl.Int64).alias("nt_more"),
        pl.col("length").filter(pl.col("there") & pl.col("measurable")).sum().alias("new_um"),
        pl.col("there").sum().cast(pl.Int64).alias("new_count"),
        (pl.col("there") & ~pl.col("measurable") & pl.col("more")).sum().cast(pl.Int64).alias("new_more"),
        (pl.col("there") & (status == "progression")).sum().cast(pl.Int64).alias("new_progression"),
        pl.col("stayed").sum().alias("again"),
        (pl.col("stays") - pl.col("stayed")).sum().alias("change"),
    )
    before = pl.col("change").cum_sum().shift(1).over("person").fill_null(0)
    return seen.with_columns((before - pl.col("again")).alias("new_missing")).drop("again", "change")


class _Visit(NamedTuple):
    """What one visit says by RECIST, and what may confirm an earlier progression."""

    person: str
    date: dt.date
    at_baseline: bool
    rest: str | None
    target: str | None
    non_target: str | None
    new: bool | None
    new_unclear: int
    um: int
    nt_more: int
    new_um: int
    new_count: int
    new_more: int
    new_progression: int
    new_missing: int


class _Person:
    """The visits of one person, in order."""

    def __init__(self) -> None:
        self.first: _Visit | None = None  # where progression was first seen, until it is confirmed or taken back
        self.confirmed = False
        self.known: _Visit | None = None  # new lesions up to here did not prove to be progression

    def see(self, visit: _Visit) -> tuple[str | None, dt.date | None, dt.date | None]:
        """Overall response, ``began`` and ``open_since``."""
        if visit.at_baseline or self.confirmed:
            return (None if visit.at_baseline else "iCPD"), None, None
        kinds = self._kinds(visit)
        if self.first is None:
            self.first = visit if kinds else None
            return ("iUPD", None, visit.date) if kinds else (self._without_progression(visit), None, None)
        return self._after_progression(visit, kinds, self.first)

    def _after_progression(
        self, visit: _Visit, kinds: set[str], first: _Visit
    ) -> tuple[str | None, dt.date | None, dt.date | None]:
        if self._confirms(visit, kinds, first):
            self.confirmed = True
            return "iCPD", first.date, None
        if kinds and not (kinds == {"new"} and _shrank_since(visit, first)):
            return "iUPD", None, first.date
        response = self._without_progression(visit)
        if response == "NE":
            return "NE", None, first.date
        self.first, self.known = None, visit  # what comes after is compared with the nadir again
        return response, None, None

    def _kinds(self, visit: _Visit) -> set[str]:
        """Where this visit sees progression by RECIST.

        New lesions that did not prove to be progression are so only when more come, or when they grow as RECIST asks.
        """
        new = visit.new is True
        if new and (before := self.known) is not None:
            grown = visit.new_um - before.new_um
            by_sum = grown >= MORE and 5 * visit.new_um >= 6 * before.new_um
            new = visit.new_count > before.new_count or by_sum or visit.new_progression > 0
        # Growth after unequivocal progression need not be unequivocal again (EORTC, if iUPD is driven by non-target).
        further = self.first is not None and self.first.non_target == "PD" and visit.nt_more > 0
        seen = {"target": visit.target == "PD", "non_target": visit.non_target == "PD" or further, "new": new}
        return {kind for kind, there in seen.items() if there}

    @staticmethod
    def _confirms(visit: _Visit, kinds: set[str], first: _Visit) -> bool:
        """Further growth where progression was seen, or progression where there was none (Seymour 2017, table 2).

        Growth counts from the first sight of progression, so that small steps add up.
        """
        if (visit.date - first.date).days < CONFIRM_DAYS:
            return False
        then = {"target": first.target == "PD", "non_target": first.non_target == "PD", "new": first.new is True}
        further = {
            "target": visit.um >= first.um + MORE,
            "non_target": visit.nt_more > 0,
            "new": visit.new_count > first.new_count or visit.new_um >= first.new_um + MORE or visit.new_more > 0,
        }
        return any(further[kind] if then[kind] else True for kind in kinds)

    def _without_progression(self, visit: _Visit) -> str:
        # A lesion that only may be new changes nothing, as in RECIST, but takes no progression back either.
        doubtful = visit.new is None and self.first is not None
        if visit.new_unclear or visit.new_missing or doubtful:
            return "NE"
        # With a new lesion still there, nothing is complete.
        rest = "PR" if visit.new and visit.rest == "CR" else visit.rest
        return _NAMES[rest or "NE"]


def _shrank_since(visit: _Visit, first: _Visit) -> bool:
    """A response that came after the new lesion and not before it (EORTC, questions on iRECIST)."""
    return visit.target in ("PR", "CR") and first.target not in ("PR", "CR") and visit.um < first.um
