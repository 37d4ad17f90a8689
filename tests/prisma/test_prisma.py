"""The application's own way to the data: a Prisma client reads every model of the seeded PostgreSQL."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from sqlseed import api
from sqlseed.model import Compiled, Materialized
from tests import servers
from tests.school.conftest import SHORT, SMALL, build, open_workspace, write_profile
from tests.support import ROOT

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.prisma"
UNREACHABLE = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET")
TIMEOUT = 600  # seconds for npm, which may have to download

PRISMA_TYPES = {
    "text": "String",
    "integer": "Int",
    "double precision": "Float",
    "boolean": "Boolean",
    "timestamp(3)": "DateTime @db.Timestamp(3)",
}
ACTIONS = {"cascade": "Cascade", "set null": "SetNull", "restrict": "Restrict", "no action": "NoAction"}


# --- what a table is, said by Prisma's schema and by the project's contracts -----------------------------------------


@dataclass(slots=True)
class Table:
    """Columns as `name -> type as Prisma writes it, with ? where null is allowed, and = default`; keys by columns."""

    columns: dict[str, str] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    unique: set[tuple[str, ...]] = field(default_factory=set)
    indexes: set[tuple[str, ...]] = field(default_factory=set)
    foreign_keys: set[tuple[str, str, str, str]] = field(default_factory=set)  # column, table, its column, on delete


@dataclass(frozen=True, slots=True)
class Relation:
    """A foreign key of Prisma's schema, and what its two ends are called."""

    child: str
    column: str
    field: str
    parent: str
    parent_field: str


