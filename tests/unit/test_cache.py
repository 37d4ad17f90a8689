"""The user's cache: what is kept, what never is, and that nothing in it can be anything but a plain value."""

from __future__ import annotations

import importlib.metadata
import io
import os
import pickle
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from sqlseed import api, cache, compiler, workspace
from sqlseed.errors import SqlseedError
from sqlseed.model import Column
from tests.conftest import ProjectFactory
from tests.support import run_cli

TINY = {
    "sqlseed.toml": 'name = "tiny"\n[vars]\nfloor = 3\n',
    "profiles.yml": "sqlseed:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: t.duckdb}\n",
    "models/numbers.sql": "select n::integer as n from generate_series(1, {{ var('floor') }}) as n\n",
    "models/schema.yml": "models:\n  - name: numbers\n    config: {key_kind: natural, key: n, owner: n > 0}\n"
    "    columns: [{name: n, data_type: integer}]\n    data_tests: [{expression_is_true: {expression: n > 0}}]\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    path = tmp_path / "cache"
    monkeypatch.setenv("SQLSEED_CACHE_DIR", str(path))
    return path


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*"))


def made(log: list[str], parts: list[object], value: object = ("x", 1)) -> object:
    def make() -> object:
        log.append("made")
        return value

    return cache.value("test", parts, make)


def test_a_value_is_made_once(folder: Path) -> None:
    log: list[str] = []
    value = (Column("id", "text"), {"rows": [1, None, 2.5]})
    assert made(log, ["a", 1], value) == made(log, ["a", 1], value) == value
    assert log == ["made"]


@pytest.mark.parametrize("parts", [["a", 2], ["a"], ["a1"], ["1", "a"], [b"a", 1]], ids=repr)
def test_other_parts_are_another_value(folder: Path, parts: list[object]) -> None:
    log: list[str] = []
    made(log, ["a", 1])
    made(log, parts)
    assert log == ["made", "made"]


def test_another_version_of_a_library_or_of_sqlseed_computes_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    made(log, ["a"])
    monkeypatch.setattr(cache, "_version", lambda *_: ["1.0.dist-info"])
    cache._computing.cache_clear()
    made(log, ["a"])
    monkeypatch.undo()
    cache._computing.cache_clear()
    assert log == ["made", "made"]


def test_versions_are_those_installed() -> None:
    for module, distribution in cache._LIBRARIES.items():
        version = importlib.metadata.version(distribution)
        assert f"{distribution}-{version}.dist-info" in [name.lower() for name in cache._version(module, distribution)]


def test_an_exception_is_not_kept(folder: Path) -> None:
    def fail() -> None:
        raise SqlseedError("no")

    for _ in range(2):
        with pytest.raises(SqlseedError):
            cache.value("test", ["a"], fail)
    assert entries(folder) == []


def test_what_should_not_be_kept_is_not(folder: Path) -> None:
    assert cache.value("test", ["a"], lambda: [1], lambda found: not found) == [1]
    assert entries(folder) == []


@pytest.mark.parametrize("damage", [b"", b"\0", b"cut", None], ids=["empty", "zero", "text", "cut"])
def test_a_damaged_entry_is_made_again(folder: Path, damage: bytes | None) -> None:
    log: list[str] = []
    made(log, ["a"])
    (entry,) = entries(folder)
    entry.write_bytes(entry.read_bytes()[:-7] if damage is None else damage)
    assert made(log, ["a"]) == ("x", 1)
    assert made(log, ["a"]) == ("x", 1)
    assert log == ["made", "made"]


class Evil:
    """Unpickled as it is, it would run a command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


class Sly(Evil):
    """The same by way of a function of sqlseed."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pickle.Pickler, (self.path,)


@pytest.mark.parametrize("kind", [Evil, Sly])
def test_an_entry_runs_nothing(folder: Path, tmp_path: Path, kind: type[Evil]) -> None:
    log: list[str] = []
    made(log, ["a"])
    (entry,) = entries(folder)
    evil = pickle.dumps(kind(tmp_path / "ran"))
    entry.write_bytes(zlib.compress(evil))
    assert made(log, ["a"]) == ("x", 1)
    assert log == ["made", "made"]
    assert not (tmp_path / "ran").exists()
    if kind is Evil:  # the control: it would have
        pickle.loads(evil)
        assert (tmp_path / "ran").exists()


def test_no_function_of_sqlseed_can_be_named(folder: Path) -> None:
    for module, name in [("sqlseed.cache", "folder"), ("sqlseed.cache", "os.system"), ("sqlseed.cache", "os")]:
        stream = pickle.GLOBAL + f"{module}\n{name}\n".encode() + pickle.STOP
        with pytest.raises((pickle.UnpicklingError, AttributeError)):
            cache._Reader(io.BytesIO(stream)).load()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_files_are_the_users_own(folder: Path) -> None:
    made([], ["a"])
    assert folder.stat().st_mode & 0o077 == 0
    assert all(entry.stat().st_mode & 0o077 == 0 for entry in entries(folder))


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    log: list[str] = []
    made(log, ["a"])
    made(log, ["a"])
    assert log == ["made", "made"]
    assert entries(folder) == []


def test_no_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for named in ("", str(tmp_path / "file")):
        monkeypatch.setenv("SQLSEED_CACHE_DIR", named)
        log: list[str] = []
        made(log, ["a"])
        made(log, ["a"])
        assert log == ["made", "made"]


def test_entries_used_longest_ago_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(4):
        made([], [i], os.urandom(1000))
    for age, entry in enumerate(entries(folder)):
        os.utime(entry, (1_000_000 - age, 1_000_000 - age))
    oldest = entries(folder)[-1]
    size = sum(entry.stat().st_size for entry in entries(folder))
    monkeypatch.setattr(cache, "_MOST_BYTES", size - 1)
    cache._tidy.cache_clear()
    cache._tidy(folder)
    assert len(entries(folder)) == 3
    assert oldest not in entries(folder)


def test_a_project_is_compiled_once_and_again_when_anything_changes(
    folder: Path, project: ProjectFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(TINY)
    log: list[str] = []
    render = compiler.compile_project

    def counted(*arguments: Any) -> Any:
        log.append("compiled")
        return render(*arguments)

    monkeypatch.setattr(compiler, "compile_project", counted)

    def sql(**options: object) -> str:
        return workspace.load(root, **options).compiled["numbers"].sql  # type: ignore[arg-type]

    first = sql()
    assert sql() == first
    assert len(log) == 1
    assert "1, 4)" in sql(vars={"floor": 4})
    assert len(log) == 2
    path = root / "models/numbers.sql"
    path.write_text(path.read_text().replace("1, {{", "0, {{"))
    assert "(0, 3)" in sql()
    path.write_text(TINY["models/numbers.sql"])
    assert sql() == first
    assert len(log) == 3


def test_a_seed_and_a_test_are_part_of_what_a_project_is(folder: Path, project: ProjectFactory) -> None:
    root = project({**TINY, "seeds/colours.csv": "name\nred\n", "tests/data/none.sql": "select 1 as n where false\n"})
    before = workspace.load_only(root).digest
    for changed in ("seeds/colours.csv", "tests/data/none.sql", "models/schema.yml", "sqlseed.toml"):
        text = (root / changed).read_text()
        (root / changed).write_text(text + "\n")
        assert workspace.load_only(root).digest != before, changed
        (root / changed).write_text(text)
        assert workspace.load_only(root).digest == before


def test_a_file_edited_while_the_project_is_read_spoils_nothing(folder: Path, project: ProjectFactory) -> None:
    root = project(TINY)
    opened = workspace.load(root)
    path = root / "models/numbers.sql"
    path.write_text("select 7 as n\n")  # between reading and compiling
    assert "generate_series" in opened.compiled["numbers"].sql
    path.write_text(TINY["models/numbers.sql"])
    (root / "seeds").mkdir()
    late = workspace.load(root)
    (root / "seeds/late.csv").write_text("a\n1\n")
    late.remembered("other", lambda: "made of what was there later")
    (root / "seeds/late.csv").unlink()
    assert workspace.load(root).remembered("other", lambda: "made of what is there") == "made of what is there"


def test_the_projects_own_folder_decides_nothing(folder: Path, project: ProjectFactory) -> None:
    root = project(TINY)
    workspace.load(root).checked()
    assert not list(root.rglob("target/*"))
    assert entries(folder)


def test_every_command_gives_the_same_with_and_without(folder: Path, project: ProjectFactory, tmp_path: Path) -> None:
    root = project(TINY)
    for command in (["compile", "numbers"], ["build"], ["test"]):
        outputs = []
        for named in ("", str(folder), str(folder)):
            (root / "t.duckdb").unlink(missing_ok=True)
            if command[0] == "test":
                assert run_cli(["build", "--no-tests"], root).rc == 0
            result = run_cli(command, root, {"SQLSEED_CACHE_DIR": named})
            assert result.rc == 0, result.stderr
            outputs.append(_without_times(result.stdout))
        assert outputs[0] == outputs[1] == outputs[2], command


def _without_times(text: str) -> str:
    return re.sub(r"[\d.]+ s\b|\d+ rows/s", "", text)


def test_errors_are_told_each_time(folder: Path, project: ProjectFactory) -> None:
    root = project({**TINY, "models/numbers.sql": "select random() as n\n"})
    for _ in range(2):
        with pytest.raises(SqlseedError, match="random"):
            api.compile(workspace.load(root))
