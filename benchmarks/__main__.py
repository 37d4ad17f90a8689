"""Builds the reference project on both engines beside COPY of the same rows, and times start-up."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import psycopg

from benchmarks import estimates, growth, in_copy, in_duckdb, in_postgres, in_review, projects, report, sizes
from benchmarks import results as files
from benchmarks.measuring import ROOT, BenchmarkError, Measurement, Results, StartUp, start_up
from benchmarks.options import Wanted
from sqlseed import api
from sqlseed.arguments import parse_vars
from sqlseed.errors import SqlseedError
from sqlseed.model import Project, Value
from tests import servers

ONE_ROW_MODELS = 45  # as many tables as a middling application has
_ENGINES = ["duckdb", "postgres", "start-up"]
_ASKED = ["review", "copy"]


def _sizes(text: str) -> list[int]:
    found = [int(word) for word in text.split(",")]
    if min(found) < 1:
        raise ValueError(text)
    return found


def options() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--preset", default="demo", help="of the project; minimal is done in seconds [demo]")
    parser.add_argument("--size", type=_sizes, default=[1], metavar="N,...", help="times the preset: 1,10,100 [1]")
    parser.add_argument(
        "--vars", action="append", default=[], metavar="YAML", help="of the project, for review and copy"
    )
    parser.add_argument("--project", type=Path, default=ROOT, help="folder of another project [the reference project]")
    parser.add_argument("--duckdb-target", default="dev", metavar="NAME", help="output of profiles.yml [dev]")
    parser.add_argument("--postgres-target", default="pg", metavar="NAME", help="output whose url is DATABASE_URL [pg]")
    parser.add_argument(
        "--only",
        choices=[*_ENGINES, *_ASKED],
        action="append",
        help="may be repeated; review, and copy (rows of DuckDB by COPY), are measured only if asked",
    )
    parser.add_argument("--no-copy", action="store_true", help="build only, and copy nothing")
    parser.add_argument("--threads", type=int, metavar="N", help="threads and connections [those of the profile]")
    parser.add_argument("--postgres", type=int, default=18, metavar="VERSION", help="major version of the server [18]")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="DDL of the tables [what sqlseed creates]")
    parser.add_argument("--runs", type=int, metavar="N", help="of each start-up command [7], of each road of copy [1]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="add the results to this file, one after the other")
    parser.add_argument("--resume", action="store_true", help="measure only what the file of --json does not hold")
    parser.add_argument("--docs", action="store_true", help="write the page and its pictures beside the file of --json")
    parser.add_argument("--render", action="store_true", help="measure nothing: write the pages of docs/*.json again")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page of review or copy")
    parser.add_argument("--growth", action="store_true", help="instead, the cost of a row as their number grows")
    parser.add_argument("--rows", type=int, metavar="N", help="of --growth: no size above this")
    return parser


def _arguments() -> argparse.Namespace:
    parser = options()
    arguments = parser.parse_args()
    if arguments.growth:
        arguments.preset = growth.PRESET
    if (arguments.docs or arguments.resume) and arguments.json is None:
        parser.error("--docs and --resume go with --json")
    return arguments


def machine() -> dict[str, str]:
    """What the numbers are of."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {"cores": str(cores)}
    if "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        facts["memory"] = f"{size / 2**30:.0f} GiB"
    return {**facts, "system": f"{platform.system()} {platform.machine()}", "Python": platform.python_version()}


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _start_up(project: Path, folder: Path, runs: int) -> list[StartUp]:
    one_row = projects.one_row_models(folder / "one_row", ONE_ROW_MODELS)
    return [
        start_up("sqlseed --help", ["--help"], project, runs),
        start_up("sqlseed ls", ["ls"], project, runs),
        start_up(
            f"sqlseed build, {ONE_ROW_MODELS} models of one row, DuckDB",
            ["build", "--quiet"],
            one_row,
            runs,
            lambda: shutil.rmtree(one_row / "target", ignore_errors=True),
        ),
    ]


def _jobs(arguments: argparse.Namespace, project: Project) -> Iterator[tuple[str, int, Mapping[str, Value]]]:
    """What is to be built, as (engine, size, vars), from small to large."""
    engines = [name for name in arguments.only or _ENGINES if name in ("duckdb", "postgres")]
    if arguments.growth:
        steps = [rows for rows in growth.STEPS if rows <= (arguments.rows or rows)]
        yield from ((engine, n, growth.STEPS[n]) for engine in engines for n in steps if n <= growth.MOST[engine])
        return
    for size in arguments.size:
        grown = sizes.variables(project, arguments.preset, size)
        yield from ((engine, size, grown) for engine in engines)


