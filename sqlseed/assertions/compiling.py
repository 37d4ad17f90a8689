"""Render data tests: each becomes one SELECT that returns what is wrong, in PostgreSQL's SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlseed import configs, generics, sqltext, templates, testfiles
from sqlseed.assertion import DataTest, DataTestKind
from sqlseed.compiler import template_context
from sqlseed.errors import CompileError, SqlseedError, did_you_mean, raise_all
from sqlseed.generics import Scope, Wrong
from sqlseed.generics.scope import literal
from sqlseed.model import Compiled, Config, Contract, ModelFile, ParameterKind, Relation, Seed, Value, quote
from sqlseed.rendering import ProjectContext, Rendering
from sqlseed.workspace import Workspace

_LAST_SEMICOLON = re.compile(r";\s*(?:--[^\n]*\s*)*\Z")
_CALL = re.compile(r"\s*(?:ref|seed|source|var)\s*\(.+\)\s*\Z", re.DOTALL)
_SUBQUERY = "dbt_subquery"  # dbt's name for a model with a where; macros written for dbt may count on it


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data test that can be run.

    `sql` is a SELECT of what is wrong, with `:name` parameters. A test with `wrong` can instead be counted together
    with others of its table, in one scan.
    """

    test: DataTest
    sql: str
    parameters: Mapping[str, Value]
    types: Mapping[str, str]
    functions: tuple[str, ...]
    refs: tuple[str, ...]
    seeds: tuple[str, ...]
    relations: Mapping[str, Relation]  # what must exist, by node name
    keys: tuple[str, ...] = ()  # the model's key columns, quoted
    shows: tuple[str, ...] | None = None  # what to show of a wrong row beside its keys; None for all that `sql` gives
    sample: str | None = None  # another SELECT for the rows to show
    wrong: Wrong | None = None
    relation: str = ""  # the model's table, for `wrong`
    unit: str = "row"  # what its count counts
    source_lines: tuple[int, ...] = ()

    @property
    def parents(self) -> frozenset[str]:
        """The models and seeds that it reads."""
        return frozenset(self.refs) | frozenset(self.seeds)

    @property
    def compiled_path(self) -> str:
        """Where its SQL is written, below target/compiled/."""
        if self.test.kind is DataTestKind.SINGULAR:
            return self.test.path
        return f"tests/{self.test.model}/{self.test.short_name}.sql"


class _Disabled(Exception):
    """The test is of a model that is disabled."""


@dataclass
class Preparer:
    """Renders tests of a workspace; `inline` are seeds whose rows stand in the SQL, for they are not in the target."""

    workspace: Workspace
    inline: frozenset[str] = frozenset()
    _context: ProjectContext = field(init=False)
    _contracts: dict[str, Contract] = field(init=False)

    def __post_init__(self) -> None:
        workspace = self.workspace
        self._context = ProjectContext(workspace.project, workspace.target, workspace.variables, configs.read_config)
        self._contracts = {name: model.contract for name, model in workspace.compiled.items()}

    def all(self) -> dict[str, Prepared]:
        """Every enabled test of the project; raises all errors in one go."""
        prepared: dict[str, Prepared] = {}
        errors: list[SqlseedError] = []
        for name, test in self.workspace.project.tests.items():
            try:
                found = self.one(test)
            except SqlseedError as error:
                errors.append(error)
                continue
            if found is not None:
                prepared[name] = found
        raise_all(errors)
        return prepared

    def one(self, test: DataTest) -> Prepared | None:
        """A test, rendered; None for one that is disabled, or reads a disabled model."""
        if test.kind is DataTestKind.SINGULAR:
            test = self._configured(test)
        if not test.config.enabled:
            return None
        rendering = _Rendering(self, test)
        try:
            return rendering.generic() if test.kind is DataTestKind.GENERIC else rendering.singular()
        except _Disabled:
            return None

    def _configured(self, test: DataTest) -> DataTest:
        """A singular test with what its file's config() says."""
        if "config(" not in test.raw_sql:
            return test
        settings = configs.settings_in_file(self._context, _file(test))
        try:
            made = testfiles.config(settings)
        except ValueError as error:
            raise testfiles.unfit(test, error) from None
        if made.where is not None:
            hint = "write the condition into the query; `where` restricts the model of a generic test"
            raise CompileError("config: a singular test has no use for `where`", path=test.path, hint=hint)
        return replace(test, config=made)

    @property
    def context(self) -> ProjectContext:
        """What all tests share while they are rendered."""
        return self._context

    @property
    def contracts(self) -> Mapping[str, Contract]:
        """Of the enabled models, by name."""
        return self._contracts

    def compiled(self, name: str) -> Compiled:
        """An enabled model; ends the test that asks for a disabled one."""
        if name not in self.workspace.compiled:
            raise _Disabled
        return self.workspace.compiled[name]


