"""`python -m bench.lanes`: how long a sign-in code takes while a campaign waits.

A million prompts are put into the queue (COPY: outbox rows and sealed messages, as `send_sms` writes them), the real
workers send them to the sandbox's gateway over HTTP, and meanwhile residents ask for codes on the sign-in page. Told
are the place of each code in the queue by age, the seconds until the gateway had it, and what the workers cost.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass

import httpx

from bench import portal as bench_portal
from bench.lanes import queue
from bench.orders.browser import Browser
from bench.portal import FOLDER, BenchPortal
from bench.processes import cpu_times
from launch.secret_store import read_env_file

PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Sample:
    """older: messages that were due before this code; sent_meanwhile: prompts that went out while it was on its way."""

    older: int
    sent_meanwhile: int
    seconds: float


def at_rest(portal: BenchPortal, seconds_of_rest: float) -> float:
    before = cpu_times(portal.supervisor)
    time.sleep(seconds_of_rest)
    used = cpu_times(portal.supervisor).since(before)
    for kind, seconds in used.items():
        print(f"  {kind:<12} {seconds * 60 / seconds_of_rest:6.2f} CPU s a minute")
    return sum(seconds for kind, seconds in used.items() if kind != "sandbox") * 60 / seconds_of_rest


def ask_for_a_code(portal: BenchPortal, number: int) -> float:
    """Seconds from the press of the button until the gateway has the message."""
    phone = f"139{70_000_000 + number}"
    browser = Browser(portal.url, f"127.7.{number // 250}.{number % 250 + 1}")
    browser.open("/account/sign-in/")
    began = time.monotonic()
    browser.submit({"phone": phone})
    with httpx.Client(base_url=portal.sandbox_url, trust_env=False, timeout=30) as sandbox:
        while not sandbox.get("/sms.json", params={"phone": phone}).json():
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise SystemExit(f"no code within {PATIENCE_SECONDS:.0f} s")
            time.sleep(0.02)
    return time.monotonic() - began


def sample(portal: BenchPortal, number: int) -> Sample:
    older, sent = queue.waiting(), queue.sent()
    seconds = ask_for_a_code(portal, number)
    return Sample(older, queue.sent() - sent, seconds)


def told(name: str, samples: list[Sample]) -> None:
    seconds = sorted(one.seconds for one in samples)
    print(
        f"{name}: {len(samples)} codes, median {statistics.median(seconds):.2f} s,"
        f" slowest {seconds[-1]:.2f} s; behind {min(one.older for one in samples):,} to"
        f" {max(one.older for one in samples):,} older messages, of which at most"
        f" {max(one.sent_meanwhile for one in samples)} went out before it"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=1_000_000)
    parser.add_argument("--codes", type=int, default=20)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two codes")
    parser.add_argument("--rest", type=float, default=60.0, help="seconds over which the cost at rest is measured")
    options = parser.parse_args()
    with bench_portal.running() as portal:
        os.environ.update(read_env_file(FOLDER / "run.env"))
        queue.connect()
        print("at rest, nothing queued:")
        ours = at_rest(portal, options.rest)
        print(f"  in all       {ours:6.2f} CPU s a minute (without the sandbox, which is the outside world)")
        ask_for_a_code(portal, 0)
        told("\nempty queue", [sample(portal, number) for number in range(1, 1 + options.codes)])
        began = time.monotonic()
        queue.fill(options.prompts)
        print(f"{options.prompts:,} prompts queued in {time.monotonic() - began:.0f} s")
        print(queue.plan_of_a_claim())
        before, began, sent = cpu_times(portal.supervisor), time.monotonic(), queue.sent()
        samples = []
        for number in range(100, 100 + options.codes):
            samples.append(sample(portal, number))
            time.sleep(options.pause)
        passed, went = time.monotonic() - began, queue.sent() - sent
        used = cpu_times(portal.supervisor).since(before)
        told("campaign running", samples)
        rate = went / passed
        print(f"the campaign sent {went:,} prompts meanwhile, {rate:.0f} a second; the lane's own rate was not limited")
        for kind, seconds in used.items():
            print(f"  {kind:<12} {seconds * 1000 / max(went, 1):6.2f} CPU ms a prompt")
        print(f"in one queue a code would have waited {options.prompts / max(rate, 0.1) / 60:.0f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
