"""Treatments as they stood at a visit: setting, running or ended, whether the disease grew, and their line."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from openmbc.catalogue import DRUGS, TREATMENT_KEYS, key
from openmbc.criteria.kleene import certain, either
from openmbc.state.numbering import number
from openmbc.state.therapy import Given, Line, merged
from openmbc.state.visits import computed, settle
from openmbc.terms import classes_of

# A progression seen within this time after the last dose belongs to the treatment.
_GRACE = pl.duration(days=30)
_BETWEEN_DOSES = pl.duration(days=60)
_NOT_SYSTEMIC = {"bone_agent", "ovarian_suppression"}
_EPISODE = ["row", "source", "treatment"]
# By what an episode says before where it stands, so that the order of records changes nothing.
_ORDER = ["row", "start", "treatment", "end", "ended", "running", "source"]
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
def systemic_drugs() -> list[str]:
    """Drugs against the cancer itself: no bone agents, and no ovarian suppression, which goes with another drug."""
    return [d for d in DRUGS if not _NOT_SYSTEMIC & set(classes_of(d))]


def episodes(given: pl.LazyFrame, time: pl.LazyFrame, responses: pl.LazyFrame) -> pl.DataFrame:
    """Cancer treatments known at each visit, one row an episode.

    Adds ``running`` (Boolean), ``setting`` completed from dates, ``systemic``, ``progressed`` (with
    ``grew_on``) and ``toxic`` (Boolean, null when the reason for the end is not recorded). ``given``: the
    treatments known at each visit; ``time``: `disease.timeline`; ``responses`` has row, date, code.
    """
    rows = (
        given.with_columns(_named())
        .filter(_taken())
        .with_columns(_as_it_stood())
        .join(time.select(_TIME), on="row", how="left")
    )
    rows = rows.with_columns(_running(), _setting()).sort(_ORDER)
    (rows,) = settle(rows)
    (known,) = computed(_with_progression(rows, responses))
    return known


@cache
def _named() -> list[pl.Expr]:
    """A drug in no table, stated to be given for metastatic disease, is a treatment too: by the name as typed.

    A trial drug that nobody knows still is a line of therapy.
    """
    of_trial = pl.col("treatment").is_null() & (pl.col("kind") == "drug") & (pl.col("setting") == "metastatic")
    unknown = certain(of_trial & pl.col("text").is_not_null())
    return [pl.when(unknown).then("text").otherwise("treatment").alias("treatment"), unknown.alias("unknown_drug")]


@cache
def _taken() -> pl.Expr:
    """Cancer treatments that were more than planned."""
    known = keys_of_drugs()["treatment"].unique().to_list()
    named = pl.col("unknown_drug") | pl.col("treatment").is_in(known)
    return named & (pl.col("status") != "planned").fill_null(True)


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
        (pl.col("unknown_drug") | pl.col("treatment").is_in(systemic_drugs())).alias("systemic"),
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


class Treated(NamedTuple):
    """One visit: what was given, the lines, the days on which growth was seen, and when the disease had spread."""

    row: int
    given: list[Given]
    lines: list[Line]
    growth: list[dt.date]
    metastatic_on: dt.date | None


class Numbered(NamedTuple):
    """Episodes with the line that each opened or joined, and the same by visit."""

    episodes: pl.DataFrame
    visits: list[Treated]


def numbered(eps: pl.DataFrame, responses: pl.LazyFrame) -> Numbered:
    """Add ``line`` (Int64): the number of the metastatic systemic line that an episode opened or joined, else null.

    ``eps`` comes sorted by visit and start, as `episodes` gives it; ``responses`` has row, date, code.
    """
    numbers: list[int | None] = [None] * len(eps)
    growth: dict[int, list[dt.date]] = {}
    grew, wanted = computed(
        responses.filter(_dated_growth()).select("row", "date").unique().sort("row", "date"),
        eps.lazy().with_row_index("place").filter(_in_lines()).select(_for_numbering()),
    )
    for row, day in grew.iter_rows():
        growth.setdefault(row, []).append(day)
    visits = []
    for (row, spread), of_visit in groupby(wanted.iter_rows(), key=itemgetter(0, 1)):
        grown = growth.get(row, [])
        of_person = merged(Given((place,), drug, (source,), *rest) for _, _, place, drug, source, *rest in of_visit)
        lines = number(of_person, grown)
        visits.append(Treated(row, of_person, lines, grown, spread))
        for line in lines:
            for given in line.own:
                for place in given.places:
                    numbers[place] = line.number
    return Numbered(eps.with_columns(pl.Series("line", numbers, pl.Int64)), visits)


@cache
def _dated_growth() -> pl.Expr:
    return (pl.col("code") == "progression") & pl.col("date").is_not_null()


@cache
def _in_lines() -> pl.Expr:
    """Systemic treatment, and ovarian suppression, which belongs to a line and never opens one."""
    ovaries = pl.col("treatment").is_in([d for d in drugs_of("ovarian_suppression") if d in DRUGS])
    return (pl.col("systemic") | ovaries) & (pl.col("status") != "not_taken").fill_null(True)


@cache
def _for_numbering() -> list[pl.Expr]:
    metastatic = certain(pl.col("systemic") & (pl.col("setting") == "metastatic")).alias("metastatic")
    columns = ("treatment", "source", "start", "end", "start_precision", "end_precision", "running", "progressed")
    return [pl.col("row", "metastatic_on", "place", *columns, "grew_on", "ended", "setting"), metastatic]
