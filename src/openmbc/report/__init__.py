"""Everything for one person at one date, typed: what every view is drawn from."""

from openmbc.report.build import build
from openmbc.report.news import News, news
from openmbc.report.tradeoffs import EFFECTS
from openmbc.report.types import (
    NOTICE,
    Assumption,
    Decision,
    DoseRule,
    Dosing,
    Evidence,
    Figure,
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
    TradeOff,
)

__all__ = [
    "EFFECTS",
    "NOTICE",
    "Assumption",
    "Decision",
    "DoseRule",
    "Dosing",
    "Evidence",
    "Figure",
    "KnowledgeInfo",
    "Monitor",
    "News",
    "NextTest",
    "Option",
    "Person",
    "Problem",
    "Reason",
    "Report",
    "Result",
    "Seen",
    "Source",
    "TradeOff",
    "build",
    "news",
]
