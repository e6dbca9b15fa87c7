"""Broken knowledge: each file here is wrong in one way, and the message says where and what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from openmbc.knowledge.check import check

TODAY = dt.date(2026, 11, 23)
SOURCE = "title: A label\nkind: label\nurl: https://example.org\nopened: 2026-11-23\nread: section 1\n"
DRUG = """name: letrozole
route: oral
dose: 2.5 mg once daily
reuse: {after_progression: never, after_toxicity: with_care, text: Not again, source: label, where: section 1}
cautions: [{when: frail, text: With care, source: label, where: section 4}]
checked: {on: 2026-11-23, against: [label]}
"""
REGIMEN = """name: Letrozole
drugs: [[letrozole]]
modality: [endocrine]
since: {us: 1997-07-25, eu: null}
strength: standard
for:
  all:
    - disease: metastatic
    - hormone_receptor: positive
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""
EVIDENCE = """name: TRIAL
nct: NCT00000001
phase: "3"
randomised: true
population: women
n: 10
experimental: letrozole
results:
  - {endpoint: overall survival, population: all, unit: months, hr: 0.8, ci: [0.7, 0.9], source: label, where: table}
checked: {on: 2026-11-23, against: [label]}
"""


LOCAL = """name: Radiation
modality: [radiation]
strength: standard
how: 8 Gy
for:
  all: [metastasis_bone, bone_pain]
unless:
  - {when: bone_pain, text: Not then, source: label, where: section 4}
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""


def findings(folder: Path, **changed: str) -> list[str]:
    files = {
        "sources/label": SOURCE,
        "drugs/letrozole": DRUG,
        "regimens/letrozole": REGIMEN,
        "evidence/trial": EVIDENCE,
    }
    for name, content in (files | changed).items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [str(f) for f in check(folder, TODAY)]


def test_sound_knowledge_has_only_the_orphan(tmp_path: Path) -> None:
    assert findings(tmp_path) == ["evidence/trial.yaml:1: warning: nothing refers to it"]


QUESTION = """item: pain
kind: grade
order: 1
ask: always
name: Pain
text: How much did pain hold you back?
answers: [Not at all, A little, Much, Very much, I need help now]
follow: [{item: pain.place, text: Where?, choices: {back: Back}}]
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""
TEST = "baseline:\n  - {{test: A test, {}when: then, why: w, source: label, where: section 4}}\n"
MONITORING = """name: Imaging
kind: recommended
what: imaging_body
for: {disease: metastatic}
due: [{every: 60}]
when: every 2 months
why: growth
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""
TESTING = """name: Blood test
order: 1
answers: [esr1]
specimen: plasma
for: {disease: metastatic}
when: at progression
why: it is acquired
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""
BIOMARKER = """name: PIK3CA mutation
marker: pik3ca
value: altered
genes: [PIK3CA]
origin: somatic
tumour: breast
for: {hormone_receptor: positive}
escat: [{tier: I-A, by: ESMO 2024, drugs: [letrozole], source: label, where: table}]
sensitive:
  - {drugs: [letrozole], standing: trial, because: [{source: label, where: section 1}]}
meaning: It drives the tumour.
plain: It helps the cancer to grow.
because: [{source: label, where: section 1}]
checked: {on: 2026-11-23, against: [label]}
"""


