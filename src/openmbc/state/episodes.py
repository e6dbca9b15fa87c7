"""Treatments as they stood at a visit: setting, running or ended, line, and whether the disease grew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import NamedTuple

import polars as pl

from openmbc.catalogue import DRUGS, TREATMENT_KEYS, key
from openmbc.criteria.kleene import certain, either
from openmbc.state.visits import computed, settle
from openmbc.terms import classes_of

# A progression seen within this time after the last dose belongs to the treatment.
_GRACE = pl.duration(days=30)
_BETWEEN_DOSES = pl.duration(days=60)
# Drugs started within this time of one another are one regimen.
_TOGETHER = dt.timedelta(days=28)
_NOT_SYSTEMIC = {"bone_agent", "ovarian_suppression"}
_EPISODE = ["row", "source", "treatment"]
_TIME = ["row", "diagnosed", "metastatic_on", "spread", "early"]
_KEPT_FOR_ANOTHER_REASON = ["toxicity", "completed", "wish", "cost"]


@cache
def keys_of_drugs() -> pl.DataFrame:
    """Every drug with each key that it counts for (itself and its classes): columns treatment, key."""
    pairs = [(drug, k) for drug in DRUGS for k in (key(drug), *classes_of(drug)) if k in TREATMENT_KEYS]
    pairs.append(("oophorectomy", "ovarian_suppression"))
    return pl.DataFrame(pairs, schema=["treatment", "key"], orient="row")


@cache
def drugs_of(wanted: str) -> list[str]:
    """The drugs of a class, sorted."""
    return sorted(keys_of_drugs().filter(pl.col("key") == wanted)["treatment"])


@cache
def _systemic() -> list[str]:
    return [d for d in DRUGS if not _NOT_SYSTEMIC & set(classes_of(d))]


def episodes(given: pl.LazyFrame, time: pl.LazyFrame, responses: pl.LazyFrame) -> pl.DataFrame:
    """Cancer treatments known at each visit, one row an episode.

    Adds ``running`` (Boolean), ``setting`` completed from dates, ``systemic``, ``line`` (metastatic
    systemic lines from 1, else null), ``progressed`` (with ``grew_on``) and ``toxic`` (Boolean, null
    when the reason for the end is not recorded). ``given``: the treatments known at each visit;
    ``time``: `disease.timeline`; ``responses`` has row, date, code.
    """
    rows = given.filter(_taken()).with_columns(_as_it_stood()).join(time.select(_TIME), on="row", how="left")
    rows = rows.with_columns(_running(), _setting()).sort("row", "start", "treatment", "source", nulls_last=False)
    (rows,) = settle(rows)
    (known,) = computed(_with_progression(rows, responses))
    return known.with_columns(pl.Series("line", _lines(known), pl.Int64))


@cache
def _taken() -> pl.Expr:
    """Cancer treatments that were more than planned."""
    known = keys_of_drugs()["treatment"].unique().to_list()
    return pl.col("treatment").is_in(known) & (pl.col("status") != "planned").fill_null(True)


@cache
def _as_it_stood() -> list[pl.Expr]:
    """What was known at the visit: a treatment that ended later was running.

    So was one of which only doses are recorded and the last is at most 60 days old: a record of doses
    says when the last was given, not that there will be no next.
    """
    doses = (pl.col("status") == "unknown") & (pl.col("as_of") - pl.col("end") <= _BETWEEN_DOSES)
    later = pl.when(either([certain(pl.col("end") > pl.col("as_of")), certain(doses)]))
    return [
        later.then(None).otherwise(pl.col("end")).alias("end"),
        later.then(None).otherwise(pl.col("ended")).alias("ended"),
        later.then(pl.lit("running")).otherwise(pl.col("status")).alias("status"),
        pl.col("treatment").is_in(_systemic()).alias("systemic"),
    ]


@cache
def _running() -> pl.Expr:
    over = pl.col("end").is_not_null() | pl.col("ended").is_not_null()
    # Ovaries that were removed stay removed, whatever the record calls the end of the operation.
    lasting = (pl.col("treatment") == "oophorectomy") & (pl.col("status") != "not_taken").fill_null(True)
    return (
        pl.when(lasting)
        .then(pl.lit(True))
        .when(over | pl.col("status").is_in(["ended", "not_taken"]))
        .then(pl.lit(False))
        .when(pl.col("status") == "running")
        .then(pl.lit(True))
        .alias("running")
    )


@cache
def _setting() -> pl.Expr:
    """The stated setting, else what dates and intent say; null when neither does."""
    never_early = ~pl.col("early") & pl.col("spread")
    return (
        pl.coalesce(
            pl.col("setting"),
            pl.when(pl.col("start") >= pl.col("metastatic_on")).then(pl.lit("metastatic")),
            pl.when(pl.col("start") < pl.col("metastatic_on")).then(pl.lit("adjuvant")),
            pl.when(pl.col("intent") == "palliative").then(pl.lit("metastatic")),
            pl.when(pl.col("intent") == "curative").then(pl.lit("adjuvant")),
            # Metastatic, with nothing on record that was ever early disease.
            pl.when(never_early & pl.col("metastatic_on").is_null()).then(pl.lit("metastatic")),
            pl.when(~pl.col("spread")).then(pl.lit("adjuvant")),
        )
    ).alias("setting")


def _with_progression(rows: pl.LazyFrame, responses: pl.LazyFrame) -> pl.LazyFrame:
    """Mark the episodes during which the disease grew.

    That is: stated as the reason for the end; or a progression recorded while it ran (or within 30 days);
    or, for treatment of early disease, the metastatic disease appeared while it ran.
    """
    progression, in_time, of_episode, judged = _grew()
    grew = responses.filter(progression).select("row", grew_on="date")
    hits = rows.select(*_EPISODE, "start", "end").join(grew, on="row").filter(in_time)
    seen = hits.group_by(_EPISODE).agg(of_episode)
    return rows.join(seen, on=_EPISODE, how="left", maintain_order="left").with_columns(judged)


@cache
def _grew() -> tuple[pl.Expr, pl.Expr, list[pl.Expr], list[pl.Expr]]:
    """What a progression is, whether it was in the time of an episode, what is kept, and the judgement."""
    during = (pl.col("grew_on") >= pl.col("start")) & (
        pl.col("end").is_null() | (pl.col("grew_on") <= pl.col("end") + _GRACE)
    )
    undated = pl.col("grew_on").is_null() & pl.col("end").is_null()
    kept = [pl.lit(True).alias("seen"), pl.col("grew_on").min()]
    ended_by_it = pl.when(pl.col("ended") == "progression").then(pl.col("end"))
    judged = [
        _progressed().alias("progressed"),
        pl.coalesce("grew_on", ended_by_it).alias("grew_on"),
        pl.when(certain(pl.col("running"))).then(pl.lit(False)).otherwise(pl.col("ended") == "toxicity").alias("toxic"),
    ]
    return pl.col("code") == "progression", either([certain(during), certain(undated)]), kept, judged


def _progressed() -> pl.Expr:
    relapse = (
        (pl.col("setting") != "metastatic")
        & (pl.col("metastatic_on") >= pl.col("start"))
        & (pl.col("end").is_null() | (pl.col("metastatic_on") <= pl.col("end")))
    )
    other_reason = pl.col("ended").is_in(_KEPT_FOR_ANOTHER_REASON)
    return (
        pl.when((pl.col("status") == "not_taken").fill_null(False) | ~pl.col("systemic"))
        .then(pl.lit(False))
        .when(pl.col("ended") == "progression")
        .then(pl.lit(True))
        .when(certain(relapse) & pl.col("systemic"))
        .then(pl.lit(True))
        .when(certain(other_reason))
        .then(pl.lit(False))
        .when(certain(pl.col("seen")))
        .then(pl.lit(True))
        .when(certain(pl.col("running")) | pl.col("ended").is_not_null())
        .then(pl.lit(False))
    )


class _Given(NamedTuple):
    """An episode as the numbering of lines sees it."""

    drug: str
    start: dt.date | None
    progressed: bool | None
    ended: str | None


def _lines(rows: pl.DataFrame) -> list[int | None]:
    """Number the lines of systemic therapy for metastatic disease, one number an episode.

    Rows come sorted by visit and start. Columns cannot say this clearly: whether a drug opens a line
    depends on the drugs before it. Drugs started within 28 days are one regimen. A regimen belongs to
    the line before it when each of its drugs does: it was in that line, replaces a drug of the same
    class that was stopped for another reason than progression, or is maintenance (endocrine therapy
    added to a HER2 antibody). Otherwise it opens the next line.
    """
    numbers: list[int | None] = [None] * len(rows)
    columns = ("row", "treatment", "start", "progressed", "ended")
    counted = (
        (pl.col("setting") == "metastatic") & pl.col("systemic") & (pl.col("status") != "not_taken").fill_null(True)
    )
    wanted = rows.with_row_index("place").filter(counted).select("place", *columns)
    for _, person in groupby(wanted.iter_rows(), key=lambda episode: episode[1]):
        line: list[_Given] = []
        number = 0
        for places, regimen in _regimens((place, _Given(*given)) for place, _, *given in person):
            if not line or not all(_continues(given, line) for given in regimen):
                number, line = number + 1, []
            line += regimen
            for place in places:
                numbers[place] = number
    return numbers


def _regimens(episodes: Iterable[tuple[int, _Given]]) -> list[tuple[list[int], list[_Given]]]:
    """Episodes of one person by regimen: what started within 28 days of its first drug, or is undated."""
    found: list[tuple[list[int], list[_Given]]] = []
    for place, given in episodes:
        first = found[-1][1][0].start if found else None
        both_dated = first is not None and given.start is not None
        together = given.start - first <= _TOGETHER if both_dated else first is given.start  # type: ignore[operator]
        if not found or not together:
            found.append(([], []))
        found[-1][0].append(place)
        found[-1][1].append(given)
    return found


def _continues(given: _Given, line: list[_Given]) -> bool:
    """Does this drug belong to the line made of these episodes?"""
    if any(before.progressed for before in line):
        return False
    classes = set(classes_of(given.drug))
    others = [(before, set(classes_of(before.drug))) for before in line]
    again = any(before.drug == given.drug for before in line)
    swap = any(before.ended in _KEPT_FOR_ANOTHER_REASON and _same_role(classes, old) for before, old in others)
    maintenance = "endocrine_therapy" in classes and any("her2_antibody" in old for _, old in others)
    return again or swap or maintenance


_ROLES = (
    "aromatase_inhibitor",
    "cdk46_inhibitor",
    "taxane",
    "her2_antibody",
    "her2_tki",
    "fluoropyrimidine",
    "platinum",
    "anthracycline",
    "immunotherapy",
    "parp_inhibitor",
)


def _same_role(one: set[str], other: set[str]) -> bool:
    return any(role in one and role in other for role in _ROLES)
