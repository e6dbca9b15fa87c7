"""Scores of instruments: worked examples, every cell of the table of PRO-CTCAE, spellings, and what is wrong."""

import datetime as dt
from fractions import Fraction
from itertools import product
from pathlib import Path

import polars as pl
import pytest
import yaml

from openmbc.errors import InputError, UsageError
from openmbc.facts import build
from openmbc.wellbeing.instruments import KEYS, TABLES, instrument
from openmbc.wellbeing.scoring import score

CASES = yaml.safe_load((Path(__file__).parent / "scores.yaml").read_text(encoding="utf-8"))
DAY = dt.date(2026, 3, 1)
COLUMNS = {"person": pl.String, "date": pl.Date, "item": pl.String, "answer": pl.Float64}


def table(answers, person="anna", day=DAY):
    return pl.DataFrame([(person, day, str(item), answer) for item, answer in answers], COLUMNS, orient="row")


def scored(name, *answers):
    """The scores by scale of one person's answers, and the problems as sentences."""
    found = score(table(answers), name)
    return {row["scale"]: row for row in found.scores.iter_rows(named=True)}, found.problems["what"].to_list()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_worked_examples(case):
    of = instrument(case["instrument"])
    named = {str(item): answer for item, answer in case.get("answers", {}).items()}
    every = {} if "all" not in case else {item: case["all"] for item in of.items if item not in of.unscored}
    found, problems = scored(case["instrument"], *(every | named).items())
    assert problems == []
    expected = {str(scale): value for scale, value in case["scores"].items()}
    others = expected.pop("*", "none")
    assert set(expected) <= set(found), set(expected) - set(found)
    if others == "none":
        assert set(expected) == set(found)
    for scale, row in found.items():
        value = expected.get(scale, others)
        assert row["score"] == (None if value is None else pytest.approx(float(Fraction(value)), abs=1e-9)), scale
    for scale, meaning in case.get("meaning", {}).items():
        assert found[scale]["meaning"] == meaning, scale
    for scale, note in case.get("note", {}).items():
        assert (found[scale]["note"] or "").startswith(note or "\0") or found[scale]["note"] is note, scale


@pytest.mark.parametrize(
    ("name", "bands"),
    [
        ("phq-9", {0: "minimal", 4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 14: "moderate",
                   15: "moderately severe", 19: "moderately severe", 20: "severe", 27: "severe"}),
        ("gad-7", {0: "minimal", 4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 14: "moderate", 15: "severe"}),
        ("phq-2", {2: "below the cut-off", 3: "at or above the cut-off"}),
        ("gad-2", {2: "below the cut-off", 3: "at or above the cut-off"}),
        ("distress", {3: "below the cut-off", 4: "at or above the cut-off", 10: "at or above the cut-off"}),
        ("mst", {1: "not at risk", 2: "at risk", 5: "at risk"}),
    ],
)  # fmt: skip
def test_both_sides_of_every_bound(name, bands):
    """The total is spread over the items, as much on each as it takes."""
    of = instrument(name)
    scale = of.scales[0]
    for total, meaning in bands.items():
        left, answers = total, []
        for item in scale.items:
            answers.append((item, min(left, of.items[item][1])))
            left -= answers[-1][1]
        found, _ = scored(name, *answers)
        assert (found[scale.key]["score"], found[scale.key]["meaning"]) == (total, meaning)


# The grades as the source has them (ProAE 1.0.4, comp_tab), first answer above 0. A row is the first attribute from 1
# to 4, a place in it the second one from 0 to 4; of three attributes, a group is the second and a place the third.
DRAWN = {
    "frequency": "1123",
    "severity": "1233",
    "interference": "1122",
    "frequency severity": ("11122", "11222", "11233", "11233"),
    "frequency interference": ("11122", "11122", "11233", "11233"),
    "severity interference": ("11122", "11223", "12233", "22233"),
    "frequency severity interference": (
        "01122 11122 12223 22233 22333",
        "01122 11122 22233 22233 22333",
        "11122 11122 22233 22333 22333",
        "11122 11223 22233 22333 22333",
    ),
}


