"""The command of the web process, for `make run`, for production and for the tests."""

import os
import sys
from collections.abc import Sequence

SERVED = ("--interface", "rsgi", "portal.edge.server:application")


def command(*, host: str, port: int, workers: str | None = None, served: Sequence[str] = SERVED) -> list[str]:
    """granian with our own edge (portal/edge) between the wire and Django."""
    return [
        sys.executable, "-m", "granian", *served,
        "--host", host, "--port", str(port), "--workers", workers or os.environ.get("WEB_WORKERS", "2"),
        # Whoever does not finish a request's head in time is let go, and so is an idle connection.
        "--http1-header-read-timeout", "10000", "--backlog", "2048",
        "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
