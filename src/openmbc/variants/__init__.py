"""Changes of genes: what they are and what they mean. Usable on its own: knows no record and no treatment."""

from openmbc.variants.significance import significance_of

__all__ = ["significance_of"]
