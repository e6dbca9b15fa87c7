"""The person, the cancer and where it is, and the answers to one question each."""

from __future__ import annotations

import datetime as dt
import re

from openmbc import terms
from openmbc.catalogue import SITES
from openmbc.records.case import words
from openmbc.records.case.model import Answer, Case
from openmbc.records.case.numbers import measure
from openmbc.records.case.sheet import UNDATED, Day, Path, Sheet, each

_STAGE = re.compile(r"([cp]?)(0|i{1,3}|iv|[1-4])([abc]\d?)?\Z")
_TNM = re.compile(r"([cpy]*)(t(?:is|[0-4x])[a-d]?|n[0-3x][a-c]?|m[01x])\Z")
_WORD_AND_SCORE = re.compile(r"([a-z+ ]*?)[\s,(]*(\d+(?:\.\d+)?)?\)?\Z")
_METHODS = {"c": "clinical", "p": "pathologic"}
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}

# key of the file: concept and vocabulary
_CODED = {
    "brain_metastases": ("brain_metastases_activity", words.ACTIVITY),
    "visceral_crisis": ("visceral_crisis", words.YES_NO),
    "spinal_cord_compression": ("spinal_cord_compression", words.YES_NO),
    "symptoms": ("symptomatic_disease", words.YES_NO),
    "oligometastatic": ("oligometastatic", words.YES_NO),
    "bone_pain": ("bone_pain", words.YES_NO),
    "fracture_risk": ("fracture_risk", words.YES_NO),
    "brain_symptoms": ("brain_metastases_symptomatic", words.YES_NO),
    "breast_tumour_symptoms": ("breast_tumour_symptoms", words.YES_NO),
    "menopause": ("menopausal_status", words.MENOPAUSE),
    "pregnant": ("pregnant", words.YES_NO),
    "breastfeeding": ("breastfeeding", words.YES_NO),
    "frail": ("frail", words.YES_NO),
    "child_pugh": ("child_pugh", words.CHILD_PUGH),
    "msi": ("msi", words.MSI),
    "mmr": ("msi", words.MMR),
    "pten_ihc": ("pten_ihc", words.PTEN),
    "dpyd": ("dpd_status", words.DPYD),
    "ugt1a1": ("ugt1a1", words.UGT1A1),
}
# Genes of which the alleles may stand in place of the word for them; a text without a number names no allele.
_ALLELES = {"dpyd": "dpyd_diplotype", "ugt1a1": "ugt1a1_diplotype"}
_ALLELE = re.compile(r"\d")
_NUMBERS = {
    "ecog": "ecog",
    "karnofsky": "karnofsky",
    "tmb": "tmb",
    "pneumonitis_grade": "pneumonitis_grade",
    "metastases_count": "metastases_count",
    "growing_count": "growing_metastases_count",
    "sins": "spinal_instability_score",
    "brain_count": "brain_metastases_count",
    "brain_largest": "brain_metastasis_largest_mm",
    "anthracycline_sum": "anthracycline_sum",
    "pregnancy_weeks": "pregnancy_weeks",
}
_MISMATCH_REPAIR = {"deficient": "high", "proficient": "stable"}  # what the proteins say of the microsatellites
# Silence about these is read as "no", so saying "unknown" in the file changes nothing: say so.
_SILENT_NO = ("visceral_crisis", "spinal_cord_compression", "breastfeeding", "frail", "fracture_risk",
               "breast_tumour_symptoms")  # fmt: skip


def person(sheet: Sheet, case: Case) -> None:
    """Birth, sex and death."""
    born, died = sheet.day(("born",), case.born), sheet.day(("died",), case.died)
    given = [key for key in ("born", "sex", "person") if getattr(case, key) is not None]
    sheet.add(
        "people",
        (given[0],) if given else (),
        birth=born.date,
        birth_precision=born.precision,
        sex=sheet.word(("sex",), case.sex, words.SEX),
        death=died.date,
    )


