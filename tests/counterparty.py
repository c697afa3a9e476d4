"""A partner inside the test's own process, over real HTTP: it answers what the test tells it to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it arrived. target: path and query as on the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """pieces are sent one by one: an answer may come drop by drop."""

    status: int = 200
    pieces: tuple[bytes, ...] | Iterator[bytes] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes, status: int = 200, **headers: str) -> Answer:
        return cls(status, (body,), headers)


@contextmanager
def answering(answer: Callable[[Asked], Answer | None], *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers so; None hangs up without a word."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(Asked(self.command, self.path, dict(self.headers), body))
            if said is None:
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            for piece in said.pieces:
                self.wfile.write(piece)
                self.wfile.flush()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # A caller that has heard enough hangs up.
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
