"""The words of a case file: each answer with the spellings that mean it.

A spelling is compared in lower case with spaces for ``_`` and ``-``. What stands here is vocabulary;
names of drugs, illnesses, genes and body sites are the terms' work.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from openmbc.catalogue import COMPLICATIONS, ILLNESSES, SITES

Vocabulary = dict[str, str]

UNKNOWN = frozenset({"unknown", "?", "not known", "not recorded", "not done", "not tested", "pending", "n/a", "na"})
_DENIALS = frozenset({
    "no", "not", "never", "without", "none", "refused", "refuses", "declined", "declines", "avoid", "avoided",
    "stopped", "allergic", "allergy", "failed", "insufficient", "indeterminate", "planned",
})  # fmt: skip
NONE = frozenset({"none", "no", "nothing", "nil"})


def plain(text: object) -> str:
    """A spelling to compare: ``Locally_advanced `` -> ``locally advanced``; nothing is empty."""
    return " ".join(("" if text is None else str(text)).lower().replace("_", " ").replace("-", " ").split())


def answers(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The answers of a vocabulary, each once."""
    return tuple(dict.fromkeys(vocabulary.values()))


def _vocabulary(**answers: str) -> Vocabulary:
    """From answer="other spelling|another" to spelling -> answer; the answer itself is a spelling."""
    spelled = {}
    for answer, others in answers.items():
        for spelling in (answer, *others.split("|")):
            spelled[plain(spelling)] = answer
    spelled.pop("", None)
    return spelled


