"""VCF files as large as promised, made on the fly, and what reading them takes beside reading their lines."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from openmbc.records.sequencing.places import genes_on
from openmbc.terms.tables import rows

_HEAD = "##fileformat=VCFv4.2\n##reference=GRCh37\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOUR\n"
_CELLS = "\t.\tA\tG\t512.6\tPASS\tAC=1;AF=0.5;AN=2;DP=100;MQ=60.00;QD=12.10;SOR=0.69\tGT:AD:DP\t0/1:50,50:100\n"
_PIECE = 100_000


def write_genome(file: Path, records: int) -> None:
    """Records spread evenly over the chromosomes of GRCh37, in order."""
    from openmbc.records.sequencing.panels import HERE  # noqa: PLC0415

    lengths = {row["chrom"]: int(row["length37"]) for row in rows("builds", HERE)}
    whole = sum(lengths.values())
    draws = np.random.default_rng(7)
    _write(
        file,
        ((chrom, np.sort(draws.integers(1, length, records * length // whole))) for chrom, length in lengths.items()),
    )


def write_one_gene(file: Path, records: int) -> None:
    """The worst file: every record lies in a known gene."""
    gene = max(genes_on(["37"])["6"], key=lambda g: g.end - g.start)
    _write(file, [("6", np.sort(np.random.default_rng(7).integers(gene.start, gene.end, records)))])


def _write(file: Path, chromosomes: Iterator[tuple[str, np.ndarray]] | list[tuple[str, np.ndarray]]) -> None:
    with gzip.open(file, "wt", compresslevel=1) if file.suffix == ".gz" else file.open("w") as out:
        out.write(_HEAD)
        for chrom, places in chromosomes:
            for first in range(0, len(places), _PIECE):
                out.writelines(f"{chrom}\t{place}{_CELLS}" for place in places[first : first + _PIECE].tolist())


def measure(how: str, file: Path) -> tuple[float, float]:
    """Seconds of the processor and peak megabytes of one way to read a file, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.vcf", how, file], check=True, capture_output=True, text=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def _run(how: str, file: Path) -> None:
    from openmbc.records.sequencing.found import Asked  # noqa: PLC0415
    from openmbc.records.sequencing.vcf import read_vcf  # noqa: PLC0415

    start = time.process_time()
    if how == "read":
        read_vcf(file, Asked("bench"), None)
    elif how == "bytes":
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            for _ in lines:
                pass
    else:
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as text:
            for _ in text:
                pass
    spent = time.process_time() - start
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]))
