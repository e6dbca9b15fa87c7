"""The command line: reads arguments and the clock, calls the engine, prints. Nothing is decided here.

The engine (Polars, the knowledge) is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from openmbc import __version__, memory
from openmbc.cli import knowledge, living, many, person, variants
from openmbc.cli.base import app
from openmbc.errors import OpenmbcError

__all__ = ["app", "knowledge", "living", "main", "many", "person", "variants"]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"openmbc {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Entry point: an error of ours is one clear line and its exit code, never a traceback."""
    memory.keep()
    try:
        app()
    except OpenmbcError as error:
        sys.stderr.write(f"openmbc: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
