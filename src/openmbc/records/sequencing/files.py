"""Opening sequencing files, plain or gzip: what they are by their first bytes, one clear line when they are broken."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, cast

from openmbc.errors import RecordError
from openmbc.records.files import cannot_open

Format = Literal["vcf", "maf", "foundation", "tempus", "table"]

_GZIP = b"\x1f\x8b"
_HEAD = 65_536
_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"BCF", "this is BCF, the binary form of VCF", "Convert it: bcftools view FILE > file.vcf."),
    (b"%PDF", "this is a PDF", "Ask the laboratory for the data file, or write the findings into a CSV file."),
    (b"PK\x03\x04", "this is a ZIP archive or an Excel file", "Unpack it, or save the sheet as CSV."),
    (b"\xff\xfe", "the file is UTF-16 text", "Save it as UTF-8."),
    (b"\xfe\xff", "the file is UTF-16 text", "Save it as UTF-8."),
    (b"@HD", "this is SAM: reads, not variants", "Give the VCF file that was made from it."),
    (b"BAM\x01", "this is BAM: reads, not variants", "Give the VCF file that was made from it."),
)


def open_bytes(path: Path) -> IO[bytes]:
    """The file as bytes, unpacked where it is gzip or bgzip. Raises `RecordError`."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")
    except OSError as error:
        raise cannot_open(path, error) from None


def chunks(file: IO[bytes], path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a file, ``size`` at a time. Raises `RecordError` when the archive is broken."""
    while True:
        try:
            data = file.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            what = "ends too early" if isinstance(error, EOFError) else "is damaged"
            raise RecordError(f"the gzip file {what}", file=str(path), todo="Copy or download it again.") from None
        except OSError as error:
            raise cannot_open(path, error) from None
        if not data:
            return
        yield data


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each line, without its end, a megabyte at a time. Raises `RecordError`."""
    number, rest = 0, b""
    with open_bytes(path) as file:
        for data in chunks(file, path, 1 << 20):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                number += 1
                yield number, decoded(line, path, number)
    if rest:
        yield number + 1, decoded(rest, path, number + 1)


def decoded(line: bytes, path: Path, number: int) -> str:
    """A line as text. Raises `RecordError` where it is not UTF-8."""
    try:
        return line.decode().rstrip("\r")
    except UnicodeDecodeError:
        raise RecordError(
            "the file is not UTF-8 text", file=str(path), place=f"line {number}", todo="Save it as UTF-8."
        ) from None


def format_of(path: Path) -> Format:
    """What a file is, by its first bytes. Raises `RecordError` for what is no sequencing file."""
    with open_bytes(path) as file:
        start = next(chunks(file, path, _HEAD), b"")
    name = str(path)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for known, what, todo in _KNOWN:
        if start.startswith(known):
            raise RecordError(what, file=name, todo=todo)
    if not text:
        raise RecordError("the file is empty", file=name, todo="Copy or download it again.")
    if text.startswith(b"##fileformat=VCF"):
        return "vcf"
    if b"\x00" in start:
        raise RecordError("this is binary data", file=name, todo="Give a VCF, MAF, XML, JSON or CSV file.")
    if text.startswith(b"#CHROM"):
        raise RecordError(
            "the VCF file has no header", file=name, todo="Its first line must be '##fileformat=VCFv4.2'."
        )
    if text.startswith(b"<"):
        return _of_xml(text, name)
    if text.startswith((b"{", b"[")):
        return _of_json(text, name)
    header = next((line for line in text.split(b"\n") if line.strip() and not line.startswith(b"#")), b"")
    return "maf" if b"Hugo_Symbol" in header else "table"


def _of_xml(text: bytes, name: str) -> Format:
    if b"ResultsReport" in text or b"foundationmedicine" in text or b"variant-report" in text:
        return "foundation"
    if b"caris" in text.lower():
        todo = "Write the findings into a CSV file (docs/sequencing.md)."
        raise RecordError("this is a Caris report, which is not read yet", file=name, todo=todo)
    todo = "FoundationOne reports are read; write others into a CSV file (docs/sequencing.md)."
    raise RecordError("this XML is no sequencing report that is known", file=name, todo=todo)


def _of_json(text: bytes, name: str) -> Format:
    if b'"resourceType"' in text:
        todo = "Give it as the record: openmbc report FILE."
        raise RecordError("this is FHIR, not a sequencing file", file=name, todo=todo)
    if b"tempus" in text.lower() or b'"genomicVariants"' in text or b'"schemaVersion"' in text:
        return "tempus"
    todo = "Tempus reports are read; write others into a CSV file (docs/sequencing.md)."
    raise RecordError("this JSON is no sequencing report that is known", file=name, todo=todo)
