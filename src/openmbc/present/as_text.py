"""The report for the terminal: plain text, at most ``width`` columns, no colour needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from openmbc.present import words
from openmbc.report import Option, Report


def as_text(report: Report, width: int = 80) -> str:
    """The whole report as lines of at most ``width`` characters."""
    lines: list[str] = []
    for line in _lines(report, width):
        lines += textwrap.wrap(line.text, width, initial_indent=line.lead, subsequent_indent=line.hang) or [""]
    return "\n".join(lines) + "\n"


class _Line:
    """A line to be wrapped: how it starts, and how its following lines are indented."""

    def __init__(self, text: str = "", indent: int = 0, lead: str = "") -> None:
        self.text, self.lead = text, " " * indent + lead
        self.hang = " " * (indent + len(lead))


def _lines(report: Report, width: int) -> Iterator[_Line]:
    yield from _head(report, width)
    yield from _state(report, width)
    for key, title, options in words.groups(report):
        yield from _title(title, width)
        yield from _group(key, options)
    yield from _missing(report, width)
    yield from _watch(report, width)
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


def _head(report: Report, width: int) -> Iterator[_Line]:
    who = ", ".join(
        part
        for part in (
            report.person.id,
            report.person.sex or "",
            f"{report.person.age:.0f} years" if report.person.age is not None else "",
        )
        if part
    )
    reading = ", strict reading" if report.strict else ""
    yield _Line(f"{who} - as of {report.as_of}, region {report.region.upper()}{reading}")
    yield from _title("What now", width)
    decision = report.decision
    yield _Line(f"{words.DECISIONS[decision.now].upper()}. {words.URGENCY[decision.urgency]}".strip())
    for sentence in decision.because:
        yield _Line(sentence, 2, "- ")
    if decision.missing:
        yield _Line(f"Missing: {words.labels(decision.missing)}", 2, "- ")


def _state(report: Report, width: int) -> Iterator[_Line]:
    yield from _title("Where the disease stands", width)
    for subject, seen in words.known(report).items():
        yield _Line(f"{words.SUBJECTS[subject]}: {'; '.join(s.text for s in seen)}.", 0)
    unknown = words.unknown(report)
    if unknown:
        yield _Line(f"Not known: {', '.join(unknown)}.")


def _group(key: str, options: list[Option]) -> Iterator[_Line]:
    if key == "unsuitable":
        for option in options:
            why = "; ".join(f"{r.text} ({r.seen})" for r in words.deciding(option)[:1])
            yield _Line(f"{option.name}: {why}", 2, "- ")
        return
    for number, option in enumerate(options, 1):
        yield from _option(number, option, brief=key == "needs_information")


def _option(number: int, option: Option, brief: bool) -> Iterator[_Line]:
    verdict = f" [{words.VERDICTS[option.verdict].lower()}]" if option.when == "now" else ""
    yield _Line(f"{option.name}{verdict}", 0, f"{number:2}. ")
    if words.drugs(option):
        yield _Line(f"drugs: {words.drugs(option)}; strength: {option.strength}", 4)
    if option.missing:
        yield _Line(f"needs: {words.labels(option.missing)}", 4)
    if brief:
        return
    for reason in words.deciding(option):
        yield _Line(f"against: {reason.text} ({reason.seen})", 4)
    met = [r.text + (" (assumed)" if r.assumed else "") for r in option.reasons if r.kind == "indication" and r.met]
    yield _Line(f"because: {'; '.join(met)}", 4)
    if option.check_first:
        yield _Line(f"check first: {words.labels(option.check_first)}", 4)
    for reason in option.reasons:
        if reason.kind == "caution" and reason.met is True:
            yield _Line(f"caution: {reason.text}", 4)
    for trial in option.evidence:
        for result in trial.results[:2]:
            mark = " [unconfirmed]" if result.source.unconfirmed else ""
            yield _Line(f"{trial.name} (n={trial.n}), {result.endpoint}, {result.population}: {result.text}{mark}", 4)
    for source in [s for s in option.sources if s.title not in {t.name for t in option.evidence}][:3]:
        yield _Line(f"source: {source.title}, {source.where}", 4)
    for text in option.unconfirmed:
        yield _Line(f"UNCONFIRMED: {text}", 4)


def _missing(report: Report, width: int) -> Iterator[_Line]:
    if report.next_tests:
        yield from _title("What is missing, the most helpful first", width)
    for test in report.next_tests:
        yield _Line(f"{test.label}: {test.test}. {test.text}", 2, "- ")


def _watch(report: Report, width: int) -> Iterator[_Line]:
    if report.monitoring:
        yield from _title("What to watch", width)
    for item in report.monitoring:
        mark = " [unconfirmed]" if item.unconfirmed else ""
        yield _Line(f"{item.drug}: {item.test}, {item.when} ({item.why}){mark}", 2, "- ")


def _record(report: Report, width: int) -> Iterator[_Line]:
    if report.assumptions:
        yield from _title("What was assumed", width)
    for assumption in report.assumptions:
        yield _Line(assumption.text, 2, "- ")
    if report.assumptions:
        yield _Line("Is one of these wrong? Write it in the record; --strict assumes nothing.", 2)
    if report.problems:
        yield from _title("Problems in the record", width)
    for problem in report.problems:
        yield _Line(f"{problem.severity}: {problem.what}. {problem.todo} [{problem.source}]", 2, "- ")
