"""YAML, strictly: plain values with their lines, and no value that two YAML readers take for different things.

YAML 1.1, which most readers still speak, turns the state code `NO` into false, the PIN code `012` into 10 and
the time `1:30` into 90; a key written twice loses its first value. Here each of these is an error that says
what to quote. What is left is YAML 1.2's core schema with dates: text, integers, floats, true, false, null,
`2026-09-30` as a date and `2026-09-30 10:00:00` as a timestamp, lists and mappings.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from .errors import ProjectError, SqlseedError, raise_all

MAX_DEPTH = 50  # levels; a project's files have about six
MAX_ALIASED = 100_000  # values after all aliases are written out

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is about eight times as fast

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_OLD_BOOLEAN = re.compile(r"(?:yes|no|on|off)", re.IGNORECASE)  # not y and n: a column may well be called n
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]*)(?:[eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")
_ZONED = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9:.]+[ \t]*(?:Z|[-+][0-9:]+)")
_AMBIGUOUS = (
    (re.compile(r"[-+]?0[0-9_]+(?:\.[0-9]*)?"), "a number with a leading zero"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number in base 60 to some YAML readers"),
    (re.compile(r"[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)"), "a number in another base to some YAML readers"),
    (re.compile(r"[-+]?[0-9]+_[0-9_]*(?:\.[0-9_]*)?"), "a number to some YAML readers and a text to others"),
    (re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+"), "a number to some YAML readers and a text to others"),
    (re.compile(r"\+(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"), "a number that loses its plus sign"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "not a number that can be used"),
)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.1, 5.1
_TAB_INDENT = re.compile(r" *\t")


class YamlMap(dict[Any, Any]):
    """A mapping that remembers where it stood: `line` of its first key, `lines` of every key (from 1)."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Any, int] = {}


def load(text: str, path: str, *, secret: bool = False) -> Any:
    """The value of a YAML text: `YamlMap`, list, text, int, float, bool, date, datetime or None (empty file).

    `path` is what messages call the file. With `secret`, messages name places and keys and no value, for
    files that may hold a password. Raises `ProjectError`, or an `ErrorList` of them when several values are
    wrong. Aliases give the same object again, so what is returned must not be changed.
    """
    text = text.removeprefix("\ufeff")
    found = _UNPRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        place = f"{line}:{found.start() - text.rfind(chr(10), 0, found.start())}"
        code = ord(found.group())
        what = "NUL byte" if code == 0 else f"control character U+{code:04X}"
        raise ProjectError(f"{what} at {place}", path=path, line=line)
    return _Builder(text, path, secret).build()


def load_mapping(text: str, path: str, expected: str, *, secret: bool = False) -> YamlMap:
    """Like `load` for a file whose top level must be a mapping; `expected` shows its keys: `models:`."""
    value = load(text, path, secret=secret)
    if isinstance(value, YamlMap):
        return value
    if value is None:
        raise ProjectError(f"the file is empty; expected a mapping ({expected})", path=path)
    raise ProjectError(f"expected a mapping ({expected}), found {kind(value)}", path=path, line=1)


def kind(value: Any) -> str:
    """What a loaded value is, in words: `a list`."""
    names = ((bool, "true or false"), (dict, "a mapping"), (list, "a list"), (str, "a text"), (int, "an integer"))
    more = ((float, "a number"), (dt.datetime, "a timestamp"), (dt.date, "a date"))
    return next((name for type_, name in names + more if isinstance(value, type_)), "nothing")