def _measure(arguments: argparse.Namespace, folder: Path, done: set[tuple[str, int, str]]) -> Iterator[Measurement]:
    """Everything but what is in `done`. Raises BenchmarkError at the end, where an engine failed at one of its sizes;
    its larger ones are left out."""
    project = projects.copy_project(arguments.project, folder / "project")
    loaded = api.load(project, env={"DATABASE_URL": "postgresql:///"}).project
    failed: dict[str, str] = {}
    for engine, size, grown in _jobs(arguments, loaded):
        if (arguments.preset, size, engine) in done or engine in failed:
            continue
        _say(f"{engine}, preset {arguments.preset}, size {size}")
        target = arguments.duckdb_target if engine == "duckdb" else arguments.postgres_target
        wanted = Wanted(target, arguments.preset, size, grown, arguments.threads)
        try:
            if arguments.growth and size < growth.REPEATED:
                found = [one for _ in range(3) for one in _of_engine(arguments, engine, project, wanted, folder)]
                yield from growth.middle(found)
            else:
                yield from _of_engine(arguments, engine, project, wanted, folder)
        except (BenchmarkError, SqlseedError, psycopg.Error, duckdb.Error, OSError) as error:
            failed[engine] = f"{engine}, preset {arguments.preset}, size {size}: {error}"
            _say(failed[engine])
    if failed:
        raise BenchmarkError("\n".join(failed.values()))


def _of_engine(
    arguments: argparse.Namespace, engine: str, project: Path, wanted: Wanted, folder: Path
) -> Iterator[Measurement]:
    copies = not (arguments.no_copy or arguments.growth)
    if engine == "duckdb":
        yield in_duckdb.measure(project, wanted, folder, copies=copies)
        return
    with in_postgres.running_server(arguments.postgres) as server:
        yield from in_postgres.measure(server, project, wanted, arguments.schema, copies=copies)


def _benchmark(arguments: argparse.Namespace, folder: Path) -> None:
    results = files.read_or_begin(arguments.json, machine())
    copies = not (arguments.no_copy or arguments.growth)
    kept = files.finished(results, copies=copies) if arguments.resume else set[tuple[str, int, str]]()
    if "start-up" in (arguments.only or _ENGINES) and not (arguments.growth or (arguments.resume and results.start_up)):
        _say("start-up")
        project = projects.copy_project(arguments.project, folder / "for_start_up")
        results.start_up = _start_up(project, folder, arguments.runs or 7)
    try:
        for found in _measure(arguments, folder, kept):
            files.add(results, found)
            _write(arguments, results)
    finally:
        _write(arguments, results)
        sys.stdout.write((growth if arguments.growth else report).text(results) + "\n")


def _write(arguments: argparse.Namespace, results: Results) -> None:
    if arguments.json is None:
        return
    files.write(arguments.json, results)
    if arguments.docs:
        _write_page((growth if arguments.growth else report).files, arguments.json, results)


def _write_page(made: Callable[[Results, str], Mapping[str, str]], path: Path, results: Results) -> None:
    for name, content in made(results, path.name).items():
        (path.parent / name).write_text(content, encoding="utf-8")


def _review(arguments: argparse.Namespace, folder: Path) -> None:
    _say(f"review, PostgreSQL {arguments.postgres}, preset {arguments.preset}")
    project = projects.copy_project(arguments.project, folder / "for_review")
    options = ["--preset", arguments.preset, *(f"--vars={text}" for text in arguments.vars)]
    options += ["--threads", str(arguments.threads)] if arguments.threads else []
    with in_postgres.running_server(arguments.postgres) as server:
        found = in_review.measure(server, project, arguments.postgres_target, options)
    sys.stdout.write(estimates.text(found) + "\n")
    if arguments.markdown:
        name = arguments.markdown.name
        shown = f"python -m benchmarks --only review --preset {arguments.preset} --markdown docs/{name}"
        arguments.markdown.write_text(estimates.page(found, machine(), arguments.preset, shown), encoding="utf-8")


def _copy(arguments: argparse.Namespace, folder: Path) -> None:
    _say(f"INSERT ... SELECT beside rows of DuckDB by COPY, PostgreSQL {arguments.postgres}, preset {arguments.preset}")
    facts = machine() | {"load when it began": f"{os.getloadavg()[0]:.1f}"}
    project = projects.copy_project(arguments.project, folder / "for_copy")
    given = parse_vars(arguments.vars)
    options = {"preset": arguments.preset, "vars": given, "threads": arguments.threads}
    with in_postgres.running_server(arguments.postgres) as server:
        names = (arguments.postgres_target, arguments.duckdb_target)
        found = in_copy.measure(server, project, *names, options, arguments.runs or 1)
    sys.stdout.write(in_copy.text(found) + "\n")
    if arguments.markdown:
        words = ["--preset", arguments.preset, *(f"--vars '{text}'" for text in arguments.vars)]
        shown = f"python -m benchmarks --only copy {' '.join(words)} --markdown docs/{arguments.markdown.name}"
        said = f"preset `{arguments.preset}`" + "".join(f", `{text}`" for text in arguments.vars)
        arguments.markdown.write_text(in_copy.page(found, facts, said, shown), encoding="utf-8")


def main() -> int:
    """Measures, prints, writes; 1 if a measured command failed. What was measured before it is kept."""
    arguments = _arguments()
    if arguments.render:
        for page, name in ((report, "benchmark.json"), (growth, "growth.json")):
            _write_page(page.files, ROOT / "docs" / name, files.read(ROOT / "docs" / name))
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="sqlseed-benchmark-") as name:
            folder = Path(name).resolve()
            if "review" in (arguments.only or ()):
                _review(arguments, folder)
            if "copy" in (arguments.only or ()):
                _copy(arguments, folder)
            if not set(arguments.only or _ENGINES) <= set(_ASKED):
                _benchmark(arguments, folder)
    except (BenchmarkError, servers.ServerError) as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
