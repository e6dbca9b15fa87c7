"""Everything for one person at one date, typed: what every view is drawn from."""

from openmbc.report.build import build
from openmbc.report.types import (
    NOTICE,
    Assumption,
    Decision,
    Evidence,
    KnowledgeInfo,
    Monitor,
    NextTest,
    Option,
    Person,
    Problem,
    Reason,
    Report,
    Result,
    Seen,
    Source,
)

__all__ = [
    "NOTICE",
    "Assumption",
    "Decision",
    "Evidence",
    "KnowledgeInfo",
    "Monitor",
    "NextTest",
    "Option",
    "Person",
    "Problem",
    "Reason",
    "Report",
    "Result",
    "Seen",
    "Source",
    "build",
]
