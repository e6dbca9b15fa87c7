"""Response: exact against a naive reading of the rules, and free of the order and company of rows."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openmbc.response import assess

SCHEMA = {"person": pl.String, "date": pl.Date, "lesion": pl.String, "role": pl.String, "node": pl.Boolean,
          "mm": pl.Float64, "assessment": pl.String}  # fmt: skip
START = dt.date(2026, 1, 1)

_length = st.one_of(st.integers(0, 600).map(lambda tenths: tenths / 10), st.none())
_other = st.sampled_from(["present", "absent", "unequivocal_progression", "not_evaluable"])
_new = st.sampled_from(["present", "equivocal", "absent", "not_evaluable"])


@st.composite
def tables(draw: st.DrawFn, person: str = "anna") -> pl.DataFrame:
    """One person: up to three targets (one may be a node), up to two others, up to two new lesions, six visits."""
    targets, others, new = draw(st.integers(0, 3)), draw(st.integers(0, 2)), draw(st.integers(0, 2))
    rows: list[tuple[object, ...]] = []
    for visit in range(draw(st.integers(1, 6))):
        date = START + dt.timedelta(days=28 * visit)
        for i in range(targets):
            mm = draw(st.integers(100, 600)) / 10 if visit == 0 else draw(_length)
            word = None if mm is not None else draw(st.sampled_from(["too_small", "absent", "not_evaluable", None]))
            rows.append((person, date, f"T{i}", "target", i == 0 and targets > 1, mm, word))
        rows += [
            (person, date, f"N{i}", "non_target", False, None, "present" if visit == 0 else draw(_other))
            for i in range(others)
        ]
        if visit:
            rows += [(person, date, f"X{i}", "new", False, None, draw(_new)) for i in range(new) if draw(st.booleans())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _naive_targets(table: pl.DataFrame) -> dict[dt.date, str | None]:
    """Target response by the text of RECIST, one visit after the other, in exact fractions.

    Without the rule on lesions that are back after a complete response, which rests on the other lesions too.
    """
    found: dict[dt.date, str | None] = {}
    baseline = nadir = None
    held = False
    names = sorted(set(table.filter(pl.col("role") == "target")["lesion"]))
    for date in sorted(set(table["date"])):
        sizes = []
        for row in table.filter((pl.col("date") == date) & (pl.col("role") == "target")).iter_rows(named=True):
            by_word = {"too_small": 5, "absent": 0}.get(row["assessment"])
            sizes.append((row["node"], Fraction(str(row["mm"])) if row["mm"] is not None else by_word))
        known = [size for _, size in sizes if size is not None]
        complete = len(known) == len(names)
        total = sum(known, Fraction(0))
        if baseline is None:
            baseline = nadir = total
            continue
        grew = total >= nadir * Fraction(6, 5) and total - nadir >= 5
        gone = complete and all(size == 0 or (node and size < 10) for node, size in sizes)
        if not names:
            found[date] = None
        elif grew:
            found[date], held = "PD", False
        elif gone:
            found[date], held = "CR", True
        elif not complete:
            found[date] = "NE"
        elif total <= baseline * Fraction(7, 10) or held:
            found[date], held = "PR", True
        else:
            found[date] = "SD"
        nadir = min(nadir, total) if complete else nadir
    return found


@given(tables())
@settings(max_examples=150, deadline=None)
def test_targets_as_the_text_says(table: pl.DataFrame) -> None:
    made = assess(table)
    wanted = _naive_targets(table)
    overall = dict(made.visits.select("date", "overall").iter_rows())
    for date, target in made.visits.select("date", "target").iter_rows():
        if date not in wanted or any(overall[d] == "CR" for d in overall if d < date):
            continue
        assert target == wanted[date], (date, table)


@given(st.lists(tables(), min_size=1, max_size=4), st.randoms(), st.sampled_from(["recist", "irecist"]))
@settings(max_examples=40, deadline=None)
def test_neither_order_nor_company_matters(alone: list[pl.DataFrame], random: object, criteria: str) -> None:
    people = [table.with_columns(pl.lit(f"p{i}").alias("person")) for i, table in enumerate(alone)]
    rows = pl.concat(people).rows()
    random.shuffle(rows)  # type: ignore[attr-defined]
    together = assess(pl.DataFrame(rows, schema=SCHEMA, orient="row"), criteria)  # type: ignore[arg-type]
    apart = [assess(table, criteria) for table in people]  # type: ignore[arg-type]
    assert_frame_equal(together.visits, pl.concat([one.visits for one in apart]))
    assert_frame_equal(together.people, pl.concat([one.people for one in apart]))


@given(tables(), st.sampled_from(["recist", "irecist"]))
@settings(max_examples=40, deadline=None)
def test_a_lesion_that_never_changes_leaves_the_targets_as_they_are(table: pl.DataFrame, criteria: str) -> None:
    assume((table["role"] != "new").any())  # without a lesion at baseline the added one would make a baseline
    more = pl.DataFrame(
        [("anna", date, "ZZ", "non_target", False, None, "present") for date in sorted(set(table["date"]))],
        schema=SCHEMA, orient="row",
    )  # fmt: skip
    without, with_it = (assess(t, criteria) for t in (table, pl.concat([table, more])))  # type: ignore[arg-type]
    kept = ["date", "target", "new", "sum_mm", "nadir_mm"]
    back = with_it.visits.select(kept).join(without.visits.select("date"), on="date", how="semi")
    # With that lesion left there is no complete response, after which a lesion that is back would be progression.
    if "CR" not in without.visits["overall"].to_list() and "iCR" not in without.visits["overall"].to_list():
        assert_frame_equal(back, without.visits.select(kept))


@given(tables())
@settings(max_examples=40, deadline=None)
def test_later_visits_do_not_change_earlier_ones(table: pl.DataFrame) -> None:
    dates = sorted(set(table["date"]))
    for date in dates[1:]:
        until = table.filter(pl.col("date") <= date)
        if set(until["lesion"]) != set(table["lesion"]):
            continue
        whole = assess(table).visits.filter(pl.col("date") <= date)
        assert_frame_equal(assess(until).visits, whole)


@given(tables(), st.sampled_from(["recist", "irecist"]))
@settings(max_examples=40, deadline=None)
def test_the_person_agrees_with_the_visits(table: pl.DataFrame, criteria: str) -> None:
    made = assess(table, criteria)  # type: ignore[arg-type]
    for person in made.people.iter_rows(named=True):
        overall = made.visits.filter(pl.col("person") == person["person"])["overall"].drop_nulls().to_list()
        grew = {"PD", "iCPD", "iUPD"} & set(overall)
        assert person["progression_date"] is None or grew
        assert person["best_overall"] is None or person["best_overall"] in overall or person["best_overall"] == "NE"
        if person["response_date"] is not None:
            assert {"CR", "PR", "iCR", "iPR"} & set(overall)
            assert person["duration"] >= 0
