"""Names from before HGVS: numbers of the BIC database (BRCA1 185delAG), and introns by number (IVS5+1G>A).

The BIC (Breast Cancer Information Core) numbered bases from the start of the mRNA records of 1994 and 1995, in which
the A of ATG is base 120 of BRCA1 and 229 of BRCA2. ClinVar states 185delAG (also 187delAG) as c.68_69delAG; the
offsets follow, and the bases that a name states are held against the coding sequence each time.
"""

from __future__ import annotations

import re

from openmbc.variants.coding import wrong_base
from openmbc.variants.coding_text import Edit, edit_of
from openmbc.variants.sequences import coding_of

# How many bases a BIC number is ahead of the number in the coding sequence.
BIC_OFFSET = {"BRCA1": 119, "BRCA2": 228}

_NUMBERED = re.compile(
    r"(?:nt)?(?P<start>\d{1,5})(?:[-_](?P<end>\d{1,5}))?(?P<what>del|ins|dup|[ACGT](?=[-=]?>))(?P<more>.*)",
    re.IGNORECASE,
)
_INTRON = re.compile(
    r"IVS\s*-?(?P<intron>\d{1,3})\s*(?P<offset>[+-]\s*\d{1,5})\s*"
    r"(?P<edit>[ACGT]\s*[-=]?>\s*[ACGT]|(?:del|dup|ins)[ACGT]*\d*)",
    re.IGNORECASE,
)


def intron_name(text: str) -> tuple[str, bool] | None:
    """A change named by its intron in normal form, and whether it is one of the two bases beside an exon."""
    hit = _INTRON.fullmatch(text.strip())
    if hit is None:
        return None
    offset = hit["offset"].replace(" ", "")
    edit = re.sub(r"[-=]?>", ">", hit["edit"].replace(" ", "").upper())
    edit = re.sub(r"DEL|DUP|INS", lambda found: found[0].lower(), edit)
    return f"IVS{hit['intron']}{offset}{edit}", abs(int(offset)) in {1, 2}


def is_numbered(text: str) -> bool:
    """Whether a text is a number with bases, not a change of residues: ``185delAG``, ``999del5``, ``449_450del``."""
    hit = _NUMBERED.fullmatch(text)
    return hit is not None and re.fullmatch(r"[ACGT\d]*|[-=]?>[ACGT]+", hit["more"], re.IGNORECASE) is not None


def old_number(text: str, gene: str | None) -> tuple[Edit | None, str | None] | None:
    """A change of bases by number without ``c.``, or a sentence why it was not read; None when it is no such name.

    For BRCA1 and BRCA2 the number is that of the BIC; for other genes it is taken as that of the coding sequence,
    which is how names like CHEK2 1100delC are meant.
    """
    hit = _NUMBERED.fullmatch(text.strip())
    if hit is None:
        return None
    offset = BIC_OFFSET.get(gene or "", 0)
    says_bases = re.search(r"[ACGT\d>]", hit["more"], re.IGNORECASE) is not None
    if not says_bases or (not offset and hit["what"].lower() == "ins"):
        return None, f"'{text}' may count bases or residues: write it with 'c.' or 'p.'."
    start, end = int(hit["start"]), int(hit["end"] or hit["start"])
    edit = _edit(hit, start - offset, end - offset)
    coding = coding_of(gene)
    if edit is None:
        return None, f"'{text}' was not understood."
    if not offset or coding is None or wrong_base(coding, edit) is None:
        return edit, None
    modern = _edit(hit, start, end)
    fits = modern is not None and bool(modern.ref) and wrong_base(coding, modern) is None
    hint = f"read as c.{start} it would fit: write it with 'c.'" if fits else f"nor as c.{start}"
    return None, f"'{text}' does not fit the sequence of {gene} by its BIC number; {hint}."


def _edit(hit: re.Match[str], start: int, end: int) -> Edit | None:
    """The same change with its number in the coding sequence; the end follows from the bases that are named."""
    if start < 1:
        return None
    what, more = hit["what"].lower(), hit["more"].upper()
    bases = re.fullmatch(r"[ACGT]*", more)
    if what in {"del", "dup"} and more and end == start and (bases or more.isdigit()):
        end = start + (len(more) if bases else int(more)) - 1
    if what == "ins" and end == start:
        end = start + 1
    place = f"{start}" if end == start else f"{start}_{end}"
    return edit_of(f"{place}{hit['what']}{hit['more']}")
