"""Facts that disagree with one another, as problems for the reader: nothing is corrected silently."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import certain, refuted
from openmbc.facts import PROBLEMS, Facts
from openmbc.state.episodes import keys_of_drugs
from openmbc.state.unread import unread
from openmbc.state.visits import computed, named_in

_ASK = "Check the record and correct the one that is wrong."
_ASK_PATHOLOGIST = "Ask the pathologist to look at IHC and ISH together, or to test another specimen."
_ASK_IHC = "Ask for HER2 by IHC, and ISH if it is 2+, on this specimen or a new one."
_ONE_AT_A_TIME = {
    "cdk46_inhibitor": "CDK4/6 inhibitors",
    "aromatase_inhibitor": "aromatase inhibitors",
    "parp_inhibitor": "PARP inhibitors",
    "immunotherapy": "PD-1 or PD-L1 inhibitors",
    "her2_tki": "HER2 tyrosine kinase inhibitors",
    "antibody_drug_conjugate": "antibody-drug conjugates",
}
_Odd = tuple[pl.LazyFrame, list[pl.Expr]]  # rows that contradict others, and the columns of their problem
NO_PROBLEMS = pl.LazyFrame(schema=PROBLEMS)
_SIDES = ["left", "right"]
_STAGES = ("stage", "stage_m")


def contradictions(
    visits: pl.LazyFrame,
    facts: Facts,
    observations: pl.DataFrame,
    conditions: pl.DataFrame,
    eps: pl.LazyFrame,
    newest: pl.LazyFrame,
    found: pl.DataFrame,
    variants: pl.DataFrame,
    recorded: frozenset[str],
) -> pl.LazyFrame:
    """Every contradiction found at the visits, in the columns of `facts.PROBLEMS`, sorted.

    ``newest`` is `receptors.newest_day`, ``eps`` is `episodes`, ``found`` is `genomics.findings`; ``observations``,
    ``conditions`` and ``variants`` are those known at the visits. What nobody has is not looked for; ``recorded``: the
    concepts of the observations.
    """
    has = recorded.issuperset
    measured = observations.lazy()
    listed: list[_Odd] = [_receptors(visits, newest), _same_class_twice(eps), _several_values(measured)]
    if has(["stage"]):
        listed.append(_stages(measured))
    if not recorded.isdisjoint(_STAGES):
        listed.append(_stage_and_spread(measured, conditions.lazy()))
    if "erbb2_amplification" in named_in(found["feature"]):
        listed.append(_her2_by_sequencing(visits, newest, found.lazy()))
    if has(["tumour_size", "stage_t"]):
        listed.append(_tumour_size(measured))
    if conditions["laterality"].null_count() < len(conditions):
        listed += _sides(conditions.lazy().filter(_sided()), facts.treatments.lazy(), visits)
    if len(facts.treatments):
        listed.append(_end_before_start(facts.treatments.lazy(), visits))
    if has(["pregnant"]):
        listed.append(_pregnant_man(facts.people.lazy(), measured))
    if has(["msi"]):
        listed.append(_microsatellites(measured))
    rows = computed(*(odd for odd, _ in listed))
    # Most people have none: sentences are only written where there is something to say.
    problems = [of.lazy().select(said) for of, (_, said) in zip(rows, listed, strict=True) if len(of)]
    if len(variants):
        problems += unread(variants)
    return pl.concat(problems).unique().sort("person", "what", "source") if problems else NO_PROBLEMS


def _problem(what: pl.Expr, todo: str | pl.Expr = _ASK, source: str | pl.Expr = "source") -> list[pl.Expr]:
    """The columns of a problem, from rows with ``person`` and what ``what`` and ``source`` need."""
    of = pl.col(source) if isinstance(source, str) else source
    said = pl.lit(todo) if isinstance(todo, str) else todo
    named = {"source": of, "severity": pl.lit("warning"), "what": what, "todo": said}
    return [pl.col("person"), *(named[c].cast(d).alias(c) for c, d in PROBLEMS.items() if c != "person")]


# In a group, the sources are kept as a list and written out for the few groups that are a problem.
_SOURCES = pl.col("source").alias("sources")
# Receptors have a list for each specimen.
_EACH_SOURCE = pl.col("sources").list.eval(pl.element().explode())
_LISTED = pl.col("sources").list.unique().list.sort().list.join(", ")


def _receptors(visits: pl.LazyFrame, newest: pl.LazyFrame) -> _Odd:
    """Results of one day that differ; or HER2, of which the protein says one thing and its copies seen another."""
    odd, problem = _receptors_problem()
    return newest.filter(odd).join(visits, on="row"), problem


@cache
def _receptors_problem() -> tuple[pl.Expr, list[pl.Expr]]:
    score, ish = pl.col("detail"), pl.col("ish")
    more = (score == "3+") & (ish == "negative")
    less = score.is_in(["0", "0+", "1+"]) & (ish == "positive")
    differ = certain((pl.col("marker") == "her2") & pl.col("answer").is_not_null() & (more | less))
    named = pl.col("marker").str.to_uppercase()
    against = pl.format("The newest {} results contradict each other; it counts as not known", named)
    unlike = pl.format("HER2 is IHC {} but ISH {}: {}", score.replace("0+", "0"), ish, pl.col("basis"))
    what = pl.when("conflict").then(against).otherwise(unlike)
    todo = pl.when("conflict").then(pl.lit(_ASK)).otherwise(pl.lit(_ASK_PATHOLOGIST))
    sources = pl.col("sources").list.eval(pl.element().list.sort().list.join(", ")).list.join(", ")
    return pl.col("conflict") | differ, _problem(what, todo, sources)


def _her2_by_sequencing(visits: pl.LazyFrame, newest: pl.LazyFrame, found: pl.LazyFrame) -> _Odd:
    """Copies of HER2 by sequencing beside IHC and ISH, which decide."""
    of_her2, copies, said, problem = _sequencing_problem()
    sequenced = found.filter(copies).rename({"sources": "by"}).select("row", "reading", "by")
    both = sequenced.join(newest.filter(of_her2).select("row", "answer", _EACH_SOURCE), on="row", how="left")
    return both.with_columns(said).filter(pl.col("what").is_not_null()).join(visits, on="row"), problem


@cache
def _sequencing_problem() -> tuple[pl.Expr, pl.Expr, pl.Expr, list[pl.Expr]]:
    answer = pl.col("answer")
    decide = "IHC and ISH decide, sequencing does not change it"
    amplified = pl.format("ERBB2 is amplified by sequencing, but HER2 is {}: " + decide, answer)
    unknown = pl.lit("ERBB2 is amplified by sequencing, and HER2 by IHC and ISH is not known: it stays unknown")
    single = pl.lit("HER2 is positive, but sequencing found no amplification of ERBB2: " + decide)
    what = (
        pl.when((pl.col("reading") == "altered") & answer.is_null())
        .then(unknown)
        .when((pl.col("reading") == "altered") & (answer != "positive"))
        .then(amplified)
        .when((pl.col("reading") == "not_found") & (answer == "positive"))
        .then(single)
        .alias("what")
    )
    sources = pl.concat_list(pl.col("by"), pl.col("sources").fill_null([])).list.unique().list.sort().list.join(", ")
    problem = _problem(pl.col("what"), _ASK_IHC, sources)
    of_her2 = (pl.col("marker") == "her2") & pl.col("answer").is_not_null()
    return of_her2, pl.col("feature") == "erbb2_amplification", what, problem


def _stages(observations: pl.LazyFrame) -> _Odd:
    """Two different stage groups for what is the same moment (within 60 days, or undated)."""
    staged, together, differ, problem = _stages_problem()
    return observations.filter(staged).group_by("row", "person").agg(together).filter(differ), problem


@cache
def _stages_problem() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    staged = (pl.col("concept") == "stage") & pl.col("code").is_not_null()
    near = (pl.col("date").max() - pl.col("date").min()).dt.total_days().fill_null(0) <= 60
    code = pl.col("code")
    several = (code.min() != code.max()).alias("several")
    together = [several, code.alias("codes"), near.alias("near"), _SOURCES]
    what = pl.format("The stage is given as {}", pl.col("codes").list.unique().list.sort().list.join(" and as "))
    differ = pl.col("several") & pl.col("near")
    return staged, together, differ, _problem(what, source=_LISTED)


def _stage_and_spread(observations: pl.LazyFrame, conditions: pl.LazyFrame) -> _Odd:
    """A stage below IV (or M0) recorded on or after the day on which metastases are recorded."""
    early, distant, since, same_time, problem = _spread_problem()
    spread = conditions.filter(distant).group_by("row").agg(since)
    return observations.filter(pl.col("concept").is_in(_STAGES)).filter(early).join(spread, on="row").filter(
        same_time
    ), problem


@cache
def _spread_problem() -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr, list[pl.Expr]]:
    stage = (pl.col("concept") == "stage") & pl.col("code").str.contains("^(0|I|II|III)[A-C]?$")
    early = stage | ((pl.col("concept") == "stage_m") & (pl.col("code") == "M0"))
    there = (pl.col("status") != "absent").fill_null(True)
    distant = there & (pl.col("concept") == "metastasis") & (pl.col("site") != "regional_lymph_node").fill_null(True)
    same_time = (pl.col("date") >= pl.col("spread_on")).fill_null(True)
    what = pl.format("Stage {} is recorded although metastases are recorded", pl.col("code"))
    return early, distant, pl.col("date").min().alias("spread_on"), same_time, _problem(what)


def _tumour_size(observations: pl.LazyFrame) -> _Odd:
    """A T category that the measured size does not allow (AJCC: T1 to 20 mm, T2 to 50 mm, T3 above)."""
    measured, size, staged, category, too_far, problem = _size_problem()
    sizes = observations.filter(measured).select(size)
    return observations.filter(staged).select(category).join(sizes, on="row").filter(too_far), problem


@cache
def _size_problem() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    value, t = pl.col("value"), pl.col("t")
    measured = (pl.col("concept") == "tumour_size") & value.is_not_null()
    size = [pl.col("row"), value, pl.col("source").alias("size_source")]
    category = [pl.col("row", "person", "source"), pl.col("code").str.extract(r"(T[123])", 1).alias("t")]
    fits = pl.when(t == "T1").then(value <= 20).when(t == "T2").then((value > 20) & (value <= 50))
    too_far = refuted(fits.when(t == "T3").then(value > 50))
    centimetres = (value / 10).round(2)
    what = pl.format("A tumour of {} cm is called {} (T1 is up to 2 cm, T2 up to 5 cm, T3 above)", centimetres, t)
    both = pl.concat_str("source", "size_source", separator=", ")
    return measured, size, pl.col("concept") == "stage_t", category, too_far, _problem(what, source=both)


def _sides(conditions: pl.LazyFrame, treatments: pl.LazyFrame, visits: pl.LazyFrame) -> list[_Odd]:
    """The cancer on one side, the local treatment or another diagnosis of it on the other; ``conditions``: `_sided`."""
    together, both, one, other, treated = _sides_problem()
    several = pl.col("side") != pl.col("other")
    sides = conditions.group_by("person").agg(together)
    local = treatments.filter(pl.col("laterality").is_in(_SIDES)).join(visits, on="person", how="semi")
    elsewhere = local.join(sides.filter(~several).select(one), on="person").filter(other)
    return [(sides.filter(several), both), (elsewhere, treated)]


@cache
def _sided() -> pl.Expr:
    return (pl.col("concept") == "breast_cancer") & pl.col("laterality").is_in(_SIDES)


@cache
def _sides_problem() -> tuple[list[pl.Expr], list[pl.Expr], list[pl.Expr], pl.Expr, list[pl.Expr]]:
    side = pl.col("laterality")
    together = [side.min().alias("side"), side.max().alias("other"), _SOURCES]
    both = pl.format("The breast cancer is recorded on the {} and on the {}", pl.col("side"), pl.col("other"))
    one = [pl.col("person", "side")]
    treated = pl.format(
        "The cancer is on the {}, but {} is recorded for the {}",
        pl.col("side"),
        pl.col("treatment").fill_null("a treatment"),
        pl.col("laterality"),
    )
    return (
        together,
        _problem(both, source=_LISTED),
        one,
        pl.col("laterality") != pl.col("side"),
        _problem(treated),
    )


def _same_class_twice(eps: pl.LazyFrame) -> _Odd:
    running, keys, together, several, problem = _class_problem()
    keyed = eps.filter(running).join(keys.lazy(), on="treatment")
    return keyed.group_by("row", "person", "key").agg(together).filter(several), problem


@cache
def _class_problem() -> tuple[pl.Expr, pl.DataFrame, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    keys = keys_of_drugs().filter(pl.col("key").is_in(list(_ONE_AT_A_TIME)))
    together = [pl.col("treatment").unique().sort().alias("drugs"), _SOURCES]
    what = pl.format(
        "Two {} are recorded as running at once: {}",
        pl.col("key").replace(_ONE_AT_A_TIME),
        pl.col("drugs").list.join(" and "),
    )
    problem = _problem(what, "Say in the record which one is taken, and why the other ended.", _LISTED)
    return certain(pl.col("running")), keys, together, pl.col("drugs").list.len() > 1, problem


def _end_before_start(treatments: pl.LazyFrame, visits: pl.LazyFrame) -> _Odd:
    wrong = treatments.filter(pl.col("end") < pl.col("start")).join(visits, on="person", how="semi")
    return wrong, _dates_problem()


@cache
def _dates_problem() -> list[pl.Expr]:
    what = pl.format("{} ends before it starts", pl.col("treatment").fill_null("A treatment"))
    return _problem(what, "Correct the dates.")


def _pregnant_man(people: pl.LazyFrame, observations: pl.LazyFrame) -> _Odd:
    says, man, problem = _pregnant_problem()
    return observations.filter(says).join(people.filter(man), on="person", how="semi"), problem


@cache
def _pregnant_problem() -> tuple[pl.Expr, pl.Expr, list[pl.Expr]]:
    says = (pl.col("concept") == "pregnant") & (pl.col("code") == "yes")
    return says, pl.col("sex") == "male", _problem(pl.lit("A man is recorded as pregnant"))


def _microsatellites(observations: pl.LazyFrame) -> _Odd:
    """Instability in one result of tissue and none in another, whenever they were."""
    of_tissue, together, differ, problem = _microsatellites_problem()
    return observations.filter(of_tissue).group_by("row", "person").agg(together).filter(differ), problem


@cache
def _microsatellites_problem() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    of_tissue = (pl.col("concept") == "msi") & pl.col("code").is_in(["high", "stable"])
    of_tissue &= (pl.col("site") != "plasma").fill_null(True)
    what = pl.lit(
        "Microsatellites or mismatch repair are abnormal in one result and normal in another: the newest counts, and "
        "of one day none"
    )
    problem = _problem(what, "Ask the pathologist which holds, or to test again.", _LISTED)
    return of_tissue, [pl.col("code").n_unique().alias("codes"), _SOURCES], pl.col("codes") > 1, problem


def _several_values(observations: pl.LazyFrame) -> _Odd:
    """Different numbers of one concept on one day: none of them is used."""
    numbers, together, differ, problem = _values_problem()
    given = observations.select("row", "person", "source", "date", "concept", "value", "comparator")
    a_day = given.filter(numbers).group_by("row", "concept", "date")
    return a_day.agg(together).filter(differ), problem


@cache
def _values_problem() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    numbers = (
        pl.col("value").is_not_null()
        & pl.col("comparator").is_null()
        & pl.col("date").is_not_null()
        & ~pl.col("concept").is_in(["er_percent", "pr_percent", "ki67", "tumour_size"])
    )
    together = [
        pl.col("person").first(),
        pl.col("value").min().alias("low"),
        pl.col("value").max().alias("high"),
        _SOURCES,
    ]
    what = pl.format(
        "{} has several values on {} ({} to {}); the day does not say which is right",
        pl.col("concept").str.replace_all("_", " "),
        pl.col("date"),
        pl.col("low"),
        pl.col("high"),
    )
    return numbers, together, pl.col("low") != pl.col("high"), _problem(what, "Keep the one that counts.", _LISTED)
