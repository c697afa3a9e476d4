"""granian's scope as the environment that WSGI (PEP 3333) describes."""

from __future__ import annotations

import sys
from typing import Any

_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def of(scope: Any) -> dict[str, Any]:
    """Without `wsgi.input`. scope: granian's RSGIHTTPScope; its path is decoded already."""
    server, _colon, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would arrive under the name of X-Forwarded-For, which a proxy in front vouches for.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in _PLAIN else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority  # HTTP/2 says it there
    return environ


def declared_length(environ: dict[str, Any]) -> int | None:
    """None when the length is not told: chunked."""
    told = environ.get("CONTENT_LENGTH", "")
    return int(told) if told.isascii() and told.isdecimal() and "HTTP_TRANSFER_ENCODING" not in environ else None


def has_body(environ: dict[str, Any]) -> bool:
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0"
