"""`profiles.yml`: which databases there are, in dbt's shape, and how to reach the chosen one.

    school:                                     # the project's `profile`
      target: dev                               # the output to use without --target
      outputs:
        dev: {type: duckdb, path: target/sqlseed.duckdb}
        pg: {type: postgres, url: "{{ env_var('DATABASE_URL') }}", threads: 4, environment: dev}

Only the chosen output is rendered, so another one's missing environment variable does not matter. Passwords
are kept in `Secret`s from the moment they are read, and no message shows a value of the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from .errors import ProfileError, SqlseedError, did_you_mean
from .files import read_path
from .model import BulkMode, Target
from .pgurl import LIBPQ, SECRETS, ParsedUrl, Secret, parse_url
from .yamlfile import YamlMap, kind, load_mapping

FILE_NAME = "profiles.yml"
MAX_THREADS = 64

Render = Callable[[str, Mapping[str, Any], str], str]
"""Renders a Jinja text: (text, context, path of the file for messages) -> text."""

_COMMON = ("type", "schema", "state_schema", "threads", "environment", "require_approval", "rows_per_chunk")
_FLAGS = ("require_approval", "allow_superuser")
_DUCKDB = ("path", "memory_limit", "temp_directory")
_TIMEOUTS = ("statement_timeout", "lock_timeout", "slice_timeout")
_ADDRESS = ("host", "port", "dbname", "user", "password")  # what a URL says, and keys may say instead
_KEYS = {
    "duckdb": (*_COMMON, *_DUCKDB),
    "postgres": (*_COMMON, "allow_superuser", "bulk", "pg_dump", "url", "database", *_TIMEOUTS, *sorted(LIBPQ)),
}
_SSLMODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_DURATION = re.compile(r"[0-9]+ ?(?:us|ms|s|min|h|d)?")
_MEMORY = re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:[KMGT]i?B|B|%)", re.IGNORECASE)
_SNIPPET = """write one, for example:
    {profile}:
      target: dev
      outputs:
        dev:
          type: duckdb
          path: target/sqlseed.duckdb
        pg:
          type: postgres
          url: "{{{{ env_var('DATABASE_URL') }}}}"
          environment: dev"""


def load_target(
    project_dir: Path,
    profile: str,
    target: str | None,
    profiles_dir: Path | None,
    env: Mapping[str, str],
    render: Render,
    threads: int | None = None,
) -> Target:
    """The chosen output of `profile`: that of `target`, else the profile's own `target:`, else the only one.

    `profiles.yml` is looked for in `profiles_dir` alone when given, else in the project and in `~/.sqlseed/`.
    `env` answers `env_var('NAME'[, default])`; `threads` overrides the file. Settings for DuckDB: `path`
    (absolute, or `:memory:`), `memory_limit`, `temp_directory`; for PostgreSQL: `conninfo`, a mapping of libpq
    keywords whose secrets are `Secret`s, and `statement_timeout` and the other timeouts as texts (`30s`). Raises
    `ProfileError`.
    """
    file, label = _find(project_dir, profile, profiles_dir, env)
    try:
        document = load_mapping(read_path(file, label), label, f"{profile}:", secret=True)
    except SqlseedError as e:
        raise ProfileError(e.message, path=e.path, line=e.line, hint=e.hint) from None
    reader = _Reader(label, env, render)
    name, output = _choose(document, profile, target, reader)
    values = reader.values(output)
    type_ = values.get("type", "")
    if type_ not in _KEYS:
        hint = did_you_mean(type_, _KEYS)
        raise reader.error(f"unknown type '{type_}'" if type_ else "an output needs a type", output, "type", hint)
    for key in output:
        if key not in _KEYS[type_]:
            hint = did_you_mean(str(key), _KEYS[type_], show=12)
            raise reader.error(f"unknown key '{key}' for type {type_}", output, key, hint)
    made = _duckdb(values, output, project_dir, env, reader)
    if type_ == "postgres":
        made = _postgres(values, output, env, reader)
    schema, state_schema = made.schema, values.get("state_schema") or "_sqlseed"
    _check_schemas(schema, state_schema, output, reader)
    return Target(
        profile=profile,
        name=name,
        type=type_,
        schema=schema,
        state_schema=state_schema,
        threads=_threads(values, output, reader, threads),
        rows_per_chunk=_rows(values, "rows_per_chunk", output, reader),
        environment=values.get("environment") or None,
        settings=made.settings,
        notes=(*_mode_note(file, label, output), *made.notes),
        require_approval=_flag(values, "require_approval", output, reader),
        bulk=_bulk(values, output, reader),
        allow_superuser=_flag(values, "allow_superuser", output, reader),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What one back end's reader makes of an output."""

    schema: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...] = ()


