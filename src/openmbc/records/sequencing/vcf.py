"""VCF 4.x, plain or gzip, from a panel to a genome: variants of known genes in the sample of the tumour.

Records that a filter rejects are no findings. DPYD and UGT1A1 are read from the normal tissue (`inherited`). What has
no protein change is told by its place when it is a known hotspot; otherwise it is counted, and the gene stays open.
Which genes were looked at, a VCF does not say (`panels`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from openmbc.errors import RecordError
from openmbc.records.sequencing import structural
from openmbc.records.sequencing.effects import Annotation, Effect
from openmbc.records.sequencing.files import chunks, decoded, open_bytes
from openmbc.records.sequencing.found import Asked, Found, counted, genes_in_words
from openmbc.records.sequencing.inherited import Calls
from openmbc.records.sequencing.panels import SMALL, Panel, study
from openmbc.records.sequencing.places import BUILDS, Build, Genes, build_of, chromosome, genes_on, hotspots
from openmbc.records.sequencing.samples import Call, Columns, call, columns_of, genotype, origin_of
from openmbc.records.sequencing.scan import Line, Scanner

CHUNK = 1 << 18  # bytes read at a time: what stays in the cache of a processor
_HEADER_LIMIT = 64 << 20
_MOST = 20_000  # findings: more are no report on one person's tumour
_FIXED = 8  # columns that every record has
_PASSED = ("PASS", ".", "")
_PASSED_BYTES = frozenset(word.encode() for word in _PASSED)
_NOT_A_VARIANT = frozenset({".", "*", "<NON_REF>", "<*>", "X", "<X>"})


class _Header(NamedTuple):
    lines: list[str]
    samples: list[str]


class Record(NamedTuple):
    """A line of a VCF, split."""

    place: int
    chrom: str
    position: int
    fields: list[str]
    info: dict[str, str]


def read_vcf(path: Path, asked: Asked, panel: Panel | None, size: int = CHUNK) -> Found:
    """Findings of a VCF. Raises `RecordError` for a file that cannot be read, and where the sample is not clear."""
    with open_bytes(path) as file:
        pieces = chunks(file, path, size)
        head, first = _read_header(pieces, path)
        reader = _Reader(path, asked, panel, head)
        reader.read(_with(first, pieces))
    return reader.finish(panel)


def _with(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces


def _read_header(pieces: Iterator[bytes], path: Path) -> tuple[_Header, bytes]:
    """The lines that begin with ##, the names of the samples, and the bytes after them."""
    data = b""
    end = -1
    for piece in pieces:
        data += piece
        begin = 0 if data.startswith(b"#CHROM") else data.find(b"\n#CHROM") + 1
        end = data.find(b"\n", begin) if begin or data.startswith(b"#CHROM") else -1
        if end >= 0 or len(data) > _HEADER_LIMIT:
            break
    if end < 0:
        end = len(data)
    lines = [decoded(line, path, i) for i, line in enumerate(data[:end].split(b"\n"), 1)]
    names = lines[-1].split("\t")
    if names[:8] != ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]:
        todo = "The line before the first record must begin with #CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO (tabs)."
        place = f"line {len(lines)}" if lines[-1].startswith("#CHROM") else ""
        raise RecordError("the VCF file has no line of column names", file=str(path), place=place, todo=todo)
    return _Header(lines[:-1], names[9:]), data[end + 1 :]


