"""deploy/env.example, owner.env.example and README.md are tried as they stand: the values, then the commands."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import pytest

from launch import web_server
from launch.guardian import kill_group
from launch.ports import any_free
from portal.checks import all_partners
from tests.deploy import example
from tests.servers import CHECKOUT, Lease

pytestmark = pytest.mark.slow

# A stop is waited for this long, then the web's processes are killed.
OURS_ALONE = ["--workers-kill-timeout", "30"]


def commands() -> dict[str, list[str]]:
    """What deploy/README.md tells people to type, by what it starts."""
    blocks = re.findall(r"```sh\n\s*(.+)\n\s*```", (CHECKOUT / "deploy" / "README.md").read_text(encoding="utf-8"))
    names = {
        "check": "check --deploy",
        "prepare": "prepare",
        "web": "granian",
        "worker": "codes,money",
        "bulk": "campaign",
    }
    found = {name: [line for line in blocks if mark in line] for name, mark in names.items()}
    assert all(len(lines) == 1 for lines in found.values()), found
    return {name: shlex.split(lines[0].replace(".venv/bin/python", sys.executable)) for name, lines in found.items()}


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=CHECKOUT, env=example.process(environment), capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def taught(tmp_path: Path) -> dict[str, str]:
    return example.filled_in(tmp_path)


def test_check_deploy_has_nothing_to_say_about_what_the_example_teaches(taught: dict[str, str]) -> None:
    done = run(commands()["check"], taught)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


def test_the_example_names_every_variable_of_a_partner_once() -> None:
    named = [name.removesuffix("_FILE") for name, _value, _command in example.lines()]
    assert len(set(named)) == len(named)
    assert {f"{partner.prefix}_{one.field}" for partner in all_partners({}) for one in partner.variables} <= set(named)


def test_the_web_command_is_the_one_that_make_run_and_the_tests_use() -> None:
    assert web_server.command(host="127.0.0.1", port=8000, workers="2") == commands()["web"][: -len(OURS_ALONE)]
    assert commands()["web"][-len(OURS_ALONE) :] == OURS_ALONE


def test_every_variable_that_the_settings_read_is_explained() -> None:
    settings = (CHECKOUT / "portal" / "settings.py").read_text(encoding="utf-8")
    read = re.findall(r"""(?:env\.\w+|_required|_secret)\(["'](\w+)["']""", settings)
    explained = set(re.findall(r"`(\w+)[`=]", (CHECKOUT / "docs" / "operating.md").read_text(encoding="utf-8")))
    assert len(read) > 30
    assert sorted(set(read) - explained) == []


def test_the_owners_address_is_in_the_owners_file_alone() -> None:
    assert not [value for name, value, _command in example.lines() if "owner" in (name + value).lower()]
    (only,) = example.lines(CHECKOUT / "deploy" / "owner.env.example")
    assert only[0] == "DATABASE_URL"
    assert only[1].startswith("postgres://portal_owner:")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "", "portal.E001: SECRET_KEY is not set."),
        ("DATABASE_URL", "", "portal.E001: DATABASE_URL is not set."),
        ("LOG_LEVEL", "DEBUG", "portal.E002: LOG_LEVEL must be one of INFO, WARNING, ERROR."),
        ("PORTAL_CLOCK", "+1d", "portal.E003: PORTAL_CLOCK is only for demonstration and tests."),
        ("BANK_BASE_URL", "http://bank.example", "(portal.E034) BANK_BASE_URL does not begin with https://."),
    ],
)
def test_a_bad_value_is_one_sentence_and_no_traceback(taught: dict[str, str], name: str, value: str, told: str) -> None:
    done = run([sys.executable, "manage.py", "check"], {**taught, name: value})
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def environment(taught: dict[str, str], transactional_db: None, lease: Lease) -> dict[str, str]:
    """What the example teaches, on the servers of this test."""
    role = lease.app_url().partition("://")[2].partition(":")[0]
    return {**taught, "DATABASE_URL": lease.app_url(), "DATABASE_APP_ROLE": role, "REDIS_URL": lease.redis_url}


@pytest.fixture
def prepared(environment: dict[str, str], lease: Lease) -> dict[str, str]:
    done = run([*commands()["prepare"], "--quick"], {**environment, "DATABASE_URL": lease.owner_url()})
    assert done.returncode == 0, done.stdout + done.stderr
    return environment


