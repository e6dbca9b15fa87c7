"""Every broken file is one clear line; a sequencing file is no record; the command line."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openmbc.cli import app
from openmbc.errors import OpenmbcError, RecordError, UsageError
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.records.sequencing import Asked, read_sequencing
from openmbc.records.sequencing.panels import find_panel, read_panel
from openmbc.records.sequencing.places import known_genes, transcripts
from openmbc.terms.tables import rows
from openmbc.variants.sequences import protein_of

HEAD = "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
GOOD = (HEAD + "3\t179234297\t.\tA\tG\t.\tPASS\t.\n").encode()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<ResultsReport>&b;</ResultsReport>"""
LATIN = b"Hugo_Symbol\tHGVSp_Short\tTumor_Sample_Barcode\nPIK3CA\tp.H1047R\tM\xfcller\n"

BROKEN = [
    (b"", "the file is empty"),
    (b"\x00\x01\x02", "this is binary data"),
    (b"BCF\x02\x02", "this is BCF"),
    (b"%PDF-1.7", "this is a PDF"),
    (b"PK\x03\x04", "ZIP archive or an Excel file"),
    (gzip.compress(GOOD)[:-12], "the gzip file ends too early"),
    (gzip.compress(GOOD * 50)[:30] + b"\xff" * 40, "the gzip file is damaged"),
    (gzip.compress(b""), "the file is empty"),
    (HEAD.replace("#CHROM", "CHROM").encode(), "the VCF file has no line of column names"),
    (HEAD.replace("\tFILTER", "").encode(), "line 3: the VCF file has no line of column names"),
    (b"#CHROM\tPOS\n", "the VCF file has no header"),
    (HEAD.replace("GRCh38", "GRCh38 M\xfcller").encode("latin-1"), "line 2: the file is not UTF-8 text"),
    ((HEAD + "contig_1\t5\t.\tA\tG\t.\tPASS\t.\n").encode(), "no chromosome of the file is known: contig_1"),
    (BOMB, "declares a document type"),
    (b"<ResultsReport><a></ResultsReport>", "line 1: the XML is broken"),
    (b"<ResultsReport/>", "holds no variant-report"),
    (b"<CarisReport/>", "this is a Caris report"),
    (b"<other/>", "no sequencing report that is known"),
    (b'{"resourceType": "Bundle"}', "this is FHIR"),
    (b'{"a": 1}', "this JSON is no sequencing report"),
    (b'{"metadata": {"schemaVersion": "1.4"}}', "no Tempus report of version 3.3 or later (it says 1.4)"),
    (b'{"genomicVariants": ', "line 1: the JSON is broken"),
    (LATIN, "line 2: the file is not UTF-8 text"),
    (b"a,b\n1,2\n", "there is no column 'gene'"),
    (b"gene,change\n", "the table holds no row"),
]


@pytest.mark.parametrize(("data", "what"), BROKEN, ids=[what for _, what in BROKEN])
def test_broken_files(files: Any, data: bytes, what: str) -> None:
    with pytest.raises(RecordError) as error:
        files.read("a.dat", data)
    assert what in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.todo


def test_other_contigs_before_the_chromosomes(files: Any) -> None:
    facts = files.read("a.vcf", HEAD + "GL000192.1\t5\t.\tA\tG\t.\tPASS\t.\nchr21\t5\t.\tA\tG\t.\tPASS\t.\n")
    assert "2 records, read in the genes that are known here" in files.said(facts, "note")


@pytest.mark.parametrize("path", ["missing.vcf", "."])
def test_files_that_are_not_there(files: Any, path: str) -> None:
    with pytest.raises(RecordError):
        read_sequencing(files.folder / path, Asked("anna"))


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.vcf", GOOD, "a VCF file"),
        ("a.maf", b"#version 2.4\nHugo_Symbol\tHGVSp_Short\n", "a MAF file"),
        ("a.xml", b'<ResultsReport xmlns="http://foundationmedicine.com/reporting"/>', "a FoundationOne report"),
        ("a.json", json.dumps({"genomicVariants": {}}).encode(), "a Tempus report"),
    ],
)  # fmt: skip
def test_a_sequencing_file_is_no_record(files: Any, name: str, data: bytes, kind: str) -> None:
    with pytest.raises(OpenmbcError, match=rf"this is {kind}: sequencing, not a record.*--sequencing"):
        read(files.write(name, data))


