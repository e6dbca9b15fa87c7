"""Write the golden texts again after a wanted change; then read the diff."""

import datetime as dt
from pathlib import Path

from openmbc.knowledge import load
from openmbc.present import as_text
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import build

DAY = dt.date(2026, 11, 15)

for name in ("anna", "elsa", "jo"):
    report = build(read(DEMO / f"{name}.yaml"), DAY, load(), today=DAY)
    (Path(__file__).parent / f"{name}.txt").write_text(as_text(report), encoding="utf-8")
