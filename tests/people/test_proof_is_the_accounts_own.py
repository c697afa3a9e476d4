"""Two people at one phone: what Zhao began in this browser is not Li's to finish, though the secret is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from people.actions.finish_proof import finish_proof
from people.actions.start_proof import digest
from people.errors import NotConfirmed
from people.lifecycle import PersonProofState
from people.models import PersonProof
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, ZHAO, account


def test_another_account_in_the_same_browser_does_not_even_ask_the_platform(town: Town) -> None:
    now = clock.now()
    zhaos = PersonProof.objects.create(
        number="n" * 32, user=account(ZHAO[2]), method="voucher", state_digest=digest("state"),
        session_digest=digest("of this browser"), nonce="n" * 32, started_at=now, expires_at=now + timedelta(minutes=5),
    )  # fmt: skip
    with pytest.raises(NotConfirmed):
        finish_proof(
            user=account(LI[2]),
            session_secret="of this browser",
            state="state",
            ticket="x",
            scheme=town.scheme,
            now=now,
        )
    zhaos.refresh_from_db()
    assert zhaos.state == PersonProofState.STARTED, "it is still Zhao's to finish"
