"""Blocks of the documentation that are generated: help texts, files, compiled models, what a macro renders.

A block is a fence after a comment that says what is in it:

    <!-- generated: help build -->
    ```text
    ...
    ```

`python -m tests.docs.blocks` writes all of them again; with `--build` also the output of the reference project's build,
with `--tests` also the last line of the tests, which take their time. tests/docs/test_docs.py fails where one is stale.
The kinds are the functions named `_make_*`.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from click.testing import CliRunner

from sqlseed import api, artifacts, cli, planner, report
from sqlseed.cli.lint import explained
from sqlseed.dialect import portable
from sqlseed.lint.rules import RULES
from sqlseed.model import Materialized
from sqlseed.workspace import Workspace
from tests.support import ROOT, cli_command, cli_environment, write_project

_BLOCK = re.compile(
    r"(?P<head><!-- generated: (?P<kind>[a-z-]+)(?: (?P<argument>[^>]*?))?? -->\n```\w+\n)(?P<body>.*?)(?P<tail>```\n)",
    re.DOTALL,
)
SLOW = {"build-output": "--build", "test-output": "--tests"}  # kinds that are written on demand only, and the option

MACRO_PROJECT = {
    "sqlseed.toml": """
        name = "docs"
        [vars]
        as_of = 2026-09-30
        [dimensions.branch]
        seed = "branches"
        key = "id"
        """,
    "profiles.yml": "sqlseed: {outputs: {dev: {type: duckdb}}}\n",
    "seeds/branches.csv": "id,name,opened_on\nnorth,North,2001-04-01\n",
    "seeds/names.csv": "community,name,weight\na,Ada,2\n",
    "seeds/seeds.yml": "seeds: [{name: names, config: {slots: {by: [community], weight: weight, count: 2048}}}]\n",
    "models/students.yml": """
        models:
          - {name: students, columns: [{name: id, data_type: text, constraints: [{type: primary_key}]}]}
          - {name: marks, columns: [{name: id, data_type: text, constraints: [{type: primary_key}]}]}
        """,
    "models/students.sql": """
        {{ config(slice_by=['branch']) }}
        select {{ key('n') }} as id from generate_series(1, 9) as s(n)
        """,
}
"""The project in which the macros of docs/models.md are rendered: a model `marks`, sliced by branch."""


def documents() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def generated(text: str) -> Iterator[tuple[str, str, str]]:
    """(kind, argument, body) of each generated block in a page."""
    for found in _BLOCK.finditer(text):
        yield found["kind"], found["argument"] or "", found["body"]


def make(kind: str, argument: str) -> str:
    """What a block should hold now."""
    made = _KINDS[kind](argument)
    return made if made.endswith("\n") else made + "\n"


def rewritten(text: str, options: Sequence[str] = ()) -> str:
    """A page with its generated blocks made anew; those of SLOW kinds only where their option is given."""

    def block(found: re.Match[str]) -> str:
        if SLOW.get(found["kind"], "") not in ("", *options):
            return found[0]
        return found["head"] + make(found["kind"], found["argument"] or "") + found["tail"]

    return _BLOCK.sub(block, text)


# --- kinds ------------------------------------------------------------------------------------------------


def _make_help(command: str) -> str:
    arguments = [*command.split(), "--help"]
    return CliRunner().invoke(cli.cli, arguments, prog_name="sqlseed", terminal_width=80).output


def _make_file(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


@cache
def _starter() -> Workspace:
    """The project that `sqlseed init` writes."""
    return api.load(ROOT / "sqlseed" / "starter", env={})


def _make_compile(model: str) -> str:
    return artifacts.compiled_text(_starter().compiled[model])


def _make_macro(call: str) -> str:
    folder = Path(tempfile.mkdtemp(prefix="sqlseed-docs-"))
    try:
        more = ", rows=1, chunks={'parts': 1, 'begins': 0}" if call.startswith("chunk(") else ""
        settings = f"{{{{ config(slice_by=['branch']{more}) }}}}\nselect\n"
        rest = "\nas id, {{ branch.id }} as branch_id\n"
        model = settings + "{{ " + call + " }}" + rest
        write_project(folder, MACRO_PROJECT | {"models/marks.sql": model})
        sql = api.load(folder, env={}).compiled["marks"].sql
        return sql.removeprefix("select\n").partition("\nas id")[0]
    finally:
        shutil.rmtree(folder)


def _make_instead(_: str) -> str:
    """What models may not use, and what they write instead."""
    width = max(map(len, portable.INSTEAD)) + 2
    return "".join(f"{name:<{width}}{advice}\n" for name, advice in sorted(portable.INSTEAD.items()))


def _make_portable(what: str) -> str:
    """The fields of extract(), the patterns of to_char(), the types of a cast."""
    return textwrap.fill(", ".join(getattr(portable, what.upper())), 100)


@cache
def _school() -> Workspace:
    """The reference project."""
    return api.load(ROOT, env={})


def _make_vars(_: str) -> str:
    """The school's vars, with their defaults under the default preset, as TOML writes them."""
    shown = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in _school().variables.items()
    }
    width = max(map(len, shown))
    return "".join(f"{name:<{width}} = {value}\n" for name, value in shown.items())


