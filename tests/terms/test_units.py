import pytest

from openmbc.terms import convert, plausible
from openmbc.terms.tables import rows

CASES = [
    ("neutrophils", 1.5, "10*3/uL", 1.5), ("neutrophils", 1500, "/uL", 1.5), ("neutrophils", 1500, "cells/µL", 1.5),
    ("neutrophils", 1.5, "K/uL", 1.5), ("neutrophils", 1.5, "x10^9/L", 1.5), ("neutrophils", 1.5, "10E3/µL", 1.5),
    ("neutrophils", 1500, "/mm3", 1.5), ("neutrophils", 1.5, "G/L", 1.5),
    ("haemoglobin", 12, "g/dL", 120), ("haemoglobin", 120, "g/L", 120), ("haemoglobin", 7.45, "mmol/L", 120.05),
    ("platelets", 250, "10*3/uL", 250), ("platelets", 250, "10*9/L", 250),
    ("white_cells", 6.1, "10*3/uL", 6.1), ("white_cells", 6.1, "10*9/L", 6.1),
    ("creatinine", 1, "mg/dL", 88.42), ("creatinine", 1, "mg%", 88.42), ("creatinine", 88, "umol/L", 88),
    ("creatinine_clearance", 60, "mL/min", 60), ("creatinine_clearance", 1, "mL/s", 60),
    ("creatinine_clearance", 60, "mL/min/{1.73_m2}", 60),
    ("bilirubin", 1, "mg/dL", 17.1), ("bilirubin", 17, "µmol/L", 17),
    ("alt", 40, "U/L", 40), ("alt", 0.667, "ukat/L", 40.02), ("ast", 40, "IU/L", 40), ("ast", 0.667, "µkat/L", 40.02),
    ("alp", 100, "U/L", 100), ("alp", 1.667, "ukat/L", 100.02),
    ("albumin", 4.1, "g/dL", 41), ("albumin", 41, "g/L", 41),
    ("calcium_total", 10, "mg/dL", 2.495), ("calcium_total", 2.4, "mmol/L", 2.4), ("calcium_total", 4.8, "meq/L", 2.4),
    ("calcium", 10, "mg/dL", 2.495), ("calcium", 2.4, "mmol/L", 2.4),
    ("glucose", 100, "mg/dL", 5.551), ("glucose", 5.5, "mmol/L", 5.5),
    ("hba1c", 48, "mmol/mol", 6.543), ("hba1c", 6.5, "%", 6.5),
    ("ca15_3", 30, "U/mL", 30), ("ca15_3", 30, "kU/L", 30), ("ca27_29", 30, "kU/L", 30), ("ca27_29", 30, "U/mL", 30),
    ("cea", 5, "ug/L", 5), ("cea", 5, "ng/mL", 5),
    ("tumour_fraction", 3.2, "%", 3.2), ("tumour_fraction", 0.032, "1", 3.2), ("tumour_fraction", 3.2, "percent", 3.2),
    ("hrd", 56, "{score}", 56), ("hrd", 56, "1", 56),
    ("lvef", 55, "%", 55), ("lvef", 0.55, "{fraction}", 55), ("qtcf", 0.42, "s", 420), ("qtcf", 420, "ms", 420),
    ("oestradiol", 20, "pg/mL", 73.43), ("oestradiol", 73, "pmol/L", 73),
    ("fsh", 30, "mIU/mL", 30), ("fsh", 30, "[IU]/L", 30),
    ("weight", 150, "[lb_av]", 68.04), ("weight", 68, "kg", 68),
    ("height", 65, "[in_i]", 165.1), ("height", 1.65, "m", 165),
    ("tumour_size", 2.5, "cm", 25), ("tumour_size", 25, "mm", 25),
    ("brain_metastasis_largest_mm", 2.5, "cm", 25), ("brain_metastasis_largest_mm", 25, "mm", 25),
    ("pregnancy_weeks", 105, "d", 15), ("pregnancy_weeks", 15, "wk", 15),
    ("anthracycline_sum", 300, "mg/m2", 300), ("anthracycline_sum", 0.3, "g/m2", 300),
    ("spinal_instability_score", 9, "{score}", 9), ("spinal_instability_score", 9, "1", 9),
    ("er_percent", 90, "%", 90), ("pr_percent", 0.9, "1", 90), ("pr_percent", 90, "%", 90),
    ("ki67", 20, "%", 20), ("ki67", 0.2, "{fraction}", 20),
    ("tmb", 12, "1/1000000{Base}", 12), ("tmb", 12, "mut/Mb", 12),
    ("pdl1_cps", 10, "1", 10), ("pdl1_cps", 10, None, 10),
    ("ecog", 1, None, 1), ("ecog", 1, "{score}", 1), ("karnofsky", 90, None, 90), ("karnofsky", 90, "%", 90),
    ("inr", 1.1, None, 1.1),
    ("inr", 1.1, "{INR}", 1.1), ("inr", 1.1, "1", 1.1),
    ("temperature", 98.6, "[degF]", 37), ("temperature", 37, "Cel", 37), ("temperature", 310.15, "K", 37),
    ("potassium", 4.1, "mEq/L", 4.1), ("potassium", 4.1, "mmol/L", 4.1), ("potassium", 16, "mg/dL", 4.092),
    ("sodium", 140, "mEq/L", 140), ("sodium", 140, "mmol/L", 140),
    ("magnesium", 2, "mg/dL", 0.8229), ("magnesium", 1.6, "mEq/L", 0.8), ("magnesium", 0.8, "mmol/L", 0.8),
    ("calcium_ionised", 4.8, "mg/dL", 1.198), ("calcium_ionised", 1.2, "mmol/L", 1.2),
    ("lymphocytes", 1200, "/uL", 1.2), ("lymphocytes", 1.2, "10*9/L", 1.2),
    ("cd4", 450, "cells/mm3", 0.45), ("cd4", 0.45, "10*9/L", 0.45),
    ("aptt", 32, "sec", 32), ("aptt", 32, "s", 32),
    ("fibrinogen", 250, "mg/dL", 2.5), ("fibrinogen", 7.35, "umol/L", 2.499), ("fibrinogen", 2.5, "g/L", 2.5),
    ("haptoglobin", 120, "mg/dL", 1.2), ("haptoglobin", 1.2, "g/L", 1.2),
    ("ldh", 3.3, "ukat/L", 198), ("ldh", 200, "U/L", 200), ("ggt", 0.5, "ukat/L", 30), ("ggt", 30, "IU/L", 30),
    ("ck", 2, "ukat/L", 120), ("ck", 120, "U/L", 120), ("lipase", 0.5, "ukat/L", 30), ("lipase", 30, "U/L", 30),
    ("amylase", 1, "ukat/L", 60), ("amylase", 60, "U/L", 60),
    ("cholesterol", 200, "mg/dL", 5.173), ("cholesterol", 5.2, "mmol/L", 5.2),
    ("hdl", 50, "mg/dL", 1.293), ("hdl", 1.3, "mmol/L", 1.3), ("ldl", 130, "mg/dL", 3.362), ("ldl", 3.4, "mmol/L", 3.4),
    ("triglycerides", 150, "mg/dL", 1.694), ("triglycerides", 1.7, "mmol/L", 1.7),
    ("urate", 6, "mg/dL", 356.9), ("urate", 357, "umol/L", 357),
    ("ph", 7.4, "pH", 7.4), ("ph", 7.4, "[pH]", 7.4), ("ph", 7.4, None, 7.4),
    ("er_percent", 90, None, 90), ("lvef", 55, None, 55),
]  # fmt: skip


