"""An embedded server that speaks Redis (Valkey): broker and cache, reached over loopback TCP with a password."""

import time
from dataclasses import dataclass
from pathlib import Path

import redis

from launch.places import redis_server_binary
from launch.secret_store import write_private

READY_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class RedisServer:
    """One server with its files in `home`."""

    home: Path
    port: int
    password: str
    throw_away: bool = False
    databases: int = 16

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """The server in the foreground. The password is in a private file, not on the command line that `ps` shows."""
        config = self.home / "redis.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"databases {self.databases}",
            f"requirepass {self.password}",
            "daemonize no",
            "loglevel warning",
            # Hints and caches only: the database row is the queue. Still, keep the file away from half-written states.
            'save ""' if self.throw_away else "save 60 1",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
        ]
        write_private(config, "\n".join(lines) + "\n")
        return [str(redis_server_binary()), str(config), "--dir", str(self.home)]

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url(), socket_timeout=2)

    def is_ready(self) -> bool:
        """True if a server with our password answers."""
        try:
            with self.client() as client:
                client.ping()
        except redis.RedisError:
            return False
        return True

    def wait_until_ready(self) -> None:
        """Returns when the server answers. Raises RuntimeError if it does not in time."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not answer within {READY_WITHIN_SECONDS} s")
            time.sleep(0.05)
