"""Two public test patients, read as they are: what each record must give (folder ``shared`` beside the checkout)."""

from pathlib import Path

import pytest

from openmbc.facts import Facts
from openmbc.records import read, read_many

SHARED = Path(__file__).parents[3] / "shared" / "records"
METASTATIC, EARLY = SHARED / "mcode-app-patient01.json", SHARED / "mcode-jenny-m.json"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the public test patients are not at {SHARED}")


@pytest.fixture(scope="module")
def metastatic() -> Facts:
    return read(METASTATIC)


@pytest.fixture(scope="module")
def early() -> Facts:
    return read(EARLY)


def rows(facts: Facts, table: str, columns: str) -> set[tuple]:
    found = getattr(facts, table).select(columns.split()).rows()
    return {tuple(str(cell) if hasattr(cell, "isoformat") else cell for cell in row) for row in found}


def test_the_metastatic_record_is_read_without_a_problem(metastatic):
    assert metastatic.problems.rows() == []
    assert rows(metastatic, "people", "sex birth") == {("female", "1959-01-01")}


def test_disease_of_the_metastatic_record(metastatic):
    assert rows(metastatic, "conditions", "concept site") == {
        ("breast_cancer", None), ("metastasis", "regional_lymph_node"), ("metastasis", "liver"), ("metastasis", "bone")
    }  # fmt: skip
    assert rows(metastatic, "observations", "concept code value") == {
        ("stage", "IV", None), ("er", "positive", None), ("pr", "positive", None), ("her2", "negative", None),
        ("msi", "high", None), ("ecog", None, 1.0),
    }  # fmt: skip
    assert rows(metastatic, "variants", "gene change result") == {
        ("ESR1", None, "present"),
        ("PIK3CA", None, "present"),
    }


def test_treatments_of_the_metastatic_record(metastatic):
    assert rows(metastatic, "treatments", "treatment start status") == {
        ("leuprolide", "2019-04-01", "ended"), ("fulvestrant", "2019-04-01", "ended"),
        ("abemaciclib", "2019-04-01", "running"), ("fulvestrant", "2019-06-01", "running"),
        ("ribociclib", "2019-06-01", "running"),
    }  # fmt: skip


def test_disease_of_the_early_record(early):
    assert rows(early, "conditions", "concept laterality histology status date") >= {
        ("breast_cancer", "left", "ductal", "remission", "2018-03-16")
    }
    assert not rows(early, "conditions", "concept") & {("metastasis",)}
    assert rows(early, "observations", "concept code") >= {
        ("er", "positive"), ("pr", "negative"), ("her2", "negative"), ("stage", "IIB"), ("stage", "IIIC"),
        ("stage_t", "T3"), ("stage_n", "N0"), ("stage_m", "M0"), ("response", "responding"),
    }  # fmt: skip
    assert rows(early, "observations", "concept value unit") >= {("tumour_size", 25.0, "mm")}


def test_an_impossible_value_is_kept_as_text_and_listed(early):
    assert ("neutrophils", None, "3000 10*3/uL") in rows(early, "observations", "concept value text")
    assert any(
        what.startswith("neutrophils 3000 10*3/uL is outside what is possible") for what in early.problems["what"]
    )


def test_the_panel_and_the_variant_of_the_early_record(early):
    assert rows(early, "variants", "gene change origin result") >= {
        ("PALB2", "p.Tyr1183Ter", "somatic", "present"), ("BRCA1", None, None, "studied"), ("TP53",
         None, None, "studied")
    }  # fmt: skip
    assert len(early.variants.filter(early.variants["result"] == "studied")) == 7


def test_treatments_of_the_early_record(early):
    assert rows(early, "treatments", "treatment kind") == {
        ("cyclophosphamide", "drug"), ("doxorubicin", "drug"), ("paclitaxel", "drug"), ("anastrozole", "drug"),
        ("lumpectomy", "surgery"), ("radiation", "radiation"),
    }  # fmt: skip
    # The radiation's reason says right breast, the cancer is on the left: both are kept.
    assert ("radiation", "right", "2018-08-15", "2018-10-25") in rows(
        early, "treatments", "treatment laterality start end"
    )
    assert ("lumpectomy", "left", "2018-04-01", None) in rows(early, "treatments", "treatment laterality start end")


@pytest.mark.parametrize("path", [METASTATIC, EARLY])
def test_every_resource_gave_facts_or_is_listed(path):
    facts = read(path)
    tables = [getattr(facts, name) for name in ("people", "conditions", "observations", "variants", "treatments")]
    used = {source for table in tables for source in table["source"]}
    counted = sum(_count(what) for what in facts.problems["what"])
    entries = path.read_text(encoding="utf-8").count('"resource":')
    assert len(used) + counted >= entries


def _count(what: str) -> int:
    first = what.split(" ", 1)[0]
    return int(first) if first.isdigit() else 1


def test_both_records_as_a_cohort(tmp_path, metastatic, early):
    for path in (METASTATIC, EARLY):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (both,) = read_many(tmp_path)
    for name in ("people", "conditions", "observations", "variants", "treatments"):
        one_by_one = rows(metastatic, name, "person source") | rows(early, name, "person source")
        assert rows(both, name, "person source") == one_by_one
