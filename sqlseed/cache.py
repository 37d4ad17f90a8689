"""What follows from texts alone is computed once, and kept in the user's cache folder.

An entry is named by a SHA-256 of everything it depends on: the texts and values themselves, sqlseed's own files, the
versions of Python and of the libraries that compute. So no entry is ever out of date, and removing the folder loses
nothing but time. It is never a project's folder: what comes along with a project, in `target/` for example, must not
decide what its models compile to. Entries are read as plain values, and no class but sqlseed's own is made of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import pickle
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlseed import files

T = TypeVar("T")

_LIBRARIES = {"duckdb": "duckdb", "jinja2": "jinja2", "pglast": "pglast", "sqlglot": "sqlglot", "yaml": "pyyaml"}
_MOST_BYTES = 64 * 1024 * 1024  # of all entries; those used longest ago go first
_PLAIN = {("decimal", "Decimal"), ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta")}
_PLAIN |= {("pathlib", "PosixPath"), ("pathlib", "WindowsPath")}
_USED_SECONDS = 3600  # how exactly an entry remembers when it was used last


class _Reader(pickle.Unpickler):
    """Makes values, and objects of sqlseed's own classes; nothing else can be named."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module.startswith("sqlseed.") and "." not in name else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no plain value")
        return found


def value(
    kind: str, parts: Iterable[object] | None, make: Callable[[], T], is_kept: Callable[[T], bool] = lambda _: True
) -> T:
    """What `make` gives, or gave before for the same `kind` and `parts`; an exception of `make` is not kept.

    `parts` are told apart by their repr. Without them, or where there is no folder, `make` is called each time.
    What `is_kept` is false for is not kept either.
    """
    place = _place(kind, parts)
    if place is None:
        return make()
    with contextlib.suppress(OSError, zlib.error, pickle.UnpicklingError, ValueError, TypeError, AttributeError,
                             EOFError, ImportError, IndexError, KeyError):  # fmt: skip
        found: T = _Reader(io.BytesIO(zlib.decompress(_read(place)))).load()
        return found
    made = make()
    if not is_kept(made):
        return made
    with contextlib.suppress(OSError, pickle.PicklingError, TypeError, AttributeError, RecursionError):
        _write(place, zlib.compress(pickle.dumps(made, pickle.HIGHEST_PROTOCOL), 1))
    return made


def folder() -> Path | None:
    """Where entries are kept: SQLSEED_CACHE_DIR, or `sqlseed` in the user's cache folder; none where that is empty.

    None also for a folder that somebody else owns or may write to.
    """
    named = os.environ.get("SQLSEED_CACHE_DIR")
    if named is None:
        home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
        with contextlib.suppress(RuntimeError):  # nobody's home
            named = str((Path(home) if home else Path.home() / ".cache") / "sqlseed")
    return _trusted(named) if named else None


@cache
def _trusted(named: str) -> Path | None:
    path = Path(named)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
    except OSError:
        return None
    if os.name == "nt":
        return path
    return path if status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else None


def digest(parts: Iterable[object]) -> str:
    """A SHA-256 over the repr of each part."""
    found = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(text) + text)
    return found.hexdigest()


def _place(kind: str, parts: Iterable[object] | None) -> Path | None:
    base = folder() if parts is not None else None
    if base is None or parts is None:
        return None
    name = digest([_computing(), kind, *parts])
    return base / name[:2] / name[2:]


@cache
def _computing() -> str:
    """What computes the entries: sqlseed's files as they are, and versions."""
    root = Path(__file__).parent
    ours = sorted(path for path in root.rglob("*.py") if "starter" not in path.parts)
    sources = [(str(p.relative_to(root)), s.st_size, s.st_mtime_ns) for p in ours for s in (p.stat(),)]
    return digest([root, sources, [_version(*names) for names in _LIBRARIES.items()], sys.version])


def _version(module: str, distribution: str) -> list[str]:
    """What tells versions of a library apart, without importing it, or a reader of metadata, which takes 20 ms."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return []
    origin = Path(found.origin)
    names = [path.name for path in origin.parent.parent.iterdir()]
    folders = [name for name in names if name.lower().startswith(f"{distribution}-")]
    return [*sorted(folders), f"{origin} {origin.stat().st_mtime_ns}"]


def _read(place: Path) -> bytes:
    data = place.read_bytes()
    if time.time() - place.stat().st_mtime > _USED_SECONDS:
        os.utime(place)
    return data


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    files.replace(place, data)
    _tidy(place.parent.parent)


@cache
def _tidy(base: Path) -> None:
    """Once in a process that keeps something: leaves the entries used last, as many as there is room for."""
    found = []
    for path in base.glob("??/*"):
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    room = _MOST_BYTES
    for _, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0:
            with contextlib.suppress(OSError):
                path.unlink()
