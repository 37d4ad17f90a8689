"""`sqlseed init`: what it writes, what it refuses, and that its README tells the truth."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api, cli
from sqlseed.errors import ProjectError
from tests.support import ROOT, CliResult, allow_superuser

STARTER = ROOT / "sqlseed" / "starter"


def _starter_files() -> list[str]:
    return sorted(
        path.relative_to(STARTER).as_posix()
        for path in STARTER.rglob("*")
        if path.is_file() and not {"target", "__pycache__"} & set(path.parts)
    )


def test_writes_the_whole_project(tmp_path: Path) -> None:
    written = api.init(tmp_path / "shop")
    assert sorted(path.relative_to(tmp_path / "shop").as_posix() for path in written) == _starter_files()
    assert (tmp_path / "shop" / ".gitignore").read_text().split() == ["target/"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert api.init(tmp_path)
    assert (tmp_path / "sqlseed.toml").is_file()


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "sub/file"])
def test_refuses_a_folder_that_is_not_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(ProjectError, match="not empty"):
        api.init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [Path(name).parts[0]]


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")
    with pytest.raises(ProjectError):
        api.init(tmp_path / "shop")
    assert (tmp_path / "shop").read_text() == "mine"


def test_the_command_says_what_it_wrote_and_what_is_next(tmp_path: Path, run_cli: Callable[..., CliResult]) -> None:
    result = run_cli(["init", "shop"], cwd=tmp_path)
    assert (result.rc, result.stderr.strip()) == (0, "next: cd shop && sqlseed build")
    assert sorted(result.stdout.split()) == [f"shop/{name}" for name in _starter_files()]
    again = run_cli(["init", "shop"], cwd=tmp_path)
    assert (again.rc, again.stdout) == (2, "")
    assert "not empty" in again.stderr


def _readme_commands() -> list[str]:
    """The indented lines of the starter's README, without their comments."""
    text = (STARTER / "README.md").read_text(encoding="utf-8")
    return [line.partition("#")[0].strip() for line in re.findall(r"^    (sqlseed .*)$", text, re.MULTILINE)]


def test_the_commands_of_its_readme_work(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    api.init(tmp_path / "shop")
    allow_superuser(tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    commands = _readme_commands()
    assert len(commands) > 10
    for command in commands:
        rc = cli.run(shlex.split(command)[1:])
        printed = capsys.readouterr()
        assert rc == 0, f"{command}\n{printed.err}"
        assert printed.out, command


def test_every_word_of_the_starter_can_be_read_by_anyone() -> None:
    for name in _starter_files():
        text = (STARTER / name).read_text(encoding="utf-8")
        assert text.isascii(), name
        assert max(len(line) for line in text.splitlines()) <= 130, name


def test_the_starter_can_be_read_in_five_minutes() -> None:
    lines = sum(len((STARTER / name).read_text("utf-8").splitlines()) for name in _starter_files())
    assert lines < 400


def test_the_wheel_carries_the_starter() -> None:
    """hatchling packs every file below a package, but for those that the top .gitignore names."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel == {"packages": ["sqlseed"]}
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells which files are ignored")
    paths = [f"sqlseed/starter/{name}" for name in _starter_files()]
    ignored = subprocess.run(["git", "-C", ROOT, "check-ignore", "--no-index", *paths], capture_output=True, text=True)
    assert ignored.stdout.split() == []
