"""Throw-away PostgreSQL and Redis for tests, shared by every test run in this checkout.

`lease()` gives a test run the addresses; the first one starts a keeper process, which ends by itself when nobody has
held a lease for a while (`make test` ends it at once). Files in var/test: `users.lock` is held shared by every test
run, `keeper.lock` by the keeper and its servers, `servers.json` holds the addresses.

    python -m launch.keeper keep|stop FOLDER
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from launch import postgres_server, run_lock, secret_store
from launch.places import CHECKOUT, postgres_place, remove_cluster_folder
from launch.ports import any_free
from launch.postgres_server import Cluster, Passwords
from launch.redis_server import RedisServer
from launch.supervisor import Service, Supervisor

IDLE_SECONDS = 600.0
UP_WITHIN_SECONDS = 90.0
REDIS_DATABASES = 256


@dataclass(frozen=True)
class TestServers:
    """Addresses, without the database at their end (add `/name`, `/number`)."""

    __test__ = False  # pytest: not a test class

    owner_url: str
    app_url: str
    redis_url: str
    redis_databases: int = REDIS_DATABASES


def lease(folder: Path) -> tuple[TestServers, int]:
    """Servers that stay up as long as the returned descriptor is open. Raises RuntimeError if they do not come up."""
    users = run_lock.open_lock(folder / "users.lock")
    if not run_lock.lock_within(users, UP_WITHIN_SECONDS, shared=True):
        raise RuntimeError("the test servers are being stopped and do not come to an end; try again")
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while (servers := _running_servers(folder)) is None:
        # Two at once is no harm: the second finds the keeper's lock taken and leaves.
        starting = subprocess.Popen(
            [sys.executable, "-m", "launch.keeper", "keep", str(folder)],
            cwd=CHECKOUT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "keeper.log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        while servers is None and starting.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
            servers = _running_servers(folder)
        if servers is not None:
            break
        if time.monotonic() > deadline:
            raise RuntimeError(f"the test servers did not come up:\n{(folder / 'keeper.log').read_text()}")
        time.sleep(0.2)
    return servers, users


def _running_servers(folder: Path) -> TestServers | None:
    keeper = run_lock.open_lock(folder / "keeper.lock")
    try:
        if run_lock.try_lock(keeper):
            return None  # nobody keeps anything: what the file says is old
    finally:
        os.close(keeper)
    try:
        return TestServers(**json.loads((folder / "servers.json").read_text()))
    except FileNotFoundError:
        return None


def keep(folder: Path) -> None:
    """The keeper itself: starts both servers, publishes their addresses, ends when idle."""
    lock = run_lock.open_lock(folder / "keeper.lock")
    if not run_lock.try_lock(lock):
        return
    published = folder / "servers.json"
    published.unlink(missing_ok=True)
    made = secret_store.secrets_in(
        folder / "secrets.env", dict.fromkeys(("SUPERUSER", "OWNER", "APP", "REDIS"), secret_store.token)
    )
    # A cluster without fsync may be broken after a crash: make a new one each time, it takes a second.
    remove_cluster_folder(folder / "pg")
    passwords = Passwords(made["SUPERUSER"], made["OWNER"], made["APP"])
    place = postgres_place(folder / "pg")
    cluster = Cluster(place, any_free(), passwords, throw_away=True)
    cluster.initialise()
    redis = RedisServer(folder / "redis", any_free(), made["REDIS"], throw_away=True, databases=REDIS_DATABASES)
    with Supervisor(log_folder=folder / "log", lock=lock) as supervisor:
        postgres = Service("postgres", cluster.command(), account=place.account, stop_signal=signal.SIGINT)
        running = supervisor.start(postgres)
        supervisor.start(Service("redis", redis.command()))
        cluster.wait_until_ready(running.process)
        cluster.bootstrap()
        redis.wait_until_ready()
        servers = TestServers(
            owner_url=cluster.url(postgres_server.OWNER_ROLE, "").rstrip("/"),
            app_url=cluster.url(postgres_server.APP_ROLE, "").rstrip("/"),
            redis_url=redis.url().rpartition("/")[0],
        )
        secret_store.write_private(published, json.dumps(asdict(servers)))
        supervisor.run(until=_IdleWatch(folder))
        published.unlink(missing_ok=True)


class _IdleWatch:
    """Says stop when asked to, when no test run has held a lease for IDLE_SECONDS, or when the folder is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last_used = time.monotonic()

    def __call__(self) -> bool:
        if not self.folder.exists() or (self.folder / "stop").exists():
            return True
        users = run_lock.open_lock(self.folder / "users.lock")
        try:
            if not run_lock.try_lock(users):
                self.last_used = time.monotonic()
            idle = time.monotonic() - self.last_used > IDLE_SECONDS
            if idle:
                # While still holding the lock: whoever comes next must not be sent to servers that are going.
                (self.folder / "servers.json").unlink(missing_ok=True)
            return idle
        finally:
            os.close(users)


def stop(folder: Path) -> bool:
    """Ends the keeper and its servers unless a test run uses them. True if nothing runs any more."""
    users = run_lock.open_lock(folder / "users.lock")
    keeper = run_lock.open_lock(folder / "keeper.lock")
    try:
        if not run_lock.lock_within(users, 2):
            return False
        (folder / "stop").touch()
        return run_lock.lock_within(keeper, 30)
    finally:
        (folder / "stop").unlink(missing_ok=True)
        os.close(keeper)
        os.close(users)


def main(arguments: list[str]) -> int:
    verb, folder = arguments[0], Path(arguments[1]).resolve()
    if verb == "keep":
        keep(folder)
        return 0
    if not stop(folder):
        print("The test servers stay up: another test run is using them.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
