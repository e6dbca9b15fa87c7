"""The plan applied to states: a verdict for every option, what is missing, what to check first.

Everything here is columns: one person is a table with one row. The expressions of a plan are made
once and used for every table.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from openmbc.criteria import Leaf, Node, Program
from openmbc.criteria.kleene import certain, refuted
from openmbc.criteria.nodes import children
from openmbc.criteria.program import AS_WRITTEN
from openmbc.guidance.plan import RECOMMENDED, OptionPlan, Plan
from openmbc.knowledge.model import Region

VERDICTS = ("recommended", "possible", "needs_information", "unsuitable")
_RECOMMENDED, _POSSIBLE, _NEEDS, _UNSUITABLE = range(4)
_VERDICT = pl.Enum(VERDICTS)


@dataclass(frozen=True)
class Verdicts:
    """What the knowledge says of each state.

    ``truth`` has a Boolean column for every node of the program; ``verdict`` has for each option the
    columns ``<position>`` (UInt8, an index of `VERDICTS`) and ``now<position>`` (Boolean, is it the
    treatment that is running). Both have one row per state, in the order of the states.
    """

    plan: Plan
    truth: pl.DataFrame
    verdict: pl.DataFrame

    def __getitem__(self, rows: slice) -> Verdicts:
        return Verdicts(self.plan, self.truth[rows], self.verdict[rows])


def evaluate(state: pl.DataFrame, plan: Plan, region: Region) -> Verdicts:
    """Verdicts of all options for each row of a state (`state.assume`, or the strict one)."""
    truth = plan.program.run(state)
    running_drugs = pl.col("current_treatment").str.count_matches("+", literal=True) + 1
    beside = state.select("as_of", running_drugs.alias("running_drugs"))
    now, verdict = _expressions(plan, region)
    helper = pl.concat([truth, beside], how="horizontal").lazy().with_columns(now).select(verdict)
    return Verdicts(plan, truth, helper.collect(engine="in-memory", optimizations=AS_WRITTEN))


@cache
def _expressions(plan: Plan, region: Region) -> tuple[list[pl.Expr], list[pl.Expr]]:
    now = [_now(o, plan.program).alias(f"now{o.position}") for o in plan.options]
    verdict = [_verdict(o, plan.program, region).alias(str(o.position)) for o in plan.options]
    shown = [certain(pl.col(f"now{o.position}")).alias(f"now{o.position}") for o in plan.options]
    return now, [*verdict, *shown]


def _now(option: OptionPlan, program: Program) -> pl.Expr:
    """True for the treatment that runs: every slot is taken by a running drug and no other drug runs."""
    running = pl.col(program.column(option.running))
    if option.systemic_slots == 0:
        return running
    return running & (pl.col("running_drugs") == option.systemic_slots)


def _verdict(option: OptionPlan, program: Program, region: Region) -> pl.Expr:
    """The rules of the design, in order; a running treatment is not asked for its place in the sequence."""
    banned = pl.col(program.column(option.contraindicated))
    follows = pl.col(program.column(option.follows))
    now = pl.col(f"now{option.position}")
    since = option.regimen.since.get(region)
    available = now if since is None else now | (pl.col("as_of") >= since)
    indicated = pl.col(program.column(option.fits)) & (now | follows)
    good = _RECOMMENDED if option.regimen.strength in RECOMMENDED else _POSSIBLE
    return (
        pl.when(refuted(indicated) | certain(banned) | refuted(available))
        .then(pl.lit(_UNSUITABLE, pl.UInt8))
        .when(indicated.is_null())
        .then(pl.lit(_NEEDS, pl.UInt8))
        .otherwise(pl.lit(good, pl.UInt8))
    )


def options_table(state: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """One row per state and option, states in order, options in static order.

    Columns: person, as_of, option, strength, role (String), verdict (Enum `VERDICTS`), when (now | next),
    position (static order), missing and check_first (lists of feature names).
    """
    plan = verdicts.plan
    columns = [str(o.position) for o in plan.options]
    # Facts are asked for only where they can still matter: not for options that nobody here can have.
    best = verdicts.verdict.select(pl.col(columns).min().fill_null(_UNSUITABLE)).row(0)
    asked = [_asked(plan, position, open_=lowest < _UNSUITABLE) for position, lowest in enumerate(best)]
    open_ = verdicts.truth.select(_nullable(plan)).select(pl.all().is_null())
    keyed = pl.concat([state.select("person", "as_of"), open_, verdicts.verdict], how="horizontal")
    wide = keyed.lazy().select(
        "person", "as_of", pl.concat_list(columns).alias("verdict"),
        pl.concat_list([f"now{c}" for c in columns]).alias("now"),
        pl.concat_list([missing for missing, _ in asked]).alias("missing"),
        pl.concat_list([check for _, check in asked]).alias("check_first"),
    )  # fmt: skip
    position = pl.int_range(pl.len(), dtype=pl.UInt32) % len(columns)
    long = wide.explode("verdict", "now", "missing", "check_first").with_columns(position.alias("position"))
    rows = long.collect(engine="in-memory", optimizations=AS_WRITTEN)
    named = pl.concat([rows, _static(plan)[rows["position"]]], how="horizontal").lazy().select(_SHOWN)
    return named.collect(engine="in-memory", optimizations=AS_WRITTEN)


@cache
def _static(plan: Plan) -> pl.DataFrame:
    """What is the same for everybody: one row an option, in static order."""
    rows = [(o.id, o.regimen.strength, o.regimen.role) for o in plan.options]
    return pl.DataFrame(rows, ["option", "strength", "role"], orient="row")


def _words(column: str) -> pl.Expr:
    """Names joined by a blank, as a list."""
    split = pl.col(column).str.split(" ")
    return pl.when(pl.col(column) == "").then(pl.lit([], pl.List(pl.String))).otherwise(split).alias(column)


_SHOWN = [
    pl.col("person"), pl.col("as_of"), pl.col("option"), pl.col("verdict").cat.to(_VERDICT),
    pl.when("now").then(pl.lit("now")).otherwise(pl.lit("next")).alias("when"),
    pl.col("strength"), pl.col("role"), pl.col("position"), _words("missing"), _words("check_first"),
]  # fmt: skip


@cache
def _asked(plan: Plan, position: int, *, open_: bool) -> tuple[pl.Expr, pl.Expr]:
    """The names of the missing facts and of those to check first, joined by a blank."""
    option, code = plan.options[position], pl.col(str(position))
    if not open_:
        return pl.lit(""), pl.lit("")
    missing = _named(option.indicated, plan.program, code == _NEEDS)
    return missing, _named(option.contraindicated, plan.program, code < _UNSUITABLE)


def _named(node: Node, program: Program, where: pl.Expr) -> pl.Expr:
    """Names of the features whose being unknown leaves the node unknown, where the row asks for them."""
    open_ = unknown_features(node, program)
    names = [pl.when(where & expr).then(pl.lit(feature)) for feature, expr in open_.items()]
    return pl.concat_str([*names, pl.lit("")], separator=" ", ignore_nulls=True).str.strip_chars_end()


def unknown_features(node: Node, program: Program) -> dict[str, pl.Expr]:
    """For each feature in a condition: is it one of those that keep the condition unknown?

    A leaf decides when it is unknown and so is every node around it. The expressions read columns that
    say of each node whether it is unknown.
    """
    found: dict[str, list[pl.Expr]] = {}
    for leaf, path in _paths(node, ()):
        unknown = [pl.col(program.column(n)) for n in (*path, leaf)]
        found.setdefault(leaf.feature, []).append(functools.reduce(operator.and_, unknown))
    return {feature: functools.reduce(operator.or_, exprs) for feature, exprs in found.items()}


@cache
def _nullable(plan: Plan) -> list[str]:
    """The columns of the nodes in indications and contraindications."""
    roots = [node for o in plan.options for node in (o.indicated, o.contraindicated)]
    return list(dict.fromkeys(plan.program.column(n) for root in roots for n in _within(root)))


def _within(node: Node) -> Iterable[Node]:
    yield node
    for child in children(node):
        yield from _within(child)


def _paths(node: Node, above: tuple[Node, ...]) -> Iterable[tuple[Leaf, tuple[Node, ...]]]:
    if isinstance(node, Leaf):
        yield node, above
    for child in children(node):
        yield from _paths(child, (*above, node))
