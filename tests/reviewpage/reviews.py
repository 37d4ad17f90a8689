"""Reviews made up for the tests: small ones, one of five hundred models, and one in which every text is hostile."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sqlseed.lint.finding import Finding
from sqlseed.model import Relation, Value
from sqlseed.review import facts

STATE = "_sqlseed"
FOLDERS = ("people", "school", "exams", "fees", "timetable", "attendance", "audit")
BIDI = "\u202eevil\u2066\u200f"
NASTY = f"</script></style><img src=x onerror=alert(1)>\"' & \x1b[31m\x00\x07{BIDI}"


def sql(name: str, parents: list[str], lines: int) -> str:
    """A model as one writes it, of about so many lines."""
    joins = "\n".join(
        f"    join {{{{ ref('{parent}') }}}} as p{i} on p{i}.n = numbered.n" for i, parent in enumerate(parents)
    )
    columns = "\n".join(
        f"    p.value_{i} || '-{i}' as \"column{i}\", -- the column of number {i}" for i in range(lines - 12)
    )
    return f"""{{{{ config(table='{name.capitalize()}', slice_by=['branch', 'year']) }}}}

-- One row per {name} and year.
-- Rows: as many as there are.

with numbered as (                 -- those of this branch
    select n from {{{{ ref('{parents[0] if parents else name}') }}}} where branch_no = {{{{ branch.no }}}}
)

select
    {{{{ key('n') }}}} as "id",
{columns}
    n::int + 1 as "n"