def cells(attributes):
    """Every combination of answers with its grade; the first answer 0 is grade 0 with whatever follows."""
    drawn = DRAWN[attributes]
    for answers in product(range(5), repeat=len(attributes.split())):
        first, *rest = answers
        if first == 0:
            yield answers, 0
        elif not rest:
            yield answers, int(drawn[first - 1])
        elif len(rest) == 1:
            yield answers, int(drawn[first - 1][rest[0]])
        else:
            yield answers, int(drawn[first - 1].split()[rest[0]][rest[1]])


@pytest.mark.parametrize("attributes", DRAWN)
def test_every_cell_of_the_grades(attributes):
    """Each combination is a person; every symptom with these attributes is asked."""
    terms = [scale for scale in instrument("pro-ctcae").scales if " ".join(scale.attributes) == attributes]
    assert terms
    expected = {str(number): cell for number, cell in enumerate(cells(attributes))}
    answers = [
        (person, DAY, item, answer)
        for person, (given, _) in expected.items()
        for term in terms
        for item, answer in zip(term.items, given, strict=True)
    ]
    found = score(pl.DataFrame(answers, COLUMNS, orient="row"), "pro-ctcae").scores
    assert found.height == len(expected) * len(terms)
    assert set(found["scale"]) == {term.key for term in terms}
    for row in found.iter_rows(named=True):
        assert row["score"] == expected[row["person"]][1], (expected[row["person"]], row["scale"])
        assert (row["answered"], row["note"]) == (row["asked"], None)


def test_the_library_of_pro_ctcae():
    """80 symptoms, 124 items, 59 of them graded (ProAE, PROCTCAE_table and map_ref)."""
    of = instrument("pro-ctcae")
    assert (len(of.scales), len(of.items)) == (80, 124)
    kinds = [" ".join(scale.attributes) for scale in of.scales]
    counts = {kind: kinds.count(kind) for kind in kinds}
    assert counts == {
        "presence": 21,
        "severity": 20,
        "severity interference": 12,
        "frequency severity": 10,
        "frequency severity interference": 9,
        "frequency interference": 4,
        "frequency": 2,
        "interference": 2,
    }
    assert {scale.code: scale.key for scale in of.scales if " ".join(scale.attributes).startswith("frequency s")} == {
        "9": "nausea", "10": "vomiting", "11": "heartburn", "13": "bloating", "14": "hiccups", "17": "abdominal_pain",
        "22": "limb_swelling", "23": "palpitations", "48": "pain", "49": "headache", "50": "muscle_pain",
        "51": "joint_pain", "54": "anxiety", "55": "discouragement", "56": "sadness", "74": "chills",
        "75": "sweating", "77": "hot_flushes", "78": "nosebleeds",
    }  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_the_tables_hold_together(key):
    of = instrument(key)
    used = {item for scale in of.scales for item in scale.items}
    assert used | of.unscored == set(of.items)
    assert not used & of.unscored
    assert {source.opened for source in of.sources} <= {"2026-11-27", "2026-11-28"}
    assert all(source.source and source.where and source.read for source in of.sources)
    assert of.sources
    assert of.licence
    for scale in of.scales:
        assert scale.reversed <= set(scale.of or scale.items), scale.key
        assert 0 <= scale.answered <= len(scale.items), scale.key
        bounds = [band.bound for band in scale.bands]
        assert bounds == sorted(set(bounds)), scale.key
        assert all(scale.lowest <= bound <= scale.highest for bound in bounds), scale.key
        assert not bounds or bounds[0] == scale.lowest, scale.key
    assert of.item("of no instrument") is None


