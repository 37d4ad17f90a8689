"""The in-memory DuckDB of a dry run: its bound, and where it puts what memory cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed.backends import open_dry_run
from sqlseed.model import Target


@pytest.mark.parametrize(
    ("type_", "settings", "limit"),
    [
        ("postgres", {"conninfo": {}}, "244.1 MiB"),
        ("duckdb", {"path": "x", "memory_limit": "64MB"}, "61.0 MiB"),
        ("duckdb", {"path": "x"}, "953.6 MiB"),
    ],
)
def test_memory_is_bounded_and_what_is_spilled_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_: str, settings: dict[str, object], limit: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    backend = open_dry_run(Target("p", "t", type_, "main", settings=settings), tmp_path)
    session = backend.connect()
    assert session.query("select current_setting('memory_limit')") == [(limit,)]
    if limit == "61.0 MiB":
        session.run(
            "create temp table wide as select range as n, md5(range::text) || md5(range::text) as t from range(1500000)"
        )
        assert [file for file in tmp_path.glob("sqlseed-*/**/*") if file.is_file()]
    session.close()
    backend.close()
    assert list(tmp_path.iterdir()) == []
