"""The filling itself, in a process that has Django and a database with the demonstration that nobody else uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from bench.fill import city
from bench.fill.copies import Copier
from bench.fill.indexes import asleep, awake
from bench.fill.rooms import ROOMS
from bench.fill.samples import Samples
from bench.fill.sizes import Sizes
from core import clock

_SETTINGS = ("session_replication_role = replica", "maintenance_work_mem = '256MB'", "work_mem = '128MB'")


def fill(sizes: Sizes, *, url: str, say: Callable[[str], None]) -> None:
    """url: whom Django signs in as too: a role that may let guards sleep (session_replication_role)."""
    now = clock.now()
    samples = Samples(now)
    years = samples.plan_years()
    with psycopg.connect(url, autocommit=True) as writes, psycopg.connect(url, autocommit=True) as reads:
        for setting in _SETTINGS:
            writes.execute(f"SET {setting}")
        copier = Copier(writes, reads, say=say)
        for statement in city.statements(sizes, years, now=now):
            copier.run(statement)
        say(f"{sizes.people:,} people are placed")
        dropped = asleep(writes)
        with _guards_asleep():
            for room in ROOMS:
                room(copier, samples)
        say(f"{len(dropped)} indexes are built again")
        awake(writes, dropped)
        copier.run("DROP SCHEMA fill CASCADE")
        say("done")


@contextmanager
def _guards_asleep() -> Iterator[None]:
    """For samples that no action of the demonstration comes to: on Django's own connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")