from numbered
{joins}
"""


def slices(count: int, names: tuple[str, ...], state: str = "new") -> tuple[facts.SliceFacts, ...]:
    """So many slices of thirteen branches; one parameter is the same in all of them."""

    def bound(i: int) -> dict[str, Value]:
        values: dict[str, Value] = dict.fromkeys(names, f"2bbb834d-585d-8be4-{i:04x}-")
        return values | {"year_no": 2024}

    return tuple(
        facts.SliceFacts(f"branch-{i % 13}/{2024 + i // 13}", {"branch": f"branch-{i % 13}"}, state, 100 + i, bound(i))
        for i in range(count)
    )


def model(name: str, parents: list[str] | None = None, *, size: int = 30, wide: int = 4, many: int = 3, **changes: Any):
    """The facts of a model of `size` lines, `wide` columns and `many` slices; `changes` are fields of their own."""
    parents = parents or []
    table = Relation("public", name.capitalize())
    source = sql(name, parents, size)
    columns = tuple(
        facts.ColumnFacts(
            f"column{i}",
            "text",
            nullable=i % 2 == 0,
            description=f"What column {i} says.",
            sources=tuple((parent, f"column{i}") for parent in parents) or (("towns", "name"),) * (i % 3 > 0),
            tests=("not_null",) if i % 2 else (),
        )
        for i in range(wide)
    )
    keys = tuple(
        facts.ForeignKeyFacts(
            f"{name}_{parent}_fkey", table, ("column1",), Relation("public", parent.capitalize()), ("column0",),
            "cascade", "cascade", indexed=i > 0, live=True,
        )
        for i, parent in enumerate(parents[:2])
    )  # fmt: skip
    locks = (
        facts.LockFacts("claim", Relation(STATE, "checkpoints"), "RowExclusiveLock", "an exclusive lock of the table"),
        facts.LockFacts("insert", table, "RowExclusiveLock", "create index, alter table"),
        *(facts.LockFacts("insert", key.to, "RowShareLock", "removal of the rows referred to") for key in keys),
    )
    made = facts.ModelFacts(
        name=name,
        path=f"models/{FOLDERS[len(name) % len(FOLDERS)]}/{name}.sql",
        description=f"One row per {name} and year.",
        relation=table,
        materialized="table",
        key_kind="uuid",
        key="id",
        owner="\"id\" between '2bbb834d-585d-8be4-0000-000000000000' and '2bbb834d-585d-8be4-ffff-ffffffffffff'",
        slice_by=("branch", "year"),
        tags=("history",),
        refs=tuple(parents),
        seeds=("towns",),
        functions=("sqlseed_hash",),
        source=source,
        compiled=source,
        statement="insert into t (id) select id from (\n" + source.replace("{{ branch.no }}", "$1") + ") m",
        parameters={"branch_no": "int", "branch_key": "text", "year_no": "int"},
        meanings={"branch_no": "column no of the seed branches"},
        estimate=facts.Estimate(1000 * many, 110_000 * many, 48_000 * many, 190_000 * many, 0.05 * many),
        creates=False,
        slices=slices(many, ("branch_no", "branch_key")),
        columns=columns,
        indexes=(facts.IndexFacts(f"{name}_pkey", ("id",), unique=True, primary=True, live=True),),
        foreign_keys=keys,
        locks=locks,
        explain="Insert on t  (cost=0.00..1.00 rows=1 width=32)\n  ->  Seq Scan on p  (cost=0.00..1.00 rows=1)",
        explain_note="slice branch-0/2024",
        sample_columns=tuple(column.name for column in columns),
        sample=tuple(tuple(f"{column.name} of row {i}" for column in columns) for i in range(3)),
        tests=(facts.TestFacts(f"not_null_{name}_column1", "generic", f"models/{name}.yml", "never null", "error"),),
        live_rows=0,
    )
    return dataclasses.replace(made, **changes)


def review(models: list[facts.ModelFacts] | None = None, **changes: Any) -> facts.Review:
    """A review of these models, or of four."""
    if models is None:
        models = [
            model("towns2"),
            model("pupils", ["towns2"]),
            model("staff", ["towns2"]),
            model("marks", ["pupils", "staff"]),
        ]
    total = sum((one.estimate for one in models), facts.Estimate())
    made = facts.Review(
        project="school",
        target="pg",
        engine="postgres",
        server="PostgreSQL 18.6",
        where="demo on db.example (pg)",
        version="0.1.0",
        generated_at="2026-10-01T09:00:00Z",
        variables={"years": 3, "as_of": dt.date(2026, 9, 30)},
        state_schema=STATE,
        threads=2,
        models=tuple(models),
        seeds=(
            facts.SeedFacts(
                "towns", "seeds/towns.csv", "Towns.", 40, ("name", "state"), "ab" * 32, ("pupils",), facts.Estimate(40)
            ),
        ),
        functions={"sqlseed_hash": "create function pg_temp.sqlseed_hash(n bigint) returns bigint\nreturn n * 2"},
        settings={"timezone": "UTC", "lock_timeout": "10s"},
        total=total,
        wall_seconds=73.6,
        guarantees=(
            facts.Guarantee(
                "Nobody else's rows",
                "A row that sqlseed did not make is never changed.",
                "sql/999_undo.sql",
                ("tests/undo.py",),
            ),
            facts.Guarantee("Locks", "No lock keeps readers out.", "#locks"),
        ),
        attention=(
            facts.Attention("note", "The role is a superuser."),
            facts.Attention("stop", "Two tables hold rows of somebody else.", ("pupils", "staff")),
            facts.Attention("look", "A foreign key has no index."),
        ),
        reasons={"timezone": "times are UTC", "sqlseed_hash": "a random number"},
        notes=("Rows were counted by a dry run.",),
        grants=('grant select, insert on public."Pupils" to seeder',),
    )
    return dataclasses.replace(made, **changes)


def large(count: int) -> facts.Review:
    """So many models as heavy as a real one: 70 lines, 14 columns, 39 slices; each reads three of two tiers before."""
    names = [f"model_{i:03d}" for i in range(count)]
    tiers = [names[tier * count // 9 : (tier + 1) * count // 9] for tier in range(9)]
    parents: list[list[str]] = []
    for tier, own in enumerate(tiers):
        some = [name for before in tiers[max(0, tier - 2) : tier] for name in before]
        parents += [sorted({some[i * k % len(some)] for k in (3, 5, 11)} if some else ()) for i in range(len(own))]
    return review([model(n, some, size=70, wide=14, many=39) for n, some in zip(names, parents, strict=True)])


def hostile() -> facts.Review:
    """Everything that is a text says NASTY, names too."""
    finding = Finding(NASTY, "error", NASTY, f"models/{NASTY}.sql", 1, NASTY, NASTY, NASTY, allowed="")
    bad = dataclasses.replace(
        spoilt(model("pupils", ["marks"])),
        name=NASTY,
        path=f"models/{NASTY}.sql",
        findings=(finding, dataclasses.replace(finding, allowed=NASTY)),
        triggers=(facts.TriggerFacts(NASTY, "after", ("insert",), "row", enabled=True, function=NASTY),),
        change=facts.Change("changed", f"--- a\n+++ b\n@@ 1 @@\n-{NASTY}\n+{NASTY}"),
        ddl=(NASTY,),
    )
    made: facts.Review = spoilt(review([model("marks"), bad]))
    return dataclasses.replace(
        made, guarantees=(facts.Guarantee(NASTY, NASTY, "javascript:alert(1)"),), approval={"by": NASTY, "at": NASTY}
    )


_KEPT = {"engine", "models", "materialized", "key_kind", "severity", "kind", "level", "mode"}


def spoilt(thing: Any) -> Any:
    """The same with every text in it, however deep, replaced by NASTY."""
    if isinstance(thing, str):
        return NASTY
    if isinstance(thing, tuple):
        made = map(spoilt, thing)
        return tuple(
            dataclasses.replace(x, name=f"{x.name}{i}") if hasattr(x, "name") else x for i, x in enumerate(made)
        )
    if isinstance(thing, dict):
        return {spoilt(key): spoilt(value) for key, value in thing.items()}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        names = [one.name for one in dataclasses.fields(thing) if one.name not in _KEPT]
        return dataclasses.replace(thing, **{name: spoilt(getattr(thing, name)) for name in names})
    return thing
