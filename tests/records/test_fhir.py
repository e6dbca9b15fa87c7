"""What each FHIR resource becomes: a small resource, and the rows and problems that it gives."""

import json
from pathlib import Path

import msgspec
import pytest

from openmbc.facts import Facts
from openmbc.records import read, read_many
from openmbc.records.fhir.conditions import code_in, is_other_disease
from openmbc.records.fhir.resources import NOTHING, ToldCondition

SNOMED, LOINC, RXNORM = "http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
ME = {"reference": "Patient/p"}
BREAST_CANCER, BREAST, BONE = "408643008", "76752008", "94222008"
POSITIVE, NEGATIVE = "10828004", "260385009"
ER, ER_PERCENT, HER2, HER2_IHC = "40556-3", "85329-1", "48676-1", "85319-2"
ECOG, WEIGHT, NEUTROPHILS = "89247-1", "29463-7", "26499-4"
GENE, VARIANT, REGION = "48018-6", "69548-6", "53041-0"


def code(value, system=LOINC, **more):
    return {"coding": [{"system": system, "code": value} | more]}


def snomed(value, **more):
    return code(value, SNOMED, **more)


def quantity(value, unit=None, **more):
    return {"value": value} | ({"unit": unit, "code": unit} if unit else {}) | more


def resource(kind, name="r", **fields):
    owner = {"patient": ME} if kind in ("AllergyIntolerance", "FamilyMemberHistory") else {"subject": ME}
    return {"resourceType": kind, "id": name} | owner | fields


def observation(what, name="r", **fields):
    return resource("Observation", name, status="final", code=code(what)) | fields


def statement(drug, status="active", **fields):
    fields = {"medicationCodeableConcept": {"text": drug}} | fields
    return resource("MedicationStatement", status=status, **fields)


def variant(*components, **fields):
    return observation(VARIANT, component=list(components), **fields)


def component(what, value, system=LOINC, **more):
    return {"code": code(what), "valueCodeableConcept": code(value, system, **more)}


def bundle(*resources, patient=None):
    me = {"resourceType": "Patient", "id": "p"} if patient is None else patient
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in (me, *resources)]}


def facts_of(tmp_path: Path, *resources, **more) -> Facts:
    file = tmp_path / "record.json"
    file.write_text(json.dumps(bundle(*resources, **more)), encoding="utf-8")
    return read(file)


def rows(facts: Facts, table: str, columns: str) -> list[tuple]:
    return [tuple(str(c) if hasattr(c, "isoformat") else c for c in row)
            for row in getattr(facts, table).select(columns.split()).rows()]  # fmt: skip


def problems(facts: Facts) -> list[str]:
    return facts.problems["what"].to_list()


