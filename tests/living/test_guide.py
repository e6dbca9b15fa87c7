"""The check-in, the guide and the page for a visit, from a record to what the person reads."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.cohort import run
from openmbc.facts import Facts
from openmbc.knowledge import load
from openmbc.present import as_page, as_text
from openmbc.present.person import checkin_as, guide_as, visit_as
from openmbc.records import read, with_diary, with_questions
from openmbc.records.checkin import read as checkin_value
from openmbc.report import Guide, Visit, build, checkin, guide

DAY = dt.date(2026, 11, 27)
MAYA = """
person: maya
born: 1968
sex: female
diagnosed: 2020-05
metastatic: 2025-02
sites: [bone, liver]
menopause: post
ecog: 1
receptors:
  - {date: 2025-02, from: liver, er: 90%, pr: 20%, her2: 1+}
treatments:
  - {drugs: letrozole + ribociclib, from: 2025-03-01, to: 2026-08-20, setting: metastatic, ended: progression}
  - {drugs: trastuzumab deruxtecan, from: 2026-10-20, setting: metastatic}
medicines: [curcumin, omeprazole]
goals: [see my son finish school]
questions: ["Can I fly in <May>?"]
priorities: [quality of life, keep working]
accept: [hair loss]
important_dates: [{what: wedding of my daughter, date: 2026-12-20}, {what: moving house, date: 2027-03}]
"""
CALM = """
diary:
  - {date: 2026-11-13, fatigue: 1, pain: 1, nausea: 1, fever: no}
  - {date: 2026-11-20, fatigue: 1, pain: 1, nausea: 1, fever: no}
