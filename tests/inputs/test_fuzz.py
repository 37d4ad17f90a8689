"""Files and arguments that were broken at random: a message of ours or success, and never anything else.

The part that always runs takes a few seconds. SQLSEED_FUZZ=50 tries fifty times as many, and prints what it tried.
Each broken project is read, rendered and checked as `sqlseed compile` does, in this process: whatever is raised that is
no SqlseedError would have been a traceback. The limits of time and memory hold for every one.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from sqlseed import arguments, cli, pgurl, workspace, yamlfile
from sqlseed.errors import SqlseedError
from tests.cli.tiny import TINY
from tests.support import write_project

MORE = max(1, int(os.environ.get("SQLSEED_FUZZ", "1")))
SECONDS, KIBIBYTES = 10, 500 * 1024
PIECES = [
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "'",
        '"',
        "`",
        "$$",
        ";",
        "--",
        "/*",
        "*/",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "::",
        "\\",
    ),
    *(
        "\0",
        "\n",
        "\r",
        "\t",
        "\u200b",
        "\u202e",
        "\ufeff",
        "é",
        "🎒",
        "- ",
        "&a ",
        "*a",
        "!!x ",
        "|",
        ">",
        "#",
        "%",
        "<<: ",
    ),
    *("null", "NO", "012", "1e9", "-1", "ref('marks')", "var('x')", "range(10**9)", "{{ ref }}", "select", "1" * 400),
]


def breakages(data: bytes, chance: random.Random, cuts: int, others: int) -> Iterator[tuple[str, bytes]]:
    """(what was done, the file): cut short, a bit turned, lines exchanged or doubled, a piece put in."""
    places = range(len(data)) if cuts >= len(data) else sorted(chance.sample(range(len(data)), cuts))
    for at in places:
        yield f"cut at {at}", data[:at]
    for _ in range(others):
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        yield f"bit {bit} of {at}", data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        lines = data.split(b"\n")
        first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
        yield f"lines {first} and {second}", b"\n".join(lines)
        at, piece = chance.randrange(len(data) + 1), chance.choice(PIECES)
        yield f"{piece!r} at {at}", data[:at] + piece.encode() + data[at:]


def read(folder: Path) -> None:
    """What `sqlseed compile` does with a project, but for its files."""
    opened = workspace.load(folder, env={})
    opened.checked()
    assert opened.values is not None


def refused(action: Callable[[], object], kind: type[Exception] = SqlseedError) -> str | None:
    """The message of an error of this kind; nothing else may be raised."""
    try:
        action()
    except kind as error:
        assert getattr(error, "exit_code", 2) == 2  # noqa: PT017  (what is raised is the question)
        return str(error)
    return None


def tiny_files(folder: Path) -> dict[str, bytes]:
    write_project(folder, {**TINY, "macros/m.sql": "{% macro m(a, b=2) %}\n  {{ a }} + {{ b }}\n{% endmacro %}\n"})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_broken_projects(tmp_path: Path, record_property):
    files = tiny_files(tmp_path)
    outcomes = {"refused": 0, "fine": 0}
    slowest = 0.0
    for name, data in files.items():
        chance = random.Random(f"{name} {MORE}")
        for what, broken in breakages(data, chance, 12 * MORE, 5 * MORE):
            (tmp_path / name).write_bytes(broken)
            started = time.monotonic()
            try:
                message = refused(lambda: read(tmp_path))
            except BaseException as error:
                pytest.fail(f"{name}, {what}: {type(error).__name__}: {error}")
            outcomes["fine" if message is None else "refused"] += 1
            assert message is None or message.strip()
            slowest = max(slowest, time.monotonic() - started)
        (tmp_path / name).write_bytes(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{sum(outcomes.values()):,} projects: {outcomes}; slowest {slowest:.1f} s, peak {peak / 1024:.0f} MB")
    assert min(outcomes.values()) > 20
    assert slowest < SECONDS
    read(tmp_path)  # what was put back is whole again


def texts(seed: str, count: int, alphabet: list[str], longest: int = 12) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(count):
        yield "".join(chance.choices(alphabet, k=chance.randrange(longest)))


SELECTION = [
    *"+@^,&|() *",
    "marks",
    "pupils",
    "tag:",
    "path:",
    "config.tags:",
    "state:",
    "1",
    "people",
    "..",
    "é",
    "\x1b",
]
VARS = [
    *"{}[]:,'\"&*!|>#%- \n",
    "pupils",
    "town",
    "as_of",
    "=",
    "1",
    "2026-01-01",
    "true",
    "!!int",
    "\0",
    "\ud800",
    "<<",
]
URLS = [
    *"/:@?&=%#[] ",
    "postgresql://",
    "postgres:",
    "user",
    "s3cr3t",
    "host",
    "5432",
    "sslmode",
    "require",
    "%2F",
    "%zz",
    "é",
]
YAMLS = [*PIECES, "a: ", "b: 1\n", "  ", "- x\n", "{a: 1}", "[1, 2]"]


def test_any_selection(tmp_path: Path):
    write_project(tmp_path, TINY)
    opened = workspace.load(tmp_path, env={})
    for text in texts("selection", 600 * MORE, SELECTION):
        refused(partial(opened.select, [text]))
        refused(partial(opened.select, ["marks"], [text]))


def test_any_vars(tmp_path: Path):
    write_project(tmp_path, TINY)

    def opened(text: str) -> None:
        workspace.load(tmp_path, env={}, vars=arguments.parse_vars([text]))

    for text in texts("vars", 300 * MORE, VARS):
        refused(partial(opened, text))


def test_any_yaml():
    for text in texts("yaml", 3_000 * MORE, YAMLS, 20):
        message = refused(partial(yamlfile.load, text, "x.yml"))
        assert message is None or message.startswith("x.yml")


def test_any_url():
    for text in texts("url", 3_000 * MORE, URLS):
        assert "s3cr3t" not in (refused(partial(pgurl.parse_url, text), ValueError) or "")


def test_any_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    write_project(tmp_path, TINY)
    monkeypatch.chdir(tmp_path)
    words = [
        "ls",
        "compile",
        "show",
        "plan",
        "--select",
        "--branch",
        "--vars",
        "--preset",
        "--limit",
        "-1",
        "marks",
        "=",
        "--",
        "",
    ]
    words += ["--threads", "x", "--target", "--output", "json", "--year", "{", "\x1b[31m", "é"]
    chance = random.Random("arguments")
    for _ in range(40 * MORE):
        argv = ["ls", *chance.choices(words, k=chance.randrange(5))]
        try:
            code = cli.run(argv)
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert code in (0, 2), (argv, said.err)
        assert "\x1b" not in said.err
