"""CTCAE grades of laboratory values, by rules that stand in the CSV files beside this module.

`grade` takes a table of results as a laboratory gives them, `grade_concepts` results that are read already (canonical
units). `problems` lists what contradicts itself. `README.md` says where each rule was read and how it is understood.
"""

from openmbc.ctcae.grading import COLUMNS, MADE, OPTIONAL, grade, grade_concepts
from openmbc.ctcae.problems import problems
from openmbc.ctcae.tables import Version

__all__ = ["COLUMNS", "MADE", "OPTIONAL", "Version", "grade", "grade_concepts", "problems"]