GIVES = [
    # --- receptors
    (observation(ER, valueCodeableConcept=snomed(POSITIVE)), "observations", "concept code by", [("er", "positive",
     "code")]),
    (observation(ER, valueCodeableConcept={"text": "Positive"}), "observations", "concept code by", [("er",
     "positive", "text")]),
    (observation(ER, valueQuantity=quantity(90, "%")), "observations", "concept value unit", [("er_percent",
     90.0, "%")]),
    (observation(ER, valueQuantity=quantity(1, "%", comparator="<")), "observations", "concept value comparator",
     [("er_percent", 1.0, "<")]),
    (observation(ER, valueString="Positive (95 %)"), "observations", "concept value code",
     [("er_percent", 95.0, None), ("er", None, "positive")]),
    (observation(ER_PERCENT, valueCodeableConcept=snomed(NEGATIVE)), "observations", "concept code", [("er",
     "negative")]),
    (observation(ER_PERCENT, valueRange={"low": quantity(60, "%"), "high": quantity(70, "%")}), "observations",
     "concept value comparator", [("er_percent", 60.0, ">=")]),
    (observation(HER2_IHC, valueString="2+"), "observations", "concept code", [("her2_ihc", "2+")]),
    (observation(HER2_IHC, valueInteger=0), "observations", "concept code", [("her2_ihc", "0")]),
    (observation(HER2, valueString="Score 3+"), "observations", "concept code", [("her2_ihc", "3+")]),
    (observation(HER2_IHC, valueCodeableConcept=snomed(NEGATIVE)), "observations", "concept code", [("her2",
     "negative")]),
    (observation("62862-8", valueCodeableConcept=snomed(POSITIVE)), "observations", "concept code", [("msi", "high")]),
    # --- parts of an observation are observations
    (resource("Observation", status="final", code={"text": "Receptor panel"}, component=[
        {"code": code(ER), "valueCodeableConcept": snomed(POSITIVE)}, {"code": code(HER2_IHC), "valueString": "1+"}]),
     "observations", "concept code", [("er", "positive"), ("her2_ihc", "1+")]),
    # --- function
    (observation(ECOG, valueInteger=1), "observations", "concept value", [("ecog", 1.0)]),
    (observation(ECOG, valueQuantity=quantity(2, "{score}")), "observations", "concept value", [("ecog", 2.0)]),
    (observation(ECOG, valueCodeableConcept=code("LA9622-7")), "observations", "concept value", [("ecog", 0.0)]),
    # --- laboratory values
    (observation(NEUTROPHILS, valueQuantity=quantity(2.1, "10*3/uL"), effectiveDateTime="2026-10-01T08:00:00Z",
                 referenceRange=[{"low": quantity(1.5), "high": quantity(7.5, "10*3/uL")}]),
     "observations", "concept date value unit low high", [("neutrophils", "2026-10-01", 2.1, "10*9/L", 1.5, 7.5)]),
    (observation(NEUTROPHILS, valueQuantity=quantity(0.5, "10*3/uL", comparator="<")), "observations",
     "value comparator",
     [(0.5, "<")]),
    (observation(NEUTROPHILS, valueQuantity=quantity(3000, "10*3/uL")), "observations", "concept value unit text",
     [("neutrophils", None, None, "3000 10*3/uL")]),
    (observation(NEUTROPHILS, valueQuantity=quantity(3, "furlong")), "observations", "value text",
     [(None, "3 furlong")]),
    (observation(NEUTROPHILS, valueString="2.1 10*9/L"), "observations", "value unit by", [(2.1, "10*9/L", "text")]),
    # --- dates keep their precision
    (observation(ECOG, valueInteger=1, effectiveDateTime="2019"), "observations", "date date_precision",
     [("2019-01-01", "year")]),
    (observation(ECOG, valueInteger=1, effectiveDateTime="2019-03"), "observations", "date date_precision",
     [("2019-03-01", "month")]),
    (observation(ECOG, valueInteger=1, effectivePeriod={"start": "2019-03-02"}), "observations", "date",
     [("2019-03-02",)]),
    (observation(ECOG, valueInteger=1), "observations", "date date_precision", [(None, None)]),
    (observation(ECOG, valueInteger=1, effectiveDateTime="2019-02-30"), "observations", "date", [(None,)]),
    (observation(ECOG, valueInteger=1, effectiveDateTime="1019-02-03"), "observations", "date", [(None,)]),
    # --- stage and response
    (observation("21908-9", valueCodeableConcept=code("4", "http://cancerstaging.org", display="IV")), "observations",
     "concept code", [("stage", "IV")]),
    (observation("97509-4", valueCodeableConcept=snomed("268910001")), "observations", "concept code",
     [("response", "responding")]),
    (observation("88040-1", valueCodeableConcept=snomed("271299001")), "observations", "concept code",
     [("response", "progression")]),
    # --- conditions
    (resource("Condition", code=snomed(BREAST_CANCER), clinicalStatus=code("active", "x"), onsetDateTime="2018"),
     "conditions",
     "concept date status", [("breast_cancer", "2018-01-01", "active")]),
    (resource("Condition", code=snomed(BONE)), "conditions", "concept site status", [("metastasis", "bone", None)]),
    (resource("Condition", code=snomed("363346000"), bodySite=[snomed("80248007")]), "conditions", "concept laterality",
     [("breast_cancer", "left")]),
    (resource("Condition", code=snomed("128462008")), "conditions", "concept site", [("metastasis", None)]),
    (resource("Condition", code=snomed(BREAST_CANCER), abatementDateTime="2020-01-02"), "conditions", "status end",
     [("resolved", "2020-01-02")]),
    (resource("Condition", code=snomed(BREAST_CANCER), extension=[
        {"url": MCODE + "mcode-histology-morphology-behavior", "valueCodeableConcept": snomed("82711006")}]),
     "conditions", "histology", [("ductal",)]),
    (resource("Condition", code=snomed("0000000", display="A rare thing")), "conditions", "concept text",
     [("other", "A rare thing")]),
    (resource("Condition", code=snomed(BREAST_CANCER), stage=[{"summary": code("4", "http://cancerstaging.org")}]),
     "observations", "concept code", [("stage", "IV")]),
    (observation("x", code=snomed("398192003"), extension=[
        {"url": MCODE + "mcode-related-condition-absent", "valueCodeableConcept": snomed(BONE)}]),
     "conditions", "concept site status", [("metastasis", "bone", "absent")]),
    # --- variants
    (variant(component(GENE, "HGNC:8975", "http://www.genenames.org/geneId"), valueCodeableConcept=code("LA9633-4")),
     "variants", "gene change result", [("PIK3CA", None, "present")]),
    (variant(component(GENE, "8975", "http://www.genenames.org"),
             component("48005-3", "p.H1047R", "http://varnomen.hgvs.org"),
             component("48004-6", "c.3140A>G", "http://varnomen.hgvs.org"), component("48002-0", "LA6684-0"),
             component("53037-8", "x", display="Likely pathogenic"),
             {"code": code("81258-6"), "valueQuantity": quantity(4.2, "%")}),
     "variants", "gene change origin significance vaf", [("PIK3CA", "p.H1047R", "somatic", "likely_pathogenic",
         0.042)]),
    (variant(component(GENE, "HGNC:1100", "http://www.genenames.org"), valueCodeableConcept=code("LA9634-2")),
     "variants", "gene result", [("BRCA1", "absent")]),
    (observation(REGION, component=[{"code": code(GENE), "valueCodeableConcept": {"coding": [
        {"system": "http://www.genenames.org", "code": c} for c in ("1100", "1101")]}}]),
     "variants", "gene result", [("BRCA1", "studied"), ("BRCA2", "studied")]),
    # --- medicines
    (statement("letrozole", effectivePeriod={"start": "2020-01", "end": "2021-02-03"}, status="stopped",
               statusReason=[snomed("407563006")]),
     "treatments", "treatment status start start_precision end ended",
     [("letrozole", "ended", "2020-01-01", "month", "2021-02-03", "toxicity")]),
    (statement("Ibrance 125 mg"), "treatments", "treatment status kind", [("palbociclib", "running", "drug")]),
    (statement("letrozole", status="not-taken"), "treatments", "treatment status", [("letrozole", "not_taken")]),
    (statement("letrozole", status="intended"), "treatments", "treatment status", [("letrozole", "planned")]),
    (statement("Wonder drops"), "treatments", "treatment kind text", [(None, "drug", "Wonder drops")]),
    (resource("MedicationRequest", status="active", intent="order", authoredOn="2026-01-02",
              medicationCodeableConcept=code("84857", RXNORM)), "treatments", "treatment status start",
     [("anastrozole", "running", "2026-01-02")]),
    (resource("MedicationRequest", status="active", intent="order", medicationCodeableConcept=code("84857", RXNORM),
              dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2026-01-05",
                  "end": "2026-02-05"}}}}]),
     "treatments", "status start end", [("ended", "2026-01-05", "2026-02-05")]),
    (resource("MedicationRequest", status="active", intent="plan", medicationCodeableConcept=code("84857", RXNORM)),
     "treatments", "status", [("planned",)]),
    (statement("x", medicationCodeableConcept=None, medicationReference={"reference": "#m"},
               contained=[{"resourceType": "Medication", "id": "m", "code": code("84857", RXNORM)}]),
     "treatments", "treatment", [("anastrozole",)]),
    (statement("letrozole", extension=[
        {"url": MCODE + "mcode-treatment-intent", "valueCodeableConcept": snomed("363676003")}]),
     "treatments", "intent", [("palliative",)]),
    (statement("letrozole", category={"text": "adjuvant"}), "treatments", "setting", [("adjuvant",)]),
    (statement("letrozole", reasonCode=[snomed(BONE)]), "treatments", "setting", [("metastatic",)]),
    # --- procedures
    (resource("Procedure", status="completed", code=snomed("64368001"), performedDateTime="2018-04-01",
              bodySite=[snomed("80248007")]), "treatments", "treatment kind start laterality site status",
     [("lumpectomy", "surgery", "2018-04-01", "left", "primary", "ended")]),
    (resource("Procedure", status="completed", code=snomed("1217123003"), bodySite=[snomed("80248007")],
              reasonCode=[code("C50.811", "http://hl7.org/fhir/sid/icd-10-cm")]), "treatments", "kind laterality",
     [("radiation", "right")]),
    # --- answers and reports
    (resource("QuestionnaireResponse", status="completed", questionnaire="http://q/pro", authored="2026-01-02", item=[
        {"linkId": "pain", "answer": [{"valueInteger": 3}]},
        {"linkId": "group", "item": [{"linkId": "mood", "answer": [{"valueString": "low"}]}]}]),
     "answers", "date instrument item value text",
     [("2026-01-02", "http://q/pro", "pain", 3.0, None), ("2026-01-02", "http://q/pro", "mood", None, "low")]),
    (resource("DiagnosticReport", status="final", code=code("x"), conclusion="No new lesions",
              conclusionCode=[snomed("359746009")]), "observations", "concept code text",
     [("response", "stable", "No new lesions"), ("report", None, "No new lesions")]),
    # a part of a place is named by the body site, or in words
    (resource("Condition", code=snomed(BONE), bodySite=[snomed("73903008")]), "conditions", "concept site",
     [("metastasis", "spine")]),
    (resource("Condition", code=snomed(BONE), bodySite=[snomed("71341001")]), "conditions", "concept site",
     [("metastasis", "bone")]),
    (resource("Condition", code={"text": "Bone metastases of the spine"}), "conditions", "concept site",
     [("metastasis", "spine")]),
    (resource("Procedure", status="completed", code={"text": "Whole brain radiotherapy"}), "treatments",
     "treatment site", [("radiation", "whole_brain")]),
    (resource("Procedure", status="completed", code={"text": "Stereotactic radiosurgery"},
              bodySite=[{"text": "brain"}]), "treatments", "treatment site", [("radiation", "brain")]),
    (observation("", code={"text": "Gestational age"}, valueQuantity=quantity(126, "d")), "observations",
     "concept value unit", [("pregnancy_weeks", 18.0, "wk")]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "table", "columns", "wanted"), GIVES)
