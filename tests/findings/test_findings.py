"""What tests of genes and proteins found, in the report: rows, samples, what each opens and closes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from openmbc.guidance import VERDICTS, Verdicts, evaluate, plan
from openmbc.knowledge import load
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import Finding, Report, build
from openmbc.state import assume, derive

HERE = Path(__file__).parent
DAY = dt.date(2026, 11, 15)
FILES = [HERE / "mia.yaml", *sorted(DEMO.glob("*.yaml"))]
NEEDS, UNSUITABLE = VERDICTS.index("needs_information"), VERDICTS.index("unsuitable")


@pytest.fixture(scope="module")
def mia() -> Report:
    return build(read(HERE / "mia.yaml"), DAY, load())


def row(report: Report, what: str, specimen: str | None = None) -> Finding:
    found = [f for f in report.findings if f.what == what and specimen in (None, f.specimen)]
    assert len(found) == 1, (what, [f.what for f in report.findings])
    return found[0]


def test_a_change_is_told_as_reported_and_in_its_normal_form(mia: Report) -> None:
    found = row(mia, "PIK3CA")
    assert (found.change, found.vaf, found.specimen, found.date) == ("H1047R", 0.12, "liver", dt.date(2023, 3, 1))
    assert (found.marker, found.value, found.result) == ("pik3ca", "altered", "found")
    assert "pik3ca" in found.means
    assert {t.tier for t in found.escat} >= {"I-A"}
    assert "hr_positive/capivasertib_fulvestrant" in found.opens


def test_her2_by_three_tests_is_three_findings_and_the_newest_specimen_decides(mia: Report) -> None:
    of_her2 = {(f.what, f.specimen): f for f in mia.findings if f.decides is not None}
    assert [key for key, f in of_her2.items() if f.decides] == [("HER2 by IHC", "liver"), ("HER2 by ISH", "liver")]
    assert ("HER2 by IHC", "primary") in of_her2
    sequenced = of_her2["HER2 by sequencing", "liver"]
    assert not sequenced.opens
    assert not sequenced.closes
    assert any("sequencing does not decide it" in note for note in sequenced.notes)
    assert mia.state["her2"].value == "low"


def test_an_older_specimen_opens_nothing(mia: Report) -> None:
    older = row(mia, "HER2 by IHC", "primary")
    assert (older.opens, older.closes) == ([], [])
    assert older.notes == [
        "HER2 by IHC: the result (2018-01, primary) does not count now, as another is newer or says it more surely."
    ]


def test_uncertain_significance_opens_nothing_and_says_so(mia: Report) -> None:
    found = row(mia, "BRCA1")
    assert (found.value, found.opens) == ("uncertain", [])
    assert "A change of uncertain significance opens no treatment." in (found.reason or "")
    assert not found.means


def test_a_negative_in_blood_of_which_the_tumour_fraction_is_not_known_says_nothing(mia: Report) -> None:
    found = row(mia, "AKT1")
    assert (found.result, found.value, found.opens, found.closes) == ("not_detected", None, [], [])
    assert [s.id for s in found.source] == ["ctdna_tumour_fraction_2024"]
    (blood,) = [p for p in mia.panels if p.specimen == "plasma"]
    assert blood.low_shedding
    assert (blood.changed, blood.clear) == (["ESR1"], ["AKT1"])
    assert "PIK3CA" in blood.not_covered


def test_what_is_inherited_has_a_word_for_the_family(mia: Report) -> None:
    found = row(mia, "BRCA2, inherited")
    assert found.specimen == "germline"
    assert found.family
    assert "her2_negative/talazoparib" in found.opens


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_opens_and_closes_are_what_evaluating_the_other_state_gives(path: Path) -> None:
    """Altered against not found, anything else against not known; germline BRCA and hormone receptors follow."""
    facts, guide = read(path), plan(load())
    report = build(facts, DAY, load())
    if report.state["disease"].value == "not_metastatic":
        return
    state = assume(derive(facts, pl.DataFrame({"person": facts.people["person"], "as_of": [DAY]})).strict)
    now = evaluate(state, guide)
    for found in report.findings:
        if not found.opens and not found.closes:
            continue
        assert found.marker is not None
        assert found.from_
        other = evaluate(otherwise(state, found.marker), guide)
        assert (set(found.opens), set(found.closes)) == moved(now, other), found.what


def otherwise(state: pl.DataFrame, marker: str) -> pl.DataFrame:
    """The state without the finding, written out for each marker."""
    value = "not_found" if state[marker].item() == "altered" else None
    changed = {marker: value}
    if marker in ("germline_brca1", "germline_brca2"):
        other = state["germline_brca1" if marker == "germline_brca2" else "germline_brca2"].item()
        changed["germline_brca"] = other if other != "not_found" or value == "not_found" else None
    if marker in ("er", "pr"):
        other = state["pr" if marker == "er" else "er"].item()
        changed["hormone_receptor"] = "positive" if other in ("positive", "low_positive") else None
    return state.with_columns(pl.Series(k, [v], state.schema[k]) for k, v in changed.items())


def moved(now: Verdicts, other: Verdicts) -> tuple[set[str], set[str]]:
    pairs = list(zip(now.plan.options, now.verdict[:, 0], other.verdict[:, 0], strict=True))
    opens = {o.id for o, is_, was in pairs if max(is_, 1) < max(was, 1)}
    closes = {o.id for o, is_, was in pairs if is_ == UNSUITABLE and was != UNSUITABLE}
    return opens, closes


def test_tissue_is_proposed_where_blood_did_not_answer(tmp_path: Path) -> None:
    text = (HERE / "mia.yaml").read_text(encoding="utf-8").replace("PIK3CA H1047R 12% (liver 2023-03)", "TP53 R175H")
    path = tmp_path / "mia.yaml"
    path.write_text(text, encoding="utf-8")
    report = build(read(path), DAY, load())
    asked = {f: t for t in report.next_tests for f in t.features}
    assert asked["akt1"].specimen == "tissue"
    assert "blood held too little" in asked["akt1"].test
    assert asked["pik3ca"].specimen == "plasma"
    assert asked["pik3ca"].source
