"""A rule that acts on a value of a running drug names the value: "hold" alone does not say why."""

from __future__ import annotations

import pytest

from openmbc.criteria import parse
from openmbc.criteria.nodes import leaves
from openmbc.knowledge import load

NAMES = {
    "neutrophils": ["neutrophils", "blood toxicity"],
    "platelets": ["platelets", "blood toxicity"],
    "haemoglobin": ["haemoglobin", "blood toxicity"],
    "lvef": ["ejection fraction", "fall", "%"],
    "alt_uln": ["alt", "liver"],
    "bilirubin_uln": ["bilirubin", "liver"],
    "glucose": ["glucose"],
    "qtcf": ["qt"],
    "creatinine_clearance": ["clearance", "ml/min", "kidney"],
    "calcium": ["calcium"],
}


@pytest.mark.parametrize("drug", load().drugs.values(), ids=lambda drug: drug.name)
def test_a_rule_over_a_value_names_it(drug) -> None:  # type: ignore[no-untyped-def]
    for rule in drug.adjust:
        asked = {leaf.feature for leaf in leaves(parse(rule.when))} & set(NAMES)
        words = [word for feature in asked for word in NAMES[feature]]
        assert not words or any(word in rule.text.lower() for word in words), rule.text
