"""Which genes a test looks at: a gene that was looked at and is clear is not the same as one that was not on the panel.

`panels.csv` holds tests whose genes were read in a source; a test without genes is known by name only, and nothing of
it counts as looked at. `needs.csv` names genes in which small variants alone do not settle the question: a test that
reports no losses says nothing of a lost PTEN.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import msgspec

from openmbc import terms
from openmbc.errors import UsageError
from openmbc.records.sequencing.found import Found, genes_in_words
from openmbc.terms.tables import rows

HERE = Path(__file__).parent
SMALL, GAINS, LOSSES, FUSIONS = "small", "gains", "losses", "fusions"
EVERY_KIND = frozenset({SMALL, GAINS, LOSSES, FUSIONS})
_COPIES = {"": (), "gains": (GAINS,), "losses": (LOSSES,), "both": (GAINS, LOSSES)}
_SAID = {"gains": (GAINS,), "gain": (GAINS,), "amplification": (GAINS,), "losses": (LOSSES,), "loss": (LOSSES,),
         "copies": (GAINS, LOSSES), "fusion": (FUSIONS,), "fusions": (FUSIONS,)}  # fmt: skip


class Panel(msgspec.Struct, frozen=True):
    """A test: its name, the kinds of change looked for in each gene, the specimen, the smallest VAF that it finds."""

    name: str
    genes: dict[str, frozenset[str]]
    specimen: str | None = None
    lod: float | None = None


def find_panel(name: str) -> Panel | None:
    """The test of that name in `panels.csv`; None when it is not known."""
    return _panels().get(_plain(name))


def read_panel(text: str) -> Panel:
    """A test by name, or a file of genes: one a line, what else than small variants is looked for after it.

    ``NTRK1 fusion``, ``PTEN losses``, ``FGFR1 gains``, ``ERBB2 copies``; ``#`` begins a comment. Raises `UsageError`.
    """
    path = Path(text)
    if not path.is_file():
        found = find_panel(text)
        if found is None:
            known = ", ".join(sorted(row["assay"] for row in rows("panels", HERE)))
            todo = f"Known: {known}. Or give a file with one gene a line."
            raise UsageError(f"'{text}' is no test that is known, and no file", place="--panel", todo=todo)
        return found
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError("the list of genes cannot be read", file=text, todo="Save it as UTF-8 text.") from None
    genes: dict[str, frozenset[str]] = {}
    for number, line in enumerate(lines, 1):
        name, *kinds = re.split(r"[\s,;]+", line.split("#")[0].strip())
        if name:
            genes[name.upper()] = _kinds_said(kinds, path, number) | {SMALL}
    if not genes:
        raise UsageError("the list holds no gene", file=text, todo="Write one gene a line.")
    known_genes = {terms.gene_symbol(None, name, None) or name: kinds for name, kinds in genes.items()}
    return Panel(path.stem, known_genes)


def _kinds_said(kinds: list[str], path: Path, line: int) -> frozenset[str]:
    said: set[str] = set()
    for kind in filter(None, kinds):
        if kind.lower() not in _SAID:
            todo = f"After a gene write {', '.join(_SAID)}, or nothing."
            raise UsageError(f"'{kind}' is not understood", file=str(path), place=f"line {line}", todo=todo)
        said.update(_SAID[kind.lower()])
    return frozenset(said)


def study(found: Found, panel: Panel | None, read: Collection[str]) -> None:
    """Rows for the genes of a test in which nothing was found.

    ``read`` are the kinds of change that the file can hold. A gene of which something could not be read stays out,
    and so does one whose question needs a kind of change that the test or the file does not show.
    """
    if panel is None or not panel.genes:
        test = f"'{found.assay}'" if found.assay else "the test"
        found.problem("note", f"which genes {test} looks at is not known here: genes without a finding stay unknown",
                      "Add --panel with the name of the test or a file of its genes.")  # fmt: skip
        return
    if found.specimen is None and found.origin != "germline":
        found.problem("warning", "the file does not say whether the sample was blood or tissue: genes without a "
                      "finding stay unknown", "Add --specimen plasma, tissue or germline.")  # fmt: skip
        return
    unsettled, unknown = set(), set()
    for gene, kinds in sorted(panel.genes.items()):
        if gene in found.named or gene in found.open:
            continue
        if not _needs(gene) <= kinds & set(read):
            unsettled.add(gene)
        elif terms.gene_symbol(None, gene, None) is None:
            unknown.add(gene)
        else:
            found.variant(gene, None, result="studied", text=f"on the panel {panel.name}")
    if unsettled:
        found.problem("note", "losses, gains or fusions of these genes are not in the file or not on the panel, so "
                      f"that they stay unknown: {genes_in_words(unsettled, 20)}",
                      "Nothing needs to be done.")  # fmt: skip
    if unknown:
        found.problem(
            "note", f"genes of the panel that no rule looks at: {genes_in_words(unknown)}", "Nothing needs to be done."
        )


def _needs(gene: str) -> frozenset[str]:
    needs = _needed().get(gene, ())
    return frozenset(needs) if FUSIONS in needs else frozenset({SMALL, *needs})


@cache
def _needed() -> dict[str, tuple[str, ...]]:
    return {row["gene"]: (row["needs"],) for row in rows("needs", HERE)}


@cache
def _panels() -> dict[str, Panel]:
    found = {}
    for row in rows("panels", HERE):
        kinds = frozenset({SMALL, *_COPIES[row["copies"]]})
        lod = float(row["lod"]) if row["lod"] else None
        panel = Panel(row["assay"], dict.fromkeys(row["genes"].split(), kinds), row["specimen"] or None, lod)
        for name in (row["assay"], *row["names"].split("|")):
            found[_plain(name)] = panel
    return found


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[®™_\-\s]+", " ", name.lower()).split())