def test_a_resource_gives(tmp_path, given, table, columns, wanted):
    assert rows(facts_of(tmp_path, given), table, columns) == wanted


SAYS = [
    (observation("99999-9", display="x"), "note", "1 observation with LOINC 99999-9 holds nothing that openmbc uses"),
    (observation(ER, status="entered-in-error"), "note", "1 observation is marked entered-in-error and is not used"),
    (observation(ER), "note", "1 observation with LOINC 40556-3 gives no value"),
    (observation(ER, valueString="see letter"), "error", "er 'see letter' is not understood"),
    (observation(NEUTROPHILS, valueQuantity=quantity(3000, "10*3/uL")), "error",
     "neutrophils 3000 10*3/uL is outside what is possible (0 to 200 10*9/L); it is not used"),
    (observation(NEUTROPHILS, valueQuantity=quantity(3, "furlong")), "error",
     "neutrophils 3 furlong cannot be converted: its unit is not one of this test; it is not used"),
    (observation(ECOG, valueInteger=9), "error", "ecog 9 is outside what is possible"),
    (observation(ECOG, valueInteger=1, effectiveDateTime="last week"), "error", "the date 'last week' cannot be read"),
    (observation(ECOG, valueInteger="one"), "error",
     "Observation cannot be read: valueInteger must be a whole number, not text"),
    (observation(ECOG, valueInteger=1, subject={"reference": "Patient/q"}), "error",
     "1 resource belongs to Patient/q and is not used"),
    (resource("Condition", code=snomed(BONE), verificationStatus=code("refuted", "x")), "note",
     "1 condition is marked refuted and is not used"),
    (resource("Condition", code=snomed("0000000", display="A rare thing")), "note",
     "1 condition with SNOMED CT 0000000 (A rare thing) holds nothing that openmbc uses"),
    (resource("Condition", code=snomed(BONE), recordedDate="2020"), "note", "a condition gives no date of onset"),
    (statement("Wonder drops"), "note", "1 medicine with the text 'Wonder drops' holds nothing that openmbc uses"),
    (statement("x", medicationCodeableConcept=None, medicationReference={"reference": "Medication/lost"}), "error",
     "Medication/lost is referred to and not in the record"),
    (resource("MedicationRequest", status="cancelled", medicationCodeableConcept={"text": "letrozole"}), "note",
     "1 MedicationRequest is marked cancelled and is not used"),
    (resource("AllergyIntolerance", code={"text": "Paclitaxel"}), "note",
     "an allergy or intolerance is recorded: Paclitaxel"),
    (resource("FamilyMemberHistory", status="completed"), "note", "1 family history is not used yet"),
    (resource("Encounter", status="finished"), "note", "1 Encounter resource holds nothing that openmbc uses"),
    (resource("Wizard"), "error", "'Wizard' is not a resource type of FHIR R4; it is not used"),
    (None, "note", "1 entry of the bundle holds no resource"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "severity", "what"), SAYS)
