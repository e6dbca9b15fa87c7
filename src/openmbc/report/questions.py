"""Questions that a person may want to ask, suggested from the state: each with the reason for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openmbc.catalogue import SYMPTOMS, by_name
from openmbc.report.basics import Source
from openmbc.report.calendar_types import CalendarLine
from openmbc.report.genomic_types import NextTest
from openmbc.report.phrase import marked, phrase
from openmbc.report.types import Decision, Option
from openmbc.report.visit_types import Ask, Course, ImportantDate

# A page holds few questions: of each kind the first.
_TESTS, _DUE, _OPTIONS, _SYMPTOMS = 2, 2, 2, 3
_BOTHERS = 2  # from this grade on a symptom limits what a person does (CTCAE, general grading)
OWN = Source(id="openmbc", title="openmbc, questions for a visit", where="docs/living.md, Questions")

_NOW = {
    "start": (
        marked("What are my choices now, and which do you advise for me?"),
        marked("A treatment is to be started."),
    ),
    "switch": (
        marked("Does my treatment need to change? What are the choices?"),
        marked("The record says that it may need to change."),
    ),
    "adjust": (
        marked("Does my dose or my plan need a change?"),
        marked("The record holds a reason to look at the dose."),
    ),
    "continue": (
        marked("How will we see that my treatment still works?"),
        marked("A treatment is running."),
    ),
    "insufficient": (
        marked("What do you still need to know to advise me?"),
        marked("A fact is missing for the next step."),
    ),
}


def of_decision(decision: Decision) -> Iterator[Ask]:
    """The first question: what happens now."""
    if decision.now in _NOW:
        text, why = _NOW[decision.now]
        yield Ask(kind="decision", text=phrase(text), why=phrase(why), source=[OWN])


def of_tests(tests: Sequence[NextTest]) -> Iterator[Ask]:
    """Tests of the tumour and of genes of which the result is not in the record and would change the choices."""
    of_tumour = [t for t in tests if by_name()[t.feature].subject in ("receptors", "genomics")]
    for test in of_tumour[:_TESTS]:
        yield Ask(
            kind="test",
            text=phrase("Has this been tested, and what did it show: {test}?", test=test.label),
            why=phrase("The result may open or close a treatment. It is not in this record."),
            source=test.source or [OWN],
        )


def of_due(calendar: Sequence[CalendarLine]) -> Iterator[Ask]:
    """Tests that are due or overdue."""
    for line in [c for c in calendar if c.status in ("overdue", "due")][:_DUE]:
        yield Ask(
            kind="due",
            text=phrase("When is my next test: {test}?", test=line.label),
            why=phrase("It is due.") if line.due_on is None else phrase("It was due on {day}.", day=line.due_on),
            source=[source for reason in line.reasons for source in reason.source],
        )


def of_options(options: Sequence[Option]) -> Iterator[Ask]:
    """Treatments that could follow."""
    fitting = [
        o for o in options if o.when == "next" and o.role == "treatment" and o.verdict in ("recommended", "possible")
    ]
    for option in fitting[:_OPTIONS]:
        yield Ask(
            kind="option",
            text=phrase("Could this be a treatment for me, now or later: {treatment}?", treatment=option.name),
            why=phrase("It may fit, as far as this record goes."),
            source=option.sources,
        )


def of_symptoms(courses: Sequence[Course], *, treated: bool) -> Iterator[Ask]:
    """Symptoms that limit what the person does; ``treated``: a systemic treatment runs.

    Whether a pause or a lower dose would help is asked of what may be a side effect of it, and not of pain or worry.
    """
    bad = sorted((c for c in courses if c.points and c.points[-1].grade >= _BOTHERS), key=lambda c: -c.points[-1].grade)
    for course in bad[:_SYMPTOMS]:
        symptom = SYMPTOMS[course.symptom]
        text = marked("What can we do about {symptom}?")
        if treated and symptom.effects:
            text = marked("What can we do about {symptom}? Would a pause or a lower dose help?")
        yield Ask(
            kind="symptom",
            text=phrase(text, symptom=symptom.plain),
            why=phrase("It limits what you can do, by your own answers."),
            source=[OWN],
        )


def of_goals(goals: Sequence[str]) -> Iterator[Ask]:
    """What matters to the person, as a question."""
    for goal in goals:
        yield Ask(
            kind="goal",
            text=phrase("This matters to me: {goal}. Does my treatment fit with it?", goal=goal),
            why=phrase("You wrote it down as a goal."),
            source=[OWN],
        )


def of_dates(dates: Sequence[ImportantDate]) -> Iterator[Ask]:
    """Days that matter, from the day of the visit on."""
    for day in dates:
        why = day.clashes[0] if day.clashes else phrase("Scans and treatment can often be planned round a day.")
        yield Ask(
            kind="date",
            text=phrase("{what}: {day}. Can we plan scans and treatment round it?", what=day.what, day=day.date),
            why=why,
            source=[OWN],
        )


_WISHES = {
    "prognosis": marked("I would like to talk about what to expect. Can we make time for that?"),
    "trials": marked("Is there a trial that may fit me?"),
    "palliative_care": marked("Can I also see the palliative care team, for extra support?"),
    "few_visits": marked("Can some of my visits be done by phone or near my home?"),
    "no_more_treatment": marked("What would my care look like without more treatment of the cancer?"),
    "fertility": marked("What can we do to keep the choice of having a child?"),
}


def of_wishes(wishes: Sequence[str]) -> Iterator[Ask]:
    """Wishes that are questions."""
    for wish in wishes:
        if wish in _WISHES:
            yield Ask(kind="wish", text=phrase(_WISHES[wish]), why=phrase("You asked for it."), source=[OWN])
