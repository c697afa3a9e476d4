"""Ports: which are free, and holding one until the server that shall serve it does."""

import errno
import socket
from collections.abc import Collection
from dataclasses import dataclass

HIGHEST_PORT = 65535


class PortTaken(RuntimeError):
    """Something serves this port already, or another start has claimed it."""


class NoFreePort(RuntimeError):
    """Every port from the asked one upwards is taken."""


@dataclass(frozen=True)
class Claim:
    """A port that nobody else gets while this is held. It is not served: who connects is refused.

    A server that shares its port among workers (SO_REUSEPORT, as granian does) takes it over by `share()`, and the
    claim goes on keeping others off while the server is started anew; any other server needs `release()` first.
    """

    port: int
    held: socket.socket

    def share(self) -> None:
        """Lets processes of this account listen here with SO_REUSEPORT; all others are still refused."""
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)

    def release(self) -> None:
        self.held.close()


def claim(port: int, host: str = "127.0.0.1") -> Claim:
    """Raises PortTaken, OSError for a host that is none of this machine, PermissionError for a port only root may use.

    Two portals checking a port at the same moment would both find it free, and SO_REUSEPORT would let both serve it:
    each would get half of the other's visitors. So the port is taken here, in one step, and kept.
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # With this, connections of an earlier run that are still closing do not count; of two who listen() one fails.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
        held.listen(0)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        # Ends the listening and keeps the port: nobody waits in a queue that nobody serves.
        held.shutdown(socket.SHUT_RDWR)
    except OSError as refusal:
        held.close()
        if refusal.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} is taken") from refusal
        raise
    return Claim(port, held)


def claim_from(wanted: int, *, host: str = "127.0.0.1", taken: Collection[int] = ()) -> Claim:
    """Claims the first port from `wanted` upwards that is free and not in `taken`. Raises NoFreePort, OSError."""
    for port in range(wanted, HIGHEST_PORT + 1):
        if port not in taken:
            try:
                return claim(port, host)
            except PortTaken:
                continue
    raise NoFreePort(f"no free port from {wanted} upwards on {host}")


def any_free(host: str = "127.0.0.1") -> int:
    """A port the kernel says is free; another process may still take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
