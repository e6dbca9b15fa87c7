"""Observations: receptors, tumour markers, laboratory values, performance status, stage, response, and statements."""

from __future__ import annotations

from openmbc.records.fhir import answers, lesions, pharmacogenes
from openmbc.records.fhir.answers import MARKERS, NUMBER_OF, SCALES, STAGES, settle
from openmbc.records.fhir.assays import of_method
from openmbc.records.fhir.chart import BLOOD, Chart, site_of
from openmbc.records.fhir.concepts import by_code, done, of_text, understand
from openmbc.records.fhir.conditions import comorbidities, is_other_disease, statement
from openmbc.records.fhir.dates import Day, start_of
from openmbc.records.fhir.measures import Frame, measure
from openmbc.records.fhir.problems import (
    NO_VALUE,
    NOT_UNDERSTOOD,
    NOT_USED,
    ignored,
    name_of,
    shorten,
    text_of,
    unknown,
    withdrawn,
)
from openmbc.records.fhir.resources import (
    CodeableConcept,
    Component,
    Observation,
    Quantity,
    Range,
    Ratio,
    Reference,
)
from openmbc.records.fhir.side_effects import graded
from openmbc.terms import Term

Part = Observation | Component

_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_KINDS = ("observation", "condition", "metastasis", "ignore")
_OF_THE_DISEASE = frozenset({*STAGES, "response", "tumour_size"})
_COMORBIDITIES = "398192003"  # mCODE: the extensions say which illnesses are present and which absent
_OF_THE_SAMPLE = frozenset({"tmb", "msi", "hrd", "tumour_fraction"})  # the test is kept: tests differ
_PART_KINDS = ("observation", "ignore")


def observation(chart: Chart, resource: Observation, source: str) -> None:
    """Rows of ``observations`` or ``conditions``, or a line in the problems."""
    code = resource.code.coding[0].code if resource.code is not None and resource.code.coding else None
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn("observation"), resource.status or "", source)
    elif code == _COMORBIDITIES:
        comorbidities(chart, resource, source, day_of(chart, resource, source))
    else:
        _by_code(chart, resource, source)


def _by_code(chart: Chart, resource: Observation, source: str) -> None:
    """Read what the code asks for. What has no known code, or is not needed, may still have parts that are."""
    term, by = understand(resource.code, _KINDS)
    if term is None and graded(chart, resource, source, day_of(chart, resource, source)):
        return
    if term is None and (test := done(resource.code)) is not None:
        _done(chart, resource, *test, source)
    elif term is None or term.kind == "ignore":
        if not (resource.component and _components(chart, resource, source, None)):
            message = unknown("observation") if term is None else ignored("observation")
            chart.say(message, name_of(resource.code), source)
    elif term.kind != "observation":
        statement(chart, resource, term, by, source, day_of(chart, resource, source))
    elif not (resource.focus and _of_another_disease(chart, resource, term.concept, source)):
        _test(chart, resource, term, by, source)


def _test(chart: Chart, resource: Observation, term: Term, by: str, source: str) -> None:
    """The answer to a test, and those of its parts."""
    concept = term.concept
    site = _site(chart, resource, concept, source)
    method = term.detail
    if concept in _OF_THE_SAMPLE:
        method = method or of_method(resource.method, None) or chart.assays.get(source)
    frame = Frame(source, day_of(chart, resource, source), concept, site, method, by)
    read = _value(chart, resource, frame)
    if resource.component:
        read = _components(chart, resource, source, frame) or read
    if concept == lesions.CONCEPT:
        lesions.lesion(chart, resource, frame.day, source)
    if not read and not resource.hasMember:
        chart.say(NO_VALUE, name_of(resource.code), source)


def _done(chart: Chart, resource: Observation, term: Term, by: str, source: str) -> None:
    """A test of which only the day counts; one that is announced was not done yet."""
    if resource.status == "registered":
        chart.say(ignored("observation"), name_of(resource.code), source)
    else:
        day = day_of(chart, resource, source)
        chart.observe(source, day, "test", code=term.concept, text=text_of(resource.code), by=by)


def about(chart: Chart, focus: tuple[Reference, ...], source: str) -> str | None:
    """The other disease that an observation is about; None when it is about the breast cancer, or does not say."""
    for one in focus:
        name = one.reference
        if not name:
            continue
        known = source + name if name[0] == "#" else name  # what is contained has its name within one resource alone
        if known not in chart.other_diseases:
            found = chart.find(one, source)
            chart.other_diseases[known] = is_other_disease(found) if found is not None else None
        if (other := chart.other_diseases[known]) is not None:
            return other
    return None


