"""Meanings of changes against `meaning.yaml`, and what must hold of the tables behind them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openmbc.catalogue import GERMLINE_GENES, TUMOUR_GENES
from openmbc.terms.tables import rows
from openmbc.variants import Change, closed_by, markers, meaning, read_change
from openmbc.variants.change import Kind
from openmbc.variants.known import Oncogenicity, genes, hotspots, polymorphisms

GROUPS = yaml.safe_load((Path(__file__).parent / "meaning.yaml").read_text("utf-8"))
ROWS = [row for group in GROUPS for row in group["changes"]]
TABLES = Path(__file__).parent.parent.parent / "src" / "openmbc" / "variants"
CALLS = {None, *get_args(Oncogenicity)}
HARMFUL = {"oncogenic", "likely_oncogenic"}
CONTEXTS = ("origin", "reported", "specimen", "vaf")


def _named(row: dict[str, Any]) -> str:
    return " ".join(str(row[key]) for key in ("change", *CONTEXTS) if key in row)


@pytest.mark.parametrize("row", ROWS, ids=_named)
def test_meaning(row: dict[str, Any]) -> None:
    change = read_change(row["change"], row.get("gene"))
    found = meaning(change, **{key: row[key] for key in CONTEXTS if key in row})
    sets = "none" if found.value is None else f"{found.marker} {found.value}"
    assert (found.oncogenic or "none", sets) == (row["call"], row["sets"]), found
    assert row.get("says", "") in found.reason
    assert found.clonal_haematopoiesis is row.get("blood", False)
    assert found.reason.endswith(".")
    assert ".." not in found.reason


@pytest.mark.parametrize(("text", "asked"), [("RET fusion", False), ("CCDC6-RET", False), ("RET M918T", True)])
def test_a_fusion_is_not_inherited(text: str, asked: bool) -> None:
    # Ann Oncol 2023;34:215 counts small variants; fusions arise in the tumour.
    assert ("may be inherited" in meaning(read_change(text)).reason) is asked


def test_every_group_has_its_source() -> None:
    assert all(group["source"] for group in GROUPS)
    assert len(ROWS) >= 120


def test_the_markers_are_the_tumour_genes_of_the_catalogue() -> None:
    assert {marker.name for of_gene in markers().values() for marker in of_gene} == set(TUMOUR_GENES)


def test_the_tables_hold_what_the_code_knows() -> None:
    kinds = {"hotspot", "null", "loss", "amplification", "fusion", "reported", "reported_in_frame"}
    assert {row["call"] for row in rows("hotspots", TABLES)} <= CALLS
    assert {word for row in rows("markers", TABLES) for word in row["counts"].split()} <= kinds
    assert {row["plasma_negative"] for row in rows("markers", TABLES)} <= {"counts", "open"}
    facts = {"role", "harmless_from", "blood_cells", "inherited", "unsettled"}
    assert {row["fact"] for row in rows("genes", TABLES)} <= facts
    assert {gene.role for gene in genes().values()} <= {"oncogene", "suppressor", "both", "unclear"}
    assert (set(markers()) | set(hotspots()) | set(polymorphisms())) <= set(genes())


@pytest.mark.parametrize("table", ["genes", "hotspots", "markers", "polymorphisms"])
def test_every_row_has_its_source(table: str) -> None:
    assert all(row["source"] for row in rows(table, TABLES))


def test_no_two_rows_hold_the_same_change() -> None:
    listed = [(row["gene"], row["from"], row["to"], word) for row in rows("hotspots", TABLES) if row["from"]
              for word in row["changes"].split()]  # fmt: skip
    assert len(listed) == len(set(listed))


WORDS = ["pathogenic", "likely pathogenic", "uncertain", "likely benign", "benign", None]
LETTERS = st.sampled_from("ACDEFGHIKLMNPQRSTVWY")
CHANGES = st.builds(
    lambda gene, kind, at, ref, alt: Change(gene, f"{ref}{at}{alt}", kind, at, at, ref, alt),
    st.sampled_from([*genes(), "XYZ1"]),
    st.sampled_from(get_args(Kind)),
    st.integers(1, 3400),
    LETTERS,
    LETTERS,
)


@given(CHANGES, st.sampled_from(WORDS), st.sampled_from(["plasma", "liver", None]), st.floats(0, 1) | st.none())
def test_what_must_hold_of_any_change(
    change: Change, reported: str | None, specimen: str | None, vaf: float | None
) -> None:
    found = meaning(change, reported=reported, specimen=specimen, vaf=vaf)
    assert found.oncogenic in CALLS
    # Only what is harmful sets a marker, and what the report calls uncertain or harmless never does.
    if found.value == "altered":
        assert found.oncogenic in HARMFUL
        assert reported not in ("uncertain", "likely benign", "benign")
    # Where and how much of it was found changes the warning, and nothing else.
    elsewhere = meaning(change, reported=reported)
    assert (found.oncogenic, found.marker, found.value) == (elsewhere.oncogenic, elsewhere.marker, elsewhere.value)
    assert (found.marker in TUMOUR_GENES) or (found.marker is None and found.value is None)
    assert "{" not in found.reason


@given(CHANGES, st.sampled_from(WORDS))
def test_an_inherited_change_is_as_harmful_as_the_laboratory_says(change: Change, reported: str | None) -> None:
    found = meaning(change, origin="germline", reported=reported)
    if reported is None or reported in ("uncertain", "likely benign", "benign"):
        assert found.value != "altered"
    assert (found.marker is None) == ((change.gene or "").lower() not in GERMLINE_GENES)


@pytest.mark.parametrize(
    ("gene", "change", "closed"),
    [
        ("PIK3CA", None, "pik3ca"), ("PIK3CA", "H1047R", None), ("AKT1", "E17K", "akt1"), ("AKT1", "Q79K", None),
        ("BRAF", "V600E", "braf"), ("ERBB2", None, "erbb2"), ("ERBB2", "amplification", "erbb2_amplification"),
        ("ERBB2", "L755S", None), ("NTRK1", "fusion", "ntrk"), ("NTRK1", None, "ntrk"), ("PTEN", "loss", None),
        ("CCND1", "amplification", "ccnd1"), ("MTOR", None, None), ("XYZ1", None, None),
    ],
)  # fmt: skip
def test_what_a_negative_closes(gene: str, change: str | None, closed: str | None) -> None:
    asked = read_change(change, gene) if change else Change(gene, kind="unspecified")
    marker = closed_by(asked)
    assert (marker.name if marker else None) == closed


def test_lists_of_trials_do_not_overlap() -> None:
    """What is one of the eleven changes of SOLAR-1 is in no row that says it is not."""
    of_pik3ca = [row for row in rows("hotspots", TABLES) if row["gene"] == "PIK3CA" and row["from"]]
    listed = [
        row
        for row in of_pik3ca
        if "one of the eleven changes of the trial" in row["why"] and "not one" not in row["why"]
    ]
    assert sum(len(row["changes"].split()) for row in listed) == 11
    assert not [a for a, b in itertools.combinations(listed, 2) if a["from"] == b["from"]]
