"""An embedded PostgreSQL cluster: made once, three roles, reached over loopback TCP with passwords.

TCP and not a Unix socket: a socket's path may be 107 bytes long at most, and checkouts lie in deeper folders.

`postgres` the superuser only bootstraps; `portal_owner` owns the database and migrates it; `portal_app` is whom the
product runs as and can neither create nor alter anything.
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from launch.places import PostgresPlace

SUPERUSER = "postgres"
OWNER_ROLE = "portal_owner"
APP_ROLE = "portal_app"
DATABASE = "portal"
READY_WITHIN_SECONDS = 60

# For two cores and a few hundred MB: web and worker keep well under 100 connections.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements carry personal data
    "log_checkpoints": "off",
    "idle_in_transaction_session_timeout": "60s",
}
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
# A cluster that is thrown away after the tests has nothing to lose in a power cut.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}


@dataclass(frozen=True)
class Passwords:
    superuser: str
    owner: str
    app: str


@dataclass(frozen=True)
class Cluster:
    """One cluster on one port."""

    place: PostgresPlace
    port: int
    passwords: Passwords
    throw_away: bool = False

    @property
    def data(self) -> Path:
        return self.place.home / "data"

    def url(self, role: str, database: str = DATABASE) -> str:
        password = {
            SUPERUSER: self.passwords.superuser,
            OWNER_ROLE: self.passwords.owner,
            APP_ROLE: self.passwords.app,
        }[role]
        return f"postgres://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """The server in the foreground. SIGINT stops it fast and clean."""
        settings = SETTINGS | (THROW_AWAY if self.throw_away else SAFE) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.place.binaries / "postgres"), "-D", str(self.data), *options]

    def initialise(self) -> bool:
        """Makes the data folder unless it is there. True if it was made."""
        if self.data.exists():
            return False
        draft = self.place.home / "data.new"
        password_file = self.place.home / "password.new"
        subprocess.run(["rm", "-rf", str(draft), str(password_file)], check=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self.passwords.superuser)
        self.place.account.own(password_file)
        command = [str(self.place.binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        command += [f"--pwfile={password_file}", "--no-instructions", *(["--no-sync"] if self.throw_away else [])]
        made = subprocess.run(  # type: ignore[call-overload]  # the options are a plain dict
            command, capture_output=True, text=True, cwd="/", **self.place.account.popen_options()
        )
        password_file.unlink()
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        (draft / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        draft.rename(self.data)
        return True

    def is_ready(self, pid: int | None = None) -> bool:
        """True if the server answers. With `pid` only if it is that process: somebody else's may be on this port."""
        if pid is not None and not self._is_served_by(pid):
            return False
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError as refusal:
            if "password authentication failed" in str(refusal):
                raise RuntimeError(
                    "the database does not know the password in var/secrets.env; `make reset` starts over"
                ) from refusal
            return False

    def _is_served_by(self, pid: int) -> bool:
        """What the server itself writes once it listens: its process in the first line, its status in the eighth."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def wait_until_ready(self, process: "subprocess.Popen[bytes] | None" = None) -> None:
        """Returns when the server answers. Raises RuntimeError if it ends or does not answer in time."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self.is_ready(process.pid if process is not None else None):
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended with code {process.returncode} while starting")
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not answer within {READY_WITHIN_SECONDS} s")
            time.sleep(0.05)

    def bootstrap(self) -> None:
        """Roles and the database, as the superuser; safe to repeat."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            make_role(connection, OWNER_ROLE, self.passwords.owner, may_create_databases=True)
            make_role(connection, APP_ROLE, self.passwords.app)
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
            connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}")
            if self.throw_away:
                let_clean_up(connection, OWNER_ROLE)


def make_role(superuser: "psycopg.Connection", name: str, password: str, *, may_create_databases: bool = False) -> None:
    """A role that signs in with this password and is no superuser; an existing one is set to this. Safe to repeat."""
    exists = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None
    rights = "NOSUPERUSER NOCREATEROLE NOREPLICATION " + ("CREATEDB" if may_create_databases else "NOCREATEDB")
    statement = f"{'ALTER' if exists else 'CREATE'} ROLE {{}} LOGIN {rights} PASSWORD {{}}"
    superuser.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(password)))


def let_clean_up(superuser: "psycopg.Connection", owner: str) -> None:
    """For tests: they empty append-only tables between cases, and end connections that killed processes have left."""
    superuser.execute(sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(owner)))
    superuser.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(owner)))
