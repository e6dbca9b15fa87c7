"""A report, a replay and the news as text, JSON and page. Nothing is decided here: a view shows what is said."""

from openmbc.present.as_calendar import as_calendar
from openmbc.present.as_json import as_json, report_schema
from openmbc.present.as_text import as_text
from openmbc.present.news_text import news_as_text
from openmbc.present.page import as_page
from openmbc.present.replay_text import replay_as_json, replay_as_text
from openmbc.present.timeline import replay_as_page

__all__ = [
    "as_calendar",
    "as_json",
    "as_page",
    "as_text",
    "news_as_text",
    "replay_as_json",
    "replay_as_page",
    "replay_as_text",
    "report_schema",
]