class _Builder:
    """Turns libyaml's events into values: only events tell a plain `NO` from a quoted one, and show every tag."""

    def __init__(self, text: str, path: str, secret: bool) -> None:
        self.text = text
        self.path = path
        self.secret = secret
        self.source = text.split("\n")
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.errors: list[SqlseedError] = []  # wrong values, after which reading can go on
        self.anchors: dict[str, tuple[Any, int] | None] = {}  # None while the value is being read
        self.count = 0  # values so far, those behind an alias counted again

    def build(self) -> Any:
        value: Any = None
        documents = 0
        try:
            for event in self.events:
                if not isinstance(event, yaml.DocumentStartEvent):
                    continue
                documents += 1
                if documents > 1:
                    raise self.second_document(event)
                value = self.value(next(self.events), 0)
        except yaml.YAMLError as error:
            raise self.syntax_error(error) from None
        raise_all(self.errors)
        return value

    # --- values

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.tag is not None:
            shown = "" if self.secret else f": {event.tag.replace('tag:yaml.org,2002:', '!!')}"
            raise self.error(f"YAML tags are not allowed{shown}", event)
        if depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", event)
        before = self.count
        self.count += 1
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.MappingStartEvent):
            value: Any = self.mapping(event, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self.value(item, depth + 1) for item in self.until(yaml.SequenceEndEvent)]
        else:
            value = self.scalar(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.count - before)
        return value

    def until(self, end: type) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def mapping(self, start: Any, depth: int) -> YamlMap:
        result = YamlMap(start.start_mark.line + 1)
        for event in self.until(yaml.MappingEndEvent):
            key = self.key(event, start)
            line = event.start_mark.line + 1
            value = self.value(next(self.events), depth + 1)
            if key in result:
                message = f"duplicate key '{key}' (first at line {result.lines[key]})"
                self.errors.append(self.error(message, event))
                continue
            result[key] = value
            result.lines[key] = line
        return result

    def key(self, event: Any, start: Any) -> Any:
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(event, yaml.MappingStartEvent) and start.flow_style and event.flow_style:
                raise self.unquoted_jinja(event)
            if isinstance(event, yaml.AliasEvent):
                raise self.error("an alias cannot be a key", event)
            found = "a mapping" if isinstance(event, yaml.MappingStartEvent) else "a list"
            raise self.error(f"a key must be a text, found {found}", event)
        key = self.value(event, 0)
        if key is None:
            raise self.error("an empty key", event, hint='write a name before the ":"')
        if event.implicit[0] and key == "<<":
            raise self.error("merge keys ('<<') are not read; write the keys out", event)
        return key

    def alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            name = "" if self.secret else f" '*{event.anchor}'"
            raise self.error(f"alias{name} has no anchor before it", event, hint="quote a text that begins with '*'")
        known = self.anchors[event.anchor]
        if known is None:
            raise self.error(f"alias '*{event.anchor}' stands inside its own value", event)
        value, size = known
        self.count += size
        if self.count > MAX_ALIASED:
            raise self.error(f"aliases make more than {MAX_ALIASED:,} values", event)
        return value

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block
            bad = next((char for char in text if char == "\0" or "\ud800" <= char <= "\udfff"), None)
            if bad is not None:
                what = "a NUL character" if bad == "\0" else f"a lone surrogate U+{ord(bad):04X}"
                self.errors.append(self.error(f"{what} in a text", event))
            return text
        try:
            return _plain(text)
        except ValueError as error:
            self.errors.append(self.wrong_value(str(error), text, event))
            return text

    # --- errors

    def error(self, message: str, event: Any, hint: str | None = None) -> ProjectError:
        return self.error_at(message, event.start_mark.line, hint)

    def error_at(self, message: str, index: int, hint: str | None = None) -> ProjectError:
        source = None if self.secret or index >= len(self.source) else self.source[index]
        return ProjectError(message, path=self.path, line=index + 1, source=source, hint=hint)

    def wrong_value(self, problem: str, text: str, event: Any) -> ProjectError:
        shown = "a value" if self.secret else f"'{text[:60]}'"
        if problem.startswith("is not a date"):
            return self.error(f"{shown} {problem}", event)
        cure = "quote it" if self.secret else f'quote it: "{text[:60]}"'
        return self.error(f"{shown} {problem}; {cure}", event)

    def second_document(self, event: Any) -> ProjectError:
        return self.error(f"only one document per file; '---' at line {event.start_mark.line + 1}", event)

    def unquoted_jinja(self, event: Any) -> ProjectError:
        return self.jinja_error(event.start_mark.line)

    def jinja_error(self, index: int) -> ProjectError:
        # YAML counts line breaks that the source was not split at, so a line may lie behind the last one.
        source = "" if self.secret or index >= len(self.source) else self.source[index]
        found = re.search(r"\{[{%].*[%}]\}", source)
        value = found.group().replace('"', "'") if found else "{{ ... }}"
        return self.error_at(f'quote the whole value: "{value}"', index)

    def syntax_error(self, error: yaml.YAMLError) -> ProjectError:
        """The reader's own complaint, in words for people, at the place where the mistake probably is."""
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            return ProjectError("not a YAML text", path=self.path)
        start = getattr(error, "context_mark", None) or mark
        problem = str(getattr(error, "problem", None) or "not a YAML text")
        last = min(mark.line, len(self.source) - 1)
        for index in range(min(start.line, last), last + 1):
            tab = _TAB_INDENT.match(self.source[index])
            if tab:
                return self.error_at(f"tab used for indentation at {index + 1}:{tab.end()}; use spaces", index)
        if re.search(r"(?:^|[:\-\[,]\s*)\{[{%]", self.source[last]):
            return self.jinja_error(last)
        if "quoted scalar" in str(getattr(error, "context", "")) and "end of stream" in problem:
            return self.error_at(f"quote opened at {start.line + 1}:{start.column + 1} is never closed", start.line)
        place = f"{mark.line + 1}:{mark.column + 1}"
        return self.error_at(f"{problem} at {place}", last, hint=_hint(problem))


def _plain(text: str) -> Any:
    """The value of an unquoted scalar; a `ValueError` continues the sentence that begins with the text."""
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _OLD_BOOLEAN.fullmatch(text):
        raise ValueError(f"is read as {'true' if text.lower() in ('yes', 'on') else 'false'} by YAML")
    return _number_or_date(text) if text[0] in "+-.0123456789" else text


def _number_or_date(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        if len(text) > 400:
            raise ValueError("has too many digits for a number")
        return int(text)
    if _DATE.fullmatch(text) or _TIMESTAMP.fullmatch(text):
        return _date(text)
    if _ZONED.fullmatch(text):
        raise ValueError("has a time zone, which is not read")
    for pattern, reason in _AMBIGUOUS:
        if pattern.fullmatch(text):
            raise ValueError(f"is {reason}")
    if _FLOAT.fullmatch(text):
        return _float(text)
    return text


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("is too large for a number")
    return number


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("is not a date (YYYY-MM-DD) that exists") from None


def _hint(problem: str) -> str | None:
    """What usually helps, for the reader's words (libyaml's, or those of its Python twin)."""
    if "mapping values" in problem:
        return 'quote a text that contains ": "; or a line above lacks its ":"'
    if "cannot start any token" in problem:
        return "quote a text that begins with @, % or `"
    if "alphabetic or numeric" in problem:
        return "quote a text that begins with * or &"
    if "escape" in problem:
        return "in double quotes a backslash is written \\\\; or use single quotes"
    if "expected" in problem:
        return "check the indentation, and that brackets and quotes are closed"
    return None
