"""The plan applied to states: a verdict for every option, what is missing, what to check first.

Everything here is whole tables: one person is a table with one row. Rows of options and of nodes are picked
by places that are worked out once for a plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Literal, get_args

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.criteria import Leaf, Node, Program
from openmbc.criteria.kleene import (
    FALSE,
    TRUE,
    UNKNOWN,
    Places,
    Truth,
    all_bits,
    any_bit,
    in_columns,
    negated,
    places,
)
from openmbc.criteria.nodes import children
from openmbc.criteria.program import AS_WRITTEN, in_parts
from openmbc.guidance.merit import RECOMMENDED
from openmbc.guidance.plan import Plan, Role
from openmbc.knowledge.model import Strength

VERDICTS = ("recommended", "possible", "needs_information", "unsuitable")
_RECOMMENDED, POSSIBLE, NEEDS, UNSUITABLE = (np.uint8(place) for place in range(4))
_VERDICT = pl.Enum(VERDICTS)
_NEVER = np.iinfo(np.int32).max

Flags = npt.NDArray[np.bool_]


class Verdicts(msgspec.Struct, frozen=True):
    """What the knowledge says of each state; every matrix has a column a state.

    ``truth``: the truth value of every node (`Program.run`). ``verdict``: for every option in static order
    its place in `VERDICTS`. ``now``: is the option the treatment that is running? ``unclear``: it is not on the
    market, and whether it runs is not known.
    """

    plan: Plan
    truth: Truth
    verdict: npt.NDArray[np.uint8]
    now: Flags
    unclear: Flags

    def __getitem__(self, states: slice | Flags) -> Verdicts:
        """The verdicts of some of the states."""
        return Verdicts(
            self.plan, self.truth[:, states], self.verdict[:, states], self.now[:, states], self.unclear[:, states]
        )


def evaluate(state: pl.DataFrame, plan: Plan) -> Verdicts:
    """Verdicts of all options for each row of a state (`state.assume`, or the strict one).

    A running treatment is not asked for its place in the sequence, nor whether it is on the market.
    """
    return judged(plan.program.run(state), state["as_of"], plan)


def judged(truth: Truth, days: pl.Series, plan: Plan) -> Verdicts:
    """The same, from the truth values of all nodes and the days of the visits (one day stands for all)."""
    shape = len(plan.options), truth.shape[1]
    found = Verdicts(plan, truth, np.empty(shape, np.uint8), np.empty(shape, np.bool_), np.empty(shape, np.bool_))
    day = days.to_physical().to_numpy()
    in_parts(shape[1], lambda part: _judge(found[part], day if len(day) == 1 else day[part]))
    return found


def _judge(found: Verdicts, day: npt.NDArray[np.int32]) -> None:
    """Fill in what the truth values of some states and their days mean for the options."""
    plan, truth, of = found.plan, found.truth, _places(found.plan)
    now, indicated = truth[of.running], truth[of.indicated]
    offered = np.maximum(_available(day, plan), now)
    out = np.maximum(np.maximum(negated(indicated), truth[of.contraindicated]), negated(offered))
    # An option that is out by an unknown fact is not out.
    np.equal(offered, UNKNOWN, out=found.unclear)
    open_ = np.where((indicated == UNKNOWN) | found.unclear, NEEDS, of.good)
    found.verdict[:] = np.where(out == TRUE, UNSUITABLE, open_)
    np.equal(now, TRUE, out=found.now)


class _Places(msgspec.Struct, frozen=True):
    """Where the conditions of all options stand in the matrix, in static order; and the verdict of each that fits."""

    indicated: Places
    contraindicated: Places
    running: Places
    good: npt.NDArray[np.uint8]


@cache
def _places(plan: Plan) -> _Places:
    at = plan.program.at
    return _Places(
        places(at(o.indicated) for o in plan.options),
        places(at(o.contraindicated) for o in plan.options),
        places(at(o.running) for o in plan.options),
        np.array([_RECOMMENDED if o.entry.strength in RECOMMENDED else POSSIBLE for o in plan.options])[:, None],
    )


def _available(day: npt.NDArray[np.int32], plan: Plan) -> Truth:
    """Was the option available in the region on the day of the visit?"""
    since, until = _bounds(plan)
    return np.where((day >= since) & (day < until), TRUE, FALSE)


@cache
def _bounds(plan: Plan) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The first day of each option, and the day from which it is no longer there."""
    return _days(o.since for o in plan.options), _days(o.until for o in plan.options)


