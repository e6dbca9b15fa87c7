import pytest

from openmbc.terms import Term, look_up

SCT, LOINC, RX = "http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD_CM, ICD, GENE = "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10", "http://www.genenames.org"
AJCC = "http://cancerstaging.org"


@pytest.mark.parametrize(
    ("system", "code", "term"),
    [
        (SCT, "353431000119107", ("condition", "breast_cancer", "left")),
        (SCT, "94181007", ("metastasis", "regional_lymph_node", None)),
        (SCT, "128462008", ("metastasis", "", None)),
        (SCT, "1228938002", ("stage_t", "T3", "clinical")),
        (SCT, "73056007", ("body_site", "breast", "right")),
        (SCT, "266721009", ("ended", "progression", None)),
        (ICD_CM, "C50.811", ("condition", "breast_cancer", "right")),
        (ICD_CM, "C50911", ("condition", "breast_cancer", "right")),
        (ICD, "C50.9", ("condition", "breast_cancer", None)),
        (ICD, "c79.51", ("metastasis", "bone", None)),
        (ICD, "C77.3", ("metastasis", "regional_lymph_node", None)),
        (ICD, "C77.1", ("metastasis", "lymph_node", None)),
        (ICD, "C79.32", ("metastasis", "leptomeninges", None)),
        (ICD, "C79.9", ("metastasis", "", None)),
        (ICD_CM, "I50.32", ("condition", "heart_failure", None)),
        (ICD_CM, "E10.9", ("condition", "diabetes_type_1", None)),
        (ICD_CM, "Z17.1", ("observation", "er", "negative")),
        (LOINC, "85337-4", ("observation", "er", None)),
        (LOINC, "21902-2", ("observation", "stage", "pathologic")),
        (LOINC, "LA28370-7", ("response", "progression", None)),
        (LOINC, "LA28371-5", ("response", "stable", None)),
        (RX, "1873980", ("drug", "ribociclib", None)),
        (RX, "56946", ("drug", "paclitaxel", None)),
        (GENE, "1100", ("gene", "BRCA1", None)),
        (AJCC, "4", ("stage", "IV", None)),
        (AJCC, "c3C", ("stage", "IIIC", "clinical")),
        (AJCC, "cT2", ("stage_t", "T2", "clinical")),
        ("http://terminology.hl7.org/CodeSystem/icd-o-3", "8520/3", ("histology", "lobular", None)),
        ("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG", ("value", "negative", None)),
        ("http://terminology.hl7.org/CodeSystem/v2-0136", "N", ("value", "no", None)),
    ],
)
def test_look_up(system, code, term):
    assert look_up(system, code) == Term(*term)


@pytest.mark.parametrize(
    "system",
    ["HTTPS://SNOMED.info/sct/", "http://snomed.info/sct/731000124108/version/20240901",
     "urn:oid:2.16.840.1.113883.6.96",
     "http://snomed.info/sct|2024"],
)  # fmt: skip
def test_spellings_of_a_system(system):
    assert look_up(system, "94222008") == Term("metastasis", "bone", None)


@pytest.mark.parametrize(
    ("system", "code"),
    [(None, "94222008"), (SCT, None), (SCT, ""), ("", "1"), ("http://example.org", "94222008"), (SCT, "0"),
     (LOINC, "94222008"), (ICD, "C5"), (ICD, "XYZ"), (AJCC, "nothing"), (RX, "1")],
)  # fmt: skip
def test_unknown_is_none(system, code):
    assert look_up(system, code) is None
