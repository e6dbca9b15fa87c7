"""Everything for one person at one date, typed: what every view is drawn from."""

from openmbc.report.basics import NOTICE, Source
from openmbc.report.build import build
from openmbc.report.calendar_types import CalendarLine, CalendarReason, Planned, PlannedTest
from openmbc.report.course_types import LabGrade, MarkerTrend, Measurement
from openmbc.report.due import planned
from openmbc.report.genomic_types import NextTest, TestResult
from openmbc.report.news import News, news
from openmbc.report.types import (
    Assumption,
    Cause,
    CountingRule,
    Decision,
    DoseRule,
    Dosing,
    Evidence,
    Figure,
    Harm,
    KnowledgeInfo,
    Monitor,
    Option,
    Person,
    Problem,
    Reason,
    Report,
    Result,
    Score,
    Seen,
    SideEffect,
    TradeOff,
    TreatmentLine,
)

__all__ = [
    "NOTICE",
    "Assumption",
    "CalendarLine",
    "CalendarReason",
    "Cause",
    "CountingRule",
    "Decision",
    "DoseRule",
    "Dosing",
    "Evidence",
    "Figure",
    "Harm",
    "KnowledgeInfo",
    "LabGrade",
    "MarkerTrend",
    "Measurement",
    "Monitor",
    "News",
    "NextTest",
    "Option",
    "Person",
    "Planned",
    "PlannedTest",
    "Problem",
    "Reason",
    "Report",
    "Result",
    "Score",
    "Seen",
    "SideEffect",
    "Source",
    "TestResult",
    "TradeOff",
    "TreatmentLine",
    "build",
    "news",
    "planned",
]
