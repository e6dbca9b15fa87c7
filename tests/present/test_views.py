"""The views: width, escaping, one file without requests, contrast, and no option without reason and source."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from openmbc.knowledge import load
from openmbc.present import as_json, as_page, as_text
from openmbc.present.as_json import SCHEMA_FILE, schema_text
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import Report, build

DAY = dt.date(2026, 11, 15)
GOLDEN = Path(__file__).parent.parent / "golden"
PEOPLE = sorted(DEMO.glob("*.yaml"))
EVIL = '<script>alert("x")</script>&'


def report_of(path: Path) -> Report:
    return build(read(path), DAY, load(), today=DAY)


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {path.stem: report_of(path) for path in PEOPLE}


def test_the_schema_is_published() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m openmbc.present.as_json"


def test_json_reads_back_as_the_same_report(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert msgspec.json.decode(as_json(report), type=Report) == report


def test_text_fits_eighty_columns(reports: dict[str, Report]) -> None:
    for name, report in reports.items():
        for line in as_text(report).splitlines():
            assert len(line) <= 80, (name, line)


def test_text_says_what_matters(reports: dict[str, Report]) -> None:
    for report in reports.values():
        text = re.sub(r"\s+", " ", as_text(report))
        assert report.notice in text
        assert all(sentence in text for sentence in report.decision.because)
        assert all(o.name in text for o in report.options if o.verdict == "recommended")
        assert report.knowledge.hash in text


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_one_file_without_script_or_request(reports: dict[str, Report]) -> None:
    for report in reports.values():
        page = Page(as_page(report))
        tags = [tag for tag, _ in page.tags]
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(tags)
        assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a == "src"]
        assert "url(" not in (DEMO.parent / "present" / "templates" / "style.css").read_text(encoding="utf-8")
        for tag, attrs in page.tags:
            if "href" in attrs:
                assert tag == "a"
                assert re.match(r"(https?://|#)", attrs["href"] or ""), attrs


def test_the_page_has_a_sound_outline(reports: dict[str, Report]) -> None:
    for report in reports.values():
        page = Page(as_page(report))
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        named = {attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs}
        assert named <= set(ids)
        assert ("html", {"lang": "en"}) in page.tags
        assert {"header", "main", "footer"} <= {tag for tag, _ in page.tags}


def test_no_option_renders_without_reason_and_source(reports: dict[str, Report]) -> None:
    for report in reports.values():
        html = as_page(report)
        cards = re.findall(r'<details[^>]* id="option-.*?</details>', html, re.DOTALL)
        assert len(cards) == len([o for o in report.options if not (o.role == "support" and o.verdict == "unsuitable")])
        for card in cards:
            assert 'class="mark' in card
            assert re.search(r"<h4>Sources</h4>\s*<ul[^>]*>\s*<li>", card), card[:200]


def test_text_of_the_record_is_escaped() -> None:
    report = report_of(PEOPLE[0])
    changed = msgspec.json.decode(as_json(report).replace(report.person.id, json.dumps(EVIL)[1:-1]), type=Report)
    html = as_page(changed)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    css = (DEMO.parent / "present" / "templates" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{([^}]*--ground[^}]*)\}", css)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", blocks[0 if scheme == "light" else 1]))
    for ground in ("ground", "raised"):
        for ink in ("ink", "soft", "link", "good", "bad", "open"):
            high, low = sorted((_luminance(colours[ground]), _luminance(colours[ink])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (scheme, ground, ink)


@pytest.mark.parametrize("name", ["anna", "elsa", "jo"])
def test_golden(name: str, reports: dict[str, Report]) -> None:
    """A person reads these: write them again with `python tests/golden/write.py` and read the diff."""
    assert as_text(reports[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
