"""Genomics in FHIR, guide by guide: what each shape must give (``genomic_cases.yaml``), alone and from memory."""

import json
from pathlib import Path

import pytest
import yaml

from openmbc.facts import Facts
from openmbc.records import read, read_many

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "genomic_cases.yaml").read_text(encoding="utf-8"))
EXTENSION = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
SYSTEMS = {"gene": "http://www.genenames.org", "hgvs": "http://varnomen.hgvs.org", "ncit":
           "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "so": "http://www.sequenceontology.org",
           "clinvar": "http://www.ncbi.nlm.nih.gov/clinvar", "pharmvar": "http://www.pharmvar.org"}  # fmt: skip
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
DAY = "2026-02-03"


def coding(system: str, code: str, display: str = "") -> dict:
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def concept(text: str) -> dict:
    """``LA9633-4``, ``LA6706-1 Heterozygous``, ``gene 8975 PIK3CA``, ``text any words`` or a SNOMED code."""
    kind, _, rest = text.partition(" ")
    if kind == "text":
        return {"text": rest}
    if kind in ("hgvs", "pharmvar"):
        return coding(SYSTEMS[kind], rest, rest if kind == "pharmvar" else "")
    if kind in SYSTEMS:
        code, _, display = rest.partition(" ")
        return coding(SYSTEMS[kind], code, display)
    if kind.isdigit():
        return coding(SNOMED, kind, rest)
    return coding(LOINC if "-" in kind and kind[0] in "LA0123456789" else TBD, kind, rest)


def quantity(text: str) -> dict | None:
    """``57.4 %``, ``12 1`` or ``< 0.1 %``; None for other words."""
    words = text.split()
    sign = words.pop(0) if words[0] in "<>" else None
    try:
        value = float(words[0])
    except ValueError:
        return None
    if len(words) != 2:
        return None
    return {"value": value, "code": words[1], "unit": words[1]} | ({"comparator": sign} if sign else {})


def valued(value: object) -> dict:
    if value is None:
        return {}
    number = quantity(str(value))
    return {"valueQuantity": number} if number else {"valueCodeableConcept": concept(str(value))}


def part(code: str, value: object) -> dict:
    named = {"text": code} if " " in code else concept(code)
    return {"code": named} | valued(value)


def observation(name: str, code: str, given: dict) -> dict:
    made = {"resourceType": "Observation", "id": name, "status": given.get("status", "final"), "code": concept(code),
            "effectiveDateTime": DAY, "component": [part(*pair) for pair in given.get("parts", ())]}  # fmt: skip
    if "interpretation" in given:
        made["interpretation"] = [concept(given["interpretation"])]
    if "method" in given:
        made["method"] = concept(given["method"])
    if "device" in given:
        made["device"] = {"display": given["device"]}
    if "derived_from" in given:
        made["derivedFrom"] = [{"reference": f"Observation/{given['derived_from']}"}]
    return made | valued(given.get("value"))


def specimen(name: str, given: dict) -> dict:
    made = {"resourceType": "Specimen", "id": name, "type": coding("http://terminology.hl7.org/CodeSystem/v2-0487",
            *given["type"])}  # fmt: skip
    return made | ({"collection": {"bodySite": coding(SNOMED, given["body"])}} if "body" in given else {})


def report(name: str, given: dict) -> dict:
    code = coding(LOINC, "51969-4", "Genetic analysis report") | ({"text": given["name"]} if "name" in given else {})
    day = str(given.get("day", DAY))
    made = {"resourceType": "DiagnosticReport", "id": name, "status": "final", "effectiveDateTime": day, "code": code,
            "specimen": [{"reference": f"Specimen/{one}"} for one in given.get("specimens", ())],
            "result": [{"reference": f"Observation/{one}"} for one in given["results"]]}  # fmt: skip
    if "study" in given:
        made["extension"] = [refer("genomic-study-reference", f"Procedure/{given['study']}")]
    return made


def refer(url: str, reference: str) -> dict:
    return {"url": EXTENSION + url, "valueReference": {"reference": reference}}


def study(name: str, given: dict) -> dict:
    analyses = [refer("genomic-study-analysis-ext", f"Procedure/{one}") for one in given["analyses"]]
    return procedure(name, analyses) | {"code": {"text": given["name"]}}


def procedure(name: str, extensions: list[dict]) -> dict:
    return {"resourceType": "Procedure", "id": name, "status": "completed", "performedDateTime": DAY,
            "extension": extensions}  # fmt: skip


