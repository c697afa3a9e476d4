"""The web process as it is run, on a port of its own, and callers that misbehave on bare sockets."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from launch import web_server
from launch.edge_server import EdgeServer, nginx_binary
from launch.guardian import kill_group
from launch.ports import any_free
from tests.servers import CHECKOUT

# A page that does not answer within this does not answer.
PATIENCE_SECONDS = 20
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
COOKIE = "csrftoken=" + "a" * 32


@dataclass
class Site:
    """One way in: granian alone, or nginx before it."""

    port: int
    folder: Path
    has_nginx: bool = False

    def get(self, path: str = "/healthz", patience: float = PATIENCE_SECONDS, **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=patience)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")  # type: ignore[attr-defined]  # for the tests
        connection.close()
        return answer

    def begins(self, head: str, body: bytes = b"") -> socket.socket:
        """A caller who sends this and then nothing."""
        caller = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        caller.sendall(head.replace("\n", "\r\n").encode() + body)
        return caller

    def slow_form(self, *, length: int = 1000) -> socket.socket:
        return self.begins(post("/account/sign-in/", length=length), b"phone=")


def post(path: str, *, length: int | None, cookie: str = COOKIE, kind: str = FORM) -> str:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        f"Cookie: {cookie}",
        f"Content-Type: {kind}",
    ]
    return "\n".join([*head, size, "", ""])


def answer_to(caller: socket.socket) -> str:
    """Everything that comes back until the other side hangs up."""
    told = b""
    try:
        while piece := caller.recv(65536):
            told += piece
    except ConnectionResetError:
        pass  # it told us before it hung up
    return told.decode("utf-8", "replace")


def pours(caller: socket.socket, size: int) -> int:
    """Sends up to `size` bytes as fast as they are taken, until there is an answer; how many were taken."""
    sent, piece = 0, b"x" * 65536
    caller.setblocking(False)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sent < size and time.monotonic() < deadline:
        try:
            if caller.recv(1, socket.MSG_PEEK):
                break
        except BlockingIOError:
            pass
        try:
            sent += caller.send(piece)
        except BlockingIOError:
            time.sleep(0.01)
        except (BrokenPipeError, ConnectionResetError):
            break
    caller.settimeout(PATIENCE_SECONDS)
    return sent


@contextmanager
def web_process(environment: dict[str, str], folder: Path, served: Sequence[str] = web_server.SERVED) -> Iterator[Site]:
    """granian with one worker of two threads, so that little is needed to hold it."""
    port = any_free()
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            web_server.command(host="127.0.0.1", port=port, workers="1", served=served),
            cwd=CHECKOUT,
            env=environment | {"WEB_THREADS": "2", "LOG_FORMAT": "console"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for_port(process, port, folder / "web.log")
        yield Site(port, folder)
    finally:
        kill_group(process.pid)
        process.wait()


def wait_for_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


@contextmanager
def nginx_before(inner: Site, **limits: Any) -> Iterator[Site]:
    """nginx as `make run` starts it, with the limits of production unless told otherwise."""
    binary = nginx_binary()
    if binary is None:
        pytest.skip("no nginx here: `make test` as root installs it, and CI does not go on without")
    home, port = inner.folder / "nginx", any_free()
    static = inner.folder / "static"
    static.mkdir(exist_ok=True)
    (static / "app.0123456789ab.css").write_text("a { color: green }" * 200)
    server = EdgeServer(binary, home, "127.0.0.1", port, inner.port, static, **limits)
    process = subprocess.Popen(server.command(), cwd=inner.folder, start_new_session=True)
    try:
        wait_for_port(process, port, home / "error.log")
        yield Site(port, inner.folder, has_nginx=True)
    finally:
        kill_group(process.pid)
        process.wait()
