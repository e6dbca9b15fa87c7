"""The one place that goes to the network, and only when a command asks for it by name."""

from __future__ import annotations

import urllib.error
import urllib.request

from openmbc import __version__
from openmbc.errors import UsageError

_SECONDS = 60
_MOST = 200_000_000  # bytes; the largest file that is fetched has a few million


def download(url: str) -> bytes:
    """What stands at an address (https). Raises `UsageError` when it cannot be fetched."""
    if not url.startswith("https://"):
        raise UsageError("is not an https address", file=url, todo="Give an address that begins with https://.")
    request = urllib.request.Request(url, headers={"User-Agent": f"openmbc/{__version__}"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_MOST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise UsageError(
            f"could not be fetched ({why}); nothing was changed",
            file=url,
            todo="Without a connection, load the file elsewhere and give it with --from.",
        ) from None
    if len(data) > _MOST:
        raise UsageError("is larger than 200 MB; nothing was changed", file=url, todo="Check the address.")
    return data
