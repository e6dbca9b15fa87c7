"""An invented report with one of everything: the views are tested on it whatever the knowledge says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openmbc.present import as_text
from openmbc.report import (
    Assumption,
    CalendarLine,
    CalendarReason,
    Cause,
    CountingRule,
    Decision,
    DoseRule,
    Dosing,
    DrugEffect,
    Evidence,
    Figure,
    Finding,
    Harm,
    KnowledgeInfo,
    LabGrade,
    MarkerTrend,
    Meaning,
    Measurement,
    Monitor,
    NextTest,
    Option,
    Panel,
    Person,
    Problem,
    Reason,
    Report,
    Result,
    Said,
    Score,
    Seen,
    SideEffect,
    Source,
    TestResult,
    Tier,
    TradeOff,
    TreatmentLine,
)

LONG = "hypotheticalmabolizumab-vedotin-pegylated-with-an-uncommonly-long-name-that-fits-on-no-line-of-a-terminal"
GUIDELINE = Source(
    id="guideline", title="Guideline on α & β <2026>", where="section 4.1, p. 12", url="https://example.org/g?a=1&b=2"
)
LABEL = Source(id="label", title="Label of the drug", where="section 4.3", unconfirmed="The section was not opened.")

TIER = Tier(tier="I-A", by="ESMO 2024", drugs=["newdrug"], source=GUIDELINE)


def reason(text: str, met: bool | None = True, kind: str = "indication", **more: Any) -> Reason:
    given = {"assumed": False, "seen": f"{text} (as seen)", "from_": ["zoë.yaml:7"], "source": [GUIDELINE], **more}
    return Reason(text=text, met=met, kind=kind, **given)  # type: ignore[arg-type]


TRIAL = Evidence(
    id="trial", name="MADE-UP-1", nct="NCT00000000", phase="3", randomised=True,
    population="HR-positive, first line", n=668, arms="newdrug + letrozole v placebo + letrozole", arm="experimental",
    results=[
        Result(endpoint="overall survival", population="all patients", source=GUIDELINE,
               text="63.9 v 51.4 months, HR 0.76 (95% CI 0.63-0.93)"),
        Result(endpoint="progression-free survival", population="visceral disease", source=LABEL, text="HR 0.6"),
    ],
    outcome="mixed",
    harms=[Harm(what="nausea", experimental=53, control=13.5, source=LABEL)],
    mcbs=Score("4", GUIDELINE),
)  # fmt: skip


def option(id_: str, name: str, verdict: str, **more: Any) -> Option:
    given = {
        "drugs": [["letrozole", "anastrozole"], ["newdrug"]], "modality": ["endocrine"], "role": "treatment",
        "when": "next", "strength": "standard", "reasons": [reason("HER2 low")], "missing": [], "check_first": [],
        "evidence": [], "sources": [GUIDELINE], "since": {"us": dt.date(2020, 1, 1)}, "standing": {"us": "approved"},
        "order": [], "notes": [],
        "unconfirmed": [], **more,
    }  # fmt: skip
    return Option(id=id_, name=name, verdict=verdict, **given)  # type: ignore[arg-type]


def options() -> list[Option]:
    no_her2 = reason("HER2 positive", False, seen="HER2 low")
    liver = reason("newdrug: severe liver disease", None, "contraindication", source=[LABEL], seen="not known")
    clear = reason("newdrug: long QT syndrome", False, "contraindication", source=[LABEL], assumed=True, from_=[])
    care = reason("Watch the blood count.", True, "caution", unconfirmed="From memory of the label.")
    earlier = reason("no earlier chemotherapy", assumed=True, from_=[])
    kidney = reason("newdrug: kidney failure", True, "contraindication", source=[LABEL], seen="creatinine 900 umol/L")
    return [
        option("hr/now", "Letrozole + newdrug", "possible", when="now", evidence=[TRIAL]),
        option("support/bone", "Bone care", "recommended", role="support", when="now", drugs=[["denosumab"]]),
        option("hr/best", "Newdrug + letrozole", "recommended", strength="preferred", evidence=[TRIAL],
               reasons=[reason("HER2 low"), earlier, liver, clear, care],
               check_first=["child_pugh"], notes=["Taken with food – not with juice."],
               order=["Strength of the recommendation: preferred."], unconfirmed=["From memory of the label."]),
        option("hr/long", LONG.capitalize(), "possible", drugs=[[LONG]]),
        option("hr/gene", "Genedrug", "needs_information", missing=["pik3ca"],
               reasons=[reason("PIK3CA altered", None, seen="PIK3CA: not known", from_=[])]),
        option("her2/one", "Trastuzumab + α", "unsuitable", reasons=[no_her2, reason("metastatic")]),
        option("her2/two", "Trastuzumab + β", "unsuitable", reasons=[no_her2]),
        option("hr/kidney", "Kidneydrug", "unsuitable", reasons=[reason("metastatic"), kidney]),
        option("support/palliative", "Palliative care", "recommended", role="support", drugs=[]),
        option("support/other", "Ovarian suppression", "unsuitable", role="support",
               reasons=[reason("premenopausal", False, seen="postmenopausal")]),
        option("local/bone", "Radiation of a painful bone", "recommended", role="local", drugs=[], since={},
               standing={},
               modality=["radiation"], how="8 Gy in one fraction.", urgency="soon"),
        option("local/brain", "Radiosurgery", "needs_information", role="local", drugs=[], since={},
               standing={},
               modality=["radiation"], how="One session.", missing=["brain_metastases_count"]),
    ]  # fmt: skip


def figure(what: str, text: str, source: Source = GUIDELINE) -> Figure:
    return Figure(what=what, text=text, trial="MADE-UP-1", population="HR-positive, first line", source=source)


def tradeoffs() -> list[TradeOff]:
    """One of which much is known, and one of which nothing is."""
    known = TradeOff(
        option="hr/best", name="Newdrug + letrozole", routes=["oral", "intramuscular"], visits=4,
        control=figure("progression-free survival", "25 months v 16 months with placebo"),
        response=figure("objective response rate", "53% v 37% with placebo"),
        survival=figure("overall survival", "63.9 months v 51.4 months with placebo"),
        range="An estimate, not a prediction: about half of people live between 32 and 128 months.",
        harms=[figure("any severe side effect", "81 of 100 people, against 33 with placebo"),
               figure("neutropenia (grade 3 or more)", "59 of 100 people", LABEL)],
        hair=figure("hair loss", "33 of 100 people"), watch=["ECG, day 14", "Blood count, monthly"],
    )  # fmt: skip
    bare = TradeOff(
        option="hr/long", name=LONG.capitalize(), routes=["oral"], visits=None, control=None, response=None,
        survival=None, range=None, harms=[], hair=None, watch=[],
    )  # fmt: skip
    return [known, bare]


def state() -> dict[str, Seen]:
    def seen(value: Any, label: str, subject: str, text: str, **more: Any) -> Seen:
        return Seen(value=value, unit=None, label=label, subject=subject, text=text, from_=["zoë.yaml:3"], **more)

    return {
        "age": seen(61.5, "age", "person", "age 61.5 years"),
        "frail": seen(False, "frailty", "person", "no frailty", assumed=True),
        "disease": seen("metastatic", "extent of disease", "disease", "extent of disease metastatic"),
        "visceral_crisis": seen(False, "visceral crisis", "disease", "no visceral crisis"),
        "metastasis_bone": seen(True, "bone metastases", "disease", "bone metastases"),
        "er": seen("positive", "oestrogen receptor", "receptors", "oestrogen receptor positive"),
        "er_percent": seen(90.0, "oestrogen receptor", "receptors", "oestrogen receptor 90 %"),
        "her2": seen("low", "HER2", "receptors", "HER2 low"),
        "pdl1_cps": seen(None, "PD-L1 combined positive score", "receptors", "not known"),
        "had_letrozole": seen(True, "earlier treatment with letrozole", "treatment", "…"),
        "had_aromatase_inhibitor": seen(True, "earlier treatment with an aromatase inhibitor", "treatment", "…"),
    }


def report() -> Report:
    """The report of Zoë, who does not exist."""
    return Report(
        openmbc="0", knowledge=KnowledgeInfo(version="2026.11", hash="0123456789ab", newest_check=dt.date(2026, 11, 1)),
        as_of=dt.date(2026, 11, 15), region="us", strict=False, person=Person(id="Zoë Łuć", age=61.5, sex="female"),
        state=state(), options=options(),
        decision=Decision(now="switch", because=["The disease has grown on letrozole + newdrug."], urgency="soon",
                          missing=["pdl1_cps"]),
        assumptions=[Assumption(text="Not recorded, taken as absent: frailty.", features=["frail"])],
        findings=[
            Finding(what="HER2 by IHC", kind="protein", result="found", text="2+", gene="ERBB2", specimen="liver",
                    date=dt.date(2024, 3, 1), date_precision="month", marker="her2", value="2+", decides=True,
                    notes=["HER2 is decided by <IHC>."], opens=["hr/gene"], closes=["chemo/weak"], from_=["zoë.yaml:9"],
                    source=[GUIDELINE]),
            Finding(what="HER2 by sequencing", kind="variant", result="found", text="amplification", gene="ERBB2",
                    change="amplification", reported="ERBB2 amplification", specimen="plasma", value="altered",
                    date=dt.date(2026, 10, 26), date_precision="day", decides=False, from_=["zoë.yaml:10"]),
            Finding(what="PIK3CA", kind="variant", result="found", text="H1047R 12 %", gene="PIK3CA", change="H1047R",
                    reported="p.His1047Arg <hotspot>", vaf=0.12, assay="Panel & co", specimen="plasma",
                    origin="somatic", date=dt.date(2026, 10, 26), date_precision="day", oncogenic="oncogenic",
                    reason="A hotspot.",
                    reason_source="a table", marker="pik3ca", value="altered", escat=[TIER], means=["pik3ca"],
                    opens=["hr/gene"], from_=["zoë.yaml:11"]),
            Finding(what="TP53", kind="variant", result="found", text="R175H 0.4 %", gene="TP53", change="R175H",
                    specimen="plasma", date=dt.date(2026, 10, 26), date_precision="day", marker="tp53",
                    value="uncertain", clonal_haematopoiesis=True, notes=["It opens no treatment."],
                    from_=["zoë.yaml:12"]),
            Finding(what="ESR1", kind="variant", result="not_detected", text="not detected, low shedding", gene="ESR1",
                    specimen="plasma", date=dt.date(2026, 10, 26), date_precision="day", marker="esr1",
                    notes=["Blood held too little DNA of the tumour."], from_=["zoë.yaml:13"], source=[LABEL]),
            Finding(what="BRCA2, inherited", kind="variant", result="not_found", text="not found", gene="BRCA2",
                    specimen="germline", origin="germline", marker="germline_brca2", value="not_found",
                    from_=["zoë.yaml:14"]),
        ],
        panels=[
            Panel(specimen="plasma", date=dt.date(2026, 10, 26), date_precision="day", assay="Panel & co",
                  changed=["ERBB2", "PIK3CA", "TP53"], clear=["ESR1"], not_covered=["AKT1"], tumour_fraction=0.4,
                  low_shedding=True, from_=["zoë.yaml:10"]),
            Panel(specimen="germline", date=None, date_precision=None, assay=None, changed=[], clear=["BRCA2"],
                  not_covered=[], tumour_fraction=None, low_shedding=False, from_=["zoë.yaml:14"]),
        ],
        meanings=[Meaning(
            id="pik3ca", name="PIK3CA mutation", marker="pik3ca", meaning="It drives <PI3K>.",
            plain="It helps to grow.",
            applies=None, only_if="two at once", escat=[TIER], unconfirmed="Not read.", source=[GUIDELINE, LABEL],
            drugs=[
                DrugEffect(does="better", drugs="newdrug with letrozole", standing="label", text="In all.",
                           applies=True, source=[LABEL]),
                DrugEffect(does="worse", drugs="olddrug", standing="exploratory", text=None,
                           applies=None, source=[GUIDELINE], unconfirmed="Few people."),
                DrugEffect(does="not_shown", drugs="otherdrug", standing="trial", text=None,
                           applies=False, source=[GUIDELINE]),
            ],
            outlook=[Said(text="Shorter.", source=[GUIDELINE])], family=[Said(text="Relatives too.", source=[LABEL])],
            discuss=[Said(text="Talk about it.", source=[GUIDELINE], unconfirmed="Not read.")],
        )],
        next_tests=[NextTest(
            feature="pik3ca", features=["pik3ca", "esr1"], label="PIK3CA, ESR1", test="sequencing of <ctDNA>",
            opens=["hr/gene"], closes=["chemo/weak"], text="Could open: Genedrug.", specimen="plasma",
            when="at progression", why="it is acquired", note="A negative may be none.",
            others=["PIK3CA: also by sequencing of tumour tissue"], source=[GUIDELINE, LABEL],
            unconfirmed="The specimen was not read.",
            results=[
                TestResult(feature="pik3ca", value="altered", label="PIK3CA altered", opens=["hr/gene"], closes=[]),
                TestResult(feature="pik3ca", value="not_found", label="PIK3CA not found", opens=[], closes=[]),
                TestResult(feature="pik3ca", value="uncertain", label="PIK3CA uncertain", opens=[], closes=[]),
            ],
        )],
        monitoring=[Monitor(drug="newdrug", test="ECG", when="day 14", why="QT interval", phase="during", source=LABEL,
                            unconfirmed="The day was not found.")],
        dosing=[
            Dosing(drug="newdrug", phase="during", dose="600 mg once daily", steps=["600 mg", "400 mg"], source=LABEL,
                   rules=[DoseRule(effect="neutropenia", grade="3", grades=(3, 3), do="hold", text="Until grade 2.",
                                   source=LABEL),
                          DoseRule(effect="neutropenia", grade="4", grades=(4, 4), do="reduce", source=LABEL,
                                   text="Hold, then lower.", unconfirmed="The table was not found.")]),
            Dosing(drug="letrozole", phase="during", dose="2.5 mg once daily", steps=[], source=None, rules=[]),
        ],
        side_effects=[
            SideEffect(key="diarrhoea", effect="diarrhoea", grade=3, version="CTCAE 5.0", date=dt.date(2026, 10, 28),
                       since=dt.date(2026, 10, 20), before=2, trend="worse", measured=False, from_=["zoë.yaml:12"],
                       causes=[Cause(drug="newdrug", running=True, blamed=True, named="label", rules=[
                           DoseRule(effect="diarrhoea", grade="3-4", grades=(3, 4), do="reduce",
                                    text="Hold, <then> lower.", source=LABEL, unconfirmed="The row was not found.")])]),
            SideEffect(key="rash", effect="rash", grade=None, version=None, date=None, since=None, before=None,
                       trend=None, measured=False, from_=["zoë.yaml:13"], causes=[]),
        ],
        calendar=[
            CalendarLine(what="ecg", label="ECG", status="overdue", due_on=dt.date(2026, 10, 28),
                         last_on=dt.date(2026, 10, 1), every=None,
                         text="Planned for 2026-10-28. The last result is of 2026-10-01.",
                         reasons=[CalendarReason(for_="newdrug", kind="recommended", when="day 14", why="QT interval",
                                                 status="overdue", due_on=dt.date(2026, 10, 28), text="Planned.",
                                                 source=[LABEL], unconfirmed="The day was not found.")]),
            CalendarLine(what="imaging_brain", label="MRI of the brain", status="on_symptoms", due_on=None,
                         last_on=None, every=None, text="With symptoms, at once.",
                         reasons=[CalendarReason(for_="No routine MRI", kind="not_recommended", when="with symptoms",
                                                 why="metastases <in> the brain", status="on_symptoms", due_on=None,
                                                 text="With symptoms, at once.", source=[GUIDELINE])]),
        ],
        alerts=[], support=[], trials=[], ahead=[],
        problems=[Problem(severity="warning", what="Two results disagree", todo="Check them.", source="zoë.yaml:9")],
        tradeoffs=tradeoffs(),
        measurements=[Measurement(date=dt.date(2026, 10, 1), line=2, criteria="recist", target="PD", non_target=None,
                                  new=False, overall="PD", sum_mm=32.4, nadir_mm=27.0, change_from_baseline=20.0,
                                  change_from_nadir=20.0, text="PD by RECIST 1.1: sum 32.4 mm.", from_=["zoë.yaml:9"])],
        markers=[MarkerTrend(marker="CA 15-3", date=dt.date(2026, 10, 1), value=60.0, upper_limit=30.0, lowest=40.0,
                             lowest_on=dt.date(2026, 5, 1), change=50.0, trend="rising", text="60 U/mL. It has risen.",
                             from_=["zoë.yaml:10"])],
        graded_labs=[LabGrade(term="Anemia", grade=2, test="haemoglobin", value=95.0, unit="g/L", ctcae="5",
                              date=dt.date(2026, 10, 1), baseline=None, criterion="< 100 - 80 g/L", reason=None,
                              from_=["zoë.yaml:11"]),
                     LabGrade(term="ALT increased", grade=None, test="alt", value=95.0, unit="U/L", ctcae="5",
                              date=dt.date(2026, 10, 1), baseline=None, criterion=None, reason="no baseline",
                              from_=["zoë.yaml:12"])],
        lines=[
            TreatmentLine(number=None, setting="adjuvant", drugs=["letrozole"], start=dt.date(2018, 1, 1),
                          start_precision="year", end=dt.date(2023, 6, 1), end_precision="month", months=None,
                          ended="completed", kinds=["endocrine"], maintenance=False, explanation=[],
                          from_=["zoë.yaml:4"]),
            TreatmentLine(number=1, setting="metastatic", drugs=["paclitaxel", "letrozole"], start=dt.date(2024, 2, 1),
                          start_precision="day", end=None, end_precision=None, months=33.5, ended="running",
                          kinds=["chemotherapy", "endocrine"], maintenance=True, from_=["zoë.yaml:5", "zoë.yaml:6"],
                          explanation=["paclitaxel opened it on 2024-02-01 <first>.", "It is running."]),
        ],
        counting=[CountingRule(text="A pause of more than 180 days ends a line.", source=[GUIDELINE, LABEL],
                               unconfirmed="The number was not found.")],
        notice="Information to prepare a conversation with the care team. It is not medical advice.",
    )  # fmt: skip


def golden_text(made: Report) -> str:
    """The text of a report without the hash of the knowledge: any edit of the knowledge would change it."""
    return as_text(made).replace(f"({made.knowledge.hash})", "(hash)")
