"""What a wrong command line or project is answered with: each message was read by a person, and says what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import CliResult, write_project

Run = Callable[..., CliResult]


def check(done: CliResult, message: str, code: int = 2) -> None:
    assert done.stderr == textwrap.dedent(message).removeprefix("\n")
    assert (done.rc, done.stdout) == (code, "")


# --- options and arguments ----------------------------------------------------------------------------------

USAGE = {
    "unknown dimension": (
        ["build", "--brnch", "north"],
        """
        error: no such option or dimension: --brnch
          hint: did you mean '--branch'?
        """,
    ),
    "unknown option with an equals sign": (
        ["plan", "--ful-refresh=yes"],
        """
        error: no such option or dimension: --ful-refresh
          hint: known names: --allow-empty, --branch, --edited, --exclude, --help, --output, --preset, --profiles-dir, \
--project-dir, --select, --state, --target, --threads, --vars, --year
        """,
    ),
    "unknown flag": (
        ["build", "--ful-refresh"],
        """
        Usage: sqlseed build [OPTIONS]
        Try 'sqlseed build --help' for help.

        error: no such option: --ful-refresh; did you mean '--full-refresh'?
        """,
    ),
    "dimension without a value": (
        ["build", "--branch"],
        """
        Usage: sqlseed build [OPTIONS]
        Try 'sqlseed build --help' for help.

        error: no such option: --branch; a dimension of the project takes values: --branch a,b
        """,
    ),
    "unknown value of a dimension": (
        ["build", "--branch", "north,sout"],
        """
        error: branch 'sout' is not one of this build's
          hint: did you mean 'south'?
        """,
    ),
    "unknown model": (
        ["show", "pupil"],
        """
        error: no model is called 'pupil'
          hint: did you mean 'pupils'?
        """,
    ),
    "a seed instead of a model": (
        ["build", "--select", "names"],
        """
        error: the selection holds no model, only seeds: names
          hint: `--select names+` builds what reads it
        """,
    ),
    "unknown selector": (
        ["ls", "--select", "selector:everbody"],
        """
        error: no selector is named 'everbody'
            selector:everbody
            ^
          hint: did you mean 'selector:everybody'?
        """,
    ),
    "unknown tag": (
        ["ls", "--select", "tag:peple"],
        """
        error: no model or seed matches 'tag:peple'
            tag:peple
            ^
          hint: did you mean 'tag:people'?
        """,
    ),
    "malformed selection": (
        ["plan", "--select", "pupils+marks"],
        """
        error: unexpected '+'
            pupils+marks
                  ^
          hint: '+' stands first or last, with its number of steps outside: '2+a', 'a+1'; a space means or: 'a b'
        """,
    ),
    "a parent that is nowhere": (
        ["build", "--select", "marks"],
        """
        error: marks needs pupils, which the selection leaves out and the target does not have
          hint: `--select +marks` builds what it needs too
        """,
    ),
    "state without a folder": (
        ["plan", "--select", "state:modified"],
        """
        error: 'state:' needs an earlier state to compare with
            state:modified
            ^
          hint: give --state DIR
        """,
    ),
    "state in a wrong folder": (
        ["ls", "--select", "result:error", "--state", "elsewhere"],
        """
        error: no run_results.json in elsewhere to compare with for result:
          hint: an earlier `sqlseed build` or `compile` wrote it to target/; keep a copy and name its folder
        """,
    ),
    "unknown target": (
        ["plan", "--target", "prod"],
        """
        error: profiles.yml:2: profile 'sqlseed' has no target 'prod'; targets: dev, memory, unset, closed
          hint: known names: closed, dev, memory, unset
        """,
    ),
    "environment variable not set": (
        ["plan", "--target", "unset"],
        """
        error: profiles.yml:6: environment variable 'TINY_URL' is not set
          hint: set it, or give a default: env_var('TINY_URL', '...')
        """,
    ),
    "unknown var": (
        ["plan", "--vars", "pupil: 3"],
        """
        error: var 'pupil' is not declared
          hint: did you mean 'pupils'?
        """,
    ),
    "var of another type": (
        ["plan", "--vars", "as_of=soon"],
        """
        error: var 'as_of' must be a date (YYYY-MM-DD), not 'soon'
        """,
    ),
    "vars without a value": (
        ["plan", "--vars", "pupils"],
        """
        error: --vars takes 'name: value' or name=value, not 'pupils'
        """,
    ),
    "unknown preset": (
        ["plan", "--preset", "lage"],
        """
        error: no preset is called 'lage'
          hint: did you mean 'large'?
        """,
    ),
    "no project": (
        ["plan", "--project-dir", "seeds"],
        """
        error: no sqlseed project in {here}/seeds: neither sqlseed.toml nor [tool.sqlseed] in pyproject.toml
          hint: `sqlseed init` writes a new one; --project-dir names another folder
        """,
    ),
    "init in a folder that is in use": (
        ["init", "models"],
        """
        error: models is not empty
          hint: name a new folder: sqlseed init my_project
        """,
    ),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE)
def test_wrong_usage(sqlseed: Run, tiny: Path, arguments: list[str], message: str):
    check(sqlseed(*arguments), message.replace("{here}", str(tiny)))


def test_an_empty_selection(sqlseed: Run):
    check(
        sqlseed("plan", "--select", "marks", "--exclude", "tag:exams"),
        """
        error: nothing to do: everything that is selected is also excluded
          hint: give --allow-empty if that is as it should be
        """,
    )
    allowed = sqlseed("ls", "--select", "marks", "--exclude", "tag:exams", "--allow-empty")
    assert (allowed.rc, allowed.stdout, allowed.stderr) == (0, "", "")
    built = sqlseed("build", "--select", "tag:nobody", "--allow-empty")
    assert (built.rc, built.stderr) == (0, "")
    assert built.stdout.startswith("nothing to do: 0 slices")


def test_an_unknown_command(sqlseed: Run):
    done = sqlseed("bild")
    assert (done.rc, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: sqlseed [OPTIONS] COMMAND [ARGS]...\n")
    assert "No such command 'bild'." in done.stderr


# --- files --------------------------------------------------------------------------------------------------

FILES = {
    "no profile": (
        {"profiles.yml": None},
        """
        error: no profiles.yml found; searched: {here}/profiles.yml, {home}/.sqlseed/profiles.yml
          hint: write one, for example:
            sqlseed:
              target: dev
              outputs:
                dev:
                  type: duckdb
                  path: target/sqlseed.duckdb
                pg:
                  type: postgres
                  url: "{{ env_var('DATABASE_URL') }}"
                  environment: dev
        """,
    ),
    "unknown setting": (
        {"sqlseed.toml": 'name = "tiny"\ndefault_presets = "small"\n'},
        """
        error: sqlseed.toml:2: unknown setting 'default_presets'
            default_presets = "small"
          hint: did you mean 'default_preset'?
        """,
    ),
    "broken TOML": (
        {"sqlseed.toml": 'name = "tiny"\nseed = \n'},
        """
        error: sqlseed.toml:2: not valid TOML: Invalid value
            seed =
        """,
    ),
    "unknown config": (
        {"models/marks.sql": "{{ config(slice_on=['branch']) }} select 1 as id"},
        """
        error: models/marks.sql:1: unknown config 'slice_on'
            {{ config(slice_on=['branch']) }} select 1 as id
          hint: did you mean 'slice_by'?
        """,
    ),
    "unknown model in ref": (
        {"models/marks.sql": "select\n    p.id\nfrom {{ ref('pupil') }} as p\n"},
        """
        error: models/marks.sql:3: ref('pupil') names no model
            from {{ ref('pupil') }} as p
          hint: did you mean 'pupils'?
        """,
    ),
    "a slice's value decides the template": (
        {"models/marks.sql": "{{ config(slice_by='branch') }}\n{% if branch.id == 'x' %}select 1{% endif %}\n"},
        """
        error: models/marks.sql:2: the template decides something by :branch_id, whose value differs from slice to slice
            {% if branch.id == 'x' %}select 1{% endif %}
          hint: a model is one statement for every slice; decide in SQL: case when :branch_id = '...' then ... end
        """,
    ),
    "volatile": (
        {"models/marks.sql": "select\n    'a' as id,\n    null as pupil_id,\n    random()::int as mark\n"},
        """
        error: models/marks.sql:4: random() differs from run to run
            random()::int as mark
          hint: give it a var (as_of) or a macro (random_int, random_date, key): the same rows at every run
        """,
    ),
    "a foreign table": (
        {"models/marks.sql": "select u.id, null::text as pupil_id, 1 as mark from users as u\n"},
        """
        error: models/marks.sql:1: relation 'users' comes from no ref(), seed() or CTE
            select u.id, null::text as pupil_id, 1 as mark from users as u
          hint: ref('...'), seed('...') or a CTE; there are none
        """,
    ),
}


@pytest.mark.parametrize(("files", "message"), FILES.values(), ids=FILES)
def test_wrong_files(sqlseed: Run, tiny: Path, files: dict[str, str | None], message: str):
    for name, content in files.items():
        (tiny / name).unlink()
        if content is not None:
            write_project(tiny, {name: content})
    text = message.replace("{here}", str(tiny)).replace("{home}", str(tiny.parent))
    check(sqlseed("build"), text)
    assert not (tiny / "target").exists()  # nothing was begun


def test_all_mistakes_of_a_project_come_at_once(sqlseed: Run, tiny: Path):
    write_project(
        tiny, {"models/marks.sql": "select {{ nothing }} as id", "models/branch_table.sql": "select {{ 1 / 0 }}"}
    )
    done = sqlseed("compile")
    assert "models/marks.sql:1: 'nothing' is not defined" in done.stderr
    assert "models/branch_table.sql" in done.stderr
    assert done.rc == 2


# --- vars and presets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ([], 4),
        (["--preset", "large"], 400),
        (["--vars", "pupils: 7"], 7),
        (["--vars", "pupils=7"], 7),
        (["--vars", "{pupils: 8, town: Elsewhere}"], 8),
        (["--vars", "pupils: 5", "--vars", "pupils=9"], 9),
        (["--preset=large", "--vars=pupils: '6'"], 6),
        (["--vars", "as_of=2026-01-31"], 4),
        (["--vars", "town=a b"], 4),
        (["--vars", "strict=false", "--vars", "share=1"], 4),
    ],
)
def test_vars_and_presets(sqlseed: Run, options: list[str], rows: int):
    done = sqlseed("plan", "--select", "+pupils", "--branch", "north", *options)
    assert done.stderr == ""
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("  pupils")]
    assert line.split() == ["pupils", "1", "-", "-", f"{rows}"]


@pytest.mark.parametrize("wrong", ["pupils=1.5", "share=lots", "strict=perhaps", "as_of=2026-13-01", "pupils=true"])
def test_a_var_keeps_the_type_of_its_default(sqlseed: Run, wrong: str):
    done = sqlseed("plan", "--vars", wrong)
    assert done.rc == 2
    assert done.stderr.startswith(f"error: var '{wrong.partition('=')[0]}' must be ")


# --- the target is not as expected ----------------------------------------------------------------------------


def test_a_table_of_another_shape(sqlseed: Run, tiny: Path):
    import duckdb

    (tiny / "target").mkdir()
    with duckdb.connect(str(tiny / "target" / "tiny.duckdb")) as connection:
        connection.execute('create table "Branch" (id text, title text not null)')
    done = sqlseed("build", "--select", "branch_table")
    assert (done.rc, done.stdout) == (3, "")
    assert '"main"."Branch"' in done.stderr
    assert "title is NOT NULL without a default, and the contract does not fill it" in done.stderr


def test_the_state_of_another_project(sqlseed: Run, tiny: Path):
    assert sqlseed("build", "-q").rc == 0
    settings = (tiny / "sqlseed.toml").read_text()
    write_project(tiny, {"sqlseed.toml": settings.replace('name = "tiny"', 'name = "other"')})
    check(
        sqlseed("build"),
        """
        error: schema _sqlseed of the target belongs to the project 'tiny', not to 'other'
          hint: give this target another state_schema in profiles.yml
        """,
        code=3,
    )


def test_clean_keeps_what_others_need(sqlseed: Run):
    sqlseed("build", "-q")
    check(
        sqlseed("clean", "--yes", "--select", "pupils"),
        """
        error: marks depends on these rows and would be left without them
          hint: `sqlseed clean --select pupils+` removes them too
        """,
        code=3,
    )
