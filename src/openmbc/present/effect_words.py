"""Side effects and graded laboratory values in the words that text and page share."""

from __future__ import annotations

from openmbc.criteria.words import unit_words
from openmbc.report import Cause, LabGrade, SideEffect

NAMED = {"label": "its label has rules for it", "trial": "a trial counts it", None: ""}
NO_RULE = "No rule of its label for this grade is in this knowledge."
TRENDS = {"better": "better than before", "same": "as before", "worse": "worse than before"}


def side_effect(found: SideEffect) -> str:
    """What is known of a side effect: "diarrhoea, grade 3, reported 2026-11-01, worse than before (grade 2)"."""
    grade = "grade not known" if found.grade is None else f"grade {found.grade}"
    said = [found.effect, f"{grade} ({found.version})" if found.version else grade]
    if found.date is not None:
        said.append(f"reported {found.date.isoformat()}")
    if found.since is not None and found.since != found.date:
        said.append(f"since {found.since.isoformat()}")
    if found.trend is not None:
        said.append(f"{TRENDS[found.trend]} (grade {found.before})")
    return ", ".join(said)


def no_rule(found: Cause, effect: SideEffect) -> str:
    """Why no rule is shown for a drug that may cause a side effect."""
    if not found.running:
        return "It does not run: there is no dose to change."
    if effect.measured and found.named == "label":
        return "What its label says goes by the measured value, not by the grade."
    return NO_RULE


def cause(found: Cause) -> str:
    """A drug that may cause a side effect, and why it is named."""
    said = ["running" if found.running else "not running", "blamed in the record" if found.blamed else ""]
    return f"{found.drug} ({'; '.join(filter(None, [*said, NAMED[found.named]]))})"


def lab_grade(lab: LabGrade) -> str:
    """A laboratory value with its grade, or why it has none."""
    value = f"{lab.value:g} {unit_words(lab.unit)} on {lab.date}"
    if lab.grade is None:
        return f"{lab.term}: cannot be graded ({lab.reason}); {value}"
    return f"{lab.term}: grade {lab.grade} (CTCAE {lab.ctcae}); {value}; {lab.criterion}"