"""


def record(folder: Path, more: str = "", base: str = MAYA) -> Facts:
    file = folder / "maya.yaml"
    file.write_text(base + more, encoding="utf-8")
    return read(file)


def visit_of(facts: Facts) -> Visit:
    made = build(facts, DAY, load()).visit
    assert made is not None
    return made


def guide_of(facts: Facts, **more: object) -> Guide:
    return guide(facts, DAY, load(), **more)  # type: ignore[arg-type]


# What asks for a call.


def test_fever_on_treatment_asks_for_a_call_now(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-11-27, fever: yes}\n")
    (alert,) = build(facts, DAY, load()).alerts
    assert (alert.id, alert.do) == ("fever_low_counts", "call_now")
    assert alert.from_ == ["maya.yaml:22"]
    assert alert.because == ["a temperature of 38 degrees or more, or shaking chills"]
    assert alert.source


def test_a_red_flag_stands_first_in_the_decision_and_makes_it_urgent(tmp_path: Path) -> None:
    calm = build(record(tmp_path, CALM), DAY, load()).decision
    ill = build(record(tmp_path, CALM + "  - {date: 2026-11-27, fever: yes}\n"), DAY, load()).decision
    assert (calm.now, calm.urgency) == ("continue", "routine")
    assert (ill.now, ill.urgency) == ("adjust", "now")
    waits = "The next dose waits until this has been looked at."
    assert ill.because == ["The person reports: Fever during cancer treatment.", waits, *calm.because]


def test_a_flag_that_leaves_the_dose_alone_leaves_the_decision(tmp_path: Path) -> None:
    made = build(record(tmp_path, "diary:\n  - {date: 2026-11-27, swollen_leg: yes}\n"), DAY, load()).decision
    assert (made.now, made.urgency) == ("continue", "now")


def test_a_record_that_does_not_say_what_is_taken_silences_no_alarm(tmp_path: Path) -> None:
    nothing = "person: maya\nmetastatic: 2025\ndiary:\n  - {date: 2026-11-27, fever: yes}\n"
    facts = record(tmp_path, base=nothing)
    assert "call_now" in {a.do for a in build(facts, DAY, load(), strict=True).alerts}
    assert {a.do for a in build(facts, DAY, load()).alerts} & {"call_now", "call_today"}


def test_no_answer_is_no_alarm_and_no_all_clear(tmp_path: Path) -> None:
    made = build(record(tmp_path), DAY, load())
    assert made.alerts == []
    assert "sign_fever" not in made.state


def test_an_old_answer_no_longer_alarms(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-10-01, fever: yes}\n")
    assert build(facts, DAY, load()).alerts == []


def test_a_symptom_that_is_worse_by_two_tells_the_team(tmp_path: Path) -> None:
    facts = record(tmp_path, CALM + "  - {date: 2026-11-27, fatigue: 3, pain: 1, nausea: 1}\n")
    (alert,) = build(facts, DAY, load()).alerts
    assert alert.do == "tell_team"
    assert alert.text.text == "Tell your team about this: tiredness was mild and is severe now."
    assert {s.id for s in alert.source} == {"star_2016", "sympathy_alerts", "aft39_alerts"}


def test_that_a_person_can_do_much_less_tells_the_team(tmp_path: Path) -> None:
    days = "diary:\n  - {date: 2026-11-20, daily_life: 1}\n  - {date: 2026-11-27, daily_life: 3}\n"
    (alert,) = [a for a in build(record(tmp_path, days), DAY, load()).alerts if a.do == "tell_team"]
    assert (alert.id, alert.text.text) == ("daily_life", "Tell your team about this: you can do little in a day now.")
    assert alert.from_ == ["maya.yaml:23"]


def test_what_the_team_knows_does_not_tell_it_again(tmp_path: Path) -> None:
    known = "diary:\n  - {date: 2026-11-20, fatigue: 3}\n  - {date: 2026-11-27, fatigue: 3}\n"
    made = build(record(tmp_path, known), DAY, load())
    assert made.alerts == []
    assert made.visit is not None
    assert [c.points[-1].grade for c in made.visit.courses] == [3]


# The guide.


def test_the_guide_begins_with_what_bothers_most(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-11-27, pain: 1, nausea: 3, sleep: 0}\n")
    made = guide_of(facts)
    assert [(s.symptom, s.grade) for s in made.symptoms] == [("nausea", 3), ("pain", 1)]
    assert "sleep" in {s.symptom for s in made.other_symptoms}


def test_every_statement_of_the_guide_has_a_source(tmp_path: Path) -> None:
    made = guide_of(record(tmp_path, CALM))
    tips = [
        tip
        for s in (*made.symptoms, *made.other_symptoms)
        for tip in (*s.causes, *s.tell, *s.self_care, *s.team, *s.avoid, *s.call)
    ]
    assert len(tips) > 200
    assert [tip.text for tip in tips if not tip.source] == []
    assert [o.name for o in made.support if not o.source] == []
    assert [u.text for p in made.practices for u in p.uses if not u.source] == []


def test_labels_of_running_drugs_stand_beside_the_symptom(tmp_path: Path) -> None:
    made = guide_of(record(tmp_path, "diary:\n  - {date: 2026-11-27, cough: 2}\n"))
    (cough,) = made.symptoms
    assert {rule.drug for rule in cough.rules} == {"trastuzumab deruxtecan"}


def test_a_supplement_is_held_against_the_medicines(tmp_path: Path) -> None:
    first_line = MAYA.replace(", to: 2026-08-20, setting: metastatic, ended: progression", ", setting: metastatic")
    facts = record(
        tmp_path,
        base=first_line.replace("  - {drugs: trastuzumab deruxtecan, from: 2026-10-20, setting: metastatic}\n", ""),
    )
    made = guide_of(facts, taken=["Hierba de San Juan", "stardust"])
    found = {check.asked: check.answer for check in made.supplements}
    assert found["stardust"] == "not_known"
    assert found["Hierba de San Juan"] == "avoid", "it speeds up CYP3A4, and ribociclib is broken down by it"
    assert "St John's wort" in {check.name for check in made.avoid}
    assert "turmeric" in found, "a supplement among the medicines of the record is checked, too"


def test_nothing_found_is_never_called_safe(tmp_path: Path) -> None:
    facts = record(tmp_path)
    known = load().supplements
    checks = guide_of(facts, taken=[entry.name for entry in known.values()]).supplements
    quiet = [check for check in checks if check.answer == "nothing_found"]
    assert all(not check.clashes for check in quiet)
    assert "safe" not in guide_as(guide_of(facts, taken=[c.name for c in quiet]), "text").replace("that it is safe", "")


def test_prognosis_is_offered_only_when_asked_for(tmp_path: Path) -> None:
    assert "prognosis" not in {o.topic for o in guide_of(record(tmp_path)).support}
    asked = record(tmp_path, "wishes: [prognosis]\n")
    assert "prognosis" in {o.topic for o in guide_of(asked).support}


def test_palliative_care_is_offered_from_the_first_line_on(tmp_path: Path) -> None:
    for more in ("", CALM):
        (offer,) = [o for o in guide_of(record(tmp_path, more)).support if o.topic == "palliative_care"]
        assert offer.is_not


def test_organisations_of_a_country_come_before_those_for_everybody(tmp_path: Path) -> None:
    found = [h.country for h in guide_of(record(tmp_path), country="es").organisations]
    assert set(found) == {"es", "global"}
    assert found == sorted(found, key=lambda country: country == "global")
    assert len({h.id for h in guide_of(record(tmp_path)).organisations}) >= 40


# The check-in.


def test_the_treatment_decides_what_is_asked(tmp_path: Path) -> None:
    asked = {q.item for q in checkin(record(tmp_path), DAY, load()).questions if not q.offered}
    assert {"cough", "breathlessness", "fever"} <= asked
    assert "hot_flushes" not in asked


def test_what_was_there_last_time_is_asked_again(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-11-20, hot_flushes: 2}\n")
    assert "hot_flushes" in {q.item for q in checkin(facts, DAY, load()).questions if not q.offered}


def test_a_question_waits_until_it_is_due_again(tmp_path: Path) -> None:
    items = lambda facts: {q.item for q in checkin(facts, DAY, load()).questions}  # noqa: E731
    assert "distress" in items(record(tmp_path))
    assert "distress" not in items(record(tmp_path, "diary:\n  - {date: 2026-11-20, distress: 2}\n"))


def test_an_alarm_stands_beside_the_answer_that_raises_it(tmp_path: Path) -> None:
    by_item = {q.item: q for q in checkin(record(tmp_path), DAY, load()).questions}
    assert [(a.id, a.at_least) for a in by_item["fever"].alarms] == [("fever_low_counts", 1)]
    assert all(q.alarms for q in by_item.values() if q.sign)


# The page for a visit.


def test_a_visit_holds_what_the_person_brings(tmp_path: Path) -> None:
    made = visit_of(record(tmp_path, CALM))
    assert made.own_questions == ["Can I fly in <May>?"]
    assert made.goals == ["see my son finish school"]
    assert made.priorities == ["to put quality of life before length of life", "to keep working"]
    assert made.trade_offs == ["hair loss"]
    assert [(d.what, d.date) for d in made.dates] == [
        ("wedding of my daughter", "2026-12-20"), ("moving house", "2027-03")
    ]  # fmt: skip
    assert {m.name for m in made.medicines} == {"turmeric", "omeprazole", "trastuzumab deruxtecan"}


def test_treatment_that_falls_near_a_day_that_matters_is_said(tmp_path: Path) -> None:
    """Given every 21 days from 20 October: 22 December is two days after the wedding."""
    wedding, moving = visit_of(record(tmp_path)).dates
    said = [clash.text for clash in wedding.clashes]
    assert any("trastuzumab deruxtecan would be given about 2026-12-22" in text for text in said)
    assert moving.clashes == [], "nothing can be said of a month"


def test_a_day_that_has_passed_is_left_out(tmp_path: Path) -> None:
    facts = record(tmp_path)
    after = build(facts, dt.date(2027, 1, 5), load()).visit
    assert after is not None
    assert [d.what for d in after.dates] == ["moving house"]


def test_questions_come_from_the_record(tmp_path: Path) -> None:
    made = visit_of(record(tmp_path, "diary:\n  - {date: 2026-11-27, nausea: 2, fatigue: 1}\n"))
    said = {ask.kind: [a.text.text for a in made.questions if a.kind == ask.kind] for ask in made.questions}
    assert any("feeling sick" in text for text in said["symptom"])
    assert not any("tiredness" in text for text in said["symptom"])
    assert any("PIK3CA" in text for text in said["test"])
    assert all(ask.source for ask in made.questions)


def test_a_question_of_the_command_line_is_one_of_the_person(tmp_path: Path) -> None:
    asked = with_questions(record(tmp_path), ["May I swim?"], DAY)
    assert visit_of(asked).own_questions == ["Can I fly in <May>?", "May I swim?"]


def test_what_is_said_in_words_reaches_the_visit(tmp_path: Path) -> None:
    day = "diary:\n  - {date: 2026-11-27, pain: 2, pain_place: [back], note: worse at night}\n"
    facts = record(tmp_path, day)
    back = load().checkin["pain"].follow[0].choices["back"]
    assert [(t.about, t.texts) for t in visit_of(facts).told] == [(None, ["worse at night"]), ("pain", [back])]
    assert "worse at night" in as_page(build(facts, DAY, load()))


def test_the_form_tells_wishes_through_the_diary(tmp_path: Path) -> None:
    rows = ["date,item,answer", "2026-11-27,goal,see the sea", "2026-11-27,priority.1,tablets",
            "2026-11-27,important_date,2027-05-08 a wedding", "2026-11-27,question,May I swim?",
            "2026-11-27,priority.2,world_peace", "2026-11-27,important_date,soon"]  # fmt: skip
    (tmp_path / "diary.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    bare = "person: maya\nmetastatic: 2025\n"
    facts = with_diary(record(tmp_path, base=bare), tmp_path / "diary.csv")
    made = build(facts, DAY, load())
    assert made.visit is not None
    assert made.visit.goals == ["see the sea"]
    assert made.visit.own_questions == ["May I swim?"]
    assert made.visit.priorities == ["for tablets rather than infusions", "world_peace"]
    assert [(d.what, d.date) for d in made.visit.dates] == [("a wedding", "2027-05-08")]
    assert made.state["wish_tablets"].value is True
    assert {p.source for p in made.problems if p.severity == "error"} == {"diary.csv:6", "diary.csv:7"}
    assert facts.answers.is_empty()


def test_priorities_are_those_that_were_put_last(tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text("date,item,answer\n2026-11-27,priority.1,tablets\n", encoding="utf-8")
    facts = with_diary(record(tmp_path), tmp_path / "diary.csv")
    assert visit_of(facts).priorities == ["for tablets rather than infusions"]


def test_the_clinician_sees_what_the_person_brings(tmp_path: Path) -> None:
    made = build(record(tmp_path, CALM), DAY, load())
    for said in (as_text(made), as_page(made)):
        assert "see my son finish school" in said.replace("\n", " ")
        assert "wedding of my daughter" in said.replace("\n", " ")
    assert "<May>" not in as_page(made)


# Pages.


class Page(HTMLParser):
    """What a page asks from outside, and its language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.language: str | None = None
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang")
        if tag in ("img", "script", "iframe", "link") and (given.get("src") or given.get("href")):
            self.requests.append(tag)
        if name := given.get("id"):
            self.ids.append(name)
        if name := given.get("aria-labelledby"):
            self.labelled.append(name)


