"""Words that text and page share: titles, values, groups of options and of reasons."""

from __future__ import annotations

import datetime as dt

from openmbc.catalogue import TREATMENT_CLASSES, TREATMENT_KEYS, by_name
from openmbc.report import (
    DoseRule,
    Dosing,
    Evidence,
    Figure,
    Harm,
    Option,
    Reason,
    Report,
    Seen,
    Source,
    TradeOff,
    TreatmentLine,
)

DECISIONS = {
    "start": "Start a treatment",
    "continue": "Continue the present treatment",
    "adjust": "Adjust the present treatment",
    "switch": "Change the treatment",
    "insufficient": "Not decided yet: something has to be settled first",
    "not_metastatic": "Not metastatic",
}
ARMS = {
    "experimental": "",
    "control": "this option was the comparison",
    "neither": "the trial gave something else than this option",
}
OUTCOMES = {
    "positive": "",
    "single_arm": "",
    "negative": "the trial failed its primary endpoint",
    "mixed": "the trial met its primary endpoint in part",
}
URGENCY = {"routine": "", "soon": "Soon.", "now": "Now: call the care team today."}
VERDICTS = {
    "recommended": "Recommended",
    "possible": "Possible",
    "needs_information": "Needs more information",
    "unsuitable": "Not suitable now",
}
SUBJECTS = {
    "person": "The person",
    "disease": "The disease",
    "receptors": "Receptors",
    "genomics": "Genes",
    "treatment": "Treatment",
    "organs": "Blood, heart, organs",
    "side_effects": "Side effects",
    "illness": "Other illnesses",
    "medicines": "Other medicines",
    "wellbeing": "As the person tells",
    "wishes": "What matters to the person",
}
KINDS = {
    "indication": "condition",
    "contraindication": "contraindication",
    "caution": "caution",
    "preference": "preference",
}
ENDED = {
    "progression": "ended because the disease grew",
    "toxicity": "ended for side effects",
    "completed": "ended as planned",
    "wish": "ended by the person's wish",
    "cost": "ended for its cost",
    "death": "ended by death",
    "other": "ended for another reason",
    "switched": "ended with the next line, why is not recorded",
    "running": "running",
    "unknown": "why it ended, or whether it runs, is not recorded",
}
_COARSE = {"year": "%Y", "month": "%Y-%m"}
# Parts of the report that are lists of sentences; each is shown as soon as it holds something.
FURTHER = {"trials": "Trials", "ahead": "The road ahead"}
# The treatment history is shown by drug; its classes would only repeat it.
_HISTORY = {
    "had": "treatments given",
    "progressed_on": "progression on",
    "stopped_for_toxicity": "stopped for side effects",
    "running": "running now",
}
_PRESENT, _NOT_PRESENT = "present", "not present"
_HISTORY_ELSEWHERE = "had_metastatic"
_COUNTED_ELSEWHERE = "drugs_running"  # the treatment that runs is named

ACTIONS = {"go_on": "go on", "hold": "hold", "reduce": "lower the dose", "stop": "stop for good"}

STANDING = {
    "overdue": "Overdue",
    "due": "Due now",
    "next": "Next",
    "not_known": "Not known",
    "discuss": "To discuss",
    "on_symptoms": "Not by the calendar",
    "done": "Done",
}
ROUTES = {
    "oral": "tablets",
    "intravenous": "infusions",
    "subcutaneous": "injections under the skin",
    "intramuscular": "injections into a muscle",
}
BESIDE = (
    "Numbers come from different trials with different people: they show what to expect, and cannot be compared "
    "like the arms of one trial."
)

Fact = tuple[str, str, list[str]]


def who(report: Report) -> str:
    """The person in a line: as far as the record says."""
    person = report.person
    age = f"{int(person.age)} years" if person.age is not None else ""
    return ", ".join(part for part in (person.id, person.sex or "", age) if part)


