"""Loopback ports."""

import socket
from collections.abc import Collection

HIGHEST_PORT = 65535


class NoFreePort(RuntimeError):
    """Every port from the asked one upwards is taken."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True if a server could listen on host:port now (a connection still closing there does not count as taken)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def next_free(wanted: int, *, host: str = "127.0.0.1", taken: Collection[int] = ()) -> int:
    """The first free port from `wanted` upwards that is not in `taken`. Raises NoFreePort."""
    for port in range(wanted, HIGHEST_PORT + 1):
        if port not in taken and is_free(port, host):
            return port
    raise NoFreePort(f"no free port from {wanted} upwards on {host}")


def any_free(host: str = "127.0.0.1") -> int:
    """A port the kernel says is free; another process may still take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