def _days(dates: Iterable[dt.date | None]) -> npt.NDArray[np.int32]:
    """Dates as a column of numbers; none is a day that never comes."""
    days: npt.NDArray[np.int32] = pl.Series(list(dates), dtype=pl.Date).to_physical().fill_null(_NEVER).to_numpy()
    return days[:, None]


def options_table(state: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """One row per state and option, states in order, options in static order.

    Columns: person, as_of, option (its id), verdict (`VERDICTS`), when (now | next), strength, role (all five Enum:
    a row of text would take ten times the room), position (static order), rank (the order for this state: of one
    verdict, the lowest first), missing and check_first (lists of feature names).
    """
    count = len(verdicts.plan.options)
    said = pl.DataFrame(
        {
            "verdict": verdicts.verdict.T.ravel(),
            "when": np.where(verdicts.now.T.ravel(), _NOW, _NEXT),
            "position": np.tile(np.arange(count, dtype=np.uint32), len(state)),
            "rank": ranks(verdicts).T.ravel(),
            "missing": _asked(verdicts, "missing"),
            "check_first": _asked(verdicts, "check_first"),
        }
    )
    whom, kept = state.lazy().select("person", "as_of"), _static(verdicts.plan).lazy()
    found = pl.concat([whom.join(kept, how="cross", maintain_order="left_right"), said.lazy()], how="horizontal")
    return found.select(_OPTIONS).collect(engine="in-memory", optimizations=AS_WRITTEN)


def ranks(verdicts: Verdicts) -> npt.NDArray[np.uint32]:
    """The order of options for each state (options x states): tier first, then fit to the person, then position."""
    moves = _moves(verdicts.plan)
    moved = np.zeros((len(moves.option), verdicts.truth.shape[1]), np.int8)
    for node, by in moves.nth:
        moved[: len(node)] += (verdicts.truth[node] == TRUE) * by
    fit = np.zeros(verdicts.verdict.shape, np.int32)
    fit[moves.option] = moved
    return (_unmoved(verdicts.plan) - fit * len(verdicts.plan.options)).astype(np.uint32)


_MOST_MOVES = 128  # more than any option has


@cache
def _unmoved(plan: Plan) -> npt.NDArray[np.int32]:
    """The order of options that nothing moves: a column; tiers lie further apart than moves reach."""
    tiers = np.array([o.tier for o in plan.options], np.int32)[:, None]
    positions = np.array([o.position for o in plan.options], np.int32)[:, None]
    return (tiers * 2 * _MOST_MOVES + _MOST_MOVES) * np.int32(len(plan.options)) + positions


class _Moves(msgspec.Struct, frozen=True):
    """Which options can be moved, those with most moves first; and all their first moves, all second ones, and so on.

    Each of ``nth``: the node under which an option moves, and up or down, for as many options as have so many.
    """

    option: Places
    nth: tuple[tuple[Places, npt.NDArray[np.int8]], ...]


@cache
def _moves(plan: Plan) -> _Moves:
    known = sorted((o for o in plan.options if o.moves), key=lambda o: -len(o.moves))
    nodes = in_columns([[plan.program.at(move.node) for move in o.moves] for o in known])
    by = in_columns([[move.by for move in o.moves] for o in known])
    nth = tuple((node, up.astype(np.int8)[:, None]) for node, up in zip(nodes, by, strict=True))
    return _Moves(places(o.position for o in known), nth)


_WHEN = pl.Enum(["now", "next"])
_OPTIONS = [
    "person", "as_of", "option", pl.col("verdict").cat.to(_VERDICT), pl.col("when").cat.to(_WHEN), "strength",
    "role", "position", "rank", "missing", "check_first",
]  # fmt: skip
_NOW, _NEXT = np.uint8(0), np.uint8(1)
Asked = Literal["missing", "check_first", "running"]


@cache
def _static(plan: Plan) -> pl.DataFrame:
    """What is the same for everybody: one row an option, in static order."""
    ids = [o.id for o in plan.options]
    return pl.DataFrame(
        [
            pl.Series("option", ids, pl.Enum(ids)),
            pl.Series("strength", [o.entry.strength for o in plan.options], pl.Enum(get_args(Strength))),
            pl.Series("role", [o.role for o in plan.options], pl.Enum(get_args(Role))),
        ]
    )


def _asked(verdicts: Verdicts, kind: Asked) -> pl.Series:
    """The facts that each option asks for, as a list for each state and option."""
    return in_lists(*questions(verdicts, kind), verdicts.verdict.size)


def questions(verdicts: Verdicts, kind: Asked) -> tuple[Places, pl.Series]:
    """The facts that options ask for, only where they can still matter: row of the options table, and feature."""
    rows, features = _questions(verdicts, kind)
    if kind == "missing" and np.count_nonzero(verdicts.unclear):
        more, of_running = _questions(verdicts, "running")
        both = pl.DataFrame({"row": np.concatenate([rows, more]), "feature": pl.concat([features, of_running])})
        both = both.unique().sort("row", "feature")
        rows, features = both["row"].to_numpy(), both["feature"]
    return rows, features


def _questions(verdicts: Verdicts, kind: Asked) -> tuple[Places, pl.Series]:
    """Row of the options table and feature of every open question, in the order of the rows."""
    ways = _ways(verdicts.plan, kind)
    needs = verdicts.verdict == NEEDS
    where = {"missing": needs, "check_first": verdicts.verdict < UNSUITABLE, "running": needs & verdicts.unclear}[kind]
    # Eight states a byte: whether each node is unknown, and whether each option asks.
    unknown = np.packbits(verdicts.truth[ways.nodes] == UNKNOWN, axis=1)
    asking = np.packbits(where, axis=1)[ways.option]
    # A leaf decides when it is unknown and so is every node around it.
    deciding = any_bit(all_bits(unknown, ways.paths), ways.of_question) & asking
    flags = np.unpackbits(deciding[ways.order].T, axis=0, count=where.shape[1]).view(np.bool_)
    person, question = np.divmod(np.flatnonzero(flags), len(ways.order))
    count = len(verdicts.plan.options)
    asked = ways.order[question]
    return person * count + ways.option[asked], ways.feature[asked]


def in_lists(rows: Places, texts: pl.Series, height: int) -> pl.Series:
    """A list of texts for each of ``height`` rows, empty for those that have none; ``rows`` are in order."""
    if not len(rows):
        return _EMPTY.new_from_index(0, height)
    if height == 1:
        return texts.implode()
    table = (
        pl.LazyFrame({"row": pl.Series(rows).set_sorted(), "text": texts})
        .group_by("row", maintain_order=True)
        .agg("text")
    )
    lists = table.collect(engine="in-memory", optimizations=AS_WRITTEN)
    # Most rows have none: they all take the one empty list behind the others.
    which = np.full(height, len(lists), np.uint32)
    which[lists["row"].to_numpy()] = np.arange(len(lists), dtype=np.uint32)
    return lists["text"].append(_EMPTY).rechunk().gather(which)


_EMPTY = pl.Series([[]], dtype=pl.List(pl.String))


class _Ways(msgspec.Struct, frozen=True):
    """What options ask for: one question for each option and feature.

    ``nodes``: those that stand on a way; ``paths``: from an option's condition down to each leaf, which of them are on
    the way (`kleene.in_columns`); ``of_question``: which paths lead to the feature of a question; ``option`` and
    ``feature`` of each question; ``order``: the questions by option.
    """

    nodes: Places
    paths: tuple[Places, ...]
    of_question: tuple[Places, ...]
    option: Places
    feature: pl.Series
    order: Places


@cache
def _ways(plan: Plan, kind: Asked) -> _Ways:
    root = {"missing": "indicated", "check_first": "contraindicated", "running": "running"}[kind]
    roots = [(o.position, getattr(o, root)) for o in plan.options]
    asked = [(option, feature, ways) for option, root in roots for feature, ways in _open(root, plan.program).items()]
    paths = sorted({way for _, _, ways in asked for way in ways}, key=len, reverse=True)
    at = {way: row for row, way in enumerate(paths)}
    nodes = list(dict.fromkeys(node for way in paths for node in way))
    place = {node: row for row, node in enumerate(nodes)}
    asked.sort(key=lambda question: -len(question[2]))
    return _Ways(
        places(nodes),
        in_columns([[place[node] for node in way] for way in paths]),
        in_columns([[at[way] for way in ways] for _, _, ways in asked]),
        places(option for option, _, _ in asked),
        pl.Series([feature for _, feature, _ in asked], dtype=pl.String),
        places(sorted(range(len(asked)), key=lambda n: (asked[n][0], asked[n][1]))),
    )


def _open(root: Node, program: Program) -> dict[str, list[tuple[int, ...]]]:
    """For each feature of a condition, the rows of the nodes from the condition down to each leaf that asks for it."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for feature, way in _ways_down(root, program):
        found.setdefault(feature, []).append(way)
    return found


@cache
def _ways_down(node: Node, program: Program) -> list[tuple[str, tuple[int, ...]]]:
    """The feature of each leaf under a node, and the rows on the way; many options share a part."""
    row = program.at(node)
    if isinstance(node, Leaf):
        return [(node.feature, (row,))]
    return [(feature, (row, *way)) for child in children(node) for feature, way in _ways_down(child, program)]
