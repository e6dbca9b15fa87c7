"""The knowledge as pages to read: one for each regimen, local treatment, drug, finding and trial, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from openmbc.catalogue import TREATMENT_CLASSES, by_name, key
from openmbc.criteria import parse, say
from openmbc.criteria.nodes import All
from openmbc.guidance.side_effects import effect_words, grade_words
from openmbc.knowledge import Knowledge
from openmbc.knowledge.biomarker import Effect
from openmbc.knowledge.living import Advice, Concern, TeamStep, Unless, Use
from openmbc.knowledge.model import Drug, Entry, Option, Regimen
from openmbc.present.finding_words import SPECIMENS
from openmbc.report import citing

_FOLDER = Path(__file__).parent / "templates" / "site"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
FOLDERS = {
    "hr_positive": "Hormone receptor positive",
    "her2_negative": "HER2-negative, whichever hormone receptor",
    "her2_positive": "HER2-positive",
    "triple_negative": "Triple-negative",
    "chemotherapy": "Chemotherapy",
    "agnostic": "Whichever tumour: by a change of its genes",
    "support": "Beside the treatment",
}

LIVING_TITLES = {
    "symptoms": "Symptoms: what helps",
    "red_flags": "What asks for a call",
    "checkin": "Questions of the check-in",
    "support": "Support beside treatment",
    "complementary": "Beside medicine: what has been tested",
    "supplements": "Herbs, foods and supplements",
    "organisations": "People who help",
}


class Page(msgspec.Struct, frozen=True):
    """A page: where it stands, and its text."""

    path: str
    text: str


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """Every page of the site that is made from the knowledge, with the contents."""
    yield Page("index.md", _render("index.md.j2", knowledge, groups=_groups(knowledge)))
    for option_id, regimen in knowledge.regimens.items():
        yield Page(f"regimens/{option_id}.md", _render("regimen.md.j2", knowledge, entry=regimen))
    for option_id, local in knowledge.local.items():
        yield Page(f"local/{option_id}.md", _render("local.md.j2", knowledge, entry=local))
    for drug_id, drug in knowledge.drugs.items():
        used = _used(drug, knowledge)
        yield Page(f"drugs/{drug_id}.md", _render("drug.md.j2", knowledge, entry=drug, used=used))
    for marker_id, marker in knowledge.biomarkers.items():
        yield Page(f"biomarkers/{marker_id}.md", _render("biomarker.md.j2", knowledge, entry=marker))
    yield Page("monitoring.md", _render("monitoring.md.j2", knowledge))
    tests = sorted((t for t in knowledge.testing.values() if t.status == "active"), key=lambda t: t.order)
    yield Page("testing.md", _render("testing.md.j2", knowledge, tests=tests, specimens=SPECIMENS))
    for kind, title in LIVING_TITLES.items():
        entries = getattr(knowledge, kind)
        yield Page(f"{kind}.md", _render("living.md.j2", knowledge, title=title, entries=entries))
    for trial_id, trial in knowledge.evidence.items():
        cited = _cited_by(trial_id, knowledge)
        yield Page(f"trials/{trial_id}.md", _render("trial.md.j2", knowledge, entry=trial, used=cited))


def write_pages(knowledge: Knowledge, folder: Path) -> int:
    """Write the pages under a folder; gives their number."""
    count = 0
    for page in pages(knowledge):
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, encoding="utf-8")
        count += 1
    return count


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=False, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["plain"] = plain
    environment.filters["feature_label"] = lambda name: by_name()[name].label
    environment.globals.update(
        key=key, plain_effect=citing.plain, effect_words=effect_words, grade_words=grade_words,
        statements=statements, result_text=citing.result_text, conditions=conditions, drugs_words=drugs_words,
    )  # fmt: skip
    return environment


def _render(name: str, knowledge: Knowledge, **given: object) -> str:
    template: Template = _environment().get_template(name)

    def source(source_id: str, where: str = "") -> str:
        found = citing.source(source_id, where, knowledge)
        title = plain(found.title)
        linked = f"[{title}]({found.url})" if found.url else title
        return f"{linked}, {plain(where)}" if where else linked

    return template.render(knowledge=knowledge, source=source, **given)


def plain(text: object) -> str:
    """A text of the knowledge that Markdown takes as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def conditions(condition: object) -> list[str]:
    """A condition in words: the parts of an `all` one by one."""
    if condition is None:
        return []
    node = parse(condition, "")
    return [say(part) for part in (node.parts if isinstance(node, All) else (node,))]


def statements(entry: Entry) -> list[tuple[str, msgspec.Struct]]:
    """What an entry says part by part: the name of the part, and the statement with its sources."""
    found: list[tuple[str, msgspec.Struct]] = []
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        said = value if isinstance(value, list) else [value]
        title = name.strip("_").replace("_", " ")
        found += [(title, one) for one in said if isinstance(one, Advice | TeamStep | Unless | Use | Concern)]
    return found


def drugs_words(effect: Effect | Concern) -> str:
    """The drugs of an effect in words, with what they are given with: ``alpelisib with fulvestrant``."""
    named = ", ".join(TREATMENT_CLASSES.get(name, name) for name in (*effect.drugs, *effect.classes))
    given_with = effect.with_ if isinstance(effect, Effect) else []
    beside = " and ".join(TREATMENT_CLASSES.get(name, name) for name in given_with)
    return f"{named} with {beside}" if beside else named


def _groups(knowledge: Knowledge) -> list[tuple[str, list[tuple[str, Option]]]]:
    """Options by folder, with the title of the folder; local treatment last."""
    found: dict[str, list[tuple[str, Option]]] = {title: [] for title in FOLDERS.values()}
    for option_id, regimen in knowledge.regimens.items():
        folder = option_id.split("/", maxsplit=1)[0]
        found.setdefault(FOLDERS.get(folder, folder), []).append((f"regimens/{option_id}", regimen))
    local: list[tuple[str, Option]] = [(f"local/{i}", entry) for i, entry in knowledge.local.items()]
    return [(title, entries) for title, entries in found.items() if entries] + (
        [("Radiation, surgery, procedures", local)] if local else []
    )


def _used(drug: Drug, knowledge: Knowledge) -> list[tuple[str, Regimen]]:
    return [(i, r) for i, r in knowledge.regimens.items() if any(drug.name in slot for slot in r.drugs)]


def _cited_by(trial_id: str, knowledge: Knowledge) -> list[tuple[str, Option]]:
    entries: list[tuple[str, Option]] = [(f"regimens/{i}", r) for i, r in knowledge.regimens.items()]
    entries += [(f"local/{i}", r) for i, r in knowledge.local.items()]
    return [(i, e) for i, e in entries if trial_id in {c.evidence for c in e.because}]