def test_no_wording_of_an_instrument_is_here():
    """Codes and rules only: no sentence in the second or first person, as items have them."""
    for file in TABLES.iterdir():
        text = file.read_text(encoding="utf-8").lower()
        assert not [words for words in ("did you", "have you", "do you", "i feel", "i have", "i am ") if words in text]


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("qlq-c30", ["q1", "Q01", "1", "01", "qlq_c30_1", "QLQ-C30.1", "EORTCQLQC30_Q01", " q 1 ", "item 1"], "1"),
        ("qlq-c30", ["30", "q30", "qlq_c30_30", "qlqc3030"], "30"),
        ("fact-b", ["GP1", "gp1", "gp01", "fact_b_gp1", "FACTB-GP1"], "gp1"),
        ("fact-b", ["P2", "fact-b p2"], "p2"),
        ("fact-b", ["B1", "factb_b1"], "b1"),
        ("phq-9", ["phq9_3", "PHQ-9.3", "phq_9_q3", "q3", "3", "phq93"], "3"),
        ("gad-7", ["gad7_3", "gad-7-03"], "3"),
        ("phq-2", ["phq9_2", "phq2_2"], "2"),
        ("distress", ["distress", "Thermometer", "DT", "1"], "distress"),
        ("mst", ["weight", "Weight_loss", "mst_1", "A"], "weight"),
        ("pro-ctcae", ["9b", "9B", "09b", "PROCTCAE_9B_SCL", "proctcae-09b-sev", "nausea_severity"], "9b"),
        ("pro-ctcae", ["16", "16a", "proctcae_16", "Diarrhoea", "PROCTCAE_16A_SCL"], "16a"),
        ("pro-ctcae", ["PROCTCAE_73A_IND", "bruising", "73"], "73a"),
        ("pro-ctcae", ["27a", "27a_amt", "hair loss"], "27a"),
    ],
)
def test_spellings_of_items(name, written, code):
    assert {text: instrument(name).item(text) for text in written} == dict.fromkeys(written, code)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("qlq-c30", ["31", "0", "q", "1.0", "-1", "q1a", "qlq_c30", "1 2", "fact_b_1", ""]),
        ("phq-9", ["phq9", "phq_9", "phq-9 total", "11", "phq_3"]),
        ("gad-7", ["gad7", "9"]),
        ("fact-b", ["1", "GE7", "B10", "Q1", "gp"]),
        ("pro-ctcae", ["9", "9c", "nausea", "pain", "81a", "0a", "9a_sev", "12a_scl", "PROCTCAE_9_COMP"]),
    ],
)
def test_what_is_no_item(name, written):
    """The name of an instrument is not its last item, a decimal is not a number without its point, and so on."""
    assert {text: instrument(name).item(text) for text in written} == dict.fromkeys(written)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("PRO-CTCAE", "pro_ctcae"), ("proctcae", "pro_ctcae"), ("QLQ C30", "qlq_c30"), ("EORTC-QLQ-C30", "qlq_c30"),
        ("c30", "qlq_c30"), ("FactB", "fact_b"), ("PHQ9", "phq_9"), ("phq_9", "phq_9"), ("gad7", "gad_7"),
        ("Distress", "distress"), ("MST", "mst"), ("phq-2", "phq_2"), ("GAD-2", "gad_2"),
    ],
)  # fmt: skip
def test_names_of_instruments(written, key):
    assert instrument(written).key == key


@pytest.mark.parametrize(("written", "meant"), [("phq-8", "phq_"), ("qlq-c3", "qlq_c30"), ("fact-g", "fact_b")])
def test_a_name_that_is_not_known(written, meant):
    with pytest.raises(UsageError, match=f"Is {meant}.* meant"):
        instrument(written)
    with pytest.raises(UsageError, match=r"is not known\. Known: pro_ctcae"):
        instrument("xyzzy")


@pytest.mark.parametrize(
    ("answers", "said", "total"),
    [
        ([("1", 4)], "item 1: 4 is not an answer", 0),
        ([("1", -1)], "item 1: -1 is not an answer", 0),
        ([("1", 1.5)], "item 1: 1.5 is not an answer", 0),
        ([("1", 1e300)], "item 1: 1e+300 is not an answer", 0),
        ([("1", float("nan"))], "item 1: 'NaN' is not a number", 0),
        ([("1", float("inf"))], "item 1: 'inf' is not a number", 0),
        ([("12", 1)], "'12' is no item of PHQ-9", 0),
        ([(" ", 1)], "' ' is no item of PHQ-9", 0),
        ([("1", 1), ("q1", 2)], "item 1 is answered differently on 2026-03-01", 0),
        ([("1", 1), ("q01", 9)], "item 1 is answered differently on 2026-03-01", 0),
        ([("1", 1), ("q1", 1)], "item 1 is answered more than once on 2026-03-01, and alike", 1),
    ],
)
def test_what_is_wrong_is_said_and_not_used(answers, said, total):
    """Eight other answers of 0: a first item that is not usable is one missing answer, made up as 0."""
    others = [(str(number), 0) for number in range(2, 10)]
    found, problems = scored("phq-9", *others, *answers)
    assert said in problems
    assert found["depression"]["score"] == total
    assert found["depression"]["answered"] == 8 + total


