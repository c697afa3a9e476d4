"""Everything up under one supervisor: database, broker, sandbox, web, worker, beat. Ctrl-C stops it all.

    python -m portal.services.up [--host 127.0.0.1] [--port 8000] [--no-demo]     (also: manage.py up)

With DATABASE_URL (and DATABASE_OWNER_URL) or REDIS_URL in the environment, those servers are used.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from portal.services import demo_partners, run_env, run_lock, web_server
from portal.services.demo_clock import remembered_shift
from portal.services.fingerprint import DATABASE_PATTERNS, FILES_PATTERNS, fingerprint
from portal.services.places import CHECKOUT, postgres_place
from portal.services.ports import next_free
from portal.services.postgres_server import APP_ROLE, OWNER_ROLE, Cluster, Passwords
from portal.services.redis_server import RedisServer
from portal.services.secret_store import key_32_bytes, read_env_file, secrets_in, token
from portal.services.supervisor import Service, Supervisor

WEB_PORT, SANDBOX_PORT, POSTGRES_PORT, REDIS_PORT = 8000, 8900, 54329, 63799
PREVIOUS_STOPS_WITHIN_SECONDS = 45
WEB_ANSWERS_WITHIN_SECONDS = 60
SANDBOX_ANSWERS_WITHIN_SECONDS = 60
SECRETS = {
    "SECRET_KEY": token,
    "FIELD_KEY": key_32_bytes,
    "BLIND_INDEX_KEY": key_32_bytes,
    "POSTGRES_PASSWORD": token,
    "OWNER_PASSWORD": token,
    "APP_PASSWORD": token,
    "REDIS_PASSWORD": token,
}
SERVER_SECRETS = ("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD")


class CannotStart(RuntimeError):
    """Said to the person at the terminal as it is."""


@dataclass
class Portal:
    """One start of the portal: its folder, its supervisor, and the environment its processes get."""

    var: Path
    supervisor: Supervisor
    host: str
    web_port: int
    secrets: dict[str, str]
    env: dict[str, str] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    def port(self, wanted: int, what: str, host: str = "127.0.0.1") -> int:
        """The wanted port or the next free one, saying so."""
        found = next_free(wanted, host=host, taken=self.taken)
        if found != wanted:
            self.supervisor.say(f"port {wanted} is taken, {what} uses {found}")
        self.taken.add(found)
        return found

    def say(self, text: str) -> None:
        self.supervisor.say(text)

    # -- servers ------------------------------------------------------------------------------------------------------

    def start_database(self) -> None:
        """Sets DATABASE_URL and DATABASE_OWNER_URL; the cluster is made on the first start."""
        if given := os.environ.get("DATABASE_URL"):
            self.env["DATABASE_URL"] = given
            self.env["DATABASE_OWNER_URL"] = os.environ.get("DATABASE_OWNER_URL") or given
            self.env["DATABASE_APP_ROLE"] = urlsplit(given).username or APP_ROLE
            return
        place = postgres_place(self.var / "pg")
        passwords = Passwords(*(self.secrets[name] for name in SERVER_SECRETS[:3]))
        cluster = Cluster(place, self.port(POSTGRES_PORT, "PostgreSQL"), passwords)
        if cluster.initialise():
            self.say("made a new database cluster")
        postgres = Service(
            "postgres", cluster.command(), account=place.account, stop_signal=signal.SIGINT, stop_rank=2, quiet=True
        )
        cluster.wait_until_ready(self.supervisor.start(postgres).process)
        cluster.bootstrap()
        self.env["DATABASE_URL"] = cluster.url(APP_ROLE)
        self.env["DATABASE_OWNER_URL"] = cluster.url(OWNER_ROLE)

    def start_redis(self) -> None:
        if given := os.environ.get("REDIS_URL"):
            self.env["REDIS_URL"] = given
            return
        redis = RedisServer(self.var / "redis", self.port(REDIS_PORT, "Redis"), self.secrets["REDIS_PASSWORD"])
        self.supervisor.start(Service("redis", redis.command(), stop_rank=2, quiet=True))
        redis.wait_until_ready()
        self.env["REDIS_URL"] = redis.url()

    def start_sandbox(self) -> None:
        """The outside world: national platform, bank, WeChat Pay, SMS."""
        port = self.port(SANDBOX_PORT, "the sandbox")
        folder = self.var / "sandbox"
        self.env["SANDBOX_URL"] = f"http://127.0.0.1:{port}"
        self.env["CSP_FORM_ACTION"] = self.env["SANDBOX_URL"]
        self.supervisor.start(
            self.python("sandbox", "-m", "sandbox", "--port", str(port), "--data", str(folder), stop_rank=1)
        )
        keys = folder / "sandbox-keys.json"
        deadline = time.monotonic() + SANDBOX_ANSWERS_WITHIN_SECONDS
        while not demo_partners.are_written(keys, self.env["SANDBOX_URL"]):
            if self.supervisor.stop_asked:
                return
            if time.monotonic() > deadline:
                raise CannotStart("the sandbox does not come up; see its log")
            self.supervisor.tend(0.1)
        self.env |= demo_partners.variables(keys)

    # -- the portal's own processes -----------------------------------------------------------------------------------

    def python(
        self,
        name: str,
        *arguments: str,
        stop_rank: int = 0,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
    ) -> Service:
        command = [sys.executable, *arguments]
        whole = {**self.env, **(env or {})}
        return Service(name, command, env=whole, cwd=CHECKOUT, stop_rank=stop_rank, quiet=quiet)

    def manage(self, *arguments: str, name: str = "setup", env: Mapping[str, str] | None = None) -> None:
        """A manage.py command to its end. Raises CannotStart when it fails."""
        code = self.supervisor.run_once(self.python(name, "manage.py", *arguments, env=env))
        if code != 0 and not self.supervisor.stop_asked:
            raise CannotStart(f"`manage.py {' '.join(arguments)}` failed; the reason is above")

    def prepare(self) -> None:
        """Migrations, rights, translations, static files; passed over when nothing of that has changed."""
        stamp = self.var / "prepared"
        # The database's own number: a stamp must not outlive the data it speaks of.
        with psycopg.connect(self.env["DATABASE_OWNER_URL"]) as owner:
            database = owner.execute("SELECT system_identifier::text || current_database() FROM pg_control_system()")
            number = str((database.fetchone() or ("",))[0])
        now = fingerprint(DATABASE_PATTERNS + FILES_PATTERNS, number)
        if stamp.exists() and stamp.read_text() == now:
            return
        self.say("preparing: migrations, rights, translations, static files")
        self.manage("prepare", "--quick", env={"DATABASE_URL": self.env["DATABASE_OWNER_URL"]})
        if not self.supervisor.stop_asked:
            stamp.write_text(now)

    def start_web(self) -> None:
        _python, *command = web_server.command(host=self.host, port=self.web_port)
        self.supervisor.start(self.python("web", *command))

    def start_worker_and_beat(self) -> None:
        celery = ("-m", "celery", "-A", "portal")
        options = ("--loglevel=INFO", "--without-gossip", "--without-mingle", f"--concurrency={worker_processes()}")
        # As root the demo is root's own affair; on every start Celery would say so in eight lines.
        env = {"PYTHONWARNINGS": "ignore::RuntimeWarning:celery.platforms"}
        self.supervisor.start(self.python("worker", *celery, "worker", *options, env=env, quiet=True))
        self.supervisor.start(self.python("beat", *celery, "beat", "--pidfile=", quiet=True))

    def wait_for_web(self) -> None:
        """Raises CannotStart if the web server does not answer in time."""
        deadline = time.monotonic() + WEB_ANSWERS_WITHIN_SECONDS
        while not self.supervisor.stop_asked:
            try:
                with urlopen(f"http://127.0.0.1:{self.web_port}/healthz", timeout=5):
                    return
            except (URLError, OSError) as refusal:
                if time.monotonic() > deadline:
                    raise CannotStart(f"the web server does not answer: {refusal}") from refusal
                self.supervisor.tend(0.2)

    def address(self) -> str:
        return f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.web_port}"  # noqa: S104  (compared, not bound)


def worker_processes() -> str:
    return os.environ.get("WORKER_PROCESSES", "2")


def start(portal: Portal, *, with_demo: bool) -> None:
    """The whole start, in order; returns when people can use it."""
    began = time.monotonic()
    clock = os.environ.get("PORTAL_CLOCK") or remembered_shift(portal.var / "clock")
    portal.env |= {name: value for name, value in portal.secrets.items() if name not in SERVER_SECRETS}
    portal.env |= {
        "PORTAL_DEMO": "1",
        "PORTAL_CLOCK": clock,
        "VAR_DIR": str(portal.var),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", portal.address()),
        "LOG_FORMAT": os.environ.get("LOG_FORMAT", "console"),
        "PYTHONUNBUFFERED": "1",
    }
    portal.start_sandbox()
    portal.start_database()
    portal.start_redis()
    run_env.publish(portal.env)
    portal.prepare()
    portal.start_web()
    if with_demo and not portal.supervisor.stop_asked:
        # Before the workers: last year's premium is paid under last year's date.
        portal.manage("demo", name="demo")
    portal.start_worker_and_beat()
    portal.wait_for_web()
    if portal.supervisor.stop_asked:
        return
    portal.say(f"up after {time.monotonic() - began:.0f} s")
    if clock:
        portal.say(f"the clock is set into the enrolment window ({clock}); every page says so")
    if with_demo and not portal.supervisor.stop_asked:
        portal.manage("demo", "--show", name="people")
    portal.say(f"portal   {portal.env['PUBLIC_URL']}")
    portal.say(f"staff    {portal.env['PUBLIC_URL']}/admin/")
    portal.say(f"sandbox  {portal.env['SANDBOX_URL']}   (text messages, bank, national platform)")
    portal.say(f"logs     {portal.supervisor.log_folder}")
    portal.say("Ctrl-C stops it; the data stays in var/. `make reset` starts over.")


def hold_run_lock(var: Path) -> int:
    """Only one portal per checkout. Raises CannotStart; waits for one that is being stopped."""
    lock = run_lock.open_lock(var / "run.lock")
    if run_lock.try_lock(lock):
        return lock
    if (running := read_env_file(var / "run.env")) and _is_alive(int(running.get("SUPERVISOR_PID", "0"))):
        raise CannotStart(f"it is running already: {running['PUBLIC_URL']} (process {running['SUPERVISOR_PID']})")
    print("waiting for the previous run to come to its end", flush=True)
    if not run_lock.lock_within(lock, PREVIOUS_STOPS_WITHIN_SECONDS):
        raise CannotStart("the previous run does not come to its end; see `ps` for its processes")
    return lock


def _is_alive(process: int) -> bool:
    return process > 0 and Path("/proc", str(process)).exists()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Everything up under one supervisor.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", WEB_PORT)))
    parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="the demonstration's people"
    )
    options = parser.parse_args(arguments)
    var = run_env.var_folder()
    var.mkdir(parents=True, exist_ok=True)
    try:
        lock = hold_run_lock(var)
        with ExitStack() as stack:
            supervisor = stack.enter_context(Supervisor(log_folder=var / "log", lock=lock))
            stack.callback(run_env.withdraw)
            secrets = secrets_in(var / "secrets.env", SECRETS)
            portal = Portal(var, supervisor, options.host, options.port, secrets)
            portal.web_port = portal.port(options.port, "the portal", options.host)
            portal.env["SUPERVISOR_PID"] = str(os.getpid())
            start(portal, with_demo=options.demo)
            supervisor.run()
            supervisor.say(f"stopping ({supervisor.stop_reason})")
    except RuntimeError as reason:
        print(f"The portal could not go on: {reason}", file=sys.stderr)
        return 1
    print("Stopped. Nothing is left running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
