"""What now: start, continue, adjust, switch, or what is missing to say so."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from openmbc.criteria.kleene import TRUE, Places, among, certain, either, one_of, places
from openmbc.criteria.program import AS_WRITTEN
from openmbc.guidance.because import applies, sentences, shared
from openmbc.guidance.evaluate import NEEDS, POSSIBLE, UNSUITABLE, Verdicts, in_lists
from openmbc.guidance.plan import Plan
from openmbc.guidance.side_effects import called_for
from openmbc.knowledge.model import Local

DECISIONS = pl.Enum(["start", "continue", "adjust", "switch", "insufficient", "not_metastatic"])
# First imaging under treatment is usual after two to four months; until then silence is not a warning.
FIRST_ASSESSMENT_MONTHS = 4
_URGENT = ("visceral_crisis", "spinal_cord_compression")


def decide(state: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """The decision for each row of a state.

    Columns: person, as_of, now (`DECISIONS`), because (list of sentences), urgency (routine | soon |
    now), missing (list of features that stand in the way).
    """
    turning = [*_fit(verdicts), *_called_for(verdicts), *called_for(state, verdicts.plan.knowledge)]
    columns = [*(state[name] for name in _READ), *turning, _rules_met(verdicts), *_local(verdicts)]
    facts = pl.LazyFrame(columns).with_columns(_facts()).with_columns(_now(), *shared()).with_columns(applies())
    table = facts.collect(engine="in-memory", optimizations=AS_WRITTEN)
    decided = table.lazy().select("person", "as_of", "now", _because(sentences(table)), _urgency(), _missing())
    return decided.collect(engine="in-memory", optimizations=AS_WRITTEN)


# What the decision reads of the state.
_READ = ("person", "as_of", "disease", "last_response", "months_on_treatment", "on_treatment", "current_treatment",
         "lines_metastatic", "hormone_receptor", "her2", "ecog", "wish_no_more_treatment", "running_immunotherapy",
         "growing_metastases_count", "tumour_markers_rising", "metastasis_bone", *_URGENT)  # fmt: skip


def _fit(verdicts: Verdicts) -> list[pl.Series]:
    """Does a treatment (not a supporting one) fit, is one recommended; if none fits, does one wait for a fact?"""
    best = verdicts.verdict[_treatments(verdicts.plan)].min(axis=0, initial=UNSUITABLE)
    return [
        pl.Series("fitting", best <= POSSIBLE),
        pl.Series("recommended", best < POSSIBLE),
        pl.Series("waiting", best == NEEDS),
    ]


@cache
def _treatments(plan: Plan) -> Places:
    return places(o.position for o in plan.options if o.role == "treatment")


@cache
def _rules(plan: Plan) -> dict[bool, Places]:
    """The rules of running drugs: those that end the treatment (True), and the others."""
    at = plan.program.at
    return {over: places(at(r.node) for r in plan.running if (r.do == "switch") is over) for over in (True, False)}


def _called_for(verdicts: Verdicts) -> list[pl.Series]:
    """Does a rule of a running drug end the treatment; does one ask for a change of it? By conditions of the state."""
    met = {over: one_of(verdicts.truth[rows]) == TRUE for over, rows in _rules(verdicts.plan).items()}
    return [pl.Series("banned_now", met[True]), pl.Series("adjust_now", met[False])]


def _rules_met(verdicts: Verdicts) -> pl.Series:
    """What the rules of running drugs say that are met: a list of sentences for each state."""
    rows, texts = _said(verdicts.plan)
    state, rule = np.nonzero((verdicts.truth[rows] == TRUE).T)
    return in_lists(state, texts[rule], len(verdicts.truth.T)).alias("rules_met")


@cache
def _said(plan: Plan) -> tuple[Places, pl.Series]:
    """The conditions under which rules of running drugs say something, and what they say."""
    said = dict.fromkeys((plan.program.at(rule.node), rule.text) for rule in plan.running)
    return places(row for row, _ in said), pl.Series([text for _, text in said], dtype=pl.String)


def _local(verdicts: Verdicts) -> list[pl.Series]:
    """Local treatment that fits and cannot wait: how soon, and its sentences, for each state."""
    rows, texts = _pressing(verdicts.plan)
    fits = verdicts.verdict[rows] <= POSSIBLE
    state, option = np.nonzero(fits.T)
    return [
        pl.Series("local_soon", fits.any(axis=0)),
        pl.Series("local_now", fits[_at_once(verdicts.plan)].any(axis=0)),
        in_lists(state, texts[option], fits.shape[1]).alias("local_said"),
    ]


@cache
def _pressing(plan: Plan) -> tuple[Places, pl.Series]:
    """Local treatments that are not routine: their places, and what the decision says of them."""
    found = [o for o in plan.options if _how_soon(plan, o.position) != "routine"]
    lead = {"now": "Without delay", "soon": "Soon, beside the systemic treatment"}
    said = [f"{lead[_how_soon(plan, o.position)]}: {o.entry.name}." for o in found]
    return places(o.position for o in found), pl.Series(said, dtype=pl.String)


@cache
def _at_once(plan: Plan) -> Places:
    """Which of the `_pressing` ones cannot wait at all."""
    rows, _ = _pressing(plan)
    return places(n for n, row in enumerate(rows) if _how_soon(plan, int(row)) == "now")


def _how_soon(plan: Plan, position: int) -> str:
    entry = plan.options[position].entry
    return entry.urgency if isinstance(entry, Local) else "routine"


@cache
def _facts() -> list[pl.Expr]:
    """What else the decision turns on, as columns that are true or false, never unknown."""
    return [
        pl.col("last_response").eq_missing("progression").alias("grew"),
        among(pl.col("last_response"), "responding", "stable").alias("works"),
        certain(pl.col("months_on_treatment") < FIRST_ASSESSMENT_MONTHS).alias("early_days"),
        certain(pl.col("on_treatment")).alias("treated"),
        certain(pl.col("wish_no_more_treatment")).alias("declines"),
        among(pl.col("disease"), "metastatic", "locally_advanced").alias("advanced"),
    ]


@cache
def _urgency() -> pl.Expr:
    return (
        pl.when(either([certain(pl.col(f)) for f in (*_URGENT, "local_now")]) | (pl.col("emergencies").list.len() > 0))
        .then(pl.lit("now"))
        .when(among(pl.col("now"), "switch", "adjust") | pl.col("local_soon"))
        .then(pl.lit("soon"))
        .otherwise(pl.lit("routine"))
        .alias("urgency")
    )


def _because(said: pl.Expr) -> pl.Expr:
    local = pl.when("advanced").then("local_said").otherwise(pl.lit([], dtype=pl.List(pl.String)))
    return pl.concat_list("emergencies", said, "rules_met", "effects_said", local).alias("because")


@cache
def _now() -> pl.Expr:
    unread = pl.col("last_response").is_null()
    return (
        pl.when(pl.col("disease") == "not_metastatic")
        .then(pl.lit("not_metastatic"))
        .when(~pl.col("advanced") | pl.col("declines"))
        .then(pl.lit("insufficient"))
        .when(pl.col("treated") & (pl.col("grew") | pl.col("banned_now") | pl.col("ended_by_effect")))
        .then(pl.lit("switch"))
        .when(pl.col("treated") & (pl.col("adjust_now") | pl.col("changed_by_effect")))
        .then(pl.lit("adjust"))
        .when(pl.col("treated") & (pl.col("works") | (unread & pl.col("early_days"))))
        .then(pl.lit("continue"))
        .when(pl.col("treated"))
        .then(pl.lit("insufficient"))
        .when(pl.col("fitting"))
        .then(pl.lit("start"))
        .otherwise(pl.lit("insufficient"))
        .cast(DECISIONS)
        .alias("now")
    )


@cache
def _missing() -> pl.Expr:
    """The facts that stand in the way of a decision; for the options' own facts see their `missing`."""
    open_for_facts = (pl.col("now") == "insufficient") & ~pl.col("declines")
    lacking = [
        pl.when(pl.col("disease").is_null()).then(pl.lit("disease")),
        pl.when(open_for_facts & pl.col("treated")).then(pl.lit("last_response")),
        *(
            pl.when(open_for_facts & ~pl.col("treated") & pl.col(f).is_null()).then(pl.lit(f))
            for f in ("hormone_receptor", "her2")
        ),
    ]
    return pl.concat_list(lacking).list.drop_nulls().alias("missing")