def _file(test: DataTest) -> ModelFile:
    """A test in the form in which templates are rendered."""
    return ModelFile(test.name, test.path, test.fqn, test.raw_sql, Contract())


class _Rendering:
    """One test while it is rendered."""

    def __init__(self, preparer: Preparer, test: DataTest) -> None:
        self.preparer, self.test = preparer, test
        self.rendering = Rendering(preparer.context, _file(test), Config(table=test.name))
        self.names = template_context(self.rendering, "")
        del self.names["this"]
        self.names |= {"ref": self.ref, "seed": self.seed, "source": lambda *names: self.ref(names[-1])}

    def ref(self, *names: str) -> str:
        """The table of a model or of a seed; dbt's package before the name is left out."""
        name = names[-1] if names else ""
        project = self.preparer.workspace.project
        if name in project.seeds:
            return self.seed(name)
        if name not in project.models:
            raise CompileError(f"ref('{name}') names no model", hint=did_you_mean(name, project.models))
        relation = self.preparer.compiled(name).relation
        self.rendering.refs.setdefault(name)
        self.rendering.relations[name] = relation
        return str(relation)

    def seed(self, name: str) -> str:
        """The lookup table of a seed, or its rows."""
        project = self.preparer.workspace.project
        if name not in project.seeds:
            raise CompileError(f"seed('{name}') names no seed", hint=did_you_mean(str(name), project.seeds))
        self.rendering.seeds.setdefault(name)
        if name in self.preparer.inline:
            return inline_rows(project.seeds[name])
        relation = Relation(self.preparer.context.target.state_schema, name)
        self.rendering.relations[name] = relation
        return str(relation)

    # --- singular tests

    def singular(self) -> Prepared:
        """The file's query."""
        test = self.test
        rendered = templates.render(test.raw_sql, self.names, test.path, kind="model", is_laid_out=True)
        sql, lines = templates.split_marks(rendered, test.raw_sql)
        return replace(self._prepared(sql), source_lines=lines)

    # --- generic tests

    def generic(self) -> Prepared:
        """The query of a generic test."""
        test = self.test
        try:
            relation = self.ref(test.model or "")
            where = self._text(test.config.where) if test.config.where else None
            arguments = {name: self._argument(value) for name, value in test.arguments.items()}
            made = self._made(relation, where, arguments)
        except SqlseedError as error:
            raise self._at_its_line(error) from None
        return made

    def _made(self, relation: str, where: str | None, arguments: dict[str, Any]) -> Prepared:
        name = self.test.test_name or ""
        custom = self.names.get(f"test_{name}")
        if custom is not None:
            of = f"(select * from {relation} where {where}) {_SUBQUERY}" if where else relation
            if "column_name" in arguments:
                arguments["column_name"] = templates.Placeholder(_plain_or_quoted(arguments["column_name"]))
            return self._prepared(custom(of, **arguments))
        keys = self._keys()
        scope = Scope(
            self.test.model or "",
            _SUBQUERY if where else relation,
            keys,
            self.preparer.contracts,
            self.ref,
            self._function,
        )
        made = generics.GENERICS[name](scope, **arguments)
        if isinstance(made, Wrong):
            return self._rows(made, relation, where, keys)
        before = f"{_SUBQUERY} as (\n    select * from {relation} where {where}\n)" if where else None
        prepared = self._prepared(_with(before, made.sql))
        sample = _with(before, made.sample).replace(sqltext.MARK, "") if made.sample else None
        return replace(prepared, keys=keys, shows=made.shows, sample=sample, unit=made.unit)

    def _rows(self, wrong: Wrong, relation: str, where: str | None, keys: tuple[str, ...]) -> Prepared:
        predicate = f"({where}) and ({wrong.predicate})" if where else wrong.predicate
        if wrong.distinct:
            what = f"select {wrong.distinct} as value_field, count(*) as n_records"
            sql = f"{what}\nfrom {relation}\nwhere {predicate}\ngroup by {wrong.distinct}"
        else:
            sql = f"select *\nfrom {relation}\nwhere {predicate}"
        column = self.test.column
        shows = wrong.shows or ((quote(column),) if column else ())
        names = ", ".join(dict.fromkeys([*keys, *shows]))
        order = f"\norder by {', '.join(keys)}" if keys else ""
        prepared = self._prepared(sql)
        predicate = predicate.replace(sqltext.MARK, "")
        sample = f"select {names or '*'}\nfrom {relation}\nwhere {predicate}{order}"
        counted, unit = replace(wrong, predicate=predicate), "value" if wrong.distinct else "row"
        return replace(prepared, keys=keys, sample=sample, wrong=counted, relation=relation, unit=unit)

    def _keys(self) -> tuple[str, ...]:
        contract = self.preparer.contracts.get(self.test.model or "")
        return tuple(quote(name) for name in contract.primary_key) if contract else ()

    def _function(self, name: str) -> str:
        self.rendering.use_function(name)
        return f"pg_temp.{name}"

    def _argument(self, value: Any) -> Any:
        """An argument out of YAML; as in dbt a text such as ref('x') is an expression, and `{{ }}` is rendered."""
        if isinstance(value, list):
            return [self._argument(item) for item in value]
        if not isinstance(value, str):
            return value
        if _CALL.match(value):
            found = templates.evaluate(value, self.names, self.test.path)
            return str(found) if isinstance(found, templates.Placeholder) else found
        return self._text(value)

    def _text(self, text: str) -> str:
        return templates.render(text, self.names, self.test.path) if "{{" in text or "{%" in text else text

    def _at_its_line(self, error: SqlseedError) -> SqlseedError:
        if error.path not in (None, self.test.path):
            return error
        message = f"test '{self.test.name}': {error.message}"
        return CompileError(message, path=self.test.path, line=self.test.line, source=error.source, hint=error.hint)

    # --- both

    def _prepared(self, sql: str) -> Prepared:
        rendering, test = self.rendering, self.test
        for name, line in sqltext.quoted_parameters(sql):
            hint = "leave the quotes out: a text var is a value of its own"
            raise CompileError(f"the var '{name}' stands inside quotes", path=test.path, line=line, hint=hint)
        sql = _LAST_SEMICOLON.sub("", sql.replace(sqltext.MARK, "")).strip()
        if not sql:
            raise CompileError("the test renders to nothing", path=test.path, hint="a test is one SELECT")
        for use in sqltext.parameter_uses(sql):
            rendering.named_parameter(use.name)
        used = {use.name: rendering.parameters[use.name] for use in sqltext.parameter_uses(sql)}
        for parameter in used.values():
            if parameter.kind is not ParameterKind.VAR:
                message = f"':{parameter.name}' differs from slice to slice, and a test looks at whole tables"
                raise CompileError(message, path=test.path, hint="join the tables instead")
        return Prepared(
            test=test,
            sql=sql,
            parameters={name: rendering.context.variables[p.of[0]] for name, p in used.items()},
            types={name: p.type for name, p in used.items()},
            functions=tuple(rendering.functions),
            refs=tuple(rendering.refs),
            seeds=tuple(rendering.seeds),
            relations=dict(rendering.relations),
        )


def _with(before: str | None, sql: str) -> str:
    """A SELECT with a common table expression put first."""
    if before is None:
        return sql
    found = re.match(r"with\s+", sql)
    return f"with {before},\n{sql[found.end() :]}" if found else f"with {before}\n{sql}"


def _plain_or_quoted(name: str) -> str:
    """A column's name as a macro can print it: in quotes where PostgreSQL would fold it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) or not re.fullmatch(r"\w+", name) else quote(name)


def inline_rows(seed: Seed) -> str:
    """A seed as a subquery: a lookup table that no model reads is not in the target."""
    types = [column.type for column in seed.columns]
    names = ", ".join(quote(column.name) for column in seed.columns)
    if not seed.rows:
        nulls = ", ".join(f"null::{type_} as {quote(c.name)}" for c, type_ in zip(seed.columns, types, strict=True))
        return f"(select {nulls} where false)"
    rows = ",\n    ".join(
        "(" + ", ".join(f"{literal(v, quoted=v is not None)}::{t}" for v, t in zip(row, types, strict=True)) + ")"
        for row in seed.rows
    )
    return f"(select {names} from (values\n    {rows}\n) as v ({names}))"
