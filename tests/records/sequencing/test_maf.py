"""MAF: the columns of TCGA / GDC, vcf2maf and cBioPortal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from openmbc.errors import RecordError

GDC = "Hugo_Symbol Chromosome Start_Position NCBI_Build Reference_Allele Tumor_Seq_Allele2 Tumor_Sample_Barcode"
GDC += " Variant_Classification HGVSc HGVSp_Short t_depth t_ref_count t_alt_count Mutation_Status FILTER"
DAY = dt.date(2026, 1, 5)


def _maf(header: str, *rows: str) -> str:
    return "#version 2.4\n" + "\n".join(line.replace(" ", "\t") for line in (header, *rows)) + "\n"


def _row(**cells: str) -> str:
    usual = {"Hugo_Symbol": "PIK3CA", "Tumor_Sample_Barcode": "T1", "Variant_Classification": "Missense_Mutation"}
    return " ".join((usual | cells).get(name, "") for name in GDC.split())


@pytest.mark.parametrize("name", ["a.maf", "a.maf.gz", "a.txt"])
def test_gdc(files: Any, name: str) -> None:
    row = _row(HGVSp_Short="p.H1047R", HGVSc="c.3140A>G", t_depth="200", t_ref_count="150", t_alt_count="50",
               Mutation_Status="Somatic", FILTER="PASS")  # fmt: skip
    facts = files.read(name, _maf(GDC, row), day=DAY, specimen="primary")
    assert files.found(facts, "vaf", "depth", "origin", "specimen", "source") == [
        ("PIK3CA", "p.H1047R", 0.25, 200, "somatic", "primary", f"{name}:3")
    ]
    assert files.said(facts) == []


@pytest.mark.parametrize(
    ("cells", "change"),
    [
        ({"HGVSp_Short": "p.E542K"}, "p.E542K"),
        ({"Variant_Classification": "Splice_Site", "HGVSc": "ENST1:c.352+1G>A", "HGVSp_Short": ""}, "c.352+1G>A"),
        ({"Variant_Classification": "Silent", "HGVSp_Short": "p.T1025="}, None),
        ({"Variant_Classification": "Intron"}, None),
        ({"FILTER": "common_variant", "HGVSp_Short": "p.E542K"}, None),
        ({"Mutation_Status": "Wildtype", "HGVSp_Short": "p.E542K"}, None),
        ({"Hugo_Symbol": "TTN", "HGVSp_Short": "p.A1B"}, None),
        # by its place: maftools, cancerhotspots_v2_GRCh37.tsv
        ({"NCBI_Build": "GRCh37", "Chromosome": "3", "Start_Position": "178952085", "Reference_Allele": "A",
          "Tumor_Seq_Allele2": "G"}, "H1047R"),
    ],
)  # fmt: skip
def test_what_a_row_becomes(files: Any, cells: dict[str, str], change: str | None) -> None:
    facts = files.read("a.maf", _maf(GDC, _row(**cells)), day=DAY)
    assert [row[1] for row in files.found(facts)] == ([change] if change else [])


def test_a_row_without_protein_change_is_kept_open(files: Any) -> None:
    facts = files.read("a.maf", _maf(GDC, _row()), day=DAY, panel="MSK-IMPACT")
    assert files.found(facts) == [("PIK3CA", None)]
    assert "PIK3CA" not in files.studied(facts)
    assert files.said(facts) == ["PIK3CA: no protein change (Missense_Mutation)"]


def test_cbioportal_and_maftools_columns(files: Any) -> None:
    """`i_TumorVAF_WU` of the TCGA leukaemia file of maftools is in per cent; other columns are shares."""
    text = _maf("Hugo_Symbol Protein_Change Variant_Classification i_TumorVAF_WU Tumor_Sample_Barcode",
                "AKT1 p.E17K Missense_Mutation 45.66 TCGA-AB-2988")  # fmt: skip
    assert files.found(files.read("a.maf", text), "vaf") == [("AKT1", "p.E17K", 0.4566)]
    text = _maf("Hugo_Symbol HGVSp_Short t_af Sample_ID", "AKT1 p.E17K 4.2 S")
    facts = files.read("a.maf", text, day=DAY)
    assert files.found(facts, "vaf") == [("AKT1", "p.E17K", None)]
    assert files.said(facts) == ["'4.2' is no allele fraction"]


def test_several_samples_are_asked_for(files: Any) -> None:
    text = _maf(GDC, _row(HGVSp_Short="p.E542K"), _row(HGVSp_Short="p.E545K", Tumor_Sample_Barcode="T2"))
    with pytest.raises(RecordError, match=r"several samples.*T1, T2"):
        files.read("a.maf", text)
    assert files.found(files.read("a.maf", text, sample="T2")) == [("PIK3CA", "p.E545K")]
    with pytest.raises(RecordError, match="no sample 'T3'"):
        files.read("a.maf", text, sample="T3")
