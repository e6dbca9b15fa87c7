"""Every feature of the state, declared once: name, type, unit, allowed values, words, silence.

The criteria checker, the explanations, the JSON schema and the documentation are made from this
table. It holds no derivation: how a value is found is `state`'s work, and a test holds the two
equal in both directions.

Silence says what an unrecorded feature means (`docs/decisions/0002-silence.md`):

- ``unknown``: not recorded is not known (tests, biomarkers, laboratory values, function).
- ``absent``: what a record lists when it exists (treatments, sites, illnesses). Not recorded is
  taken as absent, marked ``assumed``, and listed for the reader to correct.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

Kind = Literal["bool", "category", "integer", "number", "text"]
Silence = Literal["unknown", "absent"]


class Feature(msgspec.Struct, frozen=True):
    """One column of the state.

    ``label`` reads inside a sentence ("ECOG performance status is 2"); a bool's label is a clause
    that can be affirmed or denied ("bone metastases"). ``coarse`` maps a value that says less than
    the finest ones (HER2 "negative") to the values that it leaves open. ``stale_after`` is the
    age in days at which a dated measurement stops describing the present.
    ``learn`` says how a person would find the value out; ``only_with`` names the yes/no feature without which
    there is nothing to find out.
    """

    name: str
    kind: Kind
    label: str
    subject: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    coarse: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    silence: Silence = "unknown"
    stale_after: int | None = None
    learn: str | None = None
    family: str | None = None
    only_with: str | None = None

    @property
    def all_values(self) -> tuple[str, ...]:
        """The fine values, then the coarse ones."""
        return (*self.values, *self.coarse)

    @property
    def absent_value(self) -> bool | int | str:
        """What silence stands for where it means absence: False, 0, or the first value."""
        return {"bool": False, "integer": 0}.get(self.kind, self.values[0] if self.values else "")


SITES = {
    "bone": "bone metastases",
    "spine": "metastases of the spine",
    "liver": "liver metastases",
    "lung": "lung metastases",
    "pleura": "pleural metastases or effusion",
    "brain": "brain metastases",
    "leptomeninges": "leptomeningeal disease",
    "lymph_node": "distant lymph node metastases",
    "regional_lymph_node": "regional lymph node metastases",
    "skin": "skin metastases",
    "peritoneum": "peritoneal metastases",
    "adrenal": "adrenal metastases",
    "ovary": "ovarian metastases",
    "other": "metastases at another site",
}
VISCERAL_SITES = (
    "liver", "lung", "pleura", "brain", "leptomeninges", "peritoneum", "adrenal", "ovary",
)  # fmt: skip

ILLNESSES = {
    "heart_failure": "heart failure",
    "ischaemic_heart_disease": "ischaemic heart disease",
    "arrhythmia": "a heart rhythm disorder",
    "long_qt_syndrome": "long QT syndrome",
    "hypertension": "high blood pressure",
    "venous_thromboembolism": "venous thromboembolism",
    "stroke": "an earlier stroke",
    "diabetes": "diabetes",
    "diabetes_type_1": "type 1 diabetes",
    "interstitial_lung_disease": "interstitial lung disease or pneumonitis",
    "chronic_lung_disease": "chronic lung disease",
    "chronic_kidney_disease": "chronic kidney disease",
    "cirrhosis": "cirrhosis",
    "viral_hepatitis": "chronic viral hepatitis",
    "hiv": "HIV infection",
    "autoimmune_disease": "an active autoimmune disease",
    "organ_transplant": "an organ transplant",
    "inflammatory_bowel_disease": "inflammatory bowel disease",
    "peripheral_neuropathy": "peripheral neuropathy",
    "osteoporosis": "osteoporosis",
    "osteonecrosis_of_jaw": "osteonecrosis of the jaw",
    "bleeding_disorder": "a bleeding disorder",
    "eye_surface_disease": "disease of the eye surface",
    "depression": "depression",
    "anxiety": "anxiety",
    "dementia": "dementia",
    "gilbert_syndrome": "Gilbert syndrome",
    "myelodysplastic_syndrome": "myelodysplastic syndrome",
    "severe_skin_reaction": "an earlier severe skin reaction to a medicine",
}
# Once had, always had: that it is over does not take it away.
LIFELONG = ("stroke", "severe_skin_reaction")


class SideEffect(msgspec.Struct, frozen=True):
    """A side effect of treatment: the one vocabulary of labels, trials and records.

    ``label`` is the clinician's word, ``plain`` the person's where that differs. ``measures`` are the features that
    measure it: where one is known and a drug's label has rules for it, those act and the reported grade does not.
    ``immune``: an effect of the immune system, to which the general rules of checkpoint inhibitors apply. ``other``
    false: rules for "other side effects" do not mean it. ``emergency``: why it is one at any grade, as a sentence.
    ``illness``: the illness (`ILLNESSES`) that it is, where other rules ask for that.
    """

    label: str
    plain: str | None = None
    measures: tuple[str, ...] = ()
    immune: bool = False
    other: bool = True
    emergency: str | None = None
    illness: str | None = None


_LIVER = ("alt_uln", "ast_uln")
SIDE_EFFECTS = {
    "neutropenia": SideEffect("neutropenia", measures=("neutrophils",)),
    "febrile_neutropenia": SideEffect(
        "febrile neutropenia",
        emergency="Febrile neutropenia is an emergency: antibiotics within an hour (SEOM guideline 2018).",
    ),
    "anaemia": SideEffect("anaemia", measures=("haemoglobin",)),
    "thrombocytopenia": SideEffect("thrombocytopenia", measures=("platelets",)),
    "infection": SideEffect("infection"),
    "fever": SideEffect("fever"),
    "fatigue": SideEffect("fatigue"),
    "headache": SideEffect("headache"),
    "nausea": SideEffect("nausea"),
    "vomiting": SideEffect("vomiting"),
    "diarrhoea": SideEffect("diarrhoea"),
    "colitis": SideEffect("colitis", immune=True),
    "constipation": SideEffect("constipation"),
    "stomatitis": SideEffect("stomatitis"),
    "decreased_appetite": SideEffect("decreased appetite"),
    "pancreatitis": SideEffect("pancreatitis", immune=True),
    "bowel_perforation": SideEffect("bowel perforation"),
    "fistula": SideEffect("fistula"),
    "hair_loss": SideEffect("hair loss", other=False),
    "rash": SideEffect("rash", immune=True),
    "severe_skin_reaction": SideEffect("severe skin reaction", immune=True, illness="severe_skin_reaction"),
    "hand_foot_syndrome": SideEffect("hand-foot syndrome", "sore hands and feet"),
    "wound_healing": SideEffect("wound that does not heal"),
    "necrotising_fasciitis": SideEffect("necrotising fasciitis"),
    "peripheral_neuropathy": SideEffect(
        "peripheral neuropathy", "numb or painful hands or feet", illness="peripheral_neuropathy"
    ),
    "nervous_system": SideEffect("effects on the nervous system", immune=True),
    "brain_swelling": SideEffect("brain swelling (PRES)"),
    "hearing_loss": SideEffect("hearing loss"),
    "joint_or_muscle_pain": SideEffect("joint or muscle pain"),
    "myositis": SideEffect("myositis", immune=True),
    "hot_flushes": SideEffect("hot flushes"),
    "hyperglycaemia": SideEffect("hyperglycaemia", measures=("glucose",)),
    "ketoacidosis": SideEffect("ketoacidosis"),
    "type_1_diabetes": SideEffect("type 1 diabetes", immune=True),
    "raised_cholesterol": SideEffect("raised cholesterol"),
    "raised_liver_enzymes": SideEffect("raised liver enzymes", measures=_LIVER),
    "raised_bilirubin": SideEffect("raised bilirubin", measures=("bilirubin_uln",)),
    "hepatitis": SideEffect("hepatitis", measures=(*_LIVER, "bilirubin_uln"), immune=True),
    "raised_creatinine": SideEffect("raised creatinine", measures=("creatinine",)),
    "kidney_injury": SideEffect("kidney injury", measures=("creatinine",)),
    "nephritis": SideEffect("nephritis", measures=("creatinine",), immune=True),
    "proteinuria": SideEffect("proteinuria"),
    "low_calcium": SideEffect("low calcium", measures=("calcium",)),
    "low_magnesium": SideEffect("low magnesium"),
    "heart_failure": SideEffect("heart failure"),
    "heart_function_fall": SideEffect("heart function fall", "weaker heart", measures=("lvef", "lvef_fall")),
    "heart_toxicity": SideEffect("harm to the heart"),
    "myocarditis": SideEffect("myocarditis", immune=True),
    "qt_prolongation": SideEffect("QT prolongation", measures=("qtcf",)),
    "hypertension": SideEffect("hypertension"),
    "thrombosis": SideEffect("thrombosis"),
    "bleeding": SideEffect("bleeding"),
    "haemolytic_uraemic_syndrome": SideEffect("haemolytic uraemic syndrome"),
    "pneumonitis": SideEffect("pneumonitis", "inflammation of the lungs", immune=True),
    "cough": SideEffect("cough"),
    "eye_surface": SideEffect("disease of the eye surface"),
    "eye_inflammation": SideEffect("inflammation inside the eye", immune=True),
    "retinal_detachment": SideEffect("retinal pigment epithelial detachment"),
    "retinal_vein_occlusion": SideEffect("retinal vein occlusion"),
    "visual_effects": SideEffect("visual effects"),
    "infusion_reaction": SideEffect("infusion reaction"),
    "allergic_reaction": SideEffect("allergic reaction"),
    "angioedema": SideEffect("angioedema"),
    "oedema": SideEffect("oedema"),
    "immune_endocrine": SideEffect("hormone glands damaged by the immune system", immune=True),
    "secondary_blood_cancer": SideEffect("myelodysplastic syndrome or leukaemia", "secondary blood cancer"),
    "new_cancer": SideEffect("new cancer outside the skin with RAS mutation"),
    "osteonecrosis_of_jaw": SideEffect("osteonecrosis of the jaw", illness="osteonecrosis_of_jaw"),
}
# What rules of labels may speak of instead of one side effect.
SIDE_EFFECT_GROUPS = {
    "any": "any side effect",
    "other": "other side effects",
    "any_immune_reaction": "any immune reaction",
}
# What trials count over all side effects.
SIDE_EFFECT_SUMS = {
    "any_grade_3_or_more": "any severe side effect",
    "stopped_for_side_effects": "stopped because of side effects",
    "death_from_side_effects": "death from side effects",
}


class Symptom(msgspec.Struct, frozen=True):
    """Something that a person feels and grades in the check-in, 0 (none) to 4.

    ``label`` is the clinician's word, ``plain`` the person's. ``effects`` are the side effects (`SIDE_EFFECTS`) that it
    may be: the rules of labels for them are shown beside it.
    """

    label: str
    plain: str
    effects: tuple[str, ...] = ()


SYMPTOMS = {
    "fatigue": Symptom("fatigue", "tiredness", ("fatigue",)),
    "pain": Symptom("pain", "pain"),
    "nausea": Symptom("nausea", "feeling sick", ("nausea",)),
    "vomiting": Symptom("vomiting", "being sick", ("vomiting",)),
    "diarrhoea": Symptom("diarrhoea", "loose stools", ("diarrhoea", "colitis")),
    "constipation": Symptom("constipation", "constipation", ("constipation",)),
    "mouth_sores": Symptom("mouth sores", "sore mouth", ("stomatitis",)),
    "appetite": Symptom("loss of appetite", "not wanting to eat", ("decreased_appetite",)),
    "breathlessness": Symptom("breathlessness", "short breath", ("pneumonitis",)),
    "cough": Symptom("cough", "cough", ("cough", "pneumonitis")),
    "hand_foot": Symptom("hand-foot skin reaction", "sore hands and feet", ("hand_foot_syndrome",)),
    "numbness": Symptom("numbness or tingling", "numb or tingling hands or feet", ("peripheral_neuropathy",)),
    "rash": Symptom("rash or itching", "rash or itching", ("rash",)),
    "hot_flushes": Symptom("hot flushes", "hot flushes", ("hot_flushes",)),
    "joint_pain": Symptom("joint or muscle pain", "sore joints or muscles", ("joint_or_muscle_pain",)),
    "sleep": Symptom("insomnia", "poor sleep"),
    "low_mood": Symptom("low mood", "low mood"),
    "worry": Symptom("anxiety", "worry"),
    "memory": Symptom("trouble with memory or thinking", "trouble thinking or remembering"),
    "sexual_health": Symptom("sexual health", "sex and closeness"),
    "swelling": Symptom("swelling of a limb", "swelling", ("oedema",)),
    "eyes": Symptom("dry, sore or blurred eyes", "eye trouble", ("eye_surface", "visual_effects")),
    "headache": Symptom("headache", "headache", ("headache",)),
    "dizziness": Symptom("dizziness", "feeling dizzy"),
    "thirst": Symptom("thirst", "great thirst", ("hyperglycaemia",)),
    "urination": Symptom("frequent or painful urination", "passing water often", ("hyperglycaemia",)),
}

# What is asked with yes or no, because one "yes" asks for a call at once.
SIGNS = {
    "fever": "a temperature of 38 degrees or more, or shaking chills",
    "weak_legs": "new weakness or numbness in the legs, or new trouble with bladder or bowel",
    "new_back_pain": "new or fast growing pain in the back",
    "sudden_breathlessness": "short breath that came on suddenly, or at rest",
    "chest_pain": "pain or pressure in the chest",
    "confusion": "confusion or unusual sleepiness",
    "seizure": "a seizure",
    "worst_headache": "the worst headache ever, or headache with vomiting or trouble seeing",
    "face_drop": "a drooping face, a weak arm or slurred speech",
    "jaundice": "yellow eyes or skin, or dark urine",
    "bleeding": "bleeding that does not stop, or blood vomited, coughed up or in the stool",
    "swollen_leg": "one leg or arm that is swollen, red or painful",
    "no_fluids": "not keeping any fluids down for a day",
    "severe_diarrhoea": "7 or more loose stools above the usual in a day, or diarrhoea with blood or at night",
    "new_cough": "a new or worse cough",
    "eye_loss": "sudden loss of sight or eye pain",
    "severe_rash": "a rash with blisters, peeling skin or sores in mouth or eyes",
    "jaw": "pain, swelling or bare bone in the jaw",
    "self_harm": "thoughts of ending one's life or of self-harm",
}


# What the disease does to a place, as a diagnosis in the record.
COMPLICATIONS = {
    "spinal_cord_compression": "spinal cord compression",
    "pathological_fracture": "a fracture through a metastasis",
    "pleural_effusion": "a pleural effusion",
    "pericardial_effusion": "a pericardial effusion",
    "ascites": "ascites",
    "superior_vena_cava_obstruction": "obstruction of the superior vena cava",
    "biliary_obstruction": "obstruction of the bile ducts",
    "airway_obstruction": "obstruction of the airways",
    "bowel_obstruction": "obstruction of the bowel",
}
_LOOK_FOR = {
    "spinal_cord_compression": "urgent MRI of the whole spine",
    "pathological_fracture": "X-ray or CT of the bone",
}

# Tumour and germline genes. "present" is a report that names the gene and not the change.
TUMOUR_GENES = {
    "pik3ca": "PIK3CA", "akt1": "AKT1 E17K", "pten": "PTEN", "esr1": "ESR1", "erbb2": "ERBB2 (HER2) mutation",
    "erbb2_amplification": "ERBB2 (HER2) amplification by sequencing",
    "brca1": "BRCA1 in the tumour", "brca2": "BRCA2 in the tumour", "palb2": "PALB2 in the tumour",
    "tp53": "TP53", "rb1": "RB1", "cdh1": "CDH1", "nf1": "NF1", "fgfr1": "FGFR1", "ccnd1": "CCND1 amplification",
    "ntrk": "NTRK fusion", "ret": "RET fusion", "braf": "BRAF V600E",
}  # fmt: skip
GERMLINE_GENES = {
    "brca1": "BRCA1", "brca2": "BRCA2", "palb2": "PALB2", "chek2": "CHEK2", "atm": "ATM", "tp53": "TP53",
}  # fmt: skip

# Classes of treatment, in words. Which drug is in which class stands in terms/drugs.csv.
TREATMENT_CLASSES = {
    "endocrine_therapy": "endocrine therapy",
    "aromatase_inhibitor": "an aromatase inhibitor",
    "nonsteroidal_aromatase_inhibitor": "a non-steroidal aromatase inhibitor",
    "serm": "a selective oestrogen receptor modulator",
    "oral_er_degrader": "an oral oestrogen receptor antagonist or degrader",
    "ovarian_suppression": "ovarian suppression",
    "cdk46_inhibitor": "a CDK4/6 inhibitor",
    "pi3k_pathway_inhibitor": "a PI3K, AKT or mTOR inhibitor",
    "pi3k_inhibitor": "a PI3K inhibitor",
    "akt_inhibitor": "an AKT inhibitor",
    "mtor_inhibitor": "an mTOR inhibitor",
    "parp_inhibitor": "a PARP inhibitor",
    "her2_therapy": "a HER2-directed drug",
    "her2_antibody": "a HER2 antibody",
    "her2_tki": "a HER2 tyrosine kinase inhibitor",
    "antibody_drug_conjugate": "an antibody-drug conjugate",
    "topoisomerase_1_conjugate": "a conjugate with a topoisomerase I payload",
    "trop2_conjugate": "a TROP2 conjugate",
    "chemotherapy": "chemotherapy",
    "taxane": "a taxane",
    "anthracycline": "an anthracycline",
    "platinum": "a platinum drug",
    "vinca": "a vinca alkaloid",
    "fluoropyrimidine": "a fluoropyrimidine",
    "immunotherapy": "a PD-1 or PD-L1 inhibitor",
    "bone_agent": "a bone-protecting drug",
}

DRUGS = (
    "tamoxifen", "toremifene", "letrozole", "anastrozole", "exemestane", "fulvestrant", "elacestrant",
    "imlunestrant", "vepdegestrant", "camizestrant", "giredestrant", "megestrol",
    "goserelin", "leuprolide", "triptorelin",
    "palbociclib", "ribociclib", "abemaciclib",
    "alpelisib", "inavolisib", "capivasertib", "gedatolisib", "everolimus",
    "olaparib", "talazoparib",
    "trastuzumab", "pertuzumab", "margetuximab", "trastuzumab emtansine", "trastuzumab deruxtecan",
    "tucatinib", "lapatinib", "neratinib",
    "sacituzumab govitecan", "datopotamab deruxtecan",
    "pembrolizumab", "atezolizumab", "dostarlimab",
    "paclitaxel", "nab-paclitaxel", "docetaxel", "doxorubicin", "liposomal doxorubicin", "epirubicin",
    "capecitabine", "fluorouracil", "gemcitabine", "vinorelbine", "eribulin", "carboplatin", "cisplatin",
    "cyclophosphamide", "methotrexate", "ixabepilone", "etoposide", "bevacizumab",
    "zoledronic acid", "denosumab", "pamidronate",
    "larotrectinib", "entrectinib", "repotrectinib", "selpercatinib", "dabrafenib", "trametinib",
)  # fmt: skip

# Other medicines matter while they are taken, by what they do to cancer drugs.
MEDICINE_EFFECTS = {
    "strong_cyp3a4_inhibitor": "a strong CYP3A4 inhibitor",
    "moderate_cyp3a4_inhibitor": "a moderate CYP3A4 inhibitor",
    "strong_cyp3a4_inducer": "a strong CYP3A4 inducer",
    "moderate_cyp3a4_inducer": "a moderate CYP3A4 inducer",
    "cyp3a4_substrate": "a medicine that CYP3A4 breaks down and whose level matters",
    "strong_cyp2d6_inhibitor": "a strong CYP2D6 inhibitor",
    "strong_cyp2c8_inhibitor": "a strong CYP2C8 inhibitor",
    "qt_prolonging": "a drug that prolongs the QT interval",
    "p_gp_inhibitor": "a P-gp inhibitor",
    "p_gp_substrate": "a medicine that P-gp carries and whose level matters",
    "ugt1a1_inhibitor": "a UGT1A1 inhibitor",
    "acid_suppressant": "a proton pump inhibitor",
    "acid_reducer": "an H2 blocker or an antacid",
    "folate": "folic or folinic acid",
    "insulin": "insulin",
    "anticoagulant": "an anticoagulant",
    "vitamin_k_antagonist": "warfarin or another vitamin K antagonist",
    "phenytoin": "phenytoin",
    "brivudine": "brivudine or sorivudine, now or in the last four weeks",
    "hormone_replacement": "hormone replacement",
}

# What matters to the person, in words that follow "the wish".
WISHES = {
    "longer_life": "to live as long as possible",
    "quality_of_life": "to put quality of life before length of life",
    "few_visits": "for few visits to the hospital",
    "tablets": "for tablets rather than infusions",
    "keep_hair": "to keep the hair",
    "avoid_chemotherapy": "to avoid chemotherapy as long as possible",
    "avoid_neuropathy": "to avoid numb hands and feet",
    "avoid_diarrhoea": "to avoid diarrhoea",
    "keep_working": "to keep working",
    "fertility": "to keep the option of a child",
    "trials": "to hear of clinical trials",
    "treat_at_home": "to be treated at home",
    "no_more_treatment": "for no further treatment of the cancer",
    "prognosis": "to talk about what to expect",
    "palliative_care": "to hear of palliative care",
    "peer_support": "to meet others with the same illness",
    "spiritual_support": "for spiritual support",
}

# Places of which it matters whether they were radiated before.
RADIATED = {
    "brain": "the brain",
    "whole_brain": "the whole brain",
    "bone": "bone",
    "spine": "the spine",
    "primary": "the breast",
}
# A place that is part of another: who has one has the other, as a site of metastases and of radiation.
PART_OF = {"spine": "bone", "whole_brain": "brain"}

ADJUVANT_CLASSES = {
    "cdk46_inhibitor": "an adjuvant CDK4/6 inhibitor",
    "platinum": "(neo)adjuvant platinum",
    "chemotherapy": "(neo)adjuvant chemotherapy",
    "endocrine_therapy": "adjuvant endocrine therapy",
    "her2_therapy": "(neo)adjuvant HER2 therapy",
}


def key(name: str) -> str:
    """A drug or class as part of a feature name: 'trastuzumab deruxtecan' -> 'trastuzumab_deruxtecan'."""
    return name.replace(" ", "_").replace("-", "_")


TREATMENT_KEYS: dict[str, str] = {**TREATMENT_CLASSES, **{key(d): d for d in DRUGS}}

_GENE_VALUES = ("not_found", "altered", "uncertain")
_GENE_COARSE = {"present": ("altered", "uncertain")}


def _number(name: str, label: str, subject: str, unit: str, stale: int | None, learn: str) -> Feature:
    return Feature(name, "number", label, subject, unit, stale_after=stale, learn=learn)


_PERSON = (
    Feature("age", "number", "age", "person", "years", learn="date of birth"),
    Feature("sex", "category", "sex", "person", values=("female", "male"), learn="the record"),
    Feature(
        "menopausal_status", "category", "menopausal status", "person",
        values=("premenopausal", "perimenopausal", "postmenopausal", "not_applicable"),
        learn="menstrual history; oestradiol and FSH under 60 years",
    ),
    Feature("pregnant", "bool", "pregnancy", "person", learn="pregnancy test"),
    Feature("pregnancy_weeks", "number", "weeks of pregnancy", "person", "wk", stale_after=280,
            learn="date of the last period, ultrasound", only_with="pregnant"),
    Feature("breastfeeding", "bool", "breastfeeding", "person", silence="absent"),
    Feature("ecog", "integer", "ECOG performance status", "person", values=("0", "1", "2", "3", "4"),
            stale_after=180, learn="ask what the person can do in a day"),
    Feature("frail", "bool", "frailty", "person", silence="absent", learn="geriatric assessment"),
)  # fmt: skip

_DISEASE = (
    Feature(
        "disease", "category", "extent of disease", "disease",
        values=("not_metastatic", "locally_advanced", "metastatic"), learn="staging",
    ),
    Feature(
        "presentation", "category", "presentation", "disease", values=("de_novo", "recurrent"),
        learn="date and stage of the first diagnosis",
    ),
    Feature("metastatic_since_months", "number", "time since metastatic diagnosis", "disease", "months"),
    Feature("disease_free_interval_months", "number", "time from first diagnosis to recurrence", "disease", "months"),
    Feature("visceral_disease", "bool", "visceral metastases", "disease", silence="absent", learn="imaging"),
    Feature("bone_only", "bool", "disease in bone only", "disease", learn="imaging"),
    Feature("brain_metastases_activity", "category", "activity of brain metastases", "disease",
            values=("stable", "active"), learn="brain MRI", only_with="metastasis_brain"),
    Feature("visceral_crisis", "bool", "visceral crisis", "disease", silence="absent",
            learn="signs, laboratory values and speed of change"),
    Feature("symptomatic_disease", "bool", "symptoms from the disease", "disease", learn="ask"),
    Feature("oligometastatic", "bool", "few metastases that can all be treated locally", "disease",
            learn="full staging, read by a team with radiation oncology and surgery"),
    Feature("metastases_count", "integer", "number of metastases", "disease", "{count}", learn="full staging"),
    Feature("growing_metastases_count", "integer", "number of metastases that grow", "disease", "{count}",
            learn="imaging compared with the one before", only_with="on_treatment"),
    Feature("spinal_instability_score", "integer", "Spinal Instability Neoplastic Score (SINS)", "disease", "{score}",
            learn="CT of the spine, and whether lying down eases the pain", only_with="metastasis_spine"),
    Feature("bone_pain", "bool", "pain from bone metastases", "disease", learn="ask", only_with="metastasis_bone"),
    Feature("fracture_risk", "bool", "a bone at risk of breaking", "disease", silence="absent",
            learn="X-ray or CT of a painful bone that bears weight"),
    Feature("brain_metastases_count", "integer", "number of brain metastases", "disease", "{count}", learn="brain MRI",
            only_with="metastasis_brain"),
    Feature("brain_metastasis_largest_mm", "number", "largest brain metastasis", "disease", "mm", learn="brain MRI",
            only_with="metastasis_brain"),
    Feature("brain_metastases_symptomatic", "bool", "symptoms from brain metastases", "disease", learn="ask",
            only_with="metastasis_brain"),
    Feature("breast_tumour_symptoms", "bool", "bleeding, an ulcer or pain of the tumour in the breast", "disease",
            silence="absent", learn="examination"),
    Feature("histology", "category", "histology", "disease",
            values=("ductal", "lobular", "other"), learn="pathology report"),
    Feature("stage", "text", "stage as recorded", "disease", learn="staging"),
)  # fmt: skip

_RECEPTORS = (
    Feature("er", "category", "oestrogen receptor", "receptors", values=("positive", "low_positive", "negative"),
            learn="immunohistochemistry on a metastasis"),
    Feature("er_percent", "number", "oestrogen receptor", "receptors", "%", learn="immunohistochemistry"),
    Feature("pr", "category", "progesterone receptor", "receptors", values=("positive", "negative"),
            learn="immunohistochemistry on a metastasis"),
    Feature("pr_percent", "number", "progesterone receptor", "receptors", "%", learn="immunohistochemistry"),
    Feature("hormone_receptor", "category", "hormone receptor status", "receptors", values=("positive", "negative"),
            learn="immunohistochemistry on a metastasis"),
    Feature("her2", "category", "HER2", "receptors", values=("zero", "ultralow", "low", "positive"),
            coarse={"negative": ("zero", "ultralow", "low")},
            learn="HER2 immunohistochemistry with the score (0, faint staining, 1+, 2+, 3+), and ISH if 2+"),
    Feature("her2_ihc", "category", "HER2 immunohistochemistry score", "receptors",
            values=("0", "1+", "2+", "3+"), learn="immunohistochemistry"),
    Feature("her2_ish", "category", "HER2 in situ hybridisation", "receptors",
            values=("positive", "negative", "equivocal"), learn="in situ hybridisation (ISH) where IHC is 2+"),
    Feature("her2_basis", "text", "what HER2 rests on", "receptors", learn="immunohistochemistry, and ISH if 2+"),
    Feature("receptor_conversion", "text", "change of receptors between specimens", "receptors",
            learn="compare the primary and a metastasis"),
    Feature("ki67", "number", "Ki-67", "receptors", "%", learn="immunohistochemistry"),
    Feature("pdl1_cps", "number", "PD-L1 combined positive score", "receptors", "{score}",
            learn="PD-L1 immunohistochemistry (22C3), combined positive score"),
)  # fmt: skip

_GENOMICS = (
    *(
        Feature(gene, "category", label, "genomics", values=_GENE_VALUES, coarse=_GENE_COARSE, family="tumour_gene",
                learn="sequencing of tumour tissue or ctDNA, with the exact change")
        for gene, label in TUMOUR_GENES.items()
    ),
    *(
        Feature(f"germline_{gene}", "category", f"inherited {label}", "genomics", values=_GENE_VALUES,
                coarse=_GENE_COARSE, family="germline_gene", learn="germline test")
        for gene, label in GERMLINE_GENES.items()
    ),
    Feature("germline_brca", "category", "inherited BRCA1 or BRCA2", "genomics", values=_GENE_VALUES,
            coarse=_GENE_COARSE, learn="germline BRCA1/2 test"),
    Feature("esr1_emerging", "bool", "a new or rising ESR1 change in blood while an aromatase inhibitor runs",
            "genomics", learn="ESR1 in blood, by the same test as before", only_with="running_aromatase_inhibitor"),
    Feature("msi", "category", "microsatellite or mismatch repair status", "genomics",
            values=("high", "stable"), learn="MSI or mismatch repair test"),
    _number("tmb", "tumour mutational burden", "genomics", "{mutations}/Mb", None, "broad sequencing panel"),
    Feature("hrd", "category", "homologous recombination deficiency", "genomics", values=("positive", "negative"),
            learn="HRD test (genomic instability score)"),
    _number("tumour_fraction", "tumour fraction in the newest liquid biopsy", "genomics", "%", None,
            "liquid biopsy of which the report states the tumour fraction"),
    Feature("dpd_status", "category", "DPD metabolism", "genomics", values=("normal", "partial", "deficient"),
            coarse={"not_normal": ("partial", "deficient")}, learn="DPYD genotype or uracil level"),
    Feature("ugt1a1", "category", "UGT1A1 metabolism", "genomics", values=("normal", "intermediate", "poor"),
            learn="UGT1A1 genotype"),
)  # fmt: skip

_ORGANS = (
    _number("neutrophils", "neutrophils", "organs", "10*9/L", 90, "blood count"),
    _number("haemoglobin", "haemoglobin", "organs", "g/L", 90, "blood count"),
    _number("platelets", "platelets", "organs", "10*9/L", 90, "blood count"),
    _number("creatinine", "creatinine", "organs", "umol/L", 90, "kidney tests"),
    _number("creatinine_clearance", "creatinine clearance", "organs", "mL/min", 90, "creatinine, weight"),
    _number("bilirubin", "bilirubin", "organs", "umol/L", 90, "liver tests"),
    _number("bilirubin_uln", "bilirubin", "organs", "{ULN}", 90, "liver tests with their normal range"),
    _number("alt", "ALT", "organs", "U/L", 90, "liver tests"),
    _number("alt_uln", "ALT", "organs", "{ULN}", 90, "liver tests with their normal range"),
    _number("ast", "AST", "organs", "U/L", 90, "liver tests"),
    _number("ast_uln", "AST", "organs", "{ULN}", 90, "liver tests with their normal range"),
    _number("alp", "alkaline phosphatase", "organs", "U/L", 90, "liver tests"),
    _number("alp_uln", "alkaline phosphatase", "organs", "{ULN}", 90, "liver tests with their normal range"),
    _number("albumin", "albumin", "organs", "g/L", 90, "albumin"),
    _number("calcium", "calcium corrected for albumin", "organs", "mmol/L", 90, "calcium and albumin"),
    _number("glucose", "glucose", "organs", "mmol/L", 90, "glucose"),
    _number("hba1c", "HbA1c", "organs", "%", 180, "HbA1c"),
    _number("lvef", "left ventricular ejection fraction", "organs", "%", 180, "echocardiogram"),
    Feature("lvef_fall", "number", "fall of the ejection fraction from its first value", "organs", "points",
            stale_after=180, learn="echocardiogram, compared with the first", only_with="had_her2_therapy"),
    _number("qtcf", "QTcF", "organs", "ms", 180, "ECG"),
    _number("oestradiol", "oestradiol", "organs", "pmol/L", 180, "oestradiol"),
    _number("fsh", "FSH", "organs", "[IU]/L", 180, "FSH"),
    _number("weight", "weight", "organs", "kg", 180, "scales"),
    _number("ca15_3", "CA 15-3", "organs", "U/mL", 90, "CA 15-3"),
    _number("ca27_29", "CA 27-29", "organs", "U/mL", 90, "CA 27-29"),
    _number("cea", "CEA", "organs", "ng/mL", 90, "CEA"),
    Feature("child_pugh", "category", "Child-Pugh class", "organs", values=("a", "b", "c"), stale_after=180,
            learn="bilirubin, albumin, INR, ascites, encephalopathy"),
)  # fmt: skip

_FAMILIES = (
    *(Feature(name, "bool", label, "disease", silence="absent", family="complication",
              learn=_LOOK_FOR.get(name, "examination and imaging"))
      for name, label in COMPLICATIONS.items()),
    *(Feature(f"metastasis_{s}", "bool", label, "disease", silence="absent", family="metastasis", learn="imaging")
      for s, label in SITES.items()),
    *(Feature(name, "bool", label, "illness", silence="absent", family="illness", learn="medical history")
      for name, label in ILLNESSES.items()),
    *(Feature(f"taking_{name}", "bool", f"taking {label}", "medicines", silence="absent", family="taking",
              learn="list of medicines")
      for name, label in MEDICINE_EFFECTS.items()),
)  # fmt: skip

_EXPOSURE = {
    "had": "earlier treatment with {}",
    "had_metastatic": "{} for metastatic disease",
    "progressed_on": "progression on {}",
    "stopped_for_toxicity": "{} stopped for side effects",
    "running": "{} running now",
}
_HISTORY = (
    *(
        Feature(f"{family}_{name}", "bool", phrase.format(words), "treatment", silence="absent", family=family,
                learn="list of treatments, and why each ended")
        for family, phrase in _EXPOSURE.items()
        for name, words in TREATMENT_KEYS.items()
    ),
    *(
        Feature(f"relapse_within_{months}_months_of_{name}", "bool",
                f"relapse during or within {months} months of {words}", "treatment", silence="absent",
                family="relapse_window", learn="dates of earlier treatment and of the relapse")
        for months in (6, 12) for name, words in ADJUVANT_CLASSES.items()
    ),
    Feature("endocrine_resistance", "category", "endocrine resistance (ABC definition)", "treatment",
            values=("none", "secondary", "primary"), silence="absent",
            learn="dates of endocrine therapy and of progression"),
    Feature("had_breast_surgery", "bool", "an operation on the tumour in the breast", "treatment", silence="absent",
            learn="list of treatments"),
    *(
        Feature(f"radiated_{place}", "bool", f"radiation of {words} before", "treatment", silence="absent",
                learn="list of treatments")
        for place, words in RADIATED.items()
    ),
    Feature("lines_metastatic", "integer", "lines of systemic therapy for metastatic disease", "treatment",
            "lines", silence="absent", learn="list of treatments"),
    *(
        Feature(f"{name}_lines_metastatic", "integer", f"lines of {words} for metastatic disease", "treatment",
                "lines", silence="absent", learn="list of treatments")
        for name, words in (("endocrine", "endocrine therapy"), ("chemotherapy", "chemotherapy"),
                            ("her2", "HER2-directed therapy"))
    ),
    Feature("anthracycline_sum", "number", "sum of earlier anthracyclines, as doxorubicin", "treatment", "mg/m2",
            learn="doses of earlier chemotherapy", only_with="had_anthracycline"),
    Feature("treatment_free_interval_months", "number", "time since the last systemic treatment", "treatment",
            "months", learn="list of treatments with dates"),
    Feature("on_treatment", "bool", "systemic treatment running now", "treatment", silence="absent",
            learn="list of treatments"),
    Feature("drugs_running", "integer", "number of systemic cancer drugs running now", "treatment",
            learn="list of treatments"),
    Feature("current_treatment", "text", "treatment running now", "treatment", learn="list of treatments"),
    Feature("months_on_treatment", "number", "time on the present treatment", "treatment", "months",
            learn="start date of the present treatment"),
    Feature("last_response", "category", "last word on whether the treatment works", "treatment",
            values=("responding", "stable", "mixed", "unconfirmed", "progression", "undetermined"), learn="imaging"),
    Feature("tumour_markers_rising", "bool", "rising tumour markers", "treatment",
            learn="CA 15-3 or CEA again, in the same laboratory"),
)  # fmt: skip

_TOXICITY = (
    Feature("had_interstitial_lung_disease", "bool", "inflammation of the lungs at some time",
            "illness", silence="absent", learn="medical history"),
    Feature("pneumonitis_grade", "integer", "worst grade of lung inflammation from a drug", "illness", "{grade}",
            silence="absent", learn="CT of the chest, oxygen, symptoms"),
    *(
        Feature(f"side_effect_{name}", "integer", f"grade of {effect.label} now", "side_effects", "{grade}",
                stale_after=90, family="side_effect", learn="ask and examine; CTCAE grade")
        for name, effect in SIDE_EFFECTS.items()
    ),
)  # fmt: skip

# An answer of the check-in describes the present for two weeks; our choice, for check-ins that are weekly.
_ANSWER_DAYS = 14
_WELLBEING = (
    *(Feature(f"symptom_{name}", "integer", f"{symptom.label} as the person graded it", "wellbeing", "{grade}",
              stale_after=_ANSWER_DAYS, family="symptom", learn="ask, in the check-in")
      for name, symptom in SYMPTOMS.items()),
    *(Feature(f"sign_{name}", "bool", words, "wellbeing", stale_after=_ANSWER_DAYS, family="sign",
              learn="ask, in the check-in")
      for name, words in SIGNS.items()),
    Feature("daily_life", "integer", "how much the person can do, as told by the person", "wellbeing", "{grade}",
            stale_after=_ANSWER_DAYS, learn="ask, in the check-in"),
    Feature("distress", "integer", "distress, 0 to 10", "wellbeing", "{score}", stale_after=60,
            learn="ask: distress from 0 to 10"),
    Feature("phq_9", "integer", "PHQ-9 score", "wellbeing", "{score}", stale_after=60, learn="PHQ-9"),
    Feature("gad_7", "integer", "GAD-7 score", "wellbeing", "{score}", stale_after=60, learn="GAD-7"),
    Feature("mst", "integer", "malnutrition screening score (MST)", "wellbeing", "{score}", stale_after=60,
            learn="Malnutrition Screening Tool"),
    _number("temperature", "body temperature", "wellbeing", "Cel", 3, "thermometer"),
    Feature("weight_loss_percent", "number", "weight lost in the last 6 months", "wellbeing", "%", stale_after=60,
            learn="weight now and 6 months ago"),
    Feature("has_children", "bool", "children or grandchildren who know or may need to know", "wellbeing",
            learn="ask"),
    Feature("has_caregiver", "bool", "a partner, relative or friend who helps", "wellbeing", learn="ask"),
    Feature("working", "bool", "paid work", "wellbeing", learn="ask"),
    Feature("money_worry", "bool", "worry about money", "wellbeing", learn="ask"),
)  # fmt: skip

_WISHES = tuple(
    Feature(f"wish_{name}", "bool", f"the wish {words}", "wishes", silence="absent", family="wish", learn="ask")
    for name, words in WISHES.items()
)

FEATURES: tuple[Feature, ...] = (
    *_PERSON, *_DISEASE, *_RECEPTORS, *_GENOMICS, *_ORGANS, *_FAMILIES, *_TOXICITY, *_HISTORY, *_WELLBEING,
    *_WISHES,
)  # fmt: skip


@cache
def by_name() -> dict[str, Feature]:
    """Every feature by its name."""
    return {f.name: f for f in FEATURES}
