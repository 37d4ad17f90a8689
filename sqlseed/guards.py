"""May this target be written at all? A development database says so; production, standbys and superusers refuse.

Only for PostgreSQL: a DuckDB file is on this machine, at a path of the profile's own, and nobody else's application
works in it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping

from sqlseed.backends import LiveDatabase, Session
from sqlseed.errors import (
    INSUFFICIENT_PRIVILEGE,
    ConnectError,
    ExecuteError,
    GuardError,
    SqlseedError,
    did_you_mean,
    raise_all,
)
from sqlseed.model import Relation, Target, quote

ENVIRONMENTS = ("dev", "test", "staging")
_PRODUCTION = frozenset({"prod", "production", "prd", "live", "primary"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TYPES = {"name": "text", "system": "text", "environment": "text"}
_OVERRIDE = "to write it all the same, give --confirm-database with the database's name"


def check(target: Target, session: Session, confirm: str | None = None) -> tuple[str, ...]:
    """Raises GuardError with every reason why the target must not be written; what its version lacks, in sentences.

    `confirm` is the database's name as somebody typed it: it goes over what can be a misunderstanding (environment,
    names, identity), and over nothing else. Raises GuardError too where it is not the database's name.
    """
    live = session.database()
    if live is None:
        if confirm is not None:
            raise GuardError(f"target '{target.name}' is a DuckDB file, which asks for no --confirm-database")
        return ()
    if confirm is not None and confirm != live.name:
        raise GuardError(
            f"--confirm-database says '{confirm}', and this is the database '{live.name}'",
            hint="nothing was written; look at the target's url",
        )
    raise_all(reasons(target, session, live, confirmed=confirm is not None))
    return live.remarks


def reasons(
    target: Target, session: Session, live: LiveDatabase | None, *, confirmed: bool = False
) -> list[SqlseedError]:
    """Why a target must not be written; empty where it may."""
    if live is None:
        return []
    found: list[SqlseedError] = []
    if not confirmed:
        found += _environment(target)
        found += _names(target, live)
        found += _identity(target, session, live)
    found += _role(target, live)
    if live.read_only:
        found.append(
            GuardError(
                f"the database '{live.name}' cannot be written: {live.read_only}", hint="connect to one that can"
            )
        )
    return found


def _environment(target: Target) -> list[SqlseedError]:
    word = target.environment
    if word in ENVIRONMENTS:
        return []
    if word is None:
        return [
            GuardError(
                f"target '{target.name}' does not say that it is a development database, and no other is written",
                hint="if it is one, add this line to the target in profiles.yml (or test, staging):\n"
                "      environment: dev",
            )
        ]
    near = "" if words(word) & _PRODUCTION else f"{did_you_mean(word, ENVIRONMENTS)} "
    return [
        GuardError(
            f"target '{target.name}' has environment '{word}'; only {', '.join(ENVIRONMENTS)} are written",
            hint=f"{near}{_OVERRIDE}",
        )
    ]


def words(name: str) -> frozenset[str]:
    """The words of a name, in small letters: `db-prod1.example` has `prod`, `product_reproduced` has not.

    >>> sorted(words("schoolProd-db2"))
    ['db', 'prod', 'school']
    """
    return frozenset(word.lower() for word in _WORD.findall(name))


def _names(target: Target, live: LiveDatabase) -> list[SqlseedError]:
    info: Mapping[str, object] = target.settings.get("conninfo", {})
    places: dict[str, list[object]] = {
        "database": [live.name, info.get("dbname")],
        "host": [info.get("host"), info.get("hostaddr")],
        "service": [info.get("service")],
        "target": [target.name],
    }
    found: list[SqlseedError] = []
    for kind, names in places.items():
        for name in dict.fromkeys(str(name) for name in names if name):
            looks = sorted(words(name) & _PRODUCTION)
            if looks:
                message = f"the {kind} '{name}' has the word '{looks[0]}' in its name, as production has"
                found.append(GuardError(message, hint=_OVERRIDE))
                break
    return found


def _identity(target: Target, session: Session, live: LiveDatabase) -> list[SqlseedError]:
    stamped = _stamped(session)
    if stamped is None:
        return []
    name, system, environment = stamped
    differences = []
    if name != live.name:
        differences.append(f"it was called '{name}' then, and is called '{live.name}' now")
    if system and live.system_identifier and system != live.system_identifier:
        differences.append(f"it was in the database cluster {system} then, and is in {live.system_identifier} now")
    if environment and environment != target.environment:
        differences.append(f"its environment was '{environment}' then, and is '{target.environment or ''}' now")
    if not differences:
        return []
    return [
        GuardError(
            f"this is not the database that sqlseed first built: {'; '.join(differences)}",
            hint=f"a copy, a restored dump, or a server that moved; {_OVERRIDE}, and it becomes this one",
        )
    ]


def _stamped(session: Session) -> tuple[str, str | None, str | None] | None:
    """Name, system identifier and environment of the database as it was at the first build."""
    table = Relation(session.state_schema, "identity")
    if not session.catalog([table]):
        return None
    rows = session.query(f"select database, system_identifier, environment from {table}")
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


def privileges(session: Session, relations: Iterable[Relation], *, changes: bool) -> None:
    """Raises GuardError with every statement that gives the role what it lacks to fill `relations`."""
    missing = session.missing_privileges(relations, changes=changes)
    if missing:
        statements = "\n    ".join(missing)
        raise GuardError(f"the role lacks privileges; an administrator has to run\n    {statements}")


@contextlib.contextmanager
def before_slices(session: Session, relations: Iterable[Relation]) -> Iterator[None]:
    """Within the block, what a build does before its first slice: a privilege that is lacking there raises GuardError
    with all that filling `relations` needs. Other errors go through."""
    try:
        yield
    except ExecuteError as error:
        if error.sqlstate == INSUFFICIENT_PRIVILEGE:
            privileges(session, relations, changes=False)
        raise


def stamp(target: Target, session: Session) -> None:
    """Writes down which database this is, unless that is what stands there, or no state is there yet."""
    live = session.database()
    if live is None or not session.catalog([Relation(session.state_schema, "identity")]):
        return
    wanted = (live.name, live.system_identifier, target.environment)
    if _stamped(session) == wanted:
        return
    table = f"{quote(session.state_schema)}.identity"
    with session.transaction():
        session.prepare(())
        session.lock_state()
        session.run(f"delete from {table}")
        session.run(
            f"insert into {table} (database, system_identifier, environment, stamped_at)"
            " values (:name, :system, :environment, cast(current_timestamp as timestamp))",
            dict(zip(_TYPES, wanted, strict=True)),
            _TYPES,
        )


def _role(target: Target, live: LiveDatabase) -> list[SqlseedError]:
    if not live.powers or target.allow_superuser:
        return []
    return [
        GuardError(
            f"the role '{live.role}' may do more than seeding needs: {_and(live.powers)}",
            hint="use a role of its own (`sqlseed grants` prints what it needs), or add to the target in profiles.yml:"
            "\n      allow_superuser: true",
        )
    ]


def _and(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def hold_off_migrations(session: Session) -> None:
    """Shares Prisma's migration lock for as long as `session` lives, so that no migration changes the schema meanwhile.

    Raises ConnectError while one runs.
    """
    holder = session.share_migration_lock()
    if holder is not None:
        raise ConnectError(
            f"a migration is running in this database, and holds Prisma's lock{holder}",
            hint="wait for its end, then run again",
        )
