"""Reading project files: what may be opened, and what its bytes may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.errors import ProjectError
from sqlseed.files import decode, read_path, read_text


def message(error: pytest.ExceptionInfo[ProjectError]) -> str:
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\nb", "a\nb"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb\r", "a\nb\n"),
        (b"a\r\r\nb", "a\n\nb"),
        (b"\xef\xbb\xbfid", "id"),
        ("नमस्ते ✓ 😀".encode(), "नमस्ते ✓ 😀"),
        (b"x" * 1_000_000, "x" * 1_000_000),
    ],
)
def test_decode(data, text):
    assert decode(data, "a.sql") == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"id,name\n1,Asha\n2,Ren\xe9e\n",
            (
                "students.csv:3: byte 0xE9 at 3:6 is not UTF-8; it looks like ISO-8859-1\n"
                "  hint: convert it: iconv -f ISO-8859-1 -t UTF-8 students.csv > converted"
            ),
        ),
        (
            "é".encode() + b"\r\n" + "éé".encode() + b"\x92",
            (
                "students.csv:2: byte 0x92 at 2:3 is not UTF-8; it looks like WINDOWS-1252\n"
                "  hint: convert it: iconv -f WINDOWS-1252 -t UTF-8 students.csv > converted"
            ),
        ),
        (
            "id\n".encode("utf-16"),
            (
                "students.csv:1: UTF-16, not UTF-8 (byte-order mark at 1:1)\n"
                "  hint: convert it: iconv -f UTF-16 -t UTF-8 students.csv > converted"
            ),
        ),
        (
            "id,name\n".encode("utf-16-le"),
            (
                "students.csv:1: looks like UTF-16, not UTF-8\n"
                "  hint: convert it: iconv -f UTF-16LE -t UTF-8 students.csv > converted"
            ),
        ),
        (
            "id,name\n".encode("utf-16-be"),
            (
                "students.csv:1: looks like UTF-16, not UTF-8\n"
                "  hint: convert it: iconv -f UTF-16BE -t UTF-8 students.csv > converted"
            ),
        ),
        (b"select 1\r\nas \xc3\xa9 \x00 where false", "students.csv:2: NUL byte at 2:6"),
        (
            "abcé".encode()[:-1],
            "students.csv:1: byte 0xC3 at 1:4 is not UTF-8: the file ends in the middle of a character",
        ),
        (
            b"\x1f\x8b\x08\x00",
            "students.csv: a gzip file, not text\n  hint: unpack or export it as plain UTF-8 text first",
        ),
        (
            b"PK\x03\x04....",
            "students.csv: a zip or spreadsheet file, not text\n  hint: unpack or export it as plain UTF-8 text first",
        ),
    ],
    ids=["latin-1", "windows-1252", "utf-16", "utf-16-le", "utf-16-be", "nul", "truncated", "gzip", "xlsx"],
)
def test_bytes_that_are_no_text(data, expected):
    with pytest.raises(ProjectError) as error:
        decode(data, "students.csv")
    assert message(error) == expected


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ProjectError, match="byte 0xED at 1:2 is not UTF-8"):
        decode(b"a" + "\ud800".encode("utf-8", "surrogatepass"), "a.sql")


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_project_error(data):
    try:
        text = decode(data, "a.sql")
    except ProjectError:
        return
    assert "\0" not in text
    assert "\r" not in text


def test_read_text(tmp_path: Path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.csv").write_bytes(b"id\r\n1\r\n")
    assert read_text(tmp_path, "seeds/a.csv") == "id\n1\n"
    assert read_text(tmp_path, "seeds/../seeds/a.csv") == "id\n1\n"


@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        ("missing.csv", "missing.csv: no such file"),
        ("a.csv/b.csv", "a.csv/b.csv: no such file"),
        ("folder", "folder: a directory, not a file"),
        ("../outside.csv", "../outside.csv: outside the project"),
        ("../../../../../nowhere/at/all", "../../../../../nowhere/at/all: outside the project"),
        ("/etc/hostname", "/etc/hostname: outside the project"),
        ("link.csv", "link.csv: outside the project"),
        ("folder/up/outside.csv", "folder/up/outside.csv: outside the project"),
        ("loop.csv", "loop.csv: a symbolic link that points at itself"),
        ("~/x.csv", "~/x.csv: no such file"),
        ("a\0.csv", "a\\0.csv: NUL byte in a file name"),
        ("x" * 300, "x" * 300 + ": the file name is too long"),
    ],
)
def test_paths_that_are_refused(tmp_path: Path, relative, expected):
    root = tmp_path / "project"
    (root / "folder").mkdir(parents=True)
    (root / "a.csv").write_text("id\n")
    (tmp_path / "outside.csv").write_text("secret\n")
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    (root / "folder" / "up").symlink_to(tmp_path)
    (root / "loop.csv").symlink_to(root / "loop.csv")
    with pytest.raises(ProjectError) as error:
        read_text(root, relative)
    assert message(error).split("\n")[0] == expected


def test_a_link_inside_the_project_and_a_linked_project_are_fine(tmp_path: Path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.csv").write_text("id\n")
    (root / "b.csv").symlink_to("a.csv")
    (tmp_path / "linked").symlink_to(root)
    assert read_text(tmp_path / "linked", "b.csv") == "id\n"


def test_a_file_beyond_the_limit(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(b"x" * 1001)
    assert read_text(tmp_path, "a.csv", 1001)
    with pytest.raises(ProjectError) as error:
        read_text(tmp_path, "a.csv", 1000)
    assert message(error) == "a.csv: 1,001 bytes, more than the limit of 1,000"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero")):
        with pytest.raises(ProjectError, match="not a regular file"):
            read_path(path, "pipe.csv")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions stop")
def test_a_file_without_permission(tmp_path: Path):
    (tmp_path / "a.csv").write_text("id\n")
    (tmp_path / "a.csv").chmod(0)
    with pytest.raises(ProjectError, match="permission denied"):
        read_text(tmp_path, "a.csv")
