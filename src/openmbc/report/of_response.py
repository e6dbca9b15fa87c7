"""Whether the treatment works, in numbers: measured lesions and tumour markers, each with its sentence."""

from __future__ import annotations

from typing import Any

from openmbc.report.course_types import MarkerTrend, Measurement
from openmbc.state import State
from openmbc.state.markers import MARKERS

_NAMES = {"recist": "RECIST 1.1", "irecist": "iRECIST"}
_UNITS = {"cea": "ng/mL"}
_TRENDS = {
    "rising": "has risen: its last two values lie 25 % or more above the lowest",
    "may_rise": "may be rising: its last value lies 25 % or more above the lowest; repeat it",
    "falling": "has fallen by 25 % or more",
    "stable": "has not changed much",
    "early": "was taken in the first 6 weeks of this treatment, when markers may rise because it works: it does not "
    "count yet",
    "other_range": "has another normal range than before, so perhaps another laboratory or test: the values cannot be "
    "compared",
    "single": "was measured once since this treatment began",
}


def measurements(state: State) -> list[Measurement]:
    """What was measured, oldest first; empty where no lesion was."""
    if state.measured is None:
        return []
    names = [name for name in Measurement.__struct_fields__ if name not in ("text", "from_")]
    return [
        Measurement(**{name: row[name] for name in names}, text=_measured(row), from_=row["sources"])
        for row in state.measured.iter_rows(named=True)
    ]


def by_which_rule(found: list[Measurement], line: int | None) -> list[str]:
    """The sentence of the last measurement under a line, where it shows growth."""
    last = found[-1] if found and found[-1].line == line else None
    if last is None or last.overall not in ("PD", "iUPD", "iCPD"):
        return []
    return [f"Measured on {last.date}: {last.text}"]


def _total(row: dict[str, Any]) -> str:
    """The sum of the targets, or why there is none."""
    if row["sum_mm"] is not None:
        return f"sum of the target lesions {row['sum_mm']:g} mm"
    return "not all targets measured" if row["targets"] else "no target lesions"


def _measured(row: dict[str, Any]) -> str:
    criteria, overall = _NAMES[row["criteria"]], row["overall"]
    total = _total(row)
    if overall is None:
        return f"baseline of line {row['line']}: {total}."
    parts = [total]
    if row["change_from_nadir"] is not None and row["sum_mm"] is not None:
        more = row["sum_mm"] - row["nadir_mm"]
        parts.append(
            f"{row['change_from_nadir']:+.0f} % and {more:+.1f} mm from the smallest before ({row['nadir_mm']:g} mm)"
        )
    if row["change_from_baseline"] is not None:
        parts.append(f"{row['change_from_baseline']:+.0f} % from baseline")
    if row["non_target"] is not None:
        parts.append(f"other lesions {row['non_target']}")
    if row["new"]:
        parts.append("a new lesion")
    elif row["new"] is None:
        parts.append("a lesion that may be new")
    return f"{overall} by {criteria}: {'; '.join(parts)}."


def markers(state: State) -> list[MarkerTrend]:
    """Tumour markers since the present treatment began."""
    if state.markers is None:
        return []
    return [
        MarkerTrend(
            marker=MARKERS[row["concept"]],
            date=row["date"],
            value=row["value"],
            upper_limit=row["high"],
            lowest=row["lowest"],
            lowest_on=row["lowest_on"],
            change=None if row["change"] is None else round(row["change"], 1),
            trend=row["trend"],
            text=_marker(row),
            from_=row["sources"],
        )
        for row in state.markers.iter_rows(named=True)
    ]


def _marker(row: dict[str, Any]) -> str:
    unit = _UNITS.get(row["concept"], "U/mL")
    limit = f" (normal up to {row['high']:g})" if row["high"] is not None else ""
    lowest = ""
    if row["values"] > 1 and row["lowest_on"] != row["date"]:
        lowest = f"; lowest {row['lowest']:g} on {row['lowest_on']}"
    return f"{row['value']:g} {unit}{limit} on {row['date']}{lowest}. It {_TRENDS[row['trend']]}."
