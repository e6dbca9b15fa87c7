"""Sizes of single tumours (mCODE TumorSize about a Tumor) as lesions.

A size without a tumour that it is about stays an observation only: two of them could be one lesion or two.
"""

from __future__ import annotations

from openmbc.records.fhir.chart import Chart, site_of
from openmbc.records.fhir.dates import Day
from openmbc.records.fhir.resources import BodyStructure, Observation, Reference
from openmbc.terms import convert

CONCEPT = "tumour_size"
_LARGEST = "33728-7"  # of the components: Size.maximum dimension in Tumor
_NODES = ("lymph_node", "regional_lymph_node")


def tumour_of(focus: tuple[Reference, ...]) -> str | None:
    """The reference of the tumour that an observation is about; None when it is about none."""
    return next((f.reference for f in focus if f.reference and "BodyStructure/" in f.reference), None)


def lesion(chart: Chart, resource: Observation, day: Day, source: str) -> None:
    """A row of ``lesions``; its role is not said in FHIR."""
    name = tumour_of(resource.focus)
    if name is None:
        return
    found = chart.find(Reference(reference=name), source)
    site = site_of(found.location) if type(found) is BodyStructure else None
    row = (chart.person, source, *day, name.rpartition("/")[2], None, site, site in _NODES if site else None)
    chart.tables["lesions"].append((*row, _millimetres(resource), None))


def _millimetres(resource: Observation) -> float | None:
    largest = [
        part.valueQuantity
        for part in resource.component
        if part.code is not None and any(coding.code == _LARGEST for coding in part.code.coding)
    ]
    for quantity in (*largest, resource.valueQuantity):
        if quantity is not None and quantity.value is not None and not quantity.comparator:
            read = convert(CONCEPT, quantity.value, quantity.code or quantity.unit)
            return read[0] if read is not None else None
    return None