def _make_tables(_: str) -> str:
    """The school's models with their tables and slices, in the order in which they are built."""
    rows = [["model", "table", "one slice for each", "tags"]]
    compiled = _school().compiled
    for name in planner.order(compiled):
        config = compiled[name].config
        table = f"({name})" if config.materialized is Materialized.INTERMEDIATE else config.table
        rows.append([name, table, " and ".join(config.slice_by) or "-", " ".join(config.tags)])
    return report.columns(rows)


def _make_build_output(_: str) -> str:
    """The reference project's build, all progress lines but the last few of each kind left out."""
    database = ROOT / "target" / "sqlseed.duckdb"
    for path in (database, database.with_suffix(".duckdb.wal")):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    done = subprocess.run(
        cli_command(["build"]),
        cwd=ROOT,
        env=cli_environment(),
        capture_output=True,
        text=True,
    )
    done.check_returncode()
    return shortened(done.stderr, done.stdout)


def _make_test_output(_: str) -> str:
    """The closing line of pytest. It is run with a stand-in for that line, which one of the tests looks at."""
    readme = ROOT / "README.md"
    before = readme.read_text("utf-8")
    stand_in = f"{'=' * 10} 1 passed in 1.00s {'=' * 10}\n"
    shown = _BLOCK.sub(lambda m: m["head"] + stand_in + m["tail"] if m["kind"] == "test-output" else m[0], before)
    readme.write_text(shown, "utf-8")
    try:
        done = subprocess.run([sys.executable, "-m", "pytest", "-n", "2"], cwd=ROOT, capture_output=True, text=True)
    finally:
        readme.write_text(before, "utf-8")
    if done.returncode:
        raise SystemExit(done.stdout[-4000:])
    return done.stdout.rstrip().splitlines()[-1]


def shortened(progress: str, result: str) -> str:
    """Progress and summary of a build with `...` for most of its lines."""
    lines = progress.splitlines()
    loaded = [line for line in lines if line.startswith("loaded")]
    built = [line for line in lines if line.startswith("built")]
    opening = [line for line in lines if " slices, " in line]
    shown = result.splitlines()
    head, tables = shown[0], shown[1 : shown.index("")]
    rest = ["", *filter(None, shown[shown.index("") :])]
    largest = sorted(tables, key=_rows)[-2:]
    kept = [line for line in tables if line in largest]
    return "\n".join([loaded[0], "...", *opening, built[0], "...", head, "  ...", *kept, *rest]) + "\n"


def _rows(line: str) -> int:
    return int(line.split()[1].replace(",", ""))


def _make_rules(_: str) -> str:
    """Every rule of lint, as `sqlseed lint --explain` shows it."""
    return "\n\n\n".join(explained(rule) for rule in RULES)


_KINDS: dict[str, Callable[[str], str]] = {
    "help": _make_help,
    "file": _make_file,
    "compile": _make_compile,
    "macro": _make_macro,
    "instead": _make_instead,
    "portable": _make_portable,
    "vars": _make_vars,
    "rules": _make_rules,
    "tables": _make_tables,
    "build-output": _make_build_output,
    "test-output": _make_test_output,
}


def main() -> None:
    """Writes the pages."""
    for path in documents():
        before = path.read_text("utf-8")
        after = rewritten(before, sys.argv[1:])
        if after != before:
            path.write_text(after, "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
