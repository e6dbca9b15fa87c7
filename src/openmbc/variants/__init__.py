"""Changes of genes: what they are and what they mean. Usable on its own: knows no record and no treatment."""

from openmbc.variants.change import Change, Kind, same_change
from openmbc.variants.known import Marker, Oncogenicity, markers
from openmbc.variants.meaning import Meaning, closed_by, meaning, reported_call
from openmbc.variants.read import read_change

__all__ = [
    "Change", "Kind", "Marker", "Meaning", "Oncogenicity", "closed_by", "markers", "meaning", "read_change",
    "reported_call", "same_change",
]  # fmt: skip
