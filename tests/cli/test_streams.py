"""Which stream says what, to whom: pipes, terminals, machines; and what no stream says: secrets, control characters."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api
from tests.cli.tiny import CANARY, CANARY_IN_URL
from tests.support import CliResult, cli_command, cli_environment, run_cli, write_project

Run = Callable[..., CliResult]
ESCAPE = "\x1b"

READERS = [
    ["ls"],
    ["ls", "--output", "json"],
    ["compile", "pupils"],
    ["compile", "--output", "json"],
    ["plan"],
    ["plan", "--output", "json"],
    ["show", "pupils", "--output", "csv"],
    ["show", "pupils", "--output", "json"],
    ["completion", "bash"],
    ["debug"],
]


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_data_goes_to_stdout_and_nothing_to_stderr(sqlseed: Run, arguments: list[str]):
    done = sqlseed(*arguments)
    assert done.stderr == ""
    assert done.stdout
    if "json" in arguments:
        json.loads(done.stdout)


def test_progress_goes_to_stderr(sqlseed: Run):
    done = sqlseed("build", "--output", "json")
    assert json.loads(done.stdout)["success"] is True
    assert re.search(r"^built   pupils: 12 rows in ", done.stderr, re.MULTILINE)
    assert ESCAPE not in done.stderr + done.stdout


def test_a_process_of_its_own(tiny: Path):
    """What the other tests see within this process holds outside too, in another folder and without a terminal."""
    built = run_cli(["build", "--project-dir", "tiny"], cwd=tiny.parent, env={"NO_COLOR": ""})
    assert built.rc == 0
    assert built.stdout.splitlines()[-1].startswith("tiny/target/tiny.duckdb (dev) has 39 rows in 3 tables")
    assert ESCAPE not in built.stderr + built.stdout
    below = run_cli(["ls", "--resource-type", "model"], cwd=tiny / "models" / "people")  # the nearest project upwards
    assert below.stdout == "branch_table\nweights\npupils\nmarks\n"


def test_a_reader_that_stops_reading(tiny: Path):
    arguments = ["show", "pupils", "--vars", "pupils=9000", "--limit", "9000", "--output", "csv"]
    process = subprocess.Popen(
        cli_command(arguments),
        cwd=tiny,
        env=cli_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "id,branch_id,name,joined\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=30) == 0


# --- a terminal ----------------------------------------------------------------------------------------------


def in_a_terminal(arguments: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str, str]:
    """Exit code, stdout, and what a terminal got from stderr."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        cli_command(arguments),
        cwd=cwd,
        env={name: value for name, value in cli_environment(env).items() if value},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # the terminal's other side is closed
                raise
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out, seen.decode()


LONG = ["build", "--vars", "pupils=30000", "--threads", "1"]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_gets_a_bar(tiny: Path):
    code, out, screen = in_a_terminal(LONG, tiny, {"TERM": "xterm-256color", "NO_COLOR": "", "COLUMNS": "120"})
    assert code == 0
    assert "4 models, 15 slices, about 270,000 rows, on DuckDB" in screen
    assert re.search(r"[0-9]+ %", screen)
    assert re.search(r"[0-9,]+ rows, [0-9,]+ rows/s", screen)
    assert re.search(r"(weights|pupils|marks) (north|south|west)", screen)  # what runs now
    assert f"{ESCAPE}[" in screen
    assert "built   marks" not in screen  # the bar instead of the lines
    assert ESCAPE not in out
    assert " has 270,003 rows in 3 tables" in out


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_without_colour(tiny: Path):
    _, _, screen = in_a_terminal(LONG, tiny, {"TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": "120"})
    assert re.search(r"[0-9]+ %", screen)
    assert not re.search(ESCAPE + r"\[(3[0-7]|38;|9[0-7])", screen)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_dumb_terminal(tiny: Path):
    code, _, screen = in_a_terminal(["build"], tiny, {"TERM": "dumb", "COLUMNS": "120"})
    assert code == 0
    assert ESCAPE not in screen


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_with_nothing_to_do(tiny: Path):
    assert api.build(tiny).success
    code, out, screen = in_a_terminal(["build"], tiny, {"TERM": "xterm", "COLUMNS": "120"})
    assert (code, screen) == (0, "")
    assert out.startswith("nothing to do: ")


# --- what must not come through -------------------------------------------------------------------------------


def test_control_characters_in_data(sqlseed: Run, tiny: Path):
    write_project(tiny, {"seeds/names.csv": f"name,weight\n{ESCAPE}]0;title\x07Ada\u202e,3\n"})
    done = sqlseed("show", "pupils")
    assert ESCAPE not in done.stdout
    assert "\\x1b]0;title\\x07Ada\\x202e" in done.stdout


