"""Dagster's event log in SQLite with its files kept open: the library makes a connection anew for
every event, which took a third of a refresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

# The index and the runs that were read or written last; a page of a year's runs opens many.
MOST_OPEN = 8
# For another process that writes.
SECONDS_TO_WAIT = 30


class OpenEventLog(SqliteEventLogStorage):
    """As the library's, a file for each run and one index, each opened once."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction on a run's file, or on the index: one at a time, as in the library."""
        with self._db_lock:
            if shard not in self._initialized_dbs:
                # Making the tables takes two connections at once.
                self._initdb(create_engine(self.conn_string_for_shard(shard), poolclass=NullPool))
                self._initialized_dbs.add(shard)
            with self._engine(shard).begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            if len(self._engines) >= MOST_OPEN:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=QueuePool,
                pool_size=1,
                max_overflow=0,
                # The lock above keeps threads from using it at once.
                connect_args={"timeout": SECONDS_TO_WAIT, "check_same_thread": False},
            )
            event.listen(engine, "connect", _write_without_waiting)
        # Used last, so closed last.
        self._engines[shard] = engine
        return engine

    def wipe(self) -> None:
        """Remove every event: files first closed, or what comes next went to one that is gone."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close every file."""
        super().dispose()
        self._close()

    def _close(self) -> None:
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()


def _write_without_waiting(connection: object, _record: object) -> None:
    """With a write-ahead log, which the library asks for, the disk is waited for when the log is
    folded in and not for each event: the last ones may be lost with the machine's power, and none
    is half written.
    """
    connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[attr-defined]
