"""A page asked both ways, beside the gates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bench.pages.addresses import RESIDENT, STAFF, Page, desks, residents
from bench.pages.listening import Explainer, Heard
from bench.pages.serving import Served, Server
from bench.pages.visitors import Visitor
from bench.portal import BenchPortal

GATE_WEB_MS = {RESIDENT: 12.0, STAFF: 40.0}
GATE_DATABASE_MS = 2.0
GATE_BUFFERS = 500
HEAD = (
    f"{'':34} {'state-':>7}{'':>8}{'web':>7}{'data-':>7}{'gzip':>7}{'x':>7}\n"
    f"{'page':34} {'ments':>7}{'buffers':>8}{'ms':>7}{'base ms':>8}{'KB':>6}{'floor':>7}"
)


@dataclass(frozen=True)
class Row:
    page: Page
    heard: Heard
    served: Served

    @property
    def misses(self) -> list[str]:
        """By name, what is above its gate. A named report may read more, and may take longer for it."""
        if self.served.statuses != {200}:
            return [f"answers {sorted(self.served.statuses)}"]
        found = [f"web {self.served.web_ms:.0f} ms"] if self.served.web_ms > GATE_WEB_MS[self.page.kind] else []
        if self.page.is_report:
            return found
        if self.served.database_ms > GATE_DATABASE_MS:
            found.append(f"database {self.served.database_ms:.1f} ms")
        if self.heard.buffers > GATE_BUFFERS:
            found.append(f"{self.heard.buffers:,} buffers")
        return found + [scan.what for scan in self.heard.scans[:2]]

    def line(self, floor_ms: float) -> str:
        served, heard = self.served, self.heard
        return (
            f"{self.page.name[:50]:50} {heard.statements:4}{heard.buffers:9,}{served.web_ms:8.1f}"
            f"{served.database_ms:7.2f}{served.bytes_sent / 1024:7.1f}{served.web_ms / floor_ms:7.0f}"
            f"  {'MISSED ' + ', '.join(self.misses) if self.misses else 'ok'}"
        )


def pages(only: str) -> Iterator[Page]:
    for kind in (residents, desks):
        yield from (page for page in kind() if re.search(only, page.name))


class Bench:
    def __init__(self, portal: BenchPortal, *, rounds: int) -> None:
        self._server = Server(portal.url, portal.supervisor)
        self._explainer = Explainer(portal.superuser_url)
        self._rounds = rounds

    def floor_ms(self) -> float:
        """Of the emptiest page there is: what server and framework take before anything of ours."""
        return self._server.ask(Page("floor", "/healthz", Visitor("nobody"), RESIDENT), 10 * self._rounds).web_ms

    def ask(self, page: Page) -> Row:
        page.visitor.client.get(page.path)  # what is kept in the process for a while is there by now
        with self._explainer.listening() as heard:
            page.visitor.client.get(page.path)
        return Row(page, heard, self._server.ask(page, self._rounds))
