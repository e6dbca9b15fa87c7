"""Whole people: a record, a day, and what must and must not come out.

Each ``*.yaml`` here is a list of cases. ``record`` is a case file in short; ``expect`` names the decision
(``now``), options by verdict (``recommended``, ``possible``, ``unsuitable``, or ``not_listed`` at all: lists of
ids), the missing facts (``needs``: option to features), what to check first (``check_first``), drugs that an
option must hold (``drugs``), sentences of the decision (``because``) and problems whose text must appear.
``side_effects`` names all that go on: their ``grade``, ``causes``, ``trend``, and what the rules ``do``.
``then`` learns more and expects again; ``order`` names options in the order in which they must stand, ``said``
and ``not_said`` sentences in the order of an option. Every case runs alone and among all the others.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from openmbc.facts import Facts, concat
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.knowledge import load
from openmbc.records.case import read_case
from openmbc.report import Option, Report, build
from openmbc.state import assume, derive

HERE = Path(__file__).parent
KNOWLEDGE = load()
EXPECTED = {
    "now", "urgency", "because", "not_because", "state", "problems", "no_options", "recommended", "possible",
    "unsuitable", "not_listed", "needs", "check_first", "drugs", "order", "said",
    "not_said", "side_effects",
}  # fmt: skip


def _whole(record: dict[str, object]) -> dict[str, object]:
    """A record with that of another case in it (``<<: *name``): its own keys win."""
    own = dict(record)
    other = own.pop("<<", None)
    return own if other is None else _whole(other) | own


def _steps() -> list[tuple[str, dict[str, object], dict[str, object]]]:
    """Name, record and case of every step; a step that learns starts from the record before it."""
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            assert case["source"], case["name"]
            record = {"person": f"{file.stem}-{len(found)}", **_whole(case["record"])}
            found.append((f"{file.stem}: {case['name']}", record, case))
            for step in case.get("then", []):
                record = copy.deepcopy(record) | {"person": f"{file.stem}-{len(found)}"}
                for key, value in step["learn"].items():
                    both = isinstance(value, list) and isinstance(record.get(key), list)
                    record[key] = [*record[key], *value] if both else value
                found.append((f"{file.stem}: {case['name']}, then {step['learn']}", record, case | step))
    return found


STEPS = _steps()


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> list[Facts]:
    folder = tmp_path_factory.mktemp("cases")
    read = []
    for _, record, _ in STEPS:
        path = folder / f"{record['person']}.yaml"
        path.write_text(yaml.safe_dump(record, sort_keys=False), encoding="utf-8")
        read.append(read_case(path))
    return read


def _day(case: dict[str, object]) -> dt.date:
    return dt.date.fromisoformat(str(case.get("as_of", "2026-11-15")))


@pytest.mark.parametrize("index", range(len(STEPS)), ids=[name for name, _, _ in STEPS])
def test_alone(index: int, facts: list[Facts]) -> None:
    _, _, case = STEPS[index]
    assert set(case["expect"]) <= EXPECTED, "an expectation of this name is not looked at"
    report = build(facts[index], _day(case), KNOWLEDGE, region=case.get("region", "us"), strict="strict" in case)
    _check_decision(case["expect"], report)
    _check_options(case["expect"], {o.id: o for o in report.options})


def _check_decision(expect: dict[str, Any], report: Report) -> None:
    assert report.decision.now == expect.get("now", report.decision.now), report.decision
    assert report.decision.urgency == expect.get("urgency", report.decision.urgency), report.decision
    for text in expect.get("because", []):
        assert any(text in sentence for sentence in report.decision.because), report.decision.because
    for text in expect.get("not_because", []):
        assert not any(text in sentence for sentence in report.decision.because), report.decision.because
    for feature, value in expect.get("state", {}).items():
        assert str(report.state[feature].value) == value, report.state[feature]
    for text in expect.get("problems", []):
        assert any(text in p.what for p in report.problems), [p.what for p in report.problems]
    if expect.get("no_options"):
        assert report.options == []
    if "side_effects" in expect:
        _check_side_effects(expect["side_effects"], report)


def _check_side_effects(expect: dict[str, Any], report: Report) -> None:
    found = {effect.key: effect for effect in report.side_effects}
    assert set(found) == set(expect)
    for key, wanted in expect.items():
        effect = found[key]
        assert str(effect.grade) == wanted["grade"].replace("null", "None")
        assert effect.trend == wanted.get("trend", effect.trend)
        assert [c.drug for c in effect.causes] == wanted.get("causes", [c.drug for c in effect.causes])
        done = [rule.do for cause in effect.causes for rule in cause.rules]
        assert done == wanted.get("do", done)


def _check_options(expect: dict[str, Any], options: dict[str, Option]) -> None:
    for verdict in ("recommended", "possible", "unsuitable"):
        for option in expect.get(verdict, []):
            why = [r.text for r in options[option].reasons if r.met is not (r.kind == "indication")]
            assert options[option].verdict == verdict, (option, options[option].missing, why)
    known = set(KNOWLEDGE.regimens) | {f"local/{i}" for i in KNOWLEDGE.local}
    assert set(expect.get("not_listed", [])) <= known - set(options)
    for option, features in expect.get("needs", {}).items():
        assert options[option].verdict == "needs_information"
        assert set(features) <= set(options[option].missing), options[option].missing
    for option, features in expect.get("check_first", {}).items():
        assert set(features) <= set(options[option].check_first), options[option].check_first
    for option, drugs in expect.get("drugs", {}).items():
        assert set(drugs) <= {d for slot in options[option].drugs for d in slot}
    places = [o for o in options if o in expect.get("order", [])]
    assert places == expect.get("order", []), places
    for option, sentences in expect.get("said", {}).items():
        for text in sentences:
            assert any(text in sentence for sentence in options[option].order), options[option].order
    for option, sentences in expect.get("not_said", {}).items():
        for text in sentences:
            assert not any(text in sentence for sentence in options[option].order), options[option].order


@pytest.fixture(scope="module")
def visits() -> pl.DataFrame:
    return pl.DataFrame(
        {"person": [r["person"] for _, r, _ in STEPS], "as_of": [_day(c) for _, _, c in STEPS]},
        schema={"person": pl.String, "as_of": pl.Date},
    )


@pytest.fixture(scope="module")
def together(facts: list[Facts], visits: pl.DataFrame) -> pl.DataFrame:
    """The states of all people in one table, its facts in a random order."""
    return derive(concat(random.Random(3).sample(facts, len(facts))), visits).strict


def test_states_among_all_the_others(facts: list[Facts], visits: pl.DataFrame, together: pl.DataFrame) -> None:
    """The whole table gives each person the same state as alone."""
    alone = pl.concat([derive(f, visits[i : i + 1]).strict for i, f in enumerate(facts)])
    for column in alone.columns:
        assert together[column].equals(alone[column]), column


@pytest.mark.parametrize("region", ["us", "eu"])
def test_answers_among_all_the_others(together: pl.DataFrame, region: str) -> None:
    """And so it does with verdicts and decisions."""
    guide, state = plan(KNOWLEDGE, region), assume(together)
    rows = [state[i : i + 1] for i in range(len(state))]
    found = [(row, evaluate(row, guide)) for row in rows]
    whole = evaluate(state, guide)
    single = pl.concat([options_table(row, verdicts) for row, verdicts in found])
    assert options_table(state, whole).sort("person", "position").equals(single.sort("person", "position"))
    assert decide(state, whole).equals(pl.concat([decide(row, verdicts) for row, verdicts in found]))
