"""Words that text and page share: titles, verdicts, one line for an option's deciding facts."""

from __future__ import annotations

from openmbc.catalogue import TREATMENT_CLASSES, by_name
from openmbc.report import Option, Reason, Report, Seen

DECISIONS = {
    "start": "Start a treatment",
    "continue": "Continue the present treatment",
    "adjust": "Adjust the present treatment",
    "switch": "Change the treatment",
    "insufficient": "Not enough is known to decide",
    "not_metastatic": "Not metastatic",
}
URGENCY = {"routine": "", "soon": "Soon.", "now": "Now: call the care team today."}
VERDICTS = {
    "recommended": "Recommended",
    "possible": "Possible",
    "needs_information": "Needs one more fact",
    "unsuitable": "Not suitable now",
}
SUBJECTS = {
    "person": "The person",
    "disease": "The disease",
    "receptors": "Receptors",
    "genomics": "Genes",
    "treatment": "Treatment so far",
    "organs": "Blood, heart, organs",
    "illness": "Other illnesses",
    "medicines": "Other medicines",
}
KINDS = {
    "indication": "Needed",
    "contraindication": "Must not be",
    "caution": "Caution",
    "preference": "Preference",
}
# Of the treatment history the drugs are shown; their classes would only repeat them.
_FAMILIES = ("had_metastatic_", "had_", "progressed_on_", "stopped_for_toxicity_", "running_")


def known(report: Report) -> dict[str, list[Seen]]:
    """The known values by subject, in the order of the catalogue; assumed ones are listed as assumptions."""
    found: dict[str, list[Seen]] = {}
    for name, seen in report.state.items():
        if seen.value is not None and not seen.assumed and not _repeats(name, seen):
            found.setdefault(seen.subject, []).append(seen)
    return {s: found[s] for s in SUBJECTS if s in found}


def _repeats(name: str, seen: Seen) -> bool:
    family = next((f for f in _FAMILIES if name.startswith(f)), None)
    if family is None:
        return False
    return seen.value is not True or family == "had_metastatic_" or name.removeprefix(family) in TREATMENT_CLASSES


def unknown(report: Report) -> list[str]:
    """Labels of what is not known, of the features that are not one of a large family."""
    return [s.label for n, s in report.state.items() if s.value is None and by_name()[n].kind != "text"]


def labels(features: list[str]) -> str:
    """Feature names as they are read."""
    return ", ".join(by_name()[f].label for f in features)


def drugs(option: Option) -> str:
    """The drugs of an option: alternatives with "or", slots with "+"."""
    return " + ".join(" or ".join(slot) for slot in option.drugs)


def deciding(option: Option) -> list[Reason]:
    """The reasons that take an option away."""
    return [
        r for r in option.reasons
        if (r.kind == "indication" and r.met is False) or (r.kind == "contraindication" and r.met is True)
    ]  # fmt: skip


def state_of(reason: Reason) -> tuple[str, str]:
    """Whether a reason speaks for the option, in words, and a mark: good, bad or open."""
    if reason.kind in ("contraindication", "caution"):
        said = {True: ("applies", "bad"), False: ("does not apply", "good"), None: ("not known: check", "open")}
    else:
        said = {True: ("met", "good"), False: ("not met", "bad"), None: ("not known", "open")}
    word, mark = said[reason.met]
    return (f"{word} (assumed)" if reason.assumed else word), mark


def groups(report: Report) -> list[tuple[str, str, list[Option]]]:
    """Options to show together: key, title, options; the running one first, supporting care apart."""
    treatments = [o for o in report.options if o.role == "treatment"]
    support = [o for o in report.options if o.role == "support" and o.verdict != "unsuitable"]
    shown = [("now", "Running now", [o for o in treatments if o.when == "now"])]
    after = [o for o in treatments if o.when == "next"]
    shown += [(v, title, [o for o in after if o.verdict == v]) for v, title in VERDICTS.items()]
    shown.insert(3, ("support", "Beside the treatment", support))
    return [group for group in shown if group[2]]
