"""A request from the wire to Django and back. Bodies are awaited here; Django is called in one of WEB_THREADS
threads, with the body whole.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar, TypeVarTuple, Unpack

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import HttpResponseBase

from accounts.clients import client_ip
from core.errors import DomainError
from portal.edge import body, bounds, door, environment
from portal.edge.seats import Full, Seats

R = TypeVar("R")
A = TypeVarTuple("A")
Headers = list[tuple[str, str]]
Environ = dict[str, Any]
Site = Callable[[Environ, Any], Any]  # a WSGI application


class Transport(Protocol):
    async def send_bytes(self, data: bytes) -> None: ...


class Wire(Protocol):
    """granian's RSGIHTTPProtocol."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Transport: ...


@dataclass
class Answer:
    """rest: what is still to be read after `start`, and to be closed; None when that was all."""

    status: int
    headers: Headers
    start: bytes
    rest: Iterable[bytes] | None = None


class Edge:
    """One per worker process."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.threads = ThreadPoolExecutor(int(os.environ.get("WEB_THREADS", "4")), thread_name_prefix="django")
        self.door = door.Door()
        self.waiting = Seats(in_all=bounds.WAITING, of_one=bounds.WAITING_OF_ADDRESS)
        self.large = Seats(in_all=bounds.LARGE_WAITING, of_one=bounds.LARGE_OF_ACCOUNT)
        self.folder = Path(settings.VAR_DIR) / "incoming"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def __call__(self, scope: Any, wire: Wire) -> None:
        environ = environment.of(scope)
        if not environment.has_body(environ):
            await self._send(wire, await self._in_thread(_call, self.site, {**environ, "wsgi.input": BytesIO()}))
            return
        pieces = aiter(wire)
        with ExitStack() as seats:
            try:
                received = await self._receive(pieces, environ, seats)
            except body.Gone:
                wire.response_bytes(400, [("connection", "close")], b"")
                return
        if isinstance(received, HttpResponseBase):
            await self._send(wire, await self._in_thread(_answer_of, received))
            await body.throw_away(pieces)
            return
        spool, length = received
        try:
            environ |= {"wsgi.input": spool, "CONTENT_LENGTH": str(length)}
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            await self._send(wire, await self._in_thread(_call, self.site, environ))
        finally:
            spool.close()

    async def _receive(
        self, pieces: AsyncIterator[bytes], environ: Environ, seats: ExitStack
    ) -> tuple[IO[bytes], int] | HttpResponseBase:
        """The body, or the page that says why it was not read. Raises body.Gone."""
        declared = environment.declared_length(environ)
        allowed = bounds.FREE_BODY_BYTES
        try:
            seats.enter_context(self.waiting.seat(client_ip(WSGIRequest({**environ, "wsgi.input": BytesIO()}))))
            if declared is None or declared > allowed:
                admitted = await self._in_thread(self.door.ask, {**environ, "wsgi.input": BytesIO()})
                if not isinstance(admitted, door.Admitted):
                    return admitted
                await self._in_thread(admitted.close)
                allowed = admitted.allowed
                seats.enter_context(self.large.seat(admitted.account or environ["REMOTE_ADDR"]))
            return await body.collect(pieces, declared=declared, allowed=allowed, folder=self.folder)
        except Full:
            return await self._refuse(environ, door.no_seat())
        except body.TooLarge:
            return await self._refuse(environ, door.too_large(allowed // (1024 * 1024)))
        except body.TooSlow:
            return await self._refuse(environ, door.too_slow())

    async def _refuse(self, environ: Environ, error: DomainError) -> HttpResponseBase:
        return await self._in_thread(self.door.refuse, {**environ, "wsgi.input": BytesIO()}, error)

    async def _in_thread(self, function: Callable[[Unpack[A]], R], *arguments: *A) -> R:
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    async def _send(self, wire: Wire, answer: Answer) -> None:
        if answer.rest is None:
            wire.response_bytes(answer.status, answer.headers, answer.start)
            return
        pieces = iter(answer.rest)
        try:
            transport = wire.response_stream(answer.status, answer.headers)
            piece: bytes | None = answer.start
            while piece is not None:
                # Awaits the reader: a slow one holds no thread.
                await transport.send_bytes(piece)
                piece = await self._in_thread(next, pieces, None)
        finally:
            await self._in_thread(_close, answer.rest)


def _call(site: Site, environ: Environ) -> Answer:
    """The site's answer; what does not fit in one piece stays with the answer, unread."""
    told: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, _exc_info: object = None) -> None:
        told.append((int(status.split(" ", 1)[0]), headers))

    response = site(environ, start_response)
    status, headers = told[0]
    return _in_one_piece(status, headers, response)


def _answer_of(response: HttpResponseBase) -> Answer:
    headers = [*response.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())]
    return _in_one_piece(response.status_code, headers, response)


def _in_one_piece(status: int, headers: Headers, response: Iterable[bytes]) -> Answer:
    start = bytearray()
    pieces = iter(response)
    for piece in pieces:
        start += piece
        if len(start) > bounds.ONE_PIECE_BYTES:
            return Answer(status, headers, bytes(start), _Rest(pieces, response))
    _close(response)
    return Answer(status, headers, bytes(start))


class _Rest:
    """The pieces not yet read, and the response to close after them."""

    def __init__(self, pieces: Iterable[bytes], response: object) -> None:
        self.pieces, self.response = pieces, response

    def __iter__(self) -> Any:
        return self.pieces

    def close(self) -> None:
        _close(self.response)


def _close(response: object) -> None:
    close = getattr(response, "close", None)
    if close is not None:
        close()
