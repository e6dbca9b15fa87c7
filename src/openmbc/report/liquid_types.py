"""What the report says of tumour DNA in blood: draws, variants over time, what to discuss, and how it is read."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from openmbc.report.basics import Source

Status = Literal["detected", "below_lod", "not_detected", "not_tested", "not_known"]
Trend = Literal[
    "first", "new", "rising", "falling", "stable", "cleared", "back", "absent", "unclear", "not_comparable"
]  # fmt: skip


class AtDraw(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """What one draw says of one variant. Shares (``vaf``, ``lod``) are 0 to 1; ``depth`` counts reads at the place.

    ``trend`` is against the draw of ``compared_with``, the last one of the same test and panel that looked for it.
    """

    date: dt.date
    assay: str | None
    status: Status
    vaf: float | None
    lod: float | None
    depth: int | None
    trend: Trend | None
    compared_with: dt.date | None
    text: str
    from_: list[str]


class VariantOverTime(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A variant at every draw, oldest first; ``change`` is null where the record does not name it.

    ``from_blood_cells``: it may come from blood cells (clonal haematopoiesis) and is left out of means and ratios.
    """

    gene: str
    change: str | None
    from_blood_cells: bool
    draws: list[AtDraw]


class Draw(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """One blood draw with one test. Shares are 0 to 1; ``tumour_fraction`` is in percent.

    ``variants`` counts those of the tumour that were found, ``mean_vaf`` and ``highest_vaf`` are theirs. Ratios are of
    mean shares over what both draws looked for, and exploratory, as is ``clearance`` (null: not known, or nothing was
    there). ``not_compared`` says why there is no draw before to compare with.
    """

    date: dt.date
    assay: str | None
    genes: int
    variants: int
    from_blood_cells: int
    mean_vaf: float | None
    highest_vaf: float | None
    tumour_fraction: float | None
    shedding: Literal["enough", "low", "unknown"]
    comparable_with: dt.date | None
    not_compared: Literal["first", "no_assay", "other_assay", "other_panel", "no_shared_gene"] | None
    baseline: dt.date | None
    ratio_to_baseline: float | None
    ratio_to_previous: float | None
    clearance: bool | None
    text: list[str]
    from_: list[str]


class Known(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One statement of the knowledge with its sources."""

    text: str
    source: list[Source]
    unconfirmed: str | None = None


class Talk(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to discuss, never to do by itself: what was found, and what is known of acting on it on that day."""

    text: str
    known: list[Known]


class Liquid(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Tumour DNA in blood over time. ``reading``: the rules that all of it is read by."""

    draws: list[Draw]
    variants: list[VariantOverTime]
    discuss: list[Talk]
    reading: list[Known]