def day_of(chart: Chart, resource: Observation, source: str) -> Day:
    """When it was true: the effective time, else the time of issue."""
    text = (
        resource.effectiveDateTime or start_of(resource.effectivePeriod) or resource.effectiveInstant or resource.issued
    )
    return chart.day(text, source)


def _site(chart: Chart, resource: Observation, concept: str, source: str) -> str | None:
    """Where the specimen came from. Blood is a site (plasma) only where a tumour test was done on it."""
    site = chart.site_of_specimen(resource.specimen, source)
    if concept not in MARKERS:
        return None
    if site is None and resource.bodySite is not None:
        site = site_of(resource.bodySite)
    return "plasma" if site == BLOOD else site


def _of_another_disease(chart: Chart, resource: Observation, concept: str, source: str) -> bool:
    other = about(chart, resource.focus, source) if concept in _OF_THE_DISEASE else None
    if other is None:
        return False
    what = f"this {concept.replace('_', ' ')} belongs to another disease ({other}); it is not used"
    chart.say(NOT_USED, what, source)
    return True


def _components(chart: Chart, resource: Observation, source: str, parent: Frame | None) -> bool:
    """Read each component as an observation of its own; true when one was understood."""
    read = False
    for part in resource.component:
        term, by = understand(part.code, _PART_KINDS)
        if term is None and (test := done(part.code)) is not None:
            day = parent.day if parent is not None else day_of(chart, resource, source)
            chart.observe(source, day, "test", code=test[0].concept, text=text_of(part.code), by=test[1])
            read = True
        elif term is None:
            chart.say(unknown("component"), name_of(part.code), source)
        elif term.kind == "ignore":
            read = True
        else:
            day = parent.day if parent is not None else day_of(chart, resource, source)
            site = _site(chart, resource, term.concept, source)
            read = _value(chart, part, Frame(source, day, term.concept, site, term.detail, by)) or read
    return read


def _value(chart: Chart, part: Part, frame: Frame) -> bool:
    """Read whichever value is given; false when there is none."""
    if frame.concept in pharmacogenes.METABOLISM_OF:
        if _genotype(chart, part, frame):
            return True
        frame = frame._replace(concept=pharmacogenes.METABOLISM_OF[frame.concept])
    if (quantity := part.valueQuantity) is not None and quantity.value is not None:
        _number(chart, part, frame, quantity)
    elif part.valueCodeableConcept is not None:
        _coded(chart, frame, part.valueCodeableConcept)
    elif part.valueInteger is not None:
        _number(chart, part, frame, Quantity(float(part.valueInteger)))
    elif part.valueString is not None:
        _written(chart, frame, part.valueString)
    elif part.valueBoolean is not None:
        _boolean(chart, frame, part.valueBoolean)
    elif (quantity := _of_range(part.valueRange) or _of_ratio(part.valueRatio)) is not None:
        _number(chart, part, frame, quantity)
    else:
        return _interpretation(chart, part, frame)
    return True


def _genotype(chart: Chart, part: Part, frame: Frame) -> bool:
    """The two alleles of a pharmacogene as they are written; false where the answer is a class of metabolism."""
    text = pharmacogenes.alleles_in(part.valueCodeableConcept, part.valueString, frame.concept)
    if text is None:
        return False
    chart.observe(frame.source, frame.day, frame.concept, code=text, text=text, by=frame.by)
    return True


def _boolean(chart: Chart, frame: Frame, value: bool) -> None:
    text = "true" if value else "false"
    if not _word(chart, frame, "value", "yes" if value else "no", text, frame.by):
        _not_understood(chart, frame, text)


def _of_range(given: Range | None) -> Quantity | None:
    """``60 to 70 %`` is at least 60 %."""
    low = given.low if given is not None else None
    return Quantity(low.value, ">=", low.unit, low.code) if low is not None else None


def _of_ratio(given: Ratio | None) -> Quantity | None:
    over, under = (given.numerator, given.denominator) if given is not None else (None, None)
    if over is None or under is None or over.value is None or not under.value:
        return None
    return Quantity(over.value / under.value)


