"""Everything up under one supervisor: database, broker, sandbox, web, workers. Ctrl-C stops it all.

    python -m launch.up [--host 127.0.0.1] [--port 8000] [--no-demo]     (also: manage.py up)

With DATABASE_URL (and DATABASE_OWNER_URL) or REDIS_URL in the environment, those servers are used. The terminal gets a
line a step and the sheet of addresses and people; all else is in var/log.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from launch import ports, run_env, run_lock
from launch.demo_clock import remembered_shift
from launch.processes import SERVER_SECRETS, CannotStart, Portal, StopAsked, fresh_folder, web_address
from launch.run_lock import Holder
from launch.secret_store import key_32_bytes, secrets_in, token
from launch.supervisor import Supervisor
from launch.terminal import Terminal, shown

WEB_PORT = 8000
PREVIOUS_STOPS_WITHIN_SECONDS = 45
HOLDER_WRITES_WITHIN_SECONDS = 1
SECRETS = {
    "SECRET_KEY": token,
    "FIELD_KEY": key_32_bytes,
    "BLIND_INDEX_KEY": key_32_bytes,
    "DECISION_KEY": key_32_bytes,
    "POSTGRES_PASSWORD": token,
    "OWNER_PASSWORD": token,
    "APP_PASSWORD": token,
    "REDIS_PASSWORD": token,
}


def start(portal: Portal, *, with_demo: bool) -> str:
    """The whole start, in order; returns the sheet when people can use it. Raises CannotStart, StopAsked."""
    began = time.monotonic()
    sheet = portal.var / "people.txt"
    portal.env |= {
        "PORTAL_DEMO": "1",
        "PORTAL_CLOCK": os.environ.get("PORTAL_CLOCK") or remembered_shift(portal.var / "clock"),
        "VAR_DIR": str(portal.var),
        "TMPDIR": str(fresh_folder(portal.var / "tmp")),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", portal.address()),
        "LOG_FORMAT": os.environ.get("LOG_FORMAT", "console"),
        "PYTHONUNBUFFERED": "1",
    }
    with portal.step("sandbox (the outside world)"):
        portal.start_sandbox()
    # Only from here on: the outside world has no business with them.
    portal.env |= {name: value for name, value in portal.secrets.items() if name not in SERVER_SECRETS}
    with portal.step("database") as step:
        portal.start_database(step)
    with portal.step("broker") as step:
        portal.start_broker(step)
    run_env.publish(portal.env)
    with portal.step("tables, texts, static files") as step:
        portal.prepare(step)
    with portal.step("web") as step:
        portal.start_web(step)
    if with_demo:
        # Before the workers: last year's premium is paid under last year's date.
        with portal.step("people of the demonstration"):
            portal.manage("demo", "demo", "--sheet", str(sheet))
    with portal.step("workers"):
        portal.start_workers()
    return _sheet(portal, time.monotonic() - began, sheet.read_text() if with_demo else "")


def _sheet(portal: Portal, seconds: float, people: str) -> str:
    url, sandbox = portal.env["PUBLIC_URL"], portal.env["SANDBOX_URL"]
    lines = [
        "",
        f"The portal is up after {seconds:.0f} s.",
        "",
        f"  Portal    {url}",
        f"  Staff     {url}/admin/",
        f"  Sandbox   {sandbox}   (text messages, bank, national platform)",
        *([f"  People    {url}/demo/   (also shows the staff's six digits)", "", people.rstrip()] if people else []),
        "",
    ]
    if clock := portal.env["PORTAL_CLOCK"]:
        lines.append(f"The clock is set into the enrolment window ({clock}); every page says so.")
    lines.append(f"Logs are in {shown(portal.supervisor.log_folder)}/; only problems are shown below.")
    lines.append("Ctrl-C stops everything and keeps the data. `make reset`, after that, deletes the data.")
    return "\n".join(lines)


def hold_run_lock(var: Path, holder: Holder) -> int:
    """Only one portal per checkout. Raises CannotStart; waits for one that is being stopped."""
    lock = run_lock.open_lock(var / "run.lock")
    # Whoever has just taken it says within this time who it is.
    if not run_lock.lock_within(lock, HOLDER_WRITES_WITHIN_SECONDS):
        first = run_lock.read_holder(lock)
        if first is not None and first.is_alive() and first.state != "stopping":
            raise CannotStart(_runs_already(first))
        print("Waiting for the previous run to come to its end.", flush=True)
        if not run_lock.lock_within(lock, PREVIOUS_STOPS_WITHIN_SECONDS):
            raise CannotStart("the previous run does not come to its end; see `ps` for its processes")
    run_lock.write_holder(lock, holder)
    return lock


def _runs_already(first: Holder) -> str:
    what = "is being started already" if first.state == "starting" else "runs already"
    return (
        f"it {what} in this folder: {first.address} (process {first.pid}). That one goes on undisturbed."
        f" To stop it: Ctrl-C in its terminal, or `kill -INT {first.pid}`."
    )


def claim_web_port(host: str, wanted: int | None, terminal: Terminal) -> ports.Claim:
    """The port that was asked for, or else the first free one from 8000 upwards, saying so. Raises CannotStart."""
    port = WEB_PORT if wanted is None else wanted
    try:
        if wanted is not None:
            return ports.claim(wanted, host)
        claim = ports.claim_from(WEB_PORT, host=host)
    except ports.PortTaken:
        raise CannotStart(
            f"port {port} is taken: something else listens there. Choose another (`make run PORT={port + 1}`),"
            " or leave PORT out for the next free one."
        ) from None
    except PermissionError:
        raise CannotStart(
            f"port {port} is only for root. Choose one from 1024 upwards (`make run PORT=8000`)."
        ) from None
    except (OSError, OverflowError) as refusal:
        raise CannotStart(f"this machine cannot listen on {host}:{port}: {refusal}") from None
    if claim.port != WEB_PORT:
        terminal.say(f"Port {WEB_PORT} is taken by something else; this portal uses {claim.port}.")
    return claim


def asked_for(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Options from the command line, else from HOST and PORT. port: None when nobody said."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Everything up under one supervisor.")
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    parser.add_argument("--port", default=os.environ.get("PORT") or None, help=f"{WEB_PORT} or the next free one")
    parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="the demonstration's people"
    )
    options = parser.parse_args(arguments)
    if options.port is not None:
        if not options.port.isdecimal() or not 1 <= int(options.port) <= ports.HIGHEST_PORT:
            raise CannotStart(f"PORT is a number from 1 to {ports.HIGHEST_PORT}, not {options.port!r}.")
        options.port = int(options.port)
    return options


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Raises CannotStart or another RuntimeError when it cannot go on."""
    var = run_env.var_folder()
    var.mkdir(parents=True, exist_ok=True)
    wanted = web_address(options.host, options.port or WEB_PORT)
    lock = hold_run_lock(var, Holder(os.getpid(), wanted, "starting"))
    with ExitStack() as stack:
        web = claim_web_port(options.host, options.port, terminal)
        stack.callback(web.release)
        address = web_address(options.host, web.port)
        run_lock.write_holder(lock, Holder(os.getpid(), address, "starting"))
        leavings = (var / "tmp", var / "run.env")
        supervisor = stack.enter_context(
            Supervisor(log_folder=var / "log", terminal=terminal, lock=lock, leavings=leavings)
        )
        stack.callback(lambda: run_lock.write_holder(lock, Holder(os.getpid(), address, "stopping")))
        secrets = secrets_in(var / "secrets.env", SECRETS)
        portal = Portal(var, supervisor, terminal, options.host, web, secrets, taken={web.port})
        try:
            sheet = start(portal, with_demo=options.demo)
            run_lock.write_holder(lock, Holder(os.getpid(), address, "running"))
            terminal.say(sheet)
            supervisor.run()
        except StopAsked:
            pass
        terminal.say(f"\nStopping ({supervisor.stop_reason}).")


def main(arguments: Sequence[str] | None = None) -> int:
    terminal = Terminal()
    try:
        run(asked_for(arguments), terminal)
    except RuntimeError as reason:
        print(f"The portal could not go on: {reason}", file=sys.stderr)
        return 1
    terminal.say("Stopped. Nothing is left running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
