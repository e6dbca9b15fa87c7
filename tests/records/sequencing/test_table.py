"""Findings in a plain table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from openmbc.errors import RecordError


def test_findings_and_results_of_the_sample(files: Any) -> None:
    text = (
        "gene,change,vaf,specimen,date,assay,result,depth,lod,significance,origin,tumour_fraction,tmb,msi,hrd,pten_ihc\n"
        "ESR1,Y537S,4.2%,plasma,2026-05-04,Guardant360,,5000,0.25%,,somatic,12%,,,,\n"
        "PIK3CA,,,plasma,2026-05-04,Guardant360,not detected,,,,,,,,,\n"
        "BRCA2,c.5946delT,,germline,2026-05-01,,,,,pathogenic,,,,,,\n"
        ",,,liver,2026-03-01,MyChoice,,,,,,,11.2,MSI-H,52,lost\n"
    )
    facts = files.read("a.csv", text)
    rows = files.found(facts, "result", "vaf", "specimen", "date", "depth", "lod", "origin", "significance")
    assert rows == [
        ("ESR1", "Y537S", "present", 0.042, "plasma", dt.date(2026, 5, 4), 5000, 0.0025, "somatic", None),
        ("PIK3CA", None, "absent", None, "plasma", dt.date(2026, 5, 4), None, None, None, None),
        ("BRCA2", "c.5946delT", "present", None, None, dt.date(2026, 5, 1), None, None, "germline", "pathogenic"),
    ]
    assert facts.observations.select("concept", "value", "code", "site", "method", "date").rows() == [
        ("tumour_fraction", 12.0, None, "plasma", "Guardant360", dt.date(2026, 5, 4)),
        ("tmb", 11.2, None, "liver", "MyChoice", dt.date(2026, 3, 1)),
        ("msi", None, "high", "liver", "MyChoice", dt.date(2026, 3, 1)),
        ("hrd", 52.0, None, "liver", "MyChoice", dt.date(2026, 3, 1)),
        ("pten_ihc", None, "lost", "liver", "ihc", dt.date(2026, 3, 1)),
    ]
    assert files.said(facts) == []
    # The panel Guardant360 tests these, and says nothing of PALB2 (not on it) or of a lost PTEN.
    assert {"AKT1", "TP53", "BRCA1"} <= files.studied(facts)
    assert not {"ESR1", "PIK3CA", "PTEN", "PALB2"} & files.studied(facts)


@pytest.mark.parametrize(
    ("row", "said", "found"),
    [
        ("PIK3AC,H1047R,,", "the gene 'PIK3AC' is not known here", [(None, "H1047R", "present", None)]),
        ("PIK3CA,H1047R,4.2,", "vaf '4.2' is no share", [("PIK3CA", "H1047R", "present", None)]),
        ("PIK3CA,H1047R,much,", "vaf 'much' is no share", [("PIK3CA", "H1047R", "present", None)]),
        ("PIK3CA,,,maybe", "result 'maybe' is not understood", []),
        (
            "PIK3CA,H1047R,,absent",
            "PIK3CA has a change and the result 'absent'",
            [("PIK3CA", "H1047R", "absent", None)],
        ),
        (",H1047R,,", "the row names no gene", []),
    ],
)
def test_what_is_not_understood_is_never_a_negative(
    files: Any, row: str, said: str, found: list[tuple[object, ...]]
) -> None:
    text = f"gene,change,vaf,result,specimen,date\n{row},tissue,2026-05-04\n"
    panel = files.write("genes.txt", "PIK3CA\n")
    facts = files.read("a.csv", text, panel=str(panel))
    assert said in files.said(facts)
    assert files.found(facts, "result", "vaf") == found
    assert ("PIK3CA" in files.studied(facts)) == (row[0] == "," or "PIK3AC" in row)


@pytest.mark.parametrize(("copies", "change"), [("0", "deep deletion"), ("9", "copy number 9")])
def test_copies_alone(files: Any, copies: str, change: str) -> None:
    facts = files.read("a.csv", f"gene,copies,date\nERBB2,{copies},2026-05-04\n")
    assert files.found(facts) == [("ERBB2", change)]
    assert bool(files.said(facts)) == (copies == "9")


def test_rows_of_other_people_are_left_out(files: Any) -> None:
    text = "person,gene,change,date\nanna,ESR1,Y537S,2026-05-04\nbea,ESR1,D538G,2026-05-04\n"
    facts = files.read("a.csv", text)
    assert files.found(facts) == [("ESR1", "Y537S")]
    assert "1 rows are of other people and not used" in files.said(facts, "note")
    with pytest.raises(RecordError, match=r"no row is of 'anna'.*bea, carla"):
        files.read("a.csv", "person,gene,date\ncarla,ESR1,2026-05-04\nbea,ESR1,2026-05-04\n")
