"""A large population of generated people: nothing that is barred is offered, and what is recommended is settled.

``OPENMBC_PEOPLE`` says how many; `make check-all` takes a hundred thousand.
"""

from __future__ import annotations

import os
import random

import numpy as np
import polars as pl
import pytest
from states import states

from openmbc.criteria.kleene import TRUE, UNKNOWN
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import POSSIBLE, UNSUITABLE, options_table
from openmbc.knowledge import load
from openmbc.state import assume

PEOPLE = int(os.environ.get("OPENMBC_PEOPLE", "3000"))
CHUNK = 5000


@pytest.mark.parametrize("region", ["us", "eu"])
@pytest.mark.parametrize("known", [0.3, 0.9])
def test_of_many_people_nobody_is_offered_what_is_barred(region: str, known: float) -> None:
    guide = plan(load(), region)
    for start in range(0, PEOPLE // 4, CHUNK):
        state = assume(states(random.Random(start), min(CHUNK, PEOPLE // 4 - start), known=known))
        verdicts = evaluate(state, guide)
        at = guide.program.at
        barred = np.stack([verdicts.truth[at(o.contraindicated)] == TRUE for o in guide.options])
        open_ = np.stack([verdicts.truth[at(o.indicated)] == UNKNOWN for o in guide.options])
        offered = verdicts.verdict <= POSSIBLE
        assert not (offered & barred).any()
        assert not (offered & open_).any()
        assert (verdicts.verdict[barred] == UNSUITABLE).all()
        decided, table = decide(state, verdicts), options_table(state, verdicts)
        assert decided["now"].null_count() == 0
        assert (decided["because"].list.len() > 0).all()
        waiting = table.filter(pl.col("verdict") == "needs_information")
        assert (waiting["missing"].list.len() > 0).all(), waiting.filter(pl.col("missing").list.len() == 0).row(0)
