"""What a reported variant means for the features of the state."""

from __future__ import annotations

import pytest

from openmbc.state.genomics import _meaning

CASES = [
    # gene, change, significance, origin, result -> meaning
    (("PIK3CA", "p.H1047R", None, "somatic", "present"), "altered"),
    (("PIK3CA", None, None, "somatic", "present"), "present"),
    (("PIK3CA", "p.H1047R", "uncertain", "somatic", "present"), "uncertain"),
    (("PIK3CA", None, None, "somatic", "absent"), "not_found"),
    (("BRCA1", None, None, "germline", "studied"), "not_found"),
    (("BRCA2", "c.5946del", "pathogenic", "germline", "present"), "altered"),
    (("BRCA2", "c.1A>G", None, "germline", "present"), "present"),
    (("BRAF", "p.V600E", None, "somatic", "present"), "altered"),
    (("BRAF", "p.K601E", "pathogenic", "somatic", "present"), "uncertain"),
    (("BRAF", None, "pathogenic", "somatic", "present"), "present"),
    (("NTRK1", "p.G595R", "pathogenic", "somatic", "present"), "uncertain"),
    (("NTRK3", "ETV6-NTRK3 fusion", None, "somatic", "present"), "altered"),
]


@pytest.mark.parametrize(("variant", "expected"), CASES, ids=lambda c: str(c)[:50])
def test_meaning(variant: tuple[str, str | None, str | None, str | None, str | None], expected: str) -> None:
    assert _meaning(*variant) == expected