def blocks(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each model's name and its lines, split at spaces."""
    for name, body in re.findall(r"^model (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        yield name, [line.split() for line in body.splitlines() if line.strip()]


def names_in(text: str) -> tuple[str, ...]:
    """`a, b` as a tuple."""
    return tuple(text.replace(" ", "").split(","))


def read_schema(text: str) -> dict[str, Table]:
    """The tables of a schema in the form in which ours is written: the subset of Prisma's language that it uses."""
    tables = {}
    for name, lines in blocks(text):
        table = tables[name] = Table()
        for words in lines:
            line = " ".join(words)
            if key := re.fullmatch(r"@@(unique|index)\(\[(.*)\]\)", line):
                (table.unique if key[1] == "unique" else table.indexes).add(names_in(key[2]))
            elif key := re.search(r"fields: \[(\w+)\], references: \[(\w+)\], onDelete: (\w+)\)", line):
                table.foreign_keys.add((key[1], words[1].rstrip("?"), key[2], key[3]))
            elif words[1].rstrip("?") in {kind.split()[0] for kind in PRISMA_TYPES.values()}:
                read_column(table, words[0], words[1], " ".join(words[2:]))
    return tables


def read_column(table: Table, name: str, kind: str, attributes: str) -> None:
    """A line such as `status String? @default("active")`."""
    native = " @db.Timestamp(3)" if "@db.Timestamp(3)" in attributes else ""
    default = re.search(r"@default\((.*?\(?\)?)\)", attributes)
    is_filled_by_client = default is not None and default[1] == "uuid()"
    text = kind.rstrip("?") + native + ("?" if kind.endswith("?") else "")
    table.columns[name] = text + (f" = {default[1]}" if default and not is_filled_by_client else "")
    if "@id" in attributes:
        table.primary_key = (name,)
    if "@unique" in attributes:
        table.unique.add((name,))


def read_relations(text: str) -> list[Relation]:
    """Every relation with the names that it has on either side; one that is named is told by its name."""
    ends: dict[tuple[str, str, str], str] = {}  # parent, child, name of the relation or '' -> field of the parent
    found = []
    models = dict(blocks(text))
    for name, lines in models.items():
        for words in lines:
            kind = words[1].rstrip("?[]") if len(words) > 1 else ""
            if kind in models:
                line = " ".join(words)
                label = re.search(r'@relation\("(\w+)"', line)
                key = re.search(r"fields: \[(\w+)\]", line)
                if key:
                    found.append((name, key[1], words[0], kind, label[1] if label else ""))
                else:
                    ends[name, kind, label[1] if label else ""] = words[0]
    return [
        Relation(child, column, name, parent, ends[parent, child, label])
        for child, column, name, parent, label in found
    ]


def table_of(compiled: Mapping[str, Compiled], name: str) -> Table:
    """The same, from the contract of a model."""
    contract = compiled[name].contract
    table = Table(primary_key=contract.primary_key)
    for column in contract.columns:
        default = {"current_timestamp": "now()"}.get(column.default or "", (column.default or "").replace("'", '"'))
        kind = PRISMA_TYPES[column.type] + ("?" if column.nullable else "")
        table.columns[column.name] = kind + (f" = {default}" if default else "")
    for index in contract.indexes:
        (table.unique if index.unique else table.indexes).add(index.columns)
    for key in contract.foreign_keys:
        parent = compiled[key.to].config.table
        table.foreign_keys.add((key.columns[0], parent, key.to_columns[0], ACTIONS[key.on_delete]))
    return table


def tables_of(compiled: Mapping[str, Compiled]) -> dict[str, Table]:
    """The tables that the project fills, by name."""
    return {
        model.config.table: table_of(compiled, name)
        for name, model in compiled.items()
        if model.config.materialized is Materialized.TABLE
    }


def differences(one: Mapping[str, Table], other: Mapping[str, Table]) -> set[str]:
    """Names of the tables that are not the same in both, or only in one."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.fixture(scope="module")
def project_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    folder = tmp_path_factory.mktemp("contracts")
    profiles = write_profile(folder, type="duckdb", path=folder / "school.duckdb")
    return tables_of(api.load(ROOT, profiles_dir=profiles).compiled)


def test_the_schema_has_the_tables_of_the_project(project_tables: dict[str, Table]) -> None:
    schema = read_schema(SCHEMA.read_text("utf-8"))
    assert {name: (schema.get(name), project_tables.get(name)) for name in differences(schema, project_tables)} == {}


@pytest.mark.parametrize(
    ("model", "old", "new"),
    [
        ("Student", r"lastName .*", "surname String"),
        ("Student", r"rollNumber +String\?", "rollNumber Int?"),
        ("Student", r"dob +String\?", "dob String"),
        ("Student", r'@default\("active"\)', ""),
        ("Student", r"@@index\(\[deletedAt\]\)", ""),
        ("Guardian", r"@@index\(\[email\]\)", "@@index([name])"),
        ("Teacher", r" @unique", ""),
        ("Enrollment", r"onDelete: Cascade", "onDelete: Restrict"),
        ("Section", r"references: \[id\], onDelete: SetNull", "references: [staffId], onDelete: SetNull"),
        ("AcademicYear", r"@@unique\(\[branchId, name\]\)", "@@unique([name])"),
        ("AcademicYear", r"@db.Timestamp\(3\)", ""),
        ("AcademicYear", r"isActive .*", "isActive Boolean @default(true)"),
    ],
)
def test_a_changed_schema_is_noticed(project_tables: dict[str, Table], model: str, old: str, new: str) -> None:
    text = SCHEMA.read_text("utf-8")
    begin = text.index(f"model {model} {{")
    end = text.index("\n}", begin)
    changed, times = re.subn(old, new, text[begin:end], count=1)
    assert times == 1
    noticed = differences(read_schema(text[:begin] + changed + text[end:]), project_tables)
    assert noticed - differences(read_schema(text), project_tables) == {model}


# --- a client reads the school ---------------------------------------------------------------------------------------


def run(command: Sequence[str | Path], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    # npm tells of updates, and Prisma its makers of our use, unless asked not to
    quiet = {"CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    environment = os.environ | quiet | env
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT)


def packages() -> Path:
    """The folder of the packages in package-lock.json, installed once a lock file in the user's cache."""
    lock = (HERE / "package-lock.json").read_bytes() + (HERE / "package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sqlseed-tests"
    folder = cache / f"prisma-{hashlib.sha256(lock).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several pytest workers
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, folder / name)
            # no scripts: they would download engines that the client, compiled to WebAssembly, does not need
            result = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
            if result.returncode and (found := UNREACHABLE.search(result.stderr)):
                pytest.skip(f"npm reaches no registry ({found.group()}): nothing reads the database through Prisma")
            assert result.returncode == 0, f"npm ci failed:\n{result.stdout}{result.stderr}"
            (folder / "installed").touch()
    return folder / "node_modules"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with read.mjs and the client that it imports, generated from our schema."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed: nothing reads the database through Prisma")
    folder = tmp_path_factory.mktemp("prisma")
    (folder / "node_modules").symlink_to(packages())
    for name in ("package.json", "schema.prisma", "read.mjs"):
        shutil.copyfile(HERE / name, folder / name)
    # `generate` asks where the engine for migrations is, and never starts it; it could not be downloaded
    command = ["node", "node_modules/prisma/build/index.js", "generate", "--schema", "schema.prisma"]
    result = run(command, folder, PRISMA_SCHEMA_ENGINE_BINARY="/bin/true")
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@dataclass(frozen=True, slots=True)
class Seeded:
    """A PostgreSQL database with the school in it."""

    url: str
    tables: tuple[str, ...]


@pytest.fixture(scope="module")
def seeded(postgres18: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Two small branches, a year and two months."""
    folder = tmp_path_factory.mktemp("seeded")
    with postgres18.fresh_database("prisma") as url:
        workspace = open_workspace(folder, variables=SHORT, type="postgres", url=url, threads=2)
        build(workspace, SMALL)
        yield Seeded(url, tuple(sorted(tables_of(workspace.compiled))))


def read(client: Path, url: str, *tables: str) -> subprocess.CompletedProcess[str]:
    return run(["node", "read.mjs", ",".join(tables)], client, DATABASE_URL=url)


def expected_counts(seeded: Seeded) -> dict[str, dict[str, object]]:
    """What read.mjs should print, counted in SQL."""
    with psycopg.connect(seeded.url) as connection:

        def count(what: str, table: str) -> int:
            row = connection.execute(f'select count({what}) from "{table}"'.encode()).fetchone()
            assert row
            return int(row[0])

        expected: dict[str, dict[str, object]] = {
            table: {"model": table, "count": count("*", table)} for table in seeded.tables
        }
        relations: dict[str, dict[str, int]] = {table: {} for table in seeded.tables}
        for relation in read_relations(SCHEMA.read_text("utf-8")):
            if relation.child in relations and relation.parent in relations:
                column = f'"{relation.column}"'
                relations[relation.child][relation.field] = count(column, relation.child)
                relations[relation.parent][relation.parent_field] = count(f"distinct {column}", relation.child)
    return {table: expected[table] | {"relations": relations[table]} for table in seeded.tables}


@pytest.mark.slow
def test_a_prisma_client_reads_every_model_with_its_relations(client: Path, seeded: Seeded) -> None:
    result = read(client, seeded.url, *seeded.tables)
    assert result.returncode == 0, result.stderr
    found = {line["model"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert found == expected_counts(seeded)
    never = [f"{name}.{key}" for name, line in found.items() for key, rows in line["relations"].items() if rows == 0]
    assert never == []  # every relation was followed from some row


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ('alter table "Tenant" rename column "subdomain" to "host"', "Tenant.subdomain"),
        ('alter table "Tenant" alter column "name" drop not null; update "Tenant" set "name" = null', "Tenant.name"),
        ('delete from "Tenant"', "Tenant has no rows"),
        ('drop table "Tenant"', "public.Tenant"),
    ],
    ids=["column renamed", "null", "no rows", "no table"],
)
def test_what_the_client_cannot_read_is_said(client: Path, postgres_url: str, damage: str, message: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            'create table "Tenant" (id text primary key, "branchId" text, name text not null, subdomain text not null)'
        )
        connection.execute("insert into \"Tenant\" values ('a', 'a', 'A School', 'a')")
        assert read(client, postgres_url, "Tenant").returncode == 0
        connection.execute(damage.encode())
    result = read(client, postgres_url, "Tenant")
    assert result.returncode == 1
    assert result.stdout == ""
    assert message in result.stderr


@pytest.mark.slow
def test_a_model_that_the_schema_does_not_have_is_said(client: Path, postgres_url: str) -> None:
    result = read(client, postgres_url, "Tenant", "Pupil")
    assert result.returncode == 1
    assert result.stderr == "read.mjs: the Prisma schema has no model Pupil\n"
