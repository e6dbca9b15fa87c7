"""Every speed that the project promises, each with the floor that it is measured against.

python -m bench            all, each in a process of its own: what one leaves in memory slows the next
python -m bench decode     one of: decode, guidance, cohort, report, cold, response, grades, vcf, diary
"""

from __future__ import annotations

import datetime as dt
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import polars as pl

from bench import diary as check_ins
from bench.lesions import lesions
from bench.people import folder, lab_results, many_states
from bench.vcf import measure, write_genome, write_one_gene
from openmbc.cohort import run
from openmbc.ctcae import grade
from openmbc.guidance import evaluate, plan
from openmbc.knowledge import Knowledge, load
from openmbc.processes import beside, fitting
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.records.fhir.many import read_group
from openmbc.report import build
from openmbc.response import assess
from openmbc.state import assume
from openmbc.wellbeing import follow

AS_OF = dt.date(2026, 11, 15)


def timed(work: Callable[[], object], repeat: int = 5) -> float:
    """Median seconds of ``repeat`` runs after one that does not count."""
    work()
    spent = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def turn_by_turn(floor: Callable[[], object], work: Callable[[], object], repeat: int = 7) -> tuple[float, float]:
    """Median seconds of two pieces of work that take turns, so that a slow minute of the machine slows both."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeat):
        for which, run_it in enumerate((floor, work)):
            spent[which].append(timed(run_it, 1))
    return statistics.median(spent[0]), statistics.median(spent[1])


def say(name: str, figure: str, floor: str, promise: str) -> None:
    print(f"{name:<34}{figure:<34}{floor:<40}{promise}")


def _loads(paths: list[Path]) -> None:
    """The floor: every file read, decoded once and let go."""
    for path in paths:
        orjson.loads(path.read_bytes())


def decode() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        where = folder(2000, Path(temporary) / "people")
        paths = sorted(where.iterdir())
        size = sum(path.stat().st_size for path in paths) / 1e6
        floor, spent = turn_by_turn(lambda: _loads(paths), lambda: read_group(paths))
    say("FHIR JSON files to facts", f"{size / spent:.0f} MB/s, {floor / spent:.2f} of the floor",
        f"read and orjson.loads {size / floor:.0f} MB/s", "at least 0.50 of the floor")  # fmt: skip


def guidance() -> None:
    guide, per_state = plan(load()), {}
    for count, repeat in ((1_000, 9), (100_000, 5), (1_000_000, 1)):
        state = assume(many_states(count))
        per_state[count] = timed(lambda state=state: evaluate(state, guide), repeat) / count
    floor = timed(lambda: assume(many_states(100_000)).select(pl.all().is_null())) / 100_000
    rate = 1 / per_state[100_000]
    say("guidance, 100,000 states", f"{rate:,.0f} states/s", f"is_null of every feature {1 / floor:,.0f}/s",
        "at least 200,000 states/s")  # fmt: skip
    costs = " : ".join(f"{cost / per_state[1_000]:.2f}" for cost in per_state.values())
    say("  cost per state, 1e3 : 1e5 : 1e6", costs, "1.00 is 1,000 states", "falls or stays flat")


def cohort() -> None:
    _cohort(27_000)  # the promise is for records of about 20 kB
    _cohort(None)


def _cohort(largest: int | None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        where = folder(10_000, Path(temporary) / "people", largest)
        paths = list(where.iterdir())
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1e3
        floor = timed(lambda: _loads(paths), 1)
        knowledge = load()
        spent = timed(lambda: _shared(where, Path(temporary) / "out", knowledge), 3)
    say(f"cohort, 10,000 people of {size:.0f} kB", f"{10_000 / spent:,.0f} people/s, {spent / floor:.1f} x the floor",
        f"orjson.loads of the files {floor:.2f} s", "at least 4,000 people/s")  # fmt: skip


def _shared(where: Path, output: Path, knowledge: Knowledge) -> None:
    with beside(fitting(where) - 1) as others:
        run(where, output, AS_OF, knowledge, others=others)


def report() -> None:
    knowledge, spent = load(), []
    for path in sorted(DEMO.glob("*.json")):
        facts = read(path)
        spent.append(timed(lambda facts=facts: build(facts, AS_OF, knowledge), 7) * 1e3)
    floor = timed(lambda: [read(path) for path in DEMO.glob("*.json")]) * 1e3 / len(spent)
    say("one record in memory to a report", f"{statistics.median(spent):.0f} ms (worst {max(spent):.0f})",
        f"reading such a record {floor:.1f} ms", "median under 60 ms")  # fmt: skip


def grades() -> None:
    labs = lab_results(10_000_000)
    floor, spent = turn_by_turn(lambda: labs.sort("test", maintain_order=True), lambda: grade(labs, "5"), 2)
    say("CTCAE grades, 10,000,000 results", f"{spent:.1f} s, {spent / floor:.1f} x the floor",
        f"sort them by test {floor:.1f} s", "under 10 s")  # fmt: skip


def cold() -> None:
    python, record = sys.executable, str(sorted(DEMO.glob("*.json"))[0])
    floor = timed(lambda: subprocess.run([python, "-c", "import polars"], check=True), 5)
    command = [python, "-m", "openmbc", "report", record, "--as-of", "2026-11-15"]
    spent = timed(lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL), 5)
    say("openmbc report FILE, cold", f"{spent:.2f} s, {spent / floor:.1f} x the floor",
        f"import polars {floor:.2f} s", "under 1.5 s")  # fmt: skip


def response() -> None:
    rows = lesions(1_000_000)
    work, floor = (lambda: assess(rows)), (lambda: rows.sort("person", "date", "lesion"))
    least, spent = turn_by_turn(floor, work, 5)
    say(f"RECIST, {len(rows):,d} lesion rows", f"{spent:.2f} s, {spent / least:.1f} x the floor",
        f"sorting them {least:.2f} s", "under 3 s")  # fmt: skip


def vcf() -> None:
    made: tuple[tuple[str, Callable[[Path, int], None]], ...] = (
        ("genome.vcf", write_genome), ("genome.vcf.gz", write_genome), ("one_gene.vcf", write_one_gene),
    )  # fmt: skip
    for name, write in made:
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / name
            write(file, 5_000_000)
            runs = [[measure(how, file) for how in ("bytes", "text", "read")] for _ in range(3)]
        least, text, spent = (statistics.median(run[i][0] for run in runs) for i in range(3))
        peak = max(run[2][1] for run in runs)
        say(f"VCF, 5,000,000 records, {name}", f"{spent:.2f} s, {spent / least:.1f} x the floor, {peak:.0f} MB",
            f"its lines {least:.2f} s (as text {text:.2f} s)",
            "twice the floor, under 300 MB" if name.startswith("genome") else "under 300 MB")  # fmt: skip


def diary() -> None:
    for like in check_ins.LIKE:
        made = check_ins.diaries(10_000, like)
        found = check_ins.load(made)
        others = f"{found.unsuppressed:.1%} were nothing known; trials' rule {found.as_in_trials:.1%}"
        say(f"diary, {found.checkins:,d} as in {like}", f"{found.told:.1%} tell the team", others, "under 15 %")
        missed = "".join(f", {n} {what}" for what, n in found.missed.items())
        say("  planted emergencies missed", f"{sum(found.missed.values())} of {found.planted:,d}{missed}", "", "0")
    made = check_ins.diaries(2_000, "STAR")
    least, spent = turn_by_turn(check_ins.floor(made), lambda: follow(made.answers), 3)
    say(f"  following {len(made.answers):,d} answers", f"{spent:.1f} s, {spent / least:.1f} x the floor",
        f"sorting them {least:.1f} s", "three times the floor")  # fmt: skip


def main() -> None:
    every = {f.__name__: f for f in (decode, guidance, cohort, report, cold, response, grades, vcf, diary)}
    asked = sys.argv[1:] or list(every)
    for name in asked:
        if len(asked) == 1:
            every[name]()
        else:
            subprocess.run([sys.executable, "-m", "bench", name], check=True)


if __name__ == "__main__":
    main()
