"""Copies of single rows that every request asks for, kept in Redis beside the database: the database has the last word.

Never of staff. Whoever looks for a copy in vain leaves a token, and may keep what she reads only while that token lies
there. Whoever changes a row puts a mark in place of copy and tokens before the change commits, and takes it away after:
so no copy is kept of what was read before. A process that dies between the two leaves a mark, and nothing stale. Redis
away: everything is asked of the database; a copy that could not be closed is believed to the end of its seconds.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import connection, models, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from privacy.crypto import as_text, from_text
from privacy.fields import EncryptedTextField, Sealed

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=models.Model)

_CLOSED = b"-"
# Longer than any statement may take (statement_timeout), so longer than the change that it stands for.
_CLOSED_SECONDS = 90
# A Redis that does not answer is not asked again for a moment: pages go on without it.
_SILENCE_SECONDS = 2.0
_silent_until = 0.0

# A copy that says whose it is ("7|…"), and with it the copies of that account in other kinds.
_GET_WITH = """
local found = {redis.call('GET', KEYS[1])}
local user = found[1] and string.match(found[1], '^(%d+)|')
if user then
    for place, prefix in ipairs(ARGV) do found[place + 1] = redis.call('GET', prefix .. user) end
end
return found
"""
# Only over the token of who has read the row.
_KEEP = "if redis.call('GET', KEYS[1]) == ARGV[3] then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end"
# Written by whoever has just saved the row: nobody's mark is overwritten.
_PUT = "if redis.call('GET', KEYS[1]) ~= ARGV[3] then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end"
_TOKEN = b"?"
_TOKEN_SECONDS = 30
_NO_COPY = (_CLOSED, _TOKEN)
_NO_ROW = "null"


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
    )


# What came along with another copy, by its full key, until this request is over.
_along: ContextVar[dict[str, bytes] | None] = ContextVar("work.beside.along", default=None)
_by_account: list[str] = []


@contextmanager
def one_visitor() -> Iterator[None]:
    """Around a request: copies that came along with the session's are asked for no more while it lasts, unless this
    request changes their rows."""
    token = _along.set({})
    try:
        yield
    finally:
        _along.reset(token)


class Beside:
    """Texts by key. name: of the kind of row. seconds: how long a copy is believed when nobody closes it. by_account:
    the keys are accounts' ids, and what is kept of an account comes along with her session."""

    def __init__(self, name: str, *, seconds: int, by_account: bool = False) -> None:
        self._prefix = f"portal:beside:{name}:"
        self._seconds = seconds
        if by_account:
            _by_account.append(self._prefix)
        self._mine = threading.local()  # the key last looked for in vain by this thread, and the token left there

    @property
    def is_used(self) -> bool:
        return bool(settings.KEPT_BESIDE)

    def get(self, key: object) -> str | None:
        """The copy; None when there is none: ask the database, then `keep` what it said."""
        name = f"{self._prefix}{key}"
        found = (_along.get() or {}).get(name) or _asked(lambda: _redis().get(name))
        return self._read(name, found)

    def get_with_account(self, key: object) -> str | None:
        """`get` of a text that begins with whose it is ("7|…"), and what is kept by her account comes along."""
        name = f"{self._prefix}{key}"
        found, *along = _asked(lambda: _redis().eval(_GET_WITH, 1, name, *_by_account)) or [None]
        text = self._read(name, found)
        if text is None:
            return None
        user, _bar, text = text.partition("|")
        kept = _along.get()
        if kept is not None:
            came = zip(_by_account, along, strict=False)
            kept.update((prefix + user, copy) for prefix, copy in came if copy and not copy.startswith(_NO_COPY))
        return text

    def _read(self, name: str, found: bytes | None) -> str | None:
        if found is None:
            token = _TOKEN + secrets.token_hex(8).encode()
            is_ours = _asked(lambda: _redis().set(name, token, nx=True, ex=_TOKEN_SECONDS))
            self._mine.token = (name, token) if is_ours else None
            return None
        return None if found.startswith(_NO_COPY) else found.decode()

    def keep(self, key: object, text: str) -> None:
        """What was read after `get` had found nothing, unless somebody has changed it meanwhile."""
        name = f"{self._prefix}{key}"
        mine, self._mine.token = getattr(self._mine, "token", None), None
        if mine is not None and mine[0] == name:
            _asked(lambda: _redis().eval(_KEEP, 1, name, text, self._seconds, mine[1]))

    def put(self, key: object, text: str) -> None:
        """What was just saved, in place of the copy."""
        self._forget(f"{self._prefix}{key}")
        _asked(lambda: _redis().eval(_PUT, 1, f"{self._prefix}{key}", text, self._seconds, _CLOSED))

    def close(self, *keys: object) -> None:
        """Before a change of these rows: no copy of them is believed, and none is kept, until it has committed. Outside
        a transaction, when that is not known here, for as long as a statement may take."""
        if not self.is_used or not keys:
            return
        names = [f"{self._prefix}{key}" for key in keys]
        self._forget(*names)
        self._tell(lambda pipe: [pipe.set(name, _CLOSED, ex=_CLOSED_SECONDS) for name in names])
        if connection.in_atomic_block:
            transaction.on_commit(lambda: self._tell(lambda pipe: pipe.delete(*names)))

    def _forget(self, *names: str) -> None:
        for name in names:
            (_along.get() or {}).pop(name, None)

    def _tell(self, what: Callable[[Any], object]) -> None:
        """Whatever Redis did a moment ago."""
        try:
            with _redis().pipeline(transaction=False) as pipe:
                what(pipe)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("beside.not_told", kind=self._prefix, error=type(error).__name__)


