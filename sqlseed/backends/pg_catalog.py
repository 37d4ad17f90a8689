"""What PostgreSQL's catalog says of the tables of one schema beside their columns: indexes, foreign keys, triggers.

Each query takes the schema's name as `:schema`, and reads nothing but catalogs that everybody may read.
"""

from __future__ import annotations

TABLES = """
select
    c.relname::text,
    coalesce(nullif(u.n_live_tup, 0), c.reltuples)::bigint,
    greatest(c.relpages, coalesce(u.n_live_tup, 0) / 50) * pg_catalog.current_setting('block_size')::bigint,
    c.relrowsecurity,
    c.reltuples < 0 or coalesce(u.n_mod_since_analyze > 1000 + 0.2 * c.reltuples, false),
    array(select s.relname::text from pg_catalog.pg_depend as d
          join pg_catalog.pg_class as s on s.oid = d.objid and s.relkind = 'S'
          where d.refobjid = c.oid and d.deptype in ('a', 'i') and d.classid = 'pg_catalog.pg_class'::regclass
          order by 1)
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
left join pg_catalog.pg_stat_all_tables as u on u.relid = c.oid
where n.nspname = :schema and c.relkind in ('r', 'p')
order by c.relname
"""
"""Name, rows as the statistics say (-1: they say nothing), about the bytes of its heap (pg_relation_size would wait for
a table that somebody has locked), row security, whether the planner's statistics are missing or stale, sequences."""

INDEXES = """
select
    c.relname::text,
    i.relname::text,
    array(select case when x.indkey[k - 1] = 0 then pg_catalog.pg_get_indexdef(x.indexrelid, k, true) else '' end
          from generate_series(1, x.indnkeyatts) as k order by k),
    array(select coalesce(a.attname::text, '') from unnest(x.indkey::int2[]) with ordinality as u(num, pos)
          left join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = u.num order by u.pos),
    x.indisunique,
    x.indisprimary,
    pg_catalog.pg_get_expr(x.indpred, x.indrelid, true),
    m.amname::text
from pg_catalog.pg_index as x
join pg_catalog.pg_class as c on c.oid = x.indrelid
join pg_catalog.pg_class as i on i.oid = x.indexrelid
join pg_catalog.pg_am as m on m.oid = i.relam
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = :schema and x.indisready
order by c.relname, not x.indisprimary, i.relname
"""
"""Table, name, expressions in the server's words, plain names of all columns, unique, primary, predicate, method."""

FOREIGN_KEYS = """
select
    k.conname::text,
    n.nspname::text,
    c.relname::text,
    array(select a.attname::text from unnest(k.conkey) with ordinality as u(num, pos)
          join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.num order by u.pos),
    tn.nspname::text,
    t.relname::text,
    array(select a.attname::text from unnest(k.confkey) with ordinality as u(num, pos)
          join pg_catalog.pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.num order by u.pos),
    k.confdeltype::text,
    k.confupdtype::text,
    exists (
        select 1 from pg_catalog.pg_index as x
        where x.indrelid = k.conrelid and x.indisvalid and x.indpred is null
          and (x.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
    ),
    k.convalidated
from pg_catalog.pg_constraint as k
join pg_catalog.pg_class as c on c.oid = k.conrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_class as t on t.oid = k.confrelid
join pg_catalog.pg_namespace as tn on tn.oid = t.relnamespace
where k.contype = 'f' and k.conparentid = 0 and (n.nspname = :schema or tn.nspname = :schema)
order by 2, 3, 1
"""
"""Every foreign key from or to a table of the schema; the last two: an index begins with its columns, validated."""

TRIGGERS = """
select
    c.relname::text,
    t.tgname::text,
    t.tgtype::integer,
    t.tgenabled::text,
    pn.nspname::text || '.' || p.proname::text || '()',
    t.tgisinternal
from pg_catalog.pg_trigger as t
join pg_catalog.pg_class as c on c.oid = t.tgrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_proc as p on p.oid = t.tgfoid
join pg_catalog.pg_namespace as pn on pn.oid = p.pronamespace
where n.nspname = :schema
order by c.relname, t.tgname
"""
"""Table, name, the bits of tgtype, whether it fires (O, A; R and D do not), function, internal."""

ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
"""Of a foreign key, by the letter in the catalog."""

DISABLED = ("D", "R")  # off, and on replicas only
EVENTS = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}
"""Bits of tgtype; further 1 is for each row, 2 before, 64 instead of (pg_trigger.h)."""

ROLE = """
select current_user::text, r.rolsuper, r.rolbypassrls
from pg_catalog.pg_roles as r
where r.rolname = current_user
"""
"""The session's role, whether it is a superuser, whether it bypasses row security."""
