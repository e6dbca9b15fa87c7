import pytest

from openmbc.catalogue import DRUGS
from openmbc.terms import classes_of, drug_of_text, drugs_of_text
from openmbc.terms.tables import rows


@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_is_found_by_its_name(drug):
    assert drug_of_text(f"{drug.upper()} 100 mg") == drug


@pytest.mark.parametrize("row", rows("drugs"), ids=lambda row: row["drug"])
def test_every_other_name_is_found(row):
    for name in filter(None, row["names"].split("|")):
        assert row["drug"] in drugs_of_text(name.replace("&", " 2 MG/ML "))


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("fam-trastuzumab deruxtecan-nxki", ["trastuzumab deruxtecan"]),
        ("ado-trastuzumab emtansine 160 MG Injection", ["trastuzumab emtansine"]),
        ("Trastuzumab Injection [KADCYLA]", ["trastuzumab emtansine"]),
        ("trastuzumab-dkst 420 MG Injection [Ogivri]", ["trastuzumab"]),
        ("paclitaxel protein-bound 100 MG", ["nab-paclitaxel"]),
        ("PACLitaxel 100 MG [Abraxane]", ["nab-paclitaxel"]),
        ("DOXOrubicin hydrochloride 2 MG/ML Liposomal Suspension", ["liposomal doxorubicin"]),
        ("leuprolide Injetable Product", ["leuprolide"]),
        ("St. John's Wort 300 mg", ["st john's wort"]),
        ("Phesgo", ["trastuzumab", "pertuzumab"]),
        ("15 ML pertuzumab-zzxf / trastuzumab-zzxf / hyaluronidase-zzxf", ["pertuzumab", "trastuzumab"]),
        ("{28 (letrozole 2.5 MG) / 63 (ribociclib 200 MG)} Pack", ["letrozole", "ribociclib"]),
        ("Paxlovid", ["nirmatrelvir", "ritonavir"]),
        ("aspirin", []),
        ("", []),
    ],
)
def test_product_texts(text, drugs):
    assert sorted(drugs_of_text(text)) == sorted(drugs)
    assert drug_of_text(text) == (drugs[0] if len(drugs) == 1 else None)


def test_classes():
    assert classes_of("letrozole") == ("endocrine_therapy", "aromatase_inhibitor", "nonsteroidal_aromatase_inhibitor")
    assert "topoisomerase_1_conjugate" in classes_of("trastuzumab deruxtecan")
    assert classes_of("itraconazole") == ("strong_cyp3a4_inhibitor", "p_gp_inhibitor")
    assert classes_of("water") == ()
