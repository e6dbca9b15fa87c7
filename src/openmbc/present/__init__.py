"""A report as text, JSON and page. Nothing is decided here: a view shows what the report says."""

from openmbc.present.as_calendar import as_calendar
from openmbc.present.as_json import as_json, report_schema
from openmbc.present.as_text import as_text
from openmbc.present.news_text import news_as_text
from openmbc.present.page import as_page

__all__ = ["as_calendar", "as_json", "as_page", "as_text", "news_as_text", "report_schema"]
