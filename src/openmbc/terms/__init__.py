"""Codes to concepts, drugs to classes, units to canonical ones.

The tables are CSV files beside this module; `README.md` says where each was confirmed. Every look-up
is a dictionary access on tables that are read once. What the tables do not hold is None: nothing is guessed.
"""

from openmbc.terms.codes import look_up
from openmbc.terms.drugs import classes_of, drug_of_text, drugs_of_text
from openmbc.terms.genes import gene_symbol
from openmbc.terms.stages import Term
from openmbc.terms.tests import Test, tests
from openmbc.terms.texts import by_text
from openmbc.terms.units import canonical, convert, linear, plausible

__all__ = [
    "Term",
    "Test",
    "by_text",
    "canonical",
    "classes_of",
    "convert",
    "drug_of_text",
    "drugs_of_text",
    "gene_symbol",
    "linear",
    "look_up",
    "plausible",
    "tests",
]