@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize("kind", ["checkin", "guide", "visit"])
def test_pages_ask_nothing_from_outside(tmp_path: Path, kind: str, code: str) -> None:
    facts = record(tmp_path, CALM + "  - {date: 2026-11-27, fatigue: 3, fever: yes}\n")
    made = {
        "checkin": lambda: checkin_as(checkin(facts, DAY, load()), "html", code),
        "guide": lambda: guide_as(guide_of(facts, taken=["turmeric"]), "html", code),
        "visit": lambda: visit_as(visit_of(facts), "html", code),
    }[kind]()
    page = Page(made)
    assert page.requests == []
    assert page.language == code
    assert len(page.ids) == len(set(page.ids))
    assert set(page.labelled) <= set(page.ids)
    assert "default-src 'none'" in made
    assert "<May>" not in made


def test_the_only_script_is_the_one_that_the_page_allows(tmp_path: Path) -> None:
    made = checkin_as(checkin(record(tmp_path), DAY, load()), "html")
    (script,) = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in made


@pytest.mark.parametrize("code", ["en", "es"])
def test_text_fits_a_terminal(tmp_path: Path, code: str) -> None:
    facts = record(tmp_path, CALM + "  - {date: 2026-11-27, fatigue: 3, fever: yes}\n")
    for said in (
        guide_as(guide_of(facts), "text", code),
        visit_as(visit_of(facts), "text", code),
        checkin_as(checkin(facts, DAY, load()), "text", code),
    ):
        assert [line for line in said.splitlines() if len(line) > 80 and " " in line.strip()] == []


