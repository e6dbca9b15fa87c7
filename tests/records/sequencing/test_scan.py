"""Lines of known genes are found in pieces of any size, in any order, as a reader line by line finds them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from openmbc.records.sequencing.places import Gene, Genes, chromosome, genes_on, merged, spellings
from openmbc.records.sequencing.scan import Scanner

GENES = genes_on(["37"])
PLACES = Genes(["37"])

_CHROMS = st.sampled_from(
    [*(name for chrom in ("3", "6", "17", "X") for name in spellings(chrom)), "GL000192.1", "HLA-A*01:01:01:01", "MT"]
)
_POSITIONS = st.one_of(
    st.integers(1, 250_000_000),
    st.sampled_from([p for gene in GENES["17"] for p in (gene.start - 1, gene.start, gene.end, gene.end + 1)]),
    st.sampled_from([7_571_719, 75_717_190, 757_171, 178_936_091, 17_893_609, 152_419_926]),
)
_LINES = st.lists(st.tuples(_CHROMS, _POSITIONS, st.text("ACGT", min_size=1, max_size=30)), max_size=60)


def _text(lines: list[tuple[str, int, str]], end: bytes = b"\n") -> bytes:
    return b"".join(f"{c}\t{p}\t.\tA\t{alt}\t.\tPASS\t.".encode() + end for c, p, alt in lines)


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@settings(deadline=None)
@given(_LINES, st.integers(1, 400), st.sampled_from([b"\n", b"\r\n"]))
def test_every_line_in_a_gene_is_taken_whatever_the_size_of_the_pieces(
    lines: list[tuple[str, int, str]], size: int, end: bytes
) -> None:
    data = _text(lines, end)
    scanner = Scanner(GENES)
    taken = list(scanner.scan(_pieces(data, size)))
    wanted = {i for i, (c, p, _) in enumerate(lines) if PLACES.over(chromosome(c), p)}
    assert wanted <= {line.number for line in taken}
    assert [line.text + b"\n" for line in taken] == [data.split(b"\n")[line.number] + b"\n" for line in taken]
    assert scanner.lines == len(lines)
    assert list(Scanner(GENES).scan([data])) == taken


def test_lines_that_are_no_records_do_not_stop_it() -> None:
    data = b"\n\nno tab at all\n" + b"x" * 500 + b"\n17\t7577538\t.\tC\tT\n17\n\t\t\n#late\tcomment\n17\t7577539\tlast"
    assert [line.text for line in Scanner(GENES).scan(_pieces(data, 7))] == [
        b"17\t7577538\t.\tC\tT", b"17\t7577539\tlast"
    ]  # fmt: skip


def test_structural_variants_are_taken_wherever_they_begin() -> None:
    lines = b"1\t5\t.\tA\t<DEL>\t.\t.\tSVTYPE=DEL\n1\t6\t.\tA\tG\t.\t.\t.\n1\t7\t.\tA\t[2:3[A\t.\t.\tX=1;SVTYPE=BND\n"
    assert [(line.number, line.structural) for line in Scanner(GENES).scan([lines])] == [(0, True), (2, True)]
    explicit = b"1\t5\t.\tACGT\tA\t.\t.\tSVTYPE=DEL\n"
    assert len(list(Scanner(GENES, structural=True).scan([explicit]))) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 200)), min_size=1, max_size=20))
def test_merged_stretches_cover_the_genes_and_do_not_overlap(spans: list[tuple[int, int]]) -> None:
    genes = [Gene("G", start, start + length) for start, length in spans]
    found = list(merged(genes))
    assert {p for g in genes for p in range(g.start, g.end + 1)} == {p for a, b in found for p in range(a, b + 1)}
    assert all(one[1] < other[0] for one, other in pairwise(found))
