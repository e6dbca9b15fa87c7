"""The axis of time that drawings share."""

from __future__ import annotations

import datetime as dt

WIDTH, EDGE = 640, 8  # of a drawing, in its own units
_TICKS = 6


class Axis:
    """Days to places on the drawing."""

    def __init__(self, first: dt.date, last: dt.date, left: float = EDGE, right: float = WIDTH - EDGE) -> None:
        self.first, self.last = first, max(last, first + dt.timedelta(days=30))
        self.left, self.right = left, right  # where it begins and ends on the drawing

    def x(self, day: dt.date) -> float:
        """The place of a day; days before the axis stand at its beginning."""
        share = (day - self.first) / (self.last - self.first)
        return round(self.left + max(0.0, min(1.0, share)) * (self.right - self.left), 1)

    def ticks(self, most: int = _TICKS) -> list[tuple[float, str]]:
        """Some first days of months, with their names."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 600) if months / n <= most)
        found, year, month = [], self.first.year, self.first.month
        while (day := dt.date(year, month, 1)) <= self.last:
            if day >= self.first and (year * 12 + month - 1) % every == 0:
                found.append((self.x(day), f"{day:%Y-%m}"))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return found
