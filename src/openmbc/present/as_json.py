"""The report as JSON, and the schema that is published with the package.

``python -m openmbc.present.as_json`` writes report.schema.json again after a change of the types.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from openmbc.report import Report

SCHEMA_FILE = Path(__file__).parent / "report.schema.json"


def as_json(report: Report) -> str:
    """The report as indented JSON in the order of its types."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def report_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the report."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}


def schema_text() -> str:
    """The schema as it stands in report.schema.json."""
    return json.dumps(report_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
