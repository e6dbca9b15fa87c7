"""The facts of one person while they are collected from resources: rows, links, dates, problems."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import polars as pl

from openmbc.facts import TABLES, Facts, Row, frame
from openmbc.records.fhir import dates
from openmbc.records.fhir.concepts import by_code, by_words
from openmbc.records.fhir.dates import UNDATED, Day
from openmbc.records.fhir.memo import Memo, whole
from openmbc.records.fhir.problems import BAD_DATE, WRONG_PERSON, Message, Problems
from openmbc.records.fhir.resources import (
    BodySite,
    BodyStructure,
    CodeableConcept,
    DiagnosticReport,
    Entry,
    Medication,
    MedicationAdministration,
    Procedure,
    Reference,
    Resource,
    Specimen,
    ToldCondition,
    ToldObservation,
    ToldProcedure,
    ToldRequest,
    ToldStatement,
)

Tables = dict[str, list[Row]]


class Later(NamedTuple):
    """A result that is read when all others are: what it says, from where, when, and the key of what it says."""

    told: Any
    source: str
    day: Day | None
    key: Hashable


BLOOD: Final = "blood"  # not a site of the facts: plasma where a tumour test was done on it, nothing else
_KINDS: dict[str, type[Resource]] = {
    "Observation": ToldObservation,
    "Condition": ToldCondition,
    "MedicationStatement": ToldStatement,
    "MedicationRequest": ToldRequest,
    "Procedure": ToldProcedure,
} | {kind.__name__: kind for kind in (Specimen, Medication, MedicationAdministration, BodyStructure, DiagnosticReport)}
_BLOOD_WORDS = ("plasma", "plas", "blood", "bld", "ctdna", "cfdna", "serum", "ser")
_SITE_KINDS = ("body_site", "metastasis")


class Study(NamedTuple):
    """A procedure that is a genomic study, or an analysis of one."""

    told: Any
    resource: Procedure
    source: str


class Batch:
    """The rows of many people, and what was learnt while reading them."""

    def __init__(self, memo: Memo | None = None) -> None:
        self.tables: Tables = {name: [] for name in (*TABLES, "problems")}
        self.memo = Memo() if memo is None else memo

    def build(self) -> Facts:
        """The rows as facts; the batch is empty afterwards."""
        facts = Facts(**{name: self._table(name) for name in self.tables})
        for rows in self.tables.values():
            rows.clear()
        self.memo.next_chunk()
        return facts

    def _table(self, name: str) -> pl.DataFrame:
        whole, again = frame(name, self.tables[name]), self.memo.again.get(name)
        return pl.concat([again.frame(), whole]) if again is not None and again.rows else whole


class Chart:
    """One person's record being read. Every row says whose it is and from where."""

    __slots__ = (
        "_common",
        "_linked",
        "_links",
        "_place",
        "_places",
        "assays",
        "codes",
        "doses",
        "entries",
        "findings",
        "foci",
        "has_reports",
        "kinds",
        "later",
        "memo",
        "names",
        "other_diseases",
        "person",
        "problems",
        "sites",
        "studies",
        "tables",
    )

    def __init__(
        self, person: str, batch: Batch, entries: Sequence[Entry], kinds: Mapping[type, Sequence[Any]],
        place: Callable[[int], str], common: Mapping[str, Resource] | None = None, problems: Problems | None = None,
    ) -> None:  # fmt: skip
        self.person = person
        self.names: set[str] = set()  # the references by which the record may name its person
        self.tables = batch.tables
        self.memo = batch.memo
        self.problems = Problems() if problems is None else problems
        self.doses: dict[str, object] = {}  # administrations by drug, merged by `treatments`
        self.entries = entries
        self.kinds = kinds
        self._place = place
        self._places: dict[int, int] = {}
        self._common = common or {}
        self._links: dict[str, Resource] = {}
        self._linked: set[str] = set()
        self.other_diseases: dict[str, str | None] = {}  # by reference: the name of a disease that is not this one
        self.codes: dict[tuple[Reference, ...], tuple[CodeableConcept, ...]] = {}  # of conditions that are reasons
        self.foci: dict[tuple[Reference, ...], tuple[str | None, str | None]] = {}  # what is spoken of (`recall`)
        self.has_reports = False  # has a report said where a result came from, or from which test?
        self.sites: dict[str, str | None] = {}  # of specimens, and of results of which a report says it
        self.assays: dict[str, str] = {}  # the name of the test that gave a result, where a report of genes says it
        self.findings: list[Later] = []  # variants and regions, read together by `genomics`
        self.later: list[Later] = []  # other results about genes: genotypes, and what findings mean
        self.studies: list[Study] = []  # genomic studies and their analyses

    def link(self, name: str, resource: Resource) -> None:
        """Make a resource known by a reference that others use for it."""
        self._links[name] = resource

    def results_of(self, report: DiagnosticReport, source: str) -> None:
        """Note where the specimen of a report came from: its results need not say it again."""
        site = self.site_among(report.specimen, source)
        for result in report.result:
            if result.reference:
                name = result.reference if result.reference[0] != "#" else source + result.reference
                self.sites.setdefault(name, site)
        self.has_reports = True

    def place_of(self, resource: object) -> str:
        """Where a resource stands that has no id; for None, where the first entry without resource stands."""
        if not self._places:
            for at, entry in enumerate(self.entries):
                self._places.setdefault(id(entry.resource), at)
        return self._place(self._places[id(resource)])

    def find(self, reference: Reference | None, source: str) -> Resource | None:
        """The resource that a reference means; ``source`` is the resource that refers."""
        name = reference.reference if reference is not None else None
        if not name:
            return None
        if name[0] == "#":
            return self._links.get(source + name)
        links = self._links
        found = links.get(name)
        if found is None and (kind := name.partition("/")[0]) in _KINDS:
            self._link_kind(kind)
            found = links.get(name)
        if found is None:
            short = local(name)
            self._link_kind(short.partition("/")[0])
            found = links.get(short) or self._common.get(short)
        if found is None:
            self._link_addresses()
            found = self._links.get(name)
        return found

    def is_own(self, subject: Reference | None, source: str) -> bool:
        """Is a resource about this person? One that is not is a problem. Other names of the person are learnt."""
        name = subject.reference if subject is not None else None
        if name is None or name in self.names:
            return True
        if local(name) not in self.names and f"Patient/{name.removeprefix('urn:uuid:')}" not in self.names:
            self.say(WRONG_PERSON, name, source)
            return False
        self.names.add(name)  # http://host/fhir/Patient/1/_history/2 and urn:uuid:1 name Patient/1
        return True

    def _link_kind(self, kind: str) -> None:
        """Make the resources of a type known by their ids."""
        wanted = _KINDS.get(kind)
        if wanted is None or kind in self._linked:
            return
        self._linked.add(kind)
        self._links.update({f"{kind}/{resource.id}": resource for resource in self.kinds.get(wanted, ())})

    def _link_addresses(self) -> None:
        """Make every resource known by its address in the bundle."""
        if "" in self._linked:
            return
        self._linked.add("")
        for entry in self.entries:
            if entry.fullUrl and isinstance(entry.resource, Resource):
                self._links[entry.fullUrl] = entry.resource

    def day(self, text: str | None, source: str) -> Day:
        """A date of the record; one that cannot be read is a problem, and undated."""
        if not text:
            return UNDATED
        found = dates.read(text)
        if found is None:
            self.problems.count(BAD_DATE, text, source)
            return UNDATED
        return found

    def say(self, message: Message, of: str, source: str) -> None:
        """Add to the list of problems."""
        self.problems.count(message, of, source)

    def site_of_specimen(self, reference: Reference | None, source: str) -> str | None:
        """Where a specimen was taken: a site of the facts, `BLOOD`, or None. ``source`` is the referring resource."""
        if reference is None or not reference.reference:
            return self.sites.get(source)
        name = reference.reference if reference.reference[0] != "#" else source + reference.reference
        site = self.sites.get(name, "")
        if site != "":
            return site
        specimen = self.find(reference, source)
        if type(specimen) is Specimen:
            site = _site_of(specimen.type, specimen.collection.bodySite if specimen.collection is not None else None)
        else:
            site = _site_in_words(reference.display)
        self.sites[name] = site
        return site

    def site_among(self, specimens: Sequence[Reference], source: str) -> str | None:
        """Where the tumour among some specimens came from: blood beside another one is the normal sample."""
        sites = [self.site_of_specimen(specimen, source) for specimen in specimens]
        tumour = [site for site in sites if site != BLOOD]
        return next((site for site in tumour if site is not None), None) if tumour else BLOOD if sites else None

    def observe(
        self, source: str, day: Day, concept: str, *, value: float | None = None, unit: str | None = None,
        comparator: str | None = None, code: str | None = None, low: float | None = None, high: float | None = None,
        site: str | None = None, method: str | None = None, text: str | None = None, by: str = "code",
    ) -> None:  # fmt: skip
        """One row of ``observations``."""
        self.tables["observations"].append(
            (
                self.person,
                source,
                day[0],
                day[1],
                concept,
                value,
                unit,
                comparator,
                code,
                low,
                high,
                site,
                method,
                text,
                by,
            )
        )

    def condition(
        self, source: str, day: Day, concept: str, *, site: str | None = None, laterality: str | None = None,
        histology: str | None = None, status: str | None = None, end: str | None = None, text: str | None = None,
        by: str = "code",
    ) -> None:  # fmt: skip
        """One row of ``conditions``."""
        self.tables["conditions"].append(
            (self.person, source, day[0], day[1], concept, site, laterality, histology, status, end, text, by)
        )

    def treat(
        self, source: str, start: Day, end: Day, treatment: str | None, kind: str, status: str, *,
        setting: str | None = None, intent: str | None = None, ended: str | None = None, site: str | None = None,
        laterality: str | None = None, text: str | None = None, by: str = "code",
    ) -> None:  # fmt: skip
        """One row of ``treatments``."""
        self.tables["treatments"].append(
            (self.person, source, start[0], start[1], end[0], end[1], treatment, kind, status, setting, intent, ended,
             None, site, laterality, text, by)
        )  # fmt: skip

    def side_effect(
        self, source: str, day: Day, effect: str | None, *, grade: int | None = None, end: Day = UNDATED,
        status: str | None = None, drug: str | None = None, text: str | None = None, by: str = "code",
    ) -> None:  # fmt: skip
        """One row of ``side_effects``."""
        self.tables["side_effects"].append(
            (self.person, source, day[0], day[1], end[0], end[1], status, effect, grade, None, drug, text, by)
        )

    def procedure(self, reference: Reference | None, source: str) -> Procedure | None:
        """The Procedure that a reference means; None, and a problem, where it cannot be read."""
        found = self.find(reference, source)
        return whole(self, found, source) if type(found) is ToldProcedure else None

    def medication(self, reference: Reference | None, source: str) -> Medication | None:
        """The Medication that a reference means."""
        found = self.find(reference, source)
        return found if type(found) is Medication else None


