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


@pytest.mark.parametrize(
    ("tumour", "her2", "shown"),
    [
        ("PIK3CA H1047R (liver 2026-10), PIK3CA E545K (liver 2026-10)", "2+, ish: negative", True),
        ("PIK3CA H1047R (liver 2026-10), PIK3CA E726K (plasma 2026-10)", "2+, ish: negative", True),
        # One change, however often it was found and however it is written, is one.
        ("PIK3CA H1047R (liver 2025-10), PIK3CA H1047R (plasma 2026-10)", "2+, ish: negative", False),
        ("PIK3CA p.His1047Arg (liver 2025-10), PIK3CA c.3140A>G (plasma 2026-10)", "2+, ish: negative", False),
        # A change without its name may be the one that is known.
        ("PIK3CA H1047R (liver 2025-10), PIK3CA pathogenic (plasma 2026-10)", "2+, ish: negative", False),
        # Neither a harmless nor an open one makes two.
        ("PIK3CA H1047R (liver 2026-10), PIK3CA I391M benign (liver 2026-10)", "2+, ish: negative", False),
        ("PIK3CA H1047R (liver 2026-10), PIK3CA T727K uncertain (liver 2026-10)", "2+, ish: negative", False),
        # The entry is for HER2-negative disease.
        ("PIK3CA H1047R (liver 2026-10), PIK3CA E545K (liver 2026-10)", "3+", False),
    ],
)
def test_two_pik3ca_mutations_are_spoken_of_where_two_were_found(
    tumour: str, her2: str, shown: bool, tmp_path: Path
) -> None:
    report = told(tmp_path, f"tumour: [{tumour}]", her2)
    assert ("pik3ca_double" in {m.id for m in report.meanings}) is shown
    assert {"pik3ca_double" in f.means for f in report.findings if f.marker == "pik3ca" and f.value == "altered"} == {
        shown
    }


def told(folder: Path, text: str, her2: str = "2+, ish: negative") -> Report:
    """The report of a person with hormone receptor positive disease of whom ``text`` was found as well."""
    path = folder / "p.yaml"
    receptors = f"{{date: 2023-03, from: liver, er: 90%, her2: {her2}}}"
    known = f"born: 1970\necog: 1\nsex: female\nmetastatic: 2023-03\nmenopause: post\nreceptors: [{receptors}]"
    path.write_text(f"{known}\n{text}\n", encoding="utf-8")
    return build(read(path), DAY, load())


@pytest.mark.parametrize(
    ("text", "what", "said", "result"),
    [
        ("tumour: [PIK3CA H1047R not found (liver 2026-10)]", "PIK3CA", "H1047R not found", "not_found"),
        ("tumour: [{gene: PIK3CA, change: p.E545K, found: no, specimen: liver}]", "PIK3CA", "E545K not found",
         "not_found"),
        ("tumour: [ESR1 D538G not found (plasma 2026-10)]", "ESR1", "D538G not detected, low shedding", "not_detected"),
        ("sequencing: [{date: 2026-10, specimen: plasma, tumour_fraction: 4%, found: [ESR1 D538G not found]}]", "ESR1",
         "D538G not found", "not_found"),
        # The founder mutation of a family, and no more.
        ("germline: [BRCA1 c.5266dupC not found (2026-10)]", "BRCA1, inherited", "Q1756Pfs*74 not found", "not_found"),
    ],
)  # fmt: skip
def test_one_change_that_was_not_found_says_nothing_of_its_gene(
    text: str, what: str, said: str, result: str, tmp_path: Path
) -> None:
    report = told(tmp_path, text)
    found = row(report, what)
    assert (found.text, found.result, found.marker, found.value) == (said, result, None, None)
    assert (found.opens, found.closes, found.means) == ([], [], [])
    gene = what.partition(",")[0]
    (sample,) = report.panels
    assert (sample.changed, sample.clear) == ([], [])
    assert gene in sample.not_covered
    marker = gene.lower() if "inherited" not in what else f"germline_{gene.lower()}"
    assert marker not in report.state or report.state[marker].value is None


def test_the_only_change_that_counts_of_a_gene_stands_for_it(tmp_path: Path) -> None:
    """Capivasertib was tested for AKT1 E17K alone (FAKTION, PMC9630162)."""
    found = row(told(tmp_path, "tumour: [AKT1 E17K not found (liver 2026-10)]"), "AKT1")
    assert (found.text, found.marker, found.value) == ("not found", "akt1", "not_found")


@pytest.mark.parametrize(
    ("text", "what", "said", "value"),
    [
        ("mmr: {is: deficient, date: 2026-10-01}", "Mismatch repair by IHC", "deficient", "high"),
        ("mmr: {is: proficient, date: 2026-10-01}", "Mismatch repair by IHC", "proficient", "stable"),
        ("msi: {is: high, date: 2026-10-01}", "Microsatellites", "high", "high"),
        ("msi: {is: stable, date: 2026-10-01}", "Microsatellites", "stable", "stable"),
    ],
)
def test_mismatch_repair_is_told_in_its_own_words(text: str, what: str, said: str, value: str, tmp_path: Path) -> None:
    report = told(tmp_path, text)
    found = row(report, what)
    assert (found.text, found.value, report.state["msi"].value) == (said, value, value)
    assert (found.means == ["msi"]) is (value == "high")


@pytest.mark.parametrize(
    ("text", "meant", "set_aside"),
    [
        ("mmr: {is: deficient, date: 2025-10-01}\nmsi: {is: stable, date: 2026-10-01}", False,
         "Mismatch repair by IHC: the result (2025-10)"),
        ("msi: {is: stable, date: 2025-10-01}\nmmr: {is: deficient, date: 2026-10-01}", True,
         "Microsatellites: the result (2025-10)"),
        ("msi: stable\nmmr: {is: deficient, date: 2026-10-01}", True, "Microsatellites: the result (without a date)"),
        # Blood does not overrule tissue.
        ("mmr: {is: deficient, date: 2025-10-01}\nsequencing: [{date: 2026-10-01, specimen: plasma, msi: stable}]",
         True, "Microsatellites: the result (2026-10, blood)"),
    ],
)  # fmt: skip
def test_the_newer_result_counts_and_the_other_says_so(text: str, meant: bool, set_aside: str, tmp_path: Path) -> None:
    report = told(tmp_path, text)
    assert ("msi" in {m.id for m in report.meanings}) is meant
    notes = [note for f in report.findings if f.marker == "msi" for note in f.notes]
    assert notes == [f"{set_aside} does not count now, as another is newer or says it more surely."]


@pytest.mark.parametrize("dates", [("2025-10-01", "2026-10-01"), ("2026-10-01", "2025-10-01")])
def test_pten_that_is_retained_opens_nothing_that_its_loss_opens(dates: tuple[str, str], tmp_path: Path) -> None:
    """Retained says nothing, as the protein may be there and broken (docs/meaning.md)."""
    given = "{drugs: letrozole + ribociclib, from: 2023-04, to: 2026-10, setting: metastatic, ended: progression}"
    by_ihc = "{{is: lost, date: {}}}, {{is: retained, date: {}}}".format(*dates)
    report = told(tmp_path, f"treatments: [{given}]\npten_ihc: [{by_ihc}]")
    by_text = {f.text.partition(" ")[0]: f for f in report.findings if f.what == "PTEN by IHC"}
    assert "hr_positive/capivasertib_fulvestrant" in by_text["lost"].opens
    assert by_text["lost"].means == ["pten"]
    retained = by_text["retained"]
    assert (retained.opens, retained.closes, retained.means) == ([], [], [])