def analysis(name: str, given: dict) -> dict:
    regions = [{"url": url, "valueCodeableConcept": concept(f"gene {gene}")}
               for url in ("studied", "called", "uncalled") for gene in given.get(url, ())]  # fmt: skip
    if given.get("file"):
        regions.append({"url": "studied", "valueReference": {"reference": "DocumentReference/bed"}})
    more = [refer("genomic-study-analysis-specimen", f"Specimen/{one}") for one in given["specimens"]]
    if "class" in given:
        more.append({"url": EXTENSION + "genomic-study-analysis-genomic-source-class",
                     "valueCodeableConcept": concept(given["class"])})  # fmt: skip
    return procedure(name, [{"url": EXTENSION + "genomic-study-analysis-regions", "extension": regions}, *more])


def resource(given: dict) -> dict:
    for kind, make in (("specimen", specimen), ("report", report), ("study", study), ("analysis", analysis)):
        if kind in given:
            return make(given[kind], given)
    if "variant" in given:
        return observation(given["variant"], "69548-6", given)
    return observation(given["id"], str(given["observation"]), given)


def bundle(case: dict, person: str) -> str:
    resources = [{"subject": {"reference": f"Patient/{person}"}} | resource(given) for given in case["given"]]
    everything = ({"resourceType": "Patient", "id": person}, *resources)
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in everything]}
    )


def check(facts: Facts, case: dict, person: str) -> None:
    for table in ("variants", "observations"):
        if table not in case:
            continue
        found = getattr(facts, table).filter(person=person).to_dicts()
        wanted = case[table]
        names = list(dict.fromkeys(key for row in wanted for key in row))
        rows = [{name: str(row[name]) if name == "date" else row[name] for name in names} for row in found]
        assert len(rows) == len(wanted), found
        left = list(rows)
        for row in wanted:
            told = {name: str(value) if name == "date" else value for name, value in row.items()}
            match = next((one for one in left if told.items() <= one.items()), None)
            assert match is not None, (told, rows)
            left.remove(match)
    said = facts.problems.filter(person=person)["what"].to_list()
    for wanted in case.get("problems", ()):
        assert wanted in said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_shape_gives(case: dict, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(bundle(case, "p"), encoding="utf-8")
    check(read(tmp_path / "p.json"), case, "p")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_shape_gives_the_same_from_memory(case: dict, tmp_path: Path) -> None:
    for person in ("p", "q"):
        (tmp_path / f"{person}.json").write_text(bundle(case, person), encoding="utf-8")
    (facts,) = read_many(tmp_path)
    for person in ("p", "q"):
        check(facts, case, person)


def test_what_one_person_s_record_says_of_a_variant_is_not_said_of_another_s(tmp_path: Path) -> None:
    """The same variant, with a class in one record, another class in the next and none in the last."""
    variant = {
        "variant": "v",
        "value": "LA9633-4",
        "parts": [["48018-6", "gene 1101 BRCA2"], ["48004-6", "hgvs c.5946del"]],
    }
    for person, answer in (("a", "LA6668-3"), ("b", "LA26333-7"), ("c", None)):
        implied = {
            "observation": "diagnostic-implication",
            "id": "i",
            "derived_from": "v",
            "parts": [["53037-8", answer]],
        }
        case = {"given": [variant, *([implied] if answer else [])]}
        (tmp_path / f"{person}.json").write_text(bundle(case, person), encoding="utf-8")
    (facts,) = read_many(tmp_path)
    assert dict(facts.variants.select("person", "significance").rows()) == {
        "a": "pathogenic",
        "b": "uncertain",
        "c": None,
    }


def test_a_test_named_in_one_record_is_not_that_of_another(tmp_path: Path) -> None:
    given = [{"variant": "v", "value": "LA9633-4", "parts": [["48018-6", "gene 3467 ESR1"]]},
             {"observation": "81695-9", "id": "i", "value": "LA14122-8"}]  # fmt: skip
    for person, name in (("a", "Acme One"), ("b", "Acme Two"), ("c", None)):
        reports = [{"report": "r", "name": name, "results": ["v", "i"]}] if name else []
        (tmp_path / f"{person}.json").write_text(bundle({"given": [*reports, *given]}, person), encoding="utf-8")
    (facts,) = read_many(tmp_path)
    wanted = {"a": "Acme One", "b": "Acme Two", "c": None}
    assert dict(facts.variants.select("person", "assay").rows()) == wanted
    assert dict(facts.observations.select("person", "method").rows()) == wanted


def test_every_guide_is_tried() -> None:
    sources = " ".join(case.get("source", "") for case in CASES)
    for guide in (
        "mCODE-ig STU1",
        "mCODE-ig STU2",
        "mCODE STU4",
        "reporting v1.0.0",
        "reporting 2.0.0",
        "bundle-",
        "GenomeX",
    ):
        assert guide in sources