def test_what_is_not_used_is_listed(tmp_path, given, severity, what):
    found = facts_of(tmp_path, given).problems
    assert any(s == severity and w.startswith(what) for s, w in found.select("severity", "what").rows()), found.rows()
    assert all(found["todo"].str.len_chars() > 0)


def test_equal_problems_are_counted_once(tmp_path):
    facts = facts_of(tmp_path, *(observation("99999-9", f"o{n}") for n in range(12)))
    assert facts.problems.select("source", "what").rows() == [
        ("Observation/o0", "12 observations with LOINC 99999-9 hold nothing that openmbc uses")
    ]


@pytest.mark.parametrize(
    "text", [b"[" * 2000, b'{"x": ' + b"[" * 2000 + b"]" * 2000 + b"}", b'"C50"', b'{"text": 1}', b""]
)
def test_a_code_that_cannot_be_read_is_none(text):
    assert code_in(text) is None
    raw = msgspec.Raw(text) if text else NOTHING
    assert is_other_disease(ToldCondition(code=raw, bodySite=raw)) is None


def test_what_has_no_id_is_known_by_its_place(tmp_path):
    bone = resource("Condition", None, code=snomed(BONE), onsetDateTime="2026")
    facts = facts_of(tmp_path, None, observation(ECOG, None, valueInteger=1), None, bone)
    assert rows(facts, "observations", "source") == [("record.json#entry[2]",)]
    assert rows(facts, "conditions", "source") == [("record.json#entry[4]",)]
    assert rows(facts, "problems", "source what") == [
        ("record.json#entry[1]", "2 entries of the bundle hold no resource")
    ]


