"""The instruments: items, scales, bands and where each rule was read, from the tables in the folder `instruments`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from openmbc import yamlfile
from openmbc.errors import UsageError
from openmbc.terms.tables import rows

Better = Literal["high", "low"]
Way = Literal["sum", "percent", "mean", "grade"]

TABLES = Path(__file__).parent / "instruments"
KEYS = ("pro_ctcae", "qlq_c30", "fact_b", "phq_9", "gad_7", "phq_2", "gad_2", "distress", "mst")
ATTRIBUTES = ("frequency", "severity", "interference")  # of PRO-CTCAE, in the order in which they are asked

_RUN = re.compile(r"([a-z]*)(\d+) to \1(\d+)")
_SEPARATORS = re.compile(r"[ _.-]+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class Band(msgspec.Struct, frozen=True):
    """What scores from ``bound`` on mean, up to the next band."""

    bound: float
    meaning: str


class Scale(msgspec.Struct, frozen=True):
    """A score made from answers, or (``of`` is not empty) from the scores of other scales.

    ``way``: ``sum`` of the answers; ``percent``, their mean brought to 0 to 100; ``grade``, looked up (PRO-CTCAE);
    ``mean``, of other scales. ``answered``: how many answers are needed; fewer give no score. A missing one counts
    as the mean of the others. ``reversed``: items (or scales, of those in ``of``) that are turned round first.
    ``whole``: the score is rounded to a whole number, a half up.
    """

    key: str
    code: str
    items: tuple[str, ...]
    reversed: frozenset[str]
    of: tuple[str, ...]
    way: Way
    better: Better
    answered: int
    whole: bool
    bands: tuple[Band, ...]
    lowest: float
    highest: float
    attributes: tuple[str, ...] = ()  # of the items, in their order


class Instrument(msgspec.Struct, frozen=True):
    """An instrument: ``items`` with the lowest and the highest answer, and its scales, totals last.

    ``spellings`` has every name of an item in the form of `spelled`. ``sources`` say where each rule was read.
    """

    key: str
    name: str
    prefixes: tuple[re.Pattern[str], ...]
    items: dict[str, tuple[int, int]]
    spellings: dict[str, str]
    unscored: frozenset[str]
    scales: tuple[Scale, ...]
    graded: bool
    licence: str
    sources: tuple[Source, ...]
    unconfirmed: tuple[str, ...]

    def item(self, written: str) -> str | None:
        """The code of an item as people write it, with ``q`` or the name of the instrument before it; None: unknown."""
        text = spelled(written)
        for rest in (text, *(text[found.end() :] for p in self.prefixes if (found := p.match(text)))):
            if (code := self.spellings.get(rest)) is not None:
                return code
        return None


class _Items(msgspec.Struct, forbid_unknown_fields=True):
    codes: str
    low: int
    high: int
    names: tuple[str, ...] = ()


class _Scale(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    way: Way
    better: Better
    items: str = ""
    of: tuple[str, ...] = ()
    reversed: str = ""
    turned: tuple[str, ...] = ()
    answered: int = 0
    whole: bool = False
    bands: dict[str, str] = {}


class Source(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    what: str
    source: str
    where: str
    opened: str
    read: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    licence: str
    sources: tuple[Source, ...]
    unconfirmed: tuple[str, ...]
    items: tuple[_Items, ...] = ()
    unscored: str = ""
    scales: dict[str, _Scale] = {}
    totals: dict[str, _Scale] = {}
    graded: bool = False


def spelled(text: str) -> str:
    """Small letters, one space for each run of spaces, underscores, hyphens and points, no zeros before a number."""
    return _ZEROS.sub("", _SEPARATORS.sub(" ", text.strip().lower()))


@cache
def instrument(name: str) -> Instrument:
    """The instrument of a name in any common spelling. Raises `UsageError`."""
    known = _by_name()
    key = known.get(_joined(name))
    if key is None:
        near = get_close_matches(_joined(name), known, n=1)
        todo = f"Is {known[near[0]]} meant? " if near else ""
        raise UsageError(f"the instrument '{name}' is not known", todo=f"{todo}Known: {', '.join(KEYS)}.")
    return _read(key)


@cache
def grades() -> tuple[tuple[str, tuple[int | None, ...], int], ...]:
    """PRO-CTCAE: every combination of answers, as the attributes asked, the answer to each attribute, the grade."""
    found = []
    for row in rows("pro_ctcae_grades", TABLES):
        answers = tuple(int(row[name]) if row[name] else None for name in ATTRIBUTES)
        asked = " ".join(name for name in ATTRIBUTES if row[name])
        found.append((asked, answers, int(row["grade"])))
    return tuple(found)


def _joined(name: str) -> str:
    return spelled(name).replace(" ", "")


@cache
def _file(key: str) -> _File:
    data, _ = yamlfile.load(TABLES / f"{key}.yaml")
    return msgspec.convert(data, _File)


@cache
def _by_name() -> dict[str, str]:
    return {_joined(name): key for key in KEYS for name in (key, *_file(key).names)}


@cache
def _read(key: str) -> Instrument:
    file = _file(key)
    items = {code: (group.low, group.high) for group in file.items for code in _codes(group.codes)}
    spellings = {spelled(name): code for code, name in _names(file.items)}
    scales = [_scale(name, scale, items) for name, scale in file.scales.items()]
    if file.graded:
        for row in rows("pro_ctcae_terms", TABLES):
            term = _term(row["number"], row["term"], row["attributes"].split())
            scales.append(term)
            items |= dict.fromkeys(term.items, (int(term.lowest), 1 if term.way == "sum" else 4))
            spellings |= {spelled(name): code for code, name in _term_names(term)}
    totals = [_total(name, total, {s.key: s for s in scales}) for name, total in file.totals.items()]
    return Instrument(
        key,
        file.name,
        tuple(_pattern(prefix) for prefix in file.prefixes),
        items,
        spellings,
        frozenset(_codes(file.unscored)),
        (*scales, *totals),
        file.graded,
        file.licence.strip(),
        file.sources,
        file.unconfirmed,
    )


def _codes(text: str) -> tuple[str, ...]:
    """Codes as the tables have them: ``gp1 to gp7``, ``20, 25``, or both."""
    return tuple(code for part in filter(None, text.split(", ")) for code in _run(part))


def _run(part: str) -> Iterable[str]:
    found = _RUN.fullmatch(part)
    return [part] if found is None else (f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1))


def _names(groups: Iterable[_Items]) -> Iterator[tuple[str, str]]:
    for group in groups:
        for code in _codes(group.codes):
            yield code, code
            yield from ((code, name) for name in group.names)


def _pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(" ?".join(map(re.escape, prefix.split())) + " ?")


def _bands(written: dict[str, str]) -> tuple[Band, ...]:
    """Bands from ``5: mild`` (5 counts) and ``above 39: ...`` (39 does not)."""
    found = []
    for bound, meaning in written.items():
        number = float(bound.removeprefix("above "))
        found.append(Band(math.nextafter(number, math.inf) if bound.startswith("above ") else number, meaning))
    return tuple(found)


def _scale(key: str, scale: _Scale, items: dict[str, tuple[int, int]]) -> Scale:
    codes = _codes(scale.items)
    ends = (0, 100) if scale.way == "percent" else (sum(items[c][0] for c in codes), sum(items[c][1] for c in codes))
    turned = frozenset(_codes(scale.reversed))
    return _made(key, scale, codes, turned, ends)


def _total(key: str, total: _Scale, scales: dict[str, Scale]) -> Scale:
    parts = [scales[name] for name in total.of]
    ends = (0, 100) if total.way == "mean" else (sum(p.lowest for p in parts), sum(p.highest for p in parts))
    return _made(key, total, tuple(c for p in parts for c in p.items), frozenset(total.turned), ends)


def _made(key: str, said: _Scale, items: tuple[str, ...], turned: frozenset[str], ends: tuple[float, float]) -> Scale:
    bands = _bands(said.bands)
    return Scale(key, said.code, items, turned, said.of, said.way, said.better, said.answered, said.whole, bands, *ends)


_GRADE = (Band(0, "absent"), Band(1, "mild"), Band(2, "moderate"), Band(3, "severe"))
_PRESENCE = (Band(0, "absent"), Band(1, "present"))


def _term(number: str, key: str, attributes: list[str]) -> Scale:
    """A symptom of PRO-CTCAE. The amount of hair lost is graded as an interference is (ProAE, map_ref)."""
    items = tuple(f"{number}{letter}" for letter, _ in zip("abc", attributes, strict=False))
    asked = tuple("interference" if name == "amount" else name for name in attributes)
    presence = attributes == ["presence"]
    way: Way = "sum" if presence else "grade"
    bands, highest = (_PRESENCE, 1) if presence else (_GRADE, 3)
    return Scale(key, number, items, frozenset(), (), way, "low", 1, False, bands, 0, highest, asked)


_SUFFIXES = {
    "frequency": ("frq", "scl"),
    "severity": ("sev", "scl"),
    "interference": ("int", "amt", "scl"),
    "presence": ("ind",),
}


def _term_names(term: Scale) -> Iterator[tuple[str, str]]:
    """``9a``, ``9a_scl`` (ProAE), ``9a-frq``, ``nausea_frequency``; of one item alone also ``16``, ``diarrhoea``."""
    for code, attribute in zip(term.items, term.attributes, strict=True):
        yield code, code
        yield code, f"{term.key} {attribute}"
        yield from ((code, f"{code} {suffix}") for suffix in _SUFFIXES[attribute])
    if len(term.items) == 1:
        yield term.items[0], term.code
        yield term.items[0], term.key
