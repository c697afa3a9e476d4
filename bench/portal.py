"""A portal of its own for a bench: `make run` on free ports, in a folder that is thrown away unless it is kept."""

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
    folder: Path

    @property
    def log_folder(self) -> Path:
        return self.folder / "log"

    def superuser(self) -> psycopg.Connection:
        """For measuring only: the portal itself never signs in so."""
        return psycopg.connect(self.superuser_url, autocommit=True)


@contextmanager
def running(*, folder: Path = FOLDER, keep: bool = False, **environment: str) -> Iterator[BenchPortal]:
    """Up with the demonstration's plan years; stopped at the end, and its folder removed unless it is kept."""
    if not keep:
        _remove(folder)
    folder.mkdir(parents=True, exist_ok=True)
    port = any_free()
    env = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port), **environment}
    log = (folder / "up.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "launch.up"], cwd=CHECKOUT, env=env, stdout=log, stderr=log)
    try:
        yield _wait(process, folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()
        if not keep:
            _remove(folder)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> BenchPortal:
    """Raises RuntimeError with what the portal said when it does not come up."""
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    said = folder / "up.log"
    while "Ctrl-C stops everything" not in said.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the portal did not come up:\n{said.read_text(errors='replace')[-3000:]}")
        time.sleep(0.5)
    env = read_env_file(folder / "run.env")
    secrets = read_env_file(folder / "secrets.env")
    server, _, database = secrets_free(env["DATABASE_URL"])
    superuser = f"postgres://postgres:{secrets['POSTGRES_PASSWORD']}@{server}/{database}"
    owner = f"postgres://portal_owner:{secrets['OWNER_PASSWORD']}@{server}/{database}"
    return BenchPortal(env["PUBLIC_URL"], env["SANDBOX_URL"], owner, superuser, process.pid, folder)


def secrets_free(url: str) -> tuple[str, str, str]:
    """host:port and database of a database URL, without who signs in."""
    return url.rpartition("@")[2].partition("/")


def _remove(folder: Path) -> None:
    if folder.exists():
        remove_cluster_folder(folder / "pg")
        shutil.rmtree(folder)


def pgbench(portal: BenchPortal) -> Path:
    """The pgbench that came with the server's binaries."""
    return postgres_place(portal.folder / "pg").binaries / "pgbench"
