"""MAF with the columns of TCGA / GDC, vcf2maf or cBioPortal, comment lines, plain or gzip, one sample of any number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from openmbc import terms
from openmbc.errors import RecordError
from openmbc.records.sequencing.files import text_lines
from openmbc.records.sequencing.found import Asked, Found, counted, finite, genes_in_words
from openmbc.records.sequencing.panels import SMALL, Panel, study
from openmbc.records.sequencing.places import build_named, chromosome, hotspots

# By what is wanted: the names of columns that hold it, the best first. Names are compared in lower case.
_COLUMNS = {
    "gene": ("hugo_symbol",),
    "sample": ("tumor_sample_barcode", "sample_id", "tumor_sample_uuid"),
    "protein": ("hgvsp_short", "hgvsp", "protein_change", "amino_acid_change", "aachange", "hgvs_p"),
    "coding": ("hgvsc", "cdna_change", "hgvs_c"),
    "kind": ("variant_classification", "consequence"),
    "build": ("ncbi_build",),
    "chrom": ("chromosome",), "start": ("start_position",),
    "ref": ("reference_allele",), "alt": ("tumor_seq_allele2",), "alt1": ("tumor_seq_allele1",),
    "reads": ("t_alt_count",), "others": ("t_ref_count",), "depth": ("t_depth",),
    "vaf": ("t_af", "tumor_f", "t_vaf", "vaf", "i_tumorvaf_wu", "allele_frequency"),
    "origin": ("mutation_status",), "filter": ("filter",), "transcript": ("transcript_id", "refseq"),
}  # fmt: skip
_SILENT = frozenset({
    "silent", "intron", "3'utr", "5'utr", "3'flank", "5'flank", "igr", "rna", "lincrna", "synonymous_variant",
    "intron_variant", "3_prime_utr_variant", "5_prime_utr_variant", "upstream_gene_variant", "downstream_gene_variant",
})  # fmt: skip
_PASSED = frozenset({"", ".", "pass"})
_ORIGINS = {"somatic": "somatic", "germline": "germline"}
_NO_FINDING = frozenset({"wildtype", "none", "post-transcriptional modification"})
_PER_CENT = frozenset({"i_tumorvaf_wu"})  # columns of allele fractions from 0 to 100
_NEEDED = ("gene", "sample", "kind", "protein")
_MOST_SAMPLES = 50


def read_maf(path: Path, asked: Asked, panel: Panel | None) -> Found:
    """Findings of a MAF. Raises `RecordError` for a file that cannot be read, and where the sample is not clear."""
    reader = _Reader(path, asked, panel)
    for number, line in text_lines(path):
        if line and not line.startswith("#"):
            reader.line(number, line.split("\t"))
    return reader.finish(panel)


class _Reader:
    def __init__(self, path: Path, asked: Asked, panel: Panel | None) -> None:
        self.found = Found(path, asked.person, assay=panel.name if panel else None, lod=panel.lod if panel else None)
        self.found.settle(asked, panel.specimen if panel else None, None, None)
        self.wanted = asked.sample
        self.at: dict[str, int] = {}
        self.per_cent = False
        self.samples: dict[str, None] = {}
        self.filtered = self.silent = self.others = self.rows = 0
        self.not_known: Counter[str] = Counter()

    def line(self, number: int, cells: list[str]) -> None:
        if not self.at:
            self._header(number, cells)
            return
        self.rows += 1
        if len(cells) <= max(self.at[what] for what in _NEEDED if what in self.at):
            self.found.repeated("error", "short lines", "the line has too few cells", "Copy the file again.", number)
            return
        sample = self._cell(cells, "sample")
        if sample and len(self.samples) < _MOST_SAMPLES:
            self.samples.setdefault(sample)
        if (self.wanted is None and len(self.samples) > 1) or (self.wanted is not None and sample != self.wanted):
            self.others += 1
            return
        if self._cell(cells, "filter").lower() not in _PASSED:
            self.filtered += 1
            return
        symbol = self._cell(cells, "gene")
        gene = terms.gene_symbol(None, symbol, None) if symbol else None
        if gene is None:
            self.not_known[symbol] += 1
        elif self._cell(cells, "kind").lower().split(",")[0] in _SILENT or self._cell(cells, "protein").endswith("="):
            self.silent += 1
        else:
            self._finding(number, gene, cells)

    def _header(self, number: int, cells: list[str]) -> None:
        names = [cell.strip().lower() for cell in cells]
        for what, known in _COLUMNS.items():
            place = next((names.index(name) for name in known if name in names), None)
            if place is not None:
                self.at[what] = place
        self.per_cent = "vaf" in self.at and names[self.at["vaf"]] in _PER_CENT
        if "gene" not in self.at or not self.at.keys() & {"protein", "coding", "kind", "start"}:
            todo = "A MAF has Hugo_Symbol, Variant_Classification and HGVSp_Short, separated by tabs."
            raise RecordError("the first line names no columns of a MAF", file=str(self.found.file),
                              place=f"line {number}", todo=todo)  # fmt: skip

    def _finding(self, number: int, gene: str, cells: list[str]) -> None:
        kind, state = self._cell(cells, "kind"), self._cell(cells, "origin").lower()
        if state in _NO_FINDING:
            self.silent += 1
            return
        change = self._change(cells)
        if change is None:
            self.found.repeated("warning", "rows without a protein change",
                                f"{gene}: no protein change ({kind or '?'})",
                                "Annotate the file with vcf2maf or Funcotator.", number)  # fmt: skip
        vaf, depth = self._reads(cells, number)
        text = "; ".join(p for p in (kind, self._cell(cells, "coding"), self._cell(cells, "transcript")) if p)
        self.found.variant(gene, change, number, origin=_ORIGINS.get(state), vaf=vaf, depth=depth, text=text)

    def _change(self, cells: list[str]) -> str | None:
        """The protein change, that of a splice site, or that of a known hotspot by its place."""
        protein = self._cell(cells, "protein").rpartition(":")[2]
        if protein and protein not in (".", "p.?"):
            return protein
        coding = self._cell(cells, "coding").rpartition(":")[2]
        if "splice" in self._cell(cells, "kind").lower() and coding not in ("", "."):
            return coding
        build, start = build_named(self._cell(cells, "build")), self._cell(cells, "start")
        if build is None or not start.isdecimal():
            return None
        for allele in ("alt", "alt1"):
            place = (
                chromosome(self._cell(cells, "chrom")),
                int(start),
                self._cell(cells, "ref"),
                self._cell(cells, allele),
            )
            if place in hotspots(build):
                return hotspots(build)[place][1]
        return None

    def _reads(self, cells: list[str], number: int) -> tuple[float | None, int | None]:
        """Share of the reads with the change, and reads at the place."""
        with_it, others = (finite(self._cell(cells, what)) for what in ("reads", "others"))
        depth = finite(self._cell(cells, "depth"))
        if depth is None and with_it is not None and others is not None:
            depth = with_it + others
        stated = finite(self._cell(cells, "vaf"))
        if stated is not None and self.per_cent:
            stated = round(stated / 100, 6)
        share = with_it / depth if with_it is not None and depth else stated
        if share is not None and not 0 <= share <= 1:
            self.found.repeated("error", "allele fractions", f"'{self._cell(cells, 'vaf')}' is no allele fraction",
                                "Write a number from 0 to 1.", number)  # fmt: skip
            share = None
        return share, None if depth is None else round(depth)

    def _cell(self, cells: list[str], what: str) -> str:
        place = self.at.get(what)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def finish(self, panel: Panel | None) -> Found:
        found, name = self.found, str(self.found.file)
        if not self.at:
            raise RecordError("the file holds no column names", file=name, todo="A MAF begins with Hugo_Symbol.")
        if self.wanted is None and len(self.samples) > 1:
            listed = ", ".join(list(self.samples)[:5])
            raise RecordError("the file has several samples", file=name,
                              todo=f"Name one with --sample: {listed} ...")  # fmt: skip
        if self.wanted is not None and self.wanted not in self.samples and self.others == self.rows:
            raise RecordError(f"there is no sample '{self.wanted}' in the file", file=name,
                              todo=f"Its samples: {', '.join(list(self.samples)[:5])} ...")  # fmt: skip
        for count, what in (
            (self.filtered, "that did not pass a filter: no findings"),
            (self.silent, "without effect on a protein or its splice sites, left out"),
            (self.others, "of other samples"),
        ):
            if count:
                found.problem("note", f"{counted(count, 'row')} {what}", "Nothing needs to be done.")
        if self.not_known:
            found.problem("note", f"{counted(sum(self.not_known.values()), 'change')} in genes that no rule looks at: "
                          f"{genes_in_words(self.not_known)}", "Nothing needs to be done.")  # fmt: skip
        study(found, panel, (SMALL,))
        return found
