"""All subjects put together: the state, in the order and types of the catalogue."""

from __future__ import annotations

import itertools
from functools import cache
from typing import NamedTuple

import msgspec
import polars as pl

from openmbc.catalogue import FEATURES, PART_OF, TREATMENT_KEYS, Feature, by_name
from openmbc.criteria.kleene import certain
from openmbc.facts import Facts
from openmbc.state import (
    coded,
    disease,
    genomics,
    history,
    illness,
    lines,
    liquid,
    markers,
    organs,
    person,
    pharmacogenes,
    places,
    receptors,
    resistance,
    side_effects,
    times,
    toxicity,
    wellbeing,
    wishes,
)
from openmbc.state.contradictions import contradictions
from openmbc.state.episodes import Numbered, episodes, numbered
from openmbc.state.line_words import treated
from openmbc.state.measured import Measured, doubted, measured
from openmbc.state.visits import Part, as_of, computed, facts_in, named_in, visits_of

KEYS = ("person", "as_of")
_OF_OBSERVATIONS = [
    "person", "source", "date", "date_precision", "concept", "value", "comparator", "code", "high", "site", "method",
]  # fmt: skip

# What a test of proteins, of a whole sample, or of the alleles of a person says.
TESTED = [
    "er", "er_percent", "pr", "pr_percent", "her2", "her2_ihc", "her2_ish", "her2_ratio", "her2_copies", "ki67",
    "pdl1_cps", "tmb", "msi", "mmr_ihc", "hrd", "tumour_fraction", "pten_ihc", "dpd_status", "ugt1a1",
    "dpyd_diplotype", "ugt1a1_diplotype",
]  # fmt: skip


class State(msgspec.Struct, frozen=True):
    """The state of people at dates.

    ``strict``: columns person, as_of, then every feature of the catalogue; null is not known or not
    recorded. Last ``side_effects``: those that go on, with the drugs that may cause them (a list of
    `side_effects.EVENT`), null where none is reported. ``trace``: row (position in ``strict``), feature,
    source: the facts behind each value; None unless asked for. ``problems``: contradictions found in the
    facts, as in `facts.PROBLEMS`. ``times``: since when each drug runs, and the last day of each test
    (`times.times`). ``diary``: check-ins over time (`wellbeing.diary`; None where there are none). With the trace
    alone: ``treated``, lines of therapy and early treatment, explained (`line_words.treated`); ``measured``, response
    by measurements (`measured.Measured`; None where nothing was measured); ``markers``, tumour markers over time
    (`markers.trends`); ``blood``, tumour DNA in blood (`liquid.Blood`; both None where nobody has any);
    ``variants``, the rows of that table that are known at the visit; ``tested``, the observations that say what a test
    of the tumour's proteins, of a whole sample or of alleles found (`TESTED`).
    """

    strict: pl.DataFrame
    trace: pl.DataFrame | None
    problems: pl.DataFrame
    times: pl.DataFrame
    treated: pl.DataFrame | None = None
    measured: pl.DataFrame | None = None
    markers: pl.DataFrame | None = None
    blood: liquid.Blood | None = None
    variants: pl.DataFrame | None = None
    tested: pl.DataFrame | None = None
    diary: pl.DataFrame | None = None


@cache
def _enum(values: tuple[str, ...]) -> pl.Enum:
    return pl.Enum(values)


def dtype(feature: Feature) -> pl.DataType:
    """Polars type of a feature's column."""
    if feature.kind == "category":
        return _enum(feature.all_values)
    return {"bool": pl.Boolean(), "integer": pl.Int64(), "number": pl.Float64(), "text": pl.String()}[feature.kind]


