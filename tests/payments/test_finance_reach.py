"""Finance looks at every payment; a finance role that is narrowed to one insurer looks at none by it."""

from __future__ import annotations

import pytest

from core import clock
from core.actors import Actor, Grant
from core.errors import NotFound
from payments.actions import start_payment
from payments.selectors import FINANCE, payment_for
from tests.payments.orders import PLAN_YEAR, PURPOSE, SCHEME, open_order
from tests.payments.till import CLERK


@pytest.mark.django_db
def test_a_payment_belongs_to_no_insurer() -> None:
    payment = start_payment(
        purpose=PURPOSE, purpose_ref=open_order(), plan_year=PLAN_YEAR, scheme=SCHEME, amount_fen=10_000,
        channel="PERSONAL_ACCOUNT", payer_id=None, details={}, actor=CLERK, now=clock.now(),
    )  # fmt: skip
    everywhere = Actor.holding(7, "staff:caiwu", FINANCE)
    at_one_insurer = Actor(7, "staff:caiwu", (Grant(frozenset({FINANCE}), {"insurer": frozenset({"dahe"})}),))
    assert payment_for(everywhere, payment.number) == payment
    with pytest.raises(NotFound):
        payment_for(at_one_insurer, payment.number)
