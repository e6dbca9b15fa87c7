"""A record walked day by day: each day as its report says it, and no day changed by what came later."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import msgspec
import pytest

from openmbc.facts import Facts
from openmbc.knowledge import load
from openmbc.present import replay_as_json, replay_as_page, replay_as_text
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import build
from openmbc.report.replay import Replay, replay

RECORD = Path(__file__).parent / "replay.yaml"
DAY = dt.date(2026, 11, 15)
KNOWLEDGE = load()
PEOPLE = [RECORD, *(DEMO / f"{name}.yaml" for name in ("anna", "dora", "jo"))]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read(RECORD)


@pytest.fixture(scope="module")
def made(facts: Facts) -> Replay:
    return replay(facts, DAY, KNOWLEDGE)


@pytest.mark.parametrize("record", PEOPLE, ids=lambda path: path.stem)
def test_each_day_is_what_its_report_says(record: Path) -> None:
    facts = read(record)
    for step in replay(facts, DAY, KNOWLEDGE).steps[-4:]:
        report = build(facts, step.date, KNOWLEDGE)
        rule = [sentence for sentence in report.decision.because if sentence not in step.because]
        assert step.now == report.decision.now
        assert all(sentence.startswith("Measured on") for sentence in rule)
        wanted = [o.id for o in report.options if o.verdict == "recommended" and o.role == "treatment"]
        assert sorted(choice.id for choice in step.recommended) == sorted(wanted)


@pytest.mark.parametrize("record", PEOPLE, ids=lambda path: path.stem)
def test_what_came_later_changes_no_earlier_day(record: Path) -> None:
    facts = read(record)
    whole = replay(facts, DAY, KNOWLEDGE).steps
    middle = whole[len(whole) // 2].date
    before = [step for step in replay(facts, middle, KNOWLEDGE).steps if step.date < middle]
    assert before == [step for step in whole if step.date < middle]


def test_what_was_done_stands_beside_what_the_rules_said(made: Replay) -> None:
    done = [step.done for step in made.steps if step.done is not None]
    assert [(one.on, one.drugs, one.verdict) for one in done] == [
        (dt.date(2025, 2, 1), ["letrozole", "ribociclib"], "recommended"),
        (dt.date(2026, 2, 20), ["eribulin"], "unsuitable"),
    ]  # eribulin asks for earlier chemotherapy of metastatic disease; treatment of early disease is not judged


def test_the_day_before_a_treatment_is_judged_without_it(made: Replay) -> None:
    before = next(step for step in made.steps if step.done is not None)
    assert before.now == "start"
    after = next(step for step in made.steps if step.date == before.date + dt.timedelta(days=1))
    assert after.now == "continue"


def test_growth_that_was_measured_is_the_day_of_the_switch(made: Replay) -> None:
    (grew,) = [step for step in made.steps if step.date == dt.date(2026, 2, 1)]
    assert grew.now == "switch"


def test_the_series_of_the_timeline(made: Replay) -> None:
    assert [(p.series, p.value) for p in made.points] == [
        ("CA 15-3", 80.0), ("CA 15-3", 40.0), ("ESR1 D538G in plasma, allele fraction", 0.02),
    ]  # fmt: skip
    assert [(spell.effect, spell.grade) for spell in made.effects] == [("diarrhoea", 2)]
    assert [m.overall for m in made.measurements if m.line == 1] == [None, "PR", "PD"]
    assert {lane.kind for lane in made.lanes} == {"drug", "radiation"}


def test_views(made: Replay) -> None:
    page, text = replay_as_page(made), replay_as_text(made)
    assert "zoë &amp; co" in page
    assert "zoë & co" not in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)
    assert page.count("<svg") == page.count("The same as a table") == 6
    assert max(map(len, text.splitlines())) <= 80
    for view in (page, text):
        assert "eribulin did not fit by these rules" in view
        assert made.notice[:40] in view
    assert msgspec.json.decode(replay_as_json(made), type=Replay) == made
    assert set(json.loads(replay_as_json(made))) >= {"steps", "lines", "measurements", "points", "notice"}


def test_a_record_without_days() -> None:
    empty = replay(read(DEMO / "anna.yaml"), dt.date(1990, 1, 1), KNOWLEDGE)
    assert [step.date for step in empty.steps] == [dt.date(1990, 1, 1)]
    assert "<html" in replay_as_page(empty)
