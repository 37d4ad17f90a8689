"""The psql scripts fill a database as a build does, on each version of PostgreSQL, and are stopped by what differs."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sqlseed.review.psql import write_scripts
from tests.review.psql_runs import (
    RANGES,
    STATE,
    Case,
    built,
    command,
    environment,
    psql,
    refused,
    rows,
    run,
    scripts_for,
    weather,
)
from tests.servers import Server
from tests.support import ROOT, write_project

_numbers = itertools.count(1)
Fresh = Callable[[], str]

ODD = {
    "sqlseed.toml": """
        name = "odd"
        [vars]
        note = "50% \\\\ 'quoted' :place_key\\n$$"
        [dimensions.place]
        seed = "places"
        key = "key"
        """,
    "seeds/places.csv": (
        "key,title,remark,area,since,is_open\n"
        'a,"St. Mary\'s ""C:\\new""\nsecond\tline",,1.50,2001-02-03,true\n'
        "b,:'key' :place_key $1 {{ x }},\\N,2,1999-12-31,false\n"
        "c it's,नमस्ते,\\.,,2020-02-29,\n"
    ),
    "models/all.yml": """
        models:
          - name: spots
            columns:
              - {name: id, data_type: text, constraints: [{type: not_null}]}
              - {name: title, data_type: text}
              - {name: remark, data_type: text}
              - {name: area, data_type: "numeric(8, 2)"}
              - {name: since, data_type: date}
              - {name: is_open, data_type: boolean}
              - {name: odds, data_type: text}
            constraints: [{type: primary_key, columns: [id]}]
          - name: middle
            columns: [{name: place, data_type: text}, {name: n, data_type: integer}]
        """,
    "models/middle.sql": """
        {{ config(materialized='intermediate', slice_by=['place']) }}
        select {{ place.key }} as place, m.n from generate_series(1, 3) as m(n)
        """,
    "models/spots.sql": """
        {{ config(slice_by=['place']) }}
        -- a comment with :'_slice', :n; and a \\backslash
        /* and :one of
           several lines */
        select
            {{ key('m.n') }} as id,
            {{ place.title }} as title,
            {{ place.remark }} as remark,
            {{ place.area }} as area,
            {{ place.since }} as since,
            {{ place.is_open }} as is_open,
            ':n;' || $x$:n \\ ;$x$ || n.n::text || {{ var('note') }}
                || case when {{ place.remark }} is null then ' none' else '' end as odds
        from {{ ref('middle') }} as m
        cross join (select 2 as n) as n
        join {{ seed('places') }} as p on p.key = m.place
        where m.place = {{ place.key }} -- the end
        """,
    "models/whole_table.sql": "select p.key, p.title from {{ seed('places') }} as p where p.title <> {{ var('note') }}",
    "models/whole_view.sql": "{{ config(materialized='view') }} select key from {{ ref('whole_table') }}",
}


@pytest.fixture
def fresh(any_postgres: Server) -> Iterator[Fresh]:
    """Makes another empty database, each time that it is called; its URL."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(any_postgres.fresh_database(f"psql_{next(_numbers)}"))


@pytest.fixture(params=["weather", "odd", pytest.param("school", marks=pytest.mark.slow)])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """Each project: integer keys; texts that psql could mistake; the school at its smallest."""
    if request.param == "weather":
        return weather(tmp_path, days=2)
    if request.param == "odd":
        return Case(write_project(tmp_path / "odd", ODD))
    return Case(ROOT, "minimal")


