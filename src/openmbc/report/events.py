"""The days of a record, and what happened on each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import msgspec
import polars as pl

from openmbc.catalogue import DRUGS, SITES, by_name
from openmbc.facts import Facts
from openmbc.state.episodes import systemic_drugs
from openmbc.state.therapy import TOGETHER

CANCER_TREATMENTS = frozenset(DRUGS)
_ENDED = {
    "progression": "growth of the disease",
    "toxicity": "side effects",
    "completed": "as planned",
    "wish": "by wish",
    "cost": "cost",
    "death": "death",
    "other": "another reason",
}
# Observations that are told as events; values of the laboratory are points of a series.
_TOLD = ("er", "pr", "her2", "her2_ihc", "er_percent", "pdl1_cps", "response", "stage", "extent", "ecog",
         "menopausal_status", "msi", "tmb", "dpd_status", "dpyd_diplotype", "ugt1a1", "ugt1a1_diplotype")  # fmt: skip


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """Something that the record says of a day."""

    text: str
    from_: str


def days_of(facts: Facts, as_of: dt.date) -> list[dt.date]:
    """Every day on which a fact is dated, the day before each start of drugs, and ``as_of``; in order, none later."""
    columns = [
        facts.conditions["date"], facts.observations["date"], facts.variants["date"], facts.lesions["date"],
        facts.treatments["end"], facts.treatments.filter(pl.col("kind") != "drug")["start"],
    ]  # fmt: skip
    days = {day for column in columns for day in column.drop_nulls()}
    days |= {day - dt.timedelta(days=1) for day in starts(facts)}
    return sorted({day for day in days if day <= as_of} | {as_of})


def starts(facts: Facts) -> dict[dt.date, list[str]]:
    """Systemic cancer drugs by the day on which their treatment began, sorted by name."""
    given = facts.treatments.filter(
        pl.col("treatment").is_in(systemic_drugs()) & pl.col("start").is_not_null()
        & (pl.col("start_precision") != "year") & ~pl.col("status").is_in(["planned", "not_taken"]).fill_null(False)
    ).sort("start", "treatment")  # fmt: skip
    found: dict[dt.date, list[str]] = {}
    first: dt.date | None = None
    for start, drug in given.select("start", "treatment").unique(maintain_order=True).iter_rows():
        if first is None or start - first > TOGETHER:
            first = start
            found[first] = []
        if drug not in found[first]:
            found[first].append(drug)
    return {day: sorted(names) for day, names in found.items()}


def events(facts: Facts) -> dict[dt.date, list[Event]]:
    """What happened, by day; each event once, with the entry of the record that says it."""
    found: dict[dt.date, dict[str, str]] = defaultdict(dict)
    for row in facts.treatments.sort("start", "source").iter_rows(named=True):
        name = row["treatment"] or row["text"] or row["kind"]
        if row["start"] is not None and row["status"] != "planned":
            verb = "" if row["kind"] in ("surgery", "procedure") else " began"
            found[row["start"]].setdefault(f"{name}{verb}", row["source"])
        if row["end"] is not None and row["kind"] not in ("surgery", "procedure"):
            why = f": {_ENDED[row['ended']]}" if row["ended"] in _ENDED else ""
            found[row["end"]].setdefault(f"{name} ended{why}", row["source"])
    for date, source, text in _of_conditions(facts):
        found[date].setdefault(text, source)
    for date, source, text in _of_results(facts):
        found[date].setdefault(text, source)
    return {day: [Event(text=text, from_=source) for text, source in said.items()] for day, said in found.items()}


def _of_conditions(facts: Facts) -> list[tuple[dt.date, str, str]]:
    rows = facts.conditions.filter(pl.col("date").is_not_null()).sort("date", "source")
    said = []
    for row in rows.iter_rows(named=True):
        feature = by_name().get(row["concept"])
        name = SITES.get(row["site"], "metastases") if row["concept"] == "metastasis" else None
        name = name or (feature.label if feature is not None else row["text"] or row["concept"].replace("_", " "))
        said.append((row["date"], row["source"], f"{'not present: ' if row['status'] == 'absent' else ''}{name}"))
    return said


def _of_results(facts: Facts) -> list[tuple[dt.date, str, str]]:
    said = []
    told = facts.observations.filter(pl.col("concept").is_in(_TOLD) & pl.col("date").is_not_null())
    for row in told.sort("date", "source", "concept").iter_rows(named=True):
        value = row["code"] if row["code"] is not None else f"{row['value']:g}" if row["value"] is not None else None
        if value is not None:
            name = {"response": "assessment"}.get(row["concept"], row["concept"].replace("_", " "))
            said.append((row["date"], row["source"], f"{name}: {value.replace('_', ' ')}"))
    for row in facts.variants.filter(pl.col("date").is_not_null()).sort("date", "source").iter_rows(named=True):
        result = {"absent": "not found", "studied": "looked at"}.get(row["result"], row["change"] or "found")
        said.append((row["date"], row["source"], f"{row['gene']}: {result}"))
    for date, source in (
        facts.lesions.filter(pl.col("date").is_not_null()).select("date", "source").sort("date", "source").iter_rows()
    ):
        said.append((date, source, "lesions measured"))
    return said