class _Reader:
    """Reads the lines that matter and counts what is left out."""

    def __init__(self, path: Path, asked: Asked, panel: Panel | None, head: _Header) -> None:
        self.found = Found(path, asked.person, assay=panel.name if panel else None, lod=panel.lod if panel else None)
        self.columns: Columns = columns_of(head.samples, head.lines, asked.sample, str(path))
        only_normal = self.columns.tumour is None and self.columns.normal is not None
        if only_normal:
            self.columns = Columns(self.columns.normal, None)
        self.found.settle(asked, panel.specimen if panel else None, "germline" if only_normal else None, None)
        self.build: Build | None = build_of(head.lines, str(path))
        inherited = self.columns.tumour if self.found.origin == "germline" else self.columns.normal
        self.calls = Calls(self.build, inherited)
        self.annotation = Annotation(head.lines)
        builds = BUILDS if self.build is None else (self.build,)
        self.genes = Genes(builds)
        self.hotspots = hotspots(self.build) if self.build else {}
        self.hot = frozenset((chrom, position) for chrom, position, _, _ in self.hotspots)
        self.scanner = Scanner(genes_on(builds), structural=any("SVTYPE" in line for line in head.lines))
        self.first_line = len(head.lines) + 2
        self.filtered = self.silent = self.elsewhere = 0
        self.untold: Counter[str] = Counter()

    def read(self, pieces: Iterator[bytes]) -> None:
        for line in self.scanner.scan(pieces):
            self._line(line)
            if len(self.found.variants) > _MOST:
                todo = "Keep the variants of the tumour: filter the file, or leave the normal variation out."
                what = f"more than {_MOST:,d} changes in genes that matter: this is not the report on a tumour"
                raise RecordError(what, file=str(self.found.file), todo=todo)

    def _line(self, line: Line) -> None:
        if not line.structural and self._settled(line.text):
            return
        fields = line.text.decode("utf-8", "replace").rstrip("\r").split("\t")
        place = self.first_line + line.number
        if len(fields) < _FIXED or not fields[1].isdecimal():
            self.found.repeated("error", "lines that are no record", "the line is not a record of a VCF",
                                "Copy or download the file again.", place)  # fmt: skip
            return
        record = Record(place, chromosome(fields[0]), int(fields[1]), fields, {})
        if fields[6] not in _PASSED:
            self._rejected(record)
            return
        if self.calls.takes(record.chrom, record.position):
            self.calls.add(record.chrom, record.position, fields)
            return
        if structural.is_structural(fields):
            self._structural(record._replace(info=_info(fields[7])))
            return
        genes = self.genes.over(record.chrom, record.position, record.position + len(fields[3]))
        if self.annotation.kind is not None:
            record = record._replace(info=_info(fields[7]))
        alternatives = fields[4].split(",")
        for index, alternative in enumerate(alternatives):
            if alternative not in _NOT_A_VARIANT:
                self._allele(record, alternatives, index, [g.name for g in genes])

    def _settled(self, text: bytes) -> bool:
        """Whether a line needs no further look: most lines of a genome, so that little is done to each.

        Its position is in no known gene, or it is an ordinary record without annotation away from the known hotspots,
        which is counted here.
        """
        fields = text.split(b"\t")
        if len(fields) < _FIXED or not fields[1].isdigit():
            return False
        chrom, position = chromosome(fields[0].decode("latin-1")), int(fields[1])
        genes = self.genes.over(chrom, position)
        if not genes:
            return True
        known = (chrom, position) in self.hot or self.calls.takes(chrom, position)
        if self.annotation.kind is not None or known or fields[6] not in _PASSED_BYTES:
            return False
        if not fields[4].isalpha() or self.columns.tumour is None or len(fields) <= self.columns.tumour:
            return False
        if not fields[8].startswith(b"GT") or b"1" not in fields[self.columns.tumour].split(b":", 1)[0]:
            return False
        self.untold.update([gene.name for gene in genes])
        return True

    def _rejected(self, record: Record) -> None:
        """A filter rejects the record: no finding. A known hotspot is said, and its gene is not taken as clear."""
        self.filtered += 1
        for alternative in record.fields[4].split(","):
            for spot in self._by_place(record, alternative):
                self.found.open.add(spot.gene)
                self.found.repeated("warning", "known changes that a filter rejects",
                                    f"{spot.gene} {spot.change} did not pass the filter {record.fields[6]}",
                                    "Ask the laboratory whether it was seen.", record.place)  # fmt: skip

    def _allele(self, record: Record, alternatives: list[str], index: int, genes: list[str]) -> None:
        reference, alternative = record.fields[3], alternatives[index]
        effects = self.annotation.effects(record.info, reference, alternatives, index) if record.info else None
        if effects is None:
            effects = self._by_place(record, alternative)
            if not effects and self._absent(record, index + 1):
                self.elsewhere += 1
            elif not effects:
                self.untold.update(genes)
        elif not effects:
            self._of_others(record)
        if not effects:
            return
        told = call(record.fields, self.columns.tumour, index + 1, alternative, reference)
        beside = call(record.fields, self.columns.normal, index + 1, alternative, reference)
        if told.present is False and not beside.present:
            self.elsewhere += 1
            return
        origin = self._origin(record, told, beside)
        for effect in effects:
            self._effect(record, effect, told, origin)

    def _absent(self, record: Record, allele: int) -> bool:
        """The genotypes say that neither sample has the allele."""
        tumour, normal = (genotype(record.fields, column, allele) for column in self.columns)
        return tumour is False and not normal

    def _effect(self, record: Record, effect: Effect, told: Call, origin: str | None) -> None:
        if effect.silent:
            self.silent += 1
            return
        if effect.change is None:
            self.untold[effect.gene] += 1
            return
        if effect.disputed:
            self.found.repeated("warning", "transcripts that differ",
                                f"{effect.gene} {effect.change} is told otherwise by other transcripts: "
                                f"{', '.join(effect.disputed[:3])}", "Annotate with VEP --mane or --canonical.",
                                record.place)  # fmt: skip
        self.found.variant(effect.gene, effect.change, record.place, origin=origin, vaf=told.vaf, depth=told.depth,
                           text=effect.words)  # fmt: skip

    def _of_others(self, record: Record) -> None:
        """The annotation names other genes only: inside a known gene, what the change does to it is not known."""
        inside = [gene.name for gene in self.genes.over(record.chrom, record.position, margin=0)]
        self.untold.update(inside)
        self.silent += not inside

    def _by_place(self, record: Record, alternative: str) -> list[Effect]:
        spot = self.hotspots.get((record.chrom, record.position, record.fields[3], alternative))
        if spot is None:
            return []
        return [Effect(*spot, silent=False, words=f"by its place in GRCh{self.build}")]

    def _origin(self, record: Record, told: Call, beside: Call) -> str | None:
        if self.columns.normal is not None and self.columns.tumour is not None:
            return "germline" if told.present is False else origin_of(beside)
        return "somatic" if "SOMATIC" in record.fields[7].split(";") else None

    def _structural(self, record: Record) -> None:
        told = call(record.fields, self.columns.tumour, 1, "", "")
        if told.present is False:
            self.elsewhere += 1
            return
        origin = self._origin(record, told, call(record.fields, self.columns.normal, 1, "", ""))
        genes, named = structural.genes_of(record.fields, record.info, self.annotation, self.genes, self.build)
        if not genes and self.build is None:
            self.found.repeated("warning", "structural variants without a gene", "a structural variant names no gene",
                                "Annotate the file with VEP or SnpEff.", record.place)  # fmt: skip
        for change in structural.changes(record.fields, record.info, genes, named, self.columns.tumour):
            if not change.found:
                self.found.open.add(change.gene)
            else:
                self.found.variant(change.gene, change.change, record.place, origin=origin, vaf=told.vaf,
                                   depth=told.depth, text=change.words)  # fmt: skip
            if change.problem:
                self.found.repeated("warning", "structural variants", f"{change.gene}: {change.problem}",
                                    "Add what the report says of it to the record.", record.place)  # fmt: skip

    def finish(self, panel: Panel | None) -> Found:
        """The findings with notes on what was left out, and with the genes of the panel that are clear."""
        found, path = self.found, self.found.file
        if self.scanner.unknown and not self.scanner.known:
            met = ", ".join(sorted(self.scanner.unknown)[:3])
            todo = "Chromosomes are read as 17, chr17 or NC_000017.11."
            raise RecordError(f"no chromosome of the file is known: {met}", file=str(path), todo=todo)
        self._notes()
        self.calls.tell(found)
        found.open.update(self.untold)
        only_structural = self.scanner.structural == self.scanner.lines > 0
        study(found, panel, () if only_structural else (SMALL,))
        return found

    def _notes(self) -> None:
        say = self.found.problem
        if self.filtered:
            say(
                "note",
                f"{counted(self.filtered, 'record')} in known genes did not pass a filter: no findings",
                "Nothing needs to be done.",
            )
        if self.silent:
            what = f"{counted(self.silent, 'change')} without effect on a protein or its splice sites left out"
            say("note", what, "Nothing needs to be done.")
        if self.elsewhere:
            say(
                "note",
                f"{counted(self.elsewhere, 'record')} not in the sample that was read",
                "Nothing needs to be done.",
            )
        if self.untold:
            what = f"{counted(sum(self.untold.values()), 'variant')} without protein change, of unknown effect: "
            todo = "Annotate the file with VEP or SnpEff."
            if self.build is None and self.annotation.kind is None:
                todo = "Annotate it with VEP or SnpEff; its header does not say either whether it is GRCh37 or GRCh38."
            say("warning", what + genes_in_words(self.untold), todo)
        say(
            "note",
            f"{counted(self.scanner.lines, 'record')}, read in the genes that are known here",
            "Nothing needs to be done.",
        )


def _info(text: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in text.split(";"))