def _asked(ask: Callable[[], Any]) -> Any:
    """None where Redis does not answer."""
    global _silent_until  # noqa: PLW0603  (one Redis, one memory of it)
    if not settings.KEPT_BESIDE or time.monotonic() < _silent_until:
        return None
    try:
        return ask()
    except redis.RedisError as error:
        _silent_until = time.monotonic() + _SILENCE_SECONDS
        log.warning("beside.silent", error=type(error).__name__)
        return None


class RowsBeside(Generic[M]):
    """Rows of one model, as they lie in the database: what is sealed there stays sealed."""

    def __init__(self, model: type[M], beside: Beside) -> None:
        self._model = model
        self._beside = beside
        self._names = [field.attname for field in model._meta.concrete_fields]
        self._readers = [_reader(field) for field in model._meta.concrete_fields]
        self._sealed = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]

    def get(self, key: object) -> M | None:
        return self.look(key)[0]

    def look(self, key: object) -> tuple[M | None, bool]:
        """The row, and whether that is known: (None, True) is a copy that says there is none."""
        text = self._beside.get(key)
        if text is None:
            return None, False
        if text == _NO_ROW:
            return None, True
        values = json.loads(text)
        if len(values) != len(self._names):  # of another version of the product
            return None, False
        read = [None if value is None else reader(value) for reader, value in zip(self._readers, values, strict=True)]
        return self._model.from_db("default", self._names, read), True

    def keep(self, key: object, row: M | None) -> None:
        """row: just read; None: just looked for in vain. One of which something was opened is not kept."""
        if row is None:
            self._beside.keep(key, _NO_ROW)
            return
        loaded = row.__dict__
        if any(loaded.get(name) and not isinstance(loaded[name], Sealed) for name in self._sealed):
            return
        if all(name in loaded for name in self._names):
            self._beside.keep(key, json.dumps([loaded[name] for name in self._names], default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, Sealed):
        return as_text(value.token)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not kept beside the database")


def _same(value: Any) -> Any:
    return value


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """From the JSON value to what the database gives."""
    if isinstance(field, EncryptedTextField):
        return lambda value: Sealed(from_text(value)) if value else value
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, models.DateField):
        return date.fromisoformat
    if isinstance(field, models.UUIDField):
        return UUID
    return _same