class Started:
    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=example.process(environment),
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, condition: Callable[[], bool], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.said()}"
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def gone(self) -> None:
        kill_group(self.process.pid)
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str, dict[str, str]], Started]]:
    with ExitStack() as stack:

        def begin(name: str, environment: dict[str, str], port: int = 0) -> Started:
            command = [str(port) if word == "8000" else word for word in commands()[name]]
            process = Started(command, environment, tmp_path / f"{name}.log")
            stack.callback(process.gone)
            return process

        yield begin


def ask(port: int, path: str, **headers: str) -> HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    return answer


def answers(port: int) -> bool:
    try:
        return ask(port, "/healthz").status == 200
    except OSError:
        return False


def test_web_and_workers_come_up_with_it(prepared: dict[str, str], start: Callable[..., Started]) -> None:
    port = any_free()
    web, worker, bulk = start("web", prepared, port), start("worker", prepared), start("bulk", prepared)
    web.wait_for(lambda: answers(port))
    for process in (worker, bulk):
        process.wait_for(lambda: " ready." in process.said() and "sweeper.started" in process.said())  # noqa: B023

    assert ask(port, "/readyz").status == 200
    page = ask(port, "/", Host="huiminbao.example", X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.7")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    sign_in = ask(port, "/account/sign-in/", Host="huiminbao.example", X_Forwarded_Proto="https")
    assert sign_in.status == 200
    assert "secure" in sign_in.headers["Set-Cookie"].lower()

    plain = ask(port, "/", Host="huiminbao.example")
    assert (plain.status, plain.headers["Location"]) == (301, "https://huiminbao.example/")
    assert ask(port, "/", Host="forged.example", X_Forwarded_Proto="https").status == 400
    for demo_only in ("/demo/", "/styleguide/"):
        assert ask(port, demo_only, Host="huiminbao.example", X_Forwarded_Proto="https").status == 404

    assert [web.end(), worker.end(), bulk.end()] == [0, 0, 0]
    for process in (web, worker, bulk):
        assert [line for line in process.said().splitlines() if "Traceback" in line] == []


@pytest.mark.parametrize("name", ["web", "worker", "bulk"])
def test_none_of_them_starts_half_configured_or_knowing_the_owner(
    environment: dict[str, str], start: Callable[..., Started], lease: Lease, name: str
) -> None:
    wrong = {**environment, "SMS_BASE_URL": "", "DATABASE_OWNER_URL": lease.owner_url()}
    process = start(name, wrong, any_free())
    assert process.process.wait(90) == 1
    assert "does not start:" in process.said()
    assert "portal.E031: SMS_BASE_URL is not set. Set SMS_BASE_URL" in process.said()
    assert "portal.E041: DATABASE_OWNER_URL is in the environment of a process that serves." in process.said()
    assert "Traceback" not in process.said()


@pytest.mark.parametrize("name", ["web", "worker", "bulk"])
def test_without_a_secret_none_of_them_starts(
    environment: dict[str, str], start: Callable[..., Started], name: str
) -> None:
    process = start(name, {**environment, "BLIND_INDEX_KEY": ""}, any_free())
    assert process.process.wait(90) == 1
    assert "portal.E001: BLIND_INDEX_KEY is not set." in process.said()
    assert "Traceback" not in process.said()


def test_files_of_the_environment_are_read_by_the_tool_at_a_prompt(taught: dict[str, str], tmp_path: Path) -> None:
    first, second = tmp_path / "env", tmp_path / "owner.env"
    first.write_text("# a remark\n\n" + "\n".join(f"{name}={value}" for name, value in taught.items()) + "\n")
    second.write_text("DATABASE_URL=postgres://portal_owner:p@db.example/portal?sslmode=require&a=b\n")
    show = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    tool = [sys.executable, "deploy/with_env.py", str(first), str(second), "--", *show]
    done = subprocess.run(tool, cwd=CHECKOUT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert '"DATABASE_URL": "postgres://portal_owner:p@db.example/portal?sslmode=require&a=b"' in done.stdout
    assert f'"SECRET_KEY": "{taught["SECRET_KEY"]}"' in done.stdout
