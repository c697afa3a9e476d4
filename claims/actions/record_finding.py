"""The reviewer settles a fact on which the payment hangs: what nobody knows, or what a source has wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors, shown
from claims.actions._locks import lock_claim, person_id
from claims.actions._reviewing import require_desk, require_reviewer
from claims.facts.kinds import YES_NO, Kind
from claims.facts.of_lines import PREFIX
from claims.facts.table import GATHERED
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill, FactFinding
from core.actors import Actor
from core.seen import require_unchanged


def record_finding(
    *,
    claim: Claim,
    fact: str,
    found: str,
    reason: str,
    bill: int | None = None,
    line: int | None = None,
    seen: str,
    actor: Actor,
    now: datetime,
) -> FactFinding:
    """found: as the form carries it (claims.facts.kinds); "" lets the source's word count again. bill: position of the
    bill in the claim, for facts about it; line: place of a fee line in the bill, from 0, for its tags.

    Raises Conflict changed_meanwhile, not_under_review; NotAllowed not_the_reviewer; DomainError no_such_fact,
    finding_not_understood, reason_needed.
    """
    require_desk(claim, actor, "claims.review")
    value = _kind(fact).read(found) if found else None
    if not reason.strip():
        raise errors.reason_needed()
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        if locked.state != ClaimState.UNDER_REVIEW:
            raise errors.not_under_review()
        require_reviewer(locked, actor)
        return FactFinding.objects.create(
            claim=locked,
            bill=_bill(locked, fact, bill, line),
            line=line,
            fact=fact,
            value=value,
            reason=reason.strip(),
            found_by_id=person_id(actor),
            found_at=now,
        )


def _kind(fact: str) -> Kind:
    if fact.startswith(PREFIX):
        return YES_NO
    supplied = GATHERED.get(fact)
    if supplied is None or supplied.finds is None:
        raise errors.no_such_fact()
    return supplied.finds


def _bill(claim: Claim, fact: str, position: int | None, line: int | None) -> ClaimBill | None:
    """The bill that the fact is about; None for one about the person. Raises no_such_fact."""
    if fact.startswith("person."):
        if position is not None or line is not None:
            raise errors.no_such_fact()
        return None
    bill = claim.bills.filter(position=position).first() if position is not None else None
    of_a_line = fact.startswith(PREFIX)
    if bill is None or of_a_line != (line is not None) or (line is not None and not 0 <= line < len(bill.lines)):
        raise errors.no_such_fact()
    return bill