def _number(chart: Chart, part: Part, frame: Frame, quantity: Quantity) -> None:
    concept = frame.concept
    if concept in NUMBER_OF:
        frame = frame._replace(concept=NUMBER_OF[concept])
    elif concept in ("her2", "her2_ihc") and quantity.value in (0, 1, 2, 3):
        score = f"{int(quantity.value)}+" if quantity.value else "0"
        _word(chart, frame, "value", score, score, frame.by)
        return
    elif _is_word_test(concept) and frame.concept not in NUMBER_OF.values():
        _not_understood(chart, frame, f"{quantity.value:g}")
        return
    measure(chart, frame, quantity, part.referenceRange)
    if part.interpretation and concept in MARKERS:
        _interpretation(chart, part, frame)


def _interpretation(chart: Chart, part: Part, frame: Frame) -> bool:
    """A result that is given only, or also, as its interpretation (positive, negative)."""
    for concept in part.interpretation:
        term = by_code(concept, ("value",))
        if term is not None and settle(frame.concept, term.kind, term.concept) is not None:
            _word(chart, frame, term.kind, term.concept, text_of(concept), frame.by)
            return True
    return False


def _coded(chart: Chart, frame: Frame, value: CodeableConcept) -> None:
    text = text_of(value)
    term = by_code(value, answers.kinds_of(frame.concept))
    if term is not None:
        if frame.concept in SCALES:
            _scale(chart, frame, term.concept, text)
            return
        if term.concept == "unknown":
            chart.say(NO_VALUE, frame.concept.replace("_", " "), frame.source)
            return
        if settle(frame.concept, term.kind, term.concept) is not None:
            method = term.detail or frame.method
            _word(chart, frame._replace(method=method), term.kind, term.concept, text, frame.by)
            return
    if text:
        _written(chart, frame, text)
    else:
        chart.say(NO_VALUE, "an empty code as value", frame.source)


def _scale(chart: Chart, frame: Frame, word: str, text: str | None) -> None:
    """A coded answer of a scale: ECOG 1 is the number 1."""
    digits = word.rsplit("_", 1)[-1]
    if digits.isdigit():
        measure(chart, frame, Quantity(float(digits)))
    else:
        _not_understood(chart, frame, text or word)


def _written(chart: Chart, frame: Frame, text: str) -> None:
    """A value given as text: a number with unit, a score, a percentage, or words."""
    concept, read = frame.concept, False
    frame = frame._replace(by="text")
    if concept in ("her2", "her2_ihc") and (score := answers.score_in(text)) is not None:
        read = _word(chart, frame, "value", score, text, "text")
    elif (
        concept in ("er", "pr", "er_percent", "pr_percent", "ki67") and (share := answers.percent_in(text)) is not None
    ):
        percent = NUMBER_OF.get(concept, concept)
        measure(chart, frame._replace(concept=percent), Quantity(share.value, share.comparator, "%", "%"))
        read = True
    elif (number := answers.number_in(text)) is not None and not _is_word_test(concept):
        measure(chart, frame, Quantity(number.value, number.comparator, number.unit))
        return
    term = of_text(text, answers.kinds_of(concept))
    if term is not None:
        if concept in SCALES:
            _scale(chart, frame, term.concept, text)
            return
        if not (read and term.concept in answers.SCORES):  # the score was said already
            method = term.detail or frame.method
            read = _word(chart, frame._replace(method=method), term.kind, term.concept, text, "text") or read
    if not read:
        _not_understood(chart, frame, text)


def _is_word_test(concept: str) -> bool:
    return answers.is_coded(concept) and concept not in ("er_percent", "pr_percent", "her2_ratio", "her2_copies", "hrd")


def _word(chart: Chart, frame: Frame, kind: str, word: str, text: str | None, by: str) -> bool:
    """One coded observation; false when the word says nothing as an answer to this test."""
    answer = settle(frame.concept, kind, word)
    if answer is None:
        return False
    chart.observe(
        frame.source, frame.day, answer[0], code=answer[1], site=frame.site, method=frame.method, text=text, by=by
    )
    return True


def _not_understood(chart: Chart, frame: Frame, text: str) -> None:
    """The answer is kept as text, and listed."""
    chart.say(NOT_UNDERSTOOD, f"{frame.concept.replace('_', ' ')} '{shorten(text)}' is not understood", frame.source)
    chart.observe(frame.source, frame.day, frame.concept, site=frame.site, method=frame.method, text=text, by=frame.by)
