"""The script that takes a run back: the rows that sqlseed made, its lookup tables and its state; nobody else's row."""

from __future__ import annotations

from collections.abc import Sequence

from sqlseed import planner
from sqlseed.backends import slices, state_tables
from sqlseed.model import Compiled, KeyKind, KeyRange, Materialized, Relation, quote
from sqlseed.planner import Planner
from sqlseed.review.psql import preamble
from sqlseed.review.psql.tables import lock_state
from sqlseed.review.psql.text import MARK, literal
from sqlseed.targeting import failures_schema
from sqlseed.workspace import Workspace

_BODY = """\
do $sqlseed$
declare
    one record;
    mine text;
    found_key text;
    ours text[];
    doomed text;
begin
    if (select name from @state@.project) is distinct from @project@ then
        raise exception 'schema % belongs to another project than %', @state_name@, @project@;
    end if;

    -- Nobody writes to these tables until the end, so that no row can come to refer to one that goes; reading goes on.
    for one in select relation from pg_temp.sqlseed_own
               where kind <> 'whole' and to_regclass(relation) is not null order by relation
    loop
        execute format('lock table %s in exclusive mode', one.relation);
    end loop;

    -- A row that sqlseed did not make and that refers to one that goes: nothing is removed, whatever its foreign key
    -- would do to it.
    for one in
        select
            own.relation,
            own.predicate,
            key.conrelid,
            key.conrelid::regclass::text as child,
            (select string_agg(format('t.%I', a.attname), ', ' order by u.place)
             from unnest(key.conkey) with ordinality as u(number, place)
             join pg_attribute as a on a.attrelid = key.conrelid and a.attnum = u.number) as refers,
            (select string_agg(format('t.%I', a.attname), ', ' order by u.place)
             from unnest(key.confkey) with ordinality as u(number, place)
             join pg_attribute as a on a.attrelid = key.confrelid and a.attnum = u.number) as referred
        from pg_temp.sqlseed_own as own
        join pg_constraint as key
            on key.confrelid = to_regclass(own.relation) and key.contype = 'f' and key.conparentid = 0
        order by own.place, child, key.conname
    loop
        mine := (select predicate from pg_temp.sqlseed_own where to_regclass(relation) = one.conrelid);
        execute format(
            'select concat_ws('', '', %s) from %s as t where (%s) is not true'
            ' and (%s) in (select %s from %s as t where %s) limit 1',
            one.refers, one.child, coalesce(mine, 'false'), one.refers, one.referred, one.relation, one.predicate
        ) into found_key;
        if found_key is not null then
            raise exception 'a row of % that sqlseed did not make refers to a row of % that would be removed: % = %',
                one.child, one.relation, replace(one.refers, 't.', ''), found_key
                using hint = 'remove that row, or point it elsewhere, then run again; nothing was changed';
        end if;
    end loop;

    for one in select * from pg_temp.sqlseed_own where to_regclass(relation) is not null order by place loop
        if one.kind <> 'whole' then
            execute format('delete from %s as t where %s', one.relation, one.predicate);
            get diagnostics one.removed = row_count;
            update pg_temp.sqlseed_own as own set removed = one.removed where own.place = one.place;
        elsif exists (select 1 from @state@.checkpoint as c where c.model = one.model) then
            execute format(
                'drop %s %s',
                (select case relkind when 'v' then 'view' else 'table' end from pg_class
                 where oid = to_regclass(one.relation)),
                one.relation
            );
        end if;
    end loop;
    delete from @state@.checkpoint as c using pg_temp.sqlseed_own as own
    where c.model = own.model and (own.slices is null or c.slice = any (own.slices));

    -- sqlseed's own tables go with the last slice, their schemas if nothing else is in them
    if exists (select 1 from @state@.checkpoint where model not like 'seed:%') then
        return;
    end if;
    ours := array(
        select format('%I.%I', n.nspname, c.relname)
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind = 'r' and (n.nspname = @failures_name@ or n.nspname = @state_name@ and (
            c.relname = any (@kept@)
            or exists (select 1 from @state@.checkpoint as k
                       where c.relname in (substr(k.model, 6), substr(k.model, 6) || '__slots')))));
    foreach doomed in array ours loop  -- an array: no query may be open on a table that is dropped
        execute format('drop table %s', doomed);
    end loop;
    for one in select nspname from pg_namespace where nspname in (@state_name@, @failures_name@) loop
        begin
            execute format('drop schema %I', one.nspname);
        exception when dependent_objects_still_exist or insufficient_privilege then
            null;  -- somebody else's table, or schema: it stays
        end;
    end loop;
end
$sqlseed$;"""


