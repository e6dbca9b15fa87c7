"""Tumour DNA in blood at each visit: the draws known then, followed over time, and ESR1 that emerges on treatment.

The newest draw before a line of treatment is its baseline. What a draw says is never a reason to change treatment by
itself.
"""

from __future__ import annotations

from functools import cache

import msgspec
import polars as pl

from openmbc.criteria.kleene import any_row
from openmbc.facts import PROBLEMS
from openmbc.liquid import Followed, followed
from openmbc.state.episodes import drugs_of
from openmbc.state.visits import Part, beside, computed, facts_as
from openmbc.variants import meaning, read_change

FEEDS = {"esr1 in blood": ("esr1_emerging",)}
_EMERGED = ("new", "rising", "back")
_OPEN = ("first", "not_comparable", "unclear")
_FRACTION = (pl.col("concept") == "tumour_fraction") & (pl.col("site").is_null() | (pl.col("site") == "plasma"))


class Blood(msgspec.Struct, frozen=True):
    """What blood draws say at visits.

    ``followed``: `liquid.Followed`, whose person is the number of the visit (``row``) as text. ``activating``: of every
    variant found in it, person, gene, change, activating (Boolean; null: not known). ``problems``: as `facts.PROBLEMS`.
    """

    followed: Followed
    activating: pl.DataFrame
    problems: pl.DataFrame


def in_blood(variants: pl.DataFrame, observations: pl.LazyFrame, lines: pl.DataFrame) -> Blood | None:
    """The draws known at each visit, followed over time; None where nobody has one.

    ``variants``: the rows of `facts.variants` known at each visit, with row; ``observations`` likewise; ``lines``:
    `lines.starts`. Findings that are inherited are left out; one without a day, or with its year alone, has no place in
    the order and is named as a problem.
    """
    of_plasma, of_sample, ordered = _of_blood()
    found, fractions = computed(variants.lazy().filter(of_plasma), observations.filter(of_sample))
    if found.is_empty() and fractions.is_empty():
        return None
    placed, unplaced = computed(
        found.lazy().filter(ordered & pl.col("gene").is_not_null()), found.lazy().filter(~ordered)
    )
    read = _read(placed)
    dated, activating = computed(read, read.filter(pl.col("result") == "present").pipe(_activating))
    results = fractions.lazy().filter(ordered).select(_result())
    starts = lines.lazy().select(_PERSON, "start").drop_nulls().unique().sort("person", "start")
    made = followed(dated.lazy(), None if fractions.is_empty() else results, starts)
    if made.problems.is_empty() and unplaced.is_empty():
        return Blood(made, activating, made.problems)
    people = pl.concat([t.select("row", "person", "source") for t in (variants, fractions)]).unique()
    return Blood(made, activating, _problems(made, unplaced, people))


_PERSON = pl.col("row").cast(pl.String).alias("person")


@cache
def _of_blood() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Which variants and which observations are of blood, and which of them have a place in the order."""
    plasma = (pl.col("specimen") == "plasma") & (pl.col("origin") != "germline").fill_null(True)
    ordered = pl.col("date").is_not_null() & (pl.col("date_precision") != "year").fill_null(True)
    return plasma, _FRACTION & pl.col("value").is_not_null(), ordered


@cache
def _result() -> list[pl.Expr]:
    """A tumour fraction as `liquid.followed` takes it."""
    of = [pl.col("method").alias("assay"), pl.col("value").alias("tumour_fraction")]
    return [_PERSON, pl.col("date"), *of, pl.col("comparator", "source")]


def _activating(present: pl.LazyFrame) -> pl.LazyFrame:
    """What each variant means: one report may class a change that another only names."""
    return present.group_by("person", "gene", "change").agg(pl.col("activating").max())


_ASKED = ["gene", "change", "significance", "vaf"]
_MEANING = {"spelled": pl.String, "activating": pl.Boolean, "clonal_haematopoiesis": pl.Boolean}


def _read(found: pl.DataFrame) -> pl.LazyFrame:
    """Findings as `liquid.followed` takes them: their changes in one spelling, and what each means."""
    asked = found.select(_ASKED).unique()
    read = pl.DataFrame([_change(*row) for row in asked.iter_rows()], schema=_MEANING, orient="row")
    known = found.lazy().join(asked.hstack(read).lazy(), on=_ASKED, how="left", nulls_equal=True)
    return known.select(_finding())


@cache
def _finding() -> list[pl.Expr]:
    same = pl.col("result", "vaf", "lod", "depth", "clonal_haematopoiesis", "activating", "source")
    change = pl.col("spelled").alias("change")
    return [_PERSON, pl.col("date", "assay"), pl.lit(None, pl.String).alias("panel"), pl.col("gene"), change, same]


def _change(
    gene: str, change: str | None, significance: str | None, vaf: float | None
) -> tuple[str | None, bool | None, bool]:
    """A change in one spelling, whether it is known to matter (None: not known), and whether blood cells may have it.

    What is not understood is a change of its own, as reported; a mere word ("mutation") names none.
    """
    said = read_change(change or "", gene)
    means = meaning(said, origin="somatic", reported=significance, specimen="plasma", vaf=vaf)
    active = None if means.value in (None, "present") else means.value == "altered"
    spelled = None if said.kind == "unspecified" else said.change or change
    return spelled or None, active, means.clonal_haematopoiesis


def _problems(made: Followed, unplaced: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The problems of the draws with the people that they are of, and findings that have no place in the order."""
    who = people.select("source", pl.col("row").cast(pl.String).alias("person"), pl.col("person").alias("who")).unique()
    named = made.problems.join(who, on=["person", "source"], how="left").with_columns(pl.col("who").alias("person"))
    todo = "Add the day of the draw, to see it beside the others."
    what = pl.format(
        "{} in blood: without a day it is not compared with other draws", pl.col("gene").fill_null("A gene")
    )
    texts = {"severity": pl.lit("note"), "what": what, "todo": pl.lit(todo)}
    columns = [texts[c].cast(d).alias(c) if c in texts else pl.col(c) for c, d in PROBLEMS.items()]
    return pl.concat([named.select(*PROBLEMS), unplaced.select(columns)]).unique().sort("person", "source", "what")