def derive(facts: Facts, at: pl.DataFrame, trace: bool = False) -> State:
    """The state of each visit in ``at`` (columns person: String, as_of: Date), one row each, in its order.

    Only facts dated on or before the visit count. Silence stays null here; `assume` reads it.
    """
    visits = visits_of(at)
    known = computed(
        as_of(facts.observations.lazy().select(_OF_OBSERVATIONS), visits),
        as_of(facts.conditions.lazy(), visits),
        as_of(facts.treatments.lazy(), visits, "start"),
        as_of(facts.variants.lazy(), visits),
    )
    # Few records report side effects, or hold answers: what nobody has must cost nothing.
    answers = wellbeing.answered(computed(as_of(facts.answers.lazy(), visits))[0]) if len(facts.answers) else None
    reports = side_effects.reported(as_of(facts.side_effects.lazy(), visits)) if len(facts.side_effects) else None
    found = _parts(facts, visits, len(at), reports, answers, *known)
    plans = [found.problems, found.times, *(part.columns for part in found.parts)]
    if not trace:
        problems, times_found, *columns = computed(*plans)
        read = _assemble(at, columns, found.events)
        return State(read, None, problems, times_found, diary=wellbeing.diary(answers))
    of_tests = known[0].lazy().filter(pl.col("concept").is_in(TESTED))
    problems, times_found, *columns, traced, tested = computed(*plans, _trace(found.parts), of_tests)
    seen = None if found.measured is None else found.measured.visits
    strict = _assemble(at, columns, found.events)
    lined = treated(found.lined)
    followed = wellbeing.diary(answers)
    return State(
        strict, traced, problems, times_found, lined, seen, found.markers, found.blood, known[3], tested, followed
    )


class _Found(NamedTuple):
    """What each subject contributes, the contradictions, and what is more than a value at a visit."""

    parts: list[Part]
    events: pl.Series
    problems: pl.LazyFrame
    times: pl.LazyFrame
    lined: Numbered
    measured: Measured | None
    markers: pl.DataFrame | None
    blood: liquid.Blood | None


def _parts(
    facts: Facts,
    visits: pl.LazyFrame,
    height: int,
    reports: side_effects.Reported | None,
    answers: wellbeing.Answered | None,
    known_observations: pl.DataFrame,
    known_conditions: pl.DataFrame,
    treatments: pl.DataFrame,
    variants: pl.DataFrame,
) -> _Found:
    """Everything from the facts known at each visit."""
    observations, conditions, given = known_observations.lazy(), known_conditions.lazy(), treatments.lazy()
    recorded = named_in(known_observations["concept"])
    counted = genomics.counted(known_observations, recorded)
    known_person, timeline, readings, responses, picked_codes, picked_numbers, found, none = computed(
        person.known(visits, facts.people),
        disease.timeline(visits, conditions, observations),
        receptors.readings(observations),
        observations.filter((pl.col("concept") == "response") & pl.col("code").is_not_null()),
        coded.picks(counted),
        organs.picks(counted),
        genomics.findings(variants, known_observations, recorded),
        history.said_none(given),
    )
    who, time = known_person.lazy(), timeline.lazy()
    diplotypes = pharmacogenes.read(known_observations, recorded)
    lined, judged, seen = _lined(facts, visits, given, time, responses)
    eps = lined.episodes.lazy()
    table = lines.line_table(lined)
    wide_codes, wide_numbers, newest_readings, early_rows, early, exposed = computed(
        coded.codes(visits, picked_codes, recorded),
        organs.numbers(visits, picked_numbers, recorded),
        receptors.newest_day(readings.lazy()),
        eps.filter(pl.col("setting").is_in(["adjuvant", "neoadjuvant"])).select("row", treated_early=True).unique(),
        resistance.adjuvant(eps),
        history.by_key(eps),
    )
    codes, numbers, treated_early = wide_codes.lazy(), wide_numbers.lazy(), early_rows.lazy()
    trends = markers.trends(observations, lines.began(eps), recorded)
    blood = liquid.in_blood(variants, observations, lines.starts(lined))
    told = wellbeing.derive(visits, answers, observations, recorded)
    effects, events = side_effects.derive(visits, height, reports, lined.episodes)
    names = [name for name in named_in(treatments["treatment"]) if name]
    parts = [
        person.derive(who, numbers, codes, given),
        disease.derive(conditions, observations, codes, numbers, time, treated_early),
        receptors.derive(visits, readings, newest_readings),
        genomics.derive(visits, found, codes, numbers, genomics.shedding(observations, recorded)),
        liquid.derive(visits, variants, eps, blood),
        pharmacogenes.derive(codes, diplotypes),
        organs.derive(numbers, who, codes, observations, recorded),
        illness.derive(visits, known_conditions, codes, reports),
        toxicity.derive(visits, observations, reports, recorded),
        effects,
        history.medicines(visits, given, names),
        history.exposure(visits, eps, exposed, none),
        places.derive(visits, treatments, none),
        wishes.derive(visits, as_of(facts.wishes.lazy(), visits) if len(facts.wishes) else None),
        lines.lines(visits, eps, table.lazy(), judged, none),
        resistance.resistance(visits, eps, table, early),
        markers.derive(visits, observations, trends),
        told.part,
        Part(visits, [facts_in(picked_codes.lazy()), facts_in(picked_numbers.lazy())]),
    ]
    problems = contradictions(
        visits, facts, known_observations, known_conditions, eps, newest_readings.lazy(), found, variants, recorded
    )
    problems = pl.concat([problems, *pharmacogenes.problems(visits, codes, diplotypes)])
    if seen is not None:
        problems = pl.concat([problems, seen.problems.lazy(), seen.disagreements.lazy()])
    if blood is not None:
        problems = pl.concat([problems, blood.problems.lazy()])
    problems = pl.concat([problems, told.problems.lazy()])
    seen_on = as_of(facts.lesions.lazy(), visits) if len(facts.lesions) else None
    when = times.times(observations, variants.lazy() if len(variants) else None, eps, seen_on, recorded)
    return _Found(parts, events, problems, when, lined, seen, trends, blood)


