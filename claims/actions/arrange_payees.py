"""Several people receive the money, each a share: one person at the desk proposes them, another confirms (A2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors, selectors, shown
from claims.actions._locks import lock_claim, person_id
from claims.actions._reviewing import require_desk
from claims.actions.propose_payout import drop_proposals
from claims.banks import BANKS
from claims.models import Claim, ClaimPayee, PayeeChange, PayeeRelation
from claims.models.payee import WHOLE
from core import guards
from core.actors import Actor
from core.errors import Conflict
from core.seen import require_unchanged
from core.written import name_as_written, number_as_written


@dataclass(frozen=True)
class PayeeGiven:
    """One account and what it receives, as it was typed. share_millionths: of the whole."""

    name: str
    account_no: str
    bank_code: str
    relation: str
    share_millionths: int


def propose_payees(
    *, claim: Claim, seen: str, payees: Sequence[PayeeGiven], reason: str, actor: Actor, now: datetime
) -> PayeeChange:
    """Payees that count once a second person has confirmed them. While money that came back waits, only the accounts
    change: who receives which share was decided.

    Needs claims.review for the claim's insurer. seen: shown.desk_version. Raises DomainError reason_needed,
    account_number, bank_unknown, payee_relation, payee_missing, shares_not_whole; Conflict claim_not_editable,
    payees_proposed.
    """
    require_desk(claim, actor, "claims.review")
    if not reason.strip():
        raise errors.reason_needed()
    given = [_checked(payee) for payee in payees]
    if sum(payee.share_millionths for payee in given) != WHOLE:
        raise errors.shares_not_whole()
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        if not locked.payees_are_arranged:
            raise errors.not_editable()
        if locked.payouts.exists() and _shares(locked.live_payees) != _shares(given):
            raise errors.shares_not_whole()
        if selectors.open_payee_change(locked) is not None:
            raise Conflict("payees_proposed", _("A colleague has proposed payees already. A second person confirms."))
        change = PayeeChange.objects.create(
            claim=locked, reason=reason.strip(), proposed_by_id=person_id(actor), proposed_at=now
        )
        for position, payee in enumerate(given, start=1):
            ClaimPayee.objects.create(
                claim=locked,
                position=position,
                name=payee.name,
                account=payee.account_no,
                account_tail=payee.account_no[-4:],
                bank_code=payee.bank_code,
                relation=payee.relation,
                share_millionths=payee.share_millionths,
                change=change,
                named_at=now,
            )
    return change


def confirm_payees(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """From now on the proposed payees count, and those before them no longer.

    Needs claims.approve for the claim's insurer, and another person than who proposed. Raises NotAllowed own_proposal;
    Conflict payees_not_proposed, changed_meanwhile.
    """
    require_desk(claim, actor, "claims.approve")
    with transaction.atomic():
        locked, change = _open(claim, seen)
        if change.proposed_by_id == actor.user_id and guards.on("claims.second_person"):
            raise errors.own_proposal()
        change.confirmed_by_id, change.confirmed_at = actor.user_id, now
        change.save(update_fields=["confirmed_by", "confirmed_at"])
        locked.payees.filter(since__isnull=False, until=None).update(until=now)
        change.payees.update(since=now)
        drop_proposals(locked, reason="other payees were confirmed", now=now)
    return locked


def refuse_payees(*, claim: Claim, seen: str, reason: str, actor: Actor, now: datetime) -> Claim:
    """The proposed payees are dropped with a reason; those before them go on. Raises as confirm_payees; DomainError
    reason_needed."""
    require_desk(claim, actor, "claims.approve")
    if not reason.strip():
        raise errors.reason_needed()
    with transaction.atomic():
        locked, change = _open(claim, seen)
        change.dropped_at, change.dropped_reason = now, reason.strip()
        change.save(update_fields=["dropped_at", "dropped_reason"])
    return locked


def _open(claim: Claim, seen: str) -> tuple[Claim, PayeeChange]:
    locked = lock_claim(claim)
    require_unchanged(seen, is_now=shown.desk_version(locked))
    change = selectors.open_payee_change(locked)
    if change is None or not locked.payees_are_arranged:
        raise Conflict("payees_not_proposed", _("Nobody has proposed payees for this claim."))
    return locked, change


def _checked(given: PayeeGiven) -> PayeeGiven:
    account = number_as_written(given.account_no)
    if not re.fullmatch(r"[0-9]{12,19}", account):
        raise errors.account_number_wrong()
    if given.bank_code not in BANKS:
        raise errors.bank_unknown()
    if given.relation not in PayeeRelation.values:
        raise errors.relation_unknown()
    name = name_as_written(given.name)
    if not name:
        raise errors.payee_missing()
    if given.share_millionths < 1:
        raise errors.shares_not_whole()
    return PayeeGiven(name, account, given.bank_code, given.relation, given.share_millionths)


def _shares(payees: Sequence[ClaimPayee | PayeeGiven]) -> list[int]:
    return [payee.share_millionths for payee in payees]
