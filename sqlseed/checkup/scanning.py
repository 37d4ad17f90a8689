"""Count what a table holds and what in it breaks a rule: one statement for its keys each, one scan for all the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlseed.backends import Session
from sqlseed.checkup.ownership import FOREIGN, Labels
from sqlseed.checkup.rules import Kind, Rule
from sqlseed.checkup.settings import Settings
from sqlseed.generics.scope import literal
from sqlseed.live import LiveTable
from sqlseed.model import Compiled, Relation, quote
from sqlseed.preflight import family

_LABEL = '"sqlseed slice"'  # a name that no application's column has
_MANY = 40  # rules of one statement: more make it slow to plan


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan found: rows by label, and how many rows break each rule."""

    rows: Mapping[str, int]
    wrong: Mapping[Rule, int]


@dataclass
class Scanner:
    """Asks one session, within its transaction. `live` are the tables that exist."""

    session: Session
    models: Mapping[str, Compiled]
    live: Mapping[Relation, LiveTable]
    labels: Mapping[str, Labels]
    settings: Settings
    _unique: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)  # keys that were found to be so

    # --- what can be asked

    def missing_columns(self, rule: Rule) -> list[str]:
        """The columns that a rule names and the tables lack; a parent table that is missing lacks nothing."""
        wanted = [(rule.model, name) for name in rule.columns]
        if rule.to and self.is_there(rule.to):
            wanted += [(rule.to, name) for name in rule.to_columns]
            if rule.kind is Kind.KEPT and self.settings.tenant:
                wanted += [(rule.model, self.settings.tenant), (rule.to, self.settings.tenant)]
        return [
            f"{self.models[model].relation.name}.{name}"
            for model, name in wanted
            if name not in self.live[self.models[model].relation].columns
        ]

    def is_there(self, model: str) -> bool:
        """Whether a model's table exists."""
        return self.models[model].relation in self.live

    # --- keys

    def key(self, rule: Rule) -> int:
        """How many values of a key stand more than once; rows with a null in it do not count, as in SQL."""
        names = ", ".join(map(quote, rule.columns))
        filled = " and ".join(f"{quote(name)} is not null" for name in rule.columns)
        sql = f"select {names} from {self.models[rule.model].relation}\nwhere {filled} group by {names}"
        count = self._number(f"select count(*) from (\n{sql} having count(*) > 1\n) as doubled")
        if not count:
            self._unique.add((rule.model, rule.columns))
        return count

    # --- everything else

    def scan(self, model: str, rules: Sequence[Rule]) -> Found:
        """Rows by label, and the rows that break each rule. Keys must have been looked at before."""
        rows: dict[str, int] = {}
        wrong: dict[Rule, int] = {}
        for start in range(0, max(1, len(rules)), _MANY):
            some = rules[start : start + _MANY]
            joins, aliases = self._joins(some)
            counts = [f"count(*) filter (where {self._breaks(rule, aliases)})" for rule in some]
            sql = f"select c.{_LABEL}, {', '.join(['count(*)', *counts])}\nfrom {self._labelled(model)} as c{joins}"
            found = self._query(f"{sql}\ngroup by c.{_LABEL}")
            rows = {row[0]: row[1] for row in found}
            wrong |= {rule: sum(row[i] for row in found) for i, rule in enumerate(some, 2)}
        return Found(rows, wrong)

    def _labelled(self, model: str) -> str:
        return f"(select t.*, {self.labels[model].sql} as {_LABEL} from {self.models[model].relation} as t)"

    def _joins(self, rules: Sequence[Rule]) -> tuple[str, dict[Rule, str]]:
        """The parents that the rules need, each joined once, and the alias of each rule's."""
        aliases: dict[Rule, str] = {}
        joined: dict[tuple[object, ...], str] = {}
        text = ""
        for rule in rules:
            if not rule.to or not self.is_there(rule.to):
                continue
            place = (rule.to, rule.columns, rule.to_columns)
            if place not in joined:
                alias = joined[place] = f"p{len(joined)}"
                pairs = zip(rule.columns, rule.to_columns, strict=True)
                on = " and ".join(self._equal(rule, alias, here, there) for here, there in pairs)
                text += f"\nleft join {self._parent(rule)} as {alias} on {on}"
            aliases[rule] = joined[place]
        return text, aliases

    def _parent(self, rule: Rule) -> str:
        """The parent's table; unless its key is known to be unique each key once, so that no row counts twice."""
        table = str(self.models[rule.to].relation)
        if (rule.to, rule.to_columns) in self._unique:
            return table
        names = ", ".join(map(quote, rule.to_columns))
        tenant = self.settings.tenant
        there = self.live[self.models[rule.to].relation].columns
        more = ""
        if tenant is not None and tenant in there and tenant not in rule.to_columns:
            more = f", min({quote(tenant)}) as {quote(tenant)}"
        return f"(select {names}{more} from {table} group by {names})"

    def _equal(self, rule: Rule, alias: str, here: str, there: str) -> str:
        """The columns are equal; as texts where the tables have types that cannot be compared, as uuid and text."""
        types = [
            family(self.live[self.models[model].relation].columns[name].type)
            for model, name in ((rule.model, here), (rule.to, there))
        ]
        cast = "" if types[0] == types[1] else "::text"
        return f"{alias}.{quote(there)}{cast} = c.{quote(here)}{cast}"

    def _breaks(self, rule: Rule, aliases: Mapping[Rule, str]) -> str:
        """True for a row that breaks a rule: over the row `c` and its parents."""
        columns = [f"c.{quote(name)}" for name in rule.columns]
        filled = " and ".join(f"{column} is not null" for column in columns)
        if rule.kind in (Kind.REQUIRED, Kind.FILLED):
            return f"{columns[0]} is null"
        if rule.kind is Kind.KNOWN:
            known = ", ".join(literal(value) for value in self.settings.tenants)
            return f"{columns[0]}::text not in ({known})" if known else filled
        if rule not in aliases:  # the parent table is missing
            return filled if rule.kind is Kind.REFERENCE else "false"
        parent = aliases[rule]
        if rule.kind is Kind.REFERENCE:
            return f"{filled} and {parent}.{quote(rule.to_columns[0])} is null"
        name = self.settings.tenant or ""
        return f"not ({self._equal(rule, parent, name, name)})"

    # --- examples

    def example(self, rule: Rule) -> str:
        """The key of one row that breaks a rule, the first by key, and what is wrong with it."""
        names = self._shown(rule)
        if rule.kind is Kind.KEY:
            columns = ", ".join(map(quote, rule.columns))
            filled = " and ".join(f"{quote(name)} is not null" for name in rule.columns)
            table = self.models[rule.model].relation
            sql = f"select {columns}, count(*) as n from {table}\nwhere {filled} group by {columns}"
            return self._first(f"{sql} having count(*) > 1 order by {columns} limit 1", [*rule.columns, "rows"])
        joins, aliases = self._joins([rule])
        columns = ", ".join(f"c.{quote(name)}" for name in names)
        sql = f"select {columns} from {self.models[rule.model].relation} as c{joins}"
        return self._first(f"{sql}\nwhere {self._breaks(rule, aliases)} order by {columns} limit 1", names)

    def foreign(self, model: str) -> str:
        """The key of a row that sqlseed did not make."""
        contract = self.models[model].contract
        there = self.live[self.models[model].relation].columns
        names = [name for name in contract.primary_key if name in there] or list(there)[:1]
        columns = ", ".join(f"c.{quote(name)}" for name in names)
        where = f"c.{_LABEL} = '{FOREIGN}' order by {columns} limit 1"
        return self._first(f"select {columns} from {self._labelled(model)} as c where {where}", names)

    def _shown(self, rule: Rule) -> list[str]:
        """The key, and the columns that the rule is of; of a tenant's rule the tenant too."""
        there = self.live[self.models[rule.model].relation].columns
        names = [name for name in self.models[rule.model].contract.primary_key if name in there]
        tenant = [self.settings.tenant] if rule.kind is Kind.KEPT and self.settings.tenant else []
        return list(dict.fromkeys([*names, *tenant, *rule.columns]))

    def _first(self, sql: str, names: Sequence[str]) -> str:
        rows = self._query(sql)
        if not rows:
            return ""
        return ", ".join(
            f"{name} {'null' if value is None else value}" for name, value in zip(names, rows[0], strict=True)
        )

    def _number(self, sql: str) -> int:
        return int(self._query(sql)[0][0])

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.session.query(self.session.select_sql(sql, {}))
