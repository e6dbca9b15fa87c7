"""Everything for one person at one date, typed: what every view is drawn from."""

from openmbc.report.basics import NOTICE, Problem, Source
from openmbc.report.build import build
from openmbc.report.calendar_types import CalendarLine, CalendarReason, Planned, PlannedTest
from openmbc.report.checkin import CheckIn, checkin
from openmbc.report.civic_types import CivicStatement, SecondOpinion
from openmbc.report.course_types import LabGrade, MarkerTrend, Measurement
from openmbc.report.drug_types import DoseRule, Dosing, Monitor
from openmbc.report.due import planned
from openmbc.report.genomic_types import DrugEffect, Finding, Meaning, NextTest, Panel, Said, TestResult, Tier
from openmbc.report.guide import guide
from openmbc.report.liquid_types import AtDraw, Draw, Known, Liquid, Talk, VariantOverTime
from openmbc.report.living_types import Alert, Guide, Practice, SupplementCheck, SupportOffer, SymptomHelp, Tip
from openmbc.report.news import News, news
from openmbc.report.phrase import Phrase
from openmbc.report.types import (
    Assumption,
    Cause,
    CountingRule,
    Decision,
    Evidence,
    Figure,
    Harm,
    KnowledgeInfo,
    Option,
    Person,
    Reason,
    Report,
    Result,
    Score,
    Seen,
    SideEffect,
    TradeOff,
    TreatmentLine,
)
from openmbc.report.visit_types import Ask, Course, ImportantDate, Visit

__all__ = [
    "NOTICE",
    "Alert",
    "Ask",
    "Assumption",
    "AtDraw",
    "CalendarLine",
    "CalendarReason",
    "Cause",
    "CheckIn",
    "CivicStatement",
    "CountingRule",
    "Course",
    "Decision",
    "DoseRule",
    "Dosing",
    "Draw",
    "DrugEffect",
    "Evidence",
    "Figure",
    "Finding",
    "Guide",
    "Harm",
    "ImportantDate",
    "KnowledgeInfo",
    "Known",
    "LabGrade",
    "Liquid",
    "MarkerTrend",
    "Meaning",
    "Measurement",
    "Monitor",
    "News",
    "NextTest",
    "Option",
    "Panel",
    "Person",
    "Phrase",
    "Planned",
    "PlannedTest",
    "Practice",
    "Problem",
    "Reason",
    "Report",
    "Result",
    "Said",
    "Score",
    "SecondOpinion",
    "Seen",
    "SideEffect",
    "Source",
    "SupplementCheck",
    "SupportOffer",
    "SymptomHelp",
    "Talk",
    "TestResult",
    "Tier",
    "Tip",
    "TradeOff",
    "TreatmentLine",
    "VariantOverTime",
    "Visit",
    "build",
    "checkin",
    "guide",
    "news",
    "planned",
]
