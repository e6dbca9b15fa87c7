"""What now: start, continue, adjust, switch, or what is missing to say so."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import certain, either, somewhere
from openmbc.criteria.program import AS_WRITTEN
from openmbc.guidance.evaluate import VERDICTS, Verdicts
from openmbc.guidance.plan import Plan

DECISIONS = pl.Enum(["start", "continue", "adjust", "switch", "insufficient", "not_metastatic"])
# First imaging under treatment is usual after two to four months; until then silence is not a warning.
FIRST_ASSESSMENT_MONTHS = 4
_URGENT = ("visceral_crisis", "spinal_cord_compression")


def decide(state: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """The decision for each row of a state.

    Columns: person, as_of, now (`DECISIONS`), because (list of sentences), urgency (routine | soon |
    now), missing (list of features that stand in the way).
    """
    plan = verdicts.plan
    turning, decided, said = _steps(plan)
    rules = verdicts.truth.select(list(_rules(plan)))
    table = pl.concat([state.select(_READ), rules, verdicts.verdict.select(_treatments(plan))], how="horizontal")
    hit = somewhere(rules)
    broken = [_when_met(column, text) for column, text in _rules(plan).items() if column in hit]
    return (
        table.lazy()
        .with_columns(turning)
        .with_columns(decided)
        .select(*said, pl.concat_list([*_sentences(), *broken]).list.drop_nulls().alias("because"))
        .select(_GIVEN)
        .collect(engine="in-memory", optimizations=AS_WRITTEN)
    )


# What the decision reads of the state.
_READ = ("person", "as_of", "disease", "last_response", "months_on_treatment", "on_treatment", "current_treatment",
         "lines_metastatic", "hormone_receptor", "her2", *_URGENT)  # fmt: skip


_GIVEN = ("person", "as_of", "now", "because", "urgency", "missing")


@cache
def _rules(plan: Plan) -> dict[str, str]:
    """The rules of running drugs: the column that says where one is met, and what it says."""
    said: dict[str, list[str]] = {}
    for rule in plan.running:
        said.setdefault(plan.program.column(rule.node), []).append(rule.text)
    return {column: " ".join(dict.fromkeys(texts)) for column, texts in said.items()}


@cache
def _treatments(plan: Plan) -> list[str]:
    """The columns of the options that treat; the others support a treatment."""
    return [str(o.position) for o in plan.options if o.regimen.role == "treatment"]


def _when_met(column: str, text: str) -> pl.Expr:
    return pl.when(certain(pl.col(column))).then(pl.lit(text))


@cache
def _steps(plan: Plan) -> tuple[list[pl.Expr], pl.Expr, list[pl.Expr]]:
    """The expressions of a decision: what it turns on, the decision, and what is said of it."""
    urgency = (
        pl.when(either(certain(pl.col(f)) for f in _URGENT))
        .then(pl.lit("now"))
        .when(pl.col("now").is_in(["switch", "adjust"]))
        .then(pl.lit("soon"))
        .otherwise(pl.lit("routine"))
    )
    said = [pl.col("person"), pl.col("as_of"), pl.col("now"), urgency.alias("urgency"), _missing()]
    return [*_counts(plan), *_facts(plan)], _now().cast(DECISIONS).alias("now"), said


def _counts(plan: Plan) -> list[pl.Expr]:
    """Does a treatment (not a supporting one) fit; if none does, does one wait for a fact?"""
    treatments = [pl.col(c) for c in _treatments(plan)]
    best = pl.min_horizontal([pl.lit(VERDICTS.index("unsuitable"), pl.UInt8), *treatments])
    return [
        (best <= VERDICTS.index("possible")).alias("fitting"),
        (best == VERDICTS.index("needs_information")).alias("waiting"),
    ]


def _facts(plan: Plan) -> list[pl.Expr]:
    """What the decision turns on, as columns that are true or false, never unknown."""
    column = plan.program.column
    over = {column(rule.node) for rule in plan.running if rule.do == "switch"}
    changed = {column(rule.node) for rule in plan.running if rule.do != "switch"}
    return [
        either(certain(pl.col(c)) for c in sorted(over)).alias("banned_now"),
        either(certain(pl.col(c)) for c in sorted(changed)).alias("adjust_now"),
        (pl.col("last_response") == "progression").fill_null(False).alias("grew"),
        pl.col("last_response").is_in(["responding", "stable"]).fill_null(False).alias("works"),
        (pl.col("months_on_treatment") < FIRST_ASSESSMENT_MONTHS).fill_null(False).alias("early_days"),
        certain(pl.col("on_treatment")).alias("treated"),
        pl.col("disease").is_in(["metastatic", "locally_advanced"]).fill_null(False).alias("advanced"),
    ]


def _now() -> pl.Expr:
    unread = pl.col("last_response").is_null()
    return (
        pl.when(pl.col("disease") == "not_metastatic")
        .then(pl.lit("not_metastatic"))
        .when(~pl.col("advanced"))
        .then(pl.lit("insufficient"))
        .when(pl.col("treated") & (pl.col("grew") | pl.col("banned_now")))
        .then(pl.lit("switch"))
        .when(pl.col("treated") & pl.col("adjust_now"))
        .then(pl.lit("adjust"))
        .when(pl.col("treated") & (pl.col("works") | (unread & pl.col("early_days"))))
        .then(pl.lit("continue"))
        .when(pl.col("treated"))
        .then(pl.lit("insufficient"))
        .when(pl.col("fitting"))
        .then(pl.lit("start"))
        .otherwise(pl.lit("insufficient"))
    )


@cache
def _sentences() -> list[pl.Expr]:
    """What the decision rests on: each a sentence where it applies, else null."""
    now, untreated = pl.col("now"), pl.col("advanced") & ~pl.col("treated")
    running = pl.col("current_treatment").fill_null("the present treatment")
    treated = pl.col("treated") & pl.col("advanced")
    assessed = pl.col("last_response").is_in(["mixed", "undetermined"]).fill_null(False)
    unread = pl.col("last_response").is_null()
    sentences = [
        (
            now == "not_metastatic",
            pl.lit(
                "The record shows breast cancer without distant metastases; options for "
                "metastatic disease are not ranked."
            ),
        ),
        (pl.col("disease").is_null(), pl.lit("The record does not say whether the disease is metastatic.")),
        (treated & pl.col("grew"), pl.format("The disease has grown on {}.", running)),
        (
            treated & pl.col("banned_now"),
            pl.format("There is now a reason not to give {}.", running),
        ),
        ((now == "adjust"), pl.format("{} needs a pause, another dose or a correction.", running)),
        (
            treated & pl.col("works") & ~pl.col("banned_now"),
            pl.format("{} works: the last word is '{}'.", running, pl.col("last_response").cast(pl.String)),
        ),
        (
            treated & unread & pl.col("early_days"),
            pl.format(
                "{} runs for {} months; the first assessment is not due yet.",
                running,
                pl.col("months_on_treatment").round(1),
            ),
        ),
        (
            treated & unread & ~pl.col("early_days"),
            pl.format("No assessment of {} is recorded since it began.", running),
        ),
        (
            treated & assessed,
            pl.format(
                "The last assessment of {} gives no clear answer ({}).",
                running,
                pl.col("last_response").cast(pl.String),
            ),
        ),
        (
            untreated & pl.col("fitting") & (pl.col("lines_metastatic") == 0).fill_null(False),
            pl.lit("Metastatic disease without systemic treatment so far: choose the first."),
        ),
        (
            untreated & pl.col("fitting") & (pl.col("lines_metastatic") > 0).fill_null(False),
            pl.format(
                "No systemic treatment runs after {} earlier lines: choose the next.", pl.col("lines_metastatic")
            ),
        ),
        (
            untreated & pl.col("fitting") & pl.col("lines_metastatic").is_null(),
            pl.lit("No systemic treatment is recorded as running: choose one."),
        ),
        (
            untreated & ~pl.col("fitting") & pl.col("waiting"),
            pl.lit("Options wait for facts that are not recorded."),
        ),
        (
            untreated & ~pl.col("fitting") & ~pl.col("waiting"),
            pl.lit("No option in this knowledge fits. Trials and supportive care remain to be discussed."),
        ),
    ]
    return [pl.when(when).then(text) for when, text in sentences]


def _missing() -> pl.Expr:
    """The facts that stand in the way of a decision; for the options' own facts see their `missing`."""
    lacking = [
        pl.when(pl.col("disease").is_null()).then(pl.lit("disease")),
        pl.when((pl.col("now") == "insufficient") & pl.col("treated")).then(pl.lit("last_response")),
        *(
            pl.when((pl.col("now") == "insufficient") & ~pl.col("treated") & pl.col(f).is_null()).then(pl.lit(f))
            for f in ("hormone_receptor", "her2")
        ),
    ]
    return pl.concat_list(lacking).list.drop_nulls().alias("missing")
