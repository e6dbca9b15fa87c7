"""Commands on the knowledge."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openmbc.cli.base import DONE_WITH_PROBLEMS, AsOf, data_folder, day_of, knowledge_app

# Seen in public programs that load it every night.
CIVIC = "https://civicdb.org/downloads/nightly/nightly-AcceptedClinicalEvidenceSummaries.tsv"


class Updated(StrEnum):
    """What can be brought up to date."""

    civic = "civic"


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


@knowledge_app.command("update")
def knowledge_update(
    what: Annotated[Updated, typer.Argument(help="civic: the evidence of CIViC, shown as a second opinion.")],
    from_: Annotated[
        str, typer.Option("--from", metavar="FILE|URL", help="A file that was loaded before, or another address.")
    ] = CIVIC,
) -> None:
    """Fetch the newest evidence of CIViC (or read a file), check it, and keep it beside the knowledge."""
    from openmbc.cli.download import download
    from openmbc.knowledge.civic import keep, read_release
    from openmbc.records.files import read_any

    away = from_.startswith(("https://", "http://"))
    data = download(from_) if away else read_any(Path(from_))
    release, problems = read_release(data, from_ if away else Path(from_).name, day_of(None))
    for problem in problems:
        typer.echo(f"warning: {release.origin}: {problem}", err=True)
    file = keep(release, data_folder())
    typer.echo(
        f"CIViC: {len(release.items)} items on breast cancer or every cancer among {release.rows}, the last reviewed "
        f"{release.newest}. Kept in {file}; reports show them as a second opinion."
    )
    if problems:
        raise typer.Exit(DONE_WITH_PROBLEMS)