def test_psql_leaves_what_a_build_leaves(case: Case, any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    by_psql, by_build = fresh(), fresh()
    folder = scripts_for(case.workspace(by_psql, tmp_path / "a"), tmp_path / "sql")

    run(any_postgres, by_psql, folder / "run.sql")
    again = run(any_postgres, by_psql, folder / "run.sql")

    assert again.endswith("done: 0 slices and lookup tables written, 0 rows\n")
    _, wanted = built(case, by_build, tmp_path / "b")
    without_sums = [(*row[:4], None, *row[5:]) for row in rows(by_build, STATE)]
    assert rows(by_psql, STATE) == without_sums
    assert rows(by_psql, RANGES) == rows(by_build, RANGES)
    result, sums = built(case, by_psql, tmp_path / "a")
    assert not result.plan.pending
    assert sums == wanted
    assert rows(by_psql, SHAPE) == rows(by_build, SHAPE)


SHAPE = """
    select schemaname || '.' || tablename || ' ' || indexname || ' ' || indexdef from pg_indexes
    where schemaname in ('public', '_sqlseed')
    union all
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where contype in ('f', 'p', 'u') and connamespace in (to_regnamespace('public'), to_regnamespace('_sqlseed'))
    union all
    select table_schema || '.' || table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
    from information_schema.columns where table_schema in ('public', '_sqlseed')
    union all
    select sequencename || ' ' || last_value from pg_sequences where schemaname = 'public'
    order by 1
"""


def test_texts_that_psql_could_mistake_arrive(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    url = fresh()
    case = Case(write_project(tmp_path / "odd", ODD))
    run(any_postgres, url, scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql") / "run.sql")

    first, *_ = rows(url, "select distinct title, remark, area::text, is_open from spots order by 1 desc")
    assert first[0] == "नमस्ते"
    texts = {row[0] for row in rows(url, "select title from spots")}
    assert texts == {'St. Mary\'s "C:\\new"\nsecond\tline', ":'key' :place_key $1 {{ x }}", "नमस्ते"}
    assert {row[0] for row in rows(url, "select remark from spots")} == {None, "\\N", "\\."}
    odds = [row[0] for row in rows(url, "select odds from spots where remark is null order by id")]
    assert odds[0] == ":n;:n \\ ;250% \\ 'quoted' :place_key\n$$ none"


def test_a_run_that_was_killed_goes_on(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, killed, whole = weather(tmp_path, days=90), fresh(), fresh()
    folder = scripts_for(case.workspace(killed, tmp_path / "a"), tmp_path / "sql")

    with subprocess.Popen(
        command(any_postgres, killed, folder / "run.sql"), env=environment(), stdout=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 60
        while _complete(killed, "sensor") < 3:  # what is left is the long part
            assert time.monotonic() < until
            time.sleep(0.005)
        process.kill()
    after_kill = _complete(killed, "reading")
    run(any_postgres, killed, folder / "run.sql")

    assert after_kill < 3
    assert built(case, killed, tmp_path / "a")[1] == built(case, whole, tmp_path / "b")[1]


def _complete(url: str, model: str) -> int:
    if not rows(url, "select 1 where to_regclass('_sqlseed.checkpoint') is not null"):
        return 0
    return len(rows(url, f"select 1 from _sqlseed.checkpoint where model = '{model}' and fingerprint <> ''"))


def test_a_broken_statement_gives_other_checksums(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    """The negative control of the comparison of checksums."""
    case, by_psql, by_build = weather(tmp_path, days=1), fresh(), fresh()
    folder = scripts_for(case.workspace(by_psql, tmp_path / "a"), tmp_path / "sql")
    script = next(folder.glob("*_reading.sql"))
    text = script.read_text("utf-8")
    script.write_text(text.replace("then -40", "then -41", 1), "utf-8")
    assert script.read_text("utf-8") != text

    run(any_postgres, by_psql, folder / "run.sql")

    ours, wanted = (built(case, url, tmp_path / url[-3:])[1] for url in (by_psql, by_build))
    assert ours["station"] == wanted["station"]
    assert ours["reading"] != wanted["reading"]


def test_an_error_ends_the_run_also_without_the_option(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    script = next(folder.glob("*_sensor.sql"))
    script.write_text(script.read_text("utf-8").replace("from mounted", "from nowhere", 1), "utf-8")
    words = [word for word in command(any_postgres, url, folder / "run.sql") if word not in ("-v", "ON_ERROR_STOP=1")]

    done = subprocess.run(words, env=environment(), capture_output=True, encoding="utf-8")

    assert done.returncode == 3
    assert 'relation "nowhere" does not exist' in done.stderr
    assert (_complete(url, "station"), _complete(url, "sensor"), _complete(url, "reading")) == (3, 0, 0)


def test_what_was_built_otherwise_is_left_to_build(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, url, folder / "run.sql")
    rows(url, "update _sqlseed.checkpoint set fingerprint = 'other' where model = 'sensor' and slice = 'plain'")
    before = rows(url, STATE)

    error = refused(any_postgres, url, folder / "run.sql")

    assert "sensor plain is in the target, made from other SQL or other values than these" in error
    assert "`sqlseed build` brings it up to date" in error
    assert rows(url, STATE) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update _sqlseed.project set name = 'theirs'", "belongs to project theirs (state 1), not to weather"),
        ("update _sqlseed.key_range set first = first + 1 where slice = 'alps'", "are set aside for alps already"),
        ("delete from _sqlseed.checkpoint where model = 'reading'", "that sqlseed did not make has a key set aside"),
    ],
)
def test_what_is_in_the_way_stops_the_run(
    change: str, sentence: str, any_postgres: Server, fresh: Fresh, tmp_path: Path
) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, url, folder / "run.sql")
    rows(url, change)
    assert sentence in refused(any_postgres, url, folder / "run.sql")


def test_rows_without_a_record_are_left_to_build(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = Case(write_project(tmp_path / "odd", ODD)), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, url, folder / "run.sql")
    rows(url, "delete from _sqlseed.checkpoint where model = 'spots'")
    error = refused(any_postgres, url, folder / "run.sql")
    assert "rows of spots are in the target without a record of it: `sqlseed build` adopts them" in error


def test_the_applications_own_tables_are_used(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url, other = weather(tmp_path, days=1), fresh(), fresh()
    for each in (url, other):
        rows(each, (case.root / "schema.sql").read_text("utf-8"))
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, url, folder / "run.sql")
    assert built(case, url, tmp_path / "a")[1] == built(case, other, tmp_path / "b")[1]
    assert rows(url, SHAPE) == rows(other, SHAPE)


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    case = weather(tmp_path)
    workspace = case.workspace("postgresql://nobody@127.0.0.1:1/none", tmp_path / "a")
    one, two = (scripts_for(workspace, tmp_path / name) for name in ("one", "two"))
    texts = [{p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in (one, two)]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 16


def test_only_scripts_of_an_earlier_time_are_removed(tmp_path: Path) -> None:
    case = weather(tmp_path)
    workspace = case.workspace("postgresql://nobody@127.0.0.1:1/none", tmp_path / "a")
    folder = scripts_for(workspace, tmp_path / "sql")
    (folder / "notes.sql").write_text("-- the DBA's own\n", "utf-8")
    old = folder / "012_reading.sql"
    old.rename(folder / "015_reading.sql")
    scripts_for(workspace, folder)
    assert old.exists()
    assert (folder / "notes.sql").exists()
    assert not (folder / "015_reading.sql").exists()
    assert callable(write_scripts)


def test_run_sh_hands_its_arguments_to_psql(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    path = str(Path(command(any_postgres, url, folder)[0]).parent)
    env = environment() | {"PATH": f"{path}:/usr/bin:/bin"}
    done = subprocess.run([folder / "run.sh", url], env=env, cwd="/", capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert psql(any_postgres, url, folder / "run.sql").stdout.endswith("written, 0 rows\n")
