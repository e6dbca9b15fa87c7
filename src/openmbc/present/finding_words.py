"""Words of tests of genes and proteins: what they found, and which to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from openmbc.catalogue import by_name
from openmbc.report import DrugEffect, Finding, Meaning, NextTest, Panel, Report, Source, Tier

SPECIMENS = {"plasma": "blood", "tissue": "tumour tissue", "germline": "normal cells, from blood or saliva"}
FEW = 5  # options named in the text; the page names all
_TAKEN_FROM = {"plasma": "blood", "germline": "inherited", "primary": "primary tumour", "breast": "breast"}
_COARSE = {"year": "%Y", "month": "%Y-%m"}
# Marks of the table; words stand beside them.
MARKS = {"matters": "●", "open": "◐", "clear": "○", "unanswered": "?", "told": "", "none": ""}
LEGEND = (
    "● found, and harmful; ◐ found, of uncertain or unknown significance; ○ looked at and not found; "
    "? not answered by this sample."
)
_HARMFUL = ("oncogenic", "likely_oncogenic")
_DOES = {"better": "Works better", "worse": "Works worse", "not_shown": "No gain shown"}

Column = tuple[str | None, dt.date | None]


def change(names: list[str], verb: str, few: int | None = None) -> str:
    """Options that a result opens or closes: "opens Elacestrant, Imlunestrant"; "" where there are none."""
    if not names:
        return ""
    if few is not None and len(names) > few:
        return f"{verb} {len(names)} options"
    return f"{verb} {', '.join(names)}"


def results(test: NextTest, report: Report, few: int | None = None) -> list[str]:
    """What each result of a test would do; results of one fact that do the same are said together."""
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for result in test.results:
        together.setdefault((result.feature, tuple(result.opens), tuple(result.closes)), []).append(result.label)
    said = []
    for (feature, opens, closes), labels in together.items():
        moved = moves(opens, closes, report, few) or "changes none of the options"
        said.append(f"{_either(feature, labels)}: {moved}.")
    return said


def moves(opens: Iterable[str], closes: Iterable[str], report: Report, few: int | None = None) -> str:
    """What a result does to the options, by their names; "" where it does nothing."""
    named, pairs = names(report), ((opens, "opens"), (closes, "closes"))
    return "; ".join(filter(None, (change([named.get(i, i) for i in ids], verb, few) for ids, verb in pairs)))


def _either(feature: str, labels: list[str]) -> str:
    """Results of one fact in a row: "PIK3CA not found or uncertain"."""
    known = by_name().get(feature)
    return " or ".join([*labels[:1], *(label.removeprefix(f"{known.label} " if known else "") for label in labels[1:])])


def of_test(test: NextTest) -> str:
    """What the test is taken from, and when; "" where the knowledge does not say."""
    if test.specimen is None:
        return ""
    return f"From {SPECIMENS.get(test.specimen, test.specimen)}. When: {test.when}. Why: {test.why}."


def taken(specimen: str | None, date: dt.date | None, precision: str | None) -> str:
    """A sample in words: "liver, 2023-03"."""
    where = _TAKEN_FROM.get(specimen or "", (specimen or "specimen not stated").replace("_", " "))
    return f"{where}, {day(date, precision)}"


def day(date: dt.date | None, precision: str | None) -> str:
    """A day as exactly as it is known."""
    return f"{date:{_COARSE.get(precision or '', '%Y-%m-%d')}}" if date else "no date"


def columns(report: Report) -> dict[Column, str]:
    """The samples, each with its words, in the order of time; what has no date comes last."""
    samples = [(f.specimen, f.date, f.date_precision) for f in report.findings]
    samples += [(p.specimen, p.date, p.date_precision) for p in report.panels]
    samples.sort(key=lambda s: (s[1] is None, s[1] or dt.date.min, s[0] or ""))
    return {(specimen, date): taken(specimen, date, precision) for specimen, date, precision in samples}


def table(report: Report) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
    """Rows of genes and markers: the name, then for each sample its words and what it says, as mark and words."""
    samples = columns(report)
    rows: dict[str, list[Finding]] = {}
    for finding in report.findings:
        rows.setdefault(finding.what, []).append(finding)
    return [
        (what, [(words, _cell(found, column, report.panels)) for column, words in samples.items()])
        for what, found in rows.items()
    ]


def _cell(row: list[Finding], column: Column, panels: list[Panel]) -> list[tuple[str, str]]:
    """What one sample says of one gene or marker: a mark and words for each finding."""
    here = [f for f in row if (f.specimen, f.date) == column]
    if here:
        return [(standing(f), words_of(f)) for f in here]
    sequenced = any((p.specimen, p.date) == column for p in panels)
    germline = column[0] == "germline"
    fits = row[0].kind == "variant" and sequenced and germline == (row[0].origin == "germline")
    return [("none", "not in this report" if fits else "not tested")]


def standing(finding: Finding) -> str:
    """Which mark a finding has in the table."""
    if finding.result in ("not_detected", "not_understood"):
        return "unanswered"
    if finding.result == "not_found":
        return "clear"
    if finding.kind != "variant":
        return "told"
    return "matters" if finding.value == "altered" or finding.oncogenic in _HARMFUL else "open"


def words_of(finding: Finding) -> str:
    """A finding in a cell of the table."""
    if finding.result == "found" and finding.oncogenic in ("benign", "likely_benign"):
        said = f"harmless: {finding.text}"
    elif finding.value == "uncertain" and finding.oncogenic not in _HARMFUL:
        said = f"uncertain: {finding.text}"
    else:
        said = finding.text
    return f"{said} (blood cells?)" if finding.clonal_haematopoiesis else said


class Group(msgspec.Struct, frozen=True):
    """What is said of one gene or marker: its findings, what they mean, what they open and close, with sources."""

    title: str
    findings: list[Finding]
    meanings: list[Meaning]
    notes: list[str]
    opens: list[str]
    closes: list[str]
    sources: list[Source]


def groups(report: Report) -> list[Group]:
    """The findings by marker, those of which there is something to say; HER2 by three tests is one."""
    together: dict[str, list[Finding]] = {}
    for finding in report.findings:
        key = "her2" if finding.decides is not None else finding.marker or finding.what
        together.setdefault(key, []).append(finding)
    found = [_group(key, of, report) for key, of in together.items()]
    return [g for g in found if g.meanings or g.opens or g.closes or (g.notes and not _only_older(g))]


def _only_older(group: Group) -> bool:
    """Is the note only that an older specimen does not count? The table shows the dates."""
    return all(f.kind == "protein" and f.decides is None for f in group.findings)


def _group(key: str, of: list[Finding], report: Report) -> Group:
    means = {i: None for f in of for i in f.means}
    notes = [*(why for f in of for why in _why(f)), *(note for f in of for note in f.notes)]
    if key == "her2":
        notes = [her2_basis(report), *notes]
    return Group(
        title="HER2" if key == "her2" else of[0].what,
        findings=of,
        meanings=[m for m in report.meanings if m.id in means],
        notes=list(dict.fromkeys(filter(None, notes))),
        opens=list(dict.fromkeys(i for f in of for i in f.opens)),
        closes=list(dict.fromkeys(i for f in of for i in f.closes)),
        sources=list({(s.id, s.where): s for f in of for s in f.source}.values()),
    )


def in_short(group: Group) -> str:
    """The findings of a group in a line."""
    several = len({f.what for f in group.findings}) > 1

    def one(f: Finding) -> str:
        name = f"{f.what.removeprefix('HER2 ')} " if several else ""
        return f"{name}{words_of(f)} ({taken(f.specimen, f.date, f.date_precision)})"

    return "; ".join(map(one, group.findings))


def moved_in_short(group: Group) -> str:
    """How many options a finding opens and closes."""
    if not group.opens and not group.closes:
        return "Opens and closes no option."
    counts = [f"{verb} {len(ids)}" for verb, ids in (("opens", group.opens), ("closes", group.closes)) if ids]
    said = " and ".join(counts)
    return f"{said[0].upper()}{said[1:]} of the options."


def names(report: Report) -> dict[str, str]:
    """The names of options by their id."""
    return {o.id: o.name for o in report.options}


def _why(finding: Finding) -> list[str]:
    """How harmful a change is held to be, and why."""
    if finding.reason is None:
        return []
    call = f"{finding.oncogenic.replace('_', ' ').capitalize()}. " if finding.oncogenic else ""
    source = f" ({finding.reason_source})" if finding.reason_source else ""
    return [f"{call}{finding.reason.rstrip('.')}{source}."]


def her2_basis(report: Report) -> str:
    """Which of the findings of HER2 decides."""
    seen, basis = report.state.get("her2"), report.state.get("her2_basis")
    if seen is None or seen.value is None:
        return "HER2 is not decided by what is recorded."
    why = f": {basis.value}" if basis is not None and basis.value is not None else ""
    return f"HER2 is {str(seen.value).replace('_', ' ')}{why}."


def tier(given: Tier) -> str:
    """One ESCAT tier: "ESCAT I-A for alpelisib (ESMO 2020)"."""
    drugs = f" for {' or '.join(given.drugs)}" if given.drugs else ""
    return f"ESCAT {given.tier}{drugs} ({given.by})"


def drug_effects(meaning: Meaning) -> list[tuple[str, DrugEffect]]:
    """What works better, worse or no differently here, in words; what is for others is left out."""
    return [(_effect(effect), effect) for effect in meaning.drugs if effect.applies is not False]


def _effect(effect: DrugEffect) -> str:
    open_ = ", if it is of this breast cancer" if effect.applies is None else ""
    text = f" {effect.text.rstrip('.')}." if effect.text else ""
    return f"{_DOES[effect.does]}: {effect.drugs} ({effect.standing}{open_}).{text}"


def condition(meaning: Meaning) -> str:
    """What must be so for an entry to hold, where that is not known."""
    if meaning.only_if:
        return f"Only if: {meaning.only_if}."
    return "It is not known whether this holds in this breast cancer." if meaning.applies is None else ""


def panel(of: Panel) -> str:
    """What a sample covered: found, clear, not named, and whether its negatives count."""
    test = f" ({of.assay})" if of.assay else ""
    where = taken(of.specimen, of.date, of.date_precision)
    said = [f"{where[0].upper()}{where[1:]}{test}."]
    if of.clear:
        word = "Not detected" if of.low_shedding else "Looked at and clear"
        said.append(f"{word}: {', '.join(of.clear)}.")
    else:
        said.append("The report does not name genes that were clear.")
    if of.low_shedding:
        share = f"{of.tumour_fraction:g} %" if of.tumour_fraction is not None else "not known"
        said.append(f"Tumour fraction {share}: a negative of this sample does not count.")
    elif of.tumour_fraction is not None:
        said.append(f"Tumour fraction {of.tumour_fraction:g} %: its negatives count.")
    if of.not_covered:
        said.append(f"Not on the panel, or not reported: {', '.join(of.not_covered)}.")
    return " ".join(said)
