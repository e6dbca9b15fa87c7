"""The errors of openmbc. Each says the file, the place in it, what is wrong and what to do.

::

    OpenmbcError                  exit 1   never raised itself
    ├── InputError                exit 2   what the user gave cannot be read
    │   ├── RecordError           exit 2   a record (file, folder, bundle, case)
    │   └── UsageError            exit 2   an argument (date, region, output)
    └── KnowledgeError            exit 2   the knowledge does not hold together; carries every finding

Exit code 3 is no error: the work was done, and the record had problems, which are listed.
"""

from __future__ import annotations

from collections.abc import Sequence


class OpenmbcError(Exception):
    """Base of all errors; prints as one line: ``file: place: what is wrong. What to do.``"""

    exit_code = 1

    def __init__(self, what: str, *, file: str = "", place: str = "", todo: str = "") -> None:
        self.what, self.file, self.place, self.todo = what, file, place, todo
        located = ": ".join(part for part in (file, place, what) if part)
        super().__init__(f"{located.rstrip('.')}. {todo}".strip())


class InputError(OpenmbcError):
    """What the user gave cannot be read."""

    exit_code = 2


class RecordError(InputError):
    """A record cannot be read."""


class UsageError(InputError):
    """An argument makes no sense."""


class KnowledgeError(OpenmbcError):
    """The knowledge does not hold together."""

    exit_code = 2

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(findings))
