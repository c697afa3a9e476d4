"""A body is awaited piece by piece, to a limit and a deadline, without holding a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile

from granian._granian import RSGIProtocolClosed, RSGIProtocolError

from portal.edge import bounds

Spool = SpooledTemporaryFile[bytes]


class TooLarge(Exception):
    """More bytes than allowed, declared or come."""


class TooSlow(Exception):
    """Silence, or a pace below the slowest."""


class Gone(Exception):
    """The caller hung up before the end."""


async def collect(
    pieces: AsyncIterator[bytes], *, declared: int | None, allowed: int, folder: Path
) -> tuple[Spool, int]:
    """The whole body, rewound, and its length. declared: Content-Length; None: chunked.

    Raises TooLarge (of a declared length before anything is read), TooSlow, Gone.
    """
    if declared is not None and declared > allowed:
        raise TooLarge
    spool: Spool = SpooledTemporaryFile(max_size=bounds.IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115  (handed over open)
    try:
        length = await _fill(spool, pieces, declared=declared, allowed=allowed)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool, length


async def _fill(spool: Spool, pieces: AsyncIterator[bytes], *, declared: int | None, allowed: int) -> int:
    loop = asyncio.get_running_loop()
    length, began = 0, loop.time()
    while True:
        left = began + bounds.BODY_SECONDS + length / bounds.SLOWEST_BYTES_PER_SECOND - loop.time()
        piece = await _next(pieces, seconds=min(bounds.SILENCE_SECONDS, left))
        if not piece:
            break
        length += len(piece)
        if length > allowed:
            raise TooLarge
        spool.write(piece)
    if declared is not None and length < declared:
        raise Gone
    return length


async def _next(pieces: AsyncIterator[bytes], *, seconds: float) -> bytes:
    """The next piece that is not empty; nothing at the end. Raises TooSlow, Gone."""
    try:
        async with asyncio.timeout(seconds):
            # Not `async for`: granian gives its iterator out once.
            while True:
                if piece := await pieces.__anext__():
                    return piece
    except StopAsyncIteration:
        return b""
    except TimeoutError:
        raise TooSlow from None
    except (RSGIProtocolClosed, RSGIProtocolError):
        raise Gone from None


async def throw_away(pieces: AsyncIterator[bytes]) -> None:
    """Read on for a moment after the answer was sent."""
    length = 0
    with suppress(TimeoutError, StopAsyncIteration, RSGIProtocolClosed, RSGIProtocolError):
        async with asyncio.timeout(bounds.LINGER_SECONDS):
            while length < bounds.LINGER_BYTES:
                length += len(await pieces.__anext__())
