"""Shared by all tests: helper modules beside a test can be imported by name."""

import sys
from pathlib import Path

for folder in ("properties",):
    sys.path.insert(0, str(Path(__file__).parent / folder))
