"""The database and the broker cannot take over a port that is held for them: between our letting go and their taking,
somebody may be faster. Then they get the next one; nobody is told to delete data."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from launch import ports, processes
from launch import supervisor as supervisor_module
from launch.places import postgres_place, remove_cluster_folder
from launch.postgres_server import Cluster, Passwords
from launch.processes import CannotStart, Portal
from launch.secret_store import token
from launch.supervisor import Service, Supervisor
from launch.terminal import Step, Terminal
from tests.servers import FOLDER, LEASE, Lease

pytestmark = pytest.mark.faults


class Thief:
    """Takes each of the first ports that are let go, before the server for which it was held."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stack: ExitStack, *, how_many: int) -> None:
        self.stolen: list[int] = []
        let_go = ports.Claim.release

        def steal(claim: ports.Claim) -> None:
            let_go(claim)
            if len(self.stolen) < how_many:
                somebody = stack.enter_context(socket.socket())
                somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                somebody.bind(("127.0.0.1", claim.port))
                somebody.listen()
                self.stolen.append(claim.port)

        monkeypatch.setattr(ports.Claim, "release", steal)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = FOLDER / "runs" / f"race-{os.getpid()}"
    made.mkdir(parents=True)
    yield made
    remove_cluster_folder(made / "pg")
    shutil.rmtree(made)


@pytest.fixture
def portal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    secrets = {name: token() for name in processes.SERVER_SECRETS}
    monkeypatch.setattr(processes, "POSTGRES_PORT", ports.any_free())
    monkeypatch.setattr(processes, "REDIS_PORT", ports.any_free())
    terminal = Terminal()
    with Supervisor(log_folder=folder / "log", terminal=terminal) as supervisor:
        yield Portal(folder, supervisor, terminal, "127.0.0.1", ports.claim(ports.any_free()), secrets)


def test_both_get_the_next_port_when_theirs_is_snatched(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        thief = Thief(monkeypatch, stack, how_many=1)
        portal.start_database(Step())
        assert thief.stolen == [processes.POSTGRES_PORT]
        assert urlsplit(portal.env["DATABASE_URL"]).port not in (None, *thief.stolen)
        with psycopg.connect(portal.owner_url) as owner:
            assert owner.execute("SELECT current_user").fetchone() == ("portal_owner",)
        thief = Thief(monkeypatch, stack, how_many=1)
        portal.start_broker(Step())
        assert thief.stolen == [processes.REDIS_PORT]
        with redis.Redis.from_url(portal.env["REDIS_URL"]) as client:
            assert client.ping()


def test_when_every_port_is_snatched_the_servers_own_words_are_shown(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        Thief(monkeypatch, stack, how_many=100)
        with pytest.raises(CannotStart, match="broker could not be started") as refusal:
            portal.start_broker(Step())
    assert "in use" in str(refusal.value)
    assert "make reset" not in str(refusal.value), "that deletes the data"


def test_a_strangers_database_on_the_port_is_not_taken_for_ours(folder: Path, pytestconfig: pytest.Config) -> None:
    """It refuses our password; that is no reason to speak of `make reset`."""
    lease: Lease = pytestconfig.stash[LEASE]
    port = urlsplit(lease.owner_url()).port or 0
    cluster = Cluster(postgres_place(folder / "pg"), port, Passwords("not", "the", "right ones"))
    assert cluster.is_ready(os.getpid()) is False
    with pytest.raises(RuntimeError, match="does not know the password"):
        cluster.is_ready()


def test_an_owners_address_that_somebody_gave_is_inherited_by_nobody(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://portal_app:a@db.example/portal")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://portal_owner:b@db.example/portal")
    portal.start_database(Step())
    assert portal.owner_url == "postgres://portal_owner:b@db.example/portal"
    told = portal.supervisor.start(portal.python("told", "-c", "import os; print(sorted(os.environ), flush=True)"))
    told.process.wait(20)
    portal.supervisor.forget(told)
    said = portal.supervisor.log_of("told").read_text()
    assert "'DATABASE_URL'" in said
    assert "DATABASE_OWNER_URL" not in said
    assert "DATABASE_OWNER_URL" not in os.environ


def test_who_was_a_child_before_is_no_services_orphan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's sandbox is a child of the test process too; the supervisor in it once killed it with its services."""
    monkeypatch.setattr(supervisor_module, "ORPHANS_END_WITHIN_SECONDS", 0.1)
    earlier = subprocess.Popen(["sleep", "60"])
    try:
        with Supervisor(log_folder=folder / "log", terminal=Terminal()) as supervisor:
            service = supervisor.start(Service("brief", [sys.executable, "-c", "print('done')"]))
            service.process.wait(20)
            supervisor.forget(service)
        assert earlier.poll() is None
    finally:
        earlier.kill()
        earlier.wait()
