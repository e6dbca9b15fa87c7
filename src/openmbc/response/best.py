"""One row per person: best response, progression, and how long it took.

Best overall response is the best from the start to the first progression; a confirmed one asks that the bound of a
response is met again at least 28 days later (RECIST 1.1, section 4.4 and table 3). Stable disease counts only when it
was seen a minimum time after baseline, which a protocol sets: 42 days here unless another is given.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from openmbc.response.runs import begins, number

Criteria = Literal["recist", "irecist"]

CONFIRM_DAYS = 28
STABLE_DAYS = 42

_RANKS = {
    "recist": ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"),
    "irecist": ("iCR", "iPR", "iSD", "iNON-CR/NON-UPD", "iCPD", "iUPD", "NE"),
}
_STABLE = ("SD", "NON-CR/NON-PD", "iSD", "iNON-CR/NON-UPD")


def people(judged: pl.DataFrame, criteria: Criteria, *, confirm: bool, stable_days: int) -> pl.DataFrame:
    """The row per person of judged visits (`recist.judge`, `irecist.judge`).

    Columns: person, best_overall, confirmed_best, progression_date (Date), response_date (Date: first complete or
    partial response, with ``confirm`` the first that was confirmed), duration (Int64: days from it to progression, or
    to the last date that could be judged), duration_ongoing (Boolean: no progression was seen), baseline_date,
    last_date (Date: the last that could be judged, else the baseline), pfs_days (Int64: from baseline in the same way;
    0 where no later date could be judged), pfs_event (Boolean). Nothing to judge after baseline is NE.
    """
    progression, counted = _until_progression(judged, criteria)
    best = _best(counted, criteria, stable_days)
    sure = _confirmed(counted, criteria)
    rows = judged.group_by("person", maintain_order=True).agg(
        pl.col("baseline").first().alias("baseline_date"),
        pl.coalesce(pl.col("date").filter(_judged()).max(), pl.col("baseline").first()).alias("last_date"),
    )
    for other in (
        progression,
        best,
        _confirmed_best(counted, sure, criteria, stable_days),
        _first(counted, sure, confirm),
    ):
        rows = rows.join(other, on="person", how="left", maintain_order="left")
    end = pl.coalesce("progression_date", "last_date")
    return rows.select(
        pl.col("person").cast(pl.String), pl.col("best_overall", "confirmed_best").fill_null("NE"),
        "progression_date", "response_date",
        (end - pl.col("response_date")).dt.total_days().alias("duration"),
        pl.when(pl.col("response_date").is_not_null()).then(pl.col("progression_date").is_null()).alias("duration_ongoing"),
        "baseline_date", "last_date",
        (end - pl.col("baseline_date")).dt.total_days().alias("pfs_days"),
        pl.col("progression_date").is_not_null().alias("pfs_event"),
    )  # fmt: skip


def _judged() -> pl.Expr:
    return pl.col("overall").is_not_null() & (pl.col("overall") != "NE")


def _until_progression(judged: pl.DataFrame, criteria: Criteria) -> tuple[pl.DataFrame, pl.DataFrame]:
    """When the disease grew, and the visits up to that date.

    A new lesion that was suspected and confirmed later dates progression back to when it was first seen (RECIST 1.1,
    section 4.3.5); so does a confirmed progression of iRECIST, and one that stays unconfirmed with nothing better seen
    after it (iRECIST, table 4).
    """
    final = "PD" if criteria == "recist" else "iCPD"
    grew = pl.col("overall") == final
    first = judged.group_by("person", maintain_order=True).agg(
        pl.coalesce("began", "date").filter(grew).first().alias("began"),
        pl.col("date").filter(grew).first().alias("said_on"),
        pl.col("open_since").last().alias("left_open"),
    )
    on = pl.when(pl.col("said_on").is_null()).then("left_open").otherwise("began").alias("progression_date")
    dated = judged.drop("began").join(first, on="person", how="left", maintain_order="left")
    until = pl.col("began").is_null() | (pl.col("date") <= pl.col("began"))
    overall = pl.when(pl.col("date") == pl.col("began")).then(pl.lit(final)).otherwise("overall").alias("overall")
    return first.select("person", on), dated.filter(until & ~pl.col("at_baseline")).with_columns(overall)


def _best(counted: pl.DataFrame, criteria: Criteria, stable_days: int) -> pl.DataFrame:
    """The best of the visits; stable disease seen too early gives way to what came after it."""
    return _ranked(counted, pl.col("overall"), criteria, stable_days).rename({"best": "best_overall"})


def _ranked(counted: pl.DataFrame, response: pl.Expr, criteria: Criteria, stable_days: int) -> pl.DataFrame:
    ranks = _RANKS[criteria]
    early = (pl.col("date") - pl.col("baseline")).dt.total_days() < stable_days
    usable = pl.when(response.is_in(_STABLE) & early.fill_null(False)).then(pl.lit("NE")).otherwise(response)
    rank = usable.replace_strict(list(ranks), list(range(len(ranks))), return_dtype=pl.Int8)
    best = counted.group_by("person", maintain_order=True).agg(rank.min().alias("rank"))
    word = pl.col("rank").replace_strict(list(range(len(ranks))), list(ranks), return_dtype=pl.String)
    return best.select("person", word.alias("best"))


def _confirmed(counted: pl.DataFrame, criteria: Criteria) -> pl.DataFrame:
    """The visits with whether a complete or a partial response is confirmed there.

    A response is confirmed by a later date of the same stretch of visits: for a complete response all between are
    complete or not evaluable, for a partial one all between are a response or not evaluable. A response that is only
    held from before does not confirm and does not break the stretch.
    """
    complete, partial = ("CR", "PR") if criteria == "recist" else ("iCR", "iPR")
    overall = pl.col("overall")
    for name, holds, meets in (
        ("cr_sure", overall.is_in([complete, "NE"]), overall == complete),
        ("pr_sure", overall.is_in([complete, partial, "NE"]), overall.is_in([complete, partial]) & pl.col("met")),
    ):
        counted = counted.with_columns(holds.fill_null(False).alias("holds"), meets.fill_null(False).alias("meets"))
        counted = counted.with_columns(number(begins("person") | ~pl.col("holds")).alias("stretch"))
        last = pl.when("meets").then("date").max().over("stretch")
        again = pl.col("meets") & ((last - pl.col("date")).dt.total_days() >= CONFIRM_DAYS)
        counted = counted.with_columns(again.fill_null(False).alias(name))
    return counted


def _confirmed_best(counted: pl.DataFrame, sure: pl.DataFrame, criteria: Criteria, stable_days: int) -> pl.DataFrame:
    """As the best response, with a response that is not confirmed counted as stable disease."""
    complete, partial, stable = ("CR", "PR", "SD") if criteria == "recist" else ("iCR", "iPR", "iSD")
    response = (
        pl.when("cr_sure")
        .then(pl.lit(complete))
        .when("pr_sure")
        .then(pl.lit(partial))
        .when(pl.col("overall").is_in([complete, partial]))
        .then(pl.lit(stable))
        .otherwise("overall")
    )
    return _ranked(sure, response, criteria, stable_days).rename({"best": "confirmed_best"})


def _first(counted: pl.DataFrame, sure: pl.DataFrame, confirm: bool) -> pl.DataFrame:
    if confirm:
        counted, responded = sure, pl.col("cr_sure") | pl.col("pr_sure")
    else:
        responded = pl.col("overall").is_in(["CR", "PR", "iCR", "iPR"])
    return counted.filter(responded).group_by("person").agg(pl.col("date").min().alias("response_date"))
