"""Response by measurement: the lesions of a record, read by RECIST under each line of therapy.

Under immunotherapy iRECIST counts. The newest measurement before a line began is its baseline.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import polars as pl

from openmbc.criteria.kleene import any_row, certain
from openmbc.facts import PROBLEMS
from openmbc.response import assess
from openmbc.response.bone import FLARE_DAYS
from openmbc.state.visits import computed, named_in

# A scan of the first days of a treatment still shows how it was before.
_FIRST_DAYS = 7
# Scans of different parts of the body within this time are one visit, where no lesion is on both.
_ONE_VISIT_DAYS = 28
# Statements within this time of a measurement speak of the same scan.
_SAME_SCAN_DAYS = 28
# RECIST 1.1: what can be measured at baseline, where the record says no role; at most 5, and 2 in an organ.
_MEASURABLE, _MEASURABLE_NODE = 10.0, 15.0

_MEANING = {
    "CR": "responding", "PR": "responding", "SD": "stable", "NON-CR/NON-PD": "stable", "PD": "progression",
    "NE": "undetermined", "iCR": "responding", "iPR": "responding", "iSD": "stable", "iNON-CR/NON-UPD": "stable",
    "iUPD": "unconfirmed", "iCPD": "progression",
}  # fmt: skip


class Measured(msgspec.Struct, frozen=True):
    """What measurements say at visits.

    ``visits``: row, line, date, criteria (recist | irecist), target, non_target, new, overall, sum_mm, nadir_mm,
    change_from_baseline, change_from_nadir, sources (list). ``responses``: the same as statements (row, person, source,
    date, concept, code) beside those of the record. ``problems`` of the measurements and ``disagreements`` with what
    reports say: as `facts.PROBLEMS`.
    """

    visits: pl.DataFrame
    responses: pl.DataFrame
    problems: pl.DataFrame
    disagreements: pl.DataFrame


def measured(lesions: pl.DataFrame, lines: pl.DataFrame, stated: pl.LazyFrame) -> Measured | None:
    """Response under each line; None where nothing was measured.

    ``lesions``: the rows of `facts.lesions` known at each visit, with row. ``lines``: `lines.starts`. ``stated``: what
    reports say of response (row, source, date, code).
    """
    dated = lesions.filter(pl.col("date").is_not_null())
    series = _series(dated, lines.filter(pl.col("start").is_not_null()))
    if series.is_empty():
        return None
    found = [
        _assessed(_with_roles(series.filter(pl.col("immunotherapy") == immune)), criteria)
        for immune, criteria in ((False, "recist"), (True, "irecist"))
        if not series.filter(pl.col("immunotherapy") == immune).is_empty()
    ]
    visits = pl.concat([visits for visits, _ in found]).sort("row", "line", "date")
    responses = _statements(visits)
    problems = pl.concat([problems for _, problems in found]).unique(maintain_order=True)
    return Measured(visits, responses, problems, _disagreements(stated, responses))


def _series(lesions: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lesions under each line, from its baseline to that of the next: with line, base (Date), immunotherapy."""
    if lesions.is_empty() or lines.is_empty():
        return lesions.clear().with_columns(pl.lit(None, pl.Boolean).alias("immunotherapy"))
    first_days = pl.duration(days=_FIRST_DAYS)
    lesions = _at_visits(lesions)
    lines = lines.sort("row", "line").with_columns(pl.col("start").shift(-1).over("row").alias("next"))
    dates = lesions.select("row", "date").unique().join(lines, on="row")
    before = pl.col("date").filter(pl.col("date") <= pl.col("start") + first_days).max()
    base = dates.group_by("row", "line").agg(pl.coalesce(before, pl.col("date").min()).alias("base"))
    of = lines.join(base, on=["row", "line"])
    during = (pl.col("date") >= pl.col("base")) & (
        pl.col("next").is_null() | (pl.col("date") <= pl.col("next") + first_days)
    )
    return lesions.join(of, on="row").filter(during)


def _at_visits(lesions: pl.DataFrame) -> pl.DataFrame:
    """The lesions with the day of their visit in place of that of their scan: the last scan of the visit.

    A CT of the body and an MRI of the brain are seldom done on one day. Whether a scan belongs to the visit before it
    depends on the scans of that visit, so this goes over the days in order.
    """
    seen = lesions.group_by("row", "date").agg(pl.col("lesion").unique()).sort("row", "date")
    visits: list[list[tuple[Any, Any]]] = []
    named: set[str] = set()
    for row, date, on_scan in seen.iter_rows():
        of_row, first = visits[-1][0] if visits else (None, None)
        same = of_row == row and (date - first).days <= _ONE_VISIT_DAYS
        if not same or named & set(on_scan):
            visits.append([])
            named = set()
        visits[-1].append((row, date))
        named |= set(on_scan)
    days = [(*scan, visit[-1][1]) for visit in visits for scan in visit]
    of = pl.DataFrame(days, schema={"row": lesions.schema["row"], "date": pl.Date, "visit": pl.Date}, orient="row")
    at = lesions.join(of, on=["row", "date"], how="left", maintain_order="left")
    return at.with_columns(pl.col("visit").alias("date")).drop("visit")


