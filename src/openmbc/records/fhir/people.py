"""The person: birth, sex, death."""

from __future__ import annotations

from openmbc.records.fhir.chart import Chart
from openmbc.records.fhir.concepts import extension
from openmbc.records.fhir.problems import DOUBT, REMARK
from openmbc.records.fhir.resources import Patient

_SEX = {"female": "female", "male": "male", "F": "female", "M": "male"}


def patient(chart: Chart, resource: Patient, source: str) -> None:
    """One row of ``people``. Sex is the recorded one; sex at birth stands in where that says neither."""
    birth = chart.day(resource.birthDate, source)
    death = chart.day(resource.deceasedDateTime, source)
    if resource.deceasedBoolean and death.iso is None:
        chart.say(DOUBT, "the person has died, and the date is not recorded", source)
    sex = _SEX.get(resource.gender or "")
    at_birth = extension(resource.extension, "us-core-birthsex")
    born = _SEX.get(at_birth.valueCode or "") if at_birth is not None else None
    if sex is None and born is not None:
        sex = born
        chart.say(
            REMARK, f"sex is recorded as '{resource.gender or 'nothing'}'; the sex at birth is used: {born}", source
        )
    elif sex is not None and born is not None and sex != born:
        chart.say(DOUBT, f"sex is recorded as {sex} and sex at birth as {born}; {sex} is used", source)
    chart.tables["people"].append((chart.person, source, birth.iso, birth.precision, sex, death.iso))
