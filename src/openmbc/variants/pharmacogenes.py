"""DPYD and UGT1A1: what was reported, or called, to two copies, an activity score and a phenotype.

Usable on its own: ``read_genotype("DPYD", "c.1905+1G>A (het)")``; ``genotypes(calls)`` for the calls of a sequencing
file. The rules are CPIC's; what is unknown stays unknown (`Genotype`). What it does to a drug stands in the knowledge
of that drug. See ``docs/pharmacogenes.md``.
"""

from openmbc.variants.pharmacogene_calls import Call, genotypes, places
from openmbc.variants.pharmacogene_result import Genotype
from openmbc.variants.pharmacogene_tables import GENES, MARKERS, Allele, sources, values
from openmbc.variants.pharmacogene_text import read_genotype

__all__ = [
    "GENES",
    "MARKERS",
    "Allele",
    "Call",
    "Genotype",
    "genotypes",
    "places",
    "read_genotype",
    "sources",
    "values",
]
