"""The steps of `make fresh`. Each returns the lines that the witness quotes, or raises Failed."""

import re
import shlex
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.fresh import leftovers
from scripts.fresh.machines import FOLDER, Done, Failed, Machine, clone, copy
from scripts.fresh.vouched import CHECKOUT

ROOTS_CHECKOUT = "/root/huiminbao"  # which, on Debian 13, the account that runs PostgreSQL cannot reach
RESIDENT, RESIDENTS_CHECKOUT = "resident", "/home/resident/huiminbao"
POSTGRES_PASSWORD, POSTGRES_PORT = "only-for-this-machine", 5499
DEBIAN_WITH_OLDEST_POSTGRES = "bookworm"
OTHER_PYTHONS = ("3.12", "3.14")
RUN_MINUTES, TEST_MINUTES = 20, 75
RUN_SET_BYTES = 400_000_000
# The one test that waits for what comes out of here.
BUT_ONE = "X=--deselect=tests/ops/test_fresh.py::test_what_installs_a_checkout_was_seen_on_fresh_machines_as_it_is_now"


@dataclass(frozen=True)
class Order:
    """What is to be shown: a commit, and which tests (None: all)."""

    commit: str
    tests: str | None


@dataclass(frozen=True)
class Step:
    name: str
    title: str
    do: Callable[[Order], str]


def port_for(name: str) -> int:
    """One per step, as the network is the host's."""
    return 18000 + zlib.crc32(name.encode()) % 1000


def as_root(suite: str) -> Callable[[Order], str]:
    def do(order: Order) -> str:
        machine = copy(suite, "root")
        clone(machine, ROOTS_CHECKOUT, order.commit)
        ran = make_run(machine, ROOTS_CHECKOUT, "root", port_for(f"{suite} root"))
        tested = make_test(machine, order)
        temporary = sorted(path.name for path in (machine.root / "tmp").iterdir())
        if temporary:
            raise Failed(f"temporary files left: {', '.join(temporary)}")
        reset = machine.must(["make", "reset"], minutes=5, folder=ROOTS_CHECKOUT)
        nothing_left_outside(machine, suite)
        if suite != DEBIAN_WITH_OLDEST_POSTGRES:
            machine.remove()
        tail = "\n".join(f"[{what}] {line}" for what, done in ran_and_tested(ran, tested) for line in done)
        return f"{tail}\n[make reset] {reset.tail(1)}\n[after it] nothing of ours outside the checkout"

    return do


def ran_and_tested(ran: Done, tested: Done) -> list[tuple[str, list[str]]]:
    return [("make run", run_lines(ran)), ("make test", tested.tail(1).splitlines())]


def run_lines(ran: Done) -> list[str]:
    """What the set-up said, and the closing three."""
    lines = ran.output.rstrip().splitlines()
    return [line for line in lines if line.startswith("[setup]")] + lines[-3:]


def make_run(machine: Machine, checkout: str, user: str, port: int) -> Done:
    command = ["python3", "-m", "scripts.fresh.inside", str(port), str(RUN_MINUTES - 5)]
    done = machine.must(command, minutes=RUN_MINUTES, user=user, folder=checkout)
    found = re.search(r"\.venv takes ([\d,]+) bytes", done.output)
    if found is None or int(found[1].replace(",", "")) >= RUN_SET_BYTES:
        raise Failed(f"the set-up for make run must say its size, under {RUN_SET_BYTES:,} bytes:\n{done.tail()}")
    return done


def make_test(machine: Machine, order: Order) -> Done:
    command = ["make", "test", *chosen(order)]
    return machine.must(command, minutes=TEST_MINUTES, folder=ROOTS_CHECKOUT, env={"CI": "true"})


def chosen(order: Order) -> list[str]:
    return [BUT_ONE, *([f"T={order.tests}"] if order.tests else [])]


def nothing_left_outside(machine: Machine, suite: str) -> None:
    control = copy(suite, "control")
    added = sorted(leftovers.debian_packages(machine) - leftovers.debian_packages(control))
    if added:
        control.must(["apt-get", "update", "-q"], minutes=5)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *added]
        control.must(install, minutes=15, env={"DEBIAN_FRONTEND": "noninteractive"})
    left = leftovers.left_over(machine, control, ROOTS_CHECKOUT)
    control.remove()
    if left:
        raise Failed("left outside the checkout after make reset:\n" + "\n".join(left[:100]))


