"""Words of tests of genes and proteins: what they found, and which to do next."""

from __future__ import annotations

from openmbc.catalogue import by_name
from openmbc.report import NextTest, Report

SPECIMENS = {"plasma": "blood", "tissue": "tumour tissue", "germline": "normal cells, from blood or saliva"}
FEW = 5  # options named in the text; the page names all


def change(names: list[str], verb: str, few: int | None = None) -> str:
    """Options that a result opens or closes: "opens Elacestrant, Imlunestrant"; "" where there are none."""
    if not names:
        return ""
    if few is not None and len(names) > few:
        return f"{verb} {len(names)} options"
    return f"{verb} {', '.join(names)}"


def results(test: NextTest, report: Report, few: int | None = None) -> list[str]:
    """What each result of a test would do; results of one fact that do the same are said together."""
    names = {o.id: o.name for o in report.options}
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for result in test.results:
        together.setdefault((result.feature, tuple(result.opens), tuple(result.closes)), []).append(result.label)
    said = []
    for (feature, opens, closes), labels in together.items():
        parts = [
            change([names.get(i, i) for i in of], verb, few) for of, verb in ((opens, "opens"), (closes, "closes"))
        ]
        said.append(f"{_either(feature, labels)}: {'; '.join(filter(None, parts)) or 'changes none of the options'}.")
    return said


def _either(feature: str, labels: list[str]) -> str:
    """Results of one fact in a row: "PIK3CA not found or uncertain"."""
    known = by_name().get(feature)
    return " or ".join([*labels[:1], *(label.removeprefix(f"{known.label} " if known else "") for label in labels[1:])])


def of_test(test: NextTest) -> str:
    """What the test is taken from, and when; "" where the knowledge does not say."""
    if test.specimen is None:
        return ""
    return f"From {SPECIMENS.get(test.specimen, test.specimen)}. When: {test.when}. Why: {test.why}."
