"""FoundationOne (XML) and Tempus (JSON), with the elements and keys of the schemas that were read."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest

from openmbc.errors import RecordError
from openmbc.records.sequencing import Asked, read_sequencing

XML = """<?xml version="1.0" encoding="utf-8"?>
<rr:ResultsReport xmlns:rr="http://integration.foundationmedicine.com/reporting">
<rr:ResultsPayload>
<FinalReport>
<Sample><TestType>{test}</TestType><SpecFormat>{kind}</SpecFormat></Sample>
<PMI><DOB>1964-03-05</DOB><SpecSite>{site}</SpecSite><CollDate>2026-04-02</CollDate></PMI>
<PertinentNegatives><PertinentNegative><Gene>BRCA1</Gene></PertinentNegative></PertinentNegatives>
<VariantProperties><VariantProperty geneName="ATM" isVUS="true" variantName="A59S"/></VariantProperties>
<reportProperties><reportProperty identifier="x" key="TumorFractionScore"><value>{fraction}</value></reportProperty>
</reportProperties>
</FinalReport>
<variant-report xmlns="http://foundationmedicine.com/compbio/variant-report-external" test-type="{test}" specimen="s">
<quality-control status="{quality}"/>
<short-variants>
<short-variant gene="PIK3CA" protein-effect="H1047R" cds-effect="3140A&gt;G" allele-fraction="0.2188"
 percent-reads="21.88" depth="812" status="known" equivocal="false" functional-effect="missense"
 transcript="NM_006218"/>
<short-variant gene="ATM" protein-effect="A59S" cds-effect="175G&gt;T" percent-reads="48.5" depth="700" status="known"
 equivocal="false" functional-effect="missense" transcript="NM_000051"/>
<short-variant gene="LRP1B" protein-effect="Q12*" cds-effect="34C&gt;T" allele-fraction="0.1" depth="70" status="likely"
 equivocal="false" functional-effect="nonsense" transcript="NM_1"/>
</short-variants>
<copy-number-alterations>
<copy-number-alteration gene="ERBB2" type="amplification" copy-number="14" equivocal="false" number-of-exons="29 of 30"
 ratio="4.1" status="known"/>
<copy-number-alteration gene="PTEN" type="loss" copy-number="0" equivocal="true" number-of-exons="9 of 9" ratio="0.4"
 status="known"/>
</copy-number-alterations>
<rearrangements>
<rearrangement targeted-gene="NTRK3" other-gene="ETV6" type="fusion" description="ETV6-NTRK3 fusion" in-frame="Yes"
 equivocal="false" status="known" percent-reads="12.5"/>
