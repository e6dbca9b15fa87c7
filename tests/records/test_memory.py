"""Reading from memory, and reading with care, give the same facts."""

import shutil
from pathlib import Path

import msgspec
import pytest

from openmbc.facts import TABLES, schema
from openmbc.records import read, read_many
from openmbc.records.demo import DEMO
from openmbc.records.fhir import resources as r
from openmbc.records.fhir.many import read_group

BUNDLES = sorted(DEMO.glob("*.json"))
WHOLE = {r.ToldObservation: r.Observation, r.ToldCondition: r.Condition, r.ToldStatement: r.MedicationStatement,
         r.ToldRequest: r.MedicationRequest, r.ToldProcedure: r.Procedure}  # fmt: skip


def _folder_of(folder: Path, paths: list[Path]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(paths):
        shutil.copy(path, folder / f"{number:02d}.json")
    return folder


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_what_stays_text_opens_to_what_a_decoder_reads(path: Path) -> None:
    bundle = r.resource_decoder.decode(path.read_bytes())
    raws = r.raw_bundle_decoder.decode(path.read_bytes()).entry
    told = [(e.resource, raw.resource) for e, raw in zip(bundle.entry, raws, strict=True) if type(e.resource) in WHOLE]
    assert told
    for resource, raw in told:
        assert resource.opened() == msgspec.json.decode(raw, type=WHOLE[type(resource)])


def test_every_field_of_a_resource_is_in_its_told_form() -> None:
    for told, whole in WHOLE.items():
        assert sorted(told.__struct_fields__) == sorted(whole.__struct_fields__)


def test_people_read_together_have_the_facts_that_each_has_alone(tmp_path: Path) -> None:
    """Twice in other orders: whoever is read first is read with care, the others from memory."""
    alone = {path.stem: read(path) for path in BUNDLES}
    for order, paths in enumerate((BUNDLES, BUNDLES[::-1])):
        (together,) = read_many(_folder_of(tmp_path / str(order), paths))
        for table in (*TABLES, "problems"):
            found = getattr(together, table)
            for facts in alone.values():
                own = getattr(facts, table)
                mine = found.filter(person=facts.people["person"][0])
                assert set(mine.rows()) == set(own.rows())
                assert mine.height == own.height
            assert found.schema == schema(table)


def test_a_group_has_the_same_tables_whatever_was_read_before(tmp_path: Path) -> None:
    """Also the order of the rows: who is the first to say something stands where the others stand."""
    first = read_group(BUNDLES[:3]).facts
    read_group(BUNDLES[::-1])
    again = read_group(BUNDLES[:3]).facts
    (alone,) = read_many(_folder_of(tmp_path, BUNDLES[:3]))
    for table in (*TABLES, "problems"):
        assert getattr(again, table).equals(getattr(first, table))
        assert getattr(again, table).equals(getattr(alone, table))


def _hrd(number: float | None) -> dict[str, object]:
    """A score with a word for it: two rows from one observation."""
    negative = {"coding": [{"system": "http://snomed.info/sct", "code": "260385009", "display": "Negative"}]}
    code = {"coding": [{"system": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "code": "C120465"}]}
    quantity = {"unit": "1", "code": "1"} | ({} if number is None else {"value": number})
    return {"resourceType": "Observation", "id": "hrd", "status": "final", "effectiveDateTime": "2026-02-03",
            "code": code, "valueQuantity": quantity, "interpretation": [negative]}  # fmt: skip


@pytest.mark.parametrize("numbers", [(18, 30.5, 101, None, 7), (101, None, 18, 7, 30.5)])
def test_a_number_with_a_word_for_it(tmp_path: Path, numbers: tuple[float | None, ...]) -> None:
    """One that cannot be true, and one that is not there, are read with care also where others were remembered."""
    for at, number in enumerate(numbers):
        entry = [{"resource": {"resourceType": "Patient", "id": f"p{at}"}}, {"resource": _hrd(number)}]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entry}
        (tmp_path / f"{at}.json").write_bytes(msgspec.json.encode(bundle))
    (together,) = read_many(tmp_path)
    for at, number in enumerate(numbers):
        alone, mine = read(tmp_path / f"{at}.json"), together.observations.filter(person=f"p{at}")
        assert set(mine.rows()) == set(alone.observations.rows())
        assert set(together.problems.filter(person=f"p{at}").rows()) == set(alone.problems.rows())
        values = [value for value in mine["value"].to_list() if value is not None]
        assert values == ([number] if number in (18, 30.5, 7) else [])
        assert mine["code"].drop_nulls().to_list() == ["negative"]