def test_one_resource_that_cannot_be_read_leaves_the_rest(tmp_path):
    facts = facts_of(tmp_path, observation(ECOG, "bad", valueInteger="one"), observation(ECOG, "good", valueInteger=1))
    assert rows(facts, "observations", "source value") == [("Observation/good", 1.0)]
    assert rows(facts, "problems", "source severity") == [("Observation/bad", "error")]


def test_doses_of_a_drug_are_one_course_that_nothing_ends(tmp_path):
    def dose(name, date):
        return resource("MedicationAdministration", name, status="completed", effectiveDateTime=date,
                        medicationCodeableConcept=code("56946", RXNORM))  # fmt: skip

    facts = facts_of(tmp_path, dose("b", "2026-02-01"), dose("a", "2026-01-01"), dose("c", None))
    assert rows(facts, "treatments", "source treatment start end status") == [
        ("MedicationAdministration/b", "paclitaxel", "2026-01-01", "2026-02-01", "unknown")
    ]


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("Patient/p", None),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://host/fhir/Patient/p", None),
        ("Patient/p/_history/2", None),
    ],
)
def test_the_person_may_be_named_in_any_way(tmp_path, reference, address):
    whole = bundle(observation(ECOG, valueInteger=1, subject={"reference": reference}))
    if address:
        whole["entry"][0]["fullUrl"] = address
    file = tmp_path / "r.json"
    file.write_text(json.dumps(whole))
    facts = read(file)
    assert len(facts.observations) == 1
    assert not problems(facts)


@pytest.mark.parametrize("link", ["own", "report"])
def test_the_specimen_says_where_a_receptor_was_measured(tmp_path, link):
    specimen = resource("Specimen", "s", collection={"bodySite": snomed("76752008")})
    receptor = observation(ER, "er", valueCodeableConcept=snomed(POSITIVE))
    report = resource("DiagnosticReport", "d", status="final", code=code("x"), specimen=[{"reference": "Specimen/s"}],
                      result=[{"reference": "Observation/er"}])  # fmt: skip
    if link == "own":
        receptor["specimen"] = {"reference": "Specimen/s"}
    facts = facts_of(tmp_path, receptor, specimen, *([report] if link == "report" else []))
    assert rows(facts, "observations", "concept site") == [("er", "primary")]


