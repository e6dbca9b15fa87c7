"""Coded answers that mean one thing and need no derivation: menopause, crisis, response classes."""

from __future__ import annotations

import polars as pl

from openmbc.state.visits import newest, spread

CODES = (
    "menopausal_status",
    "pregnant",
    "breastfeeding",
    "frail",
    "brain_metastases_activity",
    "histology",
    "visceral_crisis",
    "spinal_cord_compression",
    "symptomatic_disease",
    "oligometastatic",
    "bone_pain",
    "fracture_risk",
    "brain_metastases_symptomatic",
    "breast_tumour_symptoms",
    "child_pugh",
    "dpd_status",
    "ugt1a1",
    "msi",
    "hrd",
)
FEEDS = {concept: (concept,) for concept in CODES}
_ASKED = pl.col("concept").is_in(list(CODES))


def picks(observations: pl.LazyFrame) -> pl.LazyFrame:
    """The newest answer to each coded question, in rows (`visits.newest`)."""
    return newest(observations, "code", _ASKED)


def codes(visits: pl.LazyFrame, picked: pl.DataFrame, recorded: frozenset[str]) -> pl.LazyFrame:
    """The same with one row a visit and one String column a concept; ``recorded``: the concepts that somebody has."""
    return spread(visits, picked, CODES, "code", recorded)
