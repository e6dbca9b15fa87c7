"""DPYD and UGT1A1 from texts and from the calls of a file: ``pharmacogenes.yaml``, and what holds for all of them.

All 3,570 diplotypes of PharmCAT's DPYD.json and 45 of its UGT1A1.json (2025-11-05) were compared on 2026-11-27: the
phenotype, and for DPYD the activity score, agree in every one. A sample stands in the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openmbc.variants.pharmacogene_tables import alleles, sources
from openmbc.variants.pharmacogenes import GENES, Call, Genotype, genotypes, places, read_genotype, values

ROWS: list[tuple[str, dict[str, Any]]] = [
    (gene, row)
    for gene, rows in yaml.safe_load((Path(__file__).parent / "pharmacogenes.yaml").read_text("utf-8")).items()
    for row in rows
]
KEYS = {"text", "diplotype", "score", "value", "could_be", "note", "problem", "source"}


@pytest.mark.parametrize(("gene", "row"), ROWS, ids=lambda x: x if isinstance(x, str) else x["text"] or "empty")
def test_texts(gene: str, row: dict[str, Any]) -> None:
    assert set(row) <= KEYS
    read = read_genotype(gene, row["text"])
    assert (read.diplotype, read.value) == (row.get("diplotype", ""), row["value"])
    if gene == "DPYD":
        assert read.activity_score == row.get("score")
    if "could_be" in row:
        assert list(read.could_be) == row["could_be"]
    assert row.get("note", "") in " ".join(read.notes)
    assert (row["problem"] in " ".join(read.problems)) if "problem" in row else read.problems == ()


def test_every_row_of_the_tables_names_a_source_that_is_described() -> None:
    named = {word for gene in GENES for a in alleles(gene).values() for word in a.source.split()}
    assert named
    assert named <= set(sources())


@pytest.mark.parametrize("gene", GENES)
def test_the_two_builds_differ_by_one_shift(gene: str) -> None:
    """Positions of two sources agree: DPYD and UGT1A1 moved as a whole between the builds."""
    shifts = {
        new.position - old.position
        for a in alleles(gene).values()
        if (old := a.place("GRCh37")) is not None and (new := a.place("GRCh38")) is not None
    }
    assert len(shifts) == 1


_NAME = {gene: st.sampled_from(sorted(alleles(gene))) for gene in GENES}
_ANY = {gene: st.one_of(_NAME[gene], st.sampled_from(["*77", "*2B", "c.12345A>G"])) for gene in GENES}


@settings(deadline=None)
@given(st.data(), st.sampled_from(GENES))
def test_the_order_of_alleles_does_not_matter(data: st.DataObject, gene: str) -> None:
    one, other = data.draw(_ANY[gene]), data.draw(_ANY[gene])
    first, second = read_genotype(gene, f"{one}/{other}"), read_genotype(gene, f"{other}/{one}")
    assert (first.diplotype, first.sums, first.value, first.could_be) == (
        second.diplotype, second.sums, second.value, second.could_be
    )  # fmt: skip


@settings(deadline=None)
@given(st.data(), st.sampled_from(GENES))
def test_an_unknown_allele_never_makes_normal(data: st.DataObject, gene: str) -> None:
    read = read_genotype(gene, f"{data.draw(_NAME[gene])}/{data.draw(st.sampled_from(['*77', 'c.12345A>G', 'Q999R']))}")
    assert read.value != values(gene)[0]
    assert read.problems


@settings(deadline=None)
@given(st.data(), st.sampled_from(GENES))
def test_what_is_written_reads_as_the_same_again(data: st.DataObject, gene: str) -> None:
    read = read_genotype(gene, f"{data.draw(_ANY[gene])}/{data.draw(_ANY[gene])}")
    again = read_genotype(gene, read.diplotype)
    assert (again.diplotype, again.value, again.sums) == (read.diplotype, read.value, read.sums)


@settings(deadline=None)
@given(st.text(), st.sampled_from(GENES))
def test_any_text_is_read_without_falling_over(text: str, gene: str) -> None:
    _consistent(read_genotype(gene, text))


_PIECES = st.sampled_from(
    ["*1", "*2A", "*13", "*28", "/", ";", ",", " and ", "het", "hom", "not detected", "rs3918290", "C/T", "A/A",
     "HapB3", "(", ")", "+", "c.1905+1G>A", "c.2846A>T", "TA7", "(TA)6", "wild type", "tested", "no other variants",
     "x", "[", "]", "poor metabolizer", "AS 1"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=8), st.sampled_from(GENES))
def test_any_heap_of_known_words_is_read_without_falling_over(pieces: list[str], gene: str) -> None:
    read = read_genotype(gene, " ".join(pieces))
    _consistent(read)
    if "x" in pieces:
        assert read.value is None
        assert read.problems


def _consistent(read: Genotype) -> None:
    assert (read.value is None) or read.could_be == (read.value,)
    assert read.could_be
    assert set(read.could_be) <= set(values(read.gene))
    assert read.diplotype or read.problems


# The four places of the usual panel, called as reference (GRCh38): *2A, *13, c.2846A>T, c.1236G>A, c.1129-5923C>G.
_PANEL = {97450058: "C", 97515787: "A", 97082391: "T", 97573863: "C", 97579893: "G"}


def _called(*calls: tuple[int, str, str, str], without: tuple[int, ...] = (), build: str = "GRCh38") -> Genotype:
    asked = {pos for pos, *_ in calls}
    usual = [(p, ref, ".", "0/0") for p, ref in _PANEL.items() if p not in asked and p not in without]
    (read,) = genotypes([("chr1", pos, ref, alt, gt, build) for pos, ref, alt, gt in [*calls, *usual]])
    return read


CALLS = [
    # PharmCAT, hapb3.tsv: exonic (c.1236G>A), intronic (c.1129-5923C>G)
    ("both reference", [], (), "*1/*1", "normal"),
    ("exonic alone", [(97573863, "C", "T", "0/1")], (), "*1/*1", "normal"),
    ("exonic twice, intronic reference", [(97573863, "C", "T", "1/1")], (), "*1/*1", "normal"),
    ("intronic alone", [(97579893, "G", "C", "0/1")], (), "*1/c.1129-5923C>G", "partial"),
    ("intronic twice", [(97579893, "G", "C", "1/1")], (), "c.1129-5923C>G/c.1129-5923C>G", "partial"),
    ("both once", [(97573863, "C", "T", "0/1"), (97579893, "G", "C", "0/1")], (), "*1/HapB3", "partial"),
    ("both twice", [(97573863, "C", "T", "1/1"), (97579893, "G", "C", "1/1")], (), "HapB3/HapB3", "partial"),
    ("exonic, intronic not covered", [(97573863, "C", "T", "0/1")], (97579893,), "*1/HapB3", "partial"),
    ("intronic, exonic not covered", [(97579893, "G", "C", "0/1")], (97573863,), "*1/c.1129-5923C>G", "partial"),
    ("exonic reference, intronic not covered", [], (97579893,), "*1/*1", "normal"),
    # a place that nothing covers is not the reference
    ("neither covered", [], (97573863, 97579893), "unknown/unknown", None),
    ("*2A, the rest not covered", [(97450058, "C", "T", "0/1")], tuple(_PANEL), "*2A/unknown", None),
    ("no call", [(97450058, "C", "T", "./.")], (), "unknown/unknown", None),
    # what VCF can look like
    ("phased", [(97450058, "C", "T", "1|0")], (), "*1/*2A", "partial"),
    ("more of the sample column", [(97450058, "C", "T", "0/1:20,18:38")], (), "*1/*2A", "partial"),
    ("several alternatives", [(97450058, "C", "G,T", "0/2")], (), "*1/*2A", "partial"),
    ("reference block", [(97450058, "C", "<NON_REF>", "0/0")], (), "*1/*1", "normal"),
    ("two bases at once", [(97883352, "CG", "CA", "0/1")], (), "*1/c.61C>T", "partial"),
    ("*7", [(97740410, "GATGA", "G", "0/1")], (), "*1/*7", "partial"),
    ("*7 written further right", [(97740414, "AATGA", "A", "0/1")], (), "*1/*7", "partial"),
    ("*3 written further right", [(97450066, "GG", "G", "0/1")], (), "*1/*3", "partial"),
    ("two changes, phase not read", [(97450058, "C", "T", "0|1"), (97082391, "T", "A", "0|1")], (), "*2A/c.2846A>T",
     "deficient"),
    # what does not fit is a problem and unknown
    ("another base", [(97450058, "C", "G", "0/1")], (), "*1/unknown", None),
    ("wrong reference base", [(97450058, "A", "T", "0/1")], (), "unknown/unknown", None),
    ("one copy only", [(97450058, "C", "T", "1")], (), "unknown/unknown", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "calls", "without", "diplotype", "value"), CALLS, ids=[c[0] for c in CALLS])
def test_calls(name: str, calls: list[Any], without: tuple[int, ...], diplotype: str, value: str | None) -> None:
    read = _called(*calls, without=without)
    assert (read.diplotype, read.value) == (diplotype, value)


@pytest.mark.parametrize("name", ["another base", "wrong reference base", "one copy only"])
def test_calls_that_do_not_fit_are_problems(name: str) -> None:
    calls = next(c[1] for c in CALLS if c[0] == name)
    assert _called(*calls).problems


def test_what_was_not_covered_is_said() -> None:
    read = _called((97450058, "C", "T", "0/1"), without=tuple(_PANEL))
    assert "never taken as absent: c.1129-5923C>G, HapB3, *13, c.2846A>T" in " ".join(read.notes)
    assert read.seen == ("*2A",)
    assert "*13" in read.missing
    assert read.could_be == ("partial", "deficient")


def test_the_older_build_carries_9a_as_its_reference() -> None:
    """At rs1801265 GRCh37 has the base of DPYD*9A, GRCh38 that of the usual allele (both tables)."""
    old = [("1", 98348885, "G", "A", gt, "hg19") for gt in ("0/0", "0/1", "1/1")]
    assert [genotypes([c])[0].diplotype for c in old] == ["*9A/*9A", "*9A/unknown", "unknown/unknown"]
    (other,) = genotypes([("1", 98348885, "A", "G", "0/1", "GRCh37")])
    assert other.problems


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "gt", "diplotype"),
    [
        (233760233, "CAT", "C,CATAT,CATATAT", "0/2", "*1/*28"), (233760233, "C", "CAT", "1/1", "*28/*28"),
        (233760233, "CAT", "C,CATAT,CATATAT", "2/3", "*28/*37"), (233760233, "CAT", "C", "0/1", "*1/*36"),
        (233760234, "A", "ATA", "0/1", "*1/*28"), (233760246, "A", "ATA", "0/1", "*1/*28"),
        (233760233, "C", ".", "0/0", "*1/*1"), (233760233, "C", "CATATATAT", "0/1", "*1/unknown"),
        (233760233, "C", "CGG", "0/1", "*1/unknown"), (233760233, "C", "A", "0/1", "unknown/unknown"),
    ],
)  # fmt: skip
def test_the_repeat_of_ugt1a1(pos: int, ref: str, alt: str, gt: str, diplotype: str) -> None:
    """Positions and alleles as in PharmCAT's UGT1A1_translation.json; the repeat may be written at any of its bases."""
    read = genotypes([("2", pos, ref, alt, gt, "GRCh38")])
    assert [r.diplotype for r in read] == [diplotype]


