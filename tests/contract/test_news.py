"""What is new: by date, by region, and what of it may matter to a person."""

import datetime as dt

import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.knowledge import load
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import build, news

DAY = dt.date(2026, 11, 15)
LONG_AGO = dt.date(1970, 1, 1)


def test_everything_dated_in_the_knowledge_is_news_on_its_day() -> None:
    items, knowledge = news(load(), LONG_AGO, DAY), load()
    assert [n.day for n in items] == sorted((n.day for n in items), reverse=True)
    told = {(n.day, n.region, o) for n in items if n.kind == "approval" for o in n.options}
    for option, regimen in knowledge.regimens.items():
        for region, day in regimen.since.items():
            approved = day is not None and day <= DAY and regimen.region in (None, region)
            labelled = regimen.status == "active" and regimen.standing.get(region, "approved") == "approved"
            assert ((day, region, option) in told) == (approved and labelled), (option, region)
    assert {n.kind for n in items} >= {"approval", "withdrawal", "listing"}


def test_only_the_days_that_were_asked_for() -> None:
    first, last = dt.date(2026, 5, 1), dt.date(2026, 6, 30)
    items = news(load(), first, last)
    assert items
    assert all(first <= n.day <= last for n in items)


@pytest.mark.parametrize("person", ["anna", "elsa", "jo"])
def test_what_matters_to_a_person_is_open_to_her(person: str) -> None:
    report = build(read(DEMO / f"{person}.yaml"), DAY, load())
    names = {o.name: o.verdict for o in report.options}
    items = news(load(), LONG_AGO, DAY, report)
    assert any(n.matters for n in items)
    for item in items:
        assert all(names[name] != "unsuitable" for name in item.matters)


def test_the_command() -> None:
    run = CliRunner().invoke(app, ["news", "--since", "2026-05-01", "--as-of", "2026-11-15"])
    assert run.exit_code == 0, run.output
    assert "Approved, United States: Vepdegestrant" in run.output
    assert all(len(line) <= 80 for line in run.output.splitlines())
    none = CliRunner().invoke(app, ["news", "--since", "2026-11-14", "--as-of", "2026-11-15"])
    assert "Nothing in this knowledge" in none.output
    person = CliRunner().invoke(
        app, ["news", str(DEMO / "anna.yaml"), "--since", "2010-01-01", "--as-of", "2026-11-15"]
    )
    assert "MAY MATTER HERE" in person.output
    assert "open for this person:" in person.output
