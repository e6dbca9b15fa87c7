"""Codes of the usual systems to terms."""

from __future__ import annotations

from functools import cache

from openmbc.terms.stages import Term, read_stage
from openmbc.terms.tables import rows

Table = dict[str, Term]

# Each code system in its usual spellings, without protocol, "www." and a slash at the end.
_SYSTEMS = {
    "snomed": ("snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "snomed", "snomed-ct", "snomedct"),
    "loinc": ("loinc.org", "urn:oid:2.16.840.1.113883.6.1", "loinc"),
    "rxnorm": ("nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88", "rxnorm"),
    "icd10": (
        "hl7.org/fhir/sid/icd-10-cm", "hl7.org/fhir/sid/icd-10", "hl7.org/fhir/sid/icd-10-gm",
        "hl7.org/fhir/sid/icd-10-de", "fhir.de/codesystem/bfarm/icd-10-gm", "urn:oid:2.16.840.1.113883.6.90",
        "urn:oid:2.16.840.1.113883.6.3", "cms.gov/medicare/coding/icd10", "icd-10-cm", "icd-10", "icd10", "icd10cm",
    ),
    "icdo": ("terminology.hl7.org/codesystem/icd-o-3", "hl7.org/fhir/sid/icd-o-3",
             "urn:oid:2.16.840.1.113883.6.43.1", "icd-o-3"),
    "hgnc": ("genenames.org", "genenames.org/geneid", "urn:oid:2.16.840.1.113883.6.281", "hgnc"),
    "sequence_ontology": ("sequenceontology.org", "sequence-ontology", "so"),
    "ncit": ("ncicb.nci.nih.gov/xml/owl/evs/thesaurus.owl", "ncit"),
    "ajcc": ("cancerstaging.org", "urn:oid:2.16.840.1.113883.3.3520.2", "ajcc"),
    "interpretation": (
        "terminology.hl7.org/codesystem/v3-observationinterpretation", "hl7.org/fhir/v3/observationinterpretation",
        "hl7.org/fhir/v2/0078", "terminology.hl7.org/codesystem/v2-0078", "urn:oid:2.16.840.1.113883.5.83",
    ),
    "yes_no": ("terminology.hl7.org/codesystem/v2-0136", "hl7.org/fhir/v2/0136",
               "terminology.hl7.org/codesystem/v2-0532", "urn:oid:2.16.840.1.113883.12.136"),
}  # fmt: skip


def look_up(system: str | None, code: str | None) -> Term | None:
    """The term of a code, None when the system or the code is not known.

    An ICD-10 code may be written with or without its dot; one that is finer than the table means what its
    category means (``I50.32`` is ``I50``).
    """
    if not system or not code:
        return None
    table = _by_spelling().get(system)
    if table is None:
        table = _by_spelling().get(_plain(system))
        if table is None:
            return None
    found = table.get(code)
    if found is not None:
        return found
    if table is _tables()["icd10"]:
        return _category(table, code)
    if table is _tables()["ajcc"]:
        return table.get(code.strip().upper()) or read_stage(code)
    return table.get(code.strip().upper())


def _category(table: Table, code: str) -> Term | None:
    short = code.strip().upper().replace(".", "")
    while len(short) >= 3:
        if (found := table.get(short)) is not None:
            return found
        short = short[:-1]
    return None


def _plain(system: str) -> str:
    """``HTTP://www.snomed.info/sct/731000124108|2020/`` -> ``snomed.info/sct``."""
    name = system.partition("|")[0].strip().lower()
    for start in ("https://", "http://", "www."):
        name = name.removeprefix(start)
    if name.startswith("snomed.info/"):
        name = "/".join(name.split("/")[:2])
    return name.rstrip("/")


@cache
def _by_spelling() -> dict[str, Table]:
    tables = _tables()
    spelled = {name: tables[key] for key, names in _SYSTEMS.items() for name in names}
    for name, table in list(spelled.items()):
        if not name.startswith("urn:"):
            spelled |= {f"http://{name}": table, f"http://www.{name}": table}
    return spelled


@cache
def _tables() -> dict[str, Table]:
    tables: dict[str, Table] = {key: {} for key in _SYSTEMS}
    for name in ("snomed", "loinc", "icd10", "rxnorm", "hgnc", "sequence_ontology", "ncit"):
        for row in rows(name):
            tables[name][_key(name, row["code"])] = _term(row)
    for row in rows("answers"):
        tables[row["system"]][_key(row["system"], row["code"])] = _term(row)
    for code, term in list(tables["hgnc"].items()):
        tables["hgnc"][f"HGNC:{code}"] = term
    return tables


def _key(system: str, code: str) -> str:
    return code.replace(".", "").upper() if system == "icd10" else code.upper()


def _term(row: dict[str, str]) -> Term:
    return Term(row["kind"], row["concept"], row["detail"] or None)