def own_predicates(workspace: Workspace, made: Planner) -> dict[Relation, str]:
    """For each model's table the predicate that is true for the rows which complete slices made there, and no other.

    It asks the target's own checkpoints: numbers set aside for a slice that never came to be, or the natural key of
    one, may be anybody's.
    """
    return {
        model.relation: _own(workspace, made, model) for model in workspace.compiled.values() if not model.config.whole
    }


def _own(workspace: Workspace, made: Planner, model: Compiled) -> str:
    config, project = model.config, workspace.project.name
    if config.materialized is Materialized.INTERMEDIATE:
        return "true"
    if config.key is not None and config.key_kind is KeyKind.UUID:
        return slices.own_of_model(project, model, (), ())
    found: list[tuple[str, str]] = []
    if config.key_kind is KeyKind.INTEGER:
        ranges: list[tuple[str, KeyRange]] = sorted(
            (s, r) for (name, s), r in made.ranges.items() if name == model.name
        )
        found = [(slice_, slices.own_of_model(project, model, [held], ())) for slice_, held in ranges]
    else:
        for slice_ in made.slices(model.name):
            found.append((slice_.key, slices.own_of_model(project, model, (), [made.parameters(slice_)])))
    checkpoint = f"{quote(workspace.target.state_schema)}.checkpoint"
    parts = [
        f"{own} and exists (select 1 from {checkpoint} where model = {literal(model.name)} and {_is_of(key, model)})"
        for key, own in found
    ]
    return "(" + "\n        or ".join(parts or ["false"]) + ")"


def _is_of(key: str, model: Compiled) -> str:
    """That a checkpoint's slice is the one, or a chunk of it."""
    same = f"slice = {literal(key)}"
    return same if model.config.chunks is None else f"({same} or starts_with(slice, {literal(key + '#')}))"


def undo(workspace: Workspace, made: Planner) -> str:
    """The text of 999_undo.sql."""
    schema = workspace.target.state_schema
    state = quote(schema)
    body = _BODY
    kept = [name for name, m in workspace.compiled.items() if m.config.materialized is Materialized.INTERMEDIATE]
    for mark, text in (
        ("@state@", state),
        ("@state_name@", literal(schema)),
        ("@failures_name@", literal(failures_schema(schema))),
        ("@project@", literal(workspace.project.name)),
        ("@kept@", _array([*sorted(kept), *state_tables.NAMES])),
    ):
        body = body.replace(mark, text)
    lines = [
        f"{MARK}: removes the rows that sqlseed made, and nobody else's; psql -v ON_ERROR_STOP=1 -f 999_undo.sql",
        "--",
        "-- In one transaction, children before parents. It stops and changes nothing where a row that sqlseed did not",
        "-- make refers to one that would go. The models' tables stay; sqlseed's own schema goes when nothing is left.",
        "",
        preamble.PSQL_SETTINGS,
        "",
        *preamble.settings(workspace.target),
        "",
        "begin;",
        lock_state(schema),
        f"select to_regclass({literal(f'{state}.checkpoint')}) is null as _nothing \\gset",
        "\\if :_nothing",
        "rollback;",
        "\\echo nothing to undo: the target holds no record of a run",
        "\\else",
        "create temporary table sqlseed_own (",
        "    place integer, model text, kind text, relation text, slices text[], removed bigint, predicate text",
        ") on commit drop;",
        "insert into pg_temp.sqlseed_own (place, model, kind, relation, slices, predicate) values",
        ",\n".join(_rows(workspace, made)) + ";",
        "",
        body,
        "\\pset format unaligned",
        "\\pset tuples_only on",
        "select model || ': ' || removed || ' rows removed' from pg_temp.sqlseed_own where removed > 0 order by place;",
        "commit;",
        "\\endif",
    ]
    return "\n".join(lines) + "\n"


def _rows(workspace: Workspace, made: Planner) -> list[str]:
    """A row for each model, children before parents: its table, and in it the rows that are ours."""
    owns = own_predicates(workspace, made)
    rows = []
    for place, name in enumerate(reversed(planner.order(workspace.compiled)), 1):
        model = workspace.compiled[name]
        known = "null::text[]"
        if model.config.owner is not None:  # an owner predicate needs the values that are gone
            known = _array([slice_.key for slice_ in made.slices(name)])
        kind = "whole" if model.config.whole else model.config.materialized.value
        own = owns.get(model.relation, "false")
        facts = ", ".join([str(place), literal(name), literal(kind), literal(model.relation), known])
        rows.append(f"    ({facts},\n        $own$ {own} $own$)")
    return rows


def _array(texts: Sequence[str]) -> str:
    return f"array[{', '.join(literal(text) for text in texts)}]::text[]"
