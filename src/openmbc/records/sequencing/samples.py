"""The columns of a VCF: which is the tumour, which the normal tissue, and what a genotype says of one allele."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from openmbc.errors import RecordError
from openmbc.records.sequencing.found import finite

_TUMOUR = re.compile(r"^(?:tumou?r|primary|metastasis|cfdna|ctdna|plasma)$|[_.-](?:t|tumou?r)\d?$|^tumou?r[_.-]", re.I)
_NORMAL = re.compile(
    r"^(?:normal|germline|control|blood|buffy)$|[_.-](?:n|normal|germline|blood)\d?$|^normal[_.-]", re.I
)
_WHOLE = re.compile(r"\d+")
_TCGA = re.compile(r"^TCGA-\w\w-\w{4}-(\d\d)")  # sample types below 10 are tumours, from 10 to 19 normal tissue
# Our choice, for callers that write no genotype: of what is inherited, half of the normal reads are expected.
_INHERITED_FROM, _SOMATIC_BELOW = 0.3, 0.05


class Columns(NamedTuple):
    """Places of the tumour and of the normal tissue among the fields of a line; None where there is none."""

    tumour: int | None
    normal: int | None


class Call(NamedTuple):
    """What one sample says of one allele."""

    present: bool | None
    vaf: float | None
    depth: int | None
    genotyped: bool


_NO_CALL = Call(None, None, None, False)


def columns_of(names: Sequence[str], header: Sequence[str], wanted: str | None, file: str) -> Columns:
    """Tumour and normal column among the samples of a VCF. Raises `RecordError` when it cannot be told."""
    at = {name: 9 + i for i, name in enumerate(names)}
    if len(at) < len(names):
        raise RecordError("two columns have the same name", file=file, place="#CHROM", todo="Rename one of them.")
    normal = next((n for n in (_named(header, "normal_sample"), *filter(_is_normal, names)) if n in at), None)
    if wanted is not None:
        if wanted not in at:
            todo = f"Its samples: {', '.join(names[:8]) or 'none'}."
            raise RecordError(f"there is no sample '{wanted}' in the file", file=file, todo=todo)
        return Columns(at[wanted], at[normal] if normal not in (None, wanted) else None)
    if not names:
        return Columns(None, None)
    tumours = [n for n in (_named(header, "tumor_sample"),) if n in at] or [n for n in names if _is_tumour(n)]
    if not tumours:
        tumours = [n for n in names if n != normal]
    if not tumours:
        return Columns(None, at[names[0]])
    if len(tumours) > 1:
        todo = f"Name the one of the tumour with --sample: {', '.join(tumours[:8])}."
        raise RecordError("the file has several samples, and none is marked as the tumour", file=file, todo=todo)
    return Columns(at[tumours[0]], at[normal] if normal not in (None, tumours[0]) else None)


def _named(header: Sequence[str], key: str) -> str:
    return next((line.split("=", 1)[1].strip() for line in header if line.startswith(f"##{key}=")), "")


def _is_tumour(name: str) -> bool:
    tcga = _TCGA.match(name)
    return int(tcga[1]) < 10 if tcga else _TUMOUR.search(name) is not None


def _is_normal(name: str) -> bool:
    tcga = _TCGA.match(name)
    return 10 <= int(tcga[1]) < 20 if tcga else _NORMAL.search(name) is not None


def genotype(fields: Sequence[str], column: int | None, allele: int) -> bool | None:
    """Whether the genotype of a sample has the allele; None when there is none."""
    if column is None or column >= len(fields) or not fields[8].startswith("GT"):
        return None
    alleles = _WHOLE.findall(fields[column].split(":", 1)[0])
    return str(allele) in alleles if alleles else None


def call(fields: Sequence[str], column: int | None, allele: int, alternative: str, reference: str) -> Call:
    """What a sample says of the allele (1 for the first alternative), from GT, AD, AF, FREQ, DP or Strelka's counts."""
    if column is None or column >= len(fields):
        return _NO_CALL
    values = dict(zip(fields[8].split(":"), fields[column].split(":"), strict=False))
    vaf, counted = _share(values, allele, alternative, reference)
    depth = _whole(values.get("DP")) if _whole(values.get("DP")) is not None else counted
    present = genotype(fields, column, allele)
    if present is not None:
        return Call(present, vaf, depth, True)
    return Call(None if vaf is None else vaf > 0, vaf, depth, False)


def sample_value(fields: Sequence[str], column: int | None, key: str) -> str | None:
    """What a sample says under a key of FORMAT; None when it says nothing."""
    if column is None or column >= len(fields):
        return None
    value = dict(zip(fields[8].split(":"), fields[column].split(":"), strict=False)).get(key)
    return value if value not in (None, "", ".") else None


def _share(values: dict[str, str], allele: int, alternative: str, reference: str) -> tuple[float | None, int | None]:
    """Share of the reads with the allele, and the number of reads that were counted for it."""
    counts = values.get("AD", "").split(",")
    known = [int(count) for count in counts if count.isdecimal()]
    share: float | None
    reads: int | None
    total = sum(known)
    if len(known) == len(counts) > allele and total:
        share, reads = known[allele] / total, total
    else:
        share, reads = _strelka(values, alternative, reference)
    for key, part in (("AF", 1.0), ("FREQ", 0.01)):
        stated = values.get(key, "").split(",")
        if len(stated) >= allele and (number := finite(stated[allele - 1].rstrip("%"))) is not None:
            share = number * (0.01 if stated[allele - 1].endswith("%") else part)
            break
    return (share if share is not None and 0 <= share <= 1 else None), reads


def _strelka(values: dict[str, str], alternative: str, reference: str) -> tuple[float | None, int | None]:
    """Strelka counts reads by base (AU, CU, GU, TU) and, for indels, without (TAR) and with it (TIR)."""
    with_it, without = ("TIR", "TAR") if "TIR" in values else (f"{alternative}U", f"{reference}U")
    one, other = (_whole(values.get(key, "").split(",")[0]) for key in (with_it, without))
    if one is None or other is None or one + other == 0:
        return None, None
    return one / (one + other), one + other


def origin_of(in_normal: Call) -> str | None:
    """Origin of an allele of the tumour by the normal tissue beside it; None when that leaves it open."""
    if in_normal.genotyped:
        return "germline" if in_normal.present else "somatic"
    if in_normal.vaf is None:
        return None
    if in_normal.vaf >= _INHERITED_FROM:
        return "germline"
    return "somatic" if in_normal.vaf < _SOMATIC_BELOW else None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