def cancer(sheet: Sheet, case: Case) -> dt.date | None:
    """The diagnosis, its stage and histology, and whether it is metastatic; gives since when it is."""
    diagnosed = UNDATED if case.diagnosed is True else sheet.day(("diagnosed",), case.diagnosed)
    keys = ("diagnosed", "side", "histology", "stage", "metastatic", "extent", "sites", "receptors")
    given = [key for key in keys if getattr(case, key) is not None]
    if given:
        sheet.add(
            "conditions",
            (given[0],),
            **diagnosed.cells,
            concept="breast_cancer",
            laterality=sheet.word(("side",), case.side, words.SIDE),
            histology=_histology(sheet, case.histology),
            status="active",
            text=case.histology,
        )
    if case.stage is not None:
        _stage(sheet, str(case.stage), diagnosed)
    extent = sheet.word(("extent",), case.extent, words.EXTENT)
    sheet.coded(("extent",), "extent", extent, case.extent)
    return _metastases(sheet, case)


def _histology(sheet: Sheet, text: str | None) -> str | None:
    if text is None:
        return None
    found = terms.by_text(text, ("histology",))
    known = words.HISTOLOGY.get(words.plain(text)) or (found.concept if found else None)
    return known or sheet.word(("histology",), text, words.HISTOLOGY)


def _stage(sheet: Sheet, text: str, day: Day) -> None:
    """A stage group, TNM, or both: ``IIB``, ``stage 3a``, ``pIIB``, ``pT2 pN1 M0``."""
    if words.plain(text) in words.UNKNOWN:
        return
    for token in text.lower().replace(",", " ").replace("stage", " ").split():
        group, tnm = _STAGE.match(token), _TNM.match(token)
        concept, code, method = "", "", None
        if group:
            prefix, number, letter = group.groups()
            method = _METHODS.get(prefix)
            concept, code = "stage", _ROMAN.get(number, number.upper()) + (letter or "").upper()
        elif tnm:
            method = _METHODS.get(tnm[1].strip("y"))
            concept, code = f"stage_{tnm[2][0]}", tnm[2].capitalize().replace("x", "X")
        if not concept:
            sheet.error(("stage",), f"stage '{token}' is not understood", "Write it like IIB, or like pT2 pN1 M0.")
            continue
        sheet.coded(("stage",), concept, code, text, method=method, **day.cells)


def _metastases(sheet: Sheet, case: Case) -> dt.date | None:
    """``metastatic``: no, yes, or a date; each site carries that date unless it has its own."""
    answer = words.YES_NO.get(words.plain(case.metastatic))
    found = UNDATED if answer else sheet.day(("metastatic",), case.metastatic)
    if answer == "no":
        sheet.coded(("metastatic",), "extent", "not_metastatic", "metastatic: no")
    dated = [_site(sheet, path, name, value, found) for path, name, value in named(case.sites, ("sites",))]
    if (found.date or answer == "yes") and found not in dated:
        sheet.add("conditions", ("metastatic",), concept="metastasis", status="active",
                  text=f"metastatic: {case.metastatic}", **found.cells)  # fmt: skip
    return found.date


def _site(sheet: Sheet, path: Path, name: str, value: object, found: Day) -> Day | None:
    """One site; gives its date when it is present."""
    name, value = denied(name, value)
    answer = "yes" if value is None or words.plain(value) in words.UNKNOWN else words.YES_NO.get(words.plain(value))
    day = found if answer else sheet.day(path, value)
    exact = words.site_key(name)
    term = None if exact else terms.by_text(name, ("metastasis", "body_site"))
    site = exact or (term.concept if term and term.concept in SITES else None)
    if site is None:
        todo = words.nearest(name, words.SITE_NAMES) or "It counts as a metastasis at an unknown site."
        sheet.error(path, f"the metastatic site '{name}' is not understood", todo)
    by = "code" if exact else "text"
    cells = {"concept": "metastasis", "site": site, "text": name, "by": by}
    if answer == "no":
        sheet.add("conditions", path, status="absent", **cells)
        return None
    sheet.add("conditions", path, status="active", **cells, **day.cells)
    return day


