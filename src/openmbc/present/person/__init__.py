"""What a person reads: the check-in, the guide, the page for a visit; in each language of `locale/`."""

from openmbc.present.person.language import LANGUAGES, Language, language
from openmbc.present.person.pages import checkin_as, guide_as, visit_as

__all__ = ["LANGUAGES", "Language", "checkin_as", "guide_as", "language", "visit_as"]