def test_equal_statements_read_from_memory_are_the_same(tmp_path):
    one = observation(ER, "a", valueCodeableConcept=snomed(POSITIVE), effectiveDateTime="2026-01-01")
    odd = observation(NEUTROPHILS, "c", valueQuantity=quantity(3000, "10*3/uL"))
    facts = facts_of(tmp_path, one, one | {"id": "b", "effectiveDateTime": "2026-02"}, odd, odd | {"id": "d"})
    assert sorted(rows(facts, "observations", "source date date_precision code")) == [
        ("Observation/a", "2026-01-01", "day", "positive"), ("Observation/b", "2026-02-01", "month", "positive"),
        ("Observation/c", None, None, None), ("Observation/d", None, None, None),
    ]  # fmt: skip
    assert [what[-9:] for what in problems(facts)] == ["(2 times)"]


def test_the_range_of_one_whole_number_is_not_that_of_another(tmp_path):
    ranges = [{"low": quantity(0), "high": quantity(high)} for high in (1, 2)]
    given = [observation(ECOG, f"e{n}", valueInteger=1, referenceRange=[r]) for n, r in enumerate(ranges)]
    assert facts_of(tmp_path, *given).observations["high"].to_list() == [1.0, 2.0]


def test_a_number_is_converted_alike_the_first_time_and_later(tmp_path):
    given = [observation(NEUTROPHILS, f"n{v}", valueQuantity=quantity(v, "/uL")) for v in (2100, 900, 9_000_000)]
    found = facts_of(tmp_path, *given)
    assert sorted(rows(found, "observations", "source value")) == [
        ("Observation/n2100", 2.1), ("Observation/n900", 0.9), ("Observation/n9000000", None)
    ]  # fmt: skip


def test_an_illness_that_is_lost_for_one_person_is_not_lost_for_another(tmp_path):
    listed = {"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition",
              "valueReference": {"reference": "Condition/c"}}  # fmt: skip
    comorbid = observation("398192003", "o", extension=[listed]) | {"code": snomed("398192003")}
    illness = resource("Condition", "c", code=snomed("38341003", display="Hypertension"))
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    assert "Condition/c is referred to and not in the record" not in problems(facts_of(here, comorbid, illness))
    assert "Condition/c is referred to and not in the record" in problems(facts_of(there, comorbid))
    (tmp_path / "both").mkdir()
    for name, folder in (("a", here), ("b", there)):
        text = next(folder.iterdir()).read_text().replace('"p"', f'"{name}"').replace("Patient/p", f"Patient/{name}")
        (tmp_path / "both" / f"{name}.json").write_text(text)
    (both,) = read_many(tmp_path / "both")
    lost = both.problems.filter(both.problems["what"].str.contains("is referred to"))
    assert lost["person"].to_list() == ["b"]


def test_treatments_that_differ_in_their_days_alone_are_read_alike(tmp_path):
    spans = [{"start": "2024-01-05", "end": "2024-06-01"}, {"start": "2025-02", "end": "2025-03-09"}, {"start": "2026"}]
    given = [
        resource("MedicationStatement", f"m{n}", status="completed", medicationCodeableConcept={"text": "letrozole"},
                 subject={"reference": "Patient/p"}, effectivePeriod=span) for n, span in enumerate(spans)
    ]  # fmt: skip
    undated = resource("MedicationStatement", "m3", status="completed", subject={"reference": "Patient/p"},
                       medicationCodeableConcept={"text": "letrozole"})  # fmt: skip
    found = rows(facts_of(tmp_path, *given, undated), "treatments", "source treatment start start_precision end status")
    assert sorted(found) == [
        ("MedicationStatement/m0", "letrozole", "2024-01-05", "day", "2024-06-01", "ended"),
        ("MedicationStatement/m1", "letrozole", "2025-02-01", "month", "2025-03-09", "ended"),
        ("MedicationStatement/m2", "letrozole", "2026-01-01", "year", None, "ended"),
        ("MedicationStatement/m3", "letrozole", None, None, None, "ended"),
    ]