# --- the file


def _find(project_dir: Path, profile: str, profiles_dir: Path | None, env: Mapping[str, str]) -> tuple[Path, str]:
    """The file, and its name in messages."""
    home = env.get("HOME") or env.get("USERPROFILE")
    places = [(project_dir / FILE_NAME, FILE_NAME)]
    if home:
        places.append((Path(home) / ".sqlseed" / FILE_NAME, f"~/.sqlseed/{FILE_NAME}"))
    if profiles_dir is not None:
        # Only there: falling back to another file could fill another database.
        places = [(profiles_dir / FILE_NAME, str(profiles_dir / FILE_NAME))]
    for path, label in places:
        if _exists(path):
            return path, label
    text = f"no {FILE_NAME} found; searched: {', '.join(str(path) for path, _ in places)}"
    raise ProfileError(text, hint=_SNIPPET.format(profile=profile))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # not allowed to look: reading it will say so
        return True


def _mode_note(file: Path, label: str, output: YamlMap) -> tuple[str, ...]:
    mode = file.stat().st_mode
    if mode & 0o002 and os.name != "nt":
        message = f"everybody can write to it (mode {mode & 0o777:04o}), and so say which database is filled"
        raise ProfileError(message, path=label, hint=f"chmod 600 {label}")
    password, url = output.get("password"), output.get("url")
    literal = password is not None and not (isinstance(password, str) and "{{" in password)
    # A password in the text of the URL: something between the ':' and the '@' that is no expression.
    literal = literal or (isinstance(url, str) and bool(re.match(r"\w+://[^:/@]*:(?!\{\{)[^@]", url)) and "@" in url)
    if not literal or not mode & 0o044 or os.name == "nt":  # Windows makes these bits up
        return ()
    cure = f"chmod 600 {label}, or write \"{{{{ env_var('NAME') }}}}\""
    return (f"{label} holds a password and others can read it (mode {mode & 0o777:04o}); {cure}",)


def _choose(document: YamlMap, profile: str, target: str | None, reader: _Reader) -> tuple[str, YamlMap]:
    """The name and the entry of the output to use."""
    if profile not in document:
        raise reader.error(f"no profile '{profile}'", document, None, did_you_mean(profile, map(str, document)))
    entry = reader.map(document, profile)
    for key in entry:
        if key not in ("target", "outputs"):
            raise reader.error(f"unknown key '{key}'", entry, key, did_you_mean(str(key), ("target", "outputs")))
    if not entry.get("outputs"):
        raise reader.error(f"profile '{profile}' has no outputs", entry, "outputs")
    outputs = reader.map(entry, "outputs")
    names = [str(name) for name in outputs]
    if target is None and entry.get("target") is not None:
        target = reader.text(entry, "target")
    if target is None and len(names) > 1:
        hint = f"give one with --target, or write a default as target: ({', '.join(names)})"
        raise reader.error(f"profile '{profile}' has several outputs and no target", entry, "outputs", hint)
    chosen = names[0] if target is None else target
    for name in outputs:
        if str(name) == chosen:
            return chosen, reader.map(outputs, name)
    message = f"profile '{profile}' has no target '{chosen}'; targets: {', '.join(names)}"
    raise reader.error(message, entry, "target", did_you_mean(chosen, names))


