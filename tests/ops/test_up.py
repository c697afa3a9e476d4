"""`make run` with the real product under it: what the terminal says, who holds which secret, what survives what, and
that nothing is left. The tests of one class share one start, in the order of their lines; all share the data."""

import os
import re
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from launch import guardian
from launch.edge_server import nginx_binary
from launch.places import remove_cluster_folder
from launch.ports import any_free
from launch.secret_store import read_env_file
from tests.ops.portal_run import MARKS, PortalRun, command_line, environment, processes_of
from tests.servers import FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.faults]
STEPS = ["sandbox (the outside world)", "database", "broker", "tables, texts, static files", "web", "workers"]


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    folder = FOLDER / "runs" / f"up-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    for pid in processes_of(folder):
        os.kill(pid, signal.SIGKILL)
    remove_cluster_folder(folder / "pg")
    shutil.rmtree(folder)


@pytest.fixture(scope="class")
def run(var: Path) -> Iterator[PortalRun]:
    started = PortalRun(var, "--port", str(any_free()), "--no-demo").wait_until_up()
    yield started
    started.kill_everything()


def status(url: str, **options: object) -> int:
    """Of the answer; raises OSError when there is none."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


class TestATypicalStart:
    def test_the_terminal_gets_a_line_a_step_with_its_time_and_the_addresses_last(self, run: PortalRun) -> None:
        said = run.said()
        told = re.findall(r"^  (.+?) \.+ +\d+\.\d s", said, flags=re.MULTILINE)
        assert told == STEPS
        sheet = said[said.index("The portal is up after") :]
        for address in (run.address(), f"{run.address()}/admin/", read_env_file(run.var / "run.env")["SANDBOX_URL"]):
            assert address in sheet
        assert sheet.rstrip().endswith("`make reset`, after that, deletes the data.")
        assert len(said.splitlines()) < 20

    def test_a_refusal_prints_no_traceback_anywhere_and_nothing_at_the_terminal(self, run: PortalRun) -> None:
        before = run.said()
        url = run.address()
        assert status(f"{url}/nowhere") == 404
        assert status(f"{url}/", data=b"no=token") == 403
        assert status(f"{url}/", headers={"Host": "somebody.else"}) == 400
        assert status(f"{url}/claims/", headers={"Accept": "application/json"}) == 401, "our own refusal"
        assert status(f"{url}/payments/notify/wechat/", data=b"{}") >= 400
        run.wait_for(lambda: "somebody.else" in run.log("web"))
        for log in (run.var / "log").iterdir():
            assert "Traceback" not in log.read_text(errors="replace"), log
        assert run.said() == before

    def test_what_services_tell_is_in_files(self, run: PortalRun) -> None:
        installed = {"nginx"} if nginx_binary() else set()
        assert {path.stem for path in (run.var / "log").glob("*.log")} == {*MARKS, "prepare"} | installed
        assert "ready." in run.log("worker")

    def test_a_second_start_says_where_the_first_one_runs_and_leaves_it_alone(self, run: PortalRun) -> None:
        before, leaders = (run.var / "run.env").read_text(), run.leaders()
        second = PortalRun(run.var, "--port", str(any_free()))
        assert second.process.wait(30) == 1
        assert f"it runs already in this folder: {run.address()} (process {run.process.pid})" in second.said()
        assert "Traceback" not in second.said()
        assert (run.var / "run.env").read_text() == before
        assert run.leaders() == leaders
        assert status(f"{run.address()}/healthz") == 200

    def test_the_role_that_the_product_runs_as_can_write_rows_and_nothing_else(self, run: PortalRun) -> None:
        with psycopg.connect(read_env_file(run.var / "run.env")["DATABASE_URL"], autocommit=True) as app:
            app.execute("INSERT INTO accounts_session VALUES ('kept', '', now() + interval '1 day')")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (id int)")

    def test_no_process_of_web_and_workers_knows_the_owners_password(self, run: PortalRun) -> None:
        """Whoever breaks into one of them must not be able to change what the database is."""
        secrets = read_env_file(run.var / "secrets.env")
        passwords = [secrets[name] for name in ("OWNER_PASSWORD", "POSTGRES_PASSWORD")]
        seen = []
        for name in ("web", "worker", "worker-bulk"):
            leader = run.leaders()[name]
            for pid in guardian.members(leader):
                held = b"\0".join([*environment(pid), command_line(pid), *map(contents, open_files(pid))])
                assert secrets["APP_PASSWORD"].encode() in held, "the search finds the password that they do have"
                assert not [word for word in passwords if word.encode() in held], (name, pid)
                assert b"DATABASE_OWNER_URL" not in held
                seen.append(name)
        assert set(seen) == {"web", "worker", "worker-bulk"}
        assert len(seen) > 3, "their children too"
        # What `manage.py` reads so that it reaches the same servers.
        assert not [word for word in passwords if word in (run.var / "run.env").read_text()]

    def test_after_a_stop_no_process_socket_or_temporary_file_is_left(self, run: PortalRun) -> None:
        addresses = read_env_file(run.var / "run.env")
        served = [urlsplit(addresses[f"{name}_URL"]) for name in ("PUBLIC", "SANDBOX", "DATABASE", "REDIS")]
        assert all(answers(url.port) for url in served)
        used = {path for pid in run.processes() for path in used_outside(pid, run.var)}
        shared_memory = segments({*run.processes(), *run.leaders().values()})
        assert shared_memory, "PostgreSQL has one"

        assert run.stop() == 0, run.said()
        assert not run.processes()
        assert not [url for url in served if answers(url.port)]
        assert not [path for path in used if path.exists()]
        assert not shared_memory & segments()
        assert list(run.temporary.iterdir()) == []
        assert not (run.var / "tmp").exists()
        assert not (run.var / "run.env").exists()
        assert [line for line in Path("/proc/net/unix").read_text().splitlines() if str(run.var) in line] == []
        assert not list(run.var.rglob("*.sock"))
        assert run.said().endswith("Stopped. Nothing is left running.\n")

    def test_the_next_start_has_the_data_and_a_kill_of_the_supervisor_leaves_nothing_either(self, var: Path) -> None:
        again = PortalRun(var, "--port", str(any_free()), "--no-demo").wait_until_up()
        assert re.search(r"tables, texts, static files \.+ +\d+\.\d s  nothing new", again.said())
        with psycopg.connect(read_env_file(var / "run.env")["DATABASE_URL"]) as app:
            assert app.execute("SELECT session_key FROM accounts_session").fetchall() == [("kept",)]
        used = {path for pid in again.processes() for path in used_outside(pid, var)}
        again.process.kill()
        again.process.wait()
        again.wait_for(lambda: not again.processes())
        again.wait_for(lambda: not (var / "tmp").exists() and not (var / "run.env").exists())
        assert not [path for path in used if path.exists()]


class TestWhatIsKilledComesBack:
    @pytest.mark.parametrize("name", MARKS)
    def test_killed_twice_within_a_minute(self, run: PortalRun, name: str) -> None:
        for _ in range(2):
            before = run.leader(name)
            os.kill(before, signal.SIGKILL)
            run.wait_for(lambda: run.leaders().get(name, before) != before)  # noqa: B023  (called at once)
        run.wait_for(lambda: ready(run), 60)
        assert status(f"{run.address()}/") == 200
        carried_on(run)
        assert run.process.poll() is None
        assert run.said().count(f"!! {name} ended (killed by SIGKILL) and is started again") == 2

    def test_one_of_the_webs_two_workers(self, run: PortalRun) -> None:
        web = run.leader("web")
        before = {child.pid for child in guardian.children(web)}
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        run.wait_for(lambda: len({child.pid for child in guardian.children(web) if not child.ended} - before) == 1)
        run.wait_for(lambda: ready(run), 60)
        assert run.leader("web") == web

    def test_one_of_the_databases_own_processes(self, run: PortalRun) -> None:
        """It then ends all sessions and recovers by itself."""
        database = run.leader("database")
        os.kill(min(child.pid for child in guardian.children(database) if b"walwriter" in command_line(child.pid)), 9)
        run.wait_for(lambda: "all server processes terminated; reinitializing" in run.log("database"))
        run.wait_for(lambda: ready(run), 60)
        carried_on(run)

    def test_and_a_stop_still_leaves_nothing(self, run: PortalRun) -> None:
        assert run.stop() == 0, run.said()
        assert not run.processes()
        assert not (run.var / "tmp").exists()


class TestItRefusesToStart:
    """Quickly and with a sentence; nothing of the data is touched."""

    def refused(self, tmp_path: Path, *options: str, env: dict[str, str] | None = None) -> str:
        run = PortalRun(tmp_path, *options, env=env)
        assert run.process.wait(30) == 1
        assert "Traceback" not in run.said()
        assert "make reset" not in run.said(), "that deletes the data"
        assert not (tmp_path / "log").exists(), "nothing has been started"
        return run.said()

    @pytest.mark.parametrize("option", [socket.SO_REUSEADDR, socket.SO_REUSEPORT])
    def test_on_a_port_that_something_serves(self, tmp_path: Path, option: int) -> None:
        with socket.socket() as somebody:
            somebody.setsockopt(socket.SOL_SOCKET, option, 1)
            somebody.bind(("127.0.0.1", 0))
            somebody.listen()
            port = somebody.getsockname()[1]
            said = self.refused(tmp_path, env={"PORT": str(port)})
        assert f"port {port} is taken: something else listens there." in said
        assert f"make run PORT={port + 1}" in said

    @pytest.mark.parametrize("port", ["eight", "0", "65536", "-1"])
    def test_on_what_is_no_port(self, tmp_path: Path, port: str) -> None:
        assert f"PORT is a number from 1 to 65535, not '{port}'." in self.refused(tmp_path, env={"PORT": port})

    def test_on_an_address_of_another_machine(self, tmp_path: Path) -> None:
        said = self.refused(tmp_path, "--host", "192.0.2.1", "--port", "8000")
        assert "this machine cannot listen on 192.0.2.1:8000" in said


def test_of_two_starts_at_the_same_moment_one_goes_on(var: Path) -> None:
    runs = [PortalRun(var, "--port", str(any_free()), "--no-demo") for _ in range(2)]
    deadline = time.monotonic() + 30
    while all(run.process.poll() is None for run in runs):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (refused,) = [run for run in runs if run.process.poll() is not None]
    (other,) = [run for run in runs if run is not refused]
    assert refused.process.returncode == 1
    assert "it is being started already in this folder: http://127.0.0.1:" in refused.said()
    assert f"(process {other.process.pid})" in refused.said()
    other.wait_until_up()
    assert other.stop() == 0


def ready(run: PortalRun) -> bool:
    """The site answers, and reaches its database and its cache."""
    try:
        return status(f"{run.address()}/readyz") == 200
    except OSError:
        return False


def carried_on(run: PortalRun) -> None:
    """The workers do what is due: a chore that began after now, and a message that is written now."""
    before = rows(run, "SELECT fencing_token FROM work_chore WHERE name = 'expire orders'")
    rows(
        run,
        "INSERT INTO work_outboxmessage (topic, lane, key, payload, created_at, next_attempt_at, attempts,"
        " fencing_token, last_error)"
        " VALUES ('nobody.knows', 'codes', gen_random_uuid()::text, '{}', now(), now(), 0, 0, '') RETURNING id",
    )
    run.wait_for(lambda: not rows(run, "SELECT 1 FROM work_outboxmessage WHERE attempts = 0"), 60)
    run.wait_for(lambda: rows(run, "SELECT fencing_token FROM work_chore WHERE name = 'expire orders'") > before, 60)


def rows(run: PortalRun, statement: str) -> list[tuple[object, ...]]:
    """The application's own look; nothing while its database is away."""
    try:
        with psycopg.connect(read_env_file(run.var / "run.env")["DATABASE_URL"], autocommit=True) as app:
            return app.execute(statement).fetchall()
    except psycopg.OperationalError:
        return []


def answers(port: int | None) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def open_files(pid: int) -> list[Path]:
    found = []
    for entry in Path("/proc", str(pid), "fd").iterdir():
        try:
            target = entry.readlink()
        except OSError:
            continue
        if target.is_absolute() and target.is_file():
            found.append(target)
    return found


def contents(path: Path) -> bytes:
    return path.read_bytes()


def used_outside(pid: int, var: Path) -> set[Path]:
    """Files and folders in temporary places, other than our own, that a process has open or mapped."""
    try:
        mapped = [line.split(maxsplit=5)[5:] for line in Path("/proc", str(pid), "maps").read_text().splitlines()]
        paths = {Path(name[0]) for name in mapped if name} | set(open_files(pid))
    except OSError:
        return set()
    places = ("/tmp/", "/dev/shm/", "/var/tmp/", "/run/")
    return {path for path in paths if str(path).startswith(places) and not path.is_relative_to(var)}


def segments(makers: set[int] | None = None) -> set[str]:
    """System V shared memory segments: all, or those that these processes made."""
    rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return {row[1] for row in rows if makers is None or int(row[4]) in makers}
