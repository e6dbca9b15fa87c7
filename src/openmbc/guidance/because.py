"""What the decision rests on, in sentences: each is there where it applies."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import among, certain

# The trials behind nearly all entries took people with ECOG 0 to 2; each entry asks for its own limit.
_TRIED_UP_TO = 2
# What looks worse in bone may be healing for so many months (`response/bone.py`).
_FLARE_MONTHS = 6
# Growth of at most so many metastases is called oligoprogression; as in knowledge/local/few_metastases/growing_few.
_FEW = 5

Sentence = tuple[pl.Expr, pl.Expr]  # when it applies, and its text


@cache
def applies() -> list[pl.Expr]:
    """When each sentence applies, as columns over those that `decision.decide` puts together and `shared`."""
    return [when.alias(f"because_{place}") for place, (when, _) in enumerate(_sentences())]


def sentences(table: pl.DataFrame) -> pl.Expr:
    """The sentences that apply, as a list; over the same columns and `applies`.

    Most apply to nobody, and a text that nobody has is not written. What is unknown says nothing.
    """
    places = [(pl.col(when), text) for when, text in _texts().items() if table[when].sum()]
    if not places:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list([pl.when(when).then(text) for when, text in places]).list.drop_nulls()


@cache
def _texts() -> dict[str, pl.Expr]:
    """The text of each sentence, by the column that says when it applies."""
    return {f"because_{place}": text for place, (_, text) in enumerate(_sentences())}


@cache
def _sentences() -> list[Sentence]:
    """Every sentence, and when it applies."""
    return [*_of_the_record(), *_of_the_treatment(), *_of_the_choice()]


@cache
def shared() -> list[pl.Expr]:
    """What several sentences ask, as columns: an expression that stands in several is worked out in each."""
    advanced, treated, declines = pl.col("advanced"), pl.col("treated"), pl.col("declines")
    return [
        pl.col("current_treatment").fill_null("the present treatment").alias("running"),
        (treated & advanced).alias("under_treatment"),
        (advanced & ~declines).alias("to_choose"),
        (advanced & ~declines & ~treated).alias("untreated"),
        pl.col("last_response").is_null().alias("unread"),
    ]


def _of_the_record() -> list[Sentence]:
    return [
        (
            pl.col("now") == "not_metastatic",
            pl.lit(
                "The record shows breast cancer without distant metastases; options for "
                "metastatic disease are not ranked."
            ),
        ),
        (pl.col("disease").is_null(), pl.lit("The record does not say whether the disease is metastatic.")),
        (
            pl.col("advanced") & pl.col("declines"),
            pl.lit(
                "The person wishes no further treatment of the cancer, and that comes first: talk about what the wish "
                "rests on and what would ease life. Palliative care goes on; the options stay listed should it change."
            ),
        ),
    ]


def _of_the_treatment() -> list[Sentence]:
    """What is known of the treatment that runs."""
    running, treated, unread = pl.col("running"), pl.col("under_treatment"), pl.col("unread")
    assessed = among(pl.col("last_response"), "mixed", "undetermined")
    response, months = pl.col("last_response").cast(pl.String), pl.col("months_on_treatment").round(1)
    return [
        (treated & pl.col("grew"), pl.format("The disease has grown on {}.", running)),
        (
            treated & (pl.col("banned_now") | pl.col("ended_by_effect")),
            pl.format("There is now a reason not to give {}.", running),
        ),
        (pl.col("now") == "adjust", pl.lit("A drug that runs needs a pause, another dose or a correction.")),
        (
            treated & pl.col("works") & ~pl.col("banned_now"),
            pl.format("{} is working: the last assessment says '{}'.", running, response),
        ),
        (
            treated & unread & pl.col("early_days"),
            pl.format("{} has been running for {} months; the first assessment is not due yet.", running, months),
        ),
        (
            treated & unread & ~pl.col("early_days"),
            pl.format("No assessment of {} is recorded since it began.", running),
        ),
        (
            treated & assessed,
            pl.format("The last assessment of {} gives no clear answer ({}).", running, response),
        ),
        *_to_look_again(treated, running),
    ]


def _to_look_again(treated: pl.Expr, running: pl.Expr) -> list[Sentence]:
    """Growth that may be none, growth of a few places only, and markers that rise alone: what would settle it."""
    unconfirmed = treated & pl.col("last_response").eq_missing("unconfirmed")
    immune, few = certain(pl.col("running_immunotherapy")), pl.col("growing_metastases_count")
    grown = among(pl.col("last_response"), "progression", "unconfirmed")
    mixed = treated & pl.col("last_response").eq_missing("mixed")
    early = certain(pl.col("months_on_treatment") < _FLARE_MONTHS)
    return [
        (
            unconfirmed,
            pl.format(
                "Growth was seen on {} and is not confirmed: go on where the person is stable, and look again.", running
            ),
        ),
        (
            unconfirmed & immune,
            pl.lit(
                "Under immunotherapy a scan 4 to 8 weeks after the first sight of growth tells growth from an immune "
                "response (iRECIST, Seymour 2017)."
            ),
        ),
        (
            (unconfirmed & ~immune) | (mixed & early & certain(pl.col("metastasis_bone"))),
            pl.lit(
                "In the first months of a treatment bone that heals takes up more tracer and turns white (MD Anderson "
                "criteria): CT or MRI of the place in question, and a scan 2 to 3 months later, tell."
            ),
        ),
        (
            mixed,
            pl.lit(
                "Some metastases grow and others shrink: what grows can be biopsied, and treated locally where small."
            ),
        ),
        (
            treated & pl.col("grew") & certain(few <= _FEW),
            pl.format(
                "Only {} grow: treating what grows locally and keeping the drugs is to be weighed against a switch "
                "(local options).",
                few,
            ),
        ),
        (
            treated & certain(pl.col("tumour_markers_rising")) & ~grown,
            pl.lit("Tumour markers rise. That alone is no reason to switch (ASCO): look for its cause with imaging."),
        ),
    ]


def _of_the_choice() -> list[Sentence]:
    """What there is to choose from, and why there may be nothing."""
    advanced, fitting, lines = pl.col("to_choose"), pl.col("fitting"), pl.col("lines_metastatic")
    untreated = pl.col("untreated")
    return [
        (
            untreated & fitting & certain(lines == 0),
            pl.lit("Metastatic disease without systemic treatment so far: choose the first."),
        ),
        (
            untreated & fitting & certain(lines > 0),
            pl.format("No systemic treatment runs after {} earlier lines: choose the next.", lines),
        ),
        (
            untreated & fitting & lines.is_null(),
            pl.lit("No systemic treatment is recorded as running: choose one."),
        ),
        (
            advanced & fitting & ~pl.col("recommended") & among(pl.col("now"), "start", "switch"),
            pl.lit(
                "None is recommended for this state: those that are possible rest on weaker evidence, or stand behind "
                "others that were used or do not fit."
            ),
        ),
        (
            advanced & ~fitting & certain(pl.col("ecog") > _TRIED_UP_TO),
            pl.format(
                "ECOG performance status is {}; nearly all drugs were tried in people with 0 to {}. What eases "
                "symptoms comes first, and the question is asked again when strength returns.",
                pl.col("ecog"),
                _TRIED_UP_TO,
            ),
        ),
        (
            untreated & ~fitting & pl.col("waiting"),
            pl.lit("Options wait for facts that are not recorded."),
        ),
        (
            untreated & ~fitting & ~pl.col("waiting"),
            pl.lit("No option in this knowledge fits. Trials and supportive care remain to be discussed."),
        ),
    ]