@pytest.mark.parametrize(("concept", "value", "unit", "expected"), CASES)
def test_convert(concept, value, unit, expected):
    canonical = next(row["unit"] for row in rows("labs") if row["concept"] == concept)
    number, found = convert(concept, value, unit)
    assert (pytest.approx(number, rel=1e-3), found) == (expected, canonical)


def test_every_lab_is_tried_in_both_systems():
    tried = {
        row["concept"]: {unit for concept, _, unit, _ in CASES if concept == row["concept"]} for row in rows("labs")
    }
    assert all(len(units) > 1 for concept, units in tried.items()), tried


@pytest.mark.parametrize(
    ("concept", "value", "unit"),
    [("creatinine", 80, None), ("haemoglobin", 12, ""), ("glucose", 5, " "), ("creatinine", 1, "furlong"),
     ("neutrophils", 60, "%"), ("er_percent", 0.9, None), ("hba1c", 6.5, None), ("nothing", 1, "mg/dL"),
     ("weight", 70, "mmol/L"), ("pdl1_cps", 10, "%")],
)  # fmt: skip
def test_no_sensible_reading(concept, value, unit):
    assert convert(concept, value, unit) is None


@pytest.mark.parametrize("row", rows("labs"), ids=lambda row: row["concept"])
def test_limits(row):
    low, high = plausible(row["concept"])
    assert 0 <= low < high
    assert convert(row["concept"], high, row["unit"]) == (high, row["unit"])


def test_an_unknown_concept_has_no_limits():
    assert plausible("nothing") is None


def test_a_molar_factor_says_its_mass():
    for row in rows("units"):
        if "mol" in row["canonical"] and row["unit"][:2] in ("mg", "pg", "ng"):
            assert row["why"], row