def derive(visits: pl.LazyFrame, variants: pl.DataFrame, eps: pl.LazyFrame, blood: Blood | None) -> Part:
    """Whether ESR1 emerges in blood while an aromatase inhibitor runs; ``eps``: `episodes.episodes`.

    True: a change that is known to activate ESR1 is new, rising or back at a draw since the inhibitor began, and still
    there at the last draw that looked for it. False: the last draw shows ESR1 as it was, or nothing of it
    with a tumour fraction of 1 % and more. Null: no inhibitor is known to run, and so there is nothing to say; no draw,
    a draw that cannot be compared, or low shedding.
    """
    if blood is None:
        return Part(visits.select("row"))
    inhibitor = eps.filter(pl.col("treatment").is_in(drugs_of("aromatase_inhibitor"))).group_by("row").agg(
        any_row(pl.col("running")).alias("runs"), pl.col("start").filter(pl.col("running").fill_null(False)).min()
    )  # fmt: skip
    given = inhibitor.cache()
    table = beside(beside(visits.select("row"), given), _emerged(blood, given, variants))
    esr1 = variants.lazy().filter((pl.col("gene") == "ESR1") & (pl.col("specimen") == "plasma"))
    value = pl.when("runs").then("emerged").alias("esr1_emerging")
    return Part(table.select("row", value), [facts_as(esr1, "esr1 in blood")])


def _emerged(blood: Blood, given: pl.LazyFrame, variants: pl.DataFrame) -> pl.LazyFrame:
    """Row and ``emerged`` (Boolean, null where open), from the draws since the aromatase inhibitor began."""
    since = given.select(_PERSON, "start", "row").drop_nulls().cache()
    shedding = blood.followed.draws.lazy().select("draw", "shedding")
    esr1 = blood.followed.series.lazy().filter((pl.col("gene") == "ESR1") & pl.col("looked_for"))
    during = esr1.join(since, on="person").filter(pl.col("date") >= pl.col("start")).join(shedding, on="draw")
    during = during.join(blood.activating.lazy(), on=["person", "gene", "change"], how="left", nulls_equal=True)
    ordered = during.sort("row", "change", "date", "draw", nulls_last=True)
    by_variant = ordered.group_by("row", "change").agg(_truth()).cache()
    # Where one change of ESR1 that counts was looked for by its name, its draws say more than those of the whole gene.
    clear = _clear(blood, since, variants).join(by_variant.filter("activating"), on="row", how="anti")
    return pl.concat([by_variant.select("row", "emerged"), clear]).group_by("row").agg(any_row(pl.col("emerged")))


@cache
def _truth() -> list[pl.Expr]:
    """Of one variant, its draws in order: did it emerge, and is it still there?"""
    trends, last = pl.col("trend"), pl.col("status").last()
    emerged = trends.is_in(_EMERGED).sum() > 0
    open_ = trends.is_in(_OPEN).sum() > 0
    there = pl.when(emerged).then(pl.lit(True)).when(~open_).then(pl.lit(False))
    gone = pl.when(pl.col("shedding").last() == "enough").then(pl.lit(False))
    now = pl.when(last == "detected").then(there).when(last == "not_detected").then(gone)
    return [(now & pl.col("activating").last()).alias("emerged"), pl.col("activating").last()]


def _clear(blood: Blood, since: pl.LazyFrame, variants: pl.DataFrame) -> pl.LazyFrame:
    """Visits whose draws since then looked at the whole of ESR1: false where the last of them can be trusted."""
    whole, last = _whole()
    looked = variants.lazy().filter(whole).select("row", "date", "source").unique()
    draws = blood.followed.draws.lazy().select("person", "date", "shedding", source="sources").explode("source")
    during = looked.join(since, on="row").filter(pl.col("date") >= pl.col("start"))
    of = during.join(draws, on=["person", "date", "source"]).sort("row", "date", "shedding")
    return of.group_by("row", maintain_order=True).agg(last)


@cache
def _whole() -> tuple[pl.Expr, pl.Expr]:
    """Which variants say that the whole of ESR1 was looked at in blood, and what the last draw of some says."""
    whole = (pl.col("gene") == "ESR1") & pl.col("change").is_null() & pl.col("result").is_in(["absent", "studied"])
    last = pl.when(pl.col("shedding").last() == "enough").then(pl.lit(False))
    return whole & (pl.col("specimen") == "plasma"), last.alias("emerged")
