"""Builds the reference project on both engines beside COPY of the same rows, and times start-up."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import in_duckdb, in_postgres, in_review, projects, report
from benchmarks.measuring import ROOT, BenchmarkError, Results, start_up

ONE_ROW_MODELS = 45  # as many tables as a middling application has


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--preset", default="demo", help="of the project; minimal is done in seconds [demo]")
    parser.add_argument("--vars", action="append", default=[], metavar="YAML", help="of the project, for the review")
    parser.add_argument("--project", type=Path, default=ROOT, help="folder of another project [the reference project]")
    parser.add_argument("--duckdb-target", default="dev", metavar="NAME", help="output of profiles.yml [dev]")
    parser.add_argument("--postgres-target", default="pg", metavar="NAME", help="output whose url is DATABASE_URL [pg]")
    parser.add_argument(
        "--only",
        choices=["duckdb", "postgres", "start-up", "review"],
        action="append",
        help="may be repeated; review is measured only if asked",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="threads and connections [those of the profile]")
    parser.add_argument("--postgres", type=int, default=18, metavar="VERSION", help="major version of the server [18]")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="DDL of the tables [what sqlseed creates]")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="of each start-up command [7]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write them as a page of documentation too")
    return parser.parse_args()


def _machine() -> dict[str, str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {"cores": str(cores)}
    if "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        facts["memory"] = f"{size / 2**30:.0f} GiB"
    return {**facts, "system": f"{platform.system()} {platform.machine()}", "Python": platform.python_version()}


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _measure(arguments: argparse.Namespace, folder: Path) -> Results:
    results = Results(_machine(), arguments.preset)
    wanted = set(arguments.only or ["duckdb", "postgres", "start-up"])
    project = projects.copy_project(arguments.project, folder / "project")
    extra = ["--threads", str(arguments.threads)] if arguments.threads else []
    if "start-up" in wanted:
        _say("start-up")
        one_row = projects.one_row_models(folder / "one_row", ONE_ROW_MODELS)
        results.start_up = [
            start_up("sqlseed --help", ["--help"], project, arguments.runs),
            start_up("sqlseed ls", ["ls"], project, arguments.runs),
            start_up(
                f"sqlseed build, {ONE_ROW_MODELS} models of one row, DuckDB",
                ["build", "--quiet"],
                one_row,
                arguments.runs,
                lambda: shutil.rmtree(one_row / "target", ignore_errors=True),
            ),
        ]
    if "duckdb" in wanted:
        _say(f"DuckDB, preset {arguments.preset}")
        engine = in_duckdb.measure(project, arguments.duckdb_target, arguments.preset, extra, folder)
        results.engines.append(engine)
        shutil.rmtree(project / "target", ignore_errors=True)
    if "postgres" in wanted:
        _say(f"PostgreSQL {arguments.postgres}, preset {arguments.preset}")
        with in_postgres.running_server(arguments.postgres) as server:
            results.engines.append(
                in_postgres.measure(
                    server, project, arguments.postgres_target, arguments.preset, extra, arguments.schema
                )
            )
    if "review" in wanted:
        _say(f"review, PostgreSQL {arguments.postgres}, preset {arguments.preset}")
        with in_postgres.running_server(arguments.postgres) as server:
            options = ["--preset", arguments.preset, *extra, *(f"--vars={text}" for text in arguments.vars)]
            results.estimates = in_review.measure(server, project, arguments.postgres_target, options)
    return results


def main() -> int:
    """Measures, prints, writes; 1 if a measured command failed."""
    arguments = _arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="sqlseed-benchmark-") as folder:
            results = _measure(arguments, Path(folder).resolve())
    except BenchmarkError as error:
        _say(str(error))
        return 1
    sys.stdout.write(report.text(results) + "\n")
    if arguments.json:
        report.write(arguments.json, report.to_json(results))
    if arguments.markdown:
        page = report.estimates if set(arguments.only or ()) == {"review"} else report.markdown
        only = "--only review " if page is report.estimates else ""
        shown = f"python -m benchmarks {only}--preset {arguments.preset} --markdown docs/{arguments.markdown.name}"
        report.write(arguments.markdown, page(results, shown))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
