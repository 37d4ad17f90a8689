"""Sandboxed Jinja: the only module that imports jinja2.

A template can reach the names of its context and nothing else: no file, no module, no environment variable,
no database. Each line of a model's template leaves a mark in the output, so that an error in the rendered SQL
is told at its line of the source.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sqlseed import layout
from sqlseed.budget import Budget, check_operation, limited
from sqlseed.errors import CompileError, ErrorList, SqlseedError, did_you_mean

_MARK = re.compile("\x1d([0-9]+)\x1e")
_UNDEFINED = re.compile(r"^'(\w+)' is undefined$")
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(")
_FILTER = re.compile(r"^No (filter|test) named '(\w+)'")
_HIDDEN = re.compile(r"--.*\{[{%]")
_MAX_OUTPUT = 1_000_000  # characters of one rendered model; the largest real one has 20 thousand


class Placeholder:
    """A value that templates print as a bind parameter and never see as text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


class BoundVar(Placeholder):
    """A text var: prints as `:name`; may be compared with ==, since its value is known while compiling."""

    __slots__ = ("_value",)

    def __init__(self, text: str, value: str) -> None:
        super().__init__(text)
        self._value = value

    def __eq__(self, other: object) -> bool:
        return self._value == (other._value if isinstance(other, BoundVar) else other)

    def __hash__(self) -> int:
        return hash(self._value)


