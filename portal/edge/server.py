"""What granian serves: `granian --interface rsgi portal.edge.server:application`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import django
import structlog

from portal.start import plain_refusals, settle_down

if TYPE_CHECKING:
    from portal.edge.handling import Edge, Wire

log = structlog.get_logger(__name__)


class Application:
    """One per worker process. granian calls `__rsgi_init__` before the first request."""

    def __init__(self) -> None:
        self.edge: Edge | None = None

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        with plain_refusals("web server"):
            django.setup()
        # Only now: the rest of the edge speaks of the site's models.
        from portal.edge.handling import Edge
        from portal.wsgi import application as site

        self.edge = Edge(site)
        settle_down()

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        if self.edge is not None:
            self.edge.threads.shutdown(wait=False, cancel_futures=True)

    async def __rsgi__(self, scope: Any, wire: Wire) -> None:
        if scope.proto != "http" or self.edge is None:
            raise RuntimeError(f"{scope.proto}: only http is served here")
        try:
            await self.edge(scope, wire)
        except Exception as error:
            # Django answers for its own errors; this is the edge's, and the caller must not wait for ever.
            log.exception("edge.failed", error=type(error).__name__)
            wire.response_bytes(500, [("content-type", "text/plain; charset=utf-8")], b"500")


application = Application()