def _lined(
    facts: Facts, visits: pl.LazyFrame, given: pl.LazyFrame, time: pl.LazyFrame, responses: pl.DataFrame
) -> tuple[Numbered, pl.LazyFrame, Measured | None]:
    """Lines of therapy, what is known of response, and what was measured.

    A measurement counts from the start of a line, and growth that was measured can end one: so lines are numbered by
    what is stated, lesions read under each, and lines numbered again.
    """
    stated = doubted(responses, given)
    lined = numbered(episodes(given, time, stated), stated)
    if facts.lesions.is_empty():
        return lined, stated, None
    (lesions,) = computed(as_of(facts.lesions.lazy(), visits))
    seen = measured(lesions, lines.starts(lined), stated)
    if seen is None:
        return lined, stated, None
    judged = pl.concat([stated, seen.responses.lazy()], how="diagonal_relaxed")
    return numbered(episodes(given, time, judged), judged), judged, seen


def _assemble(at: pl.DataFrame, parts: list[pl.DataFrame], events: pl.Series) -> pl.DataFrame:
    """Side by side, in the order and types of the catalogue, events last. Every part has one row a visit, in order."""
    unknown, wanted = _unknown()
    state = unknown.clone() if len(at) == 1 else _repeated(unknown, len(at))
    for series in [*(at[key] for key in KEYS), *(s for part in parts for s in part.get_columns()), events]:
        if (of := wanted.get(series.name)) is not None:
            place, kind = of
            state.replace_column(place, series if series.dtype == kind else series.cast(kind))
    return state


@cache
def _unknown() -> tuple[pl.DataFrame, dict[str, tuple[int, pl.DataType]]]:
    """One visit of which nothing is known; and the place and type of each column.

    What is known is put into a copy of it: making five hundred columns anew costs more than many derivations.
    """
    keys = {"person": pl.String(), "as_of": pl.Date()}
    kinds = {**keys, **{f.name: dtype(f) for f in FEATURES}, side_effects.COLUMN: side_effects.NOBODY.dtype}
    unknown = pl.DataFrame([pl.Series(name, [None], kind) for name, kind in kinds.items()])
    return unknown, {name: (place, kind) for place, (name, kind) in enumerate(kinds.items())}


@cache
def _absent() -> dict[str, pl.Series]:
    """For each feature of which silence means absence, what it then is: one value."""
    return {f.name: pl.Series(f.name, [f.absent_value], dtype(f)) for f in FEATURES if f.silence == "absent"}


def _repeated(row: pl.DataFrame, height: int) -> pl.DataFrame:
    """A frame of one row as many times as asked for."""
    return row if height == 1 else pl.DataFrame([s.new_from_index(0, height) for s in row.get_columns()])


