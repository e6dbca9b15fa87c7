"""From a case file to facts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from openmbc.errors import InputError, RecordError
from openmbc.facts import Facts
from openmbc.records.case.decode import decode
from openmbc.records.case.diary import circumstances, diary, goals
from openmbc.records.case.disease import answers, cancer, person
from openmbc.records.case.findings import illnesses, labs, lesions, responses, tests, wishes
from openmbc.records.case.genes import genes
from openmbc.records.case.model import Case
from openmbc.records.case.receptors import receptors
from openmbc.records.case.sequencing import sequencing
from openmbc.records.case.sheet import Sheet
from openmbc.records.case.side_effects import side_effects
from openmbc.records.case.treatments import medicines, treatments
from openmbc.yamlfile import load


def read_case(path: Path) -> Facts:
    """The facts of one person from a case file.

    Raises `RecordError` when the file is no YAML or has a key or a shape that a case file does not
    know. A word, number or date that is not understood is listed in ``problems`` with its line.
    """
    try:
        data, lines = load(path)
    except RecordError:
        raise
    except InputError as error:
        raise RecordError(error.what, file=error.file, place=error.place, todo=error.todo) from error
    case = decode(data, lines, str(path))
    sheet = Sheet(str(case.person) if case.person is not None else path.stem, path.name, lines)
    _fill(sheet, case)
    return sheet.facts()


def _fill(sheet: Sheet, case: Case) -> None:
    visit = sheet.day(("visit",), case.visit)
    person(sheet, case)
    metastatic_on = cancer(sheet, case)
    answers(sheet, case, visit)
    receptors(sheet, case)
    genes(sheet, case)
    sequencing(sheet, case)
    treatments(sheet, case, metastatic_on)
    responses(sheet, case)
    lesions(sheet, case)
    labs(sheet, case, visit)
    tests(sheet, case, visit)
    illnesses(sheet, case)
    medicines(sheet, case)
    side_effects(sheet, case, visit)
    wishes(sheet, case, visit)
    goals(sheet, case, visit)
    diary(sheet, case, visit)
    circumstances(sheet, case, visit)


def template() -> str:
    """A commented case file to fill in."""
    return files("openmbc.records").joinpath("template.yaml").read_text(encoding="utf-8")
