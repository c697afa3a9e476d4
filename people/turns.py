"""One question about people at a time for each account, and so many a day: a hundred sent at once would all be counted
too late.

A turn is a row with a time at which it is over. It is held without a transaction, since none is open while the platform
is asked, and without a lock of the session, since a connection may be another one for each statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Busy
from people.models import LookUpTurn
from work.writes import Sql, insert_sql, run, update_sql

# Longer than the platform may take for all that is asked in a turn.
LASTS = timedelta(seconds=75)

# Somebody who is just ending it is not waited for. What counts is read by the same statement, after the last turn.
_TAKE = """
    WITH free AS (
        SELECT user_id FROM people_lookupturn WHERE user_id = %s AND until <= %s FOR UPDATE SKIP LOCKED
    ), again AS (
        UPDATE people_lookupturn AS turn SET until = %s FROM free WHERE turn.user_id = free.user_id RETURNING 1
    ), first AS (
        INSERT INTO people_lookupturn (user_id, until) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT ({counted}) FROM (SELECT FROM again UNION ALL SELECT FROM first) AS taken
"""


class Turn:
    """so_far: how many of what counts the account has had."""

    def __init__(self, user: User, so_far: int, now: datetime) -> None:
        self._user, self._now = user, now
        self.so_far = so_far
        self._is_over = False

    def end(self, *counted: models.Model, beside: Sequence[Sql] = ()) -> None:
        """counted: new rows of what counts, written with the end in one statement; beside: what else it writes."""
        if writes := [*beside, *self.ending(*counted)]:
            run(*writes)

    def ending(self, *counted: models.Model) -> list[Sql]:
        """What `end` writes, for whoever writes more in the same statement."""
        writes = [insert_sql(counted)] if counted else []
        if not self._is_over:
            writes.append(update_sql(LookUpTurn.objects.filter(pk=self._user.pk), {"until": self._now}))
        self._is_over = True
        return writes


@contextmanager
def turn(user: User, *, counted: Sql, now: datetime) -> Iterator[Turn]:
    """counted: a query for the rows of this account that count against its limit. Raises look_up_in_progress."""
    so_far = _take(user, counted, now)
    if so_far is None:
        raise Busy("look_up_in_progress", _("We are still looking up the person before. Please wait a moment."))
    mine = Turn(user, so_far, now)
    try:
        yield mine
    finally:
        mine.end()


def _take(user: User, counted: Sql, now: datetime) -> int | None:
    which, params = counted
    how_many, until = f"SELECT count(*) FROM ({which}) AS counted", now + LASTS  # noqa: S608  (a query of ours)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(counted=how_many), [user.pk, now, until, user.pk, until, *params])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
