"""Receptors from the newest specimen that says something, and whether they changed.

Cut-offs: oestrogen and progesterone receptor positive from 1 % of cells, oestrogen receptor low
positive from 1 to 10 % (ASCO-CAP 2020); HER2 positive is IHC 3+ or 2+ with positive ISH, low is 1+ or
2+ with negative ISH, ultralow is 0 with faint staining in at most 10 % of cells (ASCO-CAP 2023,
DESTINY-Breast06). A HER2 that is only called negative stays `negative`: which of zero, ultralow and
low is open.

HER2 is three findings: the protein (IHC, ``her2_ihc``), the copies seen under the microscope (ISH, ``her2_ish``) and
the copies by sequencing (``erbb2_amplification``, `openmbc.state.genomics`). The first two decide, by the algorithm of
ASCO-CAP, and ``her2_basis`` says which of them did; sequencing never changes ``her2``, because the trials and labels
of HER2 drugs chose by IHC and ISH. Where the findings contradict each other, a problem says so
(`openmbc.state.contradictions`).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import any_row, certain
from openmbc.state.visits import UNDATED, Part, beside, facts_in

_CONCEPTS = {
    "er": ("er", "er_percent"),
    "pr": ("pr", "pr_percent"),
    "her2": ("her2", "her2_ihc", "her2_ish", "her2_ratio", "her2_copies"),
    "ki67": ("ki67",),
    "pdl1_cps": ("pdl1_cps",),
}
_MARKER_OF = {concept: marker for marker, concepts in _CONCEPTS.items() for concept in concepts}
_POSITIVE_FROM, _LOW_UNTIL = 1, 10  # % of cells


_ASKED = pl.col("concept").is_in(list(_MARKER_OF))
FEEDS = {
    "er": ("er", "er_percent", "hormone_receptor"),
    "pr": ("pr", "pr_percent", "hormone_receptor"),
    "her2": ("her2", "her2_ihc", "her2_ish", "her2_basis"),
    "ki67": ("ki67",),
    "pdl1_cps": ("pdl1_cps",),
}


def readings(observations: pl.LazyFrame) -> pl.LazyFrame:
    """One row per visit, marker and day that has an answer or a contradiction.

    Columns: row, marker, day, answer, detail (percentage or score), site, sources, conflict; of HER2 also ish, and
    basis: which finding decides, in words. ``sources`` has a list for each specimen of the day, not in order.
    """
    specimens = _specimens(observations).with_columns(_called()).with_columns(_tested())
    read = specimens.with_columns(_her2_tested()).with_columns(_er(), _pr(), _her2())
    read = read.select("row", "marker", "day", "site", *_answer(), "ish", _basis(), "clash", "sources")
    # Two specimens of one day: they may differ; then none of them decides.
    per_day = read.sort("row", "marker", "day", "site").group_by("row", "marker", "day", maintain_order=True)
    together, decided, says_something = _day()
    return per_day.agg(together).with_columns(decided).filter(says_something)


def derive(visits: pl.LazyFrame, long: pl.DataFrame, latest: pl.DataFrame) -> Part:
    """Receptor columns by visit from `readings` and the `newest_day` of them."""
    newest = latest.lazy()
    columns = beside(visits.select("row"), newest.group_by("row").agg(_columns()))
    columns = columns.with_columns(hormone_receptor())
    if len(long) > len(latest):
        columns = beside(columns, _conversion(long.lazy()))
    return Part(columns, [facts_in(newest.explode("sources"), "marker")])


def newest_day(long: pl.LazyFrame) -> pl.LazyFrame:
    """The newest of the `readings` of each marker at each visit."""
    return long.sort("row", "marker", "day").group_by("row", "marker", maintain_order=True).last()


def _specimens(observations: pl.LazyFrame) -> pl.LazyFrame:
    """One row per visit, marker, day and specimen site, with what each test of it said.

    Where one test gave two different answers on one specimen, the answer is null and ``clash`` is true.
    """
    read, by_test, agreed, apart, by_specimen = _grouped()
    given = observations.select("row", "source", "date", "concept", "value", "comparator", "code", "site")
    cells = given.filter(_ASKED).with_columns(read).group_by("row", "marker", "day", "site", "concept")
    tests = cells.agg(by_test).with_columns(agreed).with_columns(apart)
    return tests.group_by("row", "marker", "day", "site").agg(by_specimen)


@cache
def _grouped() -> tuple[list[pl.Expr], ...]:
    """What is read from each test; from the same test of a specimen, where it agrees; from all tests of a specimen."""
    said, other = pl.col("said"), pl.col("other")
    read = [
        pl.col("concept").replace_strict(_MARKER_OF).alias("marker"),
        pl.col("date").fill_null(UNDATED).alias("day"),
        pl.coalesce(pl.col("code"), _number_as_text()).alias("said"),
    ]
    by_test = [said.min(), said.max().alias("other"), pl.col("source")]
    agreed = [pl.when(said == other).then(said), certain(said != other).alias("clash")]
    apart = [pl.when(pl.col("concept") == c).then(said).alias(c) for c in _MARKER_OF]
    by_specimen = [
        pl.col(list(_MARKER_OF)).first(ignore_nulls=True),
        any_row(pl.col("clash")).alias("clash"),
        pl.col("source").list.explode().alias("sources"),
    ]
    return read, by_test, agreed, apart, by_specimen


@cache
def _answer() -> list[pl.Expr]:
    """What a marker's answer is, and its percentage or score."""
    answer = {"er": "er_read", "pr": "pr_read", "her2": "her2_read", "ki67": "ki67", "pdl1_cps": "pdl1_cps"}
    detail = {"er": "er_percent", "pr": "pr_percent", "her2": "her2_ihc", "ki67": "ki67", "pdl1_cps": "pdl1_cps"}
    return [
        pl.coalesce(pl.when(pl.col("marker") == m).then(pl.col(column)) for m, column in columns.items()).alias(name)
        for name, columns in (("answer", answer), ("detail", detail))
    ]


