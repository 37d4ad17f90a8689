"""Templates that would take all time or all memory: each ends with a message, all of them in one short process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.tiny import TINY
from tests.inputs.snapshots import compare
from tests.support import cli_command, cli_environment, write_project

LIMIT = 500 * 1024  # KiB of memory that a process may take at its peak

BOMBS = {
    "range(10**9)": "{% for n in range(10**9) %}x{% endfor %}",
    "a long range": "{% for n in range(1000000000) %}x{% endfor %}",
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
    "a long text": "select '{{ 'a' * 300000000 }}' as id",
    "a list": "{% set a = [0] * 300000000 %}select 1 as id",
    "a power": "{% set a = 9 ** 9999 %}select 1 as id",
    "doubling": (
        "{% set ns = namespace(a='xxxxxxxxxx') %}{% for n in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}"
    ),
    "doubling with join": (
        "{% macro d(a, n) %}{% if n %}{{ d(a ~ a, n - 1) }}{% else %}{{ a }}{% endif %}{% endmacro %}"
        "select '{{ d('xxxxxxxxxx', 40) }}' as id"
    ),
    "padding": "select '{{ 'a' | center(300000000) }}' as id",
    "indent": "select '{{ 'a\nb' | indent(300000000) }}' as id",
    "format": "select '{{ '%300000000d' | format(1) }}' as id",
    "replace": "select '{{ ('a' * 9999) | replace('a', 'b' * 9999) | replace('b', 'c' * 9999) }}' as id",
    "batch": "{% for n in [1] | batch(300000000, 0) %}x{% endfor %}",
    "a method": "select '{{ 'a'.ljust(300000000) }}' as id",
    "a zipped product": (
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}"
        "{% endfor %}{% endfor %}"
    ),
    "a large integer": "select {{ (9 ** 999) ** 999 }} as id",
    "a shift": "select {{ 10 ** 100000000 }} as id",
    "nested for": "{% for a in range(2) %}" * 30 + "x" + "{% endfor %}" * 30,
    "nested brackets": "select {{ " + "(" * 5000 + "1" + ")" * 5000 + " }} as id",
}

SQL_BOMBS = {
    "nested brackets of SQL": "select " + "(" * 20_000 + "1" + ")" * 20_000 + " as id",
    "a long chain of SQL": "select " + "1 + " * 20_000 + "1 as id",
    "many columns": "select " + ", ".join(f"{n} as c{n}" for n in range(2_000)),
    "many set operations": " union all ".join(["select 1 as id"] * 2_000),
    "a long line": "select '" + "x" * 990_000 + "' as id",
}


# A process's peak begins with that of the process which started it: a small one stands between this and sqlseed.
LAUNCHER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


def run(folder: Path, *arguments: str) -> tuple[int, str, int, float]:
    """Exit code, stderr, peak memory in KiB and seconds of a process of its own."""
    started = time.monotonic()
    command = [sys.executable, "-S", "-c", LAUNCHER, *cli_command(arguments)]
    done = subprocess.run(command, cwd=folder, env=cli_environment(), capture_output=True, text=True)
    code, memory = map(int, done.stdout.split())
    return code, done.stderr, memory, time.monotonic() - started


@pytest.mark.parametrize(("name", "bombs"), [("24 bombs", BOMBS), ("55 statements too large", SQL_BOMBS)])
def test_bombs(tmp_path: Path, name: str, bombs: dict[str, str]):
    models = {f"models/bomb_{number:02}.sql": text for number, text in enumerate(bombs.values(), 1)}
    folder = write_project(tmp_path / "tiny", {**TINY, **models})
    code, said, memory, seconds = run(folder, "compile")
    print(f"{memory / 1024:.0f} MB, {seconds:.1f} s")
    assert code == 2
    assert memory < LIMIT
    compare(name, said)


@pytest.mark.parametrize("prefix", ["", "-- "], ids=["in SQL", "in a remark"])
def test_a_loop_that_neither_prints_nor_counts_is_stopped_by_the_clock(tmp_path: Path, prefix: str):
    loops = "{% set l = [0] * 9999 %}" + "".join(f"{{% for {n} in l %}}" for n in "abc") + "{% endfor %}" * 3
    folder = write_project(tmp_path / "tiny", {**TINY, "models/marks.sql": prefix + loops})
    shorter = "import sqlseed.budget; sqlseed.budget.MAX_SECONDS = 0.5; from sqlseed.cli import main; main(['compile'])"
    done = subprocess.run(
        [cli_command(())[0], "-c", shorter],
        cwd=folder,
        env=cli_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "models/marks.sql:1: the template renders for over 0 s" in done.stderr
    assert done.returncode == 2