</rearrangements>
<biomarkers><microsatellite-instability status="{msi}"/>
<tumor-mutation-burden score="11.3" status="high" unit="mutations-per-megabase"/></biomarkers>
</variant-report></rr:ResultsPayload></rr:ResultsReport>
"""
USUAL = {"test": "FoundationOne CDx", "kind": "Block", "site": "Liver", "fraction": "", "quality": "Pass", "msi": "MSS"}


def _xml(**parts: str) -> str:
    return XML.format(**(USUAL | parts))


def test_foundation_one(files: Any) -> None:
    facts = files.read("a.xml", _xml())
    assert files.found(facts, "significance", "vaf", "specimen", "assay", "date", "result") == [
        (gene, change, significance, vaf, "liver", "FoundationOne CDx", dt.date(2026, 4, 2), result)
        for gene, change, significance, vaf, result in (
            ("PIK3CA", "H1047R", "pathogenic", 0.2188, "present"),
            ("ATM", "A59S", "uncertain", 0.485, "present"),
            ("LRP1B", "Q12*", "likely_pathogenic", 0.1, "present"),
            ("ERBB2", "amplification", "pathogenic", None, "present"),
            ("PTEN", "loss", "uncertain", None, "present"),
            ("NTRK3", "NTRK3-ETV6 fusion", "pathogenic", 0.125, "present"),
            ("BRCA1", None, None, None, "absent"),
        )
    ]
    observed = facts.observations.select("concept", "value", "code", "site", "method").rows()
    assert observed == [
        ("msi", None, "stable", "liver", "FoundationOne CDx"),
        ("tmb", 11.3, None, "liver", "FoundationOne CDx"),
    ]
    assert files.said(facts) == ["PTEN loss is equivocal: the laboratory is not sure of it"]
    assert facts.variants["source"][0] == "a.xml:15"
    assert {"ESR1", "AKT1", "RB1", "FGFR1"} <= files.studied(facts)
    assert not {"PIK3CA", "PTEN", "BRCA1", "NTRK1", "RET"} & files.studied(facts)


def test_a_liquid_report_and_its_tumour_fraction(files: Any) -> None:
    facts = files.read("a.xml", _xml(test="FoundationOne Liquid CDx", site="Blood", fraction="12%", msi="MSI-H"))
    assert set(facts.variants["specimen"]) == {"plasma"}
    assert set(facts.variants["lod"]) == {0.004}  # doi:10.1371/journal.pone.0237802
    rows = facts.observations.select("concept", "value", "code", "site").rows()
    assert rows == [
        ("msi", None, "high", "plasma"),
        ("tmb", 11.3, None, "plasma"),
        ("tumour_fraction", 12, None, "plasma"),
    ]
    assert files.studied(facts) == set()  # its genes were not read in a source
    assert any(what.startswith("which genes 'FoundationOne Liquid CDx' looks at") for what in files.said(facts, "note"))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"quality": "Qualified"}, "the quality of the sample is 'Qualified'"),
        ({"msi": "odd"}, "the microsatellite status 'odd' is not understood"),
    ],
)
def test_what_is_not_usual_is_listed(files: Any, parts: dict[str, str], said: str) -> None:
    facts = files.read("a.xml", _xml(**parts))
    assert said in files.said(facts)
    assert (files.studied(facts) == set()) == ("quality" in parts)


def test_the_report_of_somebody_else_is_refused(files: Any) -> None:
    path = files.write("a.xml", _xml())
    assert read_sequencing(path, Asked("anna"), dt.date(1964, 3, 5)).variants.height
    with pytest.raises(RecordError, match="of somebody else"):
        read_sequencing(path, Asked("anna"), dt.date(1964, 3, 6))


def test_specimen_and_date_of_the_file_count_more_than_options(files: Any) -> None:
    facts = files.read("a.xml", _xml(), specimen="plasma", day=dt.date(2020, 1, 1))
    assert set(facts.variants["specimen"]) == {"liver"}
    assert set(facts.variants["date"]) == {dt.date(2026, 4, 2)}
    assert sum("the file is followed" in what for what in files.said(facts)) == 2


TEMPUS: dict[str, Any] = {
    "metadata": {"schemaVersion": "3.3.0"},
    "patient": {"dateOfBirth": "1964-03-05"},
    "order": {"test": {"code": "XT.V4", "name": "xT", "description": "648 gene panel"}},
    "report": {"workflow": {"reportStatus": "standard"}},
    "specimens": [
        {"sampleCategory": "normal", "normalSampleSite": "Blood", "collectionDate": "2026-02-19T00:00:00"},
        {"sampleCategory": "tumor", "primarySampleSite": "Lung, left lower lobe", "collectionDate": "2026-01-31"},
    ],
    "microsatelliteInstability": {"status": "stable"},
    "genomicVariants": {
        "tumorMutationalBurden": {"tmb": "7.4", "tmbPercentile": "80"},
        "bloodTumorMutationalBurden": {"btmb": None},
        "potentiallyActionable": {"variants": [
            {"variantType": "snvIndels", "variantDetails": [
                {"gene": "ESR1", "pVar": "p.D538G", "cVar": "c.1613A>G", "allelicFraction": "21.3",
                 "genomicSourceClass": "somatic", "transcriptId": "NM_000125"}]},
            {"variantType": "cnvs", "variantDetails": [{"gene": "FGFR1", "variantDescription": "Copy number gain"}]},
            {"variantType": "fusions", "variantDetails": [{"gene5": "ETV6", "gene3": "NTRK3"}]},
        ]},
        "pathogenic": {"variants": [{"variantType": "snvIndels", "variantDetails": [
            {"gene": "BRCA2", "pVar": "p.S1982fs", "allelicFraction": "49", "genomicSourceClass": "germline"}]}]},
        "unknownSignificance": {"variants": [{"variantType": "snvIndels", "variantDetails": [
            {"gene": "POLE", "pVar": "p.A1V", "allelicFraction": "140"}]}]},
    },
    "ihc": {"pdl1": {"interpretation": {"combinedPositiveScore": "12"}}, "mmr": {"interpretation": "abnormal"}},
    "ctDNA": None,
}  # fmt: skip


def test_tempus(files: Any) -> None:
    facts = files.read("a.json", json.dumps(TEMPUS))
    assert files.found(facts, "origin", "significance", "vaf", "specimen", "date") == [
        (*row, "lung", dt.date(2026, 1, 31))
        for row in (
            ("ESR1", "p.D538G", "somatic", None, 0.213),
            ("FGFR1", "Copy number gain", None, None, None),
            ("NTRK3", "ETV6-NTRK3 fusion", None, None, None),
            ("BRCA2", "p.S1982fs", "germline", "pathogenic", 0.49),
            ("POLE", "p.A1V", None, "uncertain", None),
        )
    ]
    assert facts.observations.select("concept", "value", "code", "method").rows() == [
        ("msi", None, "stable", "Tempus xT"),
        ("tmb", 7.4, None, "Tempus xT"),
        ("msi", None, "high", "ihc"),
        ("pdl1_cps", 12.0, None, "ihc"),
    ]
    assert files.said(facts) == ["allelicFraction '140' is no percentage"]
    assert files.studied(facts) == set()


def test_tempus_lists_and_values_that_are_not_known(files: Any) -> None:
    odd = copy.deepcopy(TEMPUS)
    odd["genomicVariants"]["surprising"] = {"variants": []}
    odd["ctDNA"] = {"circulatingTumorCells": {"quantity": {"amount": 10.0, "comparator": None,
                                                          "unitOfMeasurement": {"display": "%"}}}}  # fmt: skip
    odd["report"]["workflow"]["reportStatus"] = "qns"
    facts = files.read("a.json", json.dumps(odd))
    assert {"the list 'surprising' is not read", "the report has the status 'qns'"} <= set(files.said(facts))
    assert facts.observations.filter(facts.observations["concept"] == "tumour_fraction")["value"].to_list() == [10.0]