def test_a_number_of_a_test_that_is_not_known_is_counted_each_time(tmp_path):
    given = [observation("99999-9", f"x{n}", valueQuantity=quantity(n, "mg/L")) for n in range(3)]
    facts = facts_of(tmp_path, *given)
    assert not facts.observations.height
    assert [what for what in problems(facts) if "99999-9" in what] == [
        "3 observations with LOINC 99999-9 hold nothing that openmbc uses"
    ]


def test_an_observation_whose_code_is_no_concept_is_listed_and_the_rest_used(tmp_path):
    broken = observation(ER, "a", valueCodeableConcept=snomed(POSITIVE)) | {"code": {"coding": "er"}}
    facts = facts_of(tmp_path, broken, observation(ER, "b", valueCodeableConcept=snomed(POSITIVE)))
    assert rows(facts, "observations", "source") == [("Observation/b",)]
    assert problems(facts) == ["Observation cannot be read: code.coding must be a list, not text"]


def test_a_stage_of_another_disease_is_not_used(tmp_path):
    other = resource("Condition", "other", code=snomed("38341003", display="Hypertension"))
    stage = observation("21908-9", "s", valueCodeableConcept=code("4", "http://cancerstaging.org"),
                        focus=[{"reference": "Condition/other"}])  # fmt: skip
    facts = facts_of(tmp_path, other, stage)
    if rows(facts, "conditions", "concept") == [("other",)]:
        pytest.skip("the code of the other disease is not in the tables")
    assert rows(facts, "observations", "concept") == []


@pytest.mark.parametrize("order", [(84114007, 254837009), (254837009, 84114007), (84114007, 84114007, 254837009)])
def test_what_an_observation_contains_is_its_own(tmp_path, order):
    """A stage about a contained heart failure is not used, one about a contained breast cancer is, in any order."""

    def stage(number: int, disease: int) -> dict:
        contained = {"resourceType": "Condition", "id": "c", "subject": ME, "code": snomed(str(disease))}
        return observation("21908-9", f"s{number}", valueCodeableConcept=code("4", "http://cancerstaging.org"),
                           focus=[{"reference": "#c"}], contained=[contained])  # fmt: skip

    facts = facts_of(tmp_path, *(stage(n, disease) for n, disease in enumerate(order)))
    of_the_cancer = [(f"Observation/s{n}",) for n, disease in enumerate(order) if disease == 254837009]
    assert rows(facts, "observations", "source") == of_the_cancer


@pytest.mark.parametrize(
    ("patient", "wanted"),
    [
        ({"gender": "female", "birthDate": "1959"}, ("female", "1959-01-01", "year", None)),
        ({"gender": "male", "deceasedDateTime": "2020-01-02T00:00:00Z"}, ("male", None, None, "2020-01-02")),
        ({"gender": "unknown"}, (None, None, None, None)),
    ],
)
def test_the_person(tmp_path, patient, wanted):
    facts = facts_of(tmp_path, patient={"resourceType": "Patient", "id": "p"} | patient)
    assert rows(facts, "people", "sex birth birth_precision death") == [wanted]


@pytest.mark.parametrize("order", [(True, False, True), (False, True, True)])
def test_the_size_of_a_tumour_is_a_lesion(tmp_path, order):
    """mCODE TumorSize about a Tumor; without one it is a size and no more, also where an equal one was read before."""
    largest = {"code": code("33728-7"), "valueQuantity": quantity(2.3, "cm")}
    size = observation("21889-1", component=[largest], effectiveDateTime="2026-03-01")
    tumours = [
        {"resourceType": "BodyStructure", "id": f"t{n}", "patient": ME, "location": code("10200004", SNOMED)}
        for n in range(3)
    ]
    about = [{"focus": [{"reference": f"BodyStructure/t{n}"}]} if focus else {} for n, focus in enumerate(order)]
    found = facts_of(tmp_path, *tumours, *(size | {"id": f"s{n}"} | focus for n, focus in enumerate(about)))
    assert found.observations["value"].to_list() == [23.0, 23.0, 23.0]
    wanted = [(f"t{n}", "liver", False, 23.0) for n, focus in enumerate(order) if focus]
    assert rows(found, "lesions", "lesion site node mm") == wanted
