"""Seeds: a CSV file becomes a typed lookup table, and its rows are dealt to numbered slots by weight.

The rules of the CSV: UTF-8, commas, a header row, double quotes around a cell with a comma, a quote or a line
break in it, a quote inside written twice. Blank lines are skipped. **An empty cell is null**, quoted or not.
A column's type comes from its cells unless `config.column_types` declares it (see `celltypes`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from pathlib import Path, PurePosixPath
from typing import Any

from . import cache
from .celltypes import CellType, declared, inferred
from .errors import ProjectError, SqlseedError, did_you_mean, raise_all
from .files import read_text
from .model import Column, Seed, Slots, Value

MAX_BYTES = 64 * 1024 * 1024  # 64 MiB: a lookup table passes through memory, generated rows never do
MAX_CELL = 1024 * 1024  # characters
MAX_SLOTS = 1024 * 1024  # per group; a slot table has groups x count rows
_SHOWN = 5  # faulty lines of one kind that are named

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_KEYS = ("name", "description", "config", "columns", "tags", "meta", "tests", "data_tests")
_CONFIG_KEYS = ("column_types", "slots", "tags", "meta")
_COLUMN_KEYS = ("name", "description", "meta", "tests", "data_tests")
_SLOT_KEYS = ("by", "weight", "count")


def read_seed(root: Path, relative: str, properties: Mapping[str, Any] | None, properties_path: str | None) -> Seed:
    """The seed in the file `relative` (from `root`), with what YAML says of it: one entry of `seeds:`.

    Raises `ProjectError`, or an `ErrorList` of them, naming file, line and column; nothing is guessed.
    """
    name = PurePosixPath(relative).stem
    _check_name(name, f"seed name '{name}'", relative, None)
    parts = relative, read_text(root, relative, MAX_BYTES), properties, properties_path
    return cache.value("seed", parts, lambda: _read(*parts))


def _read(path: str, text: str, properties: Mapping[str, Any] | None, properties_path: str | None) -> Seed:
    notes, table = _Properties(properties or {}, properties_path or path), _Table(path, text)
    types = _types(table, notes)
    rows = _typed_rows(table, types)
    slots = _slots(table, notes)
    shares = _shares(table, rows, slots) if slots else ()
    columns = tuple(
        Column(column, kind.name, description=notes.descriptions.get(column, ""))
        for column, kind in zip(table.header, types, strict=True)
    )
    return Seed(
        name=PurePosixPath(path).stem,
        path=path,
        columns=columns,
        rows=rows,
        checksum=_checksum(columns, rows, slots),
        slots=slots,
        shares=shares,
        description=notes.description,
        tags=notes.tags,
    )


def apportion(weights: Sequence[Fraction | int], count: int) -> list[int]:
    """Deal `count` slots in proportion to `weights`, by largest remainder; ties go to the earlier one.

    Exact rational arithmetic: each share is the exact quota `count * weight / total` rounded down or up, so
    picking a slot at random meets the wanted probability with an error below `1 / count`. A weight below
    about `total / count` may get no slot at all: raise `count` where such rare rows matter. A larger weight
    never gets fewer slots than a smaller one. At least one weight must be positive, none negative.

    >>> apportion([3, 1], 8), apportion([1, 1, 1], 4)
    ([6, 2], [2, 1, 1])
    """
    scale = lcm(*(weight.denominator for weight in weights))
    whole = [weight.numerator * (scale // weight.denominator) for weight in weights]
    total = sum(whole)
    shares = [weight * count // total for weight in whole]
    remainders = [weight * count % total for weight in whole]
    by_remainder = sorted(range(len(whole)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: count - sum(shares)]:
        shares[index] += 1
    return shares


# --- the CSV


class _Table:
    """The cells of a CSV file as text: `header`, `rows`, and the line on which each row begins."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.rows, self.lines = list[list[str]](), list[int]()
        self._parse()
        if not self.rows:
            raise ProjectError("the file is empty; its first line must name the columns", path=path)
        self.header, self.header_line = self.rows.pop(0), self.lines.pop(0)
        self._check_header()
        self._check_widths()
        empty: list[tuple[str, ...]] = [()] * len(self.header)
        self.columns = list(zip(*self.rows, strict=True)) or empty  # the cells by column

    def error(self, message: str, line: int | None = None, hint: str | None = None) -> ProjectError:
        source = self.text.split("\n", line)[line - 1] if line else None
        return ProjectError(message, path=self.path, line=line, source=source, hint=hint)

    def _parse(self) -> None:
        reader = csv.reader(io.StringIO(self.text), strict=True)
        line = 1
        previous = csv.field_size_limit(MAX_CELL)
        try:
            for row in reader:
                if row:
                    self.rows.append(row)
                    self.lines.append(line)
                line = reader.line_num + 1
        except csv.Error as error:
            raise self._syntax_error(str(error), line) from None
        finally:
            csv.field_size_limit(previous)

    def _syntax_error(self, problem: str, line: int) -> ProjectError:
        """csv names no column and, for a quote that never closes, no line: look again from the row's begin."""
        if "field limit" in problem:
            return self.error(f"a cell of the row that begins here has more than {MAX_CELL:,} characters", line)
        opened, after = _quoting(self.text, line)
        if after is None:
            return self.error(f"quote opened at {opened} is never closed", int(opened.split(":")[0]))
        hint = 'a quote inside a quoted cell is written ""'
        return self.error(f"text after the closing quote at {after} (opened at {opened})", line, hint)

    def _check_header(self) -> None:
        line = self.header_line
        if len(self.header) == 1:
            for separator, words in _SEPARATORS.items():
                if separator in self.header[0]:
                    raise self.error(f"the cells look separated by {words}; a seed is separated by commas", line)
        seen: dict[str, int] = {}
        errors: list[SqlseedError] = []
        for number, name in enumerate(self.header, 1):
            first = seen.setdefault(name.lower(), number)
            if not name.strip():
                errors.append(self.error(f"column {number} has no name", line))
            elif first != number:
                other = self.header[first - 1]
                how = f"'{name}'" if other == name else f"'{other}' and '{name}', which differ only in case"
                errors.append(self.error(f"columns {first} and {number} have the same name: {how}", line))
            else:
                try:
                    _check_name(name, f"column {number}: name '{name}'", self.path, line)
                except ProjectError as error:
                    errors.append(error)
        raise_all(errors)

    def _check_widths(self) -> None:
        width = len(self.header)
        wrong = [index for index, row in enumerate(self.rows) if len(row) != width]
        if not wrong:
            return
        found = len(self.rows[wrong[0]])
        message = f"{found} field{'s' * (found != 1)}, but the header has {width}"
        message += _and_lines([self.lines[index] for index in wrong])
        hint = "a cell with a comma in it must stand in double quotes" if found > width else None
        raise self.error(message, self.lines[wrong[0]], hint)


