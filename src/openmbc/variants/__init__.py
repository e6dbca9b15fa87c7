"""Changes of genes: what they are and what they mean. Usable on its own: knows no record and no treatment."""

from openmbc.variants.change import Change, Kind, same_change
from openmbc.variants.read import read_change
from openmbc.variants.significance import significance_of

__all__ = ["Change", "Kind", "read_change", "same_change", "significance_of"]
