"""Lesion measurements as they come, checked and reduced to what the criteria ask of them.

Lengths are held as whole micrometres: sums are exact and do not depend on the order of rows, and a change of exactly
30 or 20 percent is exactly that (14.0 to 9.8 mm; 27.0 to 32.4 mm).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.facts import PROBLEMS
from openmbc.response.baseline import choice, rooted, without_row
from openmbc.response.runs import begins
from openmbc.tabular import placed, problem, spelled, with_source

COLUMNS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "lesion": pl.String(),
    "role": pl.String(),
    "site": pl.String(),
    "node": pl.Boolean(),
    "mm": pl.Float64(),
    "assessment": pl.String(),
}
ROLES = ("target", "non_target", "new")
ASSESSMENTS = (
    "present", "absent", "too_small", "not_evaluable", "unequivocal_progression", "increased", "equivocal",
    "sclerotic", "split", "coalesced",
)  # fmt: skip

# RECIST 1.1, sections 3 and 4 (Eisenhauer 2009), in micrometres.
TOO_SMALL = 5_000  # a target lesion that is there and too small to measure counts as 5 mm
NODE_NORMAL = 10_000  # a node with a short axis below 10 mm is not diseased
_LONGEST_MM = 1_000  # longer than this is no lesion of a human body

_NODE_WORDS = r"(?i)(^|[\s_])(lymph|lymphatic|nodes?|nodal|ln)([\s_]|$)"
_KEY = ["person", "date", "lesion"]
_KEPT = [*_KEY, "site", "role", "node", "um", "length", "status", "first", "source"]


def checked(lesions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per person, date and lesion, sorted by these; and the problems.

    ``lesions`` has the columns of `COLUMNS` (site, node and assessment may be missing), and may have ``source``,
    which names where a row came from. The result has person, date, lesion, site, ``role`` (of the lesion: that of its
    first row), ``node`` (Boolean, never null), ``um`` (Int64: what a target adds to the sum; null when that is not
    known), ``length`` (Int64: as measured), ``status`` (absent | present | progression | increased | equivocal; null
    when it is not known), ``first`` (Date: when the lesion was first looked at), source and ``baseline`` (Date).

    The problems have the columns of `facts.PROBLEMS`. A row that contradicts itself or another counts as not
    evaluable.
    """
    rows, unusable = _typed(lesions)
    said = _with_lesion(rows).with_columns(_wrong()).with_columns(_status(), _um(), _length().alias("length"))
    one, repeated = _one_row(said)
    what = pl.format("lesion {} on {}: {}; it counts as not evaluable", "lesion", _day(), "wrong")
    wrong = said.filter(pl.col("wrong").is_not_null()).select(*problem("error", what, "Correct the row."))
    lesions_of, misplaced = rooted(one)
    found = [
        unusable,
        wrong,
        _silent(said),
        _other_role(said),
        repeated,
        *misplaced,
        *choice(lesions_of),
        without_row(lesions_of),
    ]
    return lesions_of, pl.concat([pl.DataFrame(schema=PROBLEMS), *found])


def _day() -> pl.Expr:
    return pl.col("date").cast(pl.String)


