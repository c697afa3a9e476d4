"""`make fresh`. What a step has shown of these files is kept in var/fresh/shown and not shown again: a fault that a
later step finds elsewhere is mended, and the others need not be repeated. Each step names its commit.

FRESH_TESTS=tests/core tries it with some tests, FRESH_STEPS=trixie-root,… does some steps: docs/fresh.md is then left
as it is.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime

from scripts.fresh.machines import FOLDER, Failed
from scripts.fresh.steps import STEPS, Order, Step
from scripts.fresh.vouched import CHECKOUT, WITNESS, vouched_digest, vouched_files

SHOWN = FOLDER / "shown"
TOOLS = {"debootstrap": "debootstrap", "unshare": "util-linux", "git": "git"}


def say(text: str) -> None:
    print(f"[fresh] {text}", flush=True)


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()


def refuse_what_cannot_work() -> None:
    if os.geteuid() != 0:
        sys.exit("[fresh] only root can make and enter machines")
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        sys.exit(f"[fresh] first: apt-get install {' '.join(missing)}")
    changed = git("status", "--porcelain", "--untracked-files=no")
    if changed:
        sys.exit(f"[fresh] commit first, a machine clones what is committed:\n{changed}")


def show(step: Step, order: Order) -> dict[str, object]:
    """What the step showed, now or earlier for the same digest and tests."""
    record = SHOWN / f"{step.name}.json"
    wanted = {"digest": vouched_digest(), "tests": order.tests}
    if record.exists():
        known: dict[str, object] = json.loads(record.read_text())
        if wanted.items() <= known.items():
            say(f"{step.title}: shown already ({known['seconds']} s)")
            return known
    say(f"{step.title} …")
    began = time.monotonic()
    tail = step.do(order)
    seconds = round(time.monotonic() - began)
    shown: dict[str, object] = wanted | {"commit": order.commit, "seconds": seconds, "tail": tail}
    SHOWN.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(shown, indent=1))
    say(f"{step.title}: {seconds} s\n{tail}")
    return shown


def write_witness(order: Order, shown: list[tuple[Step, dict[str, object]]]) -> None:
    lines = [
        "# Seen on fresh machines",
        "",
        "Written by `make fresh` alone, after every step below had passed. Each machine was made by debootstrap with",
        "`python3 python3-venv make git ca-certificates` and nothing else; then came a clone, `make run` until it",
        "served, Ctrl-C, `make test` (all but the test of this page), `make reset`. That test fails when what the page",
        "vouches for has changed since.",
        "",
        f"- digest: `{vouched_digest()}`",
        f"- of: {', '.join(f'`{path.relative_to(CHECKOUT)}`' for path in vouched_files())}",
        f"- written: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ]
    for step, record in shown:
        heading = f"## {step.title} (commit {str(record['commit'])[:12]}, {record['seconds']} s)"
        lines += ["", heading, "", "```", str(record["tail"]), "```"]
    WITNESS.write_text("\n".join(lines) + "\n")
    say(f"{WITNESS.relative_to(CHECKOUT)}: written")


def main() -> int:
    refuse_what_cannot_work()
    order = Order(git("rev-parse", "HEAD"), os.environ.get("FRESH_TESTS") or None)
    chosen = os.environ.get("FRESH_STEPS")
    steps = [step for step in STEPS if not chosen or step.name in chosen.split(",")]
    shown = []
    for step in steps:
        try:
            shown.append((step, show(step, order)))
        except Failed as failure:
            say(f"{step.title}: FAILED: {failure}")
            return 1
    if order.tests or chosen:
        say("only a part was tried: docs/fresh.md stays as it is")
    else:
        write_witness(order, shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
