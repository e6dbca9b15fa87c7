"""Where the last good release is kept: one JSON file in a folder of the user."""

from __future__ import annotations

from pathlib import Path

import msgspec

from openmbc.errors import RecordError, UsageError
from openmbc.knowledge.civic.release import Release

NAME = "civic.json"


def keep(release: Release, folder: Path) -> Path:
    """Keep a release in place of the one before; the file is exchanged whole. Gives its path.

    Raises `RecordError` when it holds less than half of the items of the one before (a download that broke off), and
    `UsageError` when the folder cannot be written. In both cases nothing is changed.
    """
    file = folder / NAME
    before = kept(folder)
    if before is not None and len(release.items) < len(before.items) / 2:
        raise RecordError(
            f"holds {len(release.items)} items on breast cancer where the release of {before.fetched} had "
            f"{len(before.items)}; nothing was changed",
            file=release.origin,
            todo=f"Load it again. If it is right, remove {file} first.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(release))
        draft.replace(file)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=str(file), todo="Check its rights.") from None
    return file


def kept(folder: Path) -> Release | None:
    """The release that is kept; None when there is none. Raises `RecordError` when its file is damaged."""
    file = folder / NAME
    try:
        return msgspec.json.decode(file.read_bytes(), type=Release)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise RecordError(
            f"cannot be read ({error})",
            file=str(file),
            todo="Remove it, and run: openmbc knowledge update civic",
        ) from None
