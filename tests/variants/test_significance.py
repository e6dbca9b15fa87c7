import pytest

from openmbc.variants import significance_of


@pytest.mark.parametrize(
    ("gene", "change", "reported", "meaning"),
    [
        ("PIK3CA", "p.H1047R", None, "altered"), ("PIK3CA", "p.His1047Arg", None, "altered"),
        ("PIK3CA", "H1047R", None, "altered"), ("PIK3CA", "PIK3CA H1047R", None, "altered"),
        ("PIK3CA", "NP_006209.2:p.(His1047Arg)", None, "altered"), ("PIK3CA", "p.I391M", None, None),
        ("PIK3CA", "p.E545*", None, None), ("PIK3CA", "exon 21 mutation", None, None),
        ("AKT1", "E17K", None, "altered"), ("AKT1", "E17", None, None),
        ("ESR1", "p.Tyr537Asn", None, "altered"), ("ESR1", "Y537=", None, None), ("ESR1", "D538G", None, "altered"),
        ("ESR1", "D538N", None, None), ("ESR1", "p.Y537fs", None, None),
        ("ERBB2", "p.Tyr772_Ala775dup", None, "altered"), ("ERBB2", "p.G778_P780dup", None, "altered"),
        ("ERBB2", "L755_T759del", None, "altered"), ("ERBB2", "amplification", None, None),
        ("FGFR1", "amplification", None, "altered"), ("NTRK3", "ETV6-NTRK3 fusion", None, "altered"),
        ("BRCA2", "p.S1982Rfs*22", None, "altered"), ("BRCA1", "p.Gln1756ProfsTer74", None, "altered"),
        ("BRCA2", "p.K3326*", None, None), ("BRCA1", "p.M1?", None, None), ("TP53", "p.*394Lext*8", None, None),
        ("PTEN", "R233X", None, "altered"), ("PTEN", "homozygous deletion", None, "altered"),
        ("PTEN", "PTEN alteration", None, None), ("PTEN", "c.*123A>G", None, None), ("RB1", "c.607+1G>T", None, None),
        ("CDH1", "frameshift", None, "altered"), ("TP53", "p.R175H", None, None),
        ("TP53", "p.R175H", "Likely pathogenic", "altered"), ("TP53", None, "likely_pathogenic", "altered"),
        ("PIK3CA", "H1047R", "Uncertain significance", "uncertain"), ("BRCA1", "x", "Likely benign", "uncertain"),
        ("BRCA1", "x", "not oncogenic", "uncertain"), ("BRCA1", None, None, None), ("BRCA1", "", "", None),
    ],
)  # fmt: skip
def test_significance(gene, change, reported, meaning):
    assert significance_of(gene, change, reported) == meaning
