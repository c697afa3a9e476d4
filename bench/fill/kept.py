"""Filled portals, kept between runs: one folder under var/bench-fill for each size and state of the migrations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import portal as bench_portal
from bench.fill.sizes import Sizes
from bench.portal import BenchPortal
from launch.fingerprint import fingerprint
from launch.places import CHECKOUT, postgres_place, remove_cluster_folder
from launch.ports import any_free
from launch.postgres_server import SUPERUSER, Cluster, Passwords
from launch.processes import SERVER_SECRETS
from launch.secret_store import read_env_file

SHELF = CHECKOUT / "var" / "bench-fill"
PATTERNS = ("*/migrations/**/*.py", "bench/fill/*.py", "demo/*.py")
# The message about the demonstration's own policies is out by then, and nothing is due any more.
SETTLES_WITHIN_SECONDS = 10
# Only while it is filled: a cluster that a crash would lose anyway.
WHILE_FILLED = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min", "autovacuum": "off"}


@contextmanager
def filled(*, policies: int, claims: int, folder: Path | None = None, **environment: str) -> Iterator[BenchPortal]:
    """A running portal with that many policies and claims. What is done to it stays: measure by reading, or let a copy
    of the folder be made (`copy_of`) and give that one as `folder`."""
    where = folder.resolve() if folder else kept_folder(Sizes(policies, claims))
    with bench_portal.running(folder=where, keep=True, **environment) as portal:
        yield portal


def kept_folder(sizes: Sizes) -> Path:
    """The folder of a filled portal that does not run; filled now unless it is there. Takes minutes then."""
    folder = SHELF / f"{sizes.policies}-{sizes.claims}-{fingerprint(PATTERNS)}"
    if not (folder / "filled").exists():
        for older in SHELF.glob(f"{sizes.policies}-{sizes.claims}-*"):
            remove(older)
        remove(folder)
        _make(folder, sizes)
        (folder / "filled").touch()
    return folder


def remove(folder: Path) -> None:
    """A kept folder with its cluster, wherever that lies."""
    remove_cluster_folder(folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copy_of(folder: Path) -> Iterator[Path]:
    """A copy that may be written to, gone afterwards."""
    copy = folder.with_name(f"copy-{os.getpid()}")
    try:
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("pg"), symlinks=True)
        source, target = postgres_place(folder / "pg"), postgres_place(copy / "pg")
        # As cp does it: owners stay, and file systems that can share what is equal do.
        data = [str(source.home / "data"), str(target.home / "data")]
        subprocess.run(["cp", "-a", "--reflink=auto", *data], check=True)
        yield copy
    finally:
        remove(copy)


def _make(folder: Path, sizes: Sizes) -> None:
    """The demonstration by the product's own processes; then its cluster alone, filled by a process of its own."""
    print(f"a city of {sizes.people:,} people is made in {folder}", flush=True)
    with bench_portal.running(folder=folder, keep=True):
        time.sleep(SETTLES_WITHIN_SECONDS)
        env = read_env_file(folder / "run.env")
    secrets = read_env_file(folder / "secrets.env")
    passwords = Passwords(*(secrets[name] for name in SERVER_SECRETS[:3]))
    cluster = Cluster(postgres_place(folder / "pg"), any_free(), passwords, throw_away=True)
    command = [
        *cluster.command(),
        *(part for name, value in WHILE_FILLED.items() for part in ("-c", f"{name}={value}")),
    ]
    with (folder / "fill-database.log").open("wb") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]  # the options are a plain dict
            command, stdout=log, stderr=log, cwd="/", **cluster.place.account.popen_options()
        )
        try:
            cluster.wait_until_ready(server)
            arguments = ["--into", f"--policies={sizes.policies}", f"--claims={sizes.claims}"]
            subprocess.run(
                [sys.executable, "-m", "bench.fill", *arguments],
                cwd=CHECKOUT,
                env={**os.environ, **env, "DATABASE_URL": cluster.url(SUPERUSER)},
                check=True,
            )
        finally:
            server.send_signal(2)  # fast and clean, as the supervisor stops it
            server.wait(600)
    os.sync()
