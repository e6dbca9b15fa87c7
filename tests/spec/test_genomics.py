"""What decides a gene and a receptor: the blood rule, the strongest finding, HER2's three findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from openmbc.catalogue import TUMOUR_GENES
from openmbc.facts import Facts, build, frame, schema
from openmbc.state import State, derive
from openmbc.state.genomics import low_shedding

DAY, LATER = dt.date(2026, 3, 2), dt.date(2026, 9, 1)
AS_OF = dt.date(2026, 11, 27)


def variant(gene: str, change: str | None = None, **more: Any) -> dict[str, Any]:
    """A variant of the tumour in tissue; ``result`` is ``present`` when there is a change, else ``studied``."""
    row = {"person": "p", "source": f"{gene} {change} {more}", "gene": gene, "change": change, "origin": "somatic",
           "result": "present" if change else "studied", "specimen": "liver", "date": DAY}  # fmt: skip
    return _dated(row | more)


def observed(concept: str, value: float | None = None, code: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"person": "p", "source": f"{concept} {value} {code} {more}", "concept": concept, "value": value,
           "code": code, "site": "plasma", "date": DAY}  # fmt: skip
    return _dated(row | more)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {"date_precision": "day" if row["date"] else None} | row


def state(
    variants: Sequence[dict[str, Any]] = (), observations: Sequence[dict[str, Any]] = (), trace: bool = False
) -> State:
    tables = {"variants": variants, "observations": observations}
    empty = build({"people": [("p", None, None, None, "female", None)]})
    frames = {name: pl.DataFrame(list(rows), schema_overrides=schema(name)) for name, rows in tables.items() if rows}
    full = {name: pl.concat([getattr(empty, name), table], how="diagonal") for name, table in frames.items()}
    facts: Facts = replace(empty, **full)
    return derive(facts, pl.DataFrame({"person": ["p"], "as_of": [AS_OF]}), trace=trace)


PLASMA = {"specimen": "plasma"}
ENOUGH, LITTLE = observed("tumour_fraction", 4.0), observed("tumour_fraction", 0.4)


@pytest.mark.parametrize(
    ("silent", "fractions", "said"),
    [
        # In tissue a negative counts; in plasma from a tumour fraction of 1 % of the same draw
        # (Clin Cancer Res 2024;30:2452: 97 % of negatives right from 1 % on, 66 % over all draws).
        ({"specimen": "liver"}, [], "not_found"),
        ({"specimen": None}, [], "not_found"),
        (PLASMA, [], None),
        (PLASMA, [ENOUGH], "not_found"),
        (PLASMA, [LITTLE], None),
        (PLASMA, [observed("tumour_fraction", 1.0)], "not_found"),
        (PLASMA, [observed("tumour_fraction", 1.0, comparator="<")], None),
        (PLASMA, [observed("tumour_fraction", 5.0, comparator="<")], None),
        (PLASMA, [observed("tumour_fraction", 10.0, comparator=">")], "not_found"),
        # Of another draw, of no known day, or of a tissue.
        (PLASMA, [observed("tumour_fraction", 4.0, date=LATER)], None),
        (PLASMA, [observed("tumour_fraction", 4.0, date=None)], None),
        (PLASMA | {"date": None}, [observed("tumour_fraction", 4.0, date=None)], None),
        (PLASMA, [observed("tumour_fraction", 40.0, site="liver")], None),
        (PLASMA, [observed("tumour_fraction", 4.0, site=None)], "not_found"),
        # By the same test, where both name theirs.
        (PLASMA | {"assay": "A"}, [observed("tumour_fraction", 4.0, method="A")], "not_found"),
        (PLASMA | {"assay": "A"}, [observed("tumour_fraction", 4.0, method="B")], None),
        (PLASMA | {"assay": "A"}, [ENOUGH], "not_found"),
        (PLASMA, [observed("tumour_fraction", 4.0, method="B")], "not_found"),
        # Where two tests of one day differ, the lower decides.
        (PLASMA, [ENOUGH, LITTLE], None),
        (PLASMA | {"assay": "A"}, [observed("tumour_fraction", 4.0, method="A"),
                                   observed("tumour_fraction", 0.2, method="B")], "not_found"),
    ],
    ids=str,
)  # fmt: skip
def test_a_negative_in_plasma_counts_when_there_is_tumour_in_it(
    silent: dict[str, Any], fractions: list[dict[str, Any]], said: str | None
) -> None:
    assert state([variant("ESR1", **silent)], fractions).strict["esr1"].item() == said


def test_what_does_not_count_is_not_behind_a_value() -> None:
    """The trace names the tissue and not the draw that says nothing."""
    found = state([variant("ESR1"), variant("ESR1", source="silent draw", date=LATER, **PLASMA)], trace=True)
    assert found.trace is not None
    behind = found.trace.filter(pl.col("feature") == "esr1")["source"].to_list()
    assert found.strict["esr1"].item() == "not_found"
    assert "silent draw" not in behind
    assert len(behind) == 1


def test_what_is_not_detected_in_a_low_shedding_draw_is_named() -> None:
    rows = [variant("ESR1", **PLASMA), variant("TP53"), variant("PTEN", date=LATER, **PLASMA), variant("AKT1", "E17K")]
    known, fractions = (
        pl.concat([frame(name, []), pl.DataFrame(of, schema_overrides=schema(name))], how="diagonal").with_columns(
            row=pl.lit(0)
        )
        for name, of in (("variants", rows), ("observations", [ENOUGH]))
    )
    assert low_shedding(known, fractions.clear())["gene"].to_list() == ["ESR1", "PTEN"]
    assert low_shedding(known, fractions)["gene"].to_list() == ["PTEN"]


@pytest.mark.parametrize(
    ("gene", "feature", "said"),
    [
        # Lost and amplified genes are not ruled out in plasma: of lost PTEN 2 of 4 were seen although the tumour
        # fraction was 10 % and more (ASCO abstract e15033, doi:10.1186/s13058-025-02055-0).
        ("PTEN", "pten", None), ("CCND1", "ccnd1", None), ("FGFR1", "fgfr1", None),
        ("TP53", "tp53", "not_found"), ("PIK3CA", "pik3ca", "not_found"), ("ERBB2", "erbb2", "not_found"),
    ],
)  # fmt: skip
def test_copies_are_not_ruled_out_in_plasma(gene: str, feature: str, said: str | None) -> None:
    found = state([variant(gene, **PLASMA)], [ENOUGH]).strict
    assert found[feature].item() == said
    assert found["erbb2_amplification"].item() is None


@pytest.mark.parametrize("order", [1, -1])
def test_a_change_once_found_stays(order: int) -> None:
    """Whichever comes first: a tissue without it does not take it back."""
    days = [DAY, LATER][::order]
    rows = [variant("ESR1", "D538G", date=days[0], **PLASMA), variant("ESR1", date=days[1])]
    assert state(rows).strict["esr1"].item() == "altered"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([variant("PIK3CA", "H1047R"), variant("PIK3CA", "H1047R", significance="uncertain")], "altered"),
        ([variant("PIK3CA", "I391M"), variant("PIK3CA")], "present"),
        ([variant("PIK3CA", "I391M", significance="uncertain"), variant("PIK3CA", "mutation")], "present"),
        # A harmless change does not hide that nothing that matters was found.
        ([variant("PIK3CA", "I391M", significance="benign"), variant("PIK3CA")], "not_found"),
        ([variant("PIK3CA", "I391M", significance="benign")], "uncertain"),
        ([variant("PIK3CA", "amplification"), variant("PIK3CA")], "not_found"),
        ([variant("PIK3CA", "amplification")], None),
    ],
)
def test_the_strongest_finding_decides(rows: list[dict[str, Any]], said: str | None) -> None:
    assert state(rows).strict["pik3ca"].item() == said


@pytest.mark.parametrize(
    ("genes", "said"),
    [(["NTRK1"], None), (["NTRK1", "NTRK2"], None), (["NTRK1", "NTRK2", "NTRK3"], "not_found")],
)
def test_ntrk_is_clear_when_all_three_genes_are(genes: list[str], said: str | None) -> None:
    assert state([variant(gene) for gene in genes]).strict["ntrk"].item() == said


def test_a_germline_negative_counts_in_any_specimen() -> None:
    found = state([variant("BRCA1", origin="germline", **PLASMA), variant("BRCA2", origin="germline")])
    assert found.strict["germline_brca"].item() == "not_found"


@pytest.mark.parametrize(
    ("variants", "code", "said"),
    [
        ([], "lost", "altered"), ([], "retained", None), ([variant("PTEN")], "lost", "altered"),
        ([variant("PTEN")], "retained", "not_found"), ([variant("PTEN", "R233*")], "retained", "altered"),
    ],
)  # fmt: skip
def test_pten_lost_by_immunohistochemistry(variants: list[dict[str, Any]], code: str, said: str | None) -> None:
    """PTEN that is missing is lost (doi:10.1007/s00428-025-04249-5); PTEN that is seen may still be mutated."""
    assert state(variants, [observed("pten_ihc", code=code, site="liver")]).strict["pten"].item() == said


@pytest.mark.parametrize(
    ("concept", "value", "code", "of_plasma", "with_enough"),
    [
        ("msi", None, "stable", None, "stable"), ("msi", None, "high", "high", "high"),
        ("hrd", None, "negative", None, "negative"), ("hrd", 55.0, "positive", "positive", "positive"),
        ("tmb", 3.0, None, None, 3.0),
    ],
)  # fmt: skip
def test_results_of_a_sample_in_plasma(
    concept: str, value: float | None, code: str | None, of_plasma: object, with_enough: object
) -> None:
    one = observed(concept, value, code)
    assert state([], [one]).strict[concept].item() == of_plasma
    assert state([], [one, ENOUGH]).strict[concept].item() == with_enough
    tissue = observed(concept, value, code, site="liver")
    assert state([], [tissue]).strict[concept].item() == with_enough


@pytest.mark.parametrize("fraction", [[], [observed("tumour_fraction", 4.0, date=LATER)]])
@pytest.mark.parametrize("code", ["stable", "high"])
def test_a_draw_takes_no_result_of_tissue_back(code: str, fraction: list[dict[str, Any]]) -> None:
    rows = [observed("msi", code=code, site="liver"), observed("msi", code="stable", date=LATER), *fraction]
    assert state([], rows).strict["msi"].item() == code


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([LITTLE, observed("tumour_fraction", 7.0, date=LATER)], 7.0),
        ([ENOUGH, observed("tumour_fraction", 1.0, comparator="<", date=LATER)], 0.99),
        ([observed("tumour_fraction", 40.0, site="liver")], None),
        ([ENOUGH, LITTLE], None),
    ],
)
def test_the_tumour_fraction_is_that_of_the_newest_draw(rows: list[dict[str, Any]], said: float | None) -> None:
    assert state([], rows).strict["tumour_fraction"].item() == said


GENES = st.sampled_from(["PIK3CA", "ESR1", "PTEN", "ERBB2", "TP53", "NTRK1", "NTRK2", "NTRK3", "AKT1", "CCND1"])
ROWS = st.lists(
    st.builds(
        lambda gene, change, place, day: variant(gene, change, specimen=place, date=day),
        GENES,
        st.sampled_from([None, None, "mutation", "amplification", "H1047R", "D538G", "E17K", "R175H", "L755S"]),
        st.sampled_from(["plasma", "plasma", "liver"]),
        st.sampled_from([DAY, LATER, None]),
    ),
    max_size=6,
)
SAMPLES = st.lists(st.sampled_from([
    observed("msi", code="stable"), observed("msi", code="high"), observed("hrd", code="negative"),
    observed("tmb", 3.0), observed("msi", code="stable", site="liver", date=LATER),
]), max_size=3, unique_by=lambda row: row["source"])  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(ROWS, SAMPLES, st.sampled_from([0.2, 1.0, 12.0]), st.sampled_from([DAY, LATER]))
def test_learning_the_tumour_fraction_only_narrows(
    rows: list[dict[str, Any]], samples: list[dict[str, Any]], fraction: float, day: dt.date
) -> None:
    """It turns what is not known into "not found", and overturns nothing."""
    before = state(rows, samples).strict
    after = state(rows, [*samples, observed("tumour_fraction", fraction, date=day)]).strict
    for feature in (*TUMOUR_GENES, "msi", "hrd", "tmb"):
        was, now = before[feature].item(), after[feature].item()
        assert now == was or (was is None and now in ("not_found", "stable", "negative", 3.0)), (feature, was, now)
        assert fraction >= 1 or now == was


IHC = {"site": "primary"}


@pytest.mark.parametrize(
    ("tests", "her2", "basis", "problem"),
    [
        # IHC and ISH decide, by ASCO-CAP 2023.
        ({"her2_ihc": "3+"}, "positive", "IHC 3+ decides", None),
        ({"her2_ihc": "1+"}, "low", "IHC 1+ decides", None),
        ({"her2_ihc": "0"}, "zero", "IHC 0 decides", None),
        ({"her2_ihc": "0+"}, "ultralow", "IHC 0 with faint staining decides", None),
        ({"her2_ihc": "2+"}, None, None, None),
        ({"her2_ihc": "2+", "her2_ish": "equivocal"}, None, None, None),
        ({"her2_ihc": "2+", "her2_ish": "negative"}, "low", "IHC 2+ leaves it open, ISH decides: negative", None),
        ({"her2_ihc": "2+", "her2_ish": "positive"}, "positive", "IHC 2+ leaves it open, ISH decides: positive", None),
        ({"her2_ish": "positive"}, "positive", "ISH alone decides: positive", None),
        ({"her2": "negative"}, "negative", "the report's own word decides: negative", None),
        ({"her2_ihc": "1+", "her2_ish": "negative"}, "low", "IHC 1+ decides", None),
        # They contradict each other.
        ({"her2_ihc": "3+", "her2_ish": "negative"}, "positive", "IHC 3+ decides, against ISH negative",
         "HER2 is IHC 3+ but ISH negative"),
        ({"her2_ihc": "1+", "her2_ish": "positive"}, "positive", "ISH decides, against IHC 1+: positive",
         "HER2 is IHC 1+ but ISH positive"),
        ({"her2_ihc": "0", "her2_ish": "positive"}, "zero", "IHC 0 decides, against ISH positive",
         "HER2 is IHC 0 but ISH positive"),
    ],
    ids=str,
)  # fmt: skip
def test_which_finding_decides_her2(
    tests: dict[str, str], her2: str | None, basis: str | None, problem: str | None
) -> None:
    found = state([], [observed(concept, code=code, **IHC) for concept, code in tests.items()])
    assert found.strict["her2"].item() == her2
    assert found.strict["her2_basis"].item() == basis
    assert found.strict["her2_ish"].item() == tests.get("her2_ish")
    said = found.problems["what"].to_list()
    assert said == [] if problem is None else said[0].startswith(problem)


@pytest.mark.parametrize(
    ("by_sequencing", "tests", "her2", "problem"),
    [
        ([variant("ERBB2", "amplification")], {"her2_ihc": "3+"}, "positive", None),
        ([variant("ERBB2", "amplification")], {"her2_ihc": "1+"}, "low",
         "ERBB2 is amplified by sequencing, but HER2 is low"),
        ([variant("ERBB2", "amplification")], {}, None,
         "ERBB2 is amplified by sequencing, and HER2 by IHC and ISH is not"),
        ([variant("ERBB2", "amplification")], {"her2_ihc": "2+"}, None, "ERBB2 is amplified by sequencing, and HER2"),
        ([variant("ERBB2", "amplification", result="absent")], {"her2_ihc": "3+"}, "positive",
         "HER2 is positive, but sequencing found no amplification"),
        ([variant("ERBB2", "amplification", result="absent", **PLASMA)], {"her2_ihc": "3+"}, "positive", None),
        ([variant("ERBB2", "L755S")], {"her2_ihc": "1+"}, "low", None),
        ([variant("ERBB2")], {"her2_ihc": "3+"}, "positive", None),
    ],
    ids=str,
)  # fmt: skip
def test_sequencing_never_changes_her2(
    by_sequencing: list[dict[str, Any]], tests: dict[str, str], her2: str | None, problem: str | None
) -> None:
    found = state(by_sequencing, [observed(concept, code=code, **IHC) for concept, code in tests.items()])
    assert found.strict["her2"].item() == her2
    said = found.problems["what"].to_list()
    assert said == [] if problem is None else said[0].startswith(problem)
    assert found.problems["source"].null_count() == 0


def of_tissue(code: str, **more: Any) -> dict[str, Any]:
    return observed("msi", code=code, site="liver") | _dated({"date": DAY} | more)


@pytest.mark.parametrize(
    ("tests", "msi", "problems"),
    [
        ([of_tissue("high"), of_tissue("high", method="ihc", source="two")], "high", 0),
        ([of_tissue("stable"), of_tissue("stable", date=LATER, source="two")], "stable", 0),
        # Of one day none counts; of two days the newer one does, and the team hears of it either way.
        ([of_tissue("high", method="ihc"), of_tissue("stable", source="two")], None, 1),
        ([of_tissue("high"), of_tissue("stable", date=LATER, source="two")], "stable", 1),
        ([of_tissue("stable"), of_tissue("high", date=LATER, source="two")], "high", 1),
        ([of_tissue("stable", site=None), of_tissue("high", date=LATER, source="two")], "high", 1),
        # Blood may hold too little of the tumour: it contradicts nothing.
        ([of_tissue("high"), of_tissue("stable", site="plasma", date=LATER, source="two")], "high", 0),
        ([of_tissue("stable"), of_tissue("high", date=dt.date(2027, 1, 1), source="two")], "stable", 0),
    ],
)
def test_microsatellites_that_contradict_each_other_are_a_problem(
    tests: list[dict[str, Any]], msi: str | None, problems: int
) -> None:
    found = state([], tests)
    assert found.strict["msi"].item() == msi
    assert found.problems.height == problems
    for source, severity, what in found.problems.select("source", "severity", "what").iter_rows():
        assert source == ", ".join(sorted(test["source"] for test in tests))
        assert (severity, what.partition(" are ")[0]) == ("warning", "Microsatellites or mismatch repair")
