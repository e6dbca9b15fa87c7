"""The views: width, escaping, one file without requests, contrast, and no option without reason and source."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sample

from openmbc.knowledge import load
from openmbc.present import as_json, as_page, as_text
from openmbc.present.as_json import SCHEMA_FILE, schema_text
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import Report, build

DAY = dt.date(2026, 11, 15)
GOLDEN = Path(__file__).parent.parent / "golden"
CSS = (SCHEMA_FILE.parent / "templates" / "style.css").read_text(encoding="utf-8")
EVIL = '</p><script>alert("x")</script><img src=x onerror=y>&\x1b[31m'
CHOSEN = {
    "kind",
    "status",
    "do",
    "outcome",
    "arm",
    "verdict",
    "when",
    "role",
    "phase",
    "severity",
    "now",
    "urgency",
    "region",
    "us",
    "eu",
    "setting",
    "ended",
    "start_precision",
    "end_precision",
    "trend",
    "named",
    "criteria",
    "ctcae",
    "result",
    "does",
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    people = {p.stem: build(read(p), DAY, load(), today=DAY) for p in sorted(DEMO.glob("*.yaml"))}
    return {"sample": sample.report(), **people}


def spoilt(value: Any, key: str = "") -> Any:
    """Every free text of a report with something nasty in it."""
    if isinstance(value, dict):
        return {k: spoilt(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [spoilt(v, key) for v in value]
    dated = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    return value + EVIL if isinstance(value, str) and not dated and key not in CHOSEN else value


def spoilt_sample() -> Report:
    return msgspec.convert(spoilt(msgspec.to_builtins(sample.report())), Report)


def test_the_schema_is_published() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m openmbc.present.as_json"


def test_json_reads_back_as_the_same_report(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert msgspec.json.decode(as_json(report), type=Report) == report


@pytest.mark.parametrize("width", [50, 80])
def test_text_fits_its_width(width: int, reports: dict[str, Report]) -> None:
    for name, report in [*reports.items(), ("spoilt", spoilt_sample())]:
        for line in as_text(report, width).splitlines():
            assert len(line) <= width, (name, line)


def test_text_obeys_no_control_character() -> None:
    assert "\x1b" not in as_text(spoilt_sample())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_text_says_what_matters(reports: dict[str, Report]) -> None:
    for report in reports.values():
        text = squeezed(as_text(report))
        assert squeezed(report.notice) in text
        assert all(squeezed(sentence) in text for sentence in report.decision.because)
        assert all(squeezed(o.name) in text for o in report.options)
        for shown in (o for o in report.options if o.verdict != "unsuitable"):
            assert all(squeezed(u) in text for u in shown.unconfirmed)
        assert report.knowledge.hash in text


class Page(HTMLParser):
    """Start tags in order, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_one_file_without_script_or_request(reports: dict[str, Report]) -> None:
    assert not re.search(r"url\(|@import", CSS)
    for report in reports.values():
        page = Page(as_page(report))
        tags = [tag for tag, _ in page.tags]
        assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(tags)
        assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a in ("src", "style")]
        policies = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
        assert [p for p in policies if p and p.startswith("default-src 'none'")] == policies != []
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


def bare_options(html: str) -> list[str]:
    """Options on a page that do not hold a reason and a source inside their own frame."""
    cards = re.split(r'<details class="option[^>]* id="', html)[1:]
    complete = re.compile(r'class="mark .*<h5>Sources</h5>\s*<ul[^>]*>\s*<li>', re.DOTALL)
    return [card.split('"', 1)[0] for card in cards if not complete.search(card)]


def test_no_option_renders_without_reason_and_source(reports: dict[str, Report]) -> None:
    for report in reports.values():
        html = as_page(report)
        assert html.count('<details class="option') == len(report.options)
        assert bare_options(html) == []


@pytest.mark.parametrize("part", ["reasons", "sources"])
def test_an_option_without_reason_or_source_would_be_found(part: str) -> None:
    report = sample.report()
    bare = [msgspec.structs.replace(report.options[2], **{part: []}), *report.options[3:]]
    assert bare_options(as_page(msgspec.structs.replace(report, options=bare))) == ["option-hr-best"]


def test_reasons_say_in_words_whether_they_are_met() -> None:
    html = re.sub(r"<[^>]+>", "", as_page(sample.report()))
    for said in (
        "✓ met",
        "✗ not met",
        "? not known",
        "✓ met (assumed)",
        "✓ does not apply (assumed)",
        "✗ applies",
        "! applies",
    ):
        assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", html), said


def test_what_is_not_confirmed_is_marked_wherever_it_stands() -> None:
    page, text = as_page(sample.report()), as_text(sample.report())
    for statement in ("The section was not opened.", "From memory of the label.", "The day was not found."):
        assert f"unconfirmed: {statement}" in page
    assert "UNCONFIRMED: From memory of the label." in text
    assert "[unconfirmed]" in text


def test_the_order_of_the_page_starts_with_the_decision() -> None:
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", as_page(sample.report()))
    assert titles == [
        "What now", "Where the disease stands", "Treatment so far", "Does it work?",
            "What the tests of genes and proteins found", "The options", "Side by side",
        "What is missing", "Side effects now", "What is due", "What to watch",
        "Doses, and what the label says when side effects come",
        "What was assumed", "Problems in the record", "Please note",
    ]  # fmt: skip


def test_text_of_the_record_is_escaped() -> None:
    clean, html = as_page(sample.report()), as_page(spoilt_sample())
    assert "&lt;script&gt;" in html
    assert not {"script", "img"} & {tag for tag, _ in Page(html).tags}
    before, after = (Counter(a for _, attrs in Page(h).tags for a in attrs) for h in (clean, html))
    assert set(after) == set(before)


def test_only_a_web_address_becomes_a_link() -> None:
    source = msgspec.structs.replace(sample.GUIDELINE, url="javascript:alert(1)")
    changed = msgspec.structs.replace(sample.options()[0], sources=[source])
    assert "javascript:" not in as_page(msgspec.structs.replace(sample.report(), options=[changed]))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("inks", "least"), [("ink soft link good bad open", 4.5), ("edge focus", 3.0)])
def test_contrast(scheme: str, inks: str, least: float) -> None:
    blocks = re.findall(r":root \{([^}]*--ground[^}]*)\}", CSS)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", blocks[0 if scheme == "light" else 1]))
    for ground in ("ground", "raised"):
        for ink in inks.split():
            high, low = sorted((_luminance(colours[ground]), _luminance(colours[ink])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= least, (scheme, ground, ink)


@pytest.mark.parametrize("name", ["sample", "anna", "elsa", "jo"])
def test_golden_text(name: str, reports: dict[str, Report]) -> None:
    """A person reads these: write them again with `python tests/golden/write.py` and read the diff."""
    assert sample.golden_text(reports[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_golden_page() -> None:
    """As above; the style is not part of it."""
    assert as_page(sample.report()).replace(CSS, "") == (GOLDEN / "sample.html").read_text(encoding="utf-8")