BAD = [
    *(
        ("testing/blood", TESTING.replace(good, bad), f"testing/blood.yaml:{line}", said)
        for good, bad, line, said in (
            ("answers: [esr1]", "answers: [esr2]", 3, "there is no feature 'esr2'; did you mean her2 or esr1"),
            ("specimen: plasma", "specimen: hair", 4, "hair"),
            ("disease: metastatic", "disease: metastasised", 5, "Did you mean metastatic"),
            ("where: section 1", 'where: ""', 8, "does not say where in the source"),
            ("source: label, where", "source: lable, where", 8, "did you mean label"),
        )
    ),
    *(
        ("biomarkers/pik3ca", BIOMARKER.replace(good, bad), f"biomarkers/pik3ca.yaml:{line}", said)
        for good, bad, line, said in (
            ("marker: pik3ca", "marker: pik3c", 2, "there is no feature 'pik3c'"),
            ("value: altered", "value: high", 2, "'pik3ca' has no value 'high'"),
            ("value: altered\n", "", 2, "neither or both of value and when"),
            ("value: altered", "value: altered\nwhen: {tmb: {at_least: 10}}", 2, "neither or both of value and when"),
            ("value: altered", "when: {tmb: {at_least: 10}}", 3, "something else than the marker 'pik3ca'"),
            ("value: altered", "value: altered\nimplies: [germline_brac]", 4, "did you mean germline_brca"),
            ("genes: [PIK3CA]", "genes: [PIK3C]", 4, "there is no gene 'PIK3C'"),
            ("origin: somatic", "origin: germline", 5, "says nothing to the family"),
            ("origin: somatic", "origin: inherited", 5, "inherited"),
            ("hormone_receptor: positive", "hormone_receptor: postive", 7, "Did you mean positive"),
            ("tier: I-A", "tier: I-D", 8, "I-D"),
            (
                "escat: [{tier: I-A, by: ESMO 2024,",
                "escat: [{tier: I-A, by: E, for: {her2: lo},",
                8,
                "Did you mean low",
            ),
            ("source: label, where: table", "source: lable, where: table", 8, "did you mean label"),
            ("where: table", 'where: ""', 8, "does not say where in the source"),
            ("drugs: [letrozole], source", "drugs: [letrozol], source", 8, "no drug 'letrozol'"),
            ("{drugs: [letrozole], standing", "{drugs: [letrozol], standing", 10, "no drug 'letrozol'"),
            ("{drugs: [letrozole], standing", "{standing", 10, "names neither drugs nor classes"),
            ("{drugs: [letrozole], standing", "{classes: [taxan], standing", 10, "did you mean taxane"),
            ("standing: trial", "standing: trial, with: [taxan]", 10, "no drug 'taxan'"),
            ("standing: trial", "standing: trial, for: {ecog: {atmost: 1}}", 10, "at_most"),
            ("standing: trial", "standing: hope", 10, "hope"),
            ("because: [{source: label, where: section 1}]}", "because: [{source: label}]}", 10, "where"),
            ("because: [{source: label, where: section 1}]}", "because: []}", 10, "length"),
            ("standing: trial", "standing: label", 10, "letrozole is said to work, and no regimen"),
            ("plain:", "plane:", 12, "did you mean plain"),
            ("against: [label]", "against: [lable]", 14, "there is no source lable"),
        )
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("- hormone_receptor: positive", "- pik3ca: altered"),
        "regimens/letrozole.yaml:6: warning",
        "asks for pik3ca, and no entry of biomarkers",
    ),
    ("drugs/letrozole", DRUG + TEST.format("what: [blod_count], "), "letrozole.yaml:8", "did you mean blood_count"),
    ("drugs/letrozole", DRUG + TEST.format("due: [{on: visit}], "), "letrozole.yaml:8", "not which test"),
    *(
        ("drugs/letrozole", DRUG + TEST.format(f"what: [ecg], due: [{timing}], "), "letrozole.yaml:8", said)
        for timing, said in (
            ("{every: 14, at: [7]}", "it says at and every"),
            ("{until: 14}", "it says none"),
            ("{at: [14, 7]}", "in order"),
            ("{at: [7], until: 14}", "'until' belongs to 'every'"),
            ("{before: start, at_most: 7}", "'at_most' belongs to 'every'"),
            ("{every: 0}", "must be positive"),
            ("{every: 28, at_most: 28}", "must be longer"),
            ("{every: 28, until: 14}", "before its first day"),
            ("{on: tuesday}", "tuesday"),
        )
    ),
    (
        "drugs/letrozole",
        DRUG + TEST.format("what: [ecg], for: {menopausal_status: pre}, "),
        "letrozole.yaml:8",
        "has no value 'pre'",
    ),
    (
        "monitoring/imaging",
        MONITORING.replace("imaging_body", "imaging_bdy"),
        "imaging.yaml:3",
        "did you mean imaging_body",
    ),
    ("monitoring/imaging", MONITORING.replace("every: 60", "each_dose: true"), "imaging.yaml:5", "has no doses"),
    ("monitoring/imaging", MONITORING.replace("metastatic", "metastatik"), "imaging.yaml:4", "Did you mean metastatic"),
    (
        "monitoring/imaging",
        MONITORING.replace("source: label", "source: lable"),
        "imaging.yaml:8",
        "did you mean label",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("strength", "strenght"),
        "regimens/letrozole.yaml:5: error",
        "did you mean strength",
    ),
    ("regimens/letrozole", REGIMEN.replace("standard", "strong"), "regimens/letrozole.yaml:5: error", "strong"),
    ("regimens/letrozole", REGIMEN + "name: Again\n", "regimens/letrozole.yaml:12: error", "stands twice"),
    (
        "regimens/letrozole",
        REGIMEN.replace("hormone_receptor", "hormone_recepter"),
        "letrozole.yaml:9: error",
        "Did you mean hormone_receptor",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace(": positive", ": postive"),
        "letrozole.yaml:9: error",
        "Did you mean positive",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("[[letrozole]]", "[[letrosole]]"),
        "letrozole.yaml:2: error",
        "did you mean letrozole",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("[[letrozole]]", "[[anastrozole]]"),
        "letrozole.yaml:2: error",
        "its safety is not known",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("source: label", "source: lable"),
        "letrozole.yaml:10: error",
        "did you mean label",
    ),
    (
        "regimens/letrozole",
        REGIMEN.replace("where: section 1", 'where: ""'),
        "letrozole.yaml:10: error",
        "where in the source",
    ),
    (
        "regimens/letrozole",
        REGIMEN + "after:\n  all: [{ecog: {at_most: 1}}, {ecog: {at_least: 3}}]\n",
        "letrozole.yaml:12",
        "can never hold",
    ),
    ("regimens/letrozole", REGIMEN + "after:\n  any: [frail, {not: frail}]\n", "letrozole.yaml:12", "always holds"),
    (
        "drugs/letrozole",
        DRUG + "contraindications:\n  - {when: {hormone_receptor: positive}, text: silly, source: label,"
        " where: section 4}\n",
        "regimens/letrozole.yaml:6: error",
        "has a contraindication of letrozole: silly",
    ),
    (
        "drugs/letrozole",
        DRUG.replace("name: letrozole", "name: anastrozole"),
        "drugs/letrozole.yaml:1",
        "does not belong",
    ),
    ("drugs/letrozole", DRUG.replace("2026-11-23", "2026-04-01"), "drugs/letrozole.yaml:6: warning", "236 days ago"),
    ("drugs/letrozole", DRUG.replace("2026-11-23", "2025-04-01"), "drugs/letrozole.yaml:6: error", "601 days ago"),
    *(
        (
            "drugs/letrozole",
            DRUG + f"changes:\n  - {{{change}, text: Hold, source: label, where: section 2}}\n",
            "drugs/letrozole.yaml:8: error",
            said,
        )
        for change, said in (
            ('effect: diarrhea, grade: "3", do: hold', "no side effect 'diarrhea'; did you mean diarrhoea"),
            ('effect: [rash, fevr], grade: "3", do: hold', "no side effect 'fevr'; did you mean fever"),
            ("effect: rash, do: hold", "has neither a grade nor only_if"),
            ('effect: rash, grade: "4-3", do: hold', "the grades 4-3 run backwards"),
            ('effect: rash, grade: "3 or worse", do: hold', "matching regex"),
            ('effect: rash, grade: "3", levels: 1, do: hold', "has levels and does not reduce"),
        )
    ),
    (
        "evidence/trial",
        EVIDENCE + "harms:\n  - {effect: nausia, grade: any, experimental: 5, source: label, where: table}\n",
        "evidence/trial.yaml:12: error",
        "no side effect 'nausia'; did you mean nausea",
    ),
    ("evidence/trial", EVIDENCE.replace("hr: 0.8", "hr: 0.95"), "evidence/trial.yaml:9: error", "outside its interval"),
    (
        "evidence/trial",
        EVIDENCE.replace("NCT00000001", "NCT123"),
        "evidence/trial.yaml:2: error",
        "NCT",
    ),
    ("evidence/trial", EVIDENCE.replace("nct: NCT00000001\n", ""), "evidence/trial.yaml:1: warning", "no trial id"),
    (
        "drugs/letrozole",
        DRUG.replace("cautions: [{when: frail, text: With care, source: label, where: section 4}]\n", ""),
        "drugs/letrozole.yaml:1: warning",
        "no rule of safety",
    ),
    (
        "drugs/letrozole",
        DRUG + 'adjust:\n  - {when: {ecog: {at_least: 3}}, do: hold, text: Hold, source: label, where: "2"}\n'
        '  - {when: {ecog: {at_least: 3}}, do: stop, text: Stop, source: label, where: "2"}\n',
        "drugs/letrozole.yaml:9: error",
        "contradicts 'Hold'",
    ),
    (
        "drugs/letrozole",
        DRUG + 'contraindications:\n  - {when: {ecog: {at_least: 3}}, text: Not then, source: label, where: "4"}\n'
        'adjust:\n  - {when: {ecog: {at_least: 4}}, do: hold, text: Hold, source: label, where: "2"}\n',
        "drugs/letrozole.yaml:10: error",
        "ends the running drug",
    ),
    ("regimens/other", REGIMEN, "regimens/other.yaml", "asks the same as regimens/letrozole.yaml"),
    (
        "regimens/letrozole",
        REGIMEN.replace("us: 1997-07-25", "us: null"),
        "regimens/letrozole.yaml:4: error",
        "available nowhere",
    ),
    ("regimens/letrozole", REGIMEN + "until: {eu: 2020-01-01}\n", "letrozole.yaml:12: error", "where it never began"),
    (
        "regimens/letrozole",
        REGIMEN + "after:\n  all: [{hormone_receptor: negative}, frail]\n",
        "letrozole.yaml:12: error",
        "nobody who fits is ever there",
    ),
    (
        "local/bone",
        LOCAL,
        "local/bone.yaml:8: error",
        "whoever fits is barred",
    ),
    (
        "checkin/pain",
        QUESTION.replace("pain.place", "nausea.place"),
        "checkin/pain.yaml:8: error",
        "'nausea.place' does not belong to 'pain'",
    ),
    (
        "checkin/pain",
        QUESTION.replace("pain.place", "place"),
        "checkin/pain.yaml:8: error",
        "Expected `str` matching",
    ),
    (
        "checkin/pain",
        QUESTION.replace(", I need help now", ""),
        "checkin/pain.yaml:7: error",
        "has 4 answers; grades are 0 to 4",
    ),
    (
        "checkin/pain",
        QUESTION.replace("ask: always", "ask: when"),
        "checkin/pain.yaml:4: error",
        "asks by a condition without one",
    ),
    (
        "sources/label",
        SOURCE.replace("url: https://example.org\n", ""),
        "sources/label.yaml:1: warning",
        "to find it by",
    ),
    ("sources/label", SOURCE + "\tread: x\n", "sources/label.yaml:6: error", "tab"),
]