def test_80_stands_for_the_repeat_only_where_that_was_not_looked_at() -> None:
    """CPIC, November 2017, and PharmCAT's messages."""
    proxy = ("chr2", 233759924, "C", "T", "0/1", "GRCh38")
    repeat = ("chr2", 233760233, "CAT", ".", "0/0", "GRCh38")
    assert genotypes([proxy])[0].value == "intermediate"
    assert genotypes([proxy, repeat])[0].could_be == ("normal", "intermediate")


def test_only_the_known_places_count() -> None:
    assert genotypes([("1", 97450000, "C", "T", "0/1", "GRCh38"), ("7", 97450058, "C", "T", "1/1", "GRCh38")]) == ()
    assert 97450058 in places("hg38")["1"]
    assert 97915614 in places("b37")["1"]
    (read,) = genotypes([("1", 97450058, "C", "T", "0/1", "T2T")])
    assert (read.value, read.problems) == (None, ("The reference build T2T is not known.",))


@settings(deadline=None)
@example(
    [
        Call("chr2", 97450058, "C", "T", "0/1", "?"),
        Call("chr2", 233760233, "CAT", "C,CATAT", "1/1", "GRCh38"),
    ]
)
@example([
    Call("chr2", 233760233, "C", "CAT", "0/1", "?"), Call("chr2", 233760233, "C", "C,CATAT", "0/1", "GRCh38"),
])  # fmt: skip
@given(st.lists(st.builds(
    Call, chrom=st.sampled_from(["1", "chr2", "x"]), pos=st.sampled_from([97450058, 97883329, 233760233, 233760240]),
    ref=st.sampled_from(["C", "CAT", "A", ""]), alt=st.sampled_from(["T", ".", "C,CATAT", "*", ""]),
    genotype=st.sampled_from(["0/1", "1/1", "./.", "", "0|2", "1/9", "a/b"]),
    build=st.sampled_from(["GRCh38", "hg19", "?"]),
), max_size=5))  # fmt: skip
def test_any_calls_are_read_without_falling_over(calls: list[Call]) -> None:
    for read in genotypes(calls):
        _consistent(read)
        assert read.value != values(read.gene)[0] or not read.problems
