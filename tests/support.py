"""Helpers that tests call: a project on disk, and the command line in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import forked

ROOT = Path(__file__).resolve().parent.parent  # of the repository
CLI_TIMEOUT = 120  # seconds


@dataclass(frozen=True, slots=True)
class CliResult:
    """How a command ended. A negative `rc` is the number of the signal that ended it."""

    rc: int
    stdout: str
    stderr: str


def write_project(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files, by path relative to `folder`, and return the folder.

    Text is dedented and loses its first line break, so that it can stand indented in a test; bytes are written as
    they are.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(textwrap.dedent(content).removeprefix("\n"), encoding="utf-8")
    return folder


def allow_superuser(folder: Path) -> Path:
    """Lets the PostgreSQL target of a project's profiles.yml be written as the tests' servers' user, a superuser."""
    path = folder / "profiles.yml"
    text, times = re.subn(
        r"^( *)environment: dev\b.*", r"\g<0>\n\1allow_superuser: true", path.read_text("utf-8"), flags=re.MULTILINE
    )
    assert times == 1
    path.write_text(text, "utf-8")
    return folder


def cli_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a process of sqlseed: this one's without settings of a developer's own, plus `env`.

    Coverage's variables stay, so the process is measured; `PYTHONPATH` makes it this source, whatever is installed.
    """
    own = ("SQLSEED_", "PG", "FORCE_COLOR")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(own) or n == "SQLSEED_CACHE_DIR"}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1", "COLUMNS": "120", **(env or {})}


def cli_command(args: Sequence[str | Path]) -> list[str]:
    """The words that run sqlseed with this Python; for `subprocess.Popen` where a test must kill it."""
    return [sys.executable, "-m", "sqlseed", *map(str, args)]


def run_cli(
    args: Sequence[str | Path],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    *,
    stdin: str = "",
    timeout: float = CLI_TIMEOUT,
) -> CliResult:
    """Run `python -m sqlseed ARGS...` to its end, in `cwd`, with `env` added to the environment."""
    environment = cli_environment(env)
    if forked.suits(environment):
        return CliResult(*forked.run([*map(str, args)], cwd or Path.cwd(), environment, stdin, timeout))
    process = subprocess.run(
        cli_command(args),
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
    )
    return CliResult(process.returncode, process.stdout, process.stderr)
