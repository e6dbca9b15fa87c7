"""Equal statements read once.

Most of what a cohort says was said before: ER positive, ribociclib active, creatinine 71 umol/L. What a
resource says, apart from whom, when and under which id, is the key; what its reader made of it the
first time (rows without their first four cells, and problems) is replayed for every later one. The
replay is the reader's own work, so the quick way and the careful way cannot differ. Of a measured value
the number is not part of the key: what is kept is the way from the number to the row (`measures.Scale`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from openmbc.facts import Row
from openmbc.records.fhir.dates import Day
from openmbc.records.fhir.problems import Message, Problems

if TYPE_CHECKING:
    from openmbc.records.fhir.chart import Chart
    from openmbc.records.fhir.measures import Scale

T = TypeVar("T")
_MOST = 1 << 15  # statements kept; then it starts again
_TABLES = ("conditions", "observations", "variants", "treatments")

Said = tuple[tuple[tuple[Callable[[Row], None], Row], ...], tuple[tuple[Message, str], ...]]


class Memo:
    """What was made of the statements read so far, for one run and one set of tables."""

    __slots__ = ("_parts", "_said", "scales")

    def __init__(self) -> None:
        self.scales: dict[Hashable, Scale] = {}
        self._said: dict[Hashable, Said] = {}
        self._parts: dict[Hashable, tuple[Any, tuple[tuple[Message, str], ...]]] = {}

    def once(self, key: Hashable, chart: Chart, source: str, work: Callable[..., T], *given: object) -> T:
        """The result of ``work(chart, *given, source)``, worked out once for each key. Its problems count each time."""
        kept = self._parts.get(key)
        if kept is None:
            known, chart.problems = chart.problems, Problems()
            try:
                result = work(chart, *given, source)
                said = chart.problems.kinds()
            finally:
                known.merge(chart.problems)
                chart.problems = known
            if len(self._parts) >= _MOST:
                self._parts.clear()
            self._parts[key] = result, said
            return result
        for message, of in kept[1]:
            chart.problems.count(message, of, source)
        return cast("T", kept[0])

    def replay(self, key: Hashable, chart: Chart, day: Day, source: str) -> bool:
        """Say again what was said for this key; false when it is new."""
        said = self._said.get(key)
        if said is None:
            return False
        rows, problems = said
        head = (chart.person, source, day[0], day[1])
        for append, rest in rows:
            append(head + rest)
        for message, of in problems:
            chart.problems.count(message, of, source)
        return True

    def keep_scale(self, key: Hashable, scale: Scale) -> None:
        """Remember the way from the number of a measured value to its row."""
        if len(self.scales) >= _MOST:
            self.scales.clear()
        self.scales[key] = scale

    def learn(
        self, key: Hashable, chart: Chart, day: Day, source: str, read: Callable[[Chart, Any, str], None], resource: Any
    ) -> None:
        """Let the reader read, and keep what it made of it."""
        made = watched(chart, read, resource, source)
        if all(row[:4] == (chart.person, source, day[0], day[1]) for _, row in made.rows):
            if len(self._said) >= _MOST:
                self._said.clear()
            self._said[key] = tuple((chart.tables[table].append, row[4:]) for table, row in made.rows), made.said


class Made(NamedTuple):
    """What a reader made of a resource: rows by table, and problems."""

    rows: list[tuple[str, Row]]
    said: tuple[tuple[Message, str], ...]


def watched(chart: Chart, read: Callable[[Chart, Any, str], None], resource: Any, source: str) -> Made:
    """Let the reader read, and say what it made of it."""
    before = [len(chart.tables[name]) for name in _TABLES]
    known, chart.problems = chart.problems, Problems()
    try:
        read(chart, resource, source)
        said = chart.problems.kinds()
    finally:
        known.merge(chart.problems)
        chart.problems = known
    return Made([(name, row) for name, n in zip(_TABLES, before, strict=True) for row in chart.tables[name][n:]], said)