@cache
def _day() -> tuple[list[pl.Expr], list[pl.Expr], pl.Expr]:
    """The specimens of one day together, what they decide, and whether they say anything."""
    together = [
        pl.col("answer").min(),
        pl.col("answer").max().alias("other"),
        pl.col("detail", "site", "ish", "basis").first(ignore_nulls=True),
        pl.col("sources"),
        any_row(pl.col("clash")).alias("clash"),
    ]
    several = certain(pl.col("answer") != pl.col("other"))
    one = certain(pl.col("answer") == pl.col("other")) & ~pl.col("clash")
    decided = [
        pl.when(one).then(pl.col("answer", "basis")),
        (several | pl.col("clash")).alias("conflict"),
    ]
    return together, decided, pl.col("answer").is_not_null() | pl.col("conflict") | pl.col("detail").is_not_null()


def _number_as_text() -> pl.Expr:
    """A number, or the nearest number that keeps the meaning of a bound: '<1' is 0.99, '>90' is 90.01."""
    nudge = pl.col("comparator").replace_strict({"<": -0.01, ">": 0.01}, default=0.0)
    return (pl.col("value") + nudge).cast(pl.String)


@cache
def _called() -> list[pl.Expr]:
    """The report's own conclusion in our words, and percentages as numbers."""
    er = {"positive": "positive", "low_positive": "low_positive", "low": "low_positive", "negative": "negative"}
    pr = {"positive": "positive", "low_positive": "positive", "low": "positive", "negative": "negative"}
    her2 = {v: v for v in ("positive", "negative", "zero", "ultralow", "low")}
    said = [
        pl.col(marker).replace_strict(words, default=None, return_dtype=pl.String).alias(f"{marker}_called")
        for marker, words in (("er", er), ("pr", pr), ("her2", her2))
    ]
    numbers = ("er_percent", "pr_percent", "her2_ratio", "her2_copies")
    return [*said, *(pl.col(c).cast(pl.Float64).alias(f"{c}_number") for c in numbers)]


@cache
def _tested() -> list[pl.Expr]:
    """What percentages and ISH say by the cut-offs.

    ASCO-CAP ISH groups 1 (ratio at least 2, copies at least 4) and 5 (ratio below 2, copies below 4)
    decide; the groups between need the pathologist.
    """
    er, pr = pl.col("er_percent_number"), pl.col("pr_percent_number")
    ratio, copies = pl.col("her2_ratio_number"), pl.col("her2_copies_number")
    positive, negative = pl.lit("positive"), pl.lit("negative")
    er_says = pl.when(er > _LOW_UNTIL).then(positive).when(er >= _POSITIVE_FROM).then(pl.lit("low_positive"))
    ish = pl.when((ratio >= 2) & (copies.fill_null(4) >= 4)).then(positive)
    return [
        er_says.when(er < _POSITIVE_FROM).then(negative).alias("er_tested"),
        pl.when(pr >= _POSITIVE_FROM).then(positive).when(pr < _POSITIVE_FROM).then(negative).alias("pr_tested"),
        pl.coalesce("her2_ish", ish.when((ratio < 2) & (copies.fill_null(0) < 4)).then(negative)).alias("ish"),
    ]


@cache
def _her2_tested() -> pl.Expr:
    """HER2 from the score and, at 2+, from ISH; ISH alone says positive or negative."""
    score, ish = pl.col("her2_ihc"), pl.col("ish")
    decided = pl.when((score == "3+") | ((score != "0") & (ish == "positive"))).then(pl.lit("positive"))
    return (
        decided.when((score == "1+") | ((score == "2+") & (ish == "negative")))
        .then(pl.lit("low"))
        .when(score == "0+")
        .then(pl.lit("ultralow"))
        .when(score == "0")
        .then(pl.lit("zero"))
        .when(score.is_null() & ish.is_in(["positive", "negative"]))
        .then(ish)
        .alias("her2_tested")
    )


@cache
def _er() -> pl.Expr:
    tested, called = pl.col("er_tested"), pl.col("er_called")
    # "positive" and "low_positive" do not contradict: the percentage says it more finely.
    contradicts = ((tested == "negative") != (called == "negative")).fill_null(False)
    return pl.when(~contradicts).then(pl.coalesce(tested, called)).alias("er_read")


