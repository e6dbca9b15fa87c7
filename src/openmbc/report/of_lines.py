"""Treatment so far: the lines of therapy, the treatment of early disease before them, and how lines are counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openmbc.knowledge import Knowledge
from openmbc.report import citing
from openmbc.report.types import CountingRule, TreatmentLine
from openmbc.state import State
from openmbc.state.visits import MONTHS_A_DAY

_DEFINITION = "lines_of_therapy"


def lines(state: State, as_of: dt.date) -> list[TreatmentLine]:
    """The treatments of the one person in ``state``, early disease first."""
    assert state.treated is not None
    return [_line(row, as_of) for row in state.treated.iter_rows(named=True)]


def began(found: list[TreatmentLine]) -> dt.date | None:
    """When the line that runs began; None where none does."""
    return next((line.start for line in found if line.ended == "running" and line.number is not None), None)


def _line(row: dict[str, Any], as_of: dt.date) -> TreatmentLine:
    until = as_of if row["ended"] == "running" else row["end"]
    coarse = "year" in (row["start_precision"], row["end_precision"])
    exact = row["start"] is not None and until is not None and not coarse
    return TreatmentLine(
        number=row["line"],
        setting=row["setting"],
        drugs=row["drugs"],
        start=row["start"],
        start_precision=row["start_precision"],
        end=row["end"],
        end_precision=row["end_precision"],
        months=round((until - row["start"]).days * MONTHS_A_DAY, 1) if exact else None,
        ended=row["ended"],
        kinds=row["kinds"],
        maintenance=row["maintenance"],
        explanation=row["explanation"],
        from_=row["sources"],
    )


def counting(knowledge: Knowledge) -> list[CountingRule]:
    """The rules of counting, each with its sources; none in a knowledge that does not hold them."""
    definition = knowledge.definitions.get(_DEFINITION)
    if definition is None:
        return []
    return [
        CountingRule(
            text=rule.text, source=citing.sources(tuple(rule.because), knowledge), unconfirmed=rule.unconfirmed
        )
        for rule in definition.rules
    ]
