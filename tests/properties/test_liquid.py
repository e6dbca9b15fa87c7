"""Blood draws over time: what holds for every table of findings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.liquid import COLUMNS, RESULTS, Followed, follow, in_words

START = dt.date(2026, 1, 1)
DAYS = [START + dt.timedelta(days=30 * n) for n in range(5)]
SHARES = [None, 0.0004, 0.001, 0.004, 0.005, 0.01, 0.02, 0.4, 1.5]

findings = st.tuples(
    st.sampled_from(DAYS),
    st.sampled_from(["Guardant360", "guardant360", "FoundationOne Liquid", None]),
    st.sampled_from([None, None, "v2"]),
    st.sampled_from(["ESR1", "PIK3CA"]),
    st.sampled_from(["D538G", "H1047R", None]),
    st.sampled_from(["present", "present", "absent", "studied", "maybe"]),
    st.sampled_from(SHARES),
    st.sampled_from([None, 0.001, 0.005]),
    st.sampled_from([None, 1000, 20000]),
    st.sampled_from([None, False, True]),
)
results = st.tuples(
    st.sampled_from(DAYS),
    st.sampled_from(["Guardant360", None]),
    st.sampled_from([0.4, 1.0, 20.0]),
    st.sampled_from([None, "<"]),
)
starts = st.lists(st.sampled_from(DAYS), max_size=2)
records = st.tuples(st.lists(findings, max_size=12), st.lists(results, max_size=3), starts)
Record = tuple[list[Any], list[Any], list[Any]]


def made(record: Record, person: str = "anna", until: dt.date | None = None, backwards: bool = False) -> Followed:
    step = -1 if backwards else 1
    known = [[row for row in part if until is None or row[0] <= until][::step] for part in record[:2]]
    variants = pl.DataFrame([(person, *row) for row in known[0]], schema=COLUMNS, orient="row")
    of_draws = pl.DataFrame([(person, *row) for row in known[1]], schema=RESULTS, orient="row")
    # Where a row came from is part of the answer, so it must not be its place in the table.
    variants, of_draws = (t.with_columns(pl.lit("record").alias("source")) for t in (variants, of_draws))
    began = pl.DataFrame({"person": person, "start": record[2]}, schema={"person": pl.String, "start": pl.Date})
    return in_words(follow(variants, of_draws, began))


def plain(found: Followed, *, problems: bool = True) -> list[Any]:
    """Everything but the numbers of draws, which count all people of a table."""
    tables = [found.series.drop("draw"), found.draws.drop("draw")]
    shown = [*tables, found.problems.sort("what", "severity")] if problems else tables
    return [table.to_dicts() for table in shown]


@settings(deadline=None, max_examples=30)
@given(records)
def test_the_order_of_rows_does_not_matter(record: Record) -> None:
    assert plain(made(record)) == plain(made(record, backwards=True))


@settings(deadline=None, max_examples=30)
@given(records, records)
def test_a_person_does_not_depend_on_others(one: Record, other: Record) -> None:
    alone = made(one)
    tables = []
    for schema, place in ((COLUMNS, 0), (RESULTS, 1)):
        rows = [("anna", *row) for row in one[place]] + [("bea", *row) for row in other[place]]
        tables.append(pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit("record").alias("source")))
    began = pl.DataFrame(
        {"person": ["anna"] * len(one[2]) + ["bea"] * len(other[2]), "start": one[2] + other[2]},
        schema={"person": pl.String, "start": pl.Date},
    )
    both = in_words(follow(*tables, began))
    anna = Followed(*(t.filter(pl.col("person") == "anna") for t in (both.series, both.draws, both.problems)))
    assert plain(anna) == plain(alone)


@settings(deadline=None, max_examples=30)
@given(records, st.sampled_from(DAYS))
def test_a_later_draw_never_changes_an_earlier_one(record: Record, until: dt.date) -> None:
    whole, before = made(record), made(record, until=until)
    early = whole.draws.filter(pl.col("date") <= until)
    assert early.drop("draw").to_dicts() == before.draws.drop("draw").to_dicts()
    kept = whole.series.join(
        before.series, on=["gene", "change", "date", "assay", "panel"], how="semi", nulls_equal=True
    )
    assert kept.drop("draw").to_dicts() == before.series.drop("draw").to_dicts()


@settings(deadline=None, max_examples=30)
@given(records)
def test_comparison_never_crosses_tests(record: Record) -> None:
    found = made(record)
    places = {(str(r["assay"]).lower(), r["panel"], r["date"]) for r in found.draws.iter_rows(named=True)}
    for row in found.draws.iter_rows(named=True):
        if row["assay"] is None:
            assert row["comparable_with"] is row["baseline"] is row["ratio_to_previous"] is row["clearance"] is None
        for name in ("comparable_with", "baseline"):
            if row[name] is not None:
                assert (row["assay"].lower(), row["panel"], row[name]) in places
    for row in found.series.iter_rows(named=True):
        compared = row["trend"] not in (None, "first", "not_comparable")
        assert compared == (row["since"] is not None and row["status"] not in ("not_tested", "not_known"))
        if row["since"] is not None:
            assert row["since"] < row["date"]
            assert (row["assay"].lower(), row["panel"], row["since"]) in places


@settings(deadline=None, max_examples=30)
@given(records)
def test_what_was_not_looked_for_is_never_a_negative(record: Record) -> None:
    looked = {
        (gene, date, str(assay).lower(), panel)
        for date, assay, panel, gene, change, result, *_ in record[0]
        if result in ("present", "absent", "studied")
    }
    for row in made(record).series.iter_rows(named=True):
        if (row["gene"], row["date"], str(row["assay"]).lower(), row["panel"]) not in looked:
            assert row["status"] in ("not_tested", "not_known")
            assert row["trend"] is None
