"""Tumour DNA in blood over time: what was found at each draw, and what changed between draws that can be compared.

Usable on its own, over columns, for any number of people::

    from openmbc.liquid import follow
    found = follow(variants)          # a Polars frame: person, date, assay, gene, change, result, vaf, lod, depth
    found.series, found.draws, found.problems

Draws are compared only within one test and panel. Nothing here says what to do: changes of tumour DNA are exploratory,
and no cut-off is accepted (`docs/liquid.md` has the rules and their sources).
"""

from __future__ import annotations

import msgspec
import polars as pl

from openmbc.liquid.checked import COLUMNS, RESULTS, STARTS, checked, now, starts_of, typed, with_results
from openmbc.liquid.draws import draws_of
from openmbc.liquid.series import series_of
from openmbc.liquid.words import of_draws, of_series, percent
from openmbc.tabular import listed

__all__ = ["COLUMNS", "RESULTS", "STARTS", "Followed", "follow", "followed", "in_words", "percent"]


class Followed(msgspec.Struct, frozen=True):
    """Tumour DNA in blood of people over time.

    ``series``: a row per person, variant and draw (`series.series_of`). ``draws``: a row per person and draw
    (`draws.draws_of`). ``problems``: as `facts.PROBLEMS`.
    """

    series: pl.DataFrame
    draws: pl.DataFrame
    problems: pl.DataFrame


def follow(variants: pl.DataFrame, results: pl.DataFrame | None = None, starts: pl.DataFrame | None = None) -> Followed:
    """Everything that blood draws say of tumour DNA, compared where it can be.

    ``variants`` has a row per finding (`COLUMNS`): person, date, assay (name of the test; null: not known), panel (its
    version, where stated), gene, change (normalised; null: the whole gene), result (present | absent | studied), vaf
    and lod (shares, 0 to 1), depth (reads at the place), clonal_haematopoiesis (true: may come from blood cells).
    ``results`` has what holds for a whole draw (`RESULTS`): person, date, assay, tumour_fraction (percent),
    comparator (< <= > >= of one that is only a bound).
    ``starts`` has when lines of treatment began (`STARTS`): person, start; the newest draw before one is its baseline.
    """
    measured = None if results is None or results.is_empty() else typed(results, RESULTS)
    return followed(typed(variants, COLUMNS), measured, starts_of(starts))


def followed(variants: pl.LazyFrame, results: pl.LazyFrame | None, starts: pl.LazyFrame) -> Followed:
    """As `follow`, from tables that have all their columns in their types, and ``source``.

    ``results``: None where there are none; ``starts``: in order, without nulls and repetitions.
    """
    one, found = checked(variants)
    draws, rows, odd = with_results(one.lazy(), results)
    (series,) = now(series_of(rows.lazy(), draws.lazy()))
    return Followed(series, draws_of(rows.lazy(), draws.lazy(), series.lazy(), starts), listed(*found, *odd))


def in_words(found: Followed) -> Followed:
    """The same with a column ``words`` each: a sentence of a variant at a draw; sentences of a draw (a list)."""
    return Followed(of_series(found.series, found.draws), of_draws(found.draws, found.series), found.problems)
