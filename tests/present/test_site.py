"""The knowledge as pages: everything has one, every link leads somewhere, what is not confirmed says so."""

import re
from pathlib import PurePosixPath

from openmbc.knowledge import load
from openmbc.knowledge.living import LIVING
from openmbc.present.site import drugs_words, pages, plain, statements

PAGES = {page.path: page.text for page in pages(load())}
LINK = re.compile(r"\]\((?!https?:)([^)\s]+\.md)\)")


def test_everything_has_a_page() -> None:
    knowledge = load()
    for folder, entries in (
        ("regimens", knowledge.regimens),
        ("local", knowledge.local),
        ("drugs", knowledge.drugs),
        ("biomarkers", knowledge.biomarkers),
        ("trials", knowledge.evidence),
    ):
        for entry_id, entry in entries.items():
            text = PAGES[f"{folder}/{entry_id}.md"]
            assert text.startswith(f"# {plain(entry.name)}\n")
            if entry.unconfirmed:
                assert plain(entry.unconfirmed) in text


def test_every_link_leads_to_a_page() -> None:
    for path, text in PAGES.items():
        for link in LINK.findall(text):
            parts: list[str] = []
            for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(link).parts):
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            assert "/".join(parts) in PAGES, (path, link)


def test_a_drug_shows_its_rules_with_their_sources() -> None:
    drug = load().drugs["ribociclib"]
    text = PAGES["drugs/ribociclib.md"]
    for rule in (*drug.contraindications, *drug.cautions, *drug.adjust):
        assert plain(rule.text) in text
        assert plain(rule.where) in text
        assert rule.unconfirmed is None or plain(rule.unconfirmed) in text


def test_a_finding_shows_everything_that_is_said_of_it() -> None:
    for entry_id, entry in load().biomarkers.items():
        text = PAGES[f"biomarkers/{entry_id}.md"]
        for effect in (e for effects in entry.effects.values() for e in effects):
            assert plain(drugs_words(effect)) in text
            assert effect.text is None or plain(effect.text) in text
            assert effect.unconfirmed is None or plain(effect.unconfirmed) in text
        for said in (*entry.prognosis, *entry.family, *entry.discuss):
            assert plain(said.text) in text
        for grading in entry.escat:
            assert f"| {grading.tier} | {plain(grading.by)}" in text
            assert grading.unconfirmed is None or plain(grading.unconfirmed) in text


def test_markdown_in_a_text_stays_a_text() -> None:
    assert plain("a *b* [c](d)\n<e> | 10*9/L") == r"a \*b\* \[c\](d) \<e\> \| 10\*9/L"


def test_what_helps_to_live_with_it_is_there_with_every_statement() -> None:
    knowledge = load()
    for kind in LIVING:
        for entry in getattr(knowledge, kind).values():
            assert f"## {plain(entry.name)}\n" in PAGES[f"{kind}.md"]
            for _, said in statements(entry):
                assert plain(said.text) in PAGES[f"{kind}.md"]
                assert said.unconfirmed is None or plain(said.unconfirmed) in PAGES[f"{kind}.md"]
