"""SQLite state, one file per epoch.

A reset never empties tables: it opens the next epoch's file, so the log of every epoch stays as it was written and a
request that was still running finishes in its own epoch. The newest epochs are kept, older ones are removed.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

KEPT_EPOCHS = 5

SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
VERSION = int.from_bytes(hashlib.sha256(SCHEMA.encode()).digest()[:3], "big")  # tables changed: begin a new epoch


class Store:
    """Connections are per operation: SQLite opens in well under a millisecond and no state leaks between threads."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._lock = threading.Lock()
        data_dir.mkdir(parents=True, exist_ok=True)
        existing = sorted(data_dir.glob("epoch-*.sqlite3"))
        self.epoch = int(existing[-1].stem.split("-")[1]) if existing else 0

    @property
    def usable(self) -> bool:
        """False when there is no epoch yet, or the newest was written by a release with other tables."""
        if self.epoch == 0:
            return False
        with self.read() as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0]) == VERSION

    @property
    def path(self) -> Path:
        return self._path(self.epoch)

    def _path(self, epoch: int) -> Path:
        return self.data_dir / f"epoch-{epoch:06d}.sqlite3"

    def new_epoch(self, fill: object = None) -> int:
        """Create the next epoch's file and let `fill(db)` write the seed before anybody can see it."""
        with self._lock:
            epoch = self.epoch + 1
            db = self._connect(self._path(epoch))
            with closing(db):
                db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA user_version={VERSION};" + SCHEMA)
                db.execute("BEGIN IMMEDIATE")
                if callable(fill):
                    fill(db)
                db.execute("COMMIT")
            self.epoch = epoch
            for old in range(max(1, epoch - KEPT_EPOCHS - 3), epoch - KEPT_EPOCHS + 1):
                for leftover in self.data_dir.glob(f"epoch-{old:06d}.sqlite3*"):
                    leftover.unlink(missing_ok=True)
            return epoch

    def _connect(self, path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA foreign_keys=ON")
        return db

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect(self.path)) as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time from the first statement on: equal instructions arriving together wait here."""
        with closing(self._connect(self.path)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
