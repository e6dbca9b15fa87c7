"""What a reported variant says of the features of the state."""

from __future__ import annotations

import pytest

from openmbc.state.genomics import read_variant

CASES = [
    # gene, change, significance, origin, result -> feature, reading
    (("PIK3CA", "p.H1047R", None, "somatic", "present"), ("pik3ca", "altered")),
    (("PIK3CA", None, None, "somatic", "present"), ("pik3ca", "present")),
    (("PIK3CA", "p.H1047R", "uncertain", "somatic", "present"), ("pik3ca", "uncertain")),
    (("PIK3CA", None, None, "somatic", "absent"), ("pik3ca", "not_found")),
    (("BRCA1", None, None, "germline", "studied"), ("germline_brca1", "not_found")),
    (("BRCA2", "c.5946del", "pathogenic", "germline", "present"), ("germline_brca2", "altered")),
    (("BRCA2", "c.1A>G", None, "germline", "present"), ("germline_brca2", "present")),
    (("BRAF", "p.V600E", None, "somatic", "present"), ("braf", "altered")),
    (("BRAF", "p.K601E", "pathogenic", "somatic", "present"), ("braf", "uncertain")),
    (("BRAF", None, "pathogenic", "somatic", "present"), ("braf", "present")),
    (("NTRK1", "p.G595R", "pathogenic", "somatic", "present"), ("ntrk", "uncertain")),
    (("NTRK3", "ETV6-NTRK3 fusion", None, "somatic", "present"), ("ntrk", "altered")),
    # HER2 has two markers: its mutations, and its copies by sequencing.
    (("ERBB2", "p.L755S", None, "somatic", "present"), ("erbb2", "altered")),
    (("ERBB2", "amplification", None, "somatic", "present"), ("erbb2_amplification", "altered")),
    (("ERBB2", None, None, "somatic", "studied"), ("erbb2", "not_found")),
    (("ERBB2", "amplification", None, "somatic", "absent"), ("erbb2_amplification", "not_found")),
    # That one change is absent does not clear the gene, but the marker of this one change.
    (("PIK3CA", "p.H1047R", None, "somatic", "absent"), (None, None)),
    (("AKT1", "p.E17K", None, "somatic", "absent"), ("akt1", "not_found")),
    (("BRCA1", "185delAG", None, "germline", "absent"), (None, None)),
    # Genes without a marker, and none at all.
    (("MTOR", "p.S2215Y", None, "somatic", "present"), (None, None)),
    (("MLH1", "p.R100*", "pathogenic", "germline", "present"), (None, None)),
    ((None, "p.H1047R", None, "somatic", "present"), (None, None)),
]


@pytest.mark.parametrize(("variant", "expected"), CASES, ids=lambda c: str(c)[:50])
def test_reading(
    variant: tuple[str | None, str | None, str | None, str | None, str], expected: tuple[str | None, str | None]
) -> None:
    read = read_variant(*variant)
    assert (read.feature, read.reading) == expected
