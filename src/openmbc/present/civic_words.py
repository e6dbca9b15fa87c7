"""The evidence of CIViC in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from openmbc.report import CivicStatement, SecondOpinion

LEVELS = {"A": "validated", "B": "clinical", "C": "case study", "D": "preclinical", "E": "inferential"}
_DOES = {
    "better": "works better",
    "worse": "works worse",
    "not_better": "does not work better",
    "not_worse": "does not work worse",
}
_FIRM = "ABC"
_MOST = 3


def origin(opinion: SecondOpinion) -> str:
    """What it is, and how old."""
    return (
        f"CIViC (civicdb.org) is an open database of evidence. Loaded {opinion.fetched}, last reviewed there "
        f"{opinion.newest}. It changes nothing in this report."
    )


def groups(opinion: SecondOpinion) -> Iterator[tuple[str, list[CivicStatement]]]:
    """Titles with their statements: first what differs; empty groups are left out."""
    drugs = [s for s in opinion.statements if s.does is not None]
    same = [s for s in drugs if s.stands != "differs"]
    parts = (
        ("Differs from this knowledge", [s for s in drugs if s.stands == "differs"]),
        ("Agrees with this knowledge", [s for s in same if s.stands == "agrees"]),
        ("In people, and not in this knowledge", [s for s in same if s.stands == "not_here" and s.level in _FIRM]),
        ("In the laboratory only, and not in this knowledge",
         [s for s in same if s.stands == "not_here" and s.level not in _FIRM]),
        ("Not about treatment", [s for s in opinion.statements if s.does is None]),
    )  # fmt: skip
    return ((title, found) for title, found in parts if found)


def statement(said: CivicStatement) -> str:
    """One statement in a line, with its level and its id."""
    grade = f"level {said.level}, {LEVELS[said.level]}"
    flag = "; an editor of CIViC asks for a second look" if said.flagged else ""
    drugs = " + ".join(said.therapies)
    what = f"{drugs} {_DOES[said.does]}" if said.does and drugs else f"{said.kind.lower()}: {said.significance.lower()}"
    against = " (not supported)" if said.does is None and said.direction == "Does Not Support" else ""
    return f"{_profile(said.profile)}: {what}{against} ({said.disease}; {grade}{flag}; EID{said.id})"


def _profile(profile: str) -> str:
    """A profile with its words between variants in lower case; of a long list of alternatives the first few."""
    parts = profile.split(" OR ")
    if len(parts) > _MOST and "(" not in profile and " AND " not in profile:
        return f"{', '.join(parts[:2])} or {len(parts) - 2} other changes"
    return profile.replace(" OR ", " or ").replace(" AND ", " and ").replace("NOT ", "not ")


def left_out(opinion: SecondOpinion) -> Iterator[str]:
    """What is not listed, and what CIViC does not have."""
    if not opinion.statements:
        yield "No item of CIViC fits what was found."
    if opinion.other_disease:
        count = opinion.other_disease
        yield f"{count} more {'item is' if count == 1 else 'items are'} about another kind of breast cancer."
    if opinion.silent:
        yield f"Here and not in CIViC: {'; '.join(opinion.silent)}."


def lines(opinion: SecondOpinion) -> Iterator[str]:
    """Everything as sentences: what differs with both sides; the rest in a line each."""
    yield origin(opinion)
    for title, statements in groups(opinion):
        for said in statements:
            ours = f" Here: {said.ours}." if said.stands == "differs" else ""
            yield f"{title}: {statement(said)}.{ours}"
    yield from left_out(opinion)