class _Reader:
    """Renders and checks values of one file. Its messages name keys, never values."""

    def __init__(self, label: str, env: Mapping[str, str], render: Render) -> None:
        self.label = label
        self.env = env
        self.render = render

    def error(self, message: str, entry: YamlMap, key: Any, hint: str | None = None) -> ProfileError:
        return ProfileError(message, path=self.label, line=entry.lines.get(key, entry.line), hint=hint)

    def map(self, entry: YamlMap, key: Any) -> YamlMap:
        value = entry[key]
        if not isinstance(value, YamlMap):
            raise self.error(f"'{key}' must be a mapping, not {kind(value)}", entry, key)
        return value

    def values(self, output: YamlMap) -> dict[str, str]:
        """All values of an output as rendered texts; those left empty are left out."""
        given = {key: value for key, value in output.items() if value is not None}
        return {
            str(k): str(v).lower() if isinstance(v, bool) and k in _FLAGS else self.text(output, k)
            for k, v in given.items()
        }

    def text(self, entry: YamlMap, key: Any) -> str:
        """A value as text, rendered when it is Jinja."""
        value = entry[key]
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(f"'{key}' must be a text, not {kind(value)}", entry, key, "put the value in quotes")
        text = str(value)
        if re.search(r"\{[{%#]", text):
            text = self._rendered(text, entry, key)
        if "\0" in text:
            raise self.error(f"'{key}' has a NUL byte in it", entry, key)
        if not text.strip():
            named = re.search(r"""env_var\(\s*['"](\w+)""", str(value))
            raise self.error(f"'{key}' is empty", entry, key, f"is {named[1]} set to nothing?" if named else None)
        return text if key in SECRETS else text.strip()

    def _rendered(self, text: str, entry: YamlMap, key: Any) -> str:
        try:
            return self.render(text, {"env_var": self._env_var(entry.lines.get(key))}, self.label)
        except ProfileError:
            raise
        except SqlseedError as error:  # it knows the line within this value only, and may quote the value
            raise self.error(f"'{key}': {error.message}", entry, key) from None

    def _env_var(self, line: int | None) -> Callable[..., str]:
        def env_var(name: str, default: str | None = None) -> str:
            value = self.env.get(name)
            if value is None and default is None:
                hint = f"set it, or give a default: env_var('{name}', '...')"
                message = f"environment variable '{name}' is not set"
                raise ProfileError(message, path=self.label, line=line, hint=hint)
            value = str(default) if value is None else value
            if re.search(r"[\r\n\0]", value):
                raise ProfileError(f"environment variable '{name}' has a line break in it", path=self.label, line=line)
            return value

        env_var.__qualname__ = "env_var"  # Python's complaint about wrong arguments begins with it
        return env_var


# --- settings


def _threads(values: Mapping[str, str], output: YamlMap, reader: _Reader, override: int | None) -> int:
    if override is not None:
        if not 1 <= override <= MAX_THREADS:
            raise ProfileError(f"threads must be 1 to {MAX_THREADS}, not {override}")
        return override
    text = values.get("threads", "4")
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_THREADS:
        raise reader.error(f"threads must be an integer from 1 to {MAX_THREADS}, not '{text[:20]}'", output, "threads")
    return int(text)


def _rows(values: Mapping[str, str], key: str, output: YamlMap, reader: _Reader) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text := values.get(key, "1000000")):
        raise reader.error(f"{key} must be a whole number, 0 to cut no slice, not '{text[:20]}'", output, key)
    return int(text)


def _flag(values: Mapping[str, str], key: str, output: YamlMap, reader: _Reader) -> bool:
    text = values.get(key, "false")
    if text not in ("true", "false"):
        raise reader.error(f"{key} must be true or false, not '{text[:20]}'", output, key)
    return text == "true"


def _bulk(values: Mapping[str, str], output: YamlMap, reader: _Reader) -> BulkMode:
    text = values.get("bulk", BulkMode.AUTO.value)
    if text not in set(BulkMode):
        hint = did_you_mean(text, [mode.value for mode in BulkMode])
        raise reader.error(f"bulk must be auto, on or off, not '{text[:20]}'", output, "bulk", hint)
    return BulkMode(text)


def _check_schemas(schema: str, state_schema: str, output: YamlMap, reader: _Reader) -> None:
    for key, name in (("schema", schema), ("state_schema", state_schema)):
        if len(name.encode()) > 63:
            message = f"{key} '{name[:20]}...' has {len(name.encode())} bytes; PostgreSQL keeps 63"
            raise reader.error(message, output, key)
        if name.lower().startswith("pg_") or name.lower() == "information_schema":
            raise reader.error(f"{key} '{name}' belongs to the database itself", output, key)
    if schema.lower() == state_schema.lower():
        raise reader.error("schema and state_schema must be two different schemas", output, "state_schema")


def _duckdb(
    values: Mapping[str, str], output: YamlMap, project_dir: Path, env: Mapping[str, str], reader: _Reader
) -> _Made:
    def absolute(key: str, text: str) -> str:
        if "://" in text or text.startswith("md:"):
            raise reader.error(f"'{key}' must be a path on this machine", output, key)
        if text.startswith("~/") and env.get("HOME"):
            text = env["HOME"] + text[1:]
        return str((project_dir / text).absolute())

    path = values.get("path", "target/sqlseed.duckdb")
    settings = {"path": path if path == ":memory:" else absolute("path", path)}
    if "memory_limit" in values:
        if not _MEMORY.fullmatch(values["memory_limit"]):
            raise reader.error("memory_limit must be a size such as 512MB or 2GB", output, "memory_limit")
        settings["memory_limit"] = values["memory_limit"]
    if "temp_directory" in values:
        settings["temp_directory"] = absolute("temp_directory", values["temp_directory"])
    return _Made(values.get("schema", "main"), settings)