def test_spanish_pages_say_what_to_do_in_spanish(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-11-27, fever: yes}\n")
    assert "Llame ahora a la línea de su equipo" in guide_as(guide_of(facts), "html", "es")


# The command line.


@pytest.mark.parametrize("command", ["checkin", "living", "visit"])
def test_commands_write_each_format(tmp_path: Path, command: str) -> None:
    record(tmp_path, CALM)
    for how, begins in (("text", None), ("json", "{"), ("html", "<!doctype html>")):
        arguments = [command, str(tmp_path / "maya.yaml"), "--as-of", "2026-11-27", "--format", how]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code in (0, 3), done.output
        assert begins is None or done.stdout.startswith(begins)


def test_a_language_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    record(tmp_path)
    done = CliRunner().invoke(app, ["visit", str(tmp_path / "maya.yaml"), "--language", "tlh"])
    assert "there is no language 'tlh'" in str(done.exception)
    assert getattr(done.exception, "exit_code", None) == 2


def test_the_newest_check_is_that_of_the_entries() -> None:
    """It is read from the text of the files; the entries say the same."""
    known = load()
    kinds = [kind for kind in (getattr(known, name) for name in known.__struct_fields__) if hasattr(kind, "values")]
    days = [entry.checked.on for kind in kinds for entry in kind.values() if hasattr(entry, "checked")]
    assert known.newest_check == max(days)


