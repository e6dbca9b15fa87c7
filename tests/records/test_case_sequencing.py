"""Sequencing reports in case files: what a map gives, and what is listed with its line."""

from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.records.case import read_case

DRAW = "sequencing: {date: 2026-03-04, specimen: plasma, assay: Acme Liquid, "
VARIANT = ("gene", "change", "origin", "result", "vaf", "specimen", "assay", "depth", "lod")
ESR1 = ("ESR1", "D538G", "somatic", "present", 0.015, "plasma", "Acme Liquid", None, None)
STUDIED = ("PIK3CA", None, "somatic", "studied", None, "plasma", "Acme Liquid", None, None)

CASES = [
    (DRAW + "found: [ESR1 D538G 1.5%], panel: [PIK3CA]}", [ESR1, STUDIED]),
    (DRAW + "found: ESR1 D538G 1.5%}", [ESR1]),
    (DRAW + "found: none, panel: [PIK3CA]}", [STUDIED]),
    (DRAW + "lod: 0.3%, depth: 4200x, found: [ESR1 D538G 1.5%], panel: [PIK3CA]}",
     [(*ESR1[:7], 4200, 0.003), (*STUDIED[:8], 0.003)]),
    (DRAW + "found: [{gene: ESR1, change: D538G, vaf: 1.5%, depth: 900, assay: Other}]}",
     [(*ESR1[:6], "Other", 900, None)]),
    (DRAW + "found: [FGFR1 amplification, HER2 not found]}",
     [("FGFR1", "amplification", *STUDIED[2:3], "present", *STUDIED[4:]),
      ("ERBB2", None, "somatic", "absent", *STUDIED[4:])]),
    ("sequencing: {specimen: blood, origin: inherited, found: [BRCA2 c.5946delT pathogenic], panel: [BRCA1]}",
     [("BRCA2", "c.5946delT", "germline", "present", *[None] * 5),
      ("BRCA1", None, "germline", "studied", *[None] * 5)]),
    ("tumour: [{gene: ESR1, change: D538G, assay: Acme, depth: 900, lod: 0.1%}]",
     [("ESR1", "D538G", "somatic", "present", None, None, "Acme", 900, 0.001)]),
    ("germline: [{panel: [BRCA1], assay: Hereditary panel}]",
     [("BRCA1", None, "germline", "studied", None, None, "Hereditary panel", None, None)]),
]  # fmt: skip


def read(tmp_path: Path, text: str):
    file = tmp_path / "p.yaml"
    file.write_text("person: p\n" + text + "\n", encoding="utf-8")
    return read_case(file)


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[text for text, _ in CASES])
def test_a_report_gives(tmp_path, text, wanted):
    facts = read(tmp_path, text)
    assert facts.variants.select(VARIANT).rows() == wanted
    assert facts.problems.filter(severity="error").rows() == []


OBSERVATIONS = [
    (DRAW + "tumour_fraction: 3.2%, tmb: 12, msi: MSS, hrd: positive (56)}", [
        ("tumour_fraction", 3.2, None, "plasma", "Acme Liquid"), ("tmb", 12.0, None, "plasma", "Acme Liquid"),
        ("msi", None, "stable", "plasma", "Acme Liquid"), ("hrd", 56.0, None, "plasma", "Acme Liquid"),
        ("hrd", None, "positive", "plasma", "Acme Liquid")]),
    (DRAW + "tumour_fraction: unknown, found: none, panel: [ESR1]}", []),
    ("hrd: negative", [("hrd", None, "negative", None, None)]),
    ("hrd: 30", [("hrd", 30.0, None, None, None)]),
    ("tumour_fraction: {is: 0.5%, date: 2026-01}", [("tumour_fraction", 0.5, None, "plasma", None)]),
    ("mmr: dMMR", [("msi", None, "high", None, "ihc")]),
    ("mmr: intact", [("msi", None, "stable", None, "ihc")]),
    ("pten_ihc: loss", [("pten_ihc", None, "lost", None, "ihc")]),
    ('dpyd: "*1/*2A"', [("dpyd_diplotype", None, "*1/*2A", None, None)]),
    ("dpyd: c.1905+1G>A (*2A)/Reference", [("dpyd_diplotype", None, "c.1905+1G>A (*2A)/Reference", None, None)]),
    ("ugt1a1: [normal]", [("ugt1a1", None, "normal", None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), OBSERVATIONS, ids=[text for text, _ in OBSERVATIONS])
def test_results_of_the_whole_sample(tmp_path, text, wanted):
    facts = read(tmp_path, text)
    assert facts.observations.select("concept", "value", "code", "site", "method").rows() == wanted
    assert facts.problems.rows() == []


PROBLEMS = [
    (DRAW + "found: none}", "warning", "nothing was found, and which genes were looked at is not said"),
    (DRAW + "found: yes}", "error", "'yes' does not say what was found"),
    ("sequencing: {date: 2026}", "warning", "a sequencing report says nothing"),
    (DRAW + "depth: deep, panel: [ESR1]}", "error", "'deep' is not a read depth"),
    (DRAW + "lod: 5 mg, panel: [ESR1]}", "error", "'5 mg' is not a limit of detection"),
    (DRAW + "tumour_fraction: 130%, panel: [ESR1]}", "error",
     "tumour fraction 130% is outside what is possible (0 to 100 %)"),
    (DRAW + "origin: maybe, panel: [ESR1]}", "error", "'maybe' is not understood"),
    (DRAW + "found: [PIK3AC H1047R]}", "error", "the gene 'PIK3AC' is not known"),
    (DRAW + "panel: [NOTCH1]}", "note", "no rule looks at the gene 'NOTCH1'"),
    ("hrd: sometimes", "error", "'sometimes' is not understood"),
    ("mmr: grey", "error", "'grey' is not understood"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "severity", "what"), PROBLEMS, ids=[text for text, _, _ in PROBLEMS])
def test_what_is_not_understood_is_listed_with_its_line(tmp_path, text, severity, what):
    problems = read(tmp_path, text).problems
    assert (severity, what) in problems.select("severity", "what").rows()
    assert set(problems["source"]) == {"p.yaml:2"}


@pytest.mark.parametrize(("text", "wanted"), [
    (DRAW + "pannel: [ESR1]}", "Did you mean 'panel'?"),
    (DRAW + "found: [{gene: ESR1, vaff: 2%}]}", "Did you mean 'vaf'?"),
    ("sequencing: yes", "Write"),
])  # fmt: skip
def test_a_key_that_is_not_known_is_an_error(tmp_path, text, wanted):
    with pytest.raises(RecordError) as error:
        read(tmp_path, text)
    assert wanted in error.value.todo
    assert "p.yaml:2" in str(error.value)