def _postgres(values: Mapping[str, str], output: YamlMap, env: Mapping[str, str], reader: _Reader) -> _Made:
    values = dict(values)
    if "database" in values:
        if "dbname" in values:
            raise reader.error("database and dbname are the same thing; give one", output, "database")
        values["dbname"] = values.pop("database")
    conninfo: dict[str, str] = {}
    schema, notes = values.get("schema"), []
    if "url" in values:
        url = _url(values, output, reader)
        conninfo, notes = dict(url.conninfo), list(url.notes)
        if schema and url.schema and schema != url.schema:
            notes.append(f"schema '{schema}' of the profile is used, not '{url.schema}' of the URL")
        schema = schema or url.schema
    elif not any(key in values for key in ("host", "hostaddr", "dbname", "service")):
        raise reader.error("a postgres output needs url, or host and dbname", output, "type")
    conninfo |= {key: value for key, value in values.items() if key in LIBPQ}
    _check_conninfo(conninfo, output, reader)
    notes += _default_sslmode(conninfo, env)
    settings: dict[str, Any] = {
        "conninfo": {key: Secret(value) if key in SECRETS else value for key, value in conninfo.items()}
    }
    if "pg_dump" in values:
        settings["pg_dump"] = values["pg_dump"]
    for key in _TIMEOUTS:
        if key in values:
            if not _DURATION.fullmatch(values[key]):
                raise reader.error(f"{key} must be a duration such as 30s, 500ms or 5min", output, key)
            settings[key] = values[key]
    return _Made(schema or "public", settings, tuple(notes))


def _url(values: Mapping[str, str], output: YamlMap, reader: _Reader) -> ParsedUrl:
    both = [key for key in _ADDRESS if key in values]
    if both:
        raise reader.error(f"give url, or {', '.join(both)}; not both", output, "url")
    try:
        return parse_url(values["url"])
    except ValueError as error:
        raise reader.error(f"url: {error}", output, "url") from None


def _check_conninfo(conninfo: Mapping[str, str], output: YamlMap, reader: _Reader) -> None:
    def refuse(key: str, message: str, known: Iterable[str] = ()) -> NoReturn:
        hint = did_you_mean(conninfo[key], known) if known else None
        raise reader.error(message, output, key if key in output else "url", hint)

    if conninfo.get("sslmode", "require") not in _SSLMODES:
        refuse("sslmode", f"unknown sslmode '{conninfo['sslmode'][:20]}'", _SSLMODES)
    for port in conninfo.get("port", "5432").split(","):
        if port and not (re.fullmatch(r"[0-9]{1,5}", port) and 1 <= int(port) <= 65535):
            refuse("port", "the port must be a number from 1 to 65535")
    for key in sorted(conninfo):
        counted = key in ("connect_timeout", "tcp_user_timeout") or key.startswith("keepalives")
        if counted and not re.fullmatch(r"[0-9]{1,9}", conninfo[key]):
            refuse(key, f"{key} must be an integer")


def _default_sslmode(conninfo: dict[str, str], env: Mapping[str, str]) -> list[str]:
    """libpq's own default, `prefer`, gives way to anybody on the line: ask for TLS unless the host is this one."""
    given = conninfo.get("sslmode")
    if given in ("disable", "allow", "prefer"):
        hosts = conninfo.get("hostaddr") or conninfo.get("host") or env.get("PGHOST", "")
        far = [host for host in hosts.split(",") if not _is_local(host)][:1]
        return [f"sslmode '{given}' leaves the way to host '{host}' open to whoever is on it" for host in far]
    if given or env.get("PGSSLMODE") or "service" in conninfo:
        return []
    if conninfo.get("sslrootcert") == "system":
        conninfo["sslmode"] = "verify-full"  # libpq accepts nothing weaker with it
        return []
    hosts = conninfo.get("hostaddr") or conninfo.get("host") or env.get("PGHOST", "")
    remote = [host for host in hosts.split(",") if not _is_local(host)]
    if not remote:
        return []
    conninfo["sslmode"] = "require"
    return [f"sslmode 'require' is used for host '{remote[0]}'; set sslmode for another"]


def _is_local(host: str) -> bool:
    """Whether a host is a Unix socket or this machine's loopback."""
    return host in ("", "localhost", "::1") or host[0] in "/@" or re.fullmatch(r"127(\.[0-9]+){3}", host) is not None
