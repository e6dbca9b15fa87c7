"""Commands on changes of genes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from openmbc.cli.base import DONE_WITH_PROBLEMS, app
from openmbc.errors import UsageError


@app.command()
def variant(
    text: Annotated[str | None, typer.Argument(metavar="CHANGE", help="A change, such as 'PIK3CA H1047R'.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Many: one a line, or a table (CSV) with columns gene and change.")
    ] = None,
    gene: Annotated[str | None, typer.Option("--gene", help="The gene of a change that does not name it.")] = None,
    diplotype: Annotated[
        str | None, typer.Option("--diplotype", help="Alleles of --gene DPYD or UGT1A1, such as '*1/*2A'.")
    ] = None,
    tumour: Annotated[str, typer.Option("--tumour", "--tumor", help="The tumour it was found in.")] = "breast",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON: an object, or with --file a list of them.")] = False,
) -> None:
    """What a change of a gene is, how harmful it is, and which drugs work better or worse because of it."""
    import msgspec

    from openmbc.knowledge import load
    from openmbc.present.variant_text import variants_as_text
    from openmbc.records.changes import read_changes
    from openmbc.report.variant import variant as meaning_of

    if diplotype is not None:
        if text is not None or file is not None:
            raise UsageError("--diplotype stands alone", todo="Leave out the change and --file.")
        _diplotype(gene, diplotype, as_json)
        return
    if (text is None) == (file is None):
        raise UsageError("one change or --file is needed", todo="Write: openmbc variant 'PIK3CA H1047R'.")
    changes = read_changes(file) if file is not None else [(text or "", None)]
    knowledge = load()
    found = [meaning_of(change, knowledge, tumour, of or gene) for change, of in changes]
    if not as_json:
        sys.stdout.write(variants_as_text(found, [change for change, _ in changes]))
    elif file is None:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found[0]), indent=2).decode() + "\n")
    else:
        lines = ",\n".join(msgspec.json.encode(one).decode() for one in found)
        sys.stdout.write(f"[\n{lines}\n]\n")
    if any(one.problems for one in found):
        raise typer.Exit(DONE_WITH_PROBLEMS)


def _diplotype(gene: str | None, diplotype: str, as_json: bool) -> None:
    """What two copies of a pharmacogene make, and what that does to drugs."""
    import msgspec

    from openmbc.knowledge import load
    from openmbc.present.pharmacogene_text import pharmacogene_as_text
    from openmbc.report.pharmacogene import pharmacogene
    from openmbc.variants.pharmacogenes import GENES

    name = (gene or "").upper()
    if name not in GENES:
        raise UsageError(
            f"--diplotype needs --gene {' or '.join(GENES)}",
            todo="Write: openmbc variant --gene DPYD --diplotype '*1/*2A'.",
        )
    found = pharmacogene(name, diplotype, load())
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    else:
        sys.stdout.write(pharmacogene_as_text(found))
    if found.problems:
        raise typer.Exit(DONE_WITH_PROBLEMS)