def _quoting(text: str, line: int) -> tuple[str, str | None]:
    """Where the faulty quoted cell opens, and where text follows its closing quote (None: it never closes)."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1

    def place(index: int) -> str:
        return f"{text.count(chr(10), 0, index) + 1}:{index - text.rfind(chr(10), 0, index)}"

    cell = re.compile(r'"(?:[^"]++|"")*+("?)|[^,\n"][^,\n]*+|')  # possessive: a 60 MB cell must not backtrack
    while at <= len(text):
        found = cell.match(text, at)
        assert found  # the last alternative matches anything
        end = found.end()
        if text.startswith('"', at):
            if not found[1]:
                return place(at), None
            if end < len(text) and text[end] not in ",\n":
                return place(at), place(end)
        at = end + 1
    return place(at - 1), None


def _and_lines(lines: list[int]) -> str:
    if len(lines) == 1:
        return ""
    more = ", ..." if len(lines) > _SHOWN else ""
    return f" ({len(lines)} such lines: {', '.join(map(str, lines[:_SHOWN]))}{more})"


def _check_name(name: str, what: str, path: str, line: int | None) -> None:
    if not _NAME.fullmatch(name):
        rule = "a name has letters a-z, digits and underscores, and begins with no digit"
        raise ProjectError(f"{what} is not a name", path=path, line=line, hint=rule)
    if len(name) > 63:
        raise ProjectError(f"{what} has {len(name)} bytes; PostgreSQL keeps 63", path=path, line=line)


# --- types


def _types(table: _Table, notes: _Properties) -> list[CellType]:
    notes.check_columns(table)
    return [
        notes.types[name] if name in notes.types else inferred(set(cells) - {""})
        for name, cells in zip(table.header, table.columns, strict=True)
    ]


def _typed_rows(table: _Table, types: list[CellType]) -> tuple[tuple[Value, ...], ...]:
    errors: list[SqlseedError] = []
    typed: list[list[Value]] = []
    for name, cells, kind in zip(table.header, table.columns, types, strict=True):
        values: dict[str, Value] = {}  # each different cell is read once
        wrong: dict[str, str] = {}
        for cell in dict.fromkeys(cells):
            try:
                values[cell] = kind.read(cell) if cell else None
            except ValueError as error:
                wrong[cell] = str(error)
        if wrong:
            errors.append(_wrong_cells(table, name, cells, wrong))
        else:
            typed.append([values[cell] for cell in cells])
    raise_all(errors)
    return tuple(zip(*typed, strict=True))


def _wrong_cells(table: _Table, name: str, cells: tuple[str, ...], wrong: dict[str, str]) -> ProjectError:
    rows = [index for index, cell in enumerate(cells) if cell in wrong]
    first = cells[rows[0]]
    shown = first if len(first) <= 40 else first[:40] + "..."
    lines = [table.lines[index] for index in rows]
    return table.error(f"column {name}: {shown!r} {wrong[first]}{_and_lines(lines)}", lines[0])


# --- slots


def _slots(table: _Table, notes: _Properties) -> Slots | None:
    config = notes.slots
    if config is None:
        return None
    notes.check_keys(config, _SLOT_KEYS, "config.slots")
    by = config.get("by") or []
    by = [by] if isinstance(by, str) else by
    weight, count = config.get("weight"), config.get("count")
    if not isinstance(by, list) or not all(isinstance(name, str) for name in by):
        raise notes.error("config.slots.by must be a list of columns", config, "by")
    for key, names in (("by", by), ("weight", [] if weight is None else [weight])):
        for name in names:
            if name not in table.header:
                hint = did_you_mean(str(name), table.header)
                raise notes.error(f"config.slots.{key}: no column '{name}' in {table.path}", config, key, hint)
    if len(set(by)) < len(by):
        raise notes.error("config.slots.by names a column twice", config, "by")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SLOTS:
        given = "it is missing" if count is None else f"not {count!r}"
        raise notes.error(f"config.slots.count must be an integer from 1 to {MAX_SLOTS:,}; {given}", config, "count")
    if "slot" in [name.lower() for name in table.header]:
        raise table.error("column 'slot': a seed with slots gets a column of that name", table.header_line)
    return Slots(count=count, by=tuple(by), weight=weight)


def _shares(table: _Table, rows: Sequence[Sequence[Value]], slots: Slots) -> tuple[tuple[int, int], ...]:
    """(first slot, number of slots) of each row, counted within its group, in file order."""
    key_at = [table.header.index(name) for name in slots.by]
    groups: dict[tuple[Value, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        key = tuple(row[at] for at in key_at)
        if None in key:
            column = slots.by[key.index(None)]
            raise table.error(f"column {column} is empty; slots are dealt by it", table.lines[index])
        groups[key].append(index)
    if not rows:
        raise table.error(f"there is no row to deal {slots.count} slots to", table.header_line)
    weights = _weights(table, rows, slots)
    shares = [(0, 0)] * len(rows)
    for key, members in groups.items():
        if not any(weights[index] for index in members):
            named = ", ".join(f"{name}={value}" for name, value in zip(slots.by, key, strict=True))
            where = f"the group {named}" if named else "the seed"
            raise table.error(f"column {slots.weight}: {where} has a total weight of 0", table.lines[members[0]])
        first = 0
        for index, size in zip(members, apportion([weights[index] for index in members], slots.count), strict=True):
            shares[index] = (first, size)
            first += size
    return tuple(shares)


def _weights(table: _Table, rows: Sequence[Sequence[Value]], slots: Slots) -> list[Fraction | int]:
    if slots.weight is None:
        return [1] * len(rows)
    at = table.header.index(slots.weight)
    exact: dict[Value, Fraction | int] = {}
    for line, row in zip(table.lines, rows, strict=True):
        value = row[at]
        if value in exact:
            continue
        if value is None:
            raise table.error(f"column {slots.weight}: a weight is missing", line)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise table.error(f"column {slots.weight}: weight '{value}' is not a number", line)
        if value < 0:
            raise table.error(f"column {slots.weight}: weight {value} is negative", line)
        exact[value] = value if isinstance(value, int) else Fraction(value)
    return [exact[row[at]] for row in rows]


def _checksum(columns: Sequence[Column], rows: Sequence[Sequence[Value]], slots: Slots | None) -> str:
    """SHA-256 of a canonical JSON text; line ends, quoting and column descriptions do not matter."""
    head = {
        "columns": [[column.name, column.type] for column in columns],
        "slots": [slots.by, slots.weight, slots.count] if slots else None,
    }
    text = json.dumps([head, rows], ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# --- what YAML says


class _Properties:
    """One entry of `seeds:` in a YAML file, checked key by key."""

    def __init__(self, entry: Mapping[str, Any], path: str) -> None:
        self.path = path
        self.check_keys(entry, _KEYS, "seeds")
        config = self.mapping(entry, "config") or {}
        self.check_keys(config, _CONFIG_KEYS, "config")
        self.description = str(entry.get("description") or "")
        tags = config.get("tags", entry.get("tags")) or []
        self.tags = tuple(str(tag) for tag in ([tags] if isinstance(tags, str) else tags))
        self.slots = self.mapping(config, "slots")
        self.column_types = self.mapping(config, "column_types") or {}
        self.types: dict[str, CellType] = {}
        self.columns = entry.get("columns") or []
        self.descriptions: dict[str, str] = {}
        if not isinstance(self.columns, list) or not all(isinstance(column, Mapping) for column in self.columns):
            raise self.error("columns must be a list of mappings (- name: ...)", entry, "columns")

    def check_columns(self, table: _Table) -> None:
        """Every column that YAML names must stand in the CSV, and every declared type must exist."""
        errors: list[SqlseedError] = []
        for name, written in self.column_types.items():
            if name not in table.header:
                hint = did_you_mean(str(name), table.header)
                message = f"config.column_types: no column '{name}' in {table.path}"
                errors.append(self.error(message, self.column_types, name, hint))
                continue
            try:
                self.types[name] = declared(written if isinstance(written, str) else repr(written))
            except ValueError as error:
                errors.append(self.error(f"config.column_types.{name}: {error}", self.column_types, name))
        for column in self.columns:
            self.check_keys(column, _COLUMN_KEYS, "columns")
            name = column.get("name")
            if name not in table.header:
                hint = did_you_mean(str(name), table.header)
                errors.append(self.error(f"columns: no column '{name}' in {table.path}", column, "name", hint))
            self.descriptions[str(name)] = str(column.get("description") or "")
        raise_all(errors)

    def mapping(self, entry: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
        value = entry.get(key)
        if value is not None and not isinstance(value, Mapping):
            raise self.error(f"{key} must be a mapping", entry, key)
        return value

    def check_keys(self, entry: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in entry:
            if key not in known:
                hint = did_you_mean(str(key), known)
                if key == "data_type":
                    hint = "a seed's types are declared in config.column_types"
                raise self.error(f"{where}: unknown key '{key}'", entry, key, hint)

    def error(self, message: str, entry: Mapping[str, Any], key: Any, hint: str | None = None) -> ProjectError:
        lines: Mapping[Any, int] = getattr(entry, "lines", {})
        return ProjectError(message, path=self.path, line=lines.get(key, getattr(entry, "line", None)), hint=hint)
