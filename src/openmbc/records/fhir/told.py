"""What the person says: questionnaires, the check-in among them, and scores of instruments.

An item of the check-in is known by its linkId (``checkin/fatigue``; in a response to the questionnaire
``urn:openmbc:checkin`` also ``fatigue``), or as an observation with a code of that system. The total of an instrument
is known by its LOINC code, as an observation or as a linkId. Answers to other questionnaires are kept, and nothing
looks at them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from openmbc.records import checkin
from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import by_code, of_code
from openmbc.records.fhir.observations import day_of
from openmbc.records.fhir.problems import DOUBT, NO_VALUE, NOT_UNDERSTOOD, Message, name_of, withdrawn
from openmbc.records.fhir.resources import Answer, Item, Observation, QuestionnaireResponse

Given = tuple[float | None, str | None]  # value and text of an answer
Head = tuple[str, str, str | None, str | None]  # of a row of ``answers``: person, source, day and its precision
Rest = tuple[str | None, str, float | None, str | None]  # instrument, item, value and text
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_SCORE = ("score",)
_LOINC = "http://loinc.org"
_OURS = f"{checkin.INSTRUMENT}/"
_KEPT = Message("note", "1 answer to the questionnaire {of} is kept and not used",
                "{n} answers to the questionnaire {of} are kept and not used",
                "openmbc knows its own check-in and the totals of PHQ-9 and GAD-7.")  # fmt: skip


class Heard(NamedTuple):
    """What an answer says, as the rest of its row, and what is wrong with it."""

    rest: Rest | None
    wrong: tuple[Message, str] | None = None


def questionnaire(chart: Chart, resource: QuestionnaireResponse, source: str) -> None:
    """One row of ``answers`` per answer."""
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn("questionnaire"), resource.status or "", source)
        return
    head = (chart.person, source, *chart.day(resource.authored, source))
    if not _items(chart, resource.questionnaire, resource.item, head):
        chart.say(DOUBT, "a questionnaire holds no answer", source)


def _items(chart: Chart, questionnaire: str | None, items: tuple[Item, ...], head: Head) -> bool:
    """Add the answers; false where there is none."""
    given = False
    for item in items:
        for answer in item.answer:
            hear = _heard_before if answer.valueString is None else _heard  # what people write themselves is not kept
            heard = hear(questionnaire, item.linkId, answer)
            if heard is not None:
                given = True
                _add(chart, head, heard)
            if answer.item:
                given = _items(chart, questionnaire, answer.item, head) or given
        if item.item:
            given = _items(chart, questionnaire, item.item, head) or given
    return given


def _heard(questionnaire: str | None, link: str, answer: Answer) -> Heard | None:
    """What an answer says; None where it is empty."""
    value, text = _answer(answer)
    if value is None and text is None:
        return None
    ours = questionnaire is not None and questionnaire.partition("|")[0] == checkin.SYSTEM
    if ours or link.startswith(_OURS):
        return _checked(link, answer, (value, text))
    term = of_code(_LOINC, link.rpartition("/")[2])
    if term is not None and term.kind == "score" and value is not None:
        return Heard((term.concept, "total", value, text))
    return Heard((questionnaire, link, value, text), (_KEPT, questionnaire or "without a name"))


_heard_before = lru_cache(maxsize=1 << 12)(_heard)  # most answers were given before


def _checked(name: str, answer: Answer, given: Given) -> Heard:
    """An answer of the check-in; what is not understood is kept as text and is a problem."""
    item, text = checkin.item_of(name), given[1]
    if item is None:
        wrong = f"'{name}' is not asked in the check-in. {checkin.nearest(name)}"
        return Heard((checkin.INSTRUMENT, name, None, text), (NOT_UNDERSTOOD, wrong))
    if item not in checkin.ITEMS:
        return Heard((checkin.INSTRUMENT, item, None, text))
    said, unit = _said(answer, given, item)
    found = checkin.read(item, f"{said:g}" if isinstance(said, float) else said, unit)
    if found.wrong is not None:
        return Heard((checkin.INSTRUMENT, item, found.value, text), (NOT_UNDERSTOOD, found.wrong[0]))
    return Heard(None if found.value is None else (checkin.INSTRUMENT, item, found.value, text))


def _said(answer: Answer, given: Given, item: str) -> tuple[object, str | None]:
    """What was answered, and its unit. A code counts where it is an answer by itself (2, Y), else its words."""
    if answer.valueBoolean is not None:
        return answer.valueBoolean, None
    if (quantity := answer.valueQuantity) is not None:
        return quantity.value, quantity.code or quantity.unit
    if (coded := answer.valueCoding) is not None:
        by_itself = checkin.read(item, coded.code).value is not None
        return coded.code if by_itself else coded.display or coded.code, None
    value, text = given
    return text if value is None else value, None


def observation(chart: Chart, resource: Observation, source: str) -> bool:
    """A score of an instrument, or an item of the check-in by its code; false where it is neither."""
    term = by_code(resource.code, _SCORE)
    codes = resource.code.coding if resource.code is not None else ()
    item = next((coding.code for coding in codes if coding.system == checkin.SYSTEM and coding.code), None)
    if term is None and item is None:
        return False
    if resource.status in _WITHDRAWN:
        chart.say(withdrawn("observation"), resource.status or "", source)
        return True
    head, coded = (chart.person, source, *day_of(chart, resource, source)), resource.valueCodeableConcept
    answer = Answer(
        valueBoolean=resource.valueBoolean,
        valueInteger=resource.valueInteger,
        valueString=resource.valueString or (coded.text if coded is not None and not coded.coding else None),
        valueCoding=coded.coding[0] if coded is not None and coded.coding else None,
        valueQuantity=resource.valueQuantity,
    )
    value, text = _answer(answer)
    if value is None and text is None:
        chart.say(NO_VALUE, name_of(resource.code), source)
    elif term is None:
        _add(chart, head, _checked(item or "", answer, (value, text)))
    elif value is None:
        chart.say(NOT_UNDERSTOOD, f"{name_of(resource.code)}: '{text}' is not a number", source)
    else:
        _add(chart, head, Heard((term.concept, "total", value, None)))
    return True


def _add(chart: Chart, head: Head, heard: Heard) -> None:
    """A row of ``answers``, and what is wrong with it."""
    rest, wrong = heard
    if rest is not None:
        chart.tables["answers"].append(head + rest)
    if wrong is not None:
        chart.say(*wrong, head[1])


def _answer(answer: Answer) -> Given:
    """Value and text of an answer, whichever of them it has."""
    if answer.valueBoolean is not None:
        return float(answer.valueBoolean), "yes" if answer.valueBoolean else "no"
    if answer.valueQuantity is not None:
        return answer.valueQuantity.value, answer.valueQuantity.unit or answer.valueQuantity.code
    if answer.valueCoding is not None:
        return None, answer.valueCoding.display or answer.valueCoding.code
    number = answer.valueDecimal if answer.valueDecimal is not None else answer.valueInteger
    return None if number is None else float(number), answer.valueString or answer.valueDate or answer.valueDateTime
