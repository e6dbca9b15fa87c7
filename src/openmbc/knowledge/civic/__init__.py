"""CIViC (civicdb.org, content CC0) as a second opinion: its evidence is read, checked and kept beside the knowledge.

It never changes an answer: it is shown with its own ids, where it agrees and where it does not.
"""

from openmbc.knowledge.civic.profile import holds
from openmbc.knowledge.civic.release import Item, Release, read_release
from openmbc.knowledge.civic.store import keep, kept

__all__ = ["Item", "Release", "holds", "keep", "kept", "read_release"]