def known(report: Report) -> dict[str, list[Fact]]:
    """What is known, by subject: label, value and the facts behind it; assumptions are listed apart."""
    found: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for name, seen in report.state.items():
        if seen.value is None or seen.assumed:
            continue
        said = _said(name, seen)
        if said is None:
            continue
        label, value = said
        values, sources = found.setdefault(seen.subject, {}).setdefault(label, ([], []))
        values.append(value)
        sources.extend(s for s in seen.from_ if s not in sources)
    order = [*SUBJECTS, *(s for s in found if s not in SUBJECTS)]
    return {s: sorted(_facts(found[s]), key=_present_last) for s in order if s in found}


def _facts(said: dict[str, tuple[list[str], list[str]]]) -> list[Fact]:
    return [(label, ", ".join(values), sources) for label, (values, sources) in said.items()]


def _present_last(fact: Fact) -> int:
    return {_PRESENT: 1, _NOT_PRESENT: 2}.get(fact[0], 0)


def _said(name: str, seen: Seen) -> tuple[str, str] | None:
    """A known value as label and value; None for what another line already says."""
    feature = by_name().get(name)
    family = feature.family if feature else None
    if name == _COUNTED_ELSEWHERE:
        return None
    if family in (*_HISTORY, _HISTORY_ELSEWHERE):
        treatment = name.removeprefix(f"{family}_")
        if seen.value is not True or family == _HISTORY_ELSEWHERE or treatment in TREATMENT_CLASSES:
            return None
        return _HISTORY[str(family)], TREATMENT_KEYS[treatment]
    if isinstance(seen.value, bool):
        return (_PRESENT if seen.value else _NOT_PRESENT), seen.label
    return seen.label, seen.text.removeprefix(seen.label).strip()


def subject(name: str) -> str:
    """The title of a subject."""
    return SUBJECTS.get(name, name)


def unknown(report: Report) -> list[str]:
    """Labels of what is not known, each once; free texts, and what has no meaning here, are not asked for.

    What has two measures (ALT, and ALT against its normal range) is known where one of them is.
    """
    known = {s.label for s in report.state.values() if s.value is not None}
    found = [s.label for n, s in report.state.items() if s.value is None and _is_asked(n, report)]
    return [label for label in dict.fromkeys(found) if label not in known]


def _is_asked(name: str, report: Report) -> bool:
    feature = by_name().get(name)
    if feature is None:
        return True
    needed = report.state.get(feature.only_with or "")
    # A family is listed only where something is recorded, so one that is not listed is silent.
    there = feature.only_with is None or (needed is not None and needed.value is not False)
    # What the person tells in a check-in is asked there, and its absence is no gap of the record.
    return feature.kind != "text" and feature.subject != "wellbeing" and there


def labels(features: list[str]) -> str:
    """Feature names as they are read."""
    return ", ".join(dict.fromkeys(f.label if (f := by_name().get(name)) else name for name in features))


def drugs(option: Option) -> str:
    """The drugs of an option: alternatives with "or", slots with "+"."""
    return " + ".join(" or ".join(slot) for slot in option.drugs)


def deciding(option: Option) -> list[Reason]:
    """The reasons that take an option away."""
    return [
        r for r in option.reasons
        if (r.kind == "indication" and r.met is False) or (r.kind == "contraindication" and r.met is True)
    ]  # fmt: skip


def against(reason: Reason) -> str:
    """A deciding reason as one sentence, with what was seen."""
    lead = "Contraindication" if reason.kind == "contraindication" else "Would need"
    return f"{lead}: {reason.text.rstrip('.')}. Seen: {reason.seen}" + (" (assumed)." if reason.assumed else ".")


def by_deciding(options: list[Option]) -> list[tuple[str, list[Option]]]:
    """Options that the same reason takes away, together; the order of the first of each is kept."""
    found: dict[str, list[Option]] = {}
    for option in options:
        first = deciding(option)[:1]
        found.setdefault(against(first[0]) if first else "For the reasons inside.", []).append(option)
    return list(found.items())