class BoundAttribute(Placeholder):
    """A dimension's attribute: prints as `:branch_id`; its value differs by slice, so no template may branch on it."""

    __slots__ = ()

    def _refuse(self, *_: object) -> Any:
        name = self._text.strip("\x1f")
        raise CompileError(
            f"the template decides something by {name}, whose value differs from slice to slice",
            hint=f"a model is one statement for every slice; decide in SQL: case when {name} = '...' then ... end",
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __iter__ = __len__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __floordiv__ = __truediv__ = _refuse
    __int__ = __float__ = __getitem__ = _refuse
    __hash__ = None  # type: ignore[assignment]


def literal(value: object) -> str:
    """The SQL literal of a number, boolean, date or timestamp; placeholders and SQL text as they are.

    Raises CompileError for None, lists and whatever else has no place in SQL.

    >>> literal(dt.date(2026, 9, 30))
    "date '2026-09-30'"
    """
    if isinstance(value, Placeholder):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        if not Decimal(str(value)).is_finite():
            raise CompileError(f"refusing to print {value} into SQL", hint="print a number, or null")
        return format(Decimal(str(value)), "f")
    if isinstance(value, dt.datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, StrictUndefined):
        return str(value)  # raises UndefinedError, with the name
    what = "nothing (None)" if value is None else f"a {type(value).__name__}"
    raise CompileError(f"refusing to print {what} into SQL", hint="print a text, a number or a date")


class _LineMarks(Extension):
    """Puts the line's number before each line of a model's own text; macros and YAML texts have no marks."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data" and stream.name == "model":
                lines = token.value.split("\n")
                marked = (f"\x1d{token.lineno + i}\x1e{line}" for i, line in enumerate(lines))
                yield Token(token.lineno, "data", "\n".join(marked))
            else:
                yield token


_budget = Budget()  # templates are rendered one after the other, by one thread
_is_laid_out = False  # whether the template that is being rendered is SQL that `split_marks` will lay out


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with limits on the operators that make much out of little."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """`left * right` and `left ** right`, of numbers, or of texts and lists that stay small."""
        check_operation(operator, left, right)
        return super().call_binop(context, operator, left, right)


def _finalize(value: object) -> str:
    _budget.spend(1)
    text = literal(value)
    return layout.marked(text) if _is_laid_out else text


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = _Environment(
        undefined=StrictUndefined,
        finalize=_finalize,
        extensions=[_LineMarks],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals.clear()
    environment.globals["range"] = _budget.range
    return environment


@lru_cache(maxsize=2_000)
def _template(text: str, path: str, kind: str) -> Template:
    environment = _environment()
    code = environment.compile(text, name=kind, filename=path)
    return Template.from_code(environment, code, environment.make_globals(None))


def render(text: str, context: Mapping[str, Any], path: str, *, kind: str = "text", is_laid_out: bool = False) -> str:
    """`text` rendered with `context`. `kind` "model" leaves line marks, and `is_laid_out` others, for `split_marks`.

    Raises CompileError with file and line for whatever is wrong with the template.
    """
    global _is_laid_out  # noqa: PLW0603  # Jinja calls _finalize with the value alone
    _budget.restart()
    with Located(text, path, context), limited():
        template = _template(text, path, kind)
        around, _is_laid_out = _is_laid_out, is_laid_out  # a ref() renders another model's config() in between
        try:
            rendered = template.render(context)
        finally:
            _is_laid_out = around
        if len(rendered) > _MAX_OUTPUT:
            raise CompileError(
                f"the template renders to {len(rendered)} characters, more than {_MAX_OUTPUT}",
                hint="make rows in SQL with generate_series, not in the template",
            )
        return rendered


def split_marks(rendered: str, source: str) -> tuple[str, tuple[int, ...]]:
    """A rendered model without its marks, and the line of `source`, its template, of each of its lines.

    Blank lines at both ends go, and runs of them become one; what macros print over several lines is indented.
    """
    written = source.split("\n")
    lines: list[str] = []
    sources: list[int] = []
    current = 1
    for raw in layout.hang(rendered).split("\n"):
        before, *rest = _MARK.split(raw)  # text, then number and text in turn
        places = [(current, before), *zip(map(int, rest[::2]), rest[1::2], strict=True)]
        line = "".join(text for _, text in places).rstrip()
        first = next((number for number, text in places if text.strip()), places[:2][-1][0])
        current = places[-1][0]
        if not line and (not lines or not lines[-1]):
            continue
        last = next((number for number, text in reversed(places) if text.strip()), first)
        lines.append(layout.aligned(line, written[last - 1]))
        sources.append(first)
    while lines and not lines[-1]:
        lines.pop()
        sources.pop()
    return "\n".join(lines), tuple(sources)


@lru_cache(maxsize=2_000)
def _expression(text: str) -> Callable[..., Any]:
    return _environment().compile_expression(text, undefined_to_none=False)


@lru_cache(maxsize=2_000)
def names_in(text: str) -> frozenset[str]:
    """The names that a Jinja expression uses; an expression that does not parse uses none.

    >>> sorted(names_in("branch.classes * var('years')"))
    ['branch', 'var']
    """
    try:
        return frozenset(meta.find_undeclared_variables(_environment().parse(f"{{{{ {text} }}}}")))
    except TemplateSyntaxError:
        return frozenset()


def evaluate(text: str, context: Mapping[str, Any], path: str) -> Any:
    """The Python value of a Jinja expression, such as a dimension's `filter` or a model's `rows`."""
    return evaluate_each(text, [context], path)[0]


def evaluate_each(text: str, contexts: Sequence[Mapping[str, Any]], path: str) -> list[Any]:
    """The Python values of a Jinja expression in some contexts, within one limit of time for all."""
    values = []
    with limited():
        for context in contexts:
            _budget.restart()
            with Located(text, path, context):
                try:
                    value = _expression(text)(**context)
                except TemplateSyntaxError as error:
                    raise CompileError(f"{error.message} in the expression '{text}'", path=path) from None
                if isinstance(value, StrictUndefined):
                    str(value)
                values.append(value)
    return values


def macro_names(text: str) -> list[str]:
    """The names of the macros that a file defines, in order.

    >>> macro_names("{% macro phone(n) %}...{% endmacro %}")
    ['phone']
    """
    return _MACRO.findall(text)


def macro_line(text: str, name: str, *, first: bool = False) -> int:
    """The line on which a macro's last definition in a file begins, or its first one."""
    places = [found.start() for found in _MACRO.finditer(text) if found[1] == name]
    return text.count("\n", 0, places[0 if first else -1]) + 1 if places else 1


def macros(text: str, path: str, context: Mapping[str, Any]) -> Mapping[str, Callable[..., str]]:
    """The macros that a file defines, seeing `context`."""
    with Located(text, path, context):
        module = _template(text, path, "macros").make_module(dict(context))
        return {name: getattr(module, name) for name in macro_names(text)}


class MacroError(CompileError):
    """An error inside a project's macro; the place from which it was called is still to be added."""


class Located:
    """Turns what Jinja raises into a CompileError that names file, line and the offending text."""

    raises: type[CompileError] = CompileError

    def __init__(self, text: str, path: str, context: Mapping[str, Any]) -> None:
        self.text, self.path, self.context = text, path, context

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, ErrorList):
            return
        if isinstance(error, SqlseedError) and error.path and not isinstance(error, MacroError):
            return
        line = error.lineno if isinstance(error, TemplateSyntaxError) else self._line(error)
        if isinstance(error, MacroError) and error.path != self.path:
            if self.raises is MacroError and ", called at " in error.message:
                return  # the nearest place is there; the model will add its own
            message = f"{error.message}, called at {self.path}:{line}"
            raise self.raises(message, path=error.path, line=error.line, source=error.source, hint=error.hint) from None
        explained = self._explain(error)
        if explained is None:
            return
        message, hint = explained
        lines = self.text.split("\n")
        source = lines[line - 1] if line and line <= len(lines) else None
        if source and _HIDDEN.search(source):
            hint = "; ".join(filter(None, [hint, "`--` does not hide Jinja from being rendered; use {# ... #}"]))
        raise self.raises(message, path=self.path, line=line, source=source, hint=hint) from None

    def _line(self, error: BaseException) -> int | None:
        """The innermost line of this file on the way to the error; Jinja numbers the lines of its own code."""
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.path:
                template = trace.tb_frame.f_globals.get("__jinja_template__")  # gone where Jinja renumbered them itself
                line = template.get_corresponding_lineno(trace.tb_lineno) if template else trace.tb_lineno
            trace = trace.tb_next
        return line

    def _explain(self, error: BaseException) -> tuple[str, str | None] | None:
        if isinstance(error, SqlseedError):
            return error.message, error.hint
        if isinstance(error, UndefinedError):
            message = (error.message or "undefined").replace("'types.SimpleNamespace object'", "the dimension")
            found = _UNDEFINED.match(message)
            hint = did_you_mean(found[1], self.context, show=40) if found else None
            return message.replace("is undefined", "is not defined"), hint
        if isinstance(error, SecurityError):
            return f"not allowed in a template: {error}", None
        if isinstance(error, RecursionError):
            return "a macro calls itself without end, or brackets are nested too deep", None
        if isinstance(error, MemoryError):
            return "the template takes too much memory", "make rows in SQL: generate_series(1, 100000)"
        if isinstance(error, SyntaxError):  # Python's own limit on what Jinja makes of a template
            return f"the template is nested too deep: {error.msg}", None
        if isinstance(error, TemplateError):
            return self._explain_template(error.message or str(error))
        if isinstance(error, TypeError) and str(error).startswith("no loader"):
            return "a template includes and imports no other file", "write a macro in macros/*.sql: every model has it"
        if isinstance(error, TypeError | ValueError | ArithmeticError | LookupError | AttributeError):
            return str(error), None
        return None

    def _explain_template(self, message: str) -> tuple[str, str | None]:
        found = _FILTER.match(message)
        if found is None:
            return message, None
        known = _environment().filters if found[1] == "filter" else _environment().tests
        return message.rstrip("."), did_you_mean(found[2], known, show=12)


class LocatedMacro(Located):
    """The same within a macro: the caller adds its own place."""

    raises = MacroError