@cache
def _feeds() -> pl.DataFrame:
    """Which kind of fact feeds which features: columns fact, feature."""
    subjects = (
        person,
        coded,
        organs,
        disease,
        receptors,
        genomics,
        illness,
        lines,
        liquid,
        markers,
        pharmacogenes,
        places,
        resistance,
        side_effects,
        toxicity,
        wellbeing,
        wishes,
    )
    tables = [*(subject.FEEDS for subject in subjects), history.feeds()]
    pairs = [(fact, feature) for table in tables for fact, features in table.items() for feature in features]
    return pl.DataFrame(pairs, schema=["fact", "feature"], orient="row").unique(maintain_order=True)


def _trace(parts: list[Part]) -> pl.LazyFrame:
    """The facts behind each value: row, feature, source."""
    rows = pl.concat([t for part in parts for t in part.trace]).drop_nulls()
    fed = rows.join(_feeds().lazy(), on="fact").select("row", "feature", "source")
    return fed.unique().sort("row", "feature", "source")


def assume(strict: pl.DataFrame) -> pl.DataFrame:
    """The state with silence read as the catalogue says: what is `absent` when unrecorded is filled.

    A value was assumed where it is null in ``strict`` and not here. What a recorded treatment did is not
    silence: where a drug was given and nothing says why it ended, progression and toxicity stay unknown.
    """
    height, nulls = len(strict), _nulls(strict)
    silent = {name: place for place, (name, count) in enumerate(nulls.items()) if count and name in _absent()}
    given = [(outcome, had) for outcome, had in _outcomes() if outcome in silent and nulls[had] < height]
    # A column that nobody has is one value repeated; it is the usual case, and for one person the only one.
    nobody = {name for name in silent if nulls[name] == height}.difference(outcome for outcome, _ in given)
    rest = silent.keys() - nobody.union(outcome for outcome, _ in given)
    filled = [_fill(outcome) for outcome, _ in given]
    filled += [pl.col(names).fill_null(value) for value, of in _by_value() if (names := sorted(rest & of))]
    read = strict.clone()
    for name in nobody:
        value = _absent()[name]
        read.replace_column(silent[name], value if height == 1 else value.new_from_index(0, height))
    if filled:
        asked = pl.DataFrame([strict[name] for name in {*rest, *itertools.chain.from_iterable(given)}])
        for series in asked.select(filled).get_columns():
            read.replace_column(silent[series.name], series)
    return read


def _nulls(table: pl.DataFrame) -> dict[str, int]:
    """How many nulls each column has; of one row in a tenth of the time."""
    counts = [value is None for value in table.row(0)] if len(table) == 1 else [s.null_count() for s in table]
    return dict(zip(table.columns, counts, strict=True))


@cache
def _by_value() -> list[tuple[bool | int | str, frozenset[str]]]:
    """What silence stands for, with the features of which that is so."""
    features = [f for f in FEATURES if f.silence == "absent"]
    kinds = {(f.kind, f.absent_value) for f in features}
    return [(v, frozenset(f.name for f in features if (f.kind, f.absent_value) == (kind, v))) for kind, v in kinds]


@cache
def _fill(outcome: str) -> pl.Expr:
    """An outcome that is not recorded: absent, but where what leads to it was there unknown."""
    had, absent = pl.col(dict(_outcomes())[outcome]), by_name()[outcome].absent_value
    return pl.when(certain(had)).then(pl.col(outcome)).otherwise(pl.col(outcome).fill_null(absent)).alias(outcome)


@cache
def _outcomes() -> list[tuple[str, str]]:
    """What silence cannot deny, with the feature that makes it so.

    What a treatment did that was given; how bad an illness was that was there; a part of a place that is
    affected or was radiated: "bone metastases" says nothing of the spine.
    """
    families = ("progressed_on", "stopped_for_toxicity")
    of_treatments = [(f"{family}_{k}", f"had_{k}") for family in families for k in TREATMENT_KEYS]
    parts = [(f"{family}_{part}", f"{family}_{whole}") for family in _PLACED for part, whole in PART_OF.items()]
    known = [(part, whole) for part, whole in parts if part in by_name()]
    return [*of_treatments, ("pneumonitis_grade", "had_interstitial_lung_disease"), *known]


_PLACED = ("metastasis", "radiated")
