"""What to test next: what each result would change, found by evaluating, in the tests that tell it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from openmbc.catalogue import by_name
from openmbc.criteria import say_leaf
from openmbc.guidance.plan import Plan, TestPlan
from openmbc.guidance.what_if import Effect
from openmbc.report import citing
from openmbc.report.genomic_types import NextTest, TestResult
from openmbc.report.reasons import View

_SHOWN = 8
_NAMED = 4  # options in the sentence of a test; the results have all


def next_tests(found: list[Effect], missing: list[str], not_detected: Collection[str], view: View) -> list[NextTest]:
    """The most helpful tests; first what the decision waits for, though no option may wait for it alone.

    ``not_detected`` are the genes of which blood that held too little DNA of the tumour said nothing.
    """
    by_feature = {effect.feature: effect for effect in found}
    first = [by_feature.get(name, Effect(name, (), (), len(view.plan.options))) for name in missing]
    together: dict[str, tuple[TestPlan | None, list[Effect]]] = {}
    for effect in [*first, *(e for e in found if e.feature not in missing)]:
        test = next(iter(_tests(effect.feature, not_detected, view)), None)
        together.setdefault(test.id if test else effect.feature, (test, []))[1].append(effect)
    return [_next_test(*group, missing, not_detected, view) for group in list(together.values())[:_SHOWN]]


def _tests(feature: str, not_detected: Collection[str], view: View) -> list[TestPlan]:
    """The tests that tell a feature and are for this person, the preferred one first."""
    negative = feature in not_detected
    return [
        test
        for test in view.plan.testing
        if feature in test.entry.answers
        and (test.entry.specimen != "plasma" if negative else not test.entry.after_plasma)
        and view.holds(test.node) is not False
    ]


def _next_test(
    test: TestPlan | None, effects: list[Effect], missing: list[str], not_detected: Collection[str], view: View
) -> NextTest:
    features = [by_name()[e.feature] for e in effects]
    opens = list(dict.fromkeys(i for e in effects for i in e.opens))
    closes = list(dict.fromkeys(i for e in effects for i in e.closes))
    text = _text(opens, closes, any(f.name in missing for f in features), view)
    shared: dict[str, Any] = {
        "feature": features[0].name,
        "label": ", ".join(f.label for f in features),
        "opens": opens,
        "closes": closes,
        "text": text,
        "features": [f.name for f in features],
        "results": [result for e in effects for result in _results(e)],
    }
    if test is None:
        return NextTest(test=features[0].learn or features[0].label, **shared)
    entry = test.entry
    return NextTest(
        test=entry.name,
        specimen=entry.specimen,
        when=entry.when,
        why=entry.why,
        note=entry.note,
        others=_others(test, effects, not_detected, view),
        source=citing.sources(tuple(entry.because), view.knowledge),
        unconfirmed=entry.unconfirmed,
        **shared,
    )


def _results(effect: Effect) -> list[TestResult]:
    return [
        TestResult(
            feature=effect.feature, value=a.value, label=say_leaf(a.leaf), opens=list(a.opens), closes=list(a.closes)
        )
        for a in effect.answers
    ]


def _text(opens: list[str], closes: list[str], waited_for: bool, view: View) -> str:
    """What the test could do, in a sentence."""
    names = _names(view.plan)
    named = ", ".join(names[i] for i in opens[:_NAMED]) + (" and more" if len(opens) > _NAMED else "")
    text = f"Could open: {named}." if opens else f"Could rule out {len(closes)} of the options."
    if waited_for:
        return "The decision waits for it." + (f" {text}" if opens or closes else "")
    return text


@cache
def _names(plan: Plan) -> dict[str, str]:
    """The names of the options, by id."""
    return {o.id: o.entry.name for o in plan.options}


def _others(test: TestPlan, effects: list[Effect], not_detected: Collection[str], view: View) -> list[str]:
    """Other tests that tell a part of what this one does."""
    told: dict[str, list[str]] = {}
    for effect in effects:
        for other in _tests(effect.feature, not_detected, view):
            if other is not test:
                told.setdefault(other.entry.name, []).append(by_name()[effect.feature].label)
    return [f"{', '.join(labels)}: also by {name[0].lower()}{name[1:]}" for name, labels in told.items()]