PIK3CA_REGIMEN = REGIMEN.replace("- hormone_receptor: positive", "- pik3ca: WANTED")


@pytest.mark.parametrize(
    ("condition", "said"), [("altered", 0), ("[altered, uncertain]", 0), ("not_found", 1), ("uncertain", 1)]
)
def test_a_drug_that_a_label_gives_needs_a_regimen_with_the_finding(condition: str, said: int, tmp_path: Path) -> None:
    changed = {
        "biomarkers/pik3ca": BIOMARKER.replace("standing: trial", "standing: label"),
        "regimens/letrozole": PIK3CA_REGIMEN.replace("WANTED", condition),
    }
    assert sum("is said to work" in f for f in findings(tmp_path, **changed)) == said


@pytest.mark.parametrize("wanted", ["altered", "not_found"])
def test_an_entry_speaks_for_every_value_of_its_marker(wanted: str, tmp_path: Path) -> None:
    changed = {"biomarkers/pik3ca": BIOMARKER, "regimens/letrozole": PIK3CA_REGIMEN.replace("WANTED", wanted)}
    assert not [f for f in findings(tmp_path, **changed) if "biomarkers" in f]


@pytest.mark.parametrize(("name", "content", "place", "words"), BAD, ids=[f"{b[0]}: {b[3]}" for b in BAD])
def test_bad(name: str, content: str, place: str, words: str, tmp_path: Path) -> None:
    found = [f for f in findings(tmp_path, **{name: content}) if words in f]
    assert found, findings(tmp_path, **{name: content})
    assert place in found[0]
