"""Demo bundles broken at random: facts, or one clear error, and never anything else."""

import copy
import json
import random
from pathlib import Path

import pytest

from openmbc.errors import RecordError
from openmbc.facts import Facts
from openmbc.records import read, read_many
from openmbc.records.demo import DEMO

DOCUMENTS = [json.loads(path.read_bytes()) for path in sorted(DEMO.glob("*.json"))]
ODD = [None, 1, -1.5, "x", [], {}, [1], {"a": 1}, True, "2026-13-45", "\U0001f600", {"coding": [{"code": 5}]}, [[[]]],
       1e308, "9" * 50]  # fmt: skip


def _break(part: object, rng: random.Random) -> None:
    """Go down one way at random and put something odd in a place, or take it out."""
    if not isinstance(part, dict | list) or not part:
        return
    at = rng.choice(list(part) if isinstance(part, dict) else range(len(part)))
    chance = rng.random()
    if chance < 0.2:
        part[at] = copy.deepcopy(rng.choice(ODD))
    elif chance < 0.28:
        del part[at]
    else:
        _break(part[at], rng)


def _broken(rng: random.Random) -> bytes:
    document = copy.deepcopy(rng.choice(DOCUMENTS))
    for _ in range(rng.randrange(1, 12)):
        _break(document, rng)
    data = bytearray(json.dumps(document, ensure_ascii=False).encode())
    for _ in range(rng.choice((0, 0, 1, 3))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("seed", range(8))
def test_a_broken_record_gives_facts_or_one_clear_line(seed: int, tmp_path: Path) -> None:
    rng, read_at_all, said = random.Random(seed), 0, list[str]()
    for _ in range(40):
        (tmp_path / "record.json").write_bytes(_broken(rng))
        try:
            assert isinstance(read(tmp_path / "record.json"), Facts)
            read_at_all += 1
        except RecordError as error:
            said.append(str(error))
        (facts,) = read_many(tmp_path)  # in a folder the error is one of the problems
        assert facts.people.height or facts.problems.height
    assert read_at_all
    assert said
    assert not any("\n" in line for line in said)
