"""The report for the terminal: plain text, at most ``width`` columns, no colour needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from openmbc.present import civic_words, effect_words, finding_words, living_words, words
from openmbc.present.blood import at_draw
from openmbc.report import Evidence, Meaning, Option, Report, Source

_RESULTS = 2  # numbers of a trial; the page has all
_SOURCES = 3
_TWO = 2  # one treatment has nothing beside it


def as_text(report: Report, width: int = 80) -> str:
    """The whole report as lines of at most ``width`` characters."""
    lines: list[str] = []
    for line in _lines(report, width):
        lines += textwrap.wrap(line.text, width, initial_indent=line.lead, subsequent_indent=line.hang) or [""]
    return "\n".join(lines) + "\n"


class _Line:
    """A line to be wrapped: how it starts, and how its following lines are indented.

    A record may hold control characters, which a terminal would obey: they become spaces.
    """

    def __init__(self, text: str = "", indent: int = 0, lead: str = "") -> None:
        self.text = "".join(c if c.isprintable() else " " for c in text)
        self.lead = " " * indent + lead
        self.hang = " " * (indent + len(lead))


def _lines(report: Report, width: int) -> Iterator[_Line]:
    yield from _head(report, width)
    yield from _state(report, width)
    yield from _treated(report, width)
    yield from _works(report, width)
    yield from _blood(report, width)
    yield from _side_effects(report, width)
    yield from _findings(report, width)
    if report.second_opinion is not None:
        yield from _list("A second opinion: CIViC", civic_words.lines(report.second_opinion), width)
    for key, title, options in words.groups(report):
        yield from _title(title, width)
        yield from _group(key, options)
    yield from _beside(report, width)
    yield from _missing(report, width)
    yield from _due(report, width)
    yield from _watch(report, width)
    yield from _dosing(report, width)
    if living_words.brings(report.visit) and report.visit is not None:
        yield from _list("What the person brings", living_words.brought(report.visit), width)
    yield from _list("Help with living", living_words.offers(report), width)
    for part, title in words.FURTHER.items():
        yield from _list(title, getattr(report, part), width)
    yield from _record(report, width)
    yield from _title("Please note", width)
    yield _Line(report.notice)
    known = report.knowledge
    yield _Line(
        f"openmbc {report.openmbc}, knowledge {known.version} ({known.hash}), last checked {known.newest_check}."
    )


def _title(text: str, width: int) -> Iterator[_Line]:
    yield _Line()
    yield _Line(text.upper())
    yield _Line("-" * min(len(text), width))


def _list(title: str, sentences: Iterable[str], width: int) -> Iterator[_Line]:
    """A titled list; nothing when there is nothing to say."""
    found = list(sentences)
    if found:
        yield from _title(title, width)
    for sentence in found:
        yield _Line(sentence, 2, "- ")


def _head(report: Report, width: int) -> Iterator[_Line]:
    reading = ", strict reading" if report.strict else ""
    yield _Line(f"{words.who(report)} - as of {report.as_of}, region {report.region.upper()}{reading}")
    yield from _title("What now", width)
    decision = report.decision
    yield _Line(f"{words.DECISIONS[decision.now].upper()}. {words.URGENCY[decision.urgency]}".strip())
    for sentence in decision.because:
        yield _Line(sentence, 2, "- ")
    if decision.missing:
        yield _Line(f"Missing: {words.labels(decision.missing)}", 2, "- ")
    said = (f"{living_words.alert(a)}. {living_words.why(a)}".rstrip() for a in report.alerts)
    yield from _list("The person reports", said, width)


def _state(report: Report, width: int) -> Iterator[_Line]:
    yield from _title("Where the disease stands", width)
    for subject, facts in words.known(report).items():
        said = "; ".join(f"{label}: {value}" for label, value, _ in facts)
        yield _Line(f"{words.subject(subject)} - {said}.", 0)
    unknown = words.unknown(report)
    if unknown:
        yield _Line(f"Not known - {', '.join(unknown)}.")


def _treated(report: Report, width: int) -> Iterator[_Line]:
    """A line of therapy a paragraph: what, when, how it ended, and why it is one line."""
    if not report.lines:
        return
    yield from _title("Treatment so far", width)
    for line in report.lines:
        what = f"{words.line_title(line)}: {words.line_drugs(line)}, {words.line_time(line)}"
        yield _Line(f"{what}, {words.ENDED[line.ended]}.")
        if line.explanation:
            yield _Line(" ".join(line.explanation), 4)


def _works(report: Report, width: int) -> Iterator[_Line]:
    """Measurements and markers over time."""
    measured = (f"{m.date}: {m.text}" for m in report.measurements)
    yield from _list("Measured lesions", measured, width)
    yield from _list(
        "Tumour markers (never alone a reason to switch)",
        (_marked(f"{m.marker}: {m.text}", bool(m.unconfirmed)) for m in report.markers),
        width,
    )
    yield from _list("Blood values by CTCAE grade", map(effect_words.lab_grade, report.graded_labs), width)


def _blood(report: Report, width: int) -> Iterator[_Line]:
    """Tumour DNA in blood: what to discuss, then every draw with its variants."""
    if report.liquid is None:
        return
    yield from _title("Tumour DNA in blood", width)
    for talk in report.liquid.discuss:
        yield _Line(f"To discuss: {talk.text}", 2, "- ")
        for known in talk.known:
            places = "; ".join(f"{s.title}, {s.where}" for s in known.source[:_SOURCES])
            yield _Line(_marked(f"{known.text} {places}", bool(known.unconfirmed)), 4)
    for number, draw in enumerate(report.liquid.draws):
        yield _Line(f"{draw.date}: {' '.join(draw.text)}", 2, "- ")
        for name, at in at_draw(report.liquid, number):
            yield _Line(f"{name}: {at.text}", 4)


def _side_effects(report: Report, width: int) -> Iterator[_Line]:
    """The side effects that go on, the drugs that may cause them, and what each label says at this grade."""
    if not report.side_effects:
        return
    yield from _title("Side effects now", width)
    for effect in report.side_effects:
        yield _Line(effect_words.side_effect(effect), 2, "- ")
        if not effect.causes:
            yield _Line("No cancer drug in this record is known to cause it, as far as this knowledge goes.", 4)
        for cause in effect.causes:
            yield _Line(f"may come from {effect_words.cause(cause)}", 4)
            if not cause.rules:
                yield _Line(effect_words.no_rule(cause, effect), 6)
            for rule in cause.rules:
                place = f"{rule.source.title}, {rule.source.where}"
                yield _Line(_marked(f"{words.dose_rule(rule)} {place}", words.doubted(rule)), 6)


def _findings(report: Report, width: int) -> Iterator[_Line]:
    """By gene and sample, then what each finding means, opens and closes, then what was looked at."""
    if not report.findings:
        return
    yield from _title("What the tests of genes and proteins found", width)
    yield _Line(finding_words.LEGEND)
    for what, cells in finding_words.table(report):
        said = [
            f"{sample}: {' + '.join(f'{finding_words.MARKS[m]} {text}'.strip() for m, text in found)}"
            for sample, found in cells
            if found[0][0] != "none"
        ]
        yield _Line(f"{what} - {'; '.join(said)}.", 2)
    for group in finding_words.groups(report):
        yield _Line(f"{group.title}: {finding_words.in_short(group)}", 2, "- ")
        for note in group.notes:
            yield _Line(note, 4)
        if moved := finding_words.moves(group.opens, group.closes, report, finding_words.FEW):
            yield _Line(f"{moved[0].upper()}{moved[1:]}.", 4)
        for meaning in group.meanings:
            yield from _meaning(meaning)
        if group.sources:
            yield _Line(f"source: {'; '.join(map(_place, group.sources))}", 4)
    for panel in report.panels:
        yield _Line(f"looked at: {finding_words.panel(panel)}", 2, "- ")


def _meaning(meaning: Meaning) -> Iterator[_Line]:
    """What a finding means in this breast cancer; the page has where each drug stands."""
    yield _Line(f"{meaning.name}: {_marked(meaning.plain, bool(meaning.unconfirmed))}", 4)
    if condition := finding_words.condition(meaning):
        yield _Line(condition, 6)
    if meaning.escat:
        yield _Line("; ".join(_marked(finding_words.tier(t), bool(t.source.unconfirmed)) for t in meaning.escat), 6)
    for text, effect in finding_words.drug_effects(meaning):
        yield _Line(_marked(text, bool(effect.unconfirmed)), 6)
    for said in (*meaning.outlook, *meaning.family, *meaning.discuss):
        yield _Line(_marked(said.text, bool(said.unconfirmed)), 6)
    yield _Line(f"source: {'; '.join(_place(s) for s in meaning.source[:_SOURCES])}", 6)


def _group(key: str, options: list[Option]) -> Iterator[_Line]:
    if key == "unsuitable":
        yield from _unsuitable(options)
        return
    asked = [o for o in options if key == "local" and o.verdict == "needs_information"]
    for number, option in enumerate([o for o in options if o not in asked], 1):
        yield from _option(number, option, key)
    for question, same in words.by_question(asked):
        yield _Line(f"{question} would decide on: {'; '.join(o.name for o in same)}", 2, "- ")
        for option in same:
            for text in option.unconfirmed:
                yield _Line(f"{option.name}: UNCONFIRMED: {text}", 4)


def _unsuitable(options: list[Option]) -> Iterator[_Line]:
    """Short: the options that one reason takes away, that reason, and where it stands."""
    for reason, same in words.by_deciding(options):
        yield _Line(reason, 2, "- ")
        yield _Line("; ".join(_marked(o.name, any(r.unconfirmed for r in words.deciding(o)[:1])) for o in same), 4)
        sources = dict.fromkeys(_place(s) for o in same for r in words.deciding(o)[:1] for s in r.source)
        more = f"; and {len(sources) - 1} more, in the page" if len(sources) > 1 else ""
        yield _Line(f"source: {''.join(list(sources)[:1])}{more}", 4)


def _option(number: int, option: Option, key: str) -> Iterator[_Line]:
    standing = words.standing(option, key)
    yield _Line(option.name + (f" [{standing}]" if standing else ""), 0, f"{number:2}. ")
    drugs = f"drugs: {words.drugs(option)}; " if option.drugs else ""
    yield _Line(f"{drugs}strength: {option.strength}", 4)
    if option.how:
        yield _Line(f"what is done: {option.how}", 4)
    if option.missing:
        yield _Line(f"needs: {words.labels(option.missing)}", 4)
    yield from _reasons(option)
    if option.order[1:] and key != "needs_information":
        yield _Line(f"why here: {' '.join(option.order[1:])}", 4)  # the strength, which is the first, stands above
    if key != "needs_information":
        for trial in option.evidence:
            yield from _evidence(trial)
        for note in option.notes:
            yield _Line(f"note: {note}", 4)
    yield from _sources(option)
    for text in option.unconfirmed:
        yield _Line(f"UNCONFIRMED: {text}", 4)


def _reasons(option: Option) -> Iterator[_Line]:
    for reason in words.deciding(option):
        yield _Line(f"against: {words.against(reason)}", 4)
    asked = [r for r in option.reasons if r.kind in ("indication", "preference") and r.met]
    because = "; ".join(r.text + (" (assumed)" if r.assumed else "") for r in asked)
    if because:
        yield _Line(f"because: {because}", 4)
    if option.check_first:
        yield _Line(f"check first: {words.labels(option.check_first)}", 4)
    for reason in option.reasons:
        if reason.kind == "caution" and reason.met:
            yield _Line(f"caution: {reason.text}", 4)


def _evidence(trial: Evidence) -> Iterator[_Line]:
    """One number a line: endpoint, result, trial, people."""
    for number, result in enumerate(trial.results[:_RESULTS]):
        line = f"{result.endpoint} {result.text}, {result.population}, {trial.name}, n={trial.n}"
        line += f" ({said})" if not number and (said := words.of_trial(trial)) else ""
        yield _Line(_marked(line, bool(result.source.unconfirmed or trial.unconfirmed)), 4)


def _sources(option: Option) -> Iterator[_Line]:
    trials = {t.name for t in option.evidence}
    apart = [s for s in option.sources if s.title not in trials] or option.sources
    for source in apart[:_SOURCES]:
        yield _Line(f"source: {_place(source)}", 4)


def _place(source: Source) -> str:
    return _marked(f"{source.title}, {source.where}", bool(source.unconfirmed))


def _marked(text: str, unconfirmed: bool) -> str:
    return f"{text} [unconfirmed]" if unconfirmed else text


def _beside(report: Report, width: int) -> Iterator[_Line]:
    """The first treatments with the same questions asked of each."""
    if len(report.tradeoffs) < _TWO:
        return
    yield from _title("Side by side", width)
    yield _Line(words.BESIDE)
    for number, option in enumerate(report.tradeoffs, 1):
        yield _Line(option.name, 0, f"{number:2}. ")
        yield _Line(f"given: {words.given(option)}", 4)
        yield _Line(f"holds the disease (median): {words.figure(option.control)}", 4)
        yield _Line(f"tumours shrink: {words.figure(option.response)}", 4)
        yield _Line(f"survival (median): {words.figure(option.survival)}", 4)
        if option.range:
            yield _Line(option.range, 4)
        yield _Line(f"severe side effects: {'; '.join(words.harms(option)) or 'not in this knowledge'}", 4)
        yield _Line(f"hair loss: {words.figure(option.hair)}", 4)
        if option.watch:
            yield _Line(f"to watch: {'; '.join(option.watch)}", 4)


def _missing(report: Report, width: int) -> Iterator[_Line]:
    """What is not known and would change the answer: the test that tells it, and what each result would do."""
    if report.next_tests:
        yield from _title("What is missing, the most helpful first", width)
    for test in report.next_tests:
        yield _Line(_marked(f"{test.label}: {test.test}. {test.text}", bool(test.unconfirmed)), 2, "- ")
        if said := finding_words.of_test(test):
            yield _Line(said, 4)
        for result in finding_words.results(test, report, finding_words.FEW):
            yield _Line(result, 4)
        for other in test.others:
            yield _Line(f"{other}.", 4)
        if test.source:
            yield _Line(f"source: {'; '.join(_place(s) for s in test.source[:_SOURCES])}", 4)


def _due(report: Report, width: int) -> Iterator[_Line]:
    """What is due, the most urgent first; who asks for it, why and where that stands."""
    if report.calendar:
        yield from _title("What is due", width)
    for line in report.calendar:
        yield _Line(f"{words.STANDING[line.status]}: {line.label}. {line.text}", 2, "- ")
        for r in {r.for_: r for r in reversed(line.reasons)}.values():  # the most urgent of each; the page has all
            places = "; ".join(_place(s) for s in r.source[:1])
            yield _Line(_marked(f"{r.for_}: {r.when} ({r.why}). {places}", bool(r.unconfirmed)), 4)


def _watch(report: Report, width: int) -> Iterator[_Line]:
    items = (
        _marked(
            f"{m.drug}: {m.test}, {m.when} ({m.why}). {m.source.title}, {m.source.where}",
            bool(m.unconfirmed or m.source.unconfirmed),
        )
        for m in report.monitoring
    )
    yield from _list("What to watch", items, width)


def _dosing(report: Report, width: int) -> Iterator[_Line]:
    """Doses, and what to do by grade for the drugs that run; the page has it for those that could start, too."""
    if not report.dosing:
        return
    yield from _title("Doses, and what the label says when side effects come", width)
    for drug in report.dosing:
        doubt = drug.source is not None and drug.source.unconfirmed is not None
        yield _Line(_marked(f"{drug.drug}: {words.doses(drug)}", doubt), 2, "- ")
        if drug.phase == "before":
            continue
        for effect, rules in words.by_effect(drug):
            yield _Line(f"{effect}: " + " ".join(_marked(words.dose_rule(r), words.doubted(r)) for r in rules), 4)
        sources = dict.fromkeys(r.source.title for r in drug.rules)
        if sources:
            yield _Line(f"source: {'; '.join(sources)}", 4)


def _record(report: Report, width: int) -> Iterator[_Line]:
    yield from _list("What was assumed", (a.text for a in report.assumptions), width)
    if report.assumptions:
        yield _Line("Is one of these wrong? Write it in the record; --strict assumes nothing.", 2)
    problems = (f"{p.severity}: {p.what}. {p.todo} [{p.source}]" for p in report.problems)
    yield from _list("Problems in the record", problems, width)