def test_control_characters_in_errors(sqlseed: Run, tiny: Path):
    write_project(tiny, {"models/marks.sql": f"select {{{{ nothing }}}} -- {ESCAPE}[2J\n"})
    done = sqlseed("compile")
    assert done.rc == 2
    assert ESCAPE not in done.stderr
    for arguments in (["show", f"{ESCAPE}[31mx"], ["plan", "--target", f"a{ESCAPE}b"], ["ls", "-s", f"{ESCAPE}c"]):
        done = sqlseed(*arguments)
        assert done.rc == 2
        assert ESCAPE not in done.stderr


def test_control_characters_in_a_failing_slice(sqlseed: Run, tiny: Path):
    write_project(tiny, {"seeds/branches.csv": f"id,no,name,code\nnorth,1,North,x{ESCAPE}[31m\n"})
    marks = """
        {{ config(slice_by=['branch', 'year']) }}
        select {{ key('n') }} as id, null::text as pupil_id, {{ branch.code }}::int as mark
        from generate_series(1, 1) as s(n)
        """
    write_project(tiny, {"models/marks.sql": marks})
    for form in ("text", "json"):
        done = sqlseed("build", "--log-format", form)
        assert done.rc == 1
        assert ESCAPE not in done.stderr + done.stdout


FAILING = [
    ["build", "--target", "closed"],
    ["build", "--target", "closed", "--log-format", "json", "--output", "json"],
    ["plan", "--target", "closed"],
    ["debug", "--target", "closed"],
    ["debug", "--target", "closed", "--output", "json"],
    ["clean", "--target", "closed", "--yes"],
    ["show", "nobody", "--target", "closed"],
    ["build", "--target", "closed", "--dry-run", "--select", "nobody"],
    ["build", "--target", "close"],
]
ALL_RIGHT = [
    ["ls", "--target", "closed"],
    ["compile", "--target", "closed"],
    ["build", "--target", "closed", "--dry-run"],
]


def leaks(done: CliResult, folder: Path) -> list[str]:
    """Where the canary is: in a stream, or in a file that sqlseed wrote."""
    streams = {"stdout": done.stdout, "stderr": done.stderr}
    files = {
        str(path): path.read_text("utf-8", "replace")
        for path in [*folder.glob("target/**/*"), *folder.parent.glob("sqlseed-bug-*")]
        if path.is_file()
    }
    return [
        name for name, text in (streams | files).items() if CANARY in text or CANARY_IN_URL in text or "CaNaRy" in text
    ]


@pytest.mark.parametrize("arguments", FAILING, ids=" ".join)
def test_no_password_in_what_fails(sqlseed: Run, tiny: Path, arguments: list[str]):
    done = sqlseed(*arguments)
    assert done.rc in (2, 4)
    assert leaks(done, tiny) == []


@pytest.mark.parametrize("arguments", ALL_RIGHT, ids=" ".join)
def test_no_password_in_what_works(sqlseed: Run, tiny: Path, arguments: list[str]):
    done = sqlseed(*arguments)
    assert done.rc == 0
    assert leaks(done, tiny) == []


PROFILES = {
    "a URL with a raw character": f'pg: {{type: postgres, url: "postgresql://u:{CANARY}@h/d"}}',
    "a URL without a host": f'pg: {{type: postgres, url: "postgresql://u:{CANARY_IN_URL}"}}',
    "a URL with an unknown parameter": f'pg: {{type: postgres, url: "postgresql://u:{CANARY_IN_URL}@h/d?pasword=x"}}',
    "an unknown key beside it": f'pg: {{type: postgres, host: h, password: "{CANARY}", pasword: "{CANARY}"}}',
    "a wrong port beside it": f'pg: {{type: postgres, host: h, password: "{CANARY}", port: many}}',
    "a password as a list": f'pg: {{type: postgres, host: h, password: ["{CANARY}"]}}',
    "broken Jinja": f"pg: {{type: postgres, host: h, password: \"{{{{ env_var('X', '{CANARY}' }}}}\"}}",
    "broken YAML": f'pg: {{type: postgres, host: h, password: "{CANARY}", ',
    "a wrong type": f'pg: {{type: postgre, password: "{CANARY}"}}',
    "all right, but nobody there": f'pg: {{type: postgres, host: 127.0.0.1, port: 1, dbname: d, password: "{CANARY}"}}',
}


@pytest.mark.parametrize("output", PROFILES.values(), ids=PROFILES)
def test_no_password_in_a_complaint_about_the_profile(sqlseed: Run, tiny: Path, output: str):
    write_project(tiny, {"profiles.yml": f"sqlseed:\n  outputs:\n    {output}\n"})
    for arguments in (["build"], ["debug"]):
        done = sqlseed(*arguments)
        assert done.rc in (2, 4)
        assert leaks(done, tiny) == []


def test_no_password_out_of_the_environment(sqlseed: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TINY_URL", f"postgresql://u:{CANARY_IN_URL}@127.0.0.1:1/d")
    for arguments in (["plan", "--target", "unset"], ["debug", "--target", "unset"]):
        done = sqlseed(*arguments)
        assert done.rc == 4
        assert leaks(done, tiny) == []