def as_an_ordinary_user(suite: str) -> Callable[[Order], str]:
    def do(order: Order) -> str:
        machine = copy(suite, "ordinary")
        machine.must(["useradd", "--create-home", "--shell", "/bin/sh", RESIDENT], minutes=1)
        clone(machine, RESIDENTS_CHECKOUT, order.commit)
        machine.must(["chown", "-R", f"{RESIDENT}:{RESIDENT}", RESIDENTS_CHECKOUT], minutes=2)
        before = leftovers.files_of(machine.root)
        ran = make_run(machine, RESIDENTS_CHECKOUT, RESIDENT, port_for(f"{suite} ordinary"))
        machine.must(["make", "reset"], minutes=5, user=RESIDENT, folder=RESIDENTS_CHECKOUT)
        more = leftovers.files_of(machine.root) - before
        left = sorted(path for path in more if not path.startswith(f"{RESIDENTS_CHECKOUT}/"))
        if left:
            raise Failed("left outside the checkout after make reset:\n" + "\n".join(left[:100]))
        machine.remove()
        return "\n".join(f"[make run] {line}" for line in run_lines(ran))

    return do


def with_debians_postgres(order: Order) -> str:
    """The tests against PostgreSQL 15, on the machine that the first step has left."""
    machine = Machine(FOLDER / DEBIAN_WITH_OLDEST_POSTGRES / "root")
    if not machine.root.exists():
        as_root(DEBIAN_WITH_OLDEST_POSTGRES)(order)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    machine.must(["apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql-15"], minutes=15, env=quiet)
    # A cluster of its own, started and stopped with the tests: processes end with the command that began them.
    binaries = "/usr/lib/postgresql/15/bin"
    script = f"""
set -e
rm -rf /var/tmp/pg15 && mkdir /var/tmp/pg15 && chown postgres /var/tmp/pg15
# From where postgres may be: else its complaint stands below what the tests said last.
as_postgres() {{ (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); }}
printf %s {POSTGRES_PASSWORD} > /var/tmp/pg15/password && chown postgres /var/tmp/pg15/password
as_postgres {binaries}/initdb -D /var/tmp/pg15/data -U postgres -E UTF8 --locale=C.UTF-8 --auth=scram-sha-256 \
  --pwfile=/var/tmp/pg15/password > /dev/null
as_postgres {binaries}/pg_ctl -D /var/tmp/pg15/data -w -l /var/tmp/pg15/log start > /dev/null \
  -o "-p {POSTGRES_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=120"
code=0; make test {shlex.join(chosen(order))} || code=$?
as_postgres {binaries}/pg_ctl -D /var/tmp/pg15/data -m fast stop > /dev/null
rm -rf /var/tmp/pg15
exit $code
"""
    address = f"postgres://postgres:{POSTGRES_PASSWORD}@127.0.0.1:{POSTGRES_PORT}/postgres"
    tested = machine.must(
        ["sh", "-c", script], minutes=TEST_MINUTES, folder=ROOTS_CHECKOUT, env={"CI": "true", "DATABASE_URL": address}
    )
    version = machine.must([f"{binaries}/postgres", "--version"], minutes=1).output.strip()
    machine.remove()
    return "\n".join(f"[make test, {version}] {line}" for line in tested.tail(1).splitlines())


def wheels_for(python: str) -> Callable[[Order], str]:
    def do(order: Order) -> str:
        target = FOLDER / f"wheels-{python}"
        shutil.rmtree(target, ignore_errors=True)
        tool = CHECKOUT / ".venv" / "bin" / "uv"
        if not tool.exists():
            subprocess.run(["make", "setup-test"], cwd=CHECKOUT, check=True)
        # uv reads a lock's conditions as that Python would; pip reads them as the Python that it runs in.
        command = [str(tool), "pip", "install", "--quiet", "--no-cache", "--only-binary", ":all:", "--require-hashes"]
        command += [
            "--python-version",
            python,
            "--python-platform",
            "x86_64-manylinux_2_28",
            "--python",
            sys.executable,
        ]
        command += ["--target", str(target), "-r", str(CHECKOUT / "requirements-dev.txt")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
        if done.returncode != 0:
            raise Failed(f"for Python {python}:\n{Done(1, done.stdout + done.stderr).tail(30)}")
        built = sorted({tag for tag in compiled_for(target) if tag != f"cpython-{python.replace('.', '')}"})
        count = len(list(target.glob("*.dist-info")))
        shutil.rmtree(target)
        if built:
            raise Failed(f"for Python {python}: wheels hold modules of {', '.join(built)}")
        return f"{count} wheels of requirements-dev.txt downloaded and unpacked for Python {python}, none built here"

    return do


def compiled_for(folder: Path) -> set[str]:
    return {found[1] for path in folder.rglob("*.so") if (found := re.search(r"\.(cpython-3\d+)-", path.name))}


STEPS = (
    Step("bookworm-root", "Debian 12, as root", as_root("bookworm")),
    Step("bookworm-postgresql-15", "Debian 12 with its own PostgreSQL 15", with_debians_postgres),
    Step("bookworm-ordinary", "Debian 12, as an ordinary user", as_an_ordinary_user("bookworm")),
    Step("trixie-root", "Debian 13, as root", as_root("trixie")),
    Step("trixie-ordinary", "Debian 13, as an ordinary user", as_an_ordinary_user("trixie")),
    *(Step(f"wheels-{python}", f"Python {python}", wheels_for(python)) for python in OTHER_PYTHONS),
)
