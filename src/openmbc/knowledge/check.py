"""Everything that is wrong with the knowledge, in one run, each finding with file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec

from openmbc.catalogue import DRUGS, SIDE_EFFECT_GROUPS, SIDE_EFFECT_SUMS, SIDE_EFFECTS, by_name, key
from openmbc.errors import KnowledgeError, OpenmbcError
from openmbc.knowledge.biomarker import Biomarker
from openmbc.knowledge.biomarker_checks import biomarkers, cited_by, covered
from openmbc.knowledge.consistency import contradictions, reachable, safe_drugs
from openmbc.knowledge.findings import File, Files, Finding, did_you_mean, entries, parsed
from openmbc.knowledge.living import LIVING
from openmbc.knowledge.living_checks import living
from openmbc.knowledge.load import FOLDER, KINDS
from openmbc.knowledge.model import (
    Change,
    Cited,
    Definition,
    Drug,
    Entry,
    Evidence,
    Local,
    Option,
    Range,
    Regimen,
    Source,
    Statement,
)
from openmbc.knowledge.parts import cited_in
from openmbc.knowledge.schedules import schedules
from openmbc.knowledge.tests import Monitoring, Testing
from openmbc.yamlfile import load as load_yaml

WARN_DAYS, FAIL_DAYS = 183, 365


def check(folder: Path, today: dt.date) -> list[Finding]:
    """All findings in a folder of knowledge, sorted by file and line."""
    files: dict[str, dict[str, File]] = {kind: {} for kind in KINDS}
    findings: list[Finding] = []
    for kind, shape in KINDS.items():
        for path in sorted((folder / kind).rglob("*.yaml")):
            file = _read(path, folder, kind, shape, findings)
            if file is not None:
                files[kind][file.id] = file
    for checker in _CHECKERS:
        findings += checker(files, today)
    return sorted(set(findings))


def _read(path: Path, folder: Path, kind: str, shape: type[Entry], findings: list[Finding]) -> File | None:
    name = path.relative_to(folder).as_posix()
    try:
        data, lines = load_yaml(path)
    except OpenmbcError as error:
        line = error.file.rpartition(":")[2]
        findings.append(
            Finding(name, int(line) if line.isdigit() else 1, "error", f"{error.what}. {error.todo}".strip())
        )
        return None
    try:
        entry = msgspec.convert(data, shape, strict=False)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        at = place.strip("`") or "$"
        if "unknown field" in what:
            at += f".{_quoted(what)}"
        findings.append(Finding(name, lines.of(at), "error", what + _near_field(what, shape)))
        return None
    entry_id = path.relative_to(folder / kind).with_suffix("").as_posix()
    return File(name, entry_id, entry, lines)


def _near_field(what: str, shape: type[Entry]) -> str:
    names = [f.encode_name for f in msgspec.structs.fields(shape)]
    return did_you_mean(_quoted(what), names) if "unknown field" in what else ""


def _quoted(what: str) -> str:
    return what.rpartition("`")[0].rpartition("`")[2]


def _cited(entry: Entry) -> Iterator[tuple[str, Cited]]:
    """Every citation of an entry with its place in the file."""
    if isinstance(entry, _LIVING):
        yield from cited_in(entry)
        return
    if isinstance(entry, Option | Range | Monitoring | Biomarker | Testing):
        yield from ((f"$.because[{i}]", c) for i, c in enumerate(entry.because))
    if isinstance(entry, Regimen):
        yield from ((f"$.add[{i}].because[{j}]", c) for i, a in enumerate(entry.add) for j, c in enumerate(a.because))
    if isinstance(entry, Definition):
        yield from (
            (f"$.rules[{i}].because[{j}]", c) for i, r in enumerate(entry.rules) for j, c in enumerate(r.because)
        )
    if isinstance(entry, Biomarker):
        yield from cited_by(entry)
    for part in _RULES.get(type(entry), ()):
        for i, rule in enumerate(getattr(entry, part)):
            yield f"$.{part}[{i}]", Cited(source=rule.source, where=rule.where)
    for name in _STATEMENTS.get(type(entry), ()):
        if (said := getattr(entry, name)) is not None:
            yield f"$.{name}", Cited(source=said.source, where=said.where)
    if isinstance(entry, Drug) and entry.reuse.source:
        yield "$.reuse", Cited(source=entry.reuse.source, where=entry.reuse.where or "")


_LIVING = tuple(KINDS[kind] for kind in LIVING)

# Lists of statements in an entry, each with a source of its own.
_RULES: dict[type[Entry], tuple[str, ...]] = {
    Drug: ("contraindications", "cautions", "adjust", "changes", "baseline", "monitoring"),
    Local: ("unless", "cautions"),
    Evidence: ("results", "harms"),
    Biomarker: ("escat",),
}

_STATEMENTS: dict[type[Entry], tuple[str, ...]] = {Drug: ("given", "doses"), Evidence: ("mcbs",)}


def _statements(files: Files) -> Iterator[tuple[File, Statement]]:
    for of_kind in files.values():
        for file in of_kind.values():
            if isinstance(file.entry, Statement):
                yield file, file.entry


def _references(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in _statements(files):
        for place, cited in _cited(entry):
            for target, wanted in (("sources", cited.source), ("evidence", cited.evidence)):
                if wanted is not None and wanted not in files[target]:
                    yield file.finding(place, f"there is no {target}/{wanted}{did_you_mean(wanted, files[target])}")
        for i, wanted in enumerate(entry.checked.against):
            if wanted not in files["sources"] and wanted not in files["evidence"]:
                near = did_you_mean(wanted, files["sources"])
                yield file.finding(f"$.checked.against[{i}]", f"there is no source {wanted}{near}")


def _drug_names(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in entries(files, "regimens"):
        assert isinstance(entry, Regimen)
        for name in [n for slot in [*entry.drugs, *(s for a in entry.add for s in a.drugs)] for n in slot]:
            if name not in DRUGS:
                yield file.finding("$.drugs", f"there is no drug '{name}'{did_you_mean(name, DRUGS)}")
            elif key(name) not in files["drugs"]:
                yield file.finding("$.drugs", f"'{name}' has no file under drugs/: its safety is not known")
    for file, entry in entries(files, "drugs"):
        if isinstance(entry, Drug) and key(entry.name) != file.id:
            yield file.finding("$.name", f"the name '{entry.name}' does not belong to the file {file.id}.yaml")


def _conditions(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in entries(files, "drugs"):
        assert isinstance(entry, Drug)
        for part in ("contraindications", "cautions", "adjust"):
            for i, rule in enumerate(getattr(entry, part)):
                yield from parsed(file, f"$.{part}[{i}].when", rule.when)[1]
    for file, entry in entries(files, "local"):
        assert isinstance(entry, Local)
        yield from parsed(file, "$.for", entry.for_)[1]
        for part in ("unless", "cautions"):
            for i, rule in enumerate(getattr(entry, part)):
                yield from parsed(file, f"$.{part}[{i}].when", rule.when)[1]
    for file, entry in entries(files, "regimens"):
        assert isinstance(entry, Regimen)
        yield from parsed(file, "$.for", entry.for_)[1]
        if entry.after is not None:
            yield from parsed(file, "$.after", entry.after)[1]
        for i, addition in enumerate(entry.add):
            yield from parsed(file, f"$.add[{i}].when", addition.when)[1]


def _testing(files: Files, today: dt.date) -> Iterator[Finding]:
    """Tests that answer what no feature of the state asks."""
    for file, entry in entries(files, "testing"):
        assert isinstance(entry, Testing)
        yield from parsed(file, "$.for", entry.for_)[1]
        for i, name in enumerate(entry.answers):
            if name not in by_name():
                near = did_you_mean(name, by_name())
                yield file.finding(f"$.answers[{i}]", f"there is no feature '{name}'{near}")


def _side_effects(files: Files, today: dt.date) -> Iterator[Finding]:
    """Side effects that the vocabulary does not hold, and rules that ask for nothing."""
    for file, entry in entries(files, "evidence"):
        assert isinstance(entry, Evidence)
        known = {**SIDE_EFFECTS, **SIDE_EFFECT_SUMS}
        for i, harm in enumerate(entry.harms):
            if harm.effect not in known:
                near = did_you_mean(harm.effect, known)
                yield file.finding(f"$.harms[{i}].effect", f"there is no side effect '{harm.effect}'{near}")
    for file, entry in entries(files, "drugs"):
        assert isinstance(entry, Drug)
        for i, change in enumerate(entry.changes):
            yield from _change(file, f"$.changes[{i}]", change)


def _change(file: File, place: str, change: Change) -> Iterator[Finding]:
    known = {**SIDE_EFFECTS, **SIDE_EFFECT_GROUPS}
    for effect in change.effects:
        if effect not in known:
            yield file.finding(place, f"there is no side effect '{effect}'{did_you_mean(effect, known)}")
    if change.grades is None and change.only_if is None:
        yield file.finding(place, "has neither a grade nor only_if: when does it hold?")
    if change.grades is not None and change.grades[0] > change.grades[1]:
        yield file.finding(place, f"the grades {change.grade} run backwards")
    if change.levels is not None and change.do != "reduce":
        yield file.finding(place, "has levels and does not reduce")


def _located(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in _statements(files):
        for place, cited in _cited(entry):
            if not cited.where.strip():
                yield file.finding(place, "does not say where in the source")
            if (cited.source is None) == (cited.evidence is None):
                yield file.finding(place, "cites neither or both of source and evidence")


def _ages(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in _statements(files):
        age = (today - entry.checked.on).days
        if age > WARN_DAYS:
            severity = "error" if age > FAIL_DAYS else "warning"
            yield file.finding("$.checked", f"was last checked {age} days ago", severity)


def _results(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in entries(files, "evidence"):
        assert isinstance(entry, Evidence)
        sources = {r.source for r in entry.results} | set(entry.checked.against)
        cited = [files["sources"][s].entry for s in sources if s in files["sources"]]
        if entry.nct is None and not any(isinstance(d, Source) and (d.pmid or d.doi or d.nct) for d in cited):
            yield file.finding(
                "$.name", "has no trial id: neither an NCT nor a source with PMID, DOI or NCT", "warning"
            )
        for i, r in enumerate(entry.results):
            if r.ci is not None and r.hr is not None and not r.ci[0] <= r.hr <= r.ci[1]:
                yield file.finding(f"$.results[{i}]", f"the hazard ratio {r.hr} lies outside its interval {r.ci}")
            if r.experimental is None and r.control is None and r.hr is None:
                yield file.finding(f"$.results[{i}]", "holds no number")


def _identifiers(files: Files, today: dt.date) -> Iterator[Finding]:
    for file, entry in entries(files, "sources"):
        assert isinstance(entry, Source)
        if not any((entry.url, entry.doi, entry.pmid, entry.nct, entry.setid)):
            yield file.finding("$", "has nothing to find it by: url, doi, pmid, nct or setid", "warning")


def _orphans(files: Files, today: dt.date) -> Iterator[Finding]:
    used: set[str] = set()
    for _, entry in _statements(files):
        used |= {f"sources/{c.source}" for _, c in _cited(entry)} | {f"evidence/{c.evidence}" for _, c in _cited(entry)}
        used |= {f"{kind}/{i}" for i in entry.checked.against for kind in ("sources", "evidence")}
    for kind in ("sources", "evidence"):
        for file, _ in entries(files, kind):
            if f"{kind}/{file.id}" not in used:
                yield file.finding("$", "nothing refers to it", "warning")


_CHECKERS = (_references, _drug_names, _conditions, _testing, _side_effects, _located, _ages, _results, _identifiers,
             _orphans, reachable, safe_drugs, contradictions, schedules, biomarkers, covered, living)  # fmt: skip


def find(wanted: str, folder: Path = FOLDER) -> str:
    """The text of an entry by its id (``drugs/ribociclib``, or ``ribociclib`` where only one fits).

    Raises `KnowledgeError` when there is none, or more than one.
    """
    paths = {p.relative_to(folder).with_suffix("").as_posix(): p for k in KINDS for p in (folder / k).rglob("*.yaml")}
    fitting = [i for i in paths if i == wanted] or [i for i in paths if i.endswith(f"/{wanted}")]
    if len(fitting) == 1:
        return paths[fitting[0]].read_text(encoding="utf-8").rstrip()
    if fitting:
        raise KnowledgeError([f"'{wanted}' is ambiguous: {', '.join(sorted(fitting))}"])
    raise KnowledgeError([f"there is no entry '{wanted}'{did_you_mean(wanted, paths)}"])
