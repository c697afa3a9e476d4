"""The resident hands the claim in. From here the insurer's clock runs: ten working days (C6)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from claims import checking, errors, notices, questions, shown, stays
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.actions.ask_platform import learn
from claims.checklist import missing_kinds
from claims.lifecycle import ClaimState, DocumentState
from claims.models import Claim
from claims.selectors import claim_holding
from core import clock
from core.actors import Actor
from core.seen import require_unchanged
from core.workdays import add_workdays
from work.lifecycle import transition

REVIEW_WORKDAYS = 10  # Shuozhou 四(四); shorter than the 30 days of Insurance Law 23.


def submit_claim(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """DRAFT -> SUBMITTED, with the automatic checks recorded. Handing in twice returns the claim as it is.
    seen: shown.own_version.

    Raises DomainError materials_missing (all of them named at once), payee_missing, answers_missing; Conflict
    papers_not_ready while a paper is still being checked, settlement_already_claimed when somebody else handed in one
    of its bills before.
    """
    require_hand(claim, actor)
    bill_stands = stays.still_stands(claim)
    learn(claim, now=now)
    with transaction.atomic():
        locked = lock_claim(claim)
        if locked.state != ClaimState.DRAFT and locked.submitted_at:
            return locked
        require_unchanged(seen, is_now=shown.own_version(locked))
        require_complete(locked)
        _hand_in(locked, actor=actor, now=now)
        checking.record(locked, bill_stands=bill_stands, now=now)
        notices.claim_received(locked, now=now)
    return locked


def _hand_in(claim: Claim, *, actor: Actor, now: datetime) -> None:
    """From here on the claim holds its bills: the database lets nobody else hand in the same settlement."""
    due_on = add_workdays(clock.civil_date(now), REVIEW_WORKDAYS)
    try:
        with transaction.atomic():
            transition(claim, ClaimState.SUBMITTED, actor=actor, now=now, submitted_at=now, review_due_on=due_on)
    except IntegrityError as error:
        if "one_live_claim_per_settlement" not in str(error):
            raise
        holders = filter(None, (claim_holding(bill.settlement_no) for bill in claim.bills.all()))
        raise errors.handed_in_by_another("、".join(holder.number for holder in holders)) from None


def require_complete(claim: Claim) -> None:
    require_checked(claim)
    ready = claim.documents.filter(removed_at=None, state=DocumentState.READY)
    present = set(ready.values_list("kind", flat=True))
    missing = missing_kinds(claim_type=claim.claim_type, present=present)
    if missing:
        raise errors.materials_missing("、".join(str(requirement.kind.label) for requirement in missing))
    if not claim.has_payee:
        raise errors.payee_missing()
    unanswered = questions.unanswered(claim)
    if unanswered:
        raise errors.answers_missing("、".join(str(question.says) for question in unanswered))


def require_checked(claim: Claim) -> None:
    """What the reviewer will read is known before the clock of ten working days runs."""
    waiting = claim.documents.filter(removed_at=None, state=DocumentState.RECEIVED)
    if waiting:
        raise errors.papers_not_ready("、".join(document.name for document in waiting))
