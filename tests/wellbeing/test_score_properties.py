"""Order and company change nothing; scores stay in range; a plain evaluator, row by row, gives the same."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.wellbeing.instruments import KEYS, instrument
from openmbc.wellbeing.scoring import score

COLUMNS = {"person": pl.String, "date": pl.Date, "item": pl.String, "answer": pl.Float64}
DAYS = [dt.date(2026, 1, 1), dt.date(2026, 1, 8)]


@st.composite
def questionnaires(draw, *, mistakes=True):
    """The key of an instrument (it has a short repr) and answers of up to three people.

    They are mostly complete, some empty. Where there are ``mistakes``, some are wrong, and some items are answered
    twice; answers that contradict each other count as none, until one of them is taken away.
    """
    of = instrument(draw(st.sampled_from(KEYS)))
    items = list(of.items)
    rows = []
    for person, day in draw(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(DAYS)), max_size=4, unique=True)
    ):
        gaps = draw(st.sets(st.sampled_from(items), max_size=4))
        some = st.lists(st.sampled_from(items), max_size=12, unique=not mistakes)
        for item in draw(some) if of.graded else items:
            low, high = of.items[item]
            wrong = st.sampled_from([low - 1, high + 1, low + 0.5, 1e12]) if mistakes else st.nothing()
            answer = None if item in gaps else draw(st.integers(low, high) | wrong)
            rows.append((person, day, item, answer))
        if mistakes:
            rows.extend(draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else [])
    return of.key, rows


def frame(rows):
    return pl.DataFrame(rows, COLUMNS, orient="row")


@settings(max_examples=120, deadline=None)
@given(questionnaires(), st.randoms())
def test_order_and_company_change_nothing(given_, random):
    key, rows = given_
    of = instrument(key)
    together = score(frame(rows), of.key)
    shuffled = random.sample(rows, len(rows))
    again = score(frame(shuffled), of.key)
    assert again.scores.rows() == together.scores.rows()
    assert sorted(again.problems["what"]) == sorted(together.problems["what"])
    alone = [score(frame([r for r in rows if r[0] == person]), of.key).scores.rows() for person in "abc"]
    assert [row for part in alone for row in part] == together.scores.rows()


@settings(max_examples=120, deadline=None)
@given(questionnaires())
def test_scores_are_in_range_or_have_a_reason(given_):
    key, rows = given_
    of = instrument(key)
    scales = {scale.key: scale for scale in of.scales}
    for row in score(frame(rows), of.key).scores.iter_rows(named=True):
        scale = scales[row["scale"]]
        assert 0 <= row["answered"] <= row["asked"] == len(scale.items)
        if row["score"] is None:
            assert row["note"].startswith(("not scored", "not graded"))
        else:
            assert scale.lowest <= row["score"] <= scale.highest
            assert (row["meaning"] is None) == (not scale.bands)
            # What is missing is said, and nothing else is.
            assert (row["note"] is None) == (row["answered"] == row["asked"])


def naive(of, answers):
    """Scores of one person and day, one rule after the other, in fractions; of sums, means and totals."""
    found = {}
    for scale in of.scales:
        if scale.way == "grade":
            continue
        if not scale.of:
            given_ = [
                (answers[i], *of.items[i], i in scale.reversed) for i in scale.items if answers.get(i) is not None
            ]
            if not given_ or len(given_) < scale.answered:
                found[scale.key] = None
                continue
            values = [low + high - value if turned else value for value, low, high, turned in given_]
            mean = Fraction(sum(values), len(values))
            if scale.way == "percent":
                low, high = of.items[scale.items[0]]
                found[scale.key] = (mean - low) / (high - low) * 100
            else:
                total = mean * len(scale.items)
                found[scale.key] = Fraction(int(total + Fraction(1, 2))) if scale.whole else total
            continue
        parts = [(found[key], key in scale.reversed) for key in scale.of]
        answered = sum(answers.get(item) is not None for item in scale.items)
        if any(part is None for part, _ in parts) or answered < scale.answered:
            found[scale.key] = None
            continue
        total = sum(100 - part if turned else part for part, turned in parts)
        found[scale.key] = total / len(parts) if scale.way == "mean" else total
    return found


@settings(max_examples=150, deadline=None)
@given(questionnaires(mistakes=False))
def test_a_plain_evaluator_gives_the_same(given_):
    key, rows = given_
    of = instrument(key)
    if of.graded:
        return  # every cell is tried in test_score.py
    found = score(frame(rows), of.key)
    assert found.problems.is_empty()
    seen = {}
    for person, day, item, answer in rows:
        seen.setdefault((person, day), {})[item] = answer
    assert found.scores.height == len(seen) * len(of.scales)
    expected = {visit: naive(of, answers) for visit, answers in seen.items()}
    for row in found.scores.iter_rows(named=True):
        value = expected[row["person"], row["date"]][row["scale"]]
        assert row["score"] == (None if value is None else pytest.approx(float(value), abs=1e-9)), row


@settings(max_examples=80, deadline=None)
@given(questionnaires(mistakes=False), st.data())
def test_a_missing_answer_is_never_silent(given_, data):
    """Taking an answer away leaves each score as it is, or says so."""
    key, rows = given_
    of = instrument(key)
    if not rows:
        return
    gone = data.draw(st.integers(0, len(rows) - 1))
    before = score(frame(rows), of.key).scores
    without = [(*row[:3], None) if place == gone else row for place, row in enumerate(rows)]
    after = score(frame(without), of.key).scores
    both = before.join(after, on=["person", "date", "scale"], how="full", suffix="_after", nulls_equal=True)
    for row in both.iter_rows(named=True):
        if (row["score"], row["meaning"]) != (row["score_after"], row["meaning_after"]):
            assert row["note_after"] is not None


@settings(max_examples=80, deadline=None)
@given(questionnaires(mistakes=False), st.data())
def test_a_band_that_is_said_without_a_score_holds_whatever_is_answered(given_, data):
    key, rows = given_
    of = instrument(key)
    for row in score(frame(rows), of.key).scores.iter_rows(named=True):
        if row["score"] is not None or row["meaning"] is None:
            continue
        scale = next(scale for scale in of.scales if scale.key == row["scale"])
        answers = {r[2]: r[3] for r in rows if (r[0], r[1]) == (row["person"], row["date"])}
        for item in scale.items:
            if answers.get(item) is None:
                answers[item] = data.draw(st.integers(*of.items[item]))
        full = score(frame([("x", DAYS[0], item, answers[item]) for item in scale.items]), of.key).scores
        assert full.filter(pl.col("scale") == scale.key)["meaning"].to_list() == [row["meaning"]]
