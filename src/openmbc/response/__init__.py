"""Response of tumours to treatment, from measurements of lesions: RECIST 1.1 and iRECIST.

Usable on its own, over columns, for any number of people::

    from openmbc.response import assess
    result = assess(lesions)          # a Polars frame: person, date, lesion, role, site, node, mm, assessment
    result.visits, result.people, result.problems

`docs/response.md` says what each column means and what the rules are.
"""

from __future__ import annotations

import msgspec
import polars as pl

from openmbc.response import best, brain, irecist, recist
from openmbc.response.best import STABLE_DAYS, Criteria
from openmbc.response.lesions import ASSESSMENTS, COLUMNS, ROLES, checked
from openmbc.response.visits import visits
from openmbc.tabular import listed

__all__ = ["ASSESSMENTS", "COLUMNS", "ROLES", "STABLE_DAYS", "Criteria", "Response", "assess", "assess_brain"]


class Response(msgspec.Struct, frozen=True):
    """The response of people at dates.

    ``visits``: a row per person and date, sorted: person, date, target, non_target, new, overall, sum_mm, nadir_mm (the
    smallest sum of the dates before), change_from_baseline, change_from_nadir (percent), targets, measured (how many
    targets have a length here). ``people``: a row per person, see `best.people`. ``problems``: as `facts.PROBLEMS`.
    """

    visits: pl.DataFrame
    people: pl.DataFrame
    problems: pl.DataFrame


def assess(
    lesions: pl.DataFrame, criteria: Criteria = "recist", *, confirm: bool = False, stable_days: int = STABLE_DAYS
) -> Response:
    """The response by RECIST 1.1 (Eisenhauer 2009) or iRECIST (Seymour 2017).

    ``lesions`` has a row per person, date and lesion: person (String), date (Date: the visit, also where its scans are
    some days apart), lesion (String: the same name at every date), role (target | non_target | new), site (String),
    node (Boolean), mm (Float64: longest diameter, of a node the short axis), assessment (see `ASSESSMENTS`, or null).
    The first date with a target or non-target lesion is the baseline. ``confirm`` makes the date and duration of a
    response those of one that was confirmed. ``stable_days`` is how long after baseline stable disease counts as a
    best response.
    """
    rows, problems = checked(lesions)
    seen = recist.numbers(visits(rows))
    judged = recist.judge(seen) if criteria == "recist" else irecist.judge(seen, rows)
    return Response(
        judged.select(_shown()), best.people(judged, criteria, confirm=confirm, stable_days=stable_days), problems
    )


def assess_brain(lesions: pl.DataFrame, *, confirm: bool = False, stable_days: int = STABLE_DAYS) -> Response:
    """The response of brain metastases by RANO-BM (Lin 2015): `brain.judge`.

    ``lesions`` as in `assess`, of the brain only, with two more columns that hold for the whole visit: ``steroids``
    (none | decreased | stable | increased) and ``clinical`` (better | stable | worse), null where not known. The visits
    have ``imaging`` beside ``overall``. A partial response asks for confirmation after four weeks: `confirmed_best`.
    """
    rows, problems = checked(lesions)
    state, odd = brain.of_visits(lesions)
    judged = brain.judge(
        recist.numbers(visits(rows)), rows, state.with_columns(pl.col("person").cast(rows["person"].dtype))
    )
    people = best.people(judged, "recist", confirm=confirm, stable_days=stable_days)
    return Response(judged.select(*_shown(), "imaging"), people, listed(problems, odd))


def _shown() -> list[pl.Expr]:
    return [
        pl.col("person").cast(pl.String),
        pl.col("date", "target", "non_target", "new", "overall"),
        (pl.col("sum") / 1000).alias("sum_mm"),
        (pl.col("nadir") / 1000).alias("nadir_mm"),
        *(_change(of).alias(f"change_from_{name}") for of, name in (("base", "baseline"), ("nadir", "nadir"))),
        pl.col("targets", "measured"),
    ]


def _change(of: str) -> pl.Expr:
    """Change of the sum in percent; null where there is nothing to compare with."""
    compared = pl.col(of) > 0
    return pl.when(compared).then(100 * (pl.col("sum") - pl.col(of)) / pl.col(of))
