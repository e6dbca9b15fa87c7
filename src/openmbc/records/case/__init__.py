"""Case files: a person in YAML shorthand, typed in two minutes (docs/case-file.md)."""

from openmbc.records.case.model import case_schema
from openmbc.records.case.read import read_case, template

__all__ = ["case_schema", "read_case", "template"]