def _typed(lesions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The columns in their types, words in their spelling; and rows without person or date, as problems."""
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in COLUMNS.items() if name not in lesions.columns]
    given = with_source(lesions.with_columns(absent))
    rows = given.select(*(pl.col(n).cast(dtype) for n, dtype in COLUMNS.items()), "source")
    rows, lost = placed(spelled(rows, "role", "assessment").with_columns(pl.col("mm").fill_nan(None)))
    # A row without a name of the lesion is a lesion of its own: a new one counts, a target lacks its other dates.
    named = rows.with_columns(pl.coalesce("lesion", pl.format("({})", "source")).alias("lesion"))
    # Names as numbers in their order: what follows sorts, groups and joins by them.
    numbered = named.with_columns(
        pl.col(name).cast(pl.Enum(named[name].unique().sort())) for name in ("person", "lesion")
    )
    return numbered, lost


def _with_lesion(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted rows, with what is true of a lesion at all its dates: role, site, is it a node, when first looked at."""
    rows = rows.sort(_place())
    if rows.select((~begins(*_KEY)).any()).item():  # the order of repeated rows must not matter either
        rows = rows.sort(*_KEY, "role", "mm", "assessment", "site", "source", nulls_last=True)
    of = rows.group_by("person", "lesion", maintain_order=True).agg(
        pl.col("role").filter(pl.col("role").is_in(ROLES)).first().alias("first_role"),
        pl.col("node").drop_nulls().first().alias("said_node"),
        pl.col("site").drop_nulls().first().alias("first_site"),
        pl.col("date").first().alias("first"),
    )
    node = pl.coalesce("said_node", pl.col("first_site").str.contains(_NODE_WORDS), pl.lit(False))
    of = of.select("person", "lesion", "first_role", "first", node.alias("node"), pl.col("first_site").alias("site"))
    rows = rows.drop("node", "site")
    return rows.join(of, on=["person", "lesion"], how="left", maintain_order="left")


def _place() -> pl.Expr:
    """Person, date and lesion as one number in their order, 32 bits each: cheaper to sort by than three."""
    person, date, lesion = (pl.col(name).to_physical().cast(pl.Int128) for name in _KEY)
    return (person * 2**32 + date + 2**31) * 2**32 + lesion


def _length() -> pl.Expr:
    return (pl.col("mm") * 1000).round().cast(pl.Int64)


@cache
def _wrong() -> pl.Expr:
    """What is wrong with one row by itself; null when nothing is."""
    mm, word = pl.col("mm"), pl.col("assessment")
    there = word.is_in(["present", "too_small", "unequivocal_progression", "increased"])
    return (
        pl.when(word.is_not_null() & ~word.is_in(ASSESSMENTS))
        .then(pl.format("the assessment '{}' is not known", "assessment"))
        .when(pl.col("role").is_not_null() & ~pl.col("role").is_in(ROLES))
        .then(pl.format("the role '{}' is not known", "role"))
        .when(pl.col("first_role").is_null())
        .then(pl.lit("the role of the lesion is not stated"))
        .when((mm < 0) | (mm > _LONGEST_MM))
        .then(pl.format("{} mm cannot be the size of a lesion", "mm"))
        .when((word == "absent") & (mm > 0) & ~(pl.col("node") & (mm * 1000 < NODE_NORMAL)))
        .then(pl.format("the lesion is said to be absent and measures {} mm", "mm"))
        .when((word == "not_evaluable") & mm.is_not_null())
        .then(pl.format("the lesion is said not to be evaluable and measures {} mm", "mm"))
        .when((word == "coalesced") & (mm > 0))
        .then(pl.lit("a lesion that merged into another has no length of its own: give it to the other"))
        .when((mm == 0) & there)
        .then(pl.lit("the lesion measures 0 mm and is said to be there"))
        .when((pl.col("first_role") == "target") & word.is_in(["unequivocal_progression", "increased"]) & mm.is_null())
        .then(pl.lit("a target lesion grows by its length, which is missing"))
        .alias("wrong")
    )


@cache
def _not_seen() -> pl.Expr:
    return pl.col("wrong").is_not_null() | (pl.col("assessment") == "not_evaluable").fill_null(False)


@cache
def _um() -> pl.Expr:
    """What the lesion adds to a sum; null when it is not known."""
    word = pl.col("assessment")
    return (
        pl.when(_not_seen())
        .then(None)
        .when(pl.col("mm").is_not_null())
        .then(_length())
        .when(word.is_in(["absent", "coalesced"]))
        .then(pl.lit(0, pl.Int64))
        .when(word == "too_small")
        .then(pl.lit(TOO_SMALL, pl.Int64))
        .alias("um")
    )


@cache
def _status() -> pl.Expr:
    """Whether the lesion is there; a node below 10 mm is not. A new lesion that is only listed is there."""
    word, length = pl.col("assessment"), _length()
    normal_node = pl.col("node") & ((length < NODE_NORMAL) | (length.is_null() & (word == "too_small")))
    gone = (word == "absent") | (length == 0) | normal_node
    listed = (pl.col("first_role") == "new") & word.is_null() & length.is_null()
    return (
        pl.when(_not_seen())
        .then(None)
        .when(gone.fill_null(False))
        .then(pl.lit("absent"))
        .when(word == "unequivocal_progression")
        .then(pl.lit("progression"))
        # Bone that turns white may be healing: a new sclerotic lesion is no proof of growth (MDA, PMC3863546 table 1).
        .when((word == "sclerotic") & (pl.col("first_role") == "new"))
        .then(pl.lit("equivocal"))
        .when(word.is_in(["increased", "equivocal"]))
        .then(word)
        .when(word.is_not_null() | length.is_not_null() | listed)
        .then(pl.lit("present"))
        .alias("status")
    )


def _one_row(said: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of one person, date and lesion as one: parts of a split lesion are added, what differs is not known."""
    said = said.with_columns(pl.col("first_role").alias("role"))
    first = begins(*_KEY)
    again = said.select(~first | ~first.shift(-1, fill_value=True)).to_series()
    many = said.filter(again)
    of = ["site", "role", "node", "first", "source"]
    clean = pl.col("wrong").is_null().all()
    parts = clean & (pl.col("assessment") == "split").fill_null(False).all() & pl.col("um").is_not_null().all()
    same = clean & (pl.struct("um", "length", "status").n_unique() == 1)
    merged = many.group_by(_KEY, maintain_order=True).agg(
        pl.col(of).first(),
        *(pl.when(parts).then(pl.col(c).sum()).when(same).then(pl.col(c).first()).alias(c) for c in ("um", "length")),
        pl.when(parts | same).then(pl.col("status").first()).alias("status"),
        parts.alias("parts"),
        same.alias("same"),
    )
    one = said.select(_KEPT)
    if not many.is_empty():
        one = pl.concat([one.filter(~again), merged.select(_KEPT)]).sort(_KEY)
    return one, _repeated(merged.filter(~pl.col("parts")))


def _repeated(merged: pl.DataFrame) -> pl.DataFrame:
    ends = (
        pl.when("same").then(pl.lit(" (the same)")).otherwise(pl.lit(", and differently: it counts as not evaluable"))
    )
    what = pl.format("lesion {} is given more than once on {}{}", "lesion", _day(), ends)
    level = pl.when("same").then(pl.lit("warning")).otherwise(pl.lit("error"))
    todo = "Keep the right row; parts of a lesion that split are marked 'split'."
    return merged.select(*problem(level, what, todo))


def _silent(said: pl.DataFrame) -> pl.DataFrame:
    """Rows after the first of a lesion that say nothing of it; at baseline that is said of targets (`baseline`)."""
    role = pl.col("first_role")
    unsaid = ((role == "target") & pl.col("um").is_null()) | ((role == "non_target") & pl.col("status").is_null())
    expected = pl.col("wrong").is_null() & (pl.col("assessment") != "not_evaluable").fill_null(True)
    what = pl.format("lesion {} on {} has no length and no word that tells: not evaluable there", "lesion", _day())
    todo = "Add what was measured, or 'not_evaluable'."
    silent = said.filter(unsaid & expected & (pl.col("date") > pl.col("first")))
    return silent.select(*problem("warning", what, todo))


def _other_role(said: pl.DataFrame) -> pl.DataFrame:
    """A lesion keeps the role of its first date."""
    other = said.filter(pl.col("role").is_in(ROLES) & (pl.col("role") != pl.col("first_role")))
    what = pl.format(
        "lesion {} is called {} on {} and was {} before: it stays {}",
        "lesion", "role", _day(), "first_role", "first_role",
    )  # fmt: skip
    return other.select(*problem("warning", what, "Give a lesion one role."))
