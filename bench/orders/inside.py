"""The same walk through Django in this process: what each request of an order costs, and where its time goes.

Worker, broker, PostgreSQL and sandbox are the portal's own; only the web process is this one.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.orders.walk import Family, Walk, untimed
from bench.portal import BenchPortal
from launch.places import CHECKOUT
from launch.secret_store import read_env_file

# Numbers in addresses, so that the same page of two families is one line.
_NUMBER = re.compile(r"[A-Z]{2}-\d{4}-\d+")


@dataclass
class Page:
    """One address and method: how often, CPU ms, statements."""

    count: int = 0
    cpu_ms: float = 0.0
    statements: list[str] = field(default_factory=list)


class Inside:
    """Django as httpx talks to it. `pages` are in the order in which they were first asked for."""

    def __init__(self, portal: BenchPortal) -> None:
        os.environ.update(read_env_file(portal.log_folder.parent / "run.env"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        from portal.wsgi import application

        self._site: Callable[..., Any] = application
        self._portal = portal
        self.profile = cProfile.Profile(time.thread_time)  # others share the machine
        self.pages: dict[str, Page] = {}
        self.is_profiled = False

    def walk(self, families: Iterable[Family]) -> None:
        for family in families:
            walk = Walk(portal_url=self._portal.url, sandbox_url=self._portal.sandbox_url, family=family, step=untimed)
            walk.browser.http = httpx.Client(
                base_url=self._portal.url,
                headers=walk.browser.http.headers,
                transport=httpx.WSGITransport(self._answer, remote_addr=family.address),
            )
            walk.enrol()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        from django.db import connection

        # As behind the edge: who asks is said in a header.
        environ["HTTP_X_FORWARDED_FOR"] = environ["REMOTE_ADDR"]
        said: list[str] = []

        def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            said.append(sql)
            return execute(sql, params, many, context)

        page = self.pages.setdefault(f"{environ['REQUEST_METHOD']:<4} {_NUMBER.sub('…', environ['PATH_INFO'])}", Page())
        with connection.execute_wrapper(listen):
            began = time.thread_time()
            if self.is_profiled:
                self.profile.enable()
            answer = self._site(environ, start_response)
            content = [b"".join(answer)]
            answer.close()
            self.profile.disable()
            page.cpu_ms += (time.thread_time() - began) * 1000
        page.count += 1
        page.statements = said
        return content


def report(
    portal: BenchPortal, warm: list[Family], measured: list[Family], profiled: list[Family], *, sql: bool
) -> None:
    """Prints each page's CPU and statements, then the functions that take most of it; the whole profile lies in
    var/orders.prof."""
    inside = Inside(portal)
    inside.walk(warm)
    inside.pages.clear()
    inside.walk(measured)
    cpu = requests = statements = 0.0
    print(f"\n{'':<46} times  CPU ms  statements")
    for name, page in inside.pages.items():
        times = page.count / len(measured)
        cpu, requests = cpu + page.cpu_ms / len(measured), requests + times
        statements += times * len(page.statements)
        print(f"{name:<46} {times:5.1f} {page.cpu_ms / page.count:7.2f}  {len(page.statements):3}")
        for text in page.statements if sql else ():
            print(f"      {' '.join(text.split())[:150]}")
    print(f"{'an order, without the edge and the wire':<46} {requests:5.1f} {cpu:7.2f}  {statements:3.0f}")
    inside.is_profiled = True
    inside.walk(profiled)
    inside.profile.dump_stats(CHECKOUT / "var" / "orders.prof")
    for order in ("tottime", "cumulative"):
        pstats.Stats(inside.profile).sort_stats(order).print_stats(45)