def test_a_cohort_has_the_alerts_of_its_people(tmp_path: Path) -> None:
    days = {"calm": CALM, "ill": CALM + "  - {date: 2026-11-27, fatigue: 3, fever: yes}\n", "quiet": ""}
    (tmp_path / "many").mkdir()
    for name, diary in days.items():
        (tmp_path / "many" / f"{name}.yaml").write_text(MAYA.replace("person: maya", f"person: {name}") + diary)
    run(tmp_path / "many", tmp_path / "tables", DAY, load())
    found = pl.read_parquet(tmp_path / "tables" / "alerts.parquet")
    assert found.select("person", "alert", "do", "grade").rows() == [
        ("ill", "fever_low_counts", "call_now", None),
        ("ill", "fatigue", "tell_team", 3),
    ]
    alone = build(read(tmp_path / "many" / "ill.yaml"), DAY, load()).alerts
    assert [a.do for a in alone] == found["do"].to_list()
    decided = pl.read_parquet(tmp_path / "tables" / "state.parquet").sort("person")
    assert decided["urgency"].to_list() == ["routine", "now", "routine"]
    assert decided["decision"].to_list() == ["continue", "adjust", "continue"]
    assert decided["because"].list.first()[1] == "The person reports: Fever during cancer treatment."


# What the clinician reads of it.


def test_the_clinician_reads_the_grades_and_what_is_there(tmp_path: Path) -> None:
    told = CALM + "  - {date: 2026-11-27, fatigue: 3, pain: 1, distress: 9, temperature: 38.4}\n"
    made = build(record(tmp_path, told), DAY, load())
    text = " ".join(as_text(made).split())
    assert "Tell the team: fatigue: grade 3, before 1. " in text
    assert "Tell the team: Tell your team" not in text
    assert "Fever during cancer treatment. body temperature 38.4 Cel." in text  # and not the signs that nobody asked
    assert "Low mood (distress, 0 to 10: 9)" in text


# Questions that are suggested.


def test_a_lower_dose_is_asked_for_only_of_what_treatment_may_do(tmp_path: Path) -> None:
    facts = record(tmp_path, "diary:\n  - {date: 2026-11-27, pain: 2, nausea: 3, hot_flushes: 2}\n")
    asked = [ask.text.text for ask in visit_of(facts).questions if ask.kind == "symptom"]
    assert asked == [
        "What can we do about feeling sick? Would a pause or a lower dose help?",
        "What can we do about pain?",
        "What can we do about hot flushes? Would a pause or a lower dose help?",
    ]


def test_a_day_that_is_known_to_the_month_is_said_in_words(tmp_path: Path) -> None:
    made = visit_of(record(tmp_path))
    assert "Moving house: March 2027. Can we plan" in visit_as(made, "text").replace("\n", " ")
    assert "Moving house: marzo de 2027." in visit_as(made, "text", "es").replace("\n", " ")


def test_weights_stand_in_the_text_as_on_the_page(tmp_path: Path) -> None:
    told = "diary:\n  - {date: 2026-11-13, weight: 61.5}\n  - {date: 2026-11-27, weight: 60}\n"
    for how in ("text", "html"):
        assert "My weight: 61.5 kg (13 Nov), 60.0 kg (27 Nov)" in visit_as(visit_of(record(tmp_path, told)), how)


# Names of supplements as people write them.


