import pytest

from openmbc.catalogue import GERMLINE_GENES
from openmbc.terms import gene_symbol
from openmbc.variants import markers

HGNC = "http://www.genenames.org"


@pytest.mark.parametrize(
    ("system", "code", "display", "symbol"),
    [
        (HGNC, "1100", "BRCA1", "BRCA1"), (f"{HGNC}/geneId", "HGNC:3467", "estrogen receptor 1", "ESR1"),
        (HGNC, "HGNC:999999", "PIK3CA", "PIK3CA"), (None, None, "HER2", "ERBB2"), (None, None, "p53", "TP53"),
        (None, None, "PIK3CA mutation", "PIK3CA"), (None, None, "ETV6-NTRK3", "NTRK3"), (None, "RET", None, "RET"),
        (None, None, "BRCA1/BRCA2", None), (None, None, "hello", None), (None, None, None, None),
        ("http://loinc.org", "85337-4", "Estrogen receptor", None),
    ],
)  # fmt: skip
def test_gene_symbol(system, code, display, symbol):
    assert gene_symbol(system, code, display) == symbol


def test_genes_of_the_catalogue_are_known():
    for gene in {*markers(), *(g.upper() for g in GERMLINE_GENES)}:
        assert gene_symbol(None, None, gene) == gene
