"""The processes of `make run`: what each one is, with what command and environment it runs, when it counts as up.

To add one (a proxy before the web, say): a method `start_...` here that calls `self.supervisor.start(Service(...))`
and waits with `self.until(...)`, and a `with portal.step(...)` in `up.start()`. The supervisor keeps it up, stops it in
the order of `stop_rank`, and writes its log to var/log.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from launch import demo_partners, edge_server, ports, web_server
from launch.fingerprint import DATABASE_PATTERNS, FILES_PATTERNS, fingerprint
from launch.places import CHECKOUT, postgres_place
from launch.postgres_server import APP_ROLE, OWNER_ROLE, Cluster, Passwords
from launch.redis_server import RedisServer
from launch.supervisor import Running, Service, Supervisor, ended_how
from launch.terminal import Step, Terminal, shown, tail

SANDBOX_PORT, POSTGRES_PORT, REDIS_PORT, WEB_BEHIND_NGINX_PORT = 8900, 54329, 63799, 18000
ANSWERS_WITHIN_SECONDS = 120
PORT_ATTEMPTS = 5
SERVER_SECRETS = ("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD")
# Whoever has it can change what the database is; only `manage.py prepare` may.
OWNER_URL = "DATABASE_OWNER_URL"
WORKER = (
    *("-m", "celery", "-A", "portal", "worker", "--loglevel=INFO"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)
LANES_OF_WORKERS = {"worker": "codes,money", "worker-bulk": "notices,campaign,chores"}
# A line of ours (console or JSON form) or of granian's that somebody at the terminal should see.
PROBLEM = re.compile(
    r'\[(?:error|critical|ERROR|CRITICAL) *\] *(.*)|"level": *"(?:error|critical)".*"event": *"([^"]*)'
)


class CannotStart(RuntimeError):
    """Said to the person at the terminal as it is."""


class StopAsked(Exception):
    """Ctrl-C while starting."""


@dataclass
class Portal:
    """One start of the portal: its folder, its supervisor, and the environment its processes get."""

    var: Path
    supervisor: Supervisor
    terminal: Terminal
    host: str
    web: ports.Claim
    secrets: dict[str, str]
    env: dict[str, str] = field(default_factory=dict)
    owner_url: str = ""
    taken: set[int] = field(default_factory=set)
    held: list[ports.Claim] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A line at the terminal. Raises StopAsked at its end if somebody pressed Ctrl-C meanwhile."""
        with self.terminal.step(name) as step:
            yield step
            if self.supervisor.stop_asked:
                raise StopAsked

    # -- coming up ----------------------------------------------------------------------------------------------------

    def until(self, running: Running, is_ready: Callable[[], bool]) -> None:
        """Returns when it is ready. Raises CannotStart if it ends or is not in time, StopAsked."""
        name = running.service.name
        if self._comes_up(running, is_ready):
            return
        code = running.process.returncode
        reason = f"ended while starting ({ended_how(code)})" if code is not None else "does not answer"
        raise CannotStart(f"{name} {reason}. The end of {self.log(name)}")

    def _comes_up(self, running: Running, is_ready: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while running.process.poll() is None and time.monotonic() < deadline:
            if self.supervisor.stop_asked:
                raise StopAsked
            if is_ready():
                return True
            self.supervisor.pump(0.05)
        return False

    def log(self, name: str) -> str:
        """A log's name and its last lines, for the end of a sentence."""
        path = self.supervisor.log_of(name)
        return f"{shown(path)}:\n{tail(path)}"

    def _hold(self, wanted: int) -> ports.Claim:
        """For servers that share a port: ours as long as we live, whoever serves it dies and comes back."""
        claim = ports.claim_from(wanted, taken=self.taken)
        claim.share()
        self.taken.add(claim.port)
        self.held.append(claim)
        return claim

    def _start_on_a_free_port(self, wanted: int, make: Callable[[int], tuple[Service, Callable[[int], bool]]]) -> int:
        """For servers that do not share a port: between our look and theirs somebody may take it, then the next one."""
        for _ in range(PORT_ATTEMPTS):
            claim = ports.claim_from(wanted, taken=self.taken)
            self.taken.add(claim.port)
            service, is_ready = make(claim.port)
            claim.release()
            running = self.supervisor.start(service)
            with contextlib.suppress(CannotStart):
                self.until(running, lambda: is_ready(running.process.pid))  # noqa: B023  (called at once)
                return claim.port
            if running.process.poll() is None or not _is_taken(claim.port):
                break
            self.supervisor.forget(running)
        raise CannotStart(f"{service.name} could not be started. The end of {self.log(service.name)}")

    # -- servers ------------------------------------------------------------------------------------------------------

    def start_database(self, step: Step) -> None:
        """Sets DATABASE_URL and the owner's address; the cluster is made on the first start."""
        # Out of our own environment too: what is started from here on, whatever it is, inherits it.
        owner_url = os.environ.pop(OWNER_URL, "")
        if given := os.environ.get("DATABASE_URL"):
            self.env["DATABASE_URL"] = given
            self.owner_url = owner_url or given
            self.env["DATABASE_APP_ROLE"] = urlsplit(given).username or APP_ROLE
            step.note("the one in DATABASE_URL")
            return
        place = postgres_place(self.var / "pg")
        passwords = Passwords(*(self.secrets[name] for name in SERVER_SECRETS[:3]))
        if Cluster(place, 0, passwords).initialise():
            step.note("made anew")

        def make(port: int) -> tuple[Service, Callable[[int], bool]]:
            cluster = Cluster(place, port, passwords)
            service = Service(
                "database", cluster.command(), account=place.account, stop_signal=signal.SIGINT, stop_rank=2
            )
            return service, cluster.is_ready

        cluster = Cluster(place, self._start_on_a_free_port(POSTGRES_PORT, make), passwords)
        cluster.bootstrap()
        self.env["DATABASE_URL"] = cluster.url(APP_ROLE)
        self.owner_url = cluster.url(OWNER_ROLE)

    def start_broker(self, step: Step) -> None:
        if given := os.environ.get("REDIS_URL"):
            self.env["REDIS_URL"] = given
            step.note("the one in REDIS_URL")
            return

        def server(port: int) -> RedisServer:
            return RedisServer(self.var / "redis", port, self.secrets["REDIS_PASSWORD"])

        def make(port: int) -> tuple[Service, Callable[[int], bool]]:
            return Service("broker", server(port).command(), stop_rank=2), lambda _pid: server(port).is_ready()

        self.env["REDIS_URL"] = server(self._start_on_a_free_port(REDIS_PORT, make)).url()

    def start_sandbox(self) -> None:
        """The outside world: national platform, bank, WeChat Pay, SMS. Its keys become the partners' variables."""
        claim = self._hold(SANDBOX_PORT)
        url = f"http://127.0.0.1:{claim.port}"
        self.env |= {"SANDBOX_URL": url, "CSP_FORM_ACTION": url}
        folder = self.var / "sandbox"
        running = self.supervisor.start(
            self.python("sandbox", "-m", "sandbox", "--port", str(claim.port), "--data", str(folder), stop_rank=1)
        )
        keys = folder / "sandbox-keys.json"
        self.until(running, lambda: demo_partners.are_written(keys, url) and _answers(f"{url}/healthz"))
        self.env |= demo_partners.variables(keys)

    # -- the portal's own processes -----------------------------------------------------------------------------------

    def python(self, name: str, *arguments: str, stop_rank: int = 0, env: Mapping[str, str] | None = None) -> Service:
        return Service(
            name,
            [sys.executable, *arguments],
            env={**self.env, **(env or {})},
            without=frozenset({OWNER_URL}),
            cwd=CHECKOUT,
            stop_rank=stop_rank,
            problem=PROBLEM,
        )

    def manage(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """A manage.py command to its end. Raises CannotStart when it fails, StopAsked."""
        code = self.supervisor.run_once(self.python(name, "manage.py", *arguments, env=env))
        if self.supervisor.stop_asked:
            raise StopAsked
        if code != 0:
            raise CannotStart(f"`manage.py {arguments[0]}` failed ({ended_how(code)}). The end of {self.log(name)}")

    def prepare(self, step: Step) -> None:
        """Migrations, rights, translations, static files; passed over when nothing of that has changed."""
        stamp = self.var / "prepared"
        # The database's own number: a stamp must not outlive the data it speaks of.
        with psycopg.connect(self.owner_url) as owner:
            database = owner.execute("SELECT system_identifier::text || current_database() FROM pg_control_system()")
            number = str((database.fetchone() or ("",))[0])
        now = fingerprint(DATABASE_PATTERNS + FILES_PATTERNS, number)
        if stamp.exists() and stamp.read_text() == now:
            step.note("nothing new")
            return
        self.manage("prepare", "prepare", "--quick", env={"DATABASE_URL": self.owner_url})
        stamp.write_text(now)

    def start_web(self, step: Step) -> None:
        """The web process; behind nginx when that is installed, which then has the port that people use."""
        self.web.share()
        binary = edge_server.nginx_binary()
        if binary is None:
            self._start_granian(self.host, self.web.port)
            return
        inner = self._hold(WEB_BEHIND_NGINX_PORT)
        self._start_granian("127.0.0.1", inner.port, TRUSTED_PROXY_COUNT="1")
        nginx = edge_server.EdgeServer(
            binary=binary,
            home=self.var / "nginx",
            host=self.host,
            port=self.web.port,
            upstream_port=inner.port,
            static=Path(self.env.get("STATIC_ROOT") or self.var / "static"),
            # In a demonstration everybody comes from one address.
            connections_of_address=1000,
            sign_in_rate="600r/m",
        )
        running = self.supervisor.start(Service("nginx", nginx.command(), cwd=self.var))
        self.until(running, lambda: _answers(f"{self.address()}/healthz"))
        step.note("behind nginx")

    def _start_granian(self, host: str, port: int, **env: str) -> None:
        _python, *command = web_server.command(host=host, port=port)
        # One of its workers that dies is replaced by itself.
        running = self.supervisor.start(self.python("web", *command, "--respawn-failed-workers", env=env))
        self.until(running, lambda: _answers(f"{web_address(host, port)}/healthz"))

    def start_workers(self) -> None:
        """Each takes some lanes: what very many people are told never takes a core from a code or a payment."""
        # As root the demo is root's own affair; on every start Celery would say so in eight lines.
        env = {"PYTHONWARNINGS": "ignore::RuntimeWarning:celery.platforms"}
        started = [
            self.supervisor.start(self.python(name, *WORKER, "--queues", queues, env=env))
            for name, queues in LANES_OF_WORKERS.items()
        ]
        for running in started:
            log = self.supervisor.log_of(running.service.name)
            self.until(running, lambda: b" ready." in log.read_bytes())  # noqa: B023  (called at once)

    def address(self) -> str:
        return web_address(self.host, self.web.port)


def web_address(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens on host:port."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def fresh_folder(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, mode=0o700)
    return path


def _is_taken(port: int) -> bool:
    try:
        ports.claim(port).release()
    except ports.PortTaken:
        return True
    return False


def _answers(url: str) -> bool:
    """True if something answers there; no proxy of the environment is asked."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