def test_panels_by_name_and_by_file(files: Any, tmp_path: Path) -> None:
    impact = find_panel("msk-impact")
    assert impact is not None
    assert impact is not find_panel("MSK-IMPACT 505")
    assert find_panel("Guardant360 CDx") is not find_panel("Guardant360®")
    with pytest.raises(UsageError, match=r"no test that is known, and no file.*FoundationOne CDx"):
        read_panel("my panel")
    with pytest.raises(UsageError, match=r"line 2: 'maybe' is not understood"):
        read_panel(str(files.write("genes.txt", "ESR1\nPTEN maybe\n")))
    with pytest.raises(UsageError, match="holds no gene"):
        read_panel(str(files.write("genes.txt", "# none\n")))


def test_the_tables_speak_of_known_genes() -> None:
    here = Path(read_panel.__code__.co_filename).parent
    named = {gene for row in rows("panels", here) for gene in row["genes"].split()}
    named |= {row["gene"] for table in ("needs", "hotspots") for row in rows(table, here)}
    assert named <= known_genes()
    assert transcripts().keys() == known_genes()  # a gene without a place would never be found in a VCF
    assert all(row["source"] for row in rows("panels", here))
    assert all(not row["genes"] or "unconfirmed" not in row["source"] for row in rows("panels", here))


def test_known_places_are_counted_by_our_proteins() -> None:
    """FGFR1 N546K was N577K by a longer form: then no table knows the change."""
    named = {(row["gene"], row["change"]) for row in rows("hotspots", Path(read_panel.__code__.co_filename).parent)}
    assert ("FGFR1", "N546K") in named
    for gene, change in named:
        protein = protein_of(gene)
        if protein is not None:
            assert protein.at(int(re.sub(r"\D", "", change))) in {change[0], None}, (gene, change)


ANNA = str(DEMO / "anna.yaml")
AS_OF = ["--as-of", "2026-11-15"]


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    if isinstance(done.exception, OpenmbcError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.stdout


def test_a_report_with_sequencing_beside_the_record(files: Any) -> None:
    one = str(files.write("a.vcf", HEAD + "6\t152098791\t.\tA\tG\t.\tPASS\t.\n"))
    two = str(files.write("b.vcf", HEAD))
    beside = ["--sequencing", one, "--sequencing", two, "--specimen", "plasma"]
    days = ["--sequenced-on", "2026-10-20", "--sequenced-on", "2026-11-02"]
    code, text = _run("report", ANNA, *AS_OF, "--json", *beside, *days)
    assert code in (0, 3)
    assert json.loads(text)["state"]["esr1"]["value"] == "altered"


@pytest.mark.parametrize("command", [["report"], ["replay"], ["calendar", "--output", "x.ics"]])
@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--panel", "MSK-IMPACT"], "there is no sequencing file"),
        (
            ["--sequencing", "F", "--sequencing", "F", "--sequencing", "F", "--sample", "a", "--sample", "b"],
            "2 values for 3",
        ),
        (["--sequencing", "F", "--sequenced-on", "May"], "--sequenced-on: 'May' is not a date"),
        (["--sequencing", "missing.vcf"], "there is no such file"),
    ],
)
def test_options_that_make_no_sense(files: Any, command: list[str], options: list[str], what: str) -> None:
    path = str(files.write("a.vcf", GOOD))
    code, text = _run(
        command[0], ANNA, *command[1:], *AS_OF, *(path if option == "F" else option for option in options)
    )
    assert code == 2
    assert what in text
