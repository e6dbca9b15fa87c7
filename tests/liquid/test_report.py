"""Blood draws in the report: what to discuss on which day in which region, and the picture of the page."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from openmbc.facts import TABLES, Facts, build
from openmbc.knowledge import Knowledge, load
from openmbc.knowledge.model import Region
from openmbc.present import as_page, as_text
from openmbc.present.blood import TOP, Blood, blood
from openmbc.report import Liquid, Report, replay
from openmbc.report import build as report


@cache
def knowledge() -> Knowledge:
    return load()


def _row(table: str, **values: object) -> tuple[object, ...]:
    return tuple({"person": "anna", "date_precision": "day", "by": "code", **values}.get(n) for n in TABLES[table])


def _draw(date: dt.date, found: dict[str, float], absent: list[str], **more: Any) -> list[tuple[object, ...]]:
    of = {"date": date, "origin": "somatic", "specimen": "plasma", "assay": more.get("assay", "Guardant360"),
          "lod": 0.002, "depth": 5000}  # fmt: skip
    rows = []
    for text, percent in found.items():
        gene, change = text.split(" ")
        rows.append(_row("variants", **of, source=f"{date} {text}", gene=gene, change=change, result="present",
                         vaf=percent / 100))  # fmt: skip
    return [*rows, *(_row("variants", **of, source=f"{date} {g}", gene=g, result="absent") for g in absent)]


def facts(on: dt.date, *, drugs: tuple[str, ...] = ("letrozole", "palbociclib"), says: str = "stable") -> Facts:
    """A person on first-line treatment, whose last draw, two weeks before a day, shows ESR1 for the first time."""
    began = on - dt.timedelta(days=300)
    early = {"date": began - dt.timedelta(days=20), "source": "path"}
    variants = [
        *_draw(began, {"PIK3CA H1047R": 8.0}, ["ESR1"]),
        *_draw(on - dt.timedelta(days=150), {}, ["ESR1", "PIK3CA"]),
        *_draw(on - dt.timedelta(days=80), {"PIK3CA H1047R": 0.4}, ["ESR1"], assay="FoundationOne Liquid"),
        *_draw(on - dt.timedelta(days=14), {"ESR1 D538G": 0.6}, ["PIK3CA"]),
    ]
    observations = [
        _row("observations", **early, concept="er", code="positive", site="liver"),
        _row("observations", **early, concept="her2_ihc", code="0", site="liver"),
        _row("observations", source="ct", date=on - dt.timedelta(days=10), concept="response", code=says),
        _row("observations", source="tf", date=on - dt.timedelta(days=14), concept="tumour_fraction", value=1.5,
             unit="%", site="plasma", method="Guardant360"),
    ]  # fmt: skip
    conditions = [
        _row("conditions", **early, concept="breast_cancer", status="active"),
        _row("conditions", **early, concept="metastasis", site="liver", status="active"),
    ]
    treatments = [
        _row("treatments", source=drug, start=began, start_precision="day", treatment=drug, kind="drug",
             status="running", setting="metastatic")
        for drug in drugs
    ]  # fmt: skip
    people = [_row("people", source="p", birth=dt.date(1960, 1, 1), birth_precision="day", sex="female")]
    return build({"people": people, "variants": variants, "observations": observations, "conditions": conditions,
                  "treatments": treatments})  # fmt: skip


def made(on: dt.date, region: Region = "us", **more: Any) -> Report:
    return report(facts(on, **more), on, knowledge(), region=region)


def liquid(of: Report) -> Liquid:
    assert of.liquid is not None
    return of.liquid


@pytest.mark.parametrize(
    ("on", "region", "says", "never"),
    [
        ("2021-06-01", "us", ["trials only", "ASCO does not support"], ["In PADA-1,", "In SERENA-6,", "FDA on"]),
        ("2024-06-01", "us", ["trials only", "no approval in the US", "In PADA-1,"], ["In SERENA-6,", "accelerated"]),
        ("2024-06-01", "eu", ["trials only", "no opinion and no approval in Europe"], ["FDA", "committee of the EMA"]),
        ("2026-05-20", "eu", ["trials only", "In SERENA-6,"], ["committee of the EMA"]),
        ("2026-05-21", "eu", ["the committee of the EMA was in favour on 21 May 2026"], ["trials only", "FDA"]),
        ("2026-09-03", "us", ["trials only", "In SERENA-6,"], ["accelerated approval"]),
        ("2026-09-04", "us", ["accelerated approval of that change by the FDA"], ["trials only", "EMA"]),
    ],
)  # fmt: skip
def test_what_is_known_of_acting_on_it_has_its_day_and_region(
    on: str, region: Region, says: list[str], never: list[str]
) -> None:
    (talk,) = liquid(made(dt.date.fromisoformat(on), region)).discuss
    assert talk.text.startswith("ESR1 (D538G) is new or rises in blood while an aromatase inhibitor runs.")
    assert "never a reason to switch by itself" in talk.text
    said = " ".join(k.text for k in talk.known)
    assert [s for s in says if s not in said] == []
    assert [s for s in never if s in said] == []
    assert all(k.source for k in talk.known)


def test_a_blood_test_alone_never_switches() -> None:
    with_blood = made(dt.date(2026, 10, 1))
    assert with_blood.state["esr1_emerging"].value is True
    assert with_blood.decision.now == "continue"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"drugs": ("letrozole",)}, "with a CDK4/6 inhibitor, which does not run here."),
        ({"says": "progression"}, "The disease has grown: this is no longer the question of these trials."),
    ],
)  # fmt: skip
def test_outside_the_setting_of_the_trials(more: dict[str, Any], says: str) -> None:
    (talk,) = liquid(made(dt.date(2026, 10, 1), **more)).discuss
    assert says in talk.text


def test_nothing_to_discuss_without_an_aromatase_inhibitor() -> None:
    assert liquid(made(dt.date(2026, 10, 1), drugs=("fulvestrant", "palbociclib"))).discuss == []


def test_draws_and_variants() -> None:
    found = liquid(made(dt.date(2026, 10, 1)))
    assert [d.not_compared for d in found.draws] == ["first", None, "other_assay", None]
    assert [d.clearance for d in found.draws] == [None, True, None, False]
    esr1, pik3ca = found.variants
    assert [d.status for d in esr1.draws] == ["not_detected"] * 3 + ["detected"]
    assert esr1.draws[3].trend == "new"
    assert esr1.draws[3].compared_with == found.draws[1].date  # past the draw of another test
    assert [d.trend for d in pik3ca.draws] == ["first", "cleared", "not_comparable", "absent"]
    assert any("does not suffice" in k.text for k in found.reading)
    assert all(k.source for k in found.reading)


def test_nobody_without_a_draw_has_the_section() -> None:
    plain = facts(dt.date(2026, 10, 1))
    without = Facts(**{n: getattr(plain, n) for n in (*TABLES, "problems")} | {"variants": plain.variants.clear(),
                    "observations": plain.observations.head(3)})  # fmt: skip
    made_without = report(without, dt.date(2026, 10, 1), knowledge())
    assert made_without.liquid is None
    assert "Tumour DNA in blood" not in as_page(made_without)


def _picture(on: dt.date = dt.date(2026, 10, 1)) -> Blood:
    picture = blood(liquid(made(on)))
    assert picture is not None
    return picture


def test_the_picture_joins_only_draws_of_one_test() -> None:
    picture = _picture()
    assert len(picture.marks) == 8  # two variants at four draws
    assert sum(mark.found for mark in picture.marks) == 3
    # Of each variant, the three draws of Guardant360: two ways. The draw of the other test stands alone.
    assert len(picture.lines) == 4
    alone = next(
        re.match(r"M([\d.]+),([\d.]+)", m.path) for m in picture.marks if "FoundationOne Liquid: 0.4 %" in m.text
    )
    assert alone is not None
    assert [text for _, text in picture.tests] == ["Guardant360", "FoundationOne Liquid", "Guardant360"]


def test_what_was_not_found_lies_in_its_own_lane_below_the_shares() -> None:
    picture = _picture()
    heights = [float(re.match(r"M[-\d.]+,([-\d.]+)", m.path)[1]) for m in picture.marks if not m.found]  # type: ignore[index]
    lowest = min(level.y for level in picture.levels if level.text == "not found")
    assert all(TOP < y < lowest for y in heights)
    dashed = [points for points, is_dashed in picture.lines if is_dashed]
    assert len(dashed) == 4  # every way here begins or ends at a draw that did not find it


def test_labels_do_not_lie_on_each_other() -> None:
    heights = sorted(label.y for label in _picture().labels)
    assert all(b - a >= 13.9 for a, b in pairwise(heights))


def test_the_page_and_the_text_say_the_same() -> None:
    of = made(dt.date(2026, 10, 1))
    page, text = as_page(of), re.sub(r"\s+", " ", as_text(of))
    for draw in liquid(of).draws:
        for sentence in draw.text:
            assert sentence in page
            assert re.sub(r"\s+", " ", sentence) in text
    assert "<script" not in page
    assert "How this is read" in page


def test_text_of_the_record_is_escaped_in_the_picture() -> None:
    on = dt.date(2026, 10, 1)
    base = facts(on)
    rows = _draw(on - dt.timedelta(days=5), {"ESR1 <b>x</b>": 1.0}, [], assay="<i>test</i>")
    variants = base.variants.vstack(build({"variants": rows}).variants)
    tables = {n: getattr(base, n) for n in (*TABLES, "problems")} | {"variants": variants}
    page = as_page(report(Facts(**tables), on, knowledge()))
    assert "<b>x</b>" not in page
    assert "<i>test</i>" not in page


def test_the_replay_draws_the_same_shares_each_test_by_itself() -> None:
    on = dt.date(2026, 10, 1)
    walked = replay.replay(facts(on), on, knowledge())
    series = {p.series: p.value for p in walked.points}
    assert series == {
        "ESR1 D538G in plasma, allele fraction (Guardant360)": 0.006,
        "PIK3CA H1047R in plasma, allele fraction (FoundationOne Liquid)": 0.004,
        "PIK3CA H1047R in plasma, allele fraction (Guardant360)": 0.08,
    }