def local(reference: str) -> str:
    """``Type/id`` of an address: ``http://host/fhir/Type/id/_history/2`` -> ``Type/id``."""
    if "/_history/" in reference:
        reference = reference.partition("/_history/")[0]
    parts = reference.rsplit("/", 2)
    return f"{parts[-2]}/{parts[-1]}" if len(parts) == 3 else reference


def site_of(concept: CodeableConcept | BodySite | None) -> str | None:
    """The site that a body structure stands for; the breast is ``primary``."""
    term = by_code(concept, _SITE_KINDS) or by_words(concept, ("body_site",))
    if term is None:
        return None
    return "primary" if term.concept == "breast" else term.concept or None


@lru_cache(maxsize=1024)
def _site_of(kind: CodeableConcept | None, body_site: BodySite | None) -> str | None:
    """Where a specimen of this type was taken."""
    if (site := site_of(body_site)) is not None:
        return site
    if kind is None:
        return None
    words = " ".join(w for w in (kind.text, *(f"{c.code} {c.display}" for c in kind.coding)) if w)
    return _site_in_words(words) or site_of(kind)


def _site_in_words(words: str | None) -> str | None:
    if words and any(word in _BLOOD_WORDS for word in words.lower().replace("-", " ").split()):
        return BLOOD
    return None
