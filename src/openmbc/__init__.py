"""openmbc: a care engine for metastatic breast cancer."""

__version__ = "0.1.0"