def _with_roles(series: pl.DataFrame) -> pl.DataFrame:
    """Lesions with their role under this line, and a name of the series in place of the person.

    A lesion that was new under an earlier line is one of the baseline of this one. Where the record says no role, what
    could be measured at baseline is a target; one that came later without a role cannot be judged, which `assess` says.
    """
    name = pl.format("{}/{}", "row", "line")
    at_base = any_row(pl.col("date") == pl.col("base")).over("row", "line", "lesion")
    node = pl.coalesce("node", pl.col("site").is_in(["lymph_node", "regional_lymph_node"]), pl.lit(False))
    least = pl.when(node).then(_MEASURABLE_NODE).otherwise(_MEASURABLE)
    measurable = ((pl.col("mm") >= least) & (pl.col("date") == pl.col("base"))).fill_null(False)
    organ = pl.when(node).then(pl.lit("nodes")).otherwise("site")
    size = pl.when(measurable).then("mm").fill_null(0.0)
    rank_all = size.rank("ordinal", descending=True).over("row", "line")
    rank_organ = size.rank("ordinal", descending=True).over("row", "line", organ)
    chosen = measurable & (rank_all <= 5) & (rank_organ <= 2)
    by_size = (
        pl.when(any_row(chosen).over("row", "line", "lesion")).then(pl.lit("target")).otherwise(pl.lit("non_target"))
    )
    role = (
        pl.when(at_base & (pl.col("role") == "new"))
        .then(by_size)
        .when(at_base & pl.col("role").is_null())
        .then(by_size)
        .otherwise("role")
    )
    ordered = series.sort("row", "line", "date", "lesion", "source")
    return ordered.with_columns(name.alias("series"), role.alias("role"), node.alias("node"))


def _assessed(series: pl.DataFrame, criteria: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    made = assess(series.rename({"person": "who", "series": "person"}), criteria)  # type: ignore[arg-type]
    of = series.group_by("series", maintain_order=True).agg(pl.col("row", "line", "person").first())
    seen = series.group_by("series", "date").agg(pl.col("source").unique().sort().alias("sources"))
    visits = made.visits.rename({"person": "series"}).join(of, on="series").join(seen, on=["series", "date"])
    problems = made.problems.rename({"person": "series"}).join(of.select("series", "person"), on="series", how="left")
    kept = visits.with_columns(pl.lit(criteria).alias("criteria")).drop("series", "measured")
    return kept, problems.filter(pl.col("severity") != "note").select(made.problems.columns)


@cache
def _meaning() -> pl.Expr:
    return pl.col("overall").replace_strict(_MEANING, default=None, return_dtype=pl.String)


def _statements(visits: pl.DataFrame) -> pl.DataFrame:
    """What the measurements of a date say, as a statement on the response."""
    said = visits.filter(pl.col("overall").is_not_null())
    return said.explode("sources").select(
        "row", "person", pl.col("sources").alias("source"), "date",
        pl.lit("response").alias("concept"), _meaning().alias("code"),
    )  # fmt: skip


def _disagreements(stated: pl.LazyFrame, responses: pl.DataFrame) -> pl.DataFrame:
    """Where the report of a scan says growth and its measurements do not, or the other way round, as problems."""
    says = {"responding": "a response", "stable": "no growth", "progression": "growth"}
    clear = pl.col("code").is_in(list(says))
    (reports,) = computed(stated.filter(clear).select("row", "source", "code", reported="date"))
    other = responses.filter(clear).select("row", "person", "date", measured="code").unique()
    near = (pl.col("reported") - pl.col("date")).dt.total_days().abs() <= _SAME_SCAN_DAYS
    growth = [pl.col(name) == "progression" for name in ("code", "measured")]
    differ = reports.join(other, on="row").filter(near & (growth[0] != growth[1]))
    word = {name: pl.col(name).replace_strict(says, return_dtype=pl.String) for name in ("code", "measured")}
    what = pl.format(
        "The report of {} says {}, the measurements of {} say {}",
        pl.col("reported").cast(pl.String), word["code"], pl.col("date").cast(pl.String), word["measured"],
    )  # fmt: skip
    todo = "Ask the radiologist which of the two holds; the newer one is used, and on one day neither."
    named = {"severity": pl.lit("warning"), "what": what, "todo": pl.lit(todo)}
    columns = [named[c].cast(d).alias(c) if c in named else pl.col(c) for c, d in PROBLEMS.items()]
    return differ.select(columns).unique()


def doubted(responses: pl.DataFrame, given: pl.LazyFrame) -> pl.LazyFrame:
    """What is stated on response, with growth that a bone scan alone saw in the first months as not confirmed.

    Healing bone takes up more tracer: such a flare comes mostly within 3 months of the start of a treatment and seldom
    after 6 (`response.bone`). ``given``: the treatments known at each visit.
    """
    stated = responses.lazy()
    if "bone_scan" not in named_in(responses["method"]):
        return stated
    on_scan = (pl.col("code") == "progression") & (pl.col("method") == "bone_scan")
    drugs = given.filter((pl.col("kind") == "drug") & pl.col("start").is_not_null()).select("row", "start")
    scans = stated.filter(on_scan).select("row", "source", "date").join(drugs, on="row")
    apart = (pl.col("date") - pl.col("start")).dt.total_days()
    early = scans.filter((apart >= 0) & (apart <= FLARE_DAYS)).select("row", "source", doubtful=True).unique()
    code = pl.when(certain(pl.col("doubtful")) & on_scan).then(pl.lit("unconfirmed")).otherwise("code").alias("code")
    joined = stated.join(early, on=["row", "source"], how="left", maintain_order="left")
    return computed(joined.with_columns(code).drop("doubtful"))[0].lazy()