@pytest.mark.parametrize(
    ("asked", "name", "answer"),
    [
        ("hiperico", "St John's wort", "avoid"),
        ("ST. JOHN’S WORT 300 mg", "St John's wort", "avoid"),
        ("zumo de pomelo", "Grapefruit and its kin", "avoid"),
        ("te verde", "Green tea pills", None),
        ("chamomile and cat's claw", "chamomile and cat's claw", "not_known"),  # nothing is known of the whole
        ("a pill from the market", "a pill from the market", "not_known"),
    ],
)
def test_a_supplement_is_known_by_the_names_of_people(
    tmp_path: Path, asked: str, name: str, answer: str | None
) -> None:
    running = "treatments: [{drugs: letrozole + ribociclib, from: 2026-03-01, setting: metastatic, running: yes}]\n"
    base = "person: maya\nmetastatic: 2026-01\nsites: [bone]\n" + running
    (check,) = guide_of(record(tmp_path, base=base), taken=[asked]).supplements
    assert check.name == name
    assert answer in (None, check.answer)


def test_a_supplement_under_two_names_is_told_once(tmp_path: Path) -> None:
    found = guide_of(record(tmp_path), taken=["Turmeric", "curcuma"]).supplements  # and curcumin in the record
    assert [check.id for check in found] == ["turmeric"]


def test_what_the_record_holds_of_circumstances_is_not_asked_again(tmp_path: Path) -> None:
    facts = record(tmp_path, "family: {children: yes}\nworking: no\n")
    asked = {q.item for q in checkin(facts, DAY, load()).questions}
    assert asked & {"has_children", "working", "has_caregiver", "money_worry"} == {"has_caregiver", "money_worry"}


def test_who_has_no_spread_is_told_that_the_guide_is_for_others(tmp_path: Path) -> None:
    early = guide_of(record(tmp_path, base="person: maya\nmetastatic: no\n"))
    assert (early.not_metastatic, guide_of(record(tmp_path)).not_metastatic) == (True, False)
    for how in ("text", "html"):
        assert "yours has not" in " ".join(guide_as(early, how).split())
        assert "yours has not" not in " ".join(guide_as(guide_of(record(tmp_path)), how).split())


def test_what_is_not_for_a_person_now_is_not_softened(tmp_path: Path) -> None:
    """A weak bone: no exercise yet. That cancer in a bone is no reason to keep still is for others."""
    found = guide_of(
        record(tmp_path, "fracture_risk: yes\nsins: 10\nbone_pain: yes\ndiary:\n  - {date: 2026-11-27, fatigue: 2}\n")
    )
    (exercise,) = [p for p in found.practices if p.id == "exercise"]
    assert {gate.do for gate in exercise.gates if gate.met} == {"not", "ask"}
    hidden = [gate.text for gate in exercise.gates if gate.do == "ask"]
    for how in ("text", "html"):
        said = " ".join(guide_as(found, how).split())
        assert [text for text in hidden if text in said] == []


# The form of the check-in.


def test_an_alarm_of_a_number_says_from_where_on(tmp_path: Path) -> None:
    made = checkin(record(tmp_path), DAY, load())
    page = checkin_as(made, "html")
    assert re.findall(r'<div data-from="(\d+)"><p class="small">([^<]*):</p>', page) == [
        ("8", "At 8 or more"),
        ("38", "At 38 °C or more"),
    ]
    assert "- At 3 or more: " in checkin_as(made, "text")


def test_a_number_may_be_told_in_another_unit_that_a_diary_understands(tmp_path: Path) -> None:
    page = checkin_as(checkin(record(tmp_path), DAY, load()), "html")
    units = re.findall(
        r'<select data-of="(\w+)">.*?<option value="(\w+)" data-scale="([\d.]+)" data-shift="(\d+)">', page
    )
    assert {item for item, *_ in units} == {"temperature", "weight"}
    for item, unit, scale, shift in units:
        asked = 38.5 if item == "temperature" else 60
        told = checkin_value(item, f"{asked * float(scale) + float(shift):.2f} {unit}")
        assert told.wrong is None
        assert told.value == pytest.approx(asked, abs=0.01)


def test_parts_that_stay_english_say_so(tmp_path: Path) -> None:
    page = visit_as(visit_of(record(tmp_path)), "html", "es")
    assert '<span lang="en">trastuzumab deruxtecan</span>' in page
    assert '<summary>De dónde viene esto</summary><span lang="en">' in page


def test_a_flag_that_tells_to_wait_with_the_dose_holds_it() -> None:
    """What the person is told and what the decision says are one."""
    tells = re.compile(r"no more (?:of the )?(?:cancer|capecitabine)|no more cancer tablets|Stop tablets|next dose")
    told = {i for i, flag in load().red_flags.items() if tells.search(flag.text)}
    assert told <= {i for i, flag in load().red_flags.items() if flag.holds}
    assert len(told) >= 9
