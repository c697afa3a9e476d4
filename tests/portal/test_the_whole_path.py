"""The main job, end to end in a real browser, with a real worker and the sandbox's own log as the judge.

Li Xiulan enrols herself and her mother and claims on last year's policy; Zhou Min proposes, Wang Lei approves, the
worker pays. On every page of the way axe-core looks for barriers: light, dark, large text, and both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from claims.models import Claim
from core import clock
from demo.build import build
from demo.people import MOTHER, STAFF
from enrollment.models import Order, Policy
from ledger.selectors import balance_fen, total_fen, unbalanced_transactions
from payments.models import Payment
from sandbox.testing import Sandbox
from scripts.journey import CARD_NUMBER, DAUGHTER, LI, Walk
from tests.conftest import CeleryWorker
from tests.outside import connect

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# What must never be readable outside its own column.
CANARIES = [LI.id_number, MOTHER.id_number, LI.phone, CARD_NUMBER, LI.name, MOTHER.name]


class Eyes:
    """Looks at each page as people of different sight do, and remembers where it has been."""

    def __init__(self, check: Callable[[Page], None]) -> None:
        self.check = check
        self.pages: list[str] = []

    def of(self, page: Page, *, modes: bool) -> Callable[[str], None]:
        def look(name: str) -> None:
            self.pages.append(name)
            for scheme in ("light", "dark") if modes else ("light",):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal of this line
                for text in ("normal", "large") if modes else ("normal",):
                    page.evaluate("text => { document.documentElement.dataset.text = text }", text)
                    self._check(page, f"{name} ({scheme}, {text})")
            page.emulate_media(color_scheme="light")
            page.evaluate("() => { document.documentElement.dataset.text = 'normal' }")

        return look

    def _check(self, page: Page, name: str) -> None:
        try:
            self.check(page)
        except AssertionError as findings:
            raise AssertionError(f"{name}: {findings}") from None
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name}: {overflow} px wider than the screen"


@pytest.fixture
def portal(
    transactional_db: None,
    live_server: LiveServer,
    sandbox: Sandbox,
    settings: Settings,
    process_env: Callable[[], dict[str, str]],
    tmp_path: Path,
) -> Iterator[CeleryWorker]:
    """The demonstration as `make run` makes it: data by real actions, and a worker."""
    connect(settings, sandbox)
    settings.PUBLIC_URL = live_server.url
    sandbox.clock(settings.PORTAL_CLOCK)
    build(now=clock.now())
    worker = CeleryWorker(process_env, tmp_path / "worker.log")
    yield worker.start()
    worker.kill()


@pytest.mark.slow
def test_from_sign_in_to_paid(
    portal: CeleryWorker,
    new_page: Callable[..., Page],
    sandbox: Sandbox,
    assert_accessible: Callable[[Page], None],
    capfd: pytest.CaptureFixture[str],
    redis_client: Any,
) -> None:
    eyes = Eyes(assert_accessible)

    def person(size: dict[str, int], *, modes: bool) -> Walk:
        page = new_page(**size)
        return Walk(page, sandbox_url=sandbox.base_url, look=eyes.of(page, modes=modes))

    before_fen = sandbox.total_fen()
    li = person(PHONE, modes=True)
    li.read_the_plan()
    li.sign_in(LI)
    order_number = li.enrol_everybody_listed()
    li.wait_until_paid(order_number)
    order = Order.objects.get(number=order_number)
    for policy in Policy.objects.filter(order_line__order=order):
        assert policy.state == "issued"
        li.pdf(f"/enrol/policies/{policy.number}/certificate.pdf")
    li.policies()
    # Twice 100.00 yuan, in one deduction, says the platform's own log.
    payment = Payment.objects.get(number=order.payment_number)
    assert [row["amount_fen"] for row in sandbox.log("account", reference=payment.number)] == [20_000]

    claim_number = li.file_a_claim(LI, year=2026)
    zhou_min, wang_lei = (next(p for p in STAFF if p.username == name) for name in ("zhoumin", "wanglei"))
    reviewing = person(DESK, modes=False)
    reviewing.sign_in_as_staff(zhou_min)
    reviewing.open_at_the_desk(claim_number, "reviewer")
    reviewing.act_at_the_desk("take", "reviewer-took-it")
    reviewing.act_at_the_desk("propose", "reviewer-proposed")
    approving = person(DESK, modes=False)
    approving.sign_in_as_staff(wang_lei)
    approving.open_at_the_desk(claim_number, "approver")
    approving.act_at_the_desk("approve", "approver-approved")
    li.wait_for_the_money(claim_number)
    li.pdf(f"/claims/{claim_number}/letter.pdf")
    li.go("/account/", "my-data")

    # Her daughter comes for the first time: who she is, she proves on the platform's page.
    daughter = person(PHONE, modes=True)
    daughter.sign_in(DAUGHTER)
    daughter.say_who(DAUGHTER)
    assert [row["counterparty"] for row in sandbox.log("proof")][-1].endswith("1004")

    # The stay cost 86,200.00; 27,080.00 of it is compliant self-pay: (27,080 - 15,000) x 75 % = 9,060.00.
    claim = Claim.objects.get(number=claim_number)
    assert claim.state == "PAID"
    assert [row["amount_fen"] for row in sandbox.log("bank", event="paid")] == [-906_000]

    # The books balance, and say what the outside world says.
    assert total_fen() == 0
    assert unbalanced_transactions() == []
    clearing_fen = balance_fen("asset.clearing", money_account="smx-personal_account")
    bank_fen = balance_fen("asset.bank")
    assert (clearing_fen, bank_fen) == (sandbox.total_fen("account"), sandbox.total_fen("bank"))
    assert sandbox.total_fen() - before_fen == 20_000 - 906_000

    _nothing_personal_leaked(portal.log, capfd.readouterr(), redis_client)
    assert len(eyes.pages) >= 35


def _nothing_personal_leaked(worker_log: str, printed: Any, redis_client: Any) -> None:
    """Logs of worker and web, and everything that lies in the broker and cache."""
    places = {"worker": worker_log, "web stdout": printed.out, "web stderr": printed.err}
    for key in redis_client.scan_iter():
        kind = redis_client.type(key)
        if kind == b"string":
            places[f"redis {key!r}"] = redis_client.get(key).decode("utf-8", "replace")
        elif kind == b"list":
            places[f"redis {key!r}"] = b"\n".join(redis_client.lrange(key, 0, -1)).decode("utf-8", "replace")
        elif kind == b"hash":
            places[f"redis {key!r}"] = repr(redis_client.hgetall(key))
    for place, text in places.items():
        for canary in CANARIES:
            assert canary not in text, f"{canary} is readable in: {place}"