YES_NO = _vocabulary(yes="true|y", no="false|n|none")
SEX = _vocabulary(female="f|woman|w", male="m|man")
SIDE = _vocabulary(left="l", right="r", bilateral="both|left and right")
HISTOLOGY = _vocabulary(
    ductal="nst|no special type|idc|invasive ductal|invasive ductal carcinoma|ductal carcinoma",
    lobular="ilc|invasive lobular|invasive lobular carcinoma|lobular carcinoma",
    other="mucinous|tubular|medullary|metaplastic|papillary|mixed",
)
EXTENT = _vocabulary(not_metastatic="early", locally_advanced="locally advanced unresectable", metastatic="advanced")
ROLE = _vocabulary(target="t|measured", non_target="nt|non target|other", new="n|new lesion")
LESION = _vocabulary(
    present="there|yes", absent="gone|no|disappeared", too_small="small", not_evaluable="ne",
    unequivocal_progression="progression|pd|grown", increased="larger", equivocal="maybe|possible", sclerotic="white",
    coalesced="merged",
)  # fmt: skip
ACTIVITY = _vocabulary(stable="treated and stable|inactive|controlled", active="progressive|growing|symptomatic")
MENOPAUSE = _vocabulary(premenopausal="pre", perimenopausal="peri", postmenopausal="post")
CHILD_PUGH = _vocabulary(a="", b="", c="")
RECEPTOR = _vocabulary(positive="pos|+", negative="neg", low_positive="low|low pos")
PROGESTERONE = RECEPTOR | dict.fromkeys(("low", "low positive", "low pos"), "positive")  # it has no low class
HER2_IHC = {"0": "0", "1": "1+", "2": "2+", "3": "3+", "0+": "0+", "1+": "1+", "2+": "2+", "3+": "3+"}
HER2 = _vocabulary(
    positive="pos", negative="neg", zero="null", ultralow="ultra low", low="low positive", equivocal="borderline"
)
ISH = _vocabulary(positive="pos|amplified|+", negative="neg|not amplified|non amplified", equivocal="borderline")
MSI = _vocabulary(high="msi h|msi high|msi|dmmr|deficient|unstable", stable="mss|pmmr|proficient|msi l|low|no")
HRD = _vocabulary(positive="pos|deficient|high|yes|+", negative="neg|proficient|low|no|stable", equivocal="borderline")
MMR = _vocabulary(deficient="dmmr|lost|loss|high|msi h", proficient="pmmr|intact|retained|stable|normal|mss|no loss")
PTEN = _vocabulary(lost="loss|absent|negative|neg", retained="intact|present|positive|normal|preserved|no loss")
ORIGIN = _vocabulary(somatic="tumour|tumor|ctdna", germline="inherited|hereditary")
DPYD = _vocabulary(normal="no|wild type|not found", partial="intermediate|reduced", deficient="poor|complete")
UGT1A1 = _vocabulary(normal="no|wild type|not found", intermediate="reduced", poor="deficient")
SETTING = _vocabulary(
    neoadjuvant="preoperative", adjuvant="postoperative", metastatic="palliative|advanced|first line|second line"
)
INTENT = _vocabulary(curative="cure", palliative="palliation")
RUNNING = _vocabulary(yes="true|y|now", no="false|n", planned="plan|not yet|proposed")
ENDED = _vocabulary(
    progression="pd|progressed|progressive disease|growth|relapse|recurrence|no response",
    toxicity="side effects|side effect|intolerance|not tolerated|adverse event|allergy",
    completed="done|finished|complete|end of course|as planned",
    wish="patient wish|choice|patient choice|declined|refused|own wish",
    cost="costs|not affordable|insurance",
    death="died",
    other="other reason",
)
RESPONSE = _vocabulary(
    responding="response|cr|pr|complete response|partial response|complete|partial|improved|shrinking|better",
    stable="sd|stable disease|no change|unchanged",
    mixed="mixed response",
    progression="pd|progressive disease|progressing|worse|worsened|growing|new lesions",
    unconfirmed="unconfirmed progression|possible progression|possible flare|flare|pseudoprogression",
    undetermined="unclear|equivocal|not evaluable",
)
SURGERY = _vocabulary(
    mastectomy="modified radical mastectomy|ablation",
    lumpectomy="breast conserving surgery|partial mastectomy|quadrantectomy|segmentectomy",
    lymph_node_surgery="axillary dissection|sentinel node|sentinel node biopsy|axillary lymph node dissection",
    oophorectomy="ovaries removed|bilateral oophorectomy|salpingo oophorectomy|ovariectomy",
    other_surgery="other|surgery",
)
SIGNIFICANCE = _vocabulary(
    pathogenic="oncogenic|class 5",
    likely_pathogenic="likely oncogenic|probably pathogenic|class 4",
    uncertain="vus|uncertain significance|variant of uncertain significance|unknown significance|class 3",
    likely_benign="class 2",
    benign="class 1",
)
NOT_FOUND = frozenset(
    {"not found", "absent", "negative", "wild type", "wildtype", "wt", "not detected", "no mutation", "none", "no"}
)
# Words that say no more than that something was found.
FOUND = frozenset({"mutation", "mutated", "mutant", "altered", "positive", "present", "found", "yes", "variant"})
SPECIMEN = _vocabulary(
    primary="breast|primary tumour|primary tumor|tumour|tumor|primary site",
    plasma="blood|ctdna|cfdna|liquid biopsy|serum",
)
LABS = _vocabulary(
    neutrophils="anc|neutrophil count|absolute neutrophil count|neut|granulocytes",
    haemoglobin="hemoglobin|hb|hgb",
    platelets="plt|thrombocytes|platelet count",
    white_cells="wbc|leukocytes|leucocytes|white blood cells",
    creatinine="crea|creat|serum creatinine",
    creatinine_clearance="crcl",
    bilirubin="bili|total bilirubin",
    alt="alat|gpt|sgpt",
    ast="asat|got|sgot",
    alp="alkaline phosphatase|ap",
    albumin="alb",
    calcium_total="total calcium|ca total",
    calcium="corrected calcium|calcium corrected",
    glucose="blood sugar|fasting glucose",
    hba1c="a1c|hb a1c",
    ca15_3="ca 153|ca153|ca15.3",
    ca27_29="ca 27.29|ca2729",
    cea="",
    lvef="ef|ejection fraction",
    qtcf="qtc fridericia",
    oestradiol="estradiol|e2",
    fsh="",
    weight="body weight",
    height="body height",
    inr="",
    temperature="temp",
)
# Of concepts that are no feature of the state; the others carry theirs in the catalogue.
OTHER_UNITS = {
    "white_cells": "10*9/L", "calcium_total": "mmol/L", "height": "cm", "inr": "{INR}", "temperature": "Cel",
    "er_percent": "%", "pr_percent": "%", "ki67": "%", "her2_ratio": "{ratio}", "her2_copies": "{copies}",
    "tumour_fraction": "%", "hrd": "{score}",
}  # fmt: skip
METHODS = _vocabulary(
    ct="ct scan|computed tomography|cat scan",
    mri="mr|magnetic resonance",
    pet_ct="pet|pet ct scan",
    bone_scan="bone scintigraphy|scintigraphy",
    x_ray="xray|radiograph",
    ultrasound="us|sonography",
    exam="examination|physical exam|clinical|palpation",
    markers="tumour markers|tumor markers|marker",
)


def nearest(word: object, options: Iterable[str]) -> str:
    """'Did you mean ...? ' for a word near one of the options, else empty."""
    spelled = {plain(option): option for option in options}
    close = difflib.get_close_matches(plain(word), spelled, n=1, cutoff=0.65)
    return f"Did you mean '{spelled[close[0]]}'?" if close else ""


def said(value: object) -> str:
    """A value as it was typed."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def denies(text: str) -> bool:
    """Whether a text may say the opposite of the name in it: ``declined palbociclib``."""
    return not _DENIALS.isdisjoint(plain(text).split())


def site_key(text: str) -> str | None:
    """The catalogue's site for a spelling near its own: 'Lymph nodes' -> lymph_node."""
    word = plain(text)
    return SITE_NAMES.get(word) or SITE_NAMES.get(word.removesuffix("s"))


def illness_key(text: str) -> str | None:
    """The catalogue's illness or complication for its name or words: 'High blood pressure' -> hypertension."""
    return ILLNESS_NAMES.get(plain(text))


SITE_NAMES = {plain(s): s for s in SITES} | {"pleural effusion": "pleura", "nodes": "lymph_node", "node": "lymph_node"}
ILLNESS_NAMES = {plain(i): i for i in (*ILLNESSES, *COMPLICATIONS)} | {
    plain(label).removeprefix("a ").removeprefix("an "): name for name, label in {**ILLNESSES, **COMPLICATIONS}.items()
}
