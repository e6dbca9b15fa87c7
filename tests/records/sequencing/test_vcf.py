"""VCF: samples, filters, alleles, annotation, known places, structural variants."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from openmbc.errors import RecordError
from openmbc.records.sequencing import Asked
from openmbc.records.sequencing.places import build_of
from openmbc.records.sequencing.vcf import read_vcf

# PIK3CA H1047R and ESR1 D538G in both genomes: maftools, cancerhotspots_v2_GRCh37.tsv and _GRCh38.tsv
H1047R = {"37": "3 178952085 . A G . PASS .", "38": "3 179234297 . A G . PASS ."}
D538G = {"37": "6 152419926 . A G . PASS .", "38": "6 152098791 . A G . PASS ."}
HET = " GT:AD:DP 0/1:70,30:100"
VEP = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|IMPACT|SYMBOL|Gene|Feature|HGVSc|HGVSp|Protein_position|Amino_acids|CANONICAL|MANE_SELECT|PICK">'
)
ANN = (
    "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | Annotation | "
    "Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | Rank | "
    "HGVS.c | HGVS.p'\">"
)
G38 = "##reference=file:///data/GRCh38.fa"


def _vep(**parts: str) -> str:
    order = VEP[VEP.index("Format: ") + 8 : VEP.index('">')].split("|")
    return "|".join(parts.get(name, "") for name in order)


@pytest.mark.parametrize("build", ["37", "38"])
@pytest.mark.parametrize("name", ["a.vcf", "a.vcf.gz"])
def test_known_places_in_both_genomes(files: Any, build: str, name: str) -> None:
    text = files.vcf([H1047R[build] + HET, D538G[build] + HET], [f"##reference=GRCh{build}"])
    facts = files.read(name, text, specimen="plasma", day=dt.date(2026, 5, 4))
    assert files.found(facts, "vaf", "depth", "specimen", "date", "source") == [
        ("PIK3CA", "H1047R", 0.3, 100, "plasma", dt.date(2026, 5, 4), f"{name}:4"),
        ("ESR1", "D538G", 0.3, 100, "plasma", dt.date(2026, 5, 4), f"{name}:5"),
    ]
    assert files.said(facts) == []


@pytest.mark.parametrize("contig", ["3", "chr3", "NC_000003.12"])
def test_ways_to_write_a_chromosome(files: Any, contig: str) -> None:
    record = contig + H1047R["38"][1:] + HET
    assert files.found(files.read("a.vcf", files.vcf([record]))) == [("PIK3CA", "H1047R")]


@pytest.mark.parametrize(
    ("lines", "build"),
    [
        (["##reference=hg19"], "37"),
        (["##reference=file:///b/Homo_sapiens_assembly38.GRCh38.fasta"], "38"),
        (["##contig=<ID=1,length=249250621>"], "37"),
        (["##contig=<ID=chr17,length=83257441,assembly=x>"], "38"),
        (["##source=caller"], None),
        (["##reference=hg19", "##contig=<ID=chr17,length=83257441>"], "38"),
    ],
)
def test_the_genome_of_a_header(lines: list[str], build: str | None) -> None:
    """Lengths are those of hartwigmedical/hmftools lengths.37.tsv and lengths.38.tsv; they count more than a name."""
    assert build_of(lines, "a.vcf") == build


@pytest.mark.parametrize("line", ["##reference=hg18.fa", "##reference=chm13v2.0.fa"])
def test_other_genomes_are_refused(files: Any, line: str) -> None:
    with pytest.raises(RecordError, match="the genome of the file is not read"):
        files.read("a.vcf", files.vcf([H1047R["38"] + HET], [line]))


def test_without_a_genome_nothing_is_told_by_its_place(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf([H1047R["38"] + HET], []), panel="FoundationOne CDx")
    assert files.found(facts) == []
    assert "PIK3CA" not in files.studied(facts)
    assert any("without protein change, of unknown effect: PIK3CA" in what for what in files.said(facts))
    assert facts.problems.filter(facts.problems["todo"].str.contains("whether it is GRCh37 or GRCh38")).height == 1


def test_what_a_filter_rejects_is_no_finding_and_not_clear_either(files: Any) -> None:
    rejected = H1047R["38"].replace("PASS", "weak_evidence") + HET
    other = "17 7670700 . C T . base_qual ." + HET
    facts = files.read("a.vcf", files.vcf([rejected, other]), panel="FoundationOne CDx")
    assert files.found(facts) == []
    assert "PIK3CA" not in files.studied(facts)
    assert "TP53" in files.studied(facts)
    assert "PIK3CA H1047R did not pass the filter weak_evidence" in files.said(facts)
    assert "2 records in known genes did not pass a filter: no findings" in files.said(facts, "note")


def test_annotated_by_vep(files: Any) -> None:
    entries = ",".join([
        _vep(Allele="G", Consequence="missense_variant", SYMBOL="PIK3CA", Gene="ENSG00000121879", Feature="ENST9.1",
             HGVSp="ENSP9.1:p.His12Arg"),
        _vep(Allele="G", Consequence="missense_variant", SYMBOL="PIK3CA", Gene="ENSG00000121879",
             Feature="ENST00000263967.4", HGVSc="ENST00000263967.4:c.3140A>G", HGVSp="ENSP1.1:p.His1047Arg"),
        _vep(Allele="G", Consequence="downstream_gene_variant", SYMBOL="KCNMB3", Feature="ENST3"),
    ])  # fmt: skip
    facts = files.read("a.vcf", files.vcf([f"3 179234297 . A G . PASS CSQ={entries}" + HET], [G38, VEP]))
    assert files.found(facts, "text") == [("PIK3CA", "p.His1047Arg", "missense_variant; c.3140A>G; ENST00000263967.4")]


@pytest.mark.parametrize(
    ("parts", "change"),
    [
        ({"Consequence": "missense_variant", "Protein_position": "175", "Amino_acids": "R/H"}, "R175H"),
        ({"Consequence": "stop_gained", "Protein_position": "196/393", "Amino_acids": "R/*"}, "R196*"),
        ({"Consequence": "splice_donor_variant", "HGVSc": "ENST1:c.375+1G>T"}, "c.375+1G>T"),
        ({"Consequence": "frameshift_variant", "HGVSp": "ENSP1:p.Pro72ArgfsTer51"}, "p.Pro72ArgfsTer51"),
        ({"Consequence": "synonymous_variant", "HGVSp": "ENSP1:p.Arg175%3D"}, None),
        ({"Consequence": "intron_variant", "HGVSc": "ENST1:c.376-20G>T"}, None),
        ({"Consequence": "splice_region_variant&intron_variant", "HGVSc": "ENST1:c.375+5G>T"}, None),
    ],
)
def test_what_a_consequence_becomes(files: Any, parts: dict[str, str], change: str | None) -> None:
    entry = _vep(Allele="T", SYMBOL="TP53", Feature="ENST1", CANONICAL="YES", **parts)
    facts = files.read("a.vcf", files.vcf([f"17 7675088 . C T . PASS CSQ={entry}" + HET], [G38, VEP]))
    assert files.found(facts) == ([("TP53", change)] if change else [])
    assert [w for w in files.said(facts) if "without protein change" in w] == []


def test_a_coding_change_that_is_not_told_leaves_the_gene_open(files: Any) -> None:
    entry = _vep(Allele="T", SYMBOL="TP53", Feature="ENST1", Consequence="missense_variant")
    text = files.vcf([f"17 7675088 . C T . PASS CSQ={entry}" + HET], [G38, VEP])
    facts = files.read("a.vcf", text, panel="FoundationOne CDx")
    assert files.found(facts) == []
    assert "TP53" not in files.studied(facts)
    assert "1 variant without protein change, of unknown effect: TP53" in files.said(facts)


def test_transcripts_that_differ_without_a_mark_are_a_problem(files: Any) -> None:
    one = _vep(Allele="T", SYMBOL="CHEK2", Feature="NM_1", Consequence="missense_variant", HGVSp="p.Arg346His")
    other = _vep(Allele="T", SYMBOL="CHEK2", Feature="NM_2", Consequence="missense_variant", HGVSp="p.Arg389His")
    text = files.vcf([f"22 28696987 . C T . PASS CSQ={one},{other}" + HET], [G38, VEP])
    facts = files.read("a.vcf", text, day=dt.date(2026, 1, 1))
    assert files.found(facts) == [("CHEK2", "p.Arg346His")]
    assert files.said(facts) == ["CHEK2 p.Arg346His is told otherwise by other transcripts: p.Arg389His"]


def test_alleles_keep_their_own_effect_and_share(files: Any) -> None:
    entries = ",".join([
        _vep(Allele="T", SYMBOL="PIK3CA", Feature="NM_006218", Consequence="missense_variant", HGVSp="p.His1047Leu"),
        _vep(Allele="G", SYMBOL="PIK3CA", Feature="NM_006218", Consequence="missense_variant", HGVSp="p.His1047Arg"),
    ])  # fmt: skip
    record = f"3 179234297 . A T,G . PASS CSQ={entries} GT:AD 0/1/2:60,10,30"
    assert files.found(files.read("a.vcf", files.vcf([record], [G38, VEP])), "vaf") == [
        ("PIK3CA", "p.His1047Leu", 0.1), ("PIK3CA", "p.His1047Arg", 0.3)
    ]  # fmt: skip
    absent = f"3 179234297 . A T,G . PASS CSQ={entries} GT:AD 0/2:70,0,30"
    assert files.found(files.read("a.vcf", files.vcf([absent], [G38, VEP]))) == [("PIK3CA", "p.His1047Arg")]


def test_annotated_by_snpeff_funcotator_and_annovar(files: Any) -> None:
    ann = "ANN=G|missense_variant|MODERATE|PIK3CA|PIK3CA|transcript|NM_006218.4|coding|21/21|c.3140A>G|p.His1047Arg"
    assert files.found(files.read("a.vcf", files.vcf([f"3 179234297 . A G . PASS {ann}" + HET], [G38, ANN]))) == [
        ("PIK3CA", "p.His1047Arg")
    ]
    header = (
        '##INFO=<ID=FUNCOTATION,Number=A,Type=String,Description="Functional annotation from the Funcotator tool.  '
        "Funcotation fields are: Gencode_34_hugoSymbol|Gencode_34_variantClassification|"
        'Gencode_34_annotationTranscript|Gencode_34_cDnaChange|Gencode_34_proteinChange">'
    )
    value = "FUNCOTATION=[PIK3CA|MISSENSE|ENST00000263967.4|c.3140A>G|p.H1047R]"
    assert files.found(files.read("a.vcf", files.vcf([f"3 179234297 . A G . PASS {value}" + HET], [G38, header]))) == [
        ("PIK3CA", "p.H1047R")
    ]
    header = '##INFO=<ID=AAChange.refGene,Number=.,Type=String,Description="AAChange.refGene annotation by ANNOVAR">'
    value = "AAChange.refGene=PIK3CA:NM_006218:exon21:c.A3140G:p.H1047R"
    assert files.found(files.read("a.vcf", files.vcf([f"3 179234297 . A G . PASS {value}" + HET], [G38, header]))) == [
        ("PIK3CA", "p.H1047R")
    ]


@pytest.mark.parametrize(
    ("samples", "header", "cells", "origin"),
    [
        (["NORMAL", "TUMOR"], [], "GT:AD 0/0:50,0 0/1:70,30", "somatic"),
        (["NORMAL", "TUMOR"], [], "GT:AD 0/1:25,25 0/1:50,50", "germline"),
        (["A", "B"], ["##tumor_sample=B", "##normal_sample=A"], "GT:AD 0/0:50,0 0/1:70,30", "somatic"),
        (["TCGA-A1-A0SB-10A", "TCGA-A1-A0SB-01A"], [], "GT:AD 0/0:50,0 0/1:70,30", "somatic"),
        (["NORMAL", "TUMOR"], [], "DP:AU:CU:GU:TU 50:50,50:0,0:0,0:0,0 100:70,70:0,0:30,30:0,0", "somatic"),
        (["NORMAL", "TUMOR"], [], "AD:AF 40,4:0.1 70,30:0.3", None),
        (["P7_normal", "P7_tumour"], [], "GT:AD 0/0:50,0 0/1:70,30", "somatic"),
    ],
)
def test_tumour_and_normal_columns(
    files: Any, samples: list[str], header: list[str], cells: str, origin: str | None
) -> None:
    record = f"{H1047R['38']} {cells}"
    facts = files.read("a.vcf", files.vcf([record], [G38, *header], samples))
    assert files.found(facts, "origin") == [("PIK3CA", "H1047R", origin)]
    assert facts.variants["vaf"][0] == pytest.approx(0.5 if origin == "germline" else 0.3)


def test_what_only_the_normal_tissue_has_is_inherited(files: Any) -> None:
    record = f"{H1047R['38']} GT:AD 0/1:25,25 0/0:90,0"
    facts = files.read("a.vcf", files.vcf([record], [G38], ["NORMAL", "TUMOR"]))
    assert files.found(facts, "origin") == [("PIK3CA", "H1047R", "germline")]


def test_a_sample_that_is_not_clear_is_asked_for(files: Any) -> None:
    text = files.vcf([f"{H1047R['38']} GT 0/1 0/0"], [G38], ["S1", "S2"])
    with pytest.raises(RecordError, match=r"several samples.*--sample: S1, S2"):
        files.read("a.vcf", text)
    assert files.found(files.read("a.vcf", text, sample="S1")) == [("PIK3CA", "H1047R")]
    assert files.found(files.read("a.vcf", text, sample="S2")) == []
    with pytest.raises(RecordError, match=r"no sample 'S3'.*Its samples: S1, S2"):
        files.read("a.vcf", text, sample="S3")


def test_a_germline_file(files: Any) -> None:
    text = files.vcf([H1047R["38"] + " GT 0/1"])
    assert files.found(files.read("a.vcf", text, specimen="germline"), "origin") == [("PIK3CA", "H1047R", "germline")]
    text = files.vcf([H1047R["38"] + " GT 0/1"], samples=["NORMAL"])
    assert files.found(files.read("a.vcf", text), "origin") == [("PIK3CA", "H1047R", "germline")]


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ("10 87800000 . N <DEL> . PASS SVTYPE=DEL;END=88000000;CN=0", [("PTEN", "deep deletion")]),
        ("10 87800000 . N <DEL> . PASS SVTYPE=DEL;END=88000000", []),
        ("10 87800000 . N <DEL> . PASS SVTYPE=DEL;END=88000000;GENE=PTEN", [("PTEN", None)]),
        ("8 38400000 . N <DUP> . PASS SVTYPE=DUP;SVLEN=200000;CN=9", [("FGFR1", "copy number gain (9 copies)")]),
        ("8 38400000 . N <CNV> . PASS SVTYPE=CNV;END=38600000;CN=2", []),
        (
            "12 11869000 . N N[15:88000000[ . PASS SVTYPE=BND;GENES=ETV6,NTRK3",
            [("NTRK3", None)],
        ),
    ],
)
def test_structural_variants(files: Any, record: str, found: list[tuple[str, str]]) -> None:
    facts = files.read("a.vcf", files.vcf([record], [G38], []), panel="FoundationOne CDx")
    assert files.found(facts) == found
    assert "PTEN" not in files.studied(facts)


def test_only_small_variants_leave_losses_and_fusions_open(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf([H1047R["38"] + HET]), panel="FoundationOne CDx")
    assert {"ESR1", "AKT1", "BRCA2", "TP53"} <= files.studied(facts)
    assert not {"PIK3CA", "PTEN", "NTRK1", "FGFR1", "RET"} & files.studied(facts)


def test_blood_or_tissue_must_be_known_before_a_gene_is_clear(files: Any) -> None:
    panel = files.write("genes.txt", "ESR1\nPTEN losses # both kinds\nNTRK1 fusion\n")
    text = files.vcf([H1047R["38"] + HET])
    facts = files.read("a.vcf", text, panel=str(panel))
    assert files.studied(facts) == set()
    assert any("blood or tissue" in what for what in files.said(facts))
    assert files.studied(files.read("a.vcf", text, panel=str(panel), specimen="plasma")) == {"ESR1"}


def test_without_a_panel_nothing_is_clear(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf([H1047R["38"] + HET]), specimen="tissue")
    assert files.studied(facts) == set()
    assert any(what.startswith("which genes the test looks at is not known") for what in files.said(facts, "note"))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000, 1 << 18])
def test_the_size_of_the_pieces_changes_nothing(files: Any, size: int) -> None:
    records = [H1047R["38"] + HET, "17 7675088 . C T . PASS ." + HET, "1 1000 . A G . PASS ." + HET, D538G["38"] + HET]
    path = files.write("a.vcf", files.vcf(records, [G38, '##FILTER=<ID=x,Description="ESR1">'] * 20))
    whole, pieces = (read_vcf(path, Asked("anna"), None, n).facts() for n in (1 << 20, size))
    assert whole.variants.equals(pieces.variants)
    assert whole.problems.equals(pieces.problems)


@pytest.mark.parametrize(
    "record",
    [
        "3 179234297 . A",
        "3 17923429x . A G . PASS . GT 0/1",
        "3 179234297 . A <NON_REF> . PASS . GT 0/1",
        "3 179234297 . A . . PASS .",
    ],
)
def test_lines_that_are_no_variant_are_no_finding(files: Any, record: str) -> None:
    assert files.found(files.read("a.vcf", files.vcf([record]))) == []


def test_a_cut_record_in_a_gene_is_listed(files: Any) -> None:
    facts = files.read("a.vcf", files.vcf(["3 179234297 . A"]), day=dt.date(2026, 1, 1))
    assert files.said(facts) == ["the line is not a record of a VCF"]
    assert facts.problems["source"][0] == "a.vcf:4"
