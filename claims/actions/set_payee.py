"""The account that receives the money: the insured's own, or for a child the relative's who files (C1)."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from claims import errors, shown
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.actions.propose_payout import drop_proposals
from claims.banks import BANKS
from claims.models import Claim, ClaimPayee, PayeeRelation
from claims.selectors import allowed_payee_names, claim_for
from core import clock
from core.actors import Actor
from core.seen import require_unchanged
from core.written import name_as_written, number_as_written


def set_payee(
    *, claim: Claim, seen: str, payee_name: str, account_no: str, bank_code: str, actor: Actor, now: datetime
) -> Claim:
    """Only digits of account_no are kept. A card number whose check digit looks wrong is taken (cards exist without
    one); the page asks to compare it. Raises DomainError payee_name, account_number, bank_unknown; Conflict
    claim_not_editable while the claim is being reviewed or paid, payees_by_the_desk where two people there arranged who
    receives which share.
    """
    if not require_hand(claim, actor):
        claim_for(actor, claim.number)  # hers still: a kinship may have ended since the page was opened
    account = number_as_written(account_no)
    if not re.fullmatch(r"[0-9]{12,19}", account):
        raise errors.account_number_wrong()
    if bank_code not in BANKS:
        raise errors.bank_unknown()
    allowed = allowed_payee_names(claim, actor=actor, today=clock.civil_date(now))
    name = next((known for known in allowed if name_as_written(known) == name_as_written(payee_name)), "")
    if not name:
        raise errors.payee_name_wrong(" / ".join(allowed))
    with transaction.atomic():
        locked = lock_claim(claim)
        if not locked.is_payee_editable:
            raise errors.not_editable()
        require_unchanged(seen, is_now=shown.own_version(locked))
        live = locked.live_payees
        if any(payee.change_id for payee in live):
            raise errors.payees_by_the_desk()
        locked.payees.filter(since__isnull=False, until=None).update(until=now)
        ClaimPayee.objects.create(
            claim=locked,
            position=1,
            name=name,
            account=account,
            account_tail=account[-4:],
            bank_code=bank_code,
            relation=PayeeRelation.INSURED if name == locked.insured.name else PayeeRelation.GUARDIAN,
            named_by_id=actor.user_id,
            named_at=now,
            since=now,
        )
        drop_proposals(locked, reason="another account was named", now=now)
    return locked
