"""A release of CIViC: the table of accepted evidence (TSV), row by row checked, breast cancer kept."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator

import msgspec

from openmbc.errors import RecordError

# Columns of AcceptedClinicalEvidenceSummaries.tsv (civicdb.org) that are read.
COLUMNS = (
    "molecular_profile", "disease", "therapies", "therapy_interaction_type", "evidence_type", "evidence_direction",
    "evidence_level", "significance", "evidence_statement", "citation_id", "source_type", "citation", "rating",
    "evidence_status", "evidence_id", "last_review_date", "evidence_civic_url", "is_flagged",
)  # fmt: skip
_LEVELS = "ABCDE"
_DIRECTIONS = ("Supports", "Does Not Support", "N/A")
_URL = re.compile(r"https://civicdb\.org/[\w/]+")
# Evidence for every cancer counts for this one too.
_EVERY_CANCER = ("Cancer", "Solid Tumor", "Malignant Solid Tumor")
_LISTED = 20
_TODO = "Take AcceptedClinicalEvidenceSummaries.tsv from civicdb.org/releases."


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One evidence item, in CIViC's own words.

    ``level``: A validated, B clinical, C case study, D preclinical, E inferential. ``direction``: whether the evidence
    supports what ``significance`` says. ``therapies`` belong together as ``together`` says (Combination, Substitutes,
    Sequential). ``flagged``: an editor of CIViC asks for a second look.
    """

    id: int
    profile: str
    disease: str
    therapies: list[str]
    together: str | None
    type: str
    direction: str
    level: str
    significance: str
    statement: str
    citation: str
    rating: int | None
    reviewed: dt.date | None
    url: str
    flagged: bool


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence on breast cancer of one download.

    ``origin``: where it came from; ``fetched``: when; ``newest``: the last day on which CIViC reviewed an item of it;
    ``rows``: all rows of the file, also those of other diseases; ``hash`` of the file.
    """

    origin: str
    fetched: dt.date
    newest: dt.date
    rows: int
    hash: str
    items: list[Item]


def read_release(data: bytes, origin: str, fetched: dt.date) -> tuple[Release, list[str]]:
    """A release from the bytes of its table, and what is wrong with single rows (these are left out).

    Raises `RecordError` when the file as a whole is not such a table, is cut off, or holds nothing on breast cancer.
    """
    table = csv.reader(io.StringIO(_text(data, origin), newline=""), delimiter="\t")
    try:
        lines = list(table)
    except csv.Error as error:
        raise RecordError(f"not a table ({error})", file=origin, place=f"line {table.line_num}", todo=_TODO) from None
    header = lines[0] if lines else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        what = (
            f"the column{'s' * (len(missing) > 1)} {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
        )
        raise RecordError(what, file=origin, place="line 1", todo=_TODO)
    if len(lines) > 1 and len(lines[-1]) != len(header):
        raise RecordError("the last line is cut off", file=origin, place=f"line {len(lines)}", todo="Load it again.")
    problems: list[str] = []
    items = list(_items(lines, problems))
    if not items:
        raise RecordError("holds no evidence on breast cancer", file=origin, todo=_TODO)
    newest = max((item.reviewed for item in items if item.reviewed), default=fetched)
    made = Release(
        origin=origin,
        fetched=fetched,
        newest=newest,
        rows=len(lines) - 1,
        hash=hashlib.sha256(data).hexdigest()[:12],
        items=sorted(items, key=lambda item: item.id),
    )
    more = len(problems) - _LISTED
    return made, [*problems[:_LISTED], *([f"and {more} more such lines"] if more > 0 else [])]


def _text(data: bytes, origin: str) -> str:
    start = data[:200].lstrip().lower()
    if not start:
        raise RecordError("the file is empty", file=origin, todo=_TODO)
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise RecordError("this is a web page, not the table", file=origin, todo=_TODO)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError("the file is not UTF-8 text", file=origin, place=f"line {line}", todo=_TODO) from None


def _items(lines: list[list[str]], problems: list[str]) -> Iterator[Item]:
    """The accepted items on breast cancer, and on every cancer."""
    header, seen = lines[0], set[int]()
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            problems.append(f"line {number}: {len(line)} cells where the header has {len(header)}; it is left out")
            continue
        row = dict(zip(header, line, strict=True))
        if row["evidence_status"] != "accepted" or not _matters(row["disease"]):
            continue
        wrong = _wrong(row, seen)
        if wrong is not None:
            problems.append(f"line {number}: {wrong}; it is left out")
            continue
        item = _item(row)
        seen.add(item.id)
        yield item


def _matters(disease: str) -> bool:
    return "breast" in disease.lower() or disease in _EVERY_CANCER


def _wrong(row: dict[str, str], seen: set[int]) -> str | None:
    """Why a row cannot be used: the first thing that is wrong with it."""
    number, level, direction = row["evidence_id"], row["evidence_level"], row["evidence_direction"]
    checks = (
        (number.isdigit(), f"the evidence id is '{number}'"),
        (not number.isdigit() or int(number) not in seen, f"evidence id {number} stands twice"),
        (level != "" and level in _LEVELS, f"the level of evidence is '{level}'"),
        (direction in _DIRECTIONS, f"the direction of the evidence is '{direction}'"),
        (row["molecular_profile"].strip() and row["evidence_statement"].strip(), "profile or statement is empty"),
        (_URL.fullmatch(row["evidence_civic_url"]), f"'{row['evidence_civic_url'][:80]}' is no address at civicdb.org"),
    )
    return next((what for good, what in checks if not good), None)


def _item(row: dict[str, str]) -> Item:
    cited = " ".join(part for part in (row["source_type"], row["citation_id"]) if part)
    return Item(
        id=int(row["evidence_id"]),
        profile=" ".join(row["molecular_profile"].split()),
        disease=row["disease"],
        therapies=[name.strip() for name in row["therapies"].split(",") if name.strip()],
        together=row["therapy_interaction_type"] or None,
        type=row["evidence_type"],
        direction=row["evidence_direction"],
        level=row["evidence_level"],
        significance=row["significance"],
        statement=" ".join(row["evidence_statement"].split()),
        citation=f"{row['citation']} ({cited})" if cited else row["citation"],
        rating=int(row["rating"]) if row["rating"].isdigit() else None,
        reviewed=_day(row["last_review_date"]),
        url=row["evidence_civic_url"],
        flagged=row["is_flagged"].lower() == "true",
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
