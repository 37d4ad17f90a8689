"""What a session need not do where no other process can write: nobody is in the way, and nobody waits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlseed.backends import Collision, LiveDatabase, Ours, Rows
from sqlseed.model import Column, Relation


class Alone:
    """A session of a database that is a file of one's own, without keys between its tables."""

    process: int | None = None

    def waits(self, processes: Sequence[int]) -> list[tuple[int, str]]:  # noqa: ARG002
        """There is no server that could be asked."""
        return []

    def counters(self) -> dict[str, int]:
        """Nobody counts by session."""
        return {}

    def database(self) -> LiveDatabase | None:
        """A file is nobody else's."""
        return None

    def share_migration_lock(self) -> str | None:
        """No migration works in the file meanwhile."""
        return None

    def lock_state(self) -> None:
        """The file's lock keeps other processes out, and there is one session that writes."""

    def collisions(self, target: Relation, columns: Sequence[Column], model: Rows, ours: Ours) -> list[Collision]:  # noqa: ARG002
        """Tables have no unique keys here."""
        return []

    def children(self, target: Relation) -> list[tuple[Relation, str, list[str], list[str], str]]:  # noqa: ARG002
        """Tables have no foreign keys here."""
        return []
