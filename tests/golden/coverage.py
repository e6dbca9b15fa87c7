"""What the knowledge has for whom, by subtype, line, biomarker and fitness: written to docs/coverage.md."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import yaml

from openmbc.facts import concat
from openmbc.guidance import evaluate, plan
from openmbc.guidance.decision import decide
from openmbc.guidance.evaluate import options_table
from openmbc.knowledge import load
from openmbc.records.case import read_case
from openmbc.state import assume, derive

DAY = dt.date(2026, 11, 15)
PAGE = Path(__file__).parent.parent.parent / "docs" / "coverage.md"
_LABS = {
    "date": "2026-11-10", "neutrophils": 3, "platelets": 250, "haemoglobin": 125, "bilirubin": "9 (<21)",
    "alt": "20 (<35)", "ast": "20 (<35)", "creatinine": 65, "weight": 65, "calcium": 2.35, "glucose": 5.2,
    "hba1c": 5.4, "qtcf": 420, "lvef": 62,
}  # fmt: skip
RECEPTORS = {
    "HR+, HER2 zero": ("hr", {"er": "80%", "pr": "30%", "her2": "0"}),
    "HR+, HER2-low": ("hr", {"er": "80%", "pr": "30%", "her2": "1+"}),
    "HR+, HER2-positive": ("her2", {"er": "80%", "pr": "30%", "her2": "3+"}),
    "HR-, HER2-positive": ("her2", {"er": "0%", "pr": "0%", "her2": "3+"}),
    "Triple-negative": ("tn", {"er": "0%", "pr": "0%", "her2": "0"}),
    "Triple-negative, HER2-low": ("tn", {"er": "0%", "pr": "0%", "her2": "1+"}),
}
# What was given before, line by line, each ended by progression.
LINES = {
    "hr": ["letrozole + ribociclib", "fulvestrant", "capecitabine", "paclitaxel", "trastuzumab deruxtecan"],
    "her2": ["docetaxel + trastuzumab + pertuzumab", "trastuzumab deruxtecan", "tucatinib + trastuzumab + capecitabine",
             "trastuzumab emtansine"],
    "tn": ["paclitaxel", "sacituzumab govitecan", "capecitabine", "eribulin"],
}  # fmt: skip
_KINDS = {"hr": "HR+", "her2": "HER2-positive", "tn": "Triple-negative"}
_HR, _HER2_NEGATIVE, _ALL = ("hr",), ("hr", "tn"), ("hr", "her2", "tn")
BIOMARKERS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "none": (_ALL, {}),
    "PIK3CA": (_HR, {"tumour": "PIK3CA H1047R"}),
    "AKT1": (_HR, {"tumour": "AKT1 E17K"}),
    "ESR1": (_HR, {"tumour": "ESR1 D538G"}),
    "ERBB2 mutation": (_HER2_NEGATIVE, {"tumour": "ERBB2 L755S"}),
    "germline BRCA": (_HER2_NEGATIVE, {"germline": "BRCA1 c.68_69delAG pathogenic"}),
    "germline PALB2": (_HER2_NEGATIVE, {"germline": "PALB2 c.172_175delTTGT pathogenic"}),
    "PD-L1 CPS 20": (("tn",), {"cps": 20}),
    "MSI-high": (_ALL, {"msi": "high"}),
    "TMB 14": (_ALL, {"tmb": 14}),
    "NTRK fusion": (_ALL, {"tumour": "NTRK1 fusion"}),
    "RET fusion": (_ALL, {"tumour": "RET fusion"}),
    "BRAF V600E": (_ALL, {"tumour": "BRAF V600E"}),
}
FITNESS: dict[str, dict[str, Any]] = {
    "fit": {"ecog": 0},
    "frail": {"ecog": 2, "frail": "yes"},
    "ECOG 3": {"ecog": 3, "frail": "yes"},
}
_TUMOUR = ("PIK3CA", "AKT1", "PTEN", "ESR1", "ERBB2", "NTRK1", "RET", "BRAF", "BRCA1", "BRCA2")
_GERMLINE = ("BRCA1", "BRCA2", "PALB2")


class Cell(NamedTuple):
    """One kind of person."""

    receptors: str
    line: int
    biomarker: str
    fitness: str


class Answer(NamedTuple):
    """What the knowledge has for her: options by verdict in their order, and what the decision says."""

    recommended: list[str]
    possible: list[str]
    because: list[str]


def cells() -> list[Cell]:
    every = itertools.product(RECEPTORS, range(1, 7), BIOMARKERS, FITNESS)
    return [
        Cell(*cell)
        for cell in every
        if RECEPTORS[cell[0]][0] in BIOMARKERS[cell[2]][0] and cell[1] <= len(LINES[RECEPTORS[cell[0]][0]]) + 1
    ]


def _record(cell: Cell) -> dict[str, Any]:
    kind, receptors = RECEPTORS[cell.receptors]
    found = BIOMARKERS[cell.biomarker][1]

    def looked_at(where: str, genes: tuple[str, ...]) -> list[str]:
        said = [found[where]] if where in found else []
        return [*said, *(f"{gene} not found" for gene in genes if not any(s.startswith(gene) for s in said))]

    given = [
        {"drugs": drugs, "from": f"{2021 + n}-01", "to": f"{2021 + n}-12", "setting": "metastatic",
         "ended": "progression"}
        for n, drugs in enumerate(LINES[kind][: cell.line - 1])
    ]  # fmt: skip
    return {
        "born": 1960, "sex": "female", "diagnosed": "2021-01", "metastatic": "2021-01", "sites": ["bone", "liver"],
        "menopause": "post", "visceral_crisis": "no", "symptoms": "no", "illnesses": "none", "medicines": "none",
        "dpyd": "normal", "child_pugh": "a", "ugt1a1": "normal", "labs": [_LABS], "treatments": given or "none",
        "receptors": [{"date": "2021-01", "from": "liver", "pdl1_cps": found.get("cps", 0), **receptors}],
        "germline": looked_at("germline", _GERMLINE), "tumour": looked_at("tumour", _TUMOUR),
        "msi": found.get("msi", "stable"), "tmb": found.get("tmb", 3), **FITNESS[cell.fitness],
    }  # fmt: skip


def answers(region: str = "us") -> dict[Cell, Answer]:
    """The answer for every cell, all people in one table."""
    asked, read = cells(), []
    with tempfile.TemporaryDirectory() as folder:
        for number, cell in enumerate(asked):
            path = Path(folder) / f"{number}.yaml"
            path.write_text(yaml.safe_dump({"person": f"p{number}"} | _record(cell), sort_keys=False), encoding="utf-8")
            read.append(read_case(path))
    names = [f"p{number}" for number in range(len(asked))]
    at = pl.DataFrame({"person": names, "as_of": [DAY] * len(names)})
    guide, state = plan(load(), region), assume(derive(concat(read), at).strict)
    verdicts = evaluate(state, guide)
    table = options_table(state, verdicts).filter(pl.col("role") == "treatment").sort("verdict", "rank")
    by_id = {o.id: o.entry.name for o in guide.options}
    said = dict(zip(names, decide(state, verdicts)["because"].to_list(), strict=True))
    found: dict[str, dict[str, list[str]]] = {name: {} for name in names}
    for person, option, verdict in table.select("person", "option", pl.col("verdict").cast(pl.String)).iter_rows():
        found[person].setdefault(verdict, []).append(by_id[option])
    return {
        cell: Answer(found[name].get("recommended", []), found[name].get("possible", []), said[name])
        for cell, name in zip(asked, names, strict=True)
    }


def page() -> str:
    """The table as Markdown: the first recommended option and how many more; else the first possible one."""
    lines = [
        "# What the knowledge has for whom",
        "",
        "Made by `python tests/golden/write.py coverage` and compared by the tests: one cell for each kind of person,",
        f"as of {DAY}, in the United States. Everybody is postmenopausal, with bone and liver metastases, normal blood",
        "and heart, and had these lines before, each ended by progression:",
        "",
        *(f"- {_KINDS[kind]}: {'; '.join(given)}" for kind, given in LINES.items()),
        "",
        "A name is the first recommended option, (+3) how many more are recommended. *In italics*: none is",
        "recommended, this is the first possible one. A dash: none fits; the report says why, and what remains. A",
        "biomarker that is not in a line changes nothing there.",
    ]  # fmt: skip
    found = answers()
    for receptors, (kind, _) in RECEPTORS.items():
        lines += ["", f"## {receptors}", "", f"| Line | Biomarker | {' | '.join(FITNESS)} |", "|---" * 5 + "|"]
        for line in range(1, len(LINES[kind]) + 2):
            rows = {b: _row(found, receptors, line, b) for b in BIOMARKERS if kind in BIOMARKERS[b][0]}
            lines += [f"| {line} | {b} | {row} |" for b, row in rows.items() if b == "none" or row != rows["none"]]
    return "\n".join(lines) + "\n"


def _row(found: dict[Cell, Answer], receptors: str, line: int, biomarker: str) -> str:
    return " | ".join(_said(found[Cell(receptors, line, biomarker, fitness)]) for fitness in FITNESS)


def _said(answer: Answer) -> str:
    if answer.recommended:
        more = len(answer.recommended) - 1
        return answer.recommended[0] + (f" (+{more})" if more else "")
    return f"*{answer.possible[0]}*" if answer.possible else "-"
