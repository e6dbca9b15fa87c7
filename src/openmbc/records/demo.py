"""The invented people that ship with openmbc."""

from pathlib import Path

DEMO = Path(__file__).parent.parent / "demo"
