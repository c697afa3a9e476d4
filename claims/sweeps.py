"""What this room's workers do: papers that wait, and what is looked after by the clock. The bank itself is called by
payments' sweep; `pay_forgotten_claims` only looks for forgotten instructions.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from claims.actions import pay_claim
from claims.actions.check_document import check_paper, claim_paper
from claims.actions.fetch_bills import carry_on_fetching, forget_fetches
from claims.actions.fetch_bills import waiting as chosen
from claims.actions.look_up_stays import carry_on_looking, forget_look_ups, waiting
from claims.lifecycle import ClaimState
from claims.models import Claim, DocumentJob
from core.actors import Actor, scope_of
from core.errors import DomainError
from work import chores, sweeps
from work.lanes import Lane
from work.leases import open_human_task
from work.sweeps import Sweep

_SYSTEM = Actor.system("payout-sweeper", "claims.approve")
_GRACE = timedelta(minutes=1)


def register() -> None:
    # Two at once: each is opened in a process of its own that takes a core for seconds.
    sweeps.register(
        Sweep("papers", Lane.CHORES, rows=DocumentJob.objects.all, carry=check_paper, take=claim_paper, width=2)
    )
    # Somebody waits before the page; the platform may take its time.
    sweeps.register(Sweep("stays", Lane.CODES, rows=waiting, carry=carry_on_looking, width=4))
    sweeps.register(Sweep("bills", Lane.CODES, rows=chosen, carry=carry_on_fetching, width=4))
    chores.register("forget stays", timedelta(minutes=5), forget_look_ups)
    chores.register("forget chosen bills", timedelta(minutes=5), forget_fetches)
    chores.register("pay forgotten claims", _GRACE, pay_forgotten_claims)


def pay_forgotten_claims(now: datetime) -> int:
    """Approved claims without a payout instruction. Approval writes both in one transaction, so there are none unless
    data was mended by hand; then a minute later each is instructed, or put before a person.
    """
    forgotten = Claim.objects.filter(state=ClaimState.APPROVED, decisions__approved_at__lt=now - _GRACE).distinct()
    for claim in forgotten[:100]:
        try:
            pay_claim(claim=claim, actor=_SYSTEM, now=now)
        except DomainError as error:
            open_human_task(kind="payout", key=claim.number, reason=error.code, scope=scope_of(claim), now=now)
    return len(forgotten)
