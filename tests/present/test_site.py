"""The knowledge as pages: everything has one, every link leads somewhere, what is not confirmed says so."""

import re
from pathlib import PurePosixPath

from openmbc.knowledge import load
from openmbc.present.site import pages, plain

PAGES = {page.path: page.text for page in pages(load())}
LINK = re.compile(r"\]\((?!https?:)([^)\s]+\.md)\)")


def test_everything_has_a_page() -> None:
    knowledge = load()
    for folder, entries in (
        ("regimens", knowledge.regimens),
        ("local", knowledge.local),
        ("drugs", knowledge.drugs),
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


def test_markdown_in_a_text_stays_a_text() -> None:
    assert plain("a *b* [c](d)\n<e> | 10*9/L") == r"a \*b\* \[c\](d) \<e\> \| 10\*9/L"
