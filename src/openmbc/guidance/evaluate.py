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
from openmbc.criteria.kleene import certain
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
    when = _Moments(state, plan, region)
    nodes = {series.name: series for series in truth.get_columns()}
    columns: dict[str, pl.Series] = {}
    for option in plan.options:
        columns |= _read(option, nodes, when, plan.program)
    verdict = pl.DataFrame(columns).select(_verdicts(plan))
    return Verdicts(plan, truth, verdict)


class _Moments:
    """What all options share of each state: how many drugs run, and which approvals had happened by then."""

    def __init__(self, state: pl.DataFrame, plan: Plan, region: Region) -> None:
        drugs = pl.col("current_treatment").str.count_matches("+", literal=True) + 1
        slots = sorted({o.systemic_slots for o in plan.options})
        dates = sorted({date for o in plan.options if (date := o.regimen.since.get(region)) is not None})
        self._region = region
        self._slots = dict(
            zip(slots, state.select((drugs == n).alias(str(n)) for n in slots).get_columns(), strict=True)
        )
        after = state.select((pl.col("as_of") >= date).alias(str(date)) for date in dates)
        self._since = dict(zip(dates, after.get_columns(), strict=True))
        self._never = pl.repeat(False, len(state), dtype=pl.Boolean, eager=True)

    def running(self, option: OptionPlan, slots: pl.Series) -> pl.Series:
        """The treatment runs: every slot is taken by a running drug, and no other drug runs."""
        return slots & self._slots[option.systemic_slots] if option.systemic_slots else slots

    def available(self, option: OptionPlan) -> pl.Series:
        """The option was available in the region on the day of the visit."""
        since = option.regimen.since.get(self._region)
        return self._never if since is None else self._since[since]


def _read(option: OptionPlan, truth: dict[str, pl.Series], when: _Moments, program: Program) -> dict[str, pl.Series]:
    """Whole columns of one option: is it running, indicated, and out (true where it is certainly unsuitable).

    A running treatment is not asked for its place in the sequence, nor whether it is on the market.
    """
    fits, follows, banned, slots = (
        truth[program.column(node)] for node in (option.fits, option.follows, option.contraindicated, option.running)
    )
    now = when.running(option, slots)
    indicated = fits & (now | follows)
    out = ~indicated | banned | ~(when.available(option) | now)
    place = option.position
    return {f"now{place}": now, f"indicated{place}": indicated, f"out{place}": out}


@cache
def _verdicts(plan: Plan) -> list[pl.Expr]:
    """The rules of the design, in order. An `out` that is unknown is not out."""
    verdict = [_verdict(o).alias(str(o.position)) for o in plan.options]
    return [*verdict, *(certain(pl.col(f"now{o.position}")) for o in plan.options)]


def _verdict(option: OptionPlan) -> pl.Expr:
    good = _RECOMMENDED if option.regimen.strength in RECOMMENDED else _POSSIBLE
    return (
        pl.when(pl.col(f"out{option.position}"))
        .then(pl.lit(_UNSUITABLE, pl.UInt8))
        .when(pl.col(f"indicated{option.position}").is_null())
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
    unknown = {s.name: s for s in verdicts.truth.select(_nullable(plan)).select(pl.all().is_null()).get_columns()}
    asked = _asked(verdicts, unknown)
    keyed = pl.concat([state.select("person", "as_of"), verdicts.verdict, asked.flags], how="horizontal")
    wide = keyed.lazy().select(
        "person", "as_of", pl.concat_list(columns).alias("verdict"),
        pl.concat_list([f"now{c}" for c in columns]).alias("now"),
        pl.concat_list(asked.missing).alias("missing"),
        pl.concat_list(asked.check_first).alias("check_first"),
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


@dataclass(frozen=True)
class _Asked:
    """For each option an expression that names facts, joined by a blank, over the columns ``flags``."""

    flags: pl.DataFrame
    missing: list[pl.Expr]
    check_first: list[pl.Expr]


def _asked(verdicts: Verdicts, unknown: dict[str, pl.Series]) -> _Asked:
    """What each option asks for: only where it can still matter, and only what somebody here lacks."""
    plan, flags = verdicts.plan, {}
    names: dict[str, list[pl.Expr]] = {"missing": [], "check_first": []}
    codes = verdicts.verdict.select(
        *((pl.col(str(o.position)) == _NEEDS).alias(f"missing{o.position}") for o in plan.options),
        *((pl.col(str(o.position)) < _UNSUITABLE).alias(f"check_first{o.position}") for o in plan.options),
    )
    for option in plan.options:
        for kind, node in (("missing", option.indicated), ("check_first", option.contraindicated)):
            where, lacking = codes[f"{kind}{option.position}"], []
            for feature, paths in _open_paths(node, plan.program).items() if where.sum() else ():
                flag = where & _either_path(paths, unknown)
                if flag.sum():
                    flags[f"{kind}{option.position}.{feature}"] = flag
                    lacking.append(feature)
            names[kind].append(_joined(f"{kind}{option.position}", lacking))
    return _Asked(pl.DataFrame(flags), names["missing"], names["check_first"])


def _either_path(paths: list[list[str]], unknown: dict[str, pl.Series]) -> pl.Series:
    """A feature matters where, on one of its paths, every node is unknown."""
    return functools.reduce(operator.or_, (functools.reduce(operator.and_, (unknown[n] for n in p)) for p in paths))


def _joined(prefix: str, features: list[str]) -> pl.Expr:
    if not features:
        return pl.lit("")
    named = [pl.when(pl.col(f"{prefix}.{f}")).then(pl.lit(f)) for f in features]
    return pl.concat_str([*named, pl.lit("")], separator=" ", ignore_nulls=True).str.strip_chars_end()


@cache
def _open_paths(node: Node, program: Program) -> dict[str, list[list[str]]]:
    """For each feature of a condition, the columns from the condition down to each leaf that asks for it.

    A leaf decides when it is unknown and so is every node around it.
    """
    found: dict[str, list[list[str]]] = {}
    for leaf, path in _paths(node, ()):
        found.setdefault(leaf.feature, []).append([program.column(n) for n in (*path, leaf)])
    return found


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
