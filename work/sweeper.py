"""The one loop that carries on what is due, of every room, in the lanes of this process.

It asks PostgreSQL every few seconds what is due, in one statement, and at once when it is woken (a Celery message after
a commit: work.tasks.look). It needs no broker: without one it is only not woken. Each kind of row, and within a kind
each bound, is carried on by threads of its own, so that none waits for another.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connection, connections

from core import clock
from work import hints, sweeps
from work.lanes import Lane
from work.sweeps import Sweep

log = structlog.get_logger(__name__)

# Many more than bounds times threads: none of them ever waits for a free one.
_MOST_THREADS = 200


class Sweeper:
    """every: seconds between two looks when nobody wakes it."""

    def __init__(self, lanes: Iterable[Lane], *, every: float) -> None:
        self.lanes = frozenset(lanes)
        self._sweeps = sweeps.of_lanes(self.lanes)
        self._every = every
        self._at_work: Counter[tuple[str, str]] = Counter()
        self._called_meanwhile: set[tuple[str, str]] = set()
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="sweep", initializer=_keep_connection)
        self._watch = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        log.info("sweeper.started", lanes=sorted(self.lanes), kinds=[sweep.name for sweep in self._sweeps])
        self._watch.start()

    def wake(self, lane: str) -> None:
        """Look now, at this lane alone."""
        with self._lock:
            self._wanted.add(lane)
        self._woken.set()

    def stop(self) -> None:
        """Claims nothing more and waits for what is in flight: calls of partners end by their time-outs."""
        self._stopped.set()
        self._woken.set()
        self._watch.join()
        self._pool.shutdown()

    def _run(self) -> None:
        _keep_connection()
        looks_at = time.monotonic()
        while not self._stopped.is_set():
            self._woken.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, set()
            if time.monotonic() >= looks_at:
                wanted, looks_at = set(self.lanes), time.monotonic() + self._every
            try:
                self.look(wanted)
            except DatabaseError as error:
                log.warning("sweeper.database", error=type(error).__name__)
                connection.close()
            except Exception:  # a fault in one room's query must not stop the money of the others for good
                log.exception("sweeper.failed")
                connection.close()
            self._woken.wait(max(0.0, looks_at - time.monotonic()))
        connections.close_all()

    def look(self, lanes: Iterable[str]) -> None:
        wanted = [sweep for sweep in self._sweeps if sweep.lane in set(lanes)]
        if len(wanted) == 1 and not wanted[0].is_divided:
            # Nothing to choose: its claim asks the same.
            self._employ(wanted[0], "")
            return
        for sweep, bound in sweeps.something_due(wanted, now=clock.now()):
            self._employ(sweep, bound)

    def _employ(self, sweep: Sweep[Any], bound: str) -> None:
        """One more thread for this kind and bound; when it has its number, one of them goes on afterwards."""
        with self._lock:
            if self._stopped.is_set():
                return
            if self._at_work[sweep.name, bound] >= sweep.threads():
                self._called_meanwhile.add((sweep.name, bound))
                return
            self._at_work[sweep.name, bound] += 1
            self._pool.submit(self._work, sweep, bound)

    def _work(self, sweep: Sweep[Any], bound: str) -> None:
        ends_at, has_left = time.monotonic() + sweeps.TURN_SECONDS, False
        try:
            while not self._stopped.is_set() and time.monotonic() < ends_at:
                step = sweeps.step(sweep, bound)
                if step.claimed and step.more:
                    if step.claimed == sweep.batch:  # there is more than one thread's worth
                        self._employ(sweep, bound)
                    continue
                if has_left := self._leaves(sweep, bound):
                    break
        except DatabaseError as error:
            log.warning("sweeper.database", sweep=sweep.name, error=type(error).__name__)
            connection.close()
        except Exception:
            log.exception("sweeper.failed", sweep=sweep.name)
            connection.close()
        finally:
            if not has_left:
                with self._lock:
                    self._at_work[sweep.name, bound] -= 1
            close_old_connections()

    def _leaves(self, sweep: Sweep[Any], bound: str) -> bool:
        """False when one more was wanted while all were at work: then this one goes on."""
        with self._lock:
            called = (sweep.name, bound) in self._called_meanwhile
            self._called_meanwhile.discard((sweep.name, bound))
            if not called:
                self._at_work[sweep.name, bound] -= 1
        return not called


def _keep_connection() -> None:
    """A thread's connection is made once, not for each look."""
    connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}
    connection.close_at = None


# The sweeper of this process, if it is a worker: what a message wakes.
_current: list[Sweeper] = []


def run_in_this_process(sweeper: Sweeper) -> None:
    _current.append(sweeper)
    hints.answer_here(wake)
    sweeper.start()


def wake(lane: str) -> bool:
    """True when a sweeper of this process has that lane."""
    for sweeper in _current:
        if lane in sweeper.lanes:
            sweeper.wake(lane)
            return True
    return False