@cache
def _pr() -> pl.Expr:
    tested, called = pl.col("pr_tested"), pl.col("pr_called")
    return pl.when(~(tested != called).fill_null(False)).then(pl.coalesce(tested, called)).alias("pr_read")


@cache
def _her2() -> pl.Expr:
    """The tests decide; the report's conclusion fills what they leave open and must not contradict them."""
    tested, called = pl.col("her2_tested"), pl.col("her2_called")
    contradicts = ((tested == "positive") != (called == "positive")).fill_null(False)
    open_score = (pl.col("her2_ihc") == "2+").fill_null(False) & tested.is_null()
    fine = pl.coalesce(pl.when(tested != "negative").then(tested), called, tested)
    merged = pl.when(open_score & (called == "negative")).then(pl.lit("low")).otherwise(fine)
    return pl.when(~contradicts).then(merged).alias("her2_read")


@cache
def _basis() -> pl.Expr:
    """Which finding decides what HER2 is, in words; null where none does."""
    score, ish, called = pl.col("her2_ihc"), pl.col("ish"), pl.col("her2_called")
    seen = pl.when(score == "0+").then(pl.lit("0 with faint staining")).otherwise(score)
    other_way = ((score == "3+") & (ish == "negative")) | (score.is_in(["0", "0+", "1+"]) & (ish == "positive"))
    words = (
        pl.when(pl.col("her2_tested").is_null())
        .then(pl.format("the report's own word decides: {}", called.str.replace_all("_", " ")))
        .when(score.is_null())
        .then(pl.format("ISH alone decides: {}", ish))
        .when(score == "2+")
        .then(pl.format("IHC 2+ leaves it open, ISH decides: {}", ish))
        .when(other_way & score.is_in(["1+", "0+"]))
        .then(pl.format("ISH decides, against IHC {}: {}", seen, ish))
        .when(other_way)
        .then(pl.format("IHC {} decides, against ISH {}", seen, ish))
        .otherwise(pl.format("IHC {} decides", seen))
    )
    return pl.when(pl.col("her2_read").is_not_null()).then(words).alias("basis")


@cache
def _columns() -> list[pl.Expr]:
    """The columns of all markers, from the one newest day of each."""
    answers = [_of(marker, "answer").alias(marker) for marker in ("er", "pr", "her2")]
    numbers = {"er_percent": "er", "pr_percent": "pr", "ki67": "ki67", "pdl1_cps": "pdl1_cps"}
    details = [_of(m, "detail").cast(pl.Float64, strict=False).alias(name) for name, m in numbers.items()]
    ihc = _of("her2", "detail").replace("0+", "0").alias("her2_ihc")
    return [*answers, *details, ihc, *(_of("her2", name).alias(f"her2_{name}") for name in ("ish", "basis"))]


def _of(marker: str, column: str) -> pl.Expr:
    return pl.col(column).filter(pl.col("marker") == marker).first()


@cache
def hormone_receptor() -> pl.Expr:
    positive = pl.col("er").is_in(["positive", "low_positive"]) | (pl.col("pr") == "positive")
    both_negative = (pl.col("er") == "negative") & (pl.col("pr") == "negative")
    return (
        pl.when(positive.fill_null(False))
        .then(pl.lit("positive"))
        .when(both_negative.fill_null(False))
        .then(pl.lit("negative"))
        .alias("hormone_receptor")
    )


def _conversion(long: pl.LazyFrame) -> pl.LazyFrame:
    """In words, each of ER, PR and HER2 whose newest answer differs from the one before it."""
    known, before, changed, words = _change()
    return long.filter(known).with_columns(before).filter(changed).group_by("row", maintain_order=True).agg(words)


@cache
def _change() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, pl.Expr]:
    known = pl.col("marker").is_in(["er", "pr", "her2"]) & pl.col("answer").is_not_null()
    # The readings stand in the order of visit, marker and day: the one before is in the row above.
    same = (pl.col("row") == pl.col("row").shift(1)) & (pl.col("marker") == pl.col("marker").shift(1))
    before = [pl.when(same).then(pl.col(c).shift(1)).alias(f"old_{c}") for c in ("answer", "day", "site")]
    next_one = (pl.col("row") == pl.col("row").shift(-1)) & (pl.col("marker") == pl.col("marker").shift(-1))
    newest = ~certain(next_one)
    words = pl.format(
        "{} {} ({}) to {} ({})",
        pl.col("marker").str.to_uppercase(),
        pl.col("old_answer"),
        _when("old_day", "old_site"),
        pl.col("answer"),
        _when("day", "site"),
    )
    joined = words.str.replace_all("_", " ").str.join("; ").alias("receptor_conversion")
    return known, before, newest & (pl.col("answer") != pl.col("old_answer")), joined


def _when(day: str, site: str) -> pl.Expr:
    dated = pl.when(pl.col(day) > UNDATED).then(pl.col(day).dt.strftime("%Y-%m")).otherwise(pl.lit("undated"))
    return pl.concat_str(pl.col(site), dated, separator=", ", ignore_nulls=True)
