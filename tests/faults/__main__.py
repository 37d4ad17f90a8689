"""The fault harness at full length: `python -m tests.faults`.

    python -m tests.faults --kills 500 --minutes 35 --write docs/faults.md

Some loops at a time, each with a PostgreSQL of its own; a loop ends when its count is reached or its time is up. Writes
the table of what was measured between the marks in a Markdown file. The exit code is 1 if anything was wrong, or if
the negative control found nothing.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.faults import loops
from tests.faults.loops import Tally

SEED = 20261128
BEGIN, END = "<!-- measured: python -m tests.faults -->", "<!-- end of what was measured -->"


def plan(kills: int) -> list[tuple[str, int, float]]:
    """The loops by name, with their counts and their share of the time; long ones first, and one in halves."""
    every = 1_000_000
    return [
        ("kills", kills // 2, 0.22),
        ("kills", kills - kills // 2, 0.22),
        ("cuts", every, 0.085),
        ("cuts_of_replies", every, 0.085),
        ("negative_control", kills // 5, 0.05),
        ("kills_on_duckdb", kills // 5, 0.05),
        ("signals", kills // 5, 0.05),
        ("kills_of_two", kills // 10, 0.04),
        ("terminations", kills // 10, 0.04),
        ("crashes", kills // 12, 0.04),
        ("holes", max(2, kills // 25), 0.04),
        ("restarts", max(2, kills // 50), 0.03),
        ("cuts_always", every, 0.03),
        ("slow_lines", max(2, kills // 50), 0.02),
    ]


def table(tallies: list[Tally]) -> str:
    """Markdown: a line a fault."""
    lines = ["| fault | times | how it ended | wrong | seconds to recover: median, longest |", "|---|--:|---|--:|--:|"]
    for tally in tallies:
        times = f"{tally.tried:,}" + (f" of {tally.of:,}" if tally.of else "")
        if tally.rounds:
            times += f" in {tally.rounds:,} rounds"
        ended = "; ".join(f"{outcome}: {count:,}" for outcome, count in sorted(tally.outcomes.items()))
        seconds = f"{statistics.median(tally.recovery):.1f}, {max(tally.recovery):.1f}" if tally.recovery else ""
        lines.append(
            f"| {tally.fault} | {times} | {ended or 'the next build resumed'} | {len(tally.wrong)} | {seconds} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Runs everything, prints and writes the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="The fault harness at full length.")
    parser.add_argument("--kills", type=int, default=500, help="random kills; the other counts follow")
    parser.add_argument("--minutes", type=float, default=60, help="about how long it may take")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="loops at a time")
    parser.add_argument("--only", default="", help="names of loops, separated by commas")
    parser.add_argument("--write", type=Path, help="a Markdown file with the marks in it")
    options = parser.parse_args()
    begin = time.monotonic()
    minutes = options.minutes * options.jobs
    wanted = [one for one in plan(options.kills) if not options.only or one[0] in options.only.split(",")]
    found: dict[str, Tally] = {}
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        futures = [
            pool.submit(loops.run, name, count, 60 * minutes * share, options.seed + i)
            for i, (name, count, share) in enumerate(wanted)
        ]
        for future in as_completed(futures):
            tally = future.result()
            print(
                f"{time.monotonic() - begin:6.0f} s  {table([tally]).splitlines()[-1]}",
                *tally.wrong[:5],
                sep="\n  ",
                flush=True,
            )
            if tally.fault in found:
                found[tally.fault].add(tally)
            else:
                found[tally.fault] = tally
    tallies = sorted(found.values(), key=lambda tally: tally.fault)
    text = f"Seed {options.seed}, {(time.monotonic() - begin) / 60:.0f} minutes.\n\n{table(tallies)}"
    print(text)
    if options.write:
        page = options.write.read_text()
        head, rest = page.split(BEGIN)
        options.write.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}")
    control = [tally for tally in tallies if tally.fault.startswith("negative control")]
    real = [tally for tally in tallies if tally not in control]
    return int(any(tally.wrong for tally in real) or any(not tally.wrong for tally in control))


if __name__ == "__main__":
    sys.exit(main())
