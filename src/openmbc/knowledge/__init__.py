"""The medicine as data, loaded once and frozen."""

from openmbc.knowledge.load import FOLDER, Knowledge, load

__all__ = ["FOLDER", "Knowledge", "load"]