def denied(name: str, said: object) -> tuple[str, object]:
    """``no diabetes`` as the name and what is said of it."""
    if said is None and words.plain(name).startswith("no "):
        return name.strip()[3:].strip(), False
    return name, said


def named(value: object, path: Path) -> list[tuple[Path, str, object]]:
    """Names with what is said of each, from a name, a list of names and maps, or a map."""
    if isinstance(value, dict):
        return [((*path, name), name, said) for name, said in value.items()]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in named(item, (*path, index))]
    return [] if value is None or isinstance(value, bool) else [(path, str(value), None)]


def answers(sheet: Sheet, case: Case, visit: Day) -> None:
    """The answers to one question each, at their own date or that of the visit."""
    for key in (*_CODED, *_NUMBERS, "hrd", "tumour_fraction"):
        _each_answer(sheet, key, getattr(case, key), visit)
    for key in _SILENT_NO:
        value = getattr(case, key)
        if isinstance(value, str) and words.plain(value) in words.UNKNOWN:
            sheet.note((key,), f"{words.plain(key)} is given as unknown",
                       "It is taken as absent, and listed among the assumptions.")  # fmt: skip


def _each_answer(sheet: Sheet, key: str, value: object, visit: Day) -> None:
    record = _OF_THE_SAMPLE.get(key) or (_coded if key in _CODED else _number)

    def one(path: Path, item: object) -> None:
        if isinstance(item, Answer):
            day = visit if item.date is None else sheet.day((*path, "date"), item.date)
            record(sheet, (*path, "is"), item.is_, day)
        else:
            record(sheet, path, item, visit)

    each(value, (key,), one)


def _coded(sheet: Sheet, path: Path, value: object, day: Day) -> None:
    concept, vocabulary = _CODED[str(path[0])]
    if concept == "brain_metastases_activity" and words.YES_NO.get(words.plain(value)) == "no":
        sheet.add("conditions", path, concept="metastasis", site="brain", status="absent", text=f"{path[0]}: no")
        return
    if path[0] in _ALLELES and words.plain(value) not in vocabulary and _ALLELE.search(str(value)):
        sheet.coded(path, _ALLELES[str(path[0])], str(value), value, **day.cells)
        return
    word = sheet.word(path, value, vocabulary)
    if path[0] == "mmr":
        sheet.coded(path, concept, _MISMATCH_REPAIR.get(word or ""), value, method="ihc", **day.cells)
        return
    method = "ihc" if concept == "pten_ihc" else None
    sheet.coded(path, concept, word, value, method=method, **day.cells)


def hrd(sheet: Sheet, path: Path, value: object, day: Day, **cells: object) -> None:
    """Homologous recombination deficiency: ``positive``, a score, or ``positive (56)``."""
    if value is None or words.plain(value) in words.UNKNOWN:
        return
    both = _WORD_AND_SCORE.match(words.plain(words.said(value)))
    if both and both[2]:
        measure(sheet, path, "hrd", both[2], day, **cells)
    if not both or both[1] or not both[2]:
        word = sheet.word(path, both[1] if both else value, words.HRD)
        sheet.coded(path, "hrd", word, value, **cells, **day.cells)


def _tumour_fraction(sheet: Sheet, path: Path, value: object, day: Day) -> None:
    measure(sheet, path, "tumour_fraction", value, day, site="plasma")


_OF_THE_SAMPLE = {"hrd": hrd, "tumour_fraction": _tumour_fraction}


def _number(sheet: Sheet, path: Path, value: object, day: Day) -> None:
    measure(sheet, path, _NUMBERS[str(path[0])], value, day)
