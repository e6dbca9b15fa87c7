"""Commands on the knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openmbc.cli.base import AsOf, day_of, knowledge_app


@knowledge_app.command("check")
def knowledge_check(
    folder: Annotated[Path | None, typer.Option("--folder", help="Another folder of knowledge.")] = None,
    as_of: AsOf = None,
) -> None:
    """Report everything that is wrong with the knowledge, in one run."""
    from openmbc.knowledge import FOLDER
    from openmbc.knowledge.check import check

    findings = check(folder or FOLDER, day_of(as_of))
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(f.severity == "error" for f in findings)
    typer.echo(f"{errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise typer.Exit(2)


@knowledge_app.command("show")
def knowledge_show(
    entry: Annotated[str, typer.Argument(help="An id, such as regimens/hr_positive/ribociclib_ai or ribociclib.")],
) -> None:
    """Show an entry of the knowledge as it is written."""
    from openmbc.knowledge.check import find

    typer.echo(find(entry))


@knowledge_app.command("pages")
def knowledge_pages(
    output: Annotated[Path, typer.Option("--output", help="Folder for the pages (Markdown).")],
) -> None:
    """Write the knowledge as pages to read: one for each option, drug and trial."""
    from openmbc.knowledge import load
    from openmbc.present.site import write_pages

    typer.echo(f"{write_pages(load(), output)} pages in {output}")