def test_an_empty_answer_is_no_problem_and_stands_beside_a_given_one():
    found, problems = scored("distress", ("distress", None), ("dt", 5))
    assert (found["distress"]["score"], problems) == (5, [])
    found, problems = scored("distress", ("distress", None))
    assert (found["distress"]["score"], found["distress"]["meaning"], problems) == (None, None, [])


def test_text_that_is_no_number():
    answers = table([("distress", None)]).with_columns(pl.lit(" five ").alias("answer"))
    found = score(answers, "distress")
    assert found.problems["what"].to_list() == ["item distress: ' five ' is not a number"]
    assert found.scores["score"].to_list() == [None]
    assert score(answers.with_columns(pl.lit("5").alias("answer")), "distress").scores["score"].to_list() == [5]


def test_rows_without_a_place_and_items_of_others_are_listed_once():
    rows = pl.DataFrame(
        [(None, "2026-03-01", "1", 1), ("a", "2026-02-30", "1", 1), ("a", "2026-03-01", "x", 1),
         ("b", "2026-03-01", "x", 1), ("b", "2026-03-01", None, 1)],
        {"person": pl.String, "date": pl.String, "item": pl.String, "answer": pl.Int64},
        orient="row",
    )  # fmt: skip
    problems = score(rows, "gad-7").problems
    assert problems.select("person", "source", "severity", "what").rows() == [
        (None, "row 1", "error", "a row without a person or a date was not used"),
        ("a", "row 2", "error", "a row without a person or a date was not used"),
        (None, "row 3", "error", "'x' is no item of GAD-7 (2 rows)"),
        ("b", "row 5", "error", "a row names no item"),
    ]


def test_answers_that_contradict_each_other_within_a_symptom():
    found, problems = scored("pro-ctcae", ("9a", 0), ("9b", 3))
    assert problems == ["nausea on 2026-03-01: the first answer is 0, another one is above 0"]
    assert found["nausea"]["score"] == 0


def test_problems_have_their_rows():
    answers = table([("1", 9), ("1", 9), ("2", 1)]).with_columns(source=pl.Series(["f.csv:2", "f.csv:3", "f.csv:4"]))
    problems = score(answers, "phq-9").problems
    assert problems.select("source", "what").rows() == [
        ("f.csv:2", "item 1: 9 is not an answer"),
        ("f.csv:3", "item 1: 9 is not an answer"),
        ("f.csv:2", "item 1 is answered more than once on 2026-03-01, and alike"),
    ]
    assert set(problems["todo"]) == {"Answers are whole numbers from 0 to 3 (PHQ-9).", "It counts once. Keep one."}


def test_the_document_has_every_instrument_and_the_thresholds_of_the_tables():
    text = (TABLES.parents[3] / "docs" / "instruments.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in text] == []
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()]
    shown = dict(zip(*(row for row in rows if row[0] in ("PF", "83")), strict=True))
    scales = [scale for scale in instrument("qlq-c30").scales if scale.bands]
    # A symptom matters above its threshold, so its band begins just after it.
    bounds = {scale.code.rstrip("2"): f"{scale.bands[1].bound:.6g}" for scale in scales}
    assert shown == bounds


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_table_has_the_columns(key):
    found = score(pl.DataFrame(schema=COLUMNS), key)
    assert dict(found.scores.schema) == {
        "person": pl.String, "date": pl.Date, "scale": pl.String, "score": pl.Float64, "range": pl.String,
        "better": pl.String, "meaning": pl.String, "answered": pl.Int64, "asked": pl.Int64, "note": pl.String,
    }  # fmt: skip
    assert (found.scores.height, found.problems.height) == (0, 0)


def test_a_missing_column():
    with pytest.raises(InputError, match="there is no column 'answer'"):
        score(pl.DataFrame(schema={"person": pl.String, "date": pl.Date, "item": pl.String}), "mst")


def test_facts_can_be_scored():
    """The table of answers of the facts has the same words: instrument is a key, value the answer."""
    facts = build({"answers": [("anna", "case.yaml:3", DAY, "day", "distress", "total", 6.0, None)]})
    of = facts.answers.filter(pl.col("instrument") == "distress").rename({"value": "answer"})
    assert score(of, "distress").scores.select("scale", "score", "meaning").rows() == [
        ("distress", 6.0, "at or above the cut-off")
    ]
