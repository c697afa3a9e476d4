"""A portal of its own for a bench: `make run`'s processes in a folder that is thrown away, on ports that are free."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from launch.places import CHECKOUT, postgres_place, remove_cluster_folder
from launch.ports import any_free
from launch.secret_store import read_env_file

FOLDER = CHECKOUT / "var" / "bench"
UP_WITHIN_SECONDS = 240


@dataclass(frozen=True)
class BenchPortal:
    url: str
    sandbox_url: str
    owner_url: str
    superuser_url: str
    supervisor: int
    log_folder: Path

    def superuser(self) -> psycopg.Connection:
        """For measuring only: the portal itself never signs in so."""
        return psycopg.connect(self.superuser_url, autocommit=True)


@contextmanager
def running(**environment: str) -> Iterator[BenchPortal]:
    """Up with the demonstration's plan years; stopped and removed at the end."""
    _remove()
    FOLDER.mkdir(parents=True)
    port = any_free()
    env = {**os.environ, "VAR_DIR": str(FOLDER), "PORT": str(port), **environment}
    log = (FOLDER / "up.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "launch.up"], cwd=CHECKOUT, env=env, stdout=log, stderr=log)
    try:
        yield _wait(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()
        _remove()


def _wait(process: subprocess.Popen[bytes]) -> BenchPortal:
    """Raises RuntimeError with what the portal said when it does not come up."""
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    said = FOLDER / "up.log"
    while "Ctrl-C stops everything" not in said.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the portal did not come up:\n{said.read_text(errors='replace')[-3000:]}")
        time.sleep(0.5)
    env = read_env_file(FOLDER / "run.env")
    secrets = read_env_file(FOLDER / "secrets.env")
    server, _, database = secrets_free(env["DATABASE_URL"])
    superuser = f"postgres://postgres:{secrets['POSTGRES_PASSWORD']}@{server}/{database}"
    owner = f"postgres://portal_owner:{secrets['OWNER_PASSWORD']}@{server}/{database}"
    return BenchPortal(env["PUBLIC_URL"], env["SANDBOX_URL"], owner, superuser, process.pid, FOLDER / "log")


def secrets_free(url: str) -> tuple[str, str, str]:
    """host:port and database of a database URL, without who signs in."""
    return url.rpartition("@")[2].partition("/")


def _remove() -> None:
    if FOLDER.exists():
        remove_cluster_folder(FOLDER / "pg")
        shutil.rmtree(FOLDER)


def pgbench() -> Path:
    """The pgbench that came with the server's binaries."""
    return postgres_place(FOLDER / "pg").binaries / "pgbench"
