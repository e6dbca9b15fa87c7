"""The shape of a case file: which keys it may hold, what they mean, and the JSON Schema of it.

The shape says what may be written; whether a word is understood is decided where it is read, so that
a word that is not understood becomes a problem with its line and the rest of the file still counts.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from openmbc.catalogue import COMPLICATIONS, ILLNESSES, SIDE_EFFECTS, SIGNS, SITES, SYMPTOMS, WISHES
from openmbc.records.case import words

Scalar = str | int | float | bool
When = Annotated[str | int | float | bool, Meta(description="2019, 2019-03 or 2019-03-14; unknown")]


def _one_of(description: str, *examples: str) -> Meta:
    return Meta(description=description, extra_json_schema={"examples": list(examples)})


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """Base of the maps in a case file: a key that is not known is an error."""


class Answer(Part):
    """An answer with its date, where the date is not that of the visit."""

    is_: Scalar = msgspec.field(name="is")
    date: When | None = None


Answers = Scalar | Answer | list[Scalar | Answer] | None


class Receptors(Part):
    """What the pathology report of one specimen says."""

    date: When | None = None
    from_: Annotated[str | None, _one_of("where the specimen was taken", "primary", "plasma", *SITES)] = None
    er: Annotated[Scalar | None, _one_of("% of cells, or a word", "90%", "positive", "negative", "low")] = None
    pr: Annotated[Scalar | None, _one_of("% of cells, or a word", "40%", "positive", "negative", "low")] = None
    her2: Annotated[
        Scalar | None,
        _one_of("score, or the conclusion", "0", "ultralow", "1+", "2+", "3+", "negative", "low", "positive"),
    ] = None
    ish: Annotated[Scalar | None, _one_of("HER2 in situ hybridisation", *words.answers(words.ISH))] = None
    her2_ratio: Annotated[Scalar | None, Meta(description="HER2/CEP17 ratio")] = None
    her2_copies: Annotated[Scalar | None, Meta(description="HER2 copies per cell")] = None
    ki67: Annotated[Scalar | None, Meta(description="% of cells")] = None
    pdl1_cps: Annotated[Scalar | None, Meta(description="PD-L1 combined positive score")] = None


class Variant(Part):
    """One gene of a report, written out; or the genes of a panel that found nothing."""

    gene: str | None = None
    change: Annotated[str | None, Meta(description="as reported: H1047R, c.5946delT")] = None
    found: Annotated[Scalar | None, Meta(description="no: looked for and not found")] = None
    significance: Annotated[str | None, _one_of("as the report says", *words.answers(words.SIGNIFICANCE))] = None
    vaf: Annotated[Scalar | None, Meta(description="variant allele fraction: 4.2% or 0.042")] = None
    date: When | None = None
    specimen: Annotated[str | None, _one_of("where it was found", "plasma", "primary", *SITES)] = None
    panel: Annotated[list[str] | None, Meta(description="genes that were looked at, nothing else said")] = None
    assay: Annotated[str | None, Meta(description="name of the test: Guardant360 CDx")] = None
    depth: Annotated[Scalar | None, Meta(description="reads at the place")] = None
    lod: Annotated[Scalar | None, Meta(description="smallest allele fraction that the test finds: 0.3%")] = None


class Sequencing(Part):
    """One sequencing report, of tissue, of blood (liquid biopsy) or of inherited genes."""

    date: Annotated[When | None, Meta(description="when the specimen was taken")] = None
    specimen: Annotated[str | None, _one_of("what was sequenced", "plasma", "primary", *SITES)] = None
    assay: Annotated[str | None, Meta(description="name of the test: Guardant360 CDx")] = None
    origin: Annotated[str | None, _one_of("what was looked for", *words.answers(words.ORIGIN))] = None
    found: Annotated[
        str | bool | list[str | Variant] | None,
        _one_of("what was found; or none", "ESR1 D538G 1.4%", "FGFR1 amplification", "BRCA2 c.5946delT pathogenic"),
    ] = None
    panel: Annotated[list[str] | None, Meta(description="genes that were looked at, and have no other finding")] = None
    tumour_fraction: Annotated[Scalar | None, Meta(description="share of tumour DNA in the blood: 3.2%")] = None
    tmb: Annotated[Scalar | None, Meta(description="mutations per megabase")] = None
    msi: Annotated[Scalar | None, _one_of("microsatellites", *words.answers(words.MSI))] = None
    hrd: Annotated[
        Scalar | None, _one_of("homologous recombination", "positive", "negative", "56", "positive (56)")
    ] = None
    depth: Annotated[Scalar | None, Meta(description="reads at a place, for findings that do not say it")] = None
    lod: Annotated[Scalar | None, Meta(description="smallest allele fraction that the test finds: 0.3%")] = None


class Treatment(Part):
    """Drugs given together, an operation, or radiation."""

    drugs: Annotated[str | list[str] | None, Meta(description="names or brands; several were given together")] = None
    surgery: Annotated[str | None, _one_of("what was done", *words.answers(words.SURGERY))] = None
    radiation: Annotated[str | bool | list[str] | None, _one_of("where, or yes", "left breast", "bone", "brain")] = None
    from_: When | None = None
    to: When | None = None
    date: Annotated[Scalar | None, Meta(description="of an operation")] = None
    setting: Annotated[str | None, _one_of("what it was for", *words.answers(words.SETTING))] = None
    intent: Annotated[str | None, _one_of("the aim", *words.answers(words.INTENT))] = None
    running: Annotated[Scalar | None, _one_of("whether it goes on now", "yes", "no", "planned")] = None
    ended: Annotated[Scalar | None, _one_of("why it ended", *words.answers(words.ENDED))] = None
    best: Annotated[str | None, _one_of("best response", *words.answers(words.RESPONSE))] = None
    side: Annotated[str | None, _one_of("side of the body", *words.answers(words.SIDE))] = None


class Response(Part):
    """A conclusion on whether the disease grows."""

    is_: Annotated[str, _one_of("the conclusion", *words.answers(words.RESPONSE))] = msgspec.field(name="is")
    date: When | None = None
    by: Annotated[str | None, _one_of("how it was seen", "ct", "mri", "pet_ct", "bone scan", "exam")] = None


class Lesion(Part):
    """One tumour that is followed, measured at several dates."""

    name: Annotated[str, Meta(description="any name: liver 1")]
    seen: Annotated[
        dict[str, Scalar],
        Meta(description="date: mm (longest diameter), or absent, present, too small, not evaluable, progression"),
    ]
    role: Annotated[str | None, _one_of("its role", *words.answers(words.ROLE))] = None
    site: Annotated[str | None, _one_of("where it is", "primary", *SITES)] = None
    node: Annotated[Scalar | None, _one_of("a lymph node (short axis)", "yes", "no")] = None


class Quantity(Part):
    """A measured value with its unit and normal range."""

    value: str | int | float
    unit: str | None = None
    low: str | int | float | None = None
    high: Annotated[str | int | float | None, Meta(description="upper limit of normal, in the same unit")] = None


Labs = dict[str, Scalar | Quantity | None]


class Medicine(Part):
    """Another medicine that is taken."""

    drug: str
    from_: When | None = None
    to: When | None = None


class SideEffect(Part):
    """A side effect of treatment on a day."""

    what: Annotated[str, _one_of("the side effect", *SIDE_EFFECTS)]
    grade: Annotated[Scalar | None, Meta(description="CTCAE grade, 0 to 5; not known where it is not given")] = None
    date: Annotated[Scalar | None, Meta(description="the day on which it had this grade; else the visit")] = None
    ended: Annotated[Scalar | None, Meta(description="the date when it was over; or yes, or no")] = None
    drug: Annotated[str | None, Meta(description="the drug that the record blames for it")] = None
    ctcae: Annotated[Scalar | None, Meta(description="version of CTCAE: 5.0")] = None


class Family(Part):
    """Who is there."""

    children: Annotated[Answers, _one_of("children or grandchildren who know or may need to know", "yes", "no")] = None
    caregiver: Annotated[Answers, _one_of("a partner, relative or friend who helps", "yes", "no")] = None


class ImportantDate(Part):
    """A day that matters to the person."""

    what: Annotated[str, Meta(description="wedding of my daughter")]
    date: When | None = None


# A check-in: a date, then answers by item, and more of an item (pain_place). Which items there are is the catalogue's.
CheckIn = Annotated[
    dict[str, Scalar | list[Scalar] | None],
    Meta(
        description="one check-in: date, then grades 0 (none) to 4, yes or no, numbers, note",
        extra_json_schema={
            "properties": {
                "date": {"description": "the day of the check-in; else the visit"},
                **{name: {"description": f"{symptom.label}: 0 (none) to 4"} for name, symptom in SYMPTOMS.items()},
                **{name: {"description": f"yes or no: {words_}"} for name, words_ in SIGNS.items()},
                "daily_life": {"description": "how much the person can do: 0 (all) to 4 (nothing)"},
                "distress": {"description": "distress, 0 to 10"},
                "temperature": {"description": "degrees Celsius"},
                "weight": {"description": "kg"},
                "note": {"description": "free text"},
            }
        },
    ),
]


class Done(Part):
    """A test of which only the day counts."""

    what: str
    date: When | None = None


class Case(Part):
    """One person, as a clinician types it."""

    person: Annotated[str | int | None, Meta(description="a name or number for reports; else the file's name")] = None
    born: When | None = None
    sex: Annotated[str | None, _one_of("sex", *words.answers(words.SEX))] = None
    died: When | None = None
    visit: Annotated[Scalar | None, Meta(description="date of answers below that carry none of their own")] = None

    diagnosed: Annotated[Scalar | None, Meta(description="date of the first breast cancer diagnosis")] = None
    stage: Annotated[Scalar | None, _one_of("first stage", "IIB", "pT2 pN1 M0", "IV")] = None
    side: Annotated[str | None, _one_of("side of the body", *words.answers(words.SIDE))] = None
    histology: Annotated[str | None, _one_of("kind of cancer", *words.answers(words.HISTOLOGY))] = None
    metastatic: Annotated[Scalar | None, Meta(description="date when metastases were found; or no, or yes")] = None
    extent: Annotated[str | None, _one_of("extent of disease now", *words.answers(words.EXTENT))] = None
    sites: Annotated[
        str | bool | list[str | dict[str, Scalar]] | dict[str, Scalar] | None,
        _one_of("metastatic sites: names, or each with a date, yes or no", *SITES),
    ] = None

    brain_metastases: Annotated[Answers, _one_of("activity", *words.answers(words.ACTIVITY))] = None
    visceral_crisis: Annotated[Answers, _one_of("organ failure by metastases", "yes", "no")] = None
    spinal_cord_compression: Annotated[Answers, _one_of("pressure on the spinal cord", "yes", "no")] = None
    symptoms: Annotated[Answers, _one_of("symptoms of the disease", "yes", "no")] = None
    metastases_count: Annotated[Answers, Meta(description="number of metastases")] = None
    growing_count: Annotated[Answers, Meta(description="number of metastases that grow")] = None
    sins: Annotated[Answers, Meta(description="Spinal Instability Neoplastic Score, 0 to 18")] = None
    oligometastatic: Annotated[Answers, _one_of("few metastases, all can be treated locally", "yes", "no")] = None
    bone_pain: Annotated[Answers, _one_of("pain from bone metastases", "yes", "no")] = None
    fracture_risk: Annotated[Answers, _one_of("a bone at risk of breaking", "yes", "no")] = None
    brain_count: Annotated[Answers, Meta(description="number of brain metastases")] = None
    brain_largest: Annotated[Answers, Meta(description="largest brain metastasis, in mm")] = None
    brain_symptoms: Annotated[Answers, _one_of("symptoms from brain metastases", "yes", "no")] = None
    breast_tumour_symptoms: Annotated[
        Answers, _one_of("bleeding, ulcer or pain of the tumour in the breast", "yes", "no")
    ] = None
    menopause: Annotated[Answers, _one_of("menopausal status", "pre", "peri", "post")] = None
    pregnant: Annotated[Answers, _one_of("pregnancy", "yes", "no")] = None
    pregnancy_weeks: Annotated[Answers, Meta(description="weeks of pregnancy on the day of the answer")] = None
    breastfeeding: Annotated[Answers, _one_of("breastfeeding", "yes", "no")] = None
    ecog: Annotated[Answers, Meta(description="ECOG performance status, 0 to 4")] = None
    karnofsky: Annotated[Answers, Meta(description="Karnofsky performance status, 10 to 100")] = None
    pneumonitis_grade: Annotated[
        Answers, Meta(description="worst CTCAE grade of lung inflammation from a drug, 1 to 4")
    ] = None
    anthracycline_sum: Annotated[
        Answers, Meta(description="sum of earlier anthracyclines as doxorubicin, in mg/m2")
    ] = None
    frail: Annotated[Answers, _one_of("frailty", "yes", "no")] = None
    child_pugh: Annotated[Answers, _one_of("Child-Pugh class", *words.answers(words.CHILD_PUGH))] = None

    receptors: Receptors | list[Receptors] | None = None
    germline: Annotated[
        str | bool | list[str | Variant] | None,
        _one_of("inherited genes", "BRCA2 c.5946delT pathogenic", "BRCA1 not found"),
    ] = None
    tumour: Annotated[
        str | bool | list[str | Variant] | None,
        _one_of("genes of the tumour or of ctDNA", "PIK3CA H1047R (plasma 2026-02)", "ESR1 not found"),
    ] = None
    msi: Annotated[Answers, _one_of("microsatellites or mismatch repair", *words.answers(words.MSI))] = None
    tmb: Annotated[Answers, Meta(description="mutations per megabase")] = None
    hrd: Annotated[
        Answers, _one_of("homologous recombination deficiency: a word, a score, or both", "positive", "negative", "56")
    ] = None
    tumour_fraction: Annotated[Answers, Meta(description="share of tumour DNA in the blood: 3.2%")] = None
    mmr: Annotated[Answers, _one_of("mismatch repair proteins by IHC", *words.answers(words.MMR))] = None
    pten_ihc: Annotated[Answers, _one_of("PTEN protein by IHC", *words.answers(words.PTEN))] = None
    sequencing: Annotated[
        Sequencing | list[Sequencing] | None, Meta(description="sequencing reports and liquid biopsies, a map for each")
    ] = None
    dpyd: Annotated[Answers, _one_of("DPD metabolism, or alleles of DPYD", *words.answers(words.DPYD), "*1/*2A")] = None
    ugt1a1: Annotated[Answers, _one_of("UGT1A1 metabolism, or alleles", *words.answers(words.UGT1A1), "*28/*28")] = None

    treatments: Annotated[
        str | bool | list[str | Treatment] | None, Meta(description="cancer treatments; or the word none")
    ] = None
    response: Response | list[Response] | None = None
    lesions: Lesion | list[Lesion] | None = None
    labs: Annotated[
        Labs | list[Labs] | None,
        Meta(description="a map for each day: date, then values; a number alone is in the unit of docs/case-file.md"),
    ] = None
    tests: Annotated[
        list[str | Done] | None,
        _one_of("tests that were done: a name, or a name and its date", "ECG", "dental examination", "bone density"),
    ] = None
    illnesses: Annotated[
        str | bool | list[str | dict[str, Scalar]] | dict[str, Scalar] | None,
        _one_of(
            "illnesses and complications: names, or each with yes, no or a date; or the word none",
            *ILLNESSES,
            *COMPLICATIONS,
        ),
    ] = None
    medicines: Annotated[
        str | bool | list[str | Medicine] | None, Meta(description="other medicines taken now; or the word none")
    ] = None
    side_effects: Annotated[
        list[str | SideEffect] | None,
        Meta(description="side effects of treatment, a map for each report; a name alone has no grade"),
    ] = None
    wishes: Annotated[
        str | bool | list[str | dict[str, Scalar]] | dict[str, Scalar] | None,
        _one_of("what matters to the person: known words, or free text", *WISHES),
    ] = None
    diary: Annotated[list[CheckIn] | None, Meta(description="check-ins, a map for each day")] = None
    family: Family | None = None
    working: Annotated[Answers, _one_of("paid work", "yes", "no")] = None
    money_worry: Annotated[Answers, _one_of("worry about money", "yes", "no")] = None
    goals: Annotated[list[str] | None, Meta(description="what the person hopes for, in her words")] = None
    questions: Annotated[list[str] | None, Meta(description="what the person wants to ask at the next visit")] = None
    priorities: Annotated[list[str] | None, _one_of("what matters, the most important first", *WISHES)] = None
    accept: Annotated[
        list[str] | None, _one_of("what the person would accept for it: a side effect, or free text", "hair_loss")
    ] = None
    important_dates: Annotated[list[ImportantDate] | None, Meta(description="days that matter: a wedding")] = None
    notes: Annotated[str | list[str] | None, Meta(description="for the reader of the file; not interpreted")] = None


def case_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a case file, for editors that complete and check as one types."""
    (reference,), parts = msgspec.json.schema_components([Case], ref_template="#/$defs/{name}")
    del reference
    root = parts.pop("Case")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **root,
        "title": "openmbc case file",
        "$defs": dict(sorted(parts.items())),
    }
