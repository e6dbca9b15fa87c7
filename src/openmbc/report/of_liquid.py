"""Tumour DNA in blood over time: every draw, every variant, what to discuss, and the rules that it is read by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.liquid import in_words
from openmbc.report import citing
from openmbc.report.liquid_types import AtDraw, Draw, Known, Liquid, Talk, VariantOverTime
from openmbc.report.types import Value
from openmbc.state import State

_READING, _ESR1 = "liquid_biopsy", "esr1_in_blood"
_SAME = ("date", "assay", "genes", "variants", "mean_vaf", "highest_vaf", "tumour_fraction", "shedding",
         "comparable_with", "baseline", "ratio_to_baseline", "ratio_to_previous", "clearance")  # fmt: skip


def liquid(
    state: State, values: Mapping[str, Value], knowledge: Knowledge, as_of: dt.date, region: Region
) -> Liquid | None:
    """The blood draws of the one person in ``state``; None where there are none. ``values``: the state as read."""
    if state.blood is None:
        return None
    found = in_words(state.blood.followed)
    draws = [_draw(row) for row in found.draws.iter_rows(named=True)]
    series: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in found.series.iter_rows(named=True):
        series.setdefault((row["gene"], row["change"]), []).append(row)
    variants = [_variant(gene, change, rows) for (gene, change), rows in series.items()]
    return Liquid(
        draws=draws,
        variants=variants,
        discuss=_discuss(variants, values, knowledge, as_of, region),
        reading=_known(_READING, knowledge, as_of, region),
    )


def _draw(row: dict[str, Any]) -> Draw:
    return Draw(
        **{name: row[name] for name in _SAME},
        from_blood_cells=row["from_blood"],
        not_compared=row["why_not"],
        text=row["words"],
        from_=row["sources"],
    )


def _variant(gene: str, change: str | None, rows: list[dict[str, Any]]) -> VariantOverTime:
    return VariantOverTime(
        gene=gene,
        change=change,
        from_blood_cells=rows[-1]["clonal_haematopoiesis"],
        draws=[
            AtDraw(
                **{name: row[name] for name in ("date", "assay", "status", "vaf", "lod", "depth", "trend")},
                compared_with=row["since"],
                text=row["words"],
                from_=row["sources"],
            )
            for row in rows
        ],
    )


def _known(name: str, knowledge: Knowledge, as_of: dt.date, region: Region) -> list[Known]:
    """The statements of a definition that hold on that day in that region; none in a knowledge without it."""
    definition = knowledge.definitions.get(name)
    return [
        Known(text=rule.text, source=citing.sources(tuple(rule.because), knowledge), unconfirmed=rule.unconfirmed)
        for rule in (definition.rules if definition else ())
        if rule.region in (None, region)
        and (rule.since is None or as_of >= rule.since)
        and (rule.until is None or as_of <= rule.until)
    ]


def _discuss(
    variants: list[VariantOverTime], values: Mapping[str, Value], knowledge: Knowledge, as_of: dt.date, region: Region
) -> list[Talk]:
    """ESR1 found in blood while an aromatase inhibitor runs: what of it is known, and what acting on it rests on."""
    if values["running_aromatase_inhibitor"] is not True:
        return []
    there = [v for v in variants if v.gene == "ESR1" and _last(v) is not None]
    emerging = values["esr1_emerging"]
    if not there or emerging is False:
        return []
    names = ", ".join(sorted({v.change or "a change that is not named" for v in there}))
    found = "is new or rises" if emerging else "was found; whether it is new or rises cannot be told"
    text = f"ESR1 ({names}) {found} in blood while an aromatase inhibitor runs."
    return [Talk(text=f"{text} {_setting(values)}", known=_known(_ESR1, knowledge, as_of, region))]


def _setting(values: Mapping[str, Value]) -> str:
    """How far the person is one of those in whom acting on it was tried."""
    if values["last_response"] == "progression":
        return "The disease has grown: this is no longer the question of these trials. ESR1 counts for the next line."
    beside = values["running_cdk46_inhibitor"]
    if beside is True:
        return "Discuss it with the team before the next scan. It is never a reason to switch by itself."
    if beside is False:
        return "The trials were on an aromatase inhibitor with a CDK4/6 inhibitor, which does not run here."
    return "The trials were on an aromatase inhibitor with a CDK4/6 inhibitor; whether one runs here is not known."


def _last(variant: VariantOverTime) -> AtDraw | None:
    """The last draw that looked for it, where that found it."""
    looked = [d for d in variant.draws if d.status not in ("not_tested", "not_known")]
    return looked[-1] if looked and looked[-1].status == "detected" else None