def by_question(options: list[Option]) -> list[tuple[str, list[Option]]]:
    """Options that wait for the same facts, together."""
    found: dict[str, list[Option]] = {}
    for option in options:
        found.setdefault(labels(option.missing), []).append(option)
    return list(found.items())


def state_of(reason: Reason) -> tuple[str, str]:
    """Whether a reason speaks for the option, in words, and a mark: good, bad, care or open."""
    if reason.kind in ("contraindication", "caution"):
        said = {
            True: ("applies", "care" if reason.kind == "caution" else "bad"),
            False: ("does not apply", "good"),
            None: ("not known", "open"),
        }
    else:
        said = {True: ("met", "good"), False: ("not met", "bad"), None: ("not known", "open")}
    word, mark = said[reason.met]
    return (f"{word} (assumed)" if reason.assumed else word), mark


def reason_groups(option: Option) -> list[tuple[str, str, list[Reason]]]:
    """Reasons to read together: key, title, reasons. What is settled in favour of the option comes last."""
    away = deciding(option)
    unsettled = [r for r in option.reasons if r.met is None]
    rest = [r for r in option.reasons if r.met is not None and r not in away]
    asked = [r for r in rest if r.kind in ("indication", "preference")]
    risks = [r for r in rest if r.kind in ("contraindication", "caution")]
    shown = [
        ("against", "What speaks against it", away),
        ("open", "What is not known", unsettled),
        ("care", "Take care", [r for r in risks if r.met]),
        ("fits", "What was asked, and what was seen", asked),
        ("clear", "Checked: does not apply", [r for r in risks if not r.met]),
    ]
    return [group for group in shown if group[2]]


def own_sources(reason: Reason, option: Option) -> list[Source]:
    """Sources of a reason that do not already stand in the list of the whole option."""
    return [s for s in reason.source if s not in option.sources]


def address(source: Source) -> str | None:
    """Where a source can be opened; anything but a web address is not made a link."""
    return source.url if source.url and source.url.startswith(("https://", "http://")) else None


def shared_source(reasons: list[Reason], option: Option) -> bool:
    """Does one of the reasons rest on the sources of the whole option alone?"""
    return any(not own_sources(r, option) for r in reasons)


def groups(report: Report) -> list[tuple[str, str, list[Option]]]:
    """Options to show together: key, title, options; the running one first, supporting and local treatment apart."""
    # The same drugs may be an option for other people, too: that one stands with what does not fit.
    now = [o for o in report.options if o.role == "treatment" and o.when == "now"]
    running = [o for o in now if not any(r.kind == "indication" and r.met is False for r in o.reasons)] or now
    beside = [o for o in report.options if o.role == "support" and (o.verdict != "unsuitable" or o.when == "now")]
    local = [o for o in report.options if o.role == "local" and o.verdict != "unsuitable"]
    after = [o for o in report.options if o not in running and o not in beside and o not in local]
    shown = [("now", "Running now", running)]
    shown += [(v, title, [o for o in after if o.verdict == v]) for v, title in VERDICTS.items()]
    shown[3:3] = [("support", "Beside the treatment", beside), ("local", "Radiation, surgery, procedures", local)]
    return [group for group in shown if group[2]]


def standing(option: Option, key: str) -> str:
    """Verdict and whether it runs, where the title of the group does not say so."""
    said = []
    if option.when == "now" and key != "now":
        said.append("running now")
    if key in ("now", "support", "local"):
        said.append(VERDICTS[option.verdict].lower())
    if option.urgency != "routine" and option.verdict in ("recommended", "possible"):
        said.append({"soon": "soon", "now": "now, without delay"}[option.urgency])
    return ", ".join(said)


def given(option: TradeOff) -> str:
    """How a treatment is given, and on how many days one has to come for it."""
    how = " and ".join(ROUTES.get(route, route) for route in option.routes)
    if option.visits is None:
        return how
    days = {0: "no visits", 1: "1 visit"}.get(option.visits, f"{option.visits} visits")
    return f"{how}; {days} for infusions or injections in the first 12 weeks"


