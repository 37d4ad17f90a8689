"""The least privileges that a role needs to run the scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlseed import planner
from sqlseed.backends.ddl import constraint_name
from sqlseed.model import Compiled, KeyKind, Materialized, Relation, quote
from sqlseed.review.psql.text import MARK, literal
from sqlseed.workspace import Workspace


def _needed(workspace: Workspace, names: Iterable[str]) -> dict[Relation, list[str]]:
    """What is needed on each table of the target: rows are read where a model or a check reads them."""
    compiled = workspace.compiled
    chosen = [compiled[name] for name in names]
    read = {relation for model in chosen for relation in model.relations.values()}
    needed: dict[Relation, list[str]] = {}
    for model in chosen:
        if _is_in_target(model):
            reads = model.relation in read or model.config.key_kind is not KeyKind.NATURAL
            needed[model.relation] = ["select", "insert"] if reads else ["insert"]
    for model in compiled.values():
        if model.relation in read and _is_in_target(model):
            needed.setdefault(model.relation, ["select"])
    return needed


def _is_in_target(model: Compiled) -> bool:
    return model.config.materialized is not Materialized.INTERMEDIATE and not model.config.whole


def _references(workspace: Workspace, creating: Collection[str]) -> list[tuple[Relation, Relation]]:
    """(new table, table that its foreign keys refer to)."""
    compiled = workspace.compiled
    return [
        (compiled[name].relation, relation)
        for name in creating
        for relation in dict.fromkeys(
            compiled[key.to].relation for key in compiled[name].contract.foreign_keys if key.to in compiled
        )
    ]


def grant_statements(
    workspace: Workspace,
    role: str,
    names: Iterable[str] | None = None,
    creates: Collection[str] = (),
    beside: Sequence[str] = (),
) -> tuple[str, ...]:
    """The least privileges for a run of these models, all of the project's without names, as statements.

    `creates` are the models whose tables are missing: the role makes them, and owns them. `beside` are privileges that
    it shall have on each of the models' tables anyway: `build` looks at them (select), and changes what is there
    (update, delete). Sequences have the name that PostgreSQL gives them; the script grants.sql asks the catalog.
    """
    compiled, who = workspace.compiled, quote(role)
    chosen = sorted(compiled if names is None else names)
    target = workspace.target
    made = {compiled[name].relation for name in creates}
    makes_in_target = bool(creates) or any(compiled[name].config.whole for name in chosen)
    statements = [
        f"grant connect, temporary on database {_database(workspace)} to {{who}};",
        f"create schema if not exists {quote(target.state_schema)} authorization {{who}};",
        f"grant usage{', create' if makes_in_target else ''} on schema {quote(target.schema)} to {{who}};",
    ]
    needed = _needed(workspace, chosen)
    for name in chosen:
        if _is_in_target(compiled[name]):
            privileges = needed[compiled[name].relation]
            privileges += [privilege for privilege in beside if privilege not in privileges]
    for child, parent in _references(workspace, creates):
        if child not in made or parent in made:
            continue
        privileges = needed.setdefault(parent, [])
        privileges += ["references"] if "references" not in privileges else []
    statements += [
        f"grant {', '.join(privileges)} on {relation} to {{who}};"
        for relation, privileges in sorted(needed.items(), key=lambda item: str(item[0]))
        if relation not in made
    ]
    for name in sorted(set(planner.integer_models(compiled)) & set(chosen) - set(creates)):
        relation = compiled[name].relation
        sequence = Relation(relation.schema, constraint_name(relation.name, [compiled[name].config.key or ""], "seq"))
        statement = f"grant select, update on sequence {sequence} to {{who}};"
        if beside:  # nobody has looked whether the key has one
            there = f"to_regclass({literal(sequence)}) is not null"
            statement = f"do $sqlseed$ begin if {there} then {statement} end if; end $sqlseed$;"
        statements.append(statement)
    return tuple(statement.replace("{who}", who) for statement in statements)


def _database(workspace: Workspace) -> str:
    """The target's database; psql's variable where the target does not name one."""
    name = workspace.target.settings.get("conninfo", {}).get("dbname")
    return quote(str(name)) if name else ':"DBNAME"'


def grants(workspace: Workspace, creating: Sequence[str], names: Sequence[str]) -> str:
    """The text of grants.sql, which asks the catalog which tables there are."""
    schema, state = workspace.target.schema, workspace.target.state_schema
    compiled = workspace.compiled
    tables = [
        f"    ({literal(', '.join(privileges))}, {literal(relation)})"
        for relation, privileges in sorted(_needed(workspace, names).items(), key=lambda item: str(item[0]))
    ]
    missing = [literal(compiled[name].relation) for name in creating if _is_in_target(compiled[name])]
    makes = " or ".join([f"to_regclass({table}) is null" for table in missing] or ["false"])
    if any(compiled[name].config.whole for name in names):
        makes = "true"
    lines = [
        f"{MARK}: the least privileges for run.sql; psql -v ON_ERROR_STOP=1 -v role=NAME -f grants.sql",
        "--",
        "-- Run it as the owner of the tables. The role must be there: create role NAME login;",
        "-- 999_undo.sql needs more, and is for the tables' owner.",
        "",
        "\\set ON_ERROR_STOP on",
        "\\if :{?role}",
        "\\else",
        "\\set role sqlseed",
        "\\endif",
        "",
        "-- temporary: the session functions of 000_preamble.sql",
        'grant connect, temporary on database :"DBNAME" to :"role";',
        "",
        "-- sqlseed's own tables: checkpoints, lookup tables, intermediate tables",
        f'create schema if not exists {quote(state)} authorization :"role";',
        f'grant usage, create on schema {quote(state)} to :"role";',
        f'grant select, insert, update, delete on all tables in schema {quote(state)} to :"role";',
        "",
        "-- the models' tables, those that are there: select where a model or a check reads them",
        f"create schema if not exists {quote(schema)};",
        f'grant usage on schema {quote(schema)} to :"role";',
        "select format('grant %s on %s to %I', privileges, relation, :'role')",
        "from (values",
        ",\n".join(tables) if tables else "    (null, null)",
        ") as needed (privileges, relation)",
        "where to_regclass(relation) is not null \\gexec",
        "",
        "-- those that are not there: the role makes them, with their foreign keys to those that are",
        f"select {makes} as makes \\gset",
        "\\if :makes",
        f'grant create on schema {quote(schema)} to :"role";',
        "\\endif",
        *_reference_lines(workspace, creating),
        *_sequence_lines(workspace, names),
    ]
    return "\n".join(lines) + "\n"


def _reference_lines(workspace: Workspace, creating: Sequence[str]) -> list[str]:
    pairs = [f"    ({literal(child)}, {literal(parent)})" for child, parent in _references(workspace, creating)]
    if not pairs:
        return []
    return [
        "select distinct format('grant references on %s to %I', parent, :'role')",
        "from (values",
        ",\n".join(pairs),
        ") as key (child, parent)",
        "where to_regclass(child) is null and to_regclass(parent) is not null \\gexec",
    ]


def _sequence_lines(workspace: Workspace, names: Sequence[str]) -> list[str]:
    compiled = workspace.compiled
    keys = [
        f"    ({literal(compiled[name].relation)}, {literal(compiled[name].config.key)})"
        for name in sorted(set(planner.integer_models(compiled)) & set(names))
    ]
    if not keys:
        return []
    return [
        "",
        "-- sequences of integer keys, which are moved past the keys that sqlseed gives out",
        "select format('grant select, update on sequence %s to %I', sequence, :'role')",
        "from (values",
        ",\n".join(keys),
        ") as key (relation, name)",
        "cross join lateral (",
        "    select case when to_regclass(relation) is not null then pg_get_serial_sequence(relation, name) end",
        ") as found (sequence)",
        "where sequence is not null \\gexec",
    ]
