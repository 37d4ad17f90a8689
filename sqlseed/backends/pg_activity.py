"""What PostgreSQL tells of the sessions that work for it: waits of all of them, counters of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlseed.model import Value

CPU = "CPU"
"""What a session does that waits for nothing the server knows of: it computes, or would if a core were free."""

_WAITS = """
    select coalesce(leader_pid, pid), coalesce(wait_event_type || '/' || wait_event, :cpu)
    from pg_catalog.pg_stat_activity
    where coalesce(leader_pid, pid) in ({processes}) and (state <> 'idle' or leader_pid is not null)
"""
_COUNTERS = """
    select w.wal_bytes::bigint, w.wal_records, w.wal_fpi, io.hits, io.read_bytes, io.extend_bytes
    from pg_catalog.pg_stat_get_backend_wal(pg_catalog.pg_backend_pid()) as w,
        (select coalesce(sum(hits), 0)::bigint, coalesce(sum(read_bytes), 0)::bigint,
            coalesce(sum(extend_bytes), 0)::bigint
         from pg_catalog.pg_stat_get_backend_io(pg_catalog.pg_backend_pid()) where object like '%relation'
        ) as io (hits, read_bytes, extend_bytes)
"""
_NAMES = ("wal_bytes", "wal_records", "wal_fpi", "buffers_hit", "read_bytes", "extend_bytes")
HAS_COUNTERS = 180000  # the server's version from which on it counts by session


class Watched:
    """The part of a session that tells what it and others are doing."""

    _connection: Any
    _pooled: bool

    def query(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> list[tuple[Any, ...]]:
        """Executes one statement that gives rows."""
        raise NotImplementedError

    @property
    def process(self) -> int | None:
        """The process that works for this session; None behind a transaction pooler, where that changes."""
        return None if self._pooled else int(self._connection.info.backend_pid)

    def waits(self, processes: Sequence[int]) -> list[tuple[int, str]]:
        """For each of these processes that is at work, and each parallel worker of theirs, what it waits for."""
        numbers = ", ".join(str(int(process)) for process in processes)
        found = self.query(_WAITS.format(processes=numbers), {"cpu": CPU}, {"cpu": "text"})
        return [(process, event) for process, event in found]

    def counters(self) -> dict[str, int]:
        """What the session has written and read so far; what parallel workers read is theirs, and not in it."""
        if self._pooled or self._connection.info.server_version < HAS_COUNTERS:
            return {}
        self.query("select pg_catalog.pg_stat_force_next_flush()")  # it is kept back for up to a second otherwise
        (found,) = self.query(_COUNTERS)
        return dict(zip(_NAMES, found, strict=True))
