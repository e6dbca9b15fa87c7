"""What each line of a case file becomes: a snippet, and the rows of the facts that it gives."""

import datetime as dt
import json
from pathlib import Path

import pytest

from openmbc import terms
from openmbc.catalogue import ILLNESSES
from openmbc.errors import RecordError
from openmbc.facts import Facts
from openmbc.records import case as case_package
from openmbc.records.case import case_schema, read_case, template, words
from openmbc.records.case.numbers import unit_of

RECORDS = Path(case_package.__file__).parents[1]
BAD = Path(__file__).parents[1] / "bad" / "cases"


def facts_of(tmp_path: Path, text: str) -> Facts:
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    return read_case(file)


def rows(facts: Facts, table: str, columns: str) -> list[tuple]:
    return getattr(facts, table).select(columns.split()).rows()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


OBSERVED = "concept value unit comparator code"
TREATED = "treatment kind status"
VARIANT = "gene change origin result significance vaf specimen"

TABLE = [
    # --- the person
    ("born: 1961-04\nsex: F", "people", "birth birth_precision sex", [(day("1961-04-01"), "month", "female")]),
    ("born: 1961\nsex: woman\ndied: 2026-01-02", "people", "birth_precision sex death",
     [("year", "female", day("2026-01-02"))]),
    ("sex: unknown", "people", "birth birth_precision sex", [(None, None, None)]),
    # --- the cancer
    ("diagnosed: 2018-03\nside: both\nhistology: ILC", "conditions", "concept date date_precision laterality histology",
     [("breast_cancer", day("2018-03-01"), "month", "bilateral", "lobular")]),
    ("stage: 3b", "observations", "concept code method", [("stage", "IIIB", None)]),
    ("stage: pIIB", "observations", "concept code method", [("stage", "IIB", "pathologic")]),
    ("stage: Stage IV", "observations", "concept code method", [("stage", "IV", None)]),
    ("stage: pT2 pN1a cM0, IIB", "observations", "concept code method",
     [("stage_t", "T2", "pathologic"), ("stage_n", "N1a", "pathologic"), ("stage_m", "M0", "clinical"),
      ("stage", "IIB", None)]),
    ("diagnosed: 2018-03-04\nstage: 2", "observations", "code date", [("II", day("2018-03-04"))]),
    ("metastatic: no", "observations", "concept code", [("extent", "not_metastatic")]),
    ("extent: locally advanced", "observations", "concept code", [("extent", "locally_advanced")]),
    # --- metastases
    ("metastatic: yes", "conditions", "concept site date status",
     [("breast_cancer", None, None, "active"), ("metastasis", None, None, "active")]),
    ("metastatic: 2026-09-20", "conditions", "concept site date date_precision",
     [("breast_cancer", None, None, None), ("metastasis", None, day("2026-09-20"), "day")]),
    ("metastatic: 2026-09\nsites: [bone, {liver: 2026-10-02}, {lung: no}, Lymph nodes]", "conditions",
     "concept site date date_precision status",
     [("breast_cancer", None, None, None, "active"),
      ("metastasis", "bone", day("2026-09-01"), "month", "active"),
      ("metastasis", "liver", day("2026-10-02"), "day", "active"),
      ("metastasis", "lung", None, None, "absent"),
      ("metastasis", "lymph_node", day("2026-09-01"), "month", "active")]),
    ("sites: {bone: yes, brain: no, skin: unknown}", "conditions", "concept site status",
     [("breast_cancer", None, "active"), ("metastasis", "bone", "active"), ("metastasis", "brain", "absent"),
      ("metastasis", "skin", "active")]),
    ("metastatic: 2024\nsites: [{bone: 2025-01}]", "conditions", "concept site date",
     [("breast_cancer", None, None), ("metastasis", "bone", day("2025-01-01")),
      ("metastasis", None, day("2024-01-01"))]),
    # --- answers
    ("visceral_crisis: no\nsymptoms: yes\nmenopause: pre\npregnant: no", "observations", "concept code date",
     [("visceral_crisis", "no", None), ("symptomatic_disease", "yes", None),
      ("menopausal_status", "premenopausal", None), ("pregnant", "no", None)]),
    ("visit: 2026-11-02\nfrail: yes\nbrain_metastases: Active", "observations", "concept code date",
     [("brain_metastases_activity", "active", day("2026-11-02")), ("frail", "yes", day("2026-11-02"))]),
    ("brain_metastases: no", "conditions", "concept site status", [("metastasis", "brain", "absent")]),
    ("visit: 2026-11\necog: [{is: 1, date: 2026-08-01}, 2]", "observations", "concept value date",
     [("ecog", 1, day("2026-08-01")), ("ecog", 2, day("2026-11-01"))]),
    ("msi: dMMR\ndpyd: {is: partial, date: 2025}\nugt1a1: poor\ntmb: 12", "observations", "concept value code",
     [("msi", None, "high"), ("dpd_status", None, "partial"), ("ugt1a1", None, "poor"), ("tmb", 12, None)]),
    ('dpyd: "*1/*2A"\nugt1a1: {is: TA6/TA7, date: 2025}', "observations", "concept code text",
     [("dpyd_diplotype", "*1/*2A", "*1/*2A"), ("ugt1a1_diplotype", "TA6/TA7", "TA6/TA7")]),
    ("pregnant: unknown\nmenopause: '?'\necog: not known", "observations", OBSERVED, []),
    # --- receptors
    ("receptors: {date: 2026-10, from: liver, er: 90%, pr: 0}", "observations", "concept value unit code site date",
     [("er_percent", 90, "%", None, "liver", day("2026-10-01")),
      ("pr_percent", 0, "%", None, "liver", day("2026-10-01"))]),
    ("receptors: [{er: low, pr: NEG, her2: 2+, ish: negative}]", "observations", OBSERVED,
     [("er", None, None, None, "low_positive"), ("pr", None, None, None, "negative"),
      ("her2_ihc", None, None, None, "2+"), ("her2_ish", None, None, None, "negative")]),
    ("receptors: [{er: <1%, pr: positive (40%)}]", "observations", OBSERVED,
     [("er_percent", 1, "%", "<", None), ("pr_percent", 40, "%", None, None), ("pr", None, None, None, "positive")]),
    ("receptors: [{her2: 0}, {her2: 0+}, {her2: 3}, {her2: 2+ ISH positive}, {her2: ultralow}, {her2: low (1+)}]",
     "observations", "concept code",
     [("her2_ihc", "0"), ("her2_ihc", "0+"), ("her2_ihc", "3+"), ("her2_ihc", "2+"), ("her2_ish", "positive"),
      ("her2", "ultralow"), ("her2", "low"), ("her2_ihc", "1+")]),
    ("receptors: [{pr: low}]", "observations", "concept code", [("pr", "positive")]),
    ("receptors: [{from: primary tumour, ki67: 20}, {from: blood, ki67: 15%}]", "observations", "concept value site",
     [("ki67", 20, "primary"), ("ki67", 15, "plasma")]),
    ("receptors: [{pdl1_cps: '>=10'}, {pdl1_cps: <1}, {pdl1_cps: not done}]", "observations", "value comparator",
     [(10, ">="), (1, "<")]),
    # --- genes
    ("germline: [BRCA2 c.5946delT pathogenic, BRCA1 not found]", "variants", VARIANT,
     [("BRCA2", "c.5946delT", "germline", "present", "pathogenic", None, None),
      ("BRCA1", None, "germline", "absent", None, None, None)]),
    ("germline: [BRCA1 c.68_69del not found]\ntumour: [PIK3CA mutation not found, AKT1 no pathogenic variant]",
     "variants", VARIANT,
     [("BRCA1", "c.68_69del", "germline", "absent", None, None, None),
      ("PIK3CA", None, "somatic", "absent", None, None, None),
      ("AKT1", None, "somatic", "absent", "pathogenic", None, None)]),
    ("tumour: [PIK3CA H1047R (plasma 2026-02), ESR1 mutated, TP53 p.R175H likely pathogenic]", "variants",
     f"{VARIANT} date",
     [("PIK3CA", "H1047R", "somatic", "present", None, None, "plasma", day("2026-02-01")),
      ("ESR1", None, "somatic", "present", None, None, None, None),
      ("TP53", "p.R175H", "somatic", "present", "likely_pathogenic", None, None, None)]),
    ("tumour:\n- ESR1 D538G (plasma 2026-02-03, VAF 4.2%)\n- PIK3CA wild-type (liver)\n- AKT1 W80R VUS", "variants",
     VARIANT,
     [("ESR1", "D538G", "somatic", "present", None, 0.042, "plasma"),
      ("PIK3CA", None, "somatic", "absent", None, None, "liver"),
      ("AKT1", "W80R", "somatic", "present", "uncertain", None, None)]),
    ("tumour: [ETV6-NTRK3 fusion (liver), NTRK1 fusion, HER2 amplification]", "variants", "gene change", [
        ("NTRK3", "ETV6-NTRK3 fusion"), ("NTRK1", "fusion"), ("ERBB2", "amplification")]),
    ("tumour: {gene: AKT1}".replace("{", "[{").replace("}", "}]"), "variants", VARIANT,
     [("AKT1", None, "somatic", "present", None, None, None)]),
    ("germline: [{gene: PALB2, found: no}, {panel: [CHEK2, ATM], date: 2026-03}]", "variants", "gene result date",
     [("PALB2", "absent", None), ("CHEK2", "studied", day("2026-03-01")), ("ATM", "studied", day("2026-03-01"))]),
    ("tumour: [{gene: PIK3CA, change: E545K, vaf: 12%, significance: Pathogenic, specimen: bone}]", "variants", VARIANT,
     [("PIK3CA", "E545K", "somatic", "present", "pathogenic", 0.12, "bone")]),
    ("germline: none", "variants", VARIANT, [(None, None, "germline", "absent", None, None, None)]),
    # --- treatments
    ("treatments: none", "treatments", f"{TREATED} text", [(None, None, "not_taken", None)]),
    ("treatments: no", "treatments", TREATED, [(None, None, "not_taken")]),
    ("treatments: []", "treatments", TREATED, []),
    ("treatments:\n- {drugs: [Letrozole, Ibrance], from: 2026-01, setting: metastatic}", "treatments",
     f"{TREATED} start start_precision by",
     [("letrozole", "drug", "running", day("2026-01-01"), "month", "text"),
      ("palbociclib", "drug", "running", day("2026-01-01"), "month", "text")]),
    ("metastatic: 2025-01\ntreatments: [{drugs: letrozole, from: 2025-02}]", "treatments", TREATED,
     [("letrozole", "drug", "running")]),
    ("metastatic: 2025-01\ntreatments: [{drugs: letrozole, from: 2019}]", "treatments", TREATED,
     [("letrozole", "drug", "unknown")]),
    ("treatments: [{drugs: docetaxel, from: 2019, to: 2019-06-01, setting: preoperative, ended: done}]", "treatments",
     f"{TREATED} end end_precision setting ended",
     [("docetaxel", "drug", "ended", day("2019-06-01"), "day", "neoadjuvant", "completed")]),
    ("treatments: [{drugs: letrozole, setting: metastatic, ended: yes, best: PR}]", "treatments",
     "status ended response", [("ended", None, "responding")]),
    ("treatments: [{drugs: letrozole, to: now}, {drugs: tamoxifen, running: no}, {drugs: olaparib, running: planned}]",
     "treatments", "treatment status end", [("letrozole", "running", None), ("tamoxifen", "ended", None),
                                            ("olaparib", "planned", None)]),
    ("treatments: ['letrozole and ribociclib, tamoxifen']", "treatments", "treatment text",
     [("letrozole", "letrozole"), ("ribociclib", "ribociclib"), ("tamoxifen", "tamoxifen")]),
    ("treatments: [letrozole + wonder drug]", "treatments", "treatment text",
     [("letrozole", "letrozole"), (None, "wonder drug")]),
    ("treatments:\n- letrozole + ribociclib\n- trastuzumab deruxtecan", "treatments", "treatment",
     [("letrozole",), ("ribociclib",), ("trastuzumab deruxtecan",)]),
    ("treatments: [{surgery: left mastectomy, date: 2018-05-03}, {surgery: sentinel node, from: 2018-05}]",
     "treatments", f"{TREATED} start end laterality site",
     [("mastectomy", "surgery", "ended", day("2018-05-03"), None, "left", "primary"),
      ("lymph_node_surgery", "surgery", "ended", day("2018-05-01"), None, None, None)]),
    ("treatments: [{radiation: left breast, from: 2018-10, to: 2018-11}, {radiation: bone, date: 2026-10-05}]",
     "treatments", f"{TREATED} site laterality",
     [("radiation", "radiation", "ended", "primary", "left"), ("radiation", "radiation", "ended", "bone", None)]),
    # --- does it grow, labs
    ("response: {date: 2026-11-01, is: PD, by: CT scan}", "observations", "concept code method date",
     [("response", "progression", "ct", day("2026-11-01"))]),
    ("response: [{is: CR}, {is: SD}, {is: mixed}]", "observations", "code", [("responding",), ("stable",), ("mixed",)]),
    ("labs: {date: 2026-11-01, neutrophils: 2.1, Hb: 12.1 g/dL}", "observations", "concept value unit date",
     [("neutrophils", 2.1, "10*9/L", day("2026-11-01")), ("haemoglobin", 121, "g/L", day("2026-11-01"))]),
    ("visit: 2026-11-02\nlabs: [{ca15_3: <5, weight: 68 kg}]", "observations", "concept value comparator date",
     [("ca15_3", 5, "<", day("2026-11-02")), ("weight", 68, None, day("2026-11-02"))]),
    ("labs: [{bilirubin: {value: 12, unit: umol/L, high: 21}, alt: 24 U/L (<35), ast: 20 (5-40)}]", "observations",
     "concept value low high", [("bilirubin", 12, None, 21), ("alt", 24, None, 35), ("ast", 20, 5, 40)]),
    ("labs: [{alt: 1.5 x ULN}]", "observations", "concept value unit", [("alt_uln", 1.5, "{ULN}")]),
    # --- the rest
    ("illnesses: [hypertension, High blood pressure, {diabetes: no}, {stroke: 2019}, {depression: resolved}]",
     "conditions", "concept status date",
     [("hypertension", "active", None), ("hypertension", "active", None), ("diabetes", "absent", None),
      ("stroke", "active", day("2019-01-01")), ("depression", "resolved", None)]),
    ("illnesses: none", "conditions", "concept status", [(illness, "absent") for illness in ILLNESSES]),
    ("medicines: [omeprazole, {drug: citalopram, from: 2024-02}, {drug: warfarin, to: 2025}]", "treatments",
     "treatment kind status start",
     [("omeprazole", "drug", "running", None), ("citalopram", "drug", "running", day("2024-02-01")),
      ("warfarin", "drug", "ended", None)]),
    ("illnesses: [no diabetes]\nsites: [no liver]", "conditions", "concept site status",
     [("breast_cancer", None, "active"), ("metastasis", "liver", "absent"), ("diabetes", None, "absent")]),
    ("tumour: [ESR1 not tested, PIK3CA pending]", "variants", VARIANT, []),
    ("treatments: [{surgery: none}, {radiation: no, drugs: letrozole}]", "treatments", "treatment", [("letrozole",)]),
    ("medicines: none", "treatments", TREATED, []),
    ("wishes: [tablets, Few visits, {trials: no}, see the sea]", "wishes", "wish value text",
     [("tablets", "yes", "tablets"), ("few_visits", "yes", "Few visits"), ("trials", "no", "trials"),
      (None, None, "see the sea")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "table", "columns", "expected"), TABLE, ids=[row[0][:60] for row in TABLE])
def test_rows(text: str, table: str, columns: str, expected: list[tuple], tmp_path):
    got = rows(facts_of(tmp_path, text), table, columns)
    assert got == [tuple(pytest.approx(v) if isinstance(v, float) else v for v in row) for row in expected]


PROBLEMS = [
    ("born: 1961-13-01", "p.yaml:1", "error", "'1961-13-01' is not a date", "Write 2019, 2019-03 or 2019-03-14."),
    ("born: 3019", "p.yaml:1", "error", "'3019' is not a date", "It is read as undated."),
    ("sex: femal", "p.yaml:1", "error", "'femal' is not understood", "Did you mean 'female'?"),
    ("menopause: menopausal", "p.yaml:1", "error", "'menopausal' is not understood", "Did you mean"),
    ("stage: large", "p.yaml:1", "error", "stage 'large' is not understood", "Write it like IIB"),
    ("person: x\nsites: [bone, livver]", "p.yaml:2", "error", "the metastatic site 'livver' is not understood",
     "Did you mean 'liver'?"),
    ("frail: unknown", "p.yaml:1", "note", "frail is given as unknown", "It is taken as absent"),
    ("ecog: 2-3", "p.yaml:1", "error", "ecog: '2-3' is not a number", "Write"),
    ("ecog: 7", "p.yaml:1", "error", "ecog 7 is outside what is possible", "The value is not used."),
    ("receptors:\n- from: livr\n  er: 5%", "p.yaml:2", "warning", "the specimen 'livr' is not understood",
     "Did you mean 'liver'?"),
    ("receptors: [{er: 120%}]", "p.yaml:1", "error", "er percent 120% is outside what is possible (0 to 100 %)",
     "The value is not used."),
    ("receptors: [{her2: 4+}]", "p.yaml:1", "error", "'4+' is not understood", "Write one of: positive"),
    ("tumour:\n- PIK3C H1047R", "p.yaml:2", "error", "the gene 'PIK3C' is not known", "Did you mean 'PIK3CA'?"),
    ("germline: none", "p.yaml:1", "warning", "germline: 'none' does not say which genes were looked at",
     "like 'BRCA1 not found'"),
    ("tumour: [{change: E17K}]", "p.yaml:1", "error", "no gene is named", "Write 'gene: PIK3CA'."),
    ("tumour: [{gene: ESR1, vaf: 120%}]", "p.yaml:1", "error", "'120%' is not a fraction of alleles", "4.2% or 0.042"),
    ("treatments:\n- running: yes\n  drugs: [letrozole,\n    palbocyclib]", "p.yaml:4", "error",
     "the drug 'palbocyclib' is not known", "Did you mean 'palbociclib'?"),
    ("tumour: [STK11 mutated]", "p.yaml:1", "note", "no rule looks at the gene 'STK11'", "It is kept as reported."),
    ("tumour: [12 H1047R]", "p.yaml:1", "error", "the gene '12' is not known", "Write its symbol first"),
    ("tumour: [PIK3CA not evaluable]", "p.yaml:1", "error", "'PIK3CA not evaluable' is not understood",
     "Write 'PIK3CA not found'"),
    ("tumour: [PIK3CA not found by NGS]", "p.yaml:1", "warning",
     "'by NGS' in 'PIK3CA not found by NGS' is not understood", "Write 'PIK3CA not found'"),
    ("germline: [BRCA2 not pathogenic]", "p.yaml:1", "error", "'BRCA2 not pathogenic' is not understood", "Write"),
    ("treatments: [{drugs: declined palbociclib, to: 2020}]", "p.yaml:1", "error",
     "the drug 'declined palbociclib' is not known", "Write the name of the ingredient alone."),
    ("treatments: [{from: 2019}]", "p.yaml:1", "error", "the treatment is not named", "Write 'drugs: [...]'"),
    ("treatments: [{drugs: letrozole, ended: progresion}]", "p.yaml:1", "error", "'progresion' is not understood",
     "Did you mean 'progression'?"),
    ("treatments: [{drugs: letrozole, from: 2019}]", "p.yaml:1", "note",
     "it is not said whether the treatment still goes on", "Add 'to: ...' or 'running: yes'."),
    ("treatments: [{drugs: letrozole, to: 2019, running: yes}]", "p.yaml:1", "warning",
     "the treatment is given as running and as ended", "Keep one of the two."),
    ("treatments: [{radiation: somewhere, date: 2019}]", "p.yaml:1", "warning",
     "the site of radiation 'somewhere' is not understood", "left breast"),
    ("treatments: [{surgery: mastektomy, date: 2019}]", "p.yaml:1", "error", "'mastektomy' is not understood",
     "Did you mean 'mastectomy'?"),
    ("response: {is: worsend}", "p.yaml:1", "error", "'worsend' is not understood", "Did you mean 'worsened'?"),
    ("labs: [{platelets: many}]", "p.yaml:1", "error", "platelets: 'many' is not a number with a unit", "0.9 mg/dL"),
    ("labs: [{creatinine: 80 kg}]", "p.yaml:1", "error", "creatinine 80 kg cannot be converted to umol/L",
     "Write it in umol/L. The value is not used."),
    ("labs: [{neutrophils: 210000}]", "p.yaml:1", "error", "neutrophils 210000 is outside what is possible",
     "A number alone is in 10*9/L. The value is not used."),
    ("labs:\n- date: 2026-11-01\n  neutrofils: 2.1", "p.yaml:3", "error", "the value 'neutrofils: 2.1' is not known",
     "Did you mean 'neutrophils'?"),
    ("illnesses: [hypertenshun]", "p.yaml:1", "warning", "the illness 'hypertenshun' is not known",
     "Did you mean 'hypertension'?"),
    ("medicines: [blue pills]", "p.yaml:1", "warning", "the medicine 'blue pills' is not known",
     "Interactions with it are not checked."),
]  # fmt: skip


@pytest.mark.parametrize("row", PROBLEMS, ids=[row[0][:50] for row in PROBLEMS])
def test_problems(row: tuple[str, str, str, str, str], tmp_path):
    text, source, severity, what, todo = row
    found = rows(facts_of(tmp_path, text), "problems", "source severity what todo")
    assert len(found) == 1
    assert found[0][:2] == (source, severity)
    assert found[0][2].startswith(what)
    assert todo in found[0][3]


KEPT = [
    ("sites: [somewhere odd]", "conditions", "concept site text", ("metastasis", None, "somewhere odd")),
    ("illnesses: [strange illness]", "conditions", "concept text", ("other", "strange illness")),
    ("treatments: [wonder drug]", "treatments", "treatment kind text", (None, "drug", "wonder drug")),
    ("medicines: [blue pills]", "treatments", "treatment kind text", (None, "drug", "blue pills")),
    ("tumour: [12 A1B]", "variants", "gene change text", (None, "A1B", "12 A1B")),
    ("labs: [{creatinine: 80 kg}]", "observations", "concept value text", ("creatinine", None, "80 kg")),
    ("labs: [{neutrophils: 210000}]", "observations", "concept value text", ("neutrophils", None, "210000")),
]


@pytest.mark.parametrize(("text", "table", "columns", "expected"), KEPT)
def test_what_is_not_understood_is_kept(text: str, table: str, columns: str, expected: tuple, tmp_path):
    assert expected in rows(facts_of(tmp_path, text), table, columns)


@pytest.mark.parametrize("concept", [*words.answers(words.LABS), "ecog", "karnofsky", "tmb", "ki67", "er_percent"])
def test_a_number_alone_is_in_the_unit_of_its_concept(concept: str):
    unit = unit_of(concept)
    assert terms.convert(concept, 1, unit) == (1, unit or "{score}")


def test_lesions(tmp_path):
    text = """lesions:
  - {name: one, role: t, site: lymph node, node: yes, seen: {2026-01-05: 18, 2026-03: gone, 2026-05-01: tiny}}
  - {name: two, role: new lesion, site: liver, seen: {2026-05-01: maybe}}
"""
    facts = facts_of(tmp_path, text)
    assert rows(facts, "lesions", "lesion date role site node mm assessment") == [
        ("one", dt.date(2026, 1, 5), "target", "lymph_node", True, 18.0, None),
        ("one", dt.date(2026, 3, 1), "target", "lymph_node", True, None, "absent"),
        ("one", dt.date(2026, 5, 1), "target", "lymph_node", True, None, "not_evaluable"),
        ("two", dt.date(2026, 5, 1), "new", "liver", None, None, "equivocal"),
    ]
    assert rows(facts, "problems", "severity what") == [("error", "'tiny' is not understood")]


def test_source_is_file_and_line(tmp_path):
    facts = facts_of(tmp_path, "person: A-17\nlabs:\n  - date: 2026-11-01\n    neutrophils: 2.1\n    platelets: 200\n")
    assert rows(facts, "observations", "person source concept") == [
        ("A-17", "p.yaml:4", "neutrophils"),
        ("A-17", "p.yaml:5", "platelets"),
    ]


def test_person_is_the_name_of_the_file(tmp_path):
    assert rows(facts_of(tmp_path, "sex: male"), "people", "person sex") == [("p", "male")]


@pytest.mark.parametrize("file", sorted(BAD.glob("*.yaml")), ids=lambda file: file.stem)
def test_bad_files(file: Path):
    """The first line of each bad file is the error it must give."""
    expected = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    with pytest.raises(RecordError) as caught:
        read_case(file)
    assert caught.value.exit_code == 2
    assert str(caught.value) == str(file.parent / expected)


def test_gallery_is_there():
    assert len(list(BAD.glob("*.yaml"))) >= 10


def test_schema_is_that_of_the_structs():
    assert json.loads((RECORDS / "case.schema.json").read_text(encoding="utf-8")) == case_schema()


def test_template_as_it_is_says_nothing(tmp_path):
    with pytest.raises(RecordError, match="the file is empty"):
        facts_of(tmp_path, template())


def test_template_filled_in_reads_without_a_problem(tmp_path):
    lines = [line.removeprefix("# ") for line in template().splitlines()[4:] if line and not line.startswith("# ---")]
    facts = facts_of(tmp_path, "\n".join(lines))
    assert facts.problems.rows() == []
    filled = ("people", "conditions", "observations", "variants", "treatments", "wishes")
    assert [table for table in filled if not len(getattr(facts, table))] == []


def test_every_key_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "case-file.md").read_text(encoding="utf-8")
    schema = case_schema()
    assert isinstance(schema["properties"], dict)
    missing = [key for key in schema["properties"] if f"`{key}`" not in page]
    assert missing == []
