"""Tumour DNA in blood at each visit: the draws known then, followed over time, and ESR1 that emerges on treatment.

The newest draw before a line of treatment is its baseline. What a draw says is never a reason to change treatment by
itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from openmbc.criteria.kleene import any_row
from openmbc.facts import PROBLEMS
from openmbc.liquid import Followed, follow
from openmbc.state.episodes import drugs_of
from openmbc.state.visits import Part, beside, computed, facts_as
from openmbc.variants import meaning, read_change

FEEDS = {"esr1 in blood": ("esr1_emerging",)}
_EMERGED = ("new", "rising", "back")
_OPEN = ("first", "not_comparable", "unclear")
_FRACTION = (pl.col("concept") == "tumour_fraction") & (pl.col("site").is_null() | (pl.col("site") == "plasma"))


@dataclass(frozen=True)
class Blood:
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
    found = variants.filter((pl.col("specimen") == "plasma") & (pl.col("origin") != "germline").fill_null(True))
    (fractions,) = computed(observations.filter(_FRACTION & pl.col("value").is_not_null()))
    if found.is_empty() and fractions.is_empty():
        return None
    ordered = pl.col("date").is_not_null() & (pl.col("date_precision") != "year").fill_null(True)
    dated = _read(found.filter(ordered & pl.col("gene").is_not_null()))
    results = fractions.filter(ordered).select(
        pl.col("row").cast(pl.String).alias("person"), "date", "source", "comparator",
        pl.col("method").alias("assay"), pl.col("value").alias("tumour_fraction"),
    )  # fmt: skip
    starts = lines.select(pl.col("row").cast(pl.String).alias("person"), "start")
    made = follow(dated.drop("row", "activating"), results, starts)
    activating = dated.filter(pl.col("result") == "present").group_by("person", "gene", "change").agg(
        pl.col("activating").max()  # one report may class a change that another only names
    )  # fmt: skip
    people = pl.concat([t.select("row", "person", "source") for t in (variants, fractions)]).unique()
    return Blood(made, activating, _problems(made, found.filter(~ordered), people))


def _read(found: pl.DataFrame) -> pl.DataFrame:
    """Findings as `liquid.follow` takes them: their changes in one spelling, and what each means."""
    keys = ["gene", "change", "significance", "vaf"]
    asked = found.select(keys).unique()
    read = [_change(*row) for row in asked.iter_rows()]
    made = pl.DataFrame(read, schema=_MEANING, orient="row")
    known = found.join(pl.concat([asked, made], how="horizontal"), on=keys, how="left", nulls_equal=True)
    return known.select(
        pl.col("row").cast(pl.String).alias("person"), "row", "date", "source", "assay", "gene",
        pl.col("spelled").alias("change"), "result", "vaf", "lod", "depth", "activating", "clonal_haematopoiesis",
    )  # fmt: skip


_MEANING = {"spelled": pl.String, "activating": pl.Boolean, "clonal_haematopoiesis": pl.Boolean}


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
    (given,) = computed(inhibitor)
    emerged = _emerged(blood, given, variants)
    table = beside(beside(visits.select("row"), given.lazy()), emerged.lazy())
    esr1 = variants.filter((pl.col("gene") == "ESR1") & (pl.col("specimen") == "plasma"))
    value = pl.when("runs").then("emerged").alias("esr1_emerging")
    return Part(table.select("row", value), [facts_as(esr1.lazy(), "esr1 in blood")])


def _emerged(blood: Blood, given: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Row and ``emerged`` (Boolean, null where open), from the draws since the aromatase inhibitor began."""
    since = given.select(pl.col("row").cast(pl.String).alias("person"), pl.col("start"), "row").drop_nulls()
    esr1 = blood.followed.series.filter((pl.col("gene") == "ESR1") & pl.col("looked_for"))
    shedding = blood.followed.draws.select("draw", "shedding")
    during = esr1.join(since, on="person").filter(pl.col("date") >= pl.col("start")).join(shedding, on="draw")
    during = during.join(blood.activating, on=["person", "gene", "change"], how="left", nulls_equal=True)
    by_variant = during.sort("row", "change", "date", "draw", nulls_last=True).group_by("row", "change").agg(
        (_truth() & pl.col("activating").last()).alias("emerged"), pl.col("activating").last()
    )  # fmt: skip
    # Where one change of ESR1 that counts was looked for by its name, its draws say more than those of the whole gene.
    clear = _clear(blood, since, variants).join(by_variant.filter("activating"), on="row", how="anti")
    return pl.concat([by_variant.select("row", "emerged"), clear]).group_by("row").agg(any_row(pl.col("emerged")))


def _truth() -> pl.Expr:
    """Of one variant, its draws in order: did it emerge, and is it still there?"""
    trends, last = pl.col("trend"), pl.col("status").last()
    emerged = trends.is_in(_EMERGED).sum() > 0
    open_ = trends.is_in(_OPEN).sum() > 0
    there = pl.when(emerged).then(pl.lit(True)).when(~open_).then(pl.lit(False))
    gone = pl.when(pl.col("shedding").last() == "enough").then(pl.lit(False))
    return pl.when(last == "detected").then(there).when(last == "not_detected").then(gone)


def _clear(blood: Blood, since: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Visits whose draws since then looked at the whole of ESR1: false where the last of them can be trusted."""
    whole = (pl.col("gene") == "ESR1") & pl.col("change").is_null() & pl.col("result").is_in(["absent", "studied"])
    looked = variants.filter(whole & (pl.col("specimen") == "plasma")).select("row", "date", "source").unique()
    draws = blood.followed.draws.select("person", "date", "shedding", source="sources").explode("source")
    during = looked.join(since, on="row").filter(pl.col("date") >= pl.col("start"))
    of = during.join(draws, on=["person", "date", "source"]).sort("row", "date", "shedding")
    last = pl.when(pl.col("shedding").last() == "enough").then(pl.lit(False))
    return of.group_by("row", maintain_order=True).agg(last.alias("emerged"))
