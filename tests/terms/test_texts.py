import pytest

from openmbc.terms import Term, by_text

CONDITION = ("condition", "metastasis", "ignore")
OBSERVATION = ("observation", "condition", "metastasis", "ignore")
STAGES = ("stage", "stage_t", "stage_n", "stage_m")


@pytest.mark.parametrize(
    ("text", "kinds", "term"),
    [
        ("Secondary malignant neoplasm of liver (disorder)", CONDITION, ("metastasis", "liver", None)),
        ("Bone mets", CONDITION, ("metastasis", "bone", None)),
        ("Metastasis to axillary lymph node", CONDITION, ("metastasis", "regional_lymph_node", None)),
        ("ER-positive, HER2-negative metastatic breast cancer", CONDITION, ("metastasis", "", None)),
        ("Malignant pleural effusion", CONDITION, ("metastasis", "pleura", None)),
        ("Triple negative breast cancer", CONDITION, ("condition", "breast_cancer", None)),
        (
            "Malignant neoplasm of unspecified site of left female breast",
            CONDITION,
            ("condition", "breast_cancer", "left"),
        ),
        ("Ductal carcinoma in situ of breast", CONDITION, ("condition", "other", None)),
        ("Type 1 diabetes mellitus", CONDITION, ("condition", "diabetes_type_1", None)),
        ("Pulmonary hypertension", CONDITION, ("condition", "other", None)),
        ("Benign essential hypertension", CONDITION, ("condition", "hypertension", None)),
        ("skull", ("metastasis", "body_site"), ("body_site", "bone", None)),
        ("Left breast", ("metastasis", "body_site"), ("body_site", "breast", "left")),
        ("invasive lobular carcinoma", ("histology",), ("histology", "lobular", None)),
        ("Ductal and lobular carcinoma", ("histology",), ("histology", "other", None)),
        ("Hemoglobin A1c/Hemoglobin.total in Blood by HPLC", OBSERVATION, ("observation", "hba1c", None)),
        ("Neutrophils/100 leukocytes in Blood", OBSERVATION, ("ignore", "laboratory", None)),
        ("Number of brain metastases", OBSERVATION, ("observation", "brain_metastases_count", None)),
        ("Symptomatic brain metastases", OBSERVATION, ("observation", "brain_metastases_symptomatic", None)),
        ("Symptomatic brain metastases", CONDITION, ("metastasis", "brain", None)),
        ("Two brain metastases", OBSERVATION, ("metastasis", "brain", None)),
        ("Estrogen receptor status", OBSERVATION, ("observation", "er", None)),
        ("not detected", ("value",), ("value", "not_detected", None)),
        ("Positive (95 %)", ("value",), ("value", "positive", None)),
        ("Partial response", ("response",), ("response", "responding", None)),
        ("No response", ("response",), ("response", "progression", None)),
        ("Left modified radical mastectomy", ("procedure",), ("procedure", "mastectomy", "left")),
        ("Stage IIIA", STAGES, ("stage", "IIIA", None)),
        ("Stage 4", STAGES, ("stage", "IV", None)),
        ("Clinical stage IIB", STAGES, ("stage", "IIB", "clinical")),
        ("pN1a (sn)", STAGES, ("stage_n", "N1", "pathologic")),
        ("M0", STAGES, ("stage_m", "M0", None)),
    ],
)
def test_a_text_names_a_term(text, kinds, term):
    assert by_text(text, kinds) == Term(*term)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", CONDITION),
        ("no liver metastases", CONDITION),
        ("Breast cancer without metastases", CONDITION),
        ("Non-metastatic breast cancer", CONDITION),
        ("History of breast cancer", CONDITION),
        ("family history of breast cancer", CONDITION),
        ("Suspected bone metastases", CONDITION),
        ("metastases to liver and bone", CONDITION),
        ("diabetes, hypertension", CONDITION),
        ("Malignant neoplasm of lung", CONDITION),
        ("Creatinine [Mass/volume] in Urine", OBSERVATION),
        ("Albumin/Creatinine [Ratio]", OBSERVATION),
        ("not positive", ("value",)),
        ("1 of 3 nodes", STAGES),
        ("liver " * 40, CONDITION),
    ],
)
def test_a_text_that_names_nothing_for_sure(text, kinds):
    assert by_text(text, kinds) is None
