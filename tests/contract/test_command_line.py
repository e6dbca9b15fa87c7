"""Names that outsiders rely on: commands, exit codes, the fields of the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from openmbc.catalogue import WISHES
from openmbc.records import read
from openmbc.records.demo import DEMO

SHARED = Path(__file__).parents[3] / "shared" / "records"
DAY = "2026-11-15"


def openmbc(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openmbc", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=120)


def test_report_as_json_has_the_promised_fields() -> None:
    done = openmbc("report", DEMO / "anna.json", "--as-of", DAY, "--json")
    assert done.returncode in (0, 3), done.stderr
    report = json.loads(done.stdout)
    assert set(report) >= {
        "openmbc",
        "knowledge",
        "as_of",
        "person",
        "state",
        "decision",
        "options",
        "assumptions",
        "next_tests",
        "monitoring",
        "alerts",
        "support",
        "trials",
        "ahead",
        "problems",
    }
    assert report["as_of"] == DAY
    assert set(report["knowledge"]) >= {"version", "hash", "newest_check"}
    assert set(report["decision"]) >= {"now", "because", "urgency"}
    assert set(report["state"]["her2"]) >= {"value", "unit", "text", "from"}
    option = report["options"][0]
    assert set(option) >= {
        "id",
        "name",
        "drugs",
        "modality",
        "verdict",
        "when",
        "strength",
        "reasons",
        "missing",
        "check_first",
        "evidence",
    }
    assert set(option["reasons"][0]) >= {"text", "met", "assumed", "kind", "from", "source"}


def test_no_option_without_reason_and_source() -> None:
    for record in sorted(DEMO.glob("*.json")):
        report = json.loads(openmbc("report", record, "--as-of", DAY, "--json").stdout)
        for option in report["options"]:
            assert option["reasons"], option["id"]
            assert option["sources"] or option["evidence"], option["id"]
            for reason in option["reasons"]:
                assert reason["source"] or reason["unconfirmed"], (option["id"], reason["text"])


@pytest.mark.parametrize("record", sorted(DEMO.glob("*.json")), ids=lambda p: p.stem)
def test_bundle_and_case_file_give_the_same_answer(record: Path) -> None:
    """A bundle holds no wishes: those of the case file are given beside it, and goals and questions are left out."""
    wishes = read(record.with_suffix(".yaml")).wishes.filter(pl.col("wish").is_in(list(WISHES)))["wish"].unique()
    beside = [word for wish in wishes for word in ("--wish", wish)]
    answers = []
    for words in ((record, *beside), (record.with_suffix(".yaml"),)):
        report = json.loads(openmbc("report", *words, "--as-of", DAY, "--json").stdout)
        options = [(o["id"], o["verdict"], o["when"], o["missing"], o["check_first"]) for o in report["options"]]
        alerts = [(a["id"], a["do"], a["because"]) for a in report["alerts"]]
        told = [
            [{**row, "from": None} for row in report["visit"][part]] for part in ("courses", "weights", "medicines")
        ]
        state = {k: v["value"] for k, v in report["state"].items()}
        answers.append((report["decision"], options, alerts, told, state))
    assert answers[0] == answers[1]


def test_a_new_cough_on_trastuzumab_deruxtecan_asks_for_a_call() -> None:
    report = json.loads(openmbc("report", DEMO / "maya.json", "--as-of", DAY, "--json").stdout)
    assert [(a["id"], a["do"]) for a in report["alerts"]] == [("new_cough_lung_drug", "call_now")]


def test_the_demo_writes_a_page_for_each_and_those_of_the_person(tmp_path: Path) -> None:
    done = openmbc("demo", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    pages = {page.stem: page.read_text(encoding="utf-8") for page in tmp_path.glob("*.html")}
    of_maya = {"maya-checkin", "maya-living", "maya-living-es", "maya-visit"}
    assert set(pages) == {p.stem for p in DEMO.glob("*.json")} | of_maya
    assert all(f"{page}.html" in done.stdout for page in pages)
    assert '<html lang="es"' in pages["maya-living-es"]
    assert "eighteenth birthday of my son" in pages["maya-visit"]  # the case file, as a bundle holds no such day


def test_exit_2_is_one_clear_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{", encoding="utf-8")
    for words in (
        ("report", bad),
        ("report", tmp_path / "none.json"),
        ("report", DEMO / "anna.json", "--as-of", "soon"),
        ("cohort", tmp_path / "nowhere", "--output", tmp_path / "out"),
    ):
        done = openmbc(*words)
        assert done.returncode == 2, words
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "Traceback" not in done.stderr


def test_exit_3_lists_the_problems() -> None:
    done = openmbc("report", DEMO / "jo.json", "--as-of", DAY, "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["problems"]


def test_case_new_writes_a_template_that_reads(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    assert openmbc("case", "new", file).returncode == 0
    assert openmbc("case", "new", file).returncode == 2
    assert openmbc("report", file).returncode == 2  # nothing is filled in yet
    lines = file.read_text(encoding="utf-8").splitlines()
    filled = [
        line.removeprefix("# ") if line.startswith(("# born", "# sex", "# metastatic")) else line for line in lines
    ]
    file.write_text("\n".join(filled), encoding="utf-8")
    done = openmbc("report", file, "--as-of", DAY)
    assert done.returncode in (0, 3), done.stderr


def test_cohort_writes_the_tables(tmp_path: Path) -> None:
    done = openmbc("cohort", DEMO, "--output", tmp_path, "--as-of", DAY)
    assert done.returncode in (0, 3), done.stderr
    tables = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("state", "options", "problems")}
    people = {p.stem for p in DEMO.glob("*.json")}
    assert tables["state"].height >= len(people)
    assert {"person", "as_of", "her2", "decision", "because", "urgency"} <= set(tables["state"].columns)
    assert {"person", "as_of", "option", "verdict", "when", "missing", "check_first"} <= set(tables["options"].columns)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared records do not lie beside this checkout")
def test_the_shared_metastatic_record() -> None:
    done = openmbc("report", SHARED / "mcode-app-patient01.json", "--as-of", "2026-11-23", "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    state = {name: seen["value"] for name, seen in report["state"].items()}
    assert state["disease"] == "metastatic"
    assert (state["hormone_receptor"], state["her2"]) == ("positive", "negative")
    assert all(state[f"metastasis_{site}"] for site in ("liver", "bone", "regional_lymph_node"))
    assert (state["esr1"], state["pik3ca"]) == ("present", "present")
    assert any("CDK4/6" in p["what"] for p in report["problems"])


@pytest.mark.skipif(not SHARED.exists(), reason="the shared records do not lie beside this checkout")
def test_the_shared_early_record() -> None:
    done = openmbc("report", SHARED / "mcode-jenny-m.json", "--as-of", "2026-11-23", "--json")
    report = json.loads(done.stdout)
    assert report["decision"]["now"] == "not_metastatic"
    assert report["options"] == []
    said = "\n".join(p["what"] for p in report["problems"])
    for words in (
        "IIB and as IIIC",
        "2.5 cm is called T3",
        "left, but radiation is recorded for the right",
        "neutrophils 3000",
    ):
        assert words in said


def test_wishes_told_beside_the_record_order_the_options() -> None:
    """For records that have no place for them (FHIR): the sentence of the move says so."""
    done = openmbc("report", DEMO / "kim.json", "--as-of", DAY, "--json", "--wish", "tablets", "--wish", "keep hair")
    report = json.loads(done.stdout)
    assert report["state"]["wish_tablets"] == report["state"]["wish_tablets"] | {"value": True, "from": ["--wish"]}
    said = {sentence for option in report["options"] for sentence in option["order"]}
    assert "Placed higher for the wish for tablets rather than infusions: tablets only." in said
    wrong = openmbc("report", DEMO / "kim.json", "--wish", "wings")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("openmbc: --wish: 'wings' is not a wish that is known. Known: longer_life, ")


def test_treatments_beside_each_other_are_different_ones(tmp_path: Path) -> None:
    """Two entries of one treatment (capivasertib by label and by guideline) would stand there with the same numbers."""
    record = tmp_path / "two_entries.yaml"
    record.write_text(
        "{born: 1968, sex: female, diagnosed: 2020-02, metastatic: 2023-06, sites: [liver], menopause: post, ecog: 1,\n"
        " visceral_crisis: no, receptors: {date: 2023-07, from: liver, er: 70%, pr: 0%, her2: 0},\n"
        " tumour: [PIK3CA E545K], treatments: [{drugs: letrozole, from: 2020-08, to: 2023-06, setting: adjuvant,\n"
        " ended: progression}, {drugs: [fulvestrant, palbociclib], from: 2023-07, to: 2026-09, ended: progression},\n"
        " {drugs: [fulvestrant, capivasertib], from: 2026-10-05, running: yes}]}\n",
        encoding="utf-8",
    )
    report = json.loads(openmbc("report", record, "--as-of", DAY, "--json").stdout)
    running = [o["id"] for o in report["options"] if o["when"] == "now"]
    assert len(running) > 1
    beside = [o["option"] for o in report["tradeoffs"]]
    assert len(beside) > 1
    assert len(set(running) & set(beside)) == 1


LESIONS = """person,date,lesion,role,site,node,mm,assessment
anna,2026-01-01,L1,target,liver,false,14.0,
anna,2026-01-01,B,non_target,bone,false,,present
anna,2026-03-01,L1,target,liver,false,9.8,
anna,2026-03-01,B,non_target,bone,false,,present
anna,2026-04-01,L1,target,liver,false,9.8,
anna,2026-04-01,B,non_target,bone,false,,present
bea,2026-01-01,L1,target,liver,false,27.0,
bea,2026-03-01,L1,target,liver,false,32.4,
"""


def test_response(tmp_path: Path) -> None:
    (tmp_path / "lesions.csv").write_text(LESIONS, encoding="utf-8")
    done = openmbc("response", "lesions.csv", "--output", "out.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    visits = pl.read_csv(tmp_path / "out.csv")
    assert visits.columns[:10] == [
        "person", "date", "target", "non_target", "new", "overall", "sum_mm", "nadir_mm", "change_from_baseline",
        "change_from_nadir",
    ]  # fmt: skip
    assert visits["overall"].to_list() == [None, "PR", "PR", None, "PD"]
    assert visits["change_from_baseline"].to_list() == [0.0, -30.0, -30.0, 0.0, 20.0]
    people = pl.read_csv(tmp_path / "out_people.csv")
    assert people.columns[:6] == [
        "person", "best_overall", "confirmed_best", "progression_date", "response_date", "duration",
    ]  # fmt: skip
    assert people.rows()[0][:6] == ("anna", "PR", "PR", None, "2026-03-01", 31)
    assert people.rows()[1][:6] == ("bea", "PD", "PD", "2026-03-01", None, None)


def test_response_with_problems(tmp_path: Path) -> None:
    text = LESIONS.replace("32.4", "thirty")
    (tmp_path / "lesions.csv").write_text(text, encoding="utf-8")
    done = openmbc("response", "lesions.csv", "--criteria", "irecist", "--output", "out.parquet", cwd=tmp_path)
    assert done.returncode == 3
    assert "error: mm 'thirty' is not a number." in done.stderr
    assert "[lesions.csv:9]" in done.stderr
    visits = pl.read_parquet(tmp_path / "out.parquet")
    assert visits["overall"].to_list() == [None, "iPR", "iPR", None, "NE"]
    assert pl.read_parquet(tmp_path / "out_problems.parquet").height == 1


def test_response_of_another_table(tmp_path: Path) -> None:
    (tmp_path / "labs.csv").write_text("person,date,test,value\na,2026-01-01,alt,20\n", encoding="utf-8")
    done = openmbc("response", "labs.csv", "--output", "out.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert "labs.csv: line 1: there is no column 'lesion'" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_lesions_beside_a_record(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "person: anna\nmetastatic: 2026-01\nsites: [liver]\n"
        "treatments: [{drugs: letrozole, from: 2026-01-20, setting: metastatic, running: yes}]\n",
        encoding="utf-8",
    )
    (tmp_path / "lesions.csv").write_text(LESIONS.replace("9.8", "19.8"), encoding="utf-8")
    words = ("report", "case.yaml", "--lesions", "lesions.csv", "--as-of", "2026-06-01", "--json")
    report = json.loads(openmbc(*words, cwd=tmp_path).stdout)
    assert [m["overall"] for m in report["measurements"]] == [None, "PD", "PD"]
    assert report["measurements"][1]["from"] == ["lesions.csv:4", "lesions.csv:5"]
    assert report["decision"]["now"] == "switch"
    done = openmbc("report", DEMO / "bea.yaml", "--lesions", "lesions.csv", cwd=tmp_path)
    assert done.returncode in (0, 3)
    (tmp_path / "others.csv").write_text(LESIONS.replace("anna", "cora").replace("bea", "dora"), encoding="utf-8")
    lost = openmbc("report", "case.yaml", "--lesions", "others.csv", cwd=tmp_path)
    assert lost.returncode == 2
    assert "no lesion of 'anna' is in the table. Its people: cora, dora." in lost.stderr


def test_replay(tmp_path: Path) -> None:
    done = openmbc("replay", DEMO / "anna.yaml", "--as-of", DAY, "--json")
    assert done.returncode in (0, 3), done.stderr
    made = json.loads(done.stdout)
    assert {"steps", "lines", "lanes", "measurements", "points", "effects", "problems"} <= set(made)
    assert {"date", "now", "because", "recommended", "done", "events", "changes"} <= set(made["steps"][0])
    page = openmbc("replay", DEMO / "anna.yaml", "--format", "html", "--output", "out/a.html", cwd=tmp_path)
    assert page.returncode in (0, 3), page.stderr
    assert (tmp_path / "out" / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
