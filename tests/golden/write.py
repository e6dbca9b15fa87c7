"""Write the golden texts again after a wanted change; then read the diff.

``python tests/golden/write.py sample`` writes only those of the invented sample.
"""

import datetime as dt
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "present"), str(HERE)]

import coverage  # noqa: E402
import sample  # noqa: E402

from openmbc.knowledge import load  # noqa: E402
from openmbc.present import as_page  # noqa: E402
from openmbc.present.as_json import SCHEMA_FILE  # noqa: E402
from openmbc.records import read  # noqa: E402
from openmbc.records.demo import DEMO  # noqa: E402
from openmbc.report import build  # noqa: E402

DAY = dt.date(2026, 11, 15)
STYLE = (SCHEMA_FILE.parent / "templates" / "style.css").read_text(encoding="utf-8")

if sys.argv[1:] in ([], ["coverage"]):
    coverage.PAGE.write_text(coverage.page(), encoding="utf-8")

for name in [n for n in sys.argv[1:] if n != "coverage"] or ("sample", "anna", "elsa", "jo"):
    report = sample.report() if name == "sample" else build(read(DEMO / f"{name}.yaml"), DAY, load(), today=DAY)
    (HERE / f"{name}.txt").write_text(sample.golden_text(report), encoding="utf-8")
    if name == "sample":
        (HERE / "sample.html").write_text(as_page(report).replace(STYLE, ""), encoding="utf-8")