def figure(number: Figure | None) -> str:
    """A published number with its trial."""
    if number is None:
        return "not in this knowledge"
    return f"{number.text} ({number.trial}{', unconfirmed' if number.source.unconfirmed else ''})"


def harms(option: TradeOff) -> list[str]:
    """Side effects, each with its number; the trial is the same for all of them."""
    marked = (f"{f.what}: {f.text}{' (unconfirmed)' if f.source.unconfirmed else ''}" for f in option.harms)
    return [*marked, *([f"({option.harms[0].trial})"] if option.harms else [])]


def doses(drug: Dosing) -> str:
    """The usual dose and its reductions: "600 mg once daily; lower doses: 400 mg, 200 mg"."""
    return "; lower doses: ".join(filter(None, [drug.dose, ", ".join(drug.steps[1:])]))


def by_effect(drug: Dosing) -> list[tuple[str, list[DoseRule]]]:
    """The rules of a drug by side effect, in the order of the knowledge."""
    effects: dict[str, list[DoseRule]] = {}
    for rule in drug.rules:
        effects.setdefault(rule.effect, []).append(rule)
    return list(effects.items())


def dose_rule(rule: DoseRule) -> str:
    """One rule: "Grade 3: hold. Treat it."; the text alone where it begins with what to do."""
    grade = f"Grade {rule.grade}" if rule.grades is not None else rule.grade[0].upper() + rule.grade[1:]
    action, text = ACTIONS[rule.do], rule.text.rstrip(".")
    said = text[0].lower() + text[1:] if text.lower().startswith(action) else f"{action}. {text}"
    return f"{grade}: {said}."


def doubted(rule: DoseRule) -> bool:
    """Is the rule, or its source, unconfirmed?"""
    return bool(rule.unconfirmed or rule.source.unconfirmed)


def of_trial(trial: Evidence) -> str:
    """What else must be known of a trial: the arm that the option was, a failure, the ESMO-MCBS; "" when nothing.

    The score is that of the new treatment.
    """
    score = f"ESMO-MCBS {trial.mcbs.score}" if trial.mcbs is not None and trial.arm == "experimental" else ""
    return "; ".join(filter(None, [ARMS[trial.arm], OUTCOMES.get(trial.outcome or "", ""), score]))


def harms_of(trial: Evidence) -> list[str]:
    """Side effects of 100 people in each arm: "nausea 53 v 13"."""

    def said(h: Harm) -> str:
        against = f" v {h.control:g}" if h.control is not None else ""
        return f"{h.what} {h.experimental:g}{against}{' (unconfirmed)' if h.source.unconfirmed else ''}"

    return [said(h) for h in trial.harms]


def sources_of(harms: list[Harm]) -> list[Source]:
    """The places behind side effects, each once."""
    return list({(h.source.id, h.source.where): h.source for h in harms}.values())


def line_title(line: TreatmentLine) -> str:
    """What stands before a line: its number, or for which disease a treatment was that is not numbered."""
    if line.number is not None:
        return f"Line {line.number}"
    return {"metastatic": "not counted", None: "setting not known"}.get(line.setting, str(line.setting))


def line_drugs(line: TreatmentLine) -> str:
    """The drugs of a line, and whether part of it was maintenance."""
    return " + ".join(line.drugs) + (", with maintenance" if line.maintenance else "")


def line_time(line: TreatmentLine) -> str:
    """From when to when, as exactly as it is known, and how long."""
    start = _date(line.start, line.start_precision) or "date not known"
    end = "now" if line.ended == "running" else _date(line.end, line.end_precision) or "?"
    return f"{start} to {end}" + (f" ({line.months:g} months)" if line.months is not None else "")


def _date(day: dt.date | None, precision: str | None) -> str:
    return f"{day:{_COARSE.get(precision or '', '%Y-%m-%d')}}" if day else ""
