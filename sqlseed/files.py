"""Reading files as text, and replacing them, safely: one place that decides what may be opened and what its bytes mean.

A project's files may come from anywhere, so the path must stay inside the project (symbolic links followed
first), the thing opened must be a regular file of a sensible size, and its bytes must be UTF-8 without NUL:
PostgreSQL would cut a statement at a NUL byte without a word.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from .errors import ProjectError

MAX_BYTES = 16 * 1024 * 1024  # 16 MiB: far more than a person writes by hand

_OTHER_MARKS = (  # UTF-32 first: its mark begins with UTF-16's
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_PACKED = (
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip or spreadsheet file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
)
_REASONS = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "a symbolic link that points at itself",
    errno.ENAMETOOLONG: "the file name is too long",
}


def read_text(root: Path, relative: str, limit: int = MAX_BYTES) -> str:
    """The text of a project's file; `relative` is its path from `root`, with forward slashes.

    Line ends CRLF and CR become LF, and a byte-order mark is dropped. `limit` is the largest size in bytes.
    Raises `ProjectError` for a path outside the project, anything but a regular file, a file that is too
    large, and bytes that are not UTF-8 or hold a NUL.
    """
    return read_path(inside(root, relative), relative, limit)


def inside(root: Path, relative: str) -> Path:
    """The real path of `root`/`relative`, symbolic links followed; `ProjectError` when that is outside `root`."""
    if "\0" in relative:
        raise ProjectError("NUL byte in a file name", path=relative.replace("\0", "\\0"))
    try:
        base = root.resolve(strict=True)
        real = (base / relative).resolve(strict=True)
    except (OSError, RuntimeError) as error:  # Python 3.11 and 3.12 say RuntimeError for a loop of links
        # A missing file outside the project is refused for being outside: its absence is nobody's business.
        if Path(os.path.normpath(root.absolute() / relative)).is_relative_to(os.path.normpath(root.absolute())):
            raise ProjectError(_reason(error), path=relative) from None
        raise _outside(relative) from None
    if not real.is_relative_to(base):
        raise _outside(relative)
    return real


def read_path(path: Path, label: str, limit: int = MAX_BYTES) -> str:
    """Like `read_text` for a file that may lie anywhere; messages call it `label`."""
    return decode(read_bytes(path, label, limit), label)


def read_bytes(path: Path, label: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; else a `ProjectError`."""
    # O_NONBLOCK: opening a named pipe must not wait for a writer; fstat then refuses it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_dir():  # Windows cannot open a directory at all
            raise ProjectError("a directory, not a file", path=label)
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ProjectError("not a regular file", path=label)
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise ProjectError(_reason(error), path=label) from None
    if len(data) > limit:
        size = max(status.st_size, len(data))
        raise ProjectError(f"{size:,} bytes, more than the limit of {limit:,}", path=label)
    return data


def replace(path: Path, data: bytes) -> None:
    """Puts `data` in the place of a file as a whole: a reader finds the old one or the new one, never a half.

    The new file is the user's alone (mode 0600); a link in its place is replaced, not followed. Raises OSError.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def decode(data: bytes, label: str) -> str:
    """`data` as text: UTF-8 with or without a byte-order mark, LF line ends; else a `ProjectError`."""
    for mark, encoding in _OTHER_MARKS:
        if data.startswith(mark):
            raise _not_utf8(f"{encoding}, not UTF-8 (byte-order mark at 1:1)", label, 1, encoding)
    for magic, kind in _PACKED:
        if data.startswith(magic):
            raise ProjectError(f"{kind}, not text", path=label, hint="unpack or export it as plain UTF-8 text first")
    data = data.removeprefix(b"\xef\xbb\xbf")
    nul = data.find(b"\0")
    try:
        if nul >= 0:
            _refuse_nul(data, nul, label)
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad_byte(data, error, label) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _refuse_nul(data: bytes, at: int, label: str) -> None:
    head = data[:2000]
    if len(head) >= 4 and max(head[0::2].count(0), head[1::2].count(0)) * 5 >= len(head) * 2:
        raise _not_utf8("looks like UTF-16, not UTF-8", label, 1, "UTF-16LE" if head[1] == 0 else "UTF-16BE")
    line, column = _position(data, at)
    raise ProjectError(f"NUL byte at {line}:{column}", path=label, line=line)


def _bad_byte(data: bytes, error: UnicodeDecodeError, label: str) -> ProjectError:
    line, column = _position(data, error.start)
    found = f"byte 0x{data[error.start]:02X} at {line}:{column} is not UTF-8"
    if error.reason == "unexpected end of data":
        return ProjectError(f"{found}: the file ends in the middle of a character", path=label, line=line)
    # ISO-8859-1 has control characters at 0x80-0x9F, where Windows-1252 has quotes and dashes.
    guess = "WINDOWS-1252" if any(0x80 <= byte <= 0x9F for byte in data) else "ISO-8859-1"
    return _not_utf8(f"{found}; it looks like {guess}", label, line, guess)


def _not_utf8(message: str, label: str, line: int, encoding: str) -> ProjectError:
    hint = f"convert it: iconv -f {encoding} -t UTF-8 {label} > converted"
    return ProjectError(message, path=label, line=line, hint=hint)


def _position(data: bytes, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of the byte `at`; the column counts characters, as editors do."""
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1


def _outside(relative: str) -> ProjectError:
    return ProjectError("outside the project", path=relative, hint="a project reads only files of its own folder")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or f"cannot be read: {error.strerror}"
    return _REASONS[errno.ELOOP] if isinstance(error, RuntimeError) else f"cannot be read: {error}"


def walk(root: Path, folder: str, *suffixes: str) -> list[str]:
    """Paths relative to `root` of the folder's files with these endings, in order of name; hidden ones are left out."""
    base = root / folder
    if not base.is_dir():
        return []
    found: list[str] = []
    for above, folders, names in os.walk(base):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = Path(above).relative_to(root).as_posix()
        wanted = [name for name in [*folders, *names] if name.lower().endswith(suffixes) and not name.startswith(".")]
        found += [f"{place}/{name}" for name in wanted]
    return sorted(found)
