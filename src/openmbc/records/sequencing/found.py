"""What a sequencing file holds, as rows of the facts, and what was wrong with it."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from openmbc.facts import Facts, Row, build

TMB_UNIT = "{mutations}/Mb"
_PROBLEMS_LISTED = 20  # of one kind; the rest is counted

# How reports write microsatellite and mismatch repair status. "Low" counts as stable, as in case files.
_MSI = {
    "high": "high", "msi high": "high", "msi h": "high", "msih": "high", "unstable": "high", "instability high": "high",
    "stable": "stable", "mss": "stable", "ms stable": "stable", "msi stable": "stable",
    "microsatellite stable": "stable",
    "microsatellite instability high": "high", "msi low": "stable", "msi l": "stable",
}  # fmt: skip
_MMR = {"abnormal": "high", "deficient": "high", "dmmr": "high", "normal": "stable", "proficient": "stable",
        "pmmr": "stable", "intact": "stable"}  # fmt: skip
_NOT_DETERMINED = frozenset({
    "equivocal", "ambiguous", "undetermined", "not determined", "cannot be determined", "indeterminate", "unknown",
    "cannotbedetermined", "not reported", "qns", "insufficient",
})  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """What the user says about a file that the file may not say itself.

    ``panel`` is the name of a test, or the path of a list of genes. ``specimen`` is ``plasma``, ``tissue``,
    ``germline`` (blood or saliva, for what is inherited), or where the tissue was taken. ``sample`` names the column
    or the sample of the tumour in a file with several.
    """

    person: str
    panel: str | None = None
    specimen: str | None = None
    day: dt.date | None = None
    sample: str | None = None


class Found(msgspec.Struct):
    """Rows that grow while a file is read. `origin` is that of variants whose origin the file does not say."""

    file: Path
    person: str
    day: dt.date | None = None
    specimen: str | None = None
    origin: str | None = None
    assay: str | None = None
    lod: float | None = None
    named: set[str] = msgspec.field(default_factory=set)  # genes with a finding
    open: set[str] = msgspec.field(default_factory=set)  # genes of which something could not be read
    variants: list[Row] = msgspec.field(default_factory=list)
    observations: list[Row] = msgspec.field(default_factory=list)
    problems: list[Row] = msgspec.field(default_factory=list)
    _repeated: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)

    def source(self, place: object = None) -> str:
        return self.file.name if place is None else f"{self.file.name}:{place}"

    def variant(
        self,
        gene: str | None,
        change: str | None,
        place: object = None,
        *,
        origin: str | None = None,
        result: str = "present",
        significance: str | None = None,
        vaf: float | None = None,
        depth: int | None = None,
        text: str | None = None,
        by: str = "code",
    ) -> None:
        """A gene with what was found in it (``vaf`` from 0 to 1)."""
        if gene is not None and result == "present":
            self.named.add(gene)
        self.variants.append((
            self.person, self.source(place), self.day, self.precision, gene, change, origin or self.origin, result,
            significance, vaf, self.specimen, self.assay, depth, self.lod, text, by,
        ))  # fmt: skip

    def observation(
        self,
        concept: str,
        place: object = None,
        *,
        value: float | None = None,
        unit: str | None = None,
        code: str | None = None,
        method: str | None = None,
        text: str | None = None,
    ) -> None:
        """A result of the whole sample."""
        self.observations.append((
            self.person, self.source(place), self.day, self.precision, concept, value, unit, None, code, None, None,
            self.specimen, method or self.assay, text, "code",
        ))  # fmt: skip

    def problem(self, severity: str, what: str, todo: str, place: object = None) -> None:
        self.problems.append((self.person, self.source(place), severity, what, todo))

    def repeated(self, severity: str, kind: str, what: str, todo: str, place: object) -> None:
        """A problem that many lines may have: the first ones are listed, the others counted under ``kind``."""
        self._repeated[kind, severity] += 1
        if self._repeated[kind, severity] <= _PROBLEMS_LISTED:
            self.problem(severity, what, todo, place)

    @property
    def precision(self) -> str | None:
        return None if self.day is None else "day"

    def microsatellites(self, status: str | None, place: object = None) -> None:
        """MSI in the words of a report."""
        self._coded(status, _MSI, "microsatellite status", None, place)

    def mismatch_repair(self, status: str | None, place: object = None) -> None:
        """Mismatch repair by staining: a second way to the same question."""
        self._coded(status, _MMR | _MSI, "mismatch repair", "ihc", place)

    def _coded(self, status: str | None, known: dict[str, str], what: str, method: str | None, place: object) -> None:
        plain = " ".join((status or "").lower().replace("-", " ").replace("_", " ").split())
        if not plain:
            return
        if plain in known:
            self.observation("msi", place, code=known[plain], method=method, text=status)
        elif plain in _NOT_DETERMINED:
            self.problem("note", f"the {what} is '{status}': not determined", "Nothing needs to be done.", place)
        else:
            self.problem("warning", f"the {what} '{status}' is not understood", "Add it to the record.", place)

    def settle(self, asked: Asked, specimen: str | None, origin: str | None, day: dt.date | None) -> None:
        """Specimen, origin and date: what the file says, then what the user says, with a problem where they differ."""
        said, said_origin = read_specimen(asked.specimen)
        for of_file, of_user, option in ((specimen, said, "--specimen"), (day, asked.day, "--sequenced-on")):
            if of_file is not None and of_user is not None and not _alike(of_file, of_user):
                self.problem("warning", f"the file says {of_file}, {option} says {of_user}: the file is followed",
                             f"Leave {option} out, or check that the file is the right one.")  # fmt: skip
        self.specimen = (
            said if specimen is None or (specimen == "tissue" and said not in (None, "plasma")) else specimen
        )
        self.origin, self.day = origin or said_origin, day or asked.day
        if self.day is None:
            self.problem("warning", "the file does not say when the sample was taken", "Add --sequenced-on YYYY-MM-DD.")

    def facts(self) -> Facts:
        """The rows as facts; repeated problems that were not listed are counted."""
        for (kind, severity), count in self._repeated.items():
            if count > _PROBLEMS_LISTED:
                self.problem(severity, f"{count - _PROBLEMS_LISTED:,d} more: {kind}", "See the ones above.")
        return build({"variants": self.variants, "observations": self.observations, "problems": self.problems})


def _alike(of_file: object, of_user: object) -> bool:
    tissue = of_user == "tissue" and of_file != "plasma"
    return of_file == of_user or tissue or (of_file == "tissue" and of_user != "plasma")


def read_specimen(text: str | None) -> tuple[str | None, str | None]:
    """Specimen and origin that a word means: ``plasma``, ``tissue``, a place, or ``germline``."""
    from openmbc.records.case.receptors import site_of  # noqa: PLC0415  (the words of case files)

    if text is None or not text.strip():
        return None, None
    plain = text.strip().lower()
    if plain in ("germline", "saliva", "buccal swab"):
        return None, "germline"
    if plain in ("tissue", "ffpe", "biopsy"):
        return "tissue", None
    return site_of(plain), None


def genes_in_words(genes: Iterable[str], most: int = 12) -> str:
    """Genes in a sentence: the first ones by name, and how many more."""
    listed = sorted(genes)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def counted(number: int, noun: str) -> str:
    """``1 record``, ``12,345 records``."""
    return f"{number:,d} {noun}" + ("" if number == 1 else "s")


def finite(text: str) -> float | None:
    """A finite number; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
