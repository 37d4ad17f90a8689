"""`build --backup FILE`: a dump of the target's tables by pg_dump, made before the build writes anything."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlseed.backends import Session, pg_sql
from sqlseed.errors import GuardError
from sqlseed.model import Relation, Target, quote
from sqlseed.pgurl import Secret

FOLDERS = (
    "/usr/lib/postgresql/{}/bin",  # Debian, Ubuntu
    "/usr/pgsql-{}/bin",  # the RPMs of PostgreSQL's own project
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
    "/Library/PostgreSQL/{}/bin",
)
"""Where systems keep the programs of a major version beside those of others."""

_POLL_SECONDS = 0.2  # how soon a stop ends pg_dump


def dump(target: Target, session: Session, relations: Iterable[Relation], file: Path, check: Callable[[], None]) -> int:
    """Dumps those of the tables that exist, and sqlseed's own, to `file`, which must not exist; how many tables.

    A name that ends in `.sql` gets a script for psql, any other pg_dump's custom format for pg_restore. The file is
    its owner's alone (0600), and appears when it is whole. `check` is called again and again, and ends it by raising.
    Raises GuardError where the pg_dump of the server's major version is missing, or fails.
    """
    if target.type != "postgres":
        raise GuardError(
            f"--backup is for PostgreSQL, and target '{target.name}' is {target.type}", hint="copy the file"
        )
    file = file.absolute()
    if file.exists():
        raise GuardError(f"--backup: {file} exists, and is not overwritten", hint="give another name")
    if not file.parent.is_dir():
        raise GuardError(f"--backup: {file.parent} is no folder", hint="make it first")
    number = session.query("select current_setting('server_version_num')::integer")[0][0]
    program = _program(target, int(number) // 10000)
    live = session.catalog(relations)
    patterns = [str(relation) for relation in live]
    if session.has_state():
        patterns.append(f"{quote(session.state_schema)}.*")
    if not patterns:
        return 0
    connection, environment = _connection(target)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        form = ["--format=plain", "--clean", "--if-exists"] if file.suffix == ".sql" else ["--format=custom"]
        tables = [f"--table={pattern}" for pattern in patterns]
        patience = f"--lock-wait-timeout={pg_sql.settings_of(target)['lock_timeout']}"
        command = [program, "--no-password", patience, *form, f"--file={temporary}", *tables, f"--dbname={connection}"]
        _run(command, environment, check)
        try:
            os.link(temporary, file)  # unlike a rename it never replaces what is there
        except FileExistsError:
            raise GuardError(f"--backup: {file} has come to exist meanwhile, and is not overwritten") from None
    finally:
        temporary.unlink()
    return len(live)


def _program(target: Target, server: int) -> str:
    """The pg_dump of the server's major version: the target's own, of the search path, or where systems keep several.

    One of another major version is refused: it writes settings that the server does not know, or cannot read it at all.
    """
    chosen = target.settings.get("pg_dump")
    places = [Path(chosen)] if chosen else [Path(folder, "pg_dump") for folder in os.get_exec_path()]
    places += [] if chosen else [Path(folder.format(server), "pg_dump") for folder in FOLDERS]
    found: dict[str, str] = {}
    for place in dict.fromkeys(place for place in places if os.access(place, os.X_OK) and place.is_file()):
        answer = subprocess.run([place, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\(PostgreSQL\) (\d+)", answer)
        found[str(place)] = version[1] if version else "an unknown version"
        if found[str(place)] == str(server):
            return str(place)
    install = f"install PostgreSQL {server}'s client programs (postgresql-client-{server}), or name the program in the"
    hint = f"{install} target: pg_dump: /path/to/pg_dump"
    if not found:
        where = f"{chosen} is none that can be run" if chosen else "there is none on the PATH"
        raise GuardError(f"--backup needs pg_dump, and {where}", hint=hint)
    others = ", ".join(f"{path} is of PostgreSQL {version}" for path, version in found.items())
    raise GuardError(
        f"--backup needs the pg_dump of PostgreSQL {server}, its own version, whose file goes back in: {others}",
        hint=hint,
    )


def _connection(target: Target) -> tuple[str, dict[str, str]]:
    """What pg_dump connects with: words for its command line, which everybody may read, and its environment."""
    info = dict(target.settings.get("conninfo", {}))
    environment = dict(os.environ)
    password = info.pop("password", None)
    if isinstance(password, Secret):
        environment["PGPASSWORD"] = password.reveal()
    secret = sorted(key for key, value in info.items() if isinstance(value, Secret))
    if secret:
        raise GuardError(f"--backup cannot hand {secret[0]} to pg_dump out of everybody's sight", hint="dump by hand")
    words = []
    for key, value in info.items():
        escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
        words.append(f"{key}='{escaped}'")
    return " ".join(words), environment


def _run(command: list[str], environment: dict[str, str], check: Callable[[], None]) -> None:
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    _, said = process.communicate(timeout=_POLL_SECONDS)
                    break
                check()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        last = said.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise GuardError(f"--backup: pg_dump failed: {last[0][:300]}", hint="nothing was written to the target")
