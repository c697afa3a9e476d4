"""Missing papers are asked for once and completely; the clock stands still until they come (Insurance Law 22)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from claims import actions, selectors
from claims.lifecycle import ClaimState
from claims.models import Claim, MaterialsRequest
from core import clock
from core.errors import DomainError
from messaging.models import SmsMessage
from tests.claims.people import LI_HIP, Family, desk_page, own_page

MONDAY = clock.midnight(date(2026, 11, 23)) + timedelta(hours=9)
NEXT_MONDAY = MONDAY + timedelta(days=7)


def asked(family: Family, *items: str) -> Claim:
    """Handed in on Friday the 20th (due 4 December), asked on Monday the 23rd with nine working days left."""
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    actions.request_materials(
        claim=family.again(claim),
        seen=desk_page(family.again(claim)),
        items=items,
        message="请补出院小结",
        actor=family.zhou.actor(),
        now=MONDAY,
    )
    return family.again(claim)


def hand_in(family: Family, claim: Claim) -> Claim:
    actions.hand_in_materials(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=NEXT_MONDAY)
    return family.again(claim)


def test_one_notice_names_everything_and_the_resident_is_told_by_message(family: Family) -> None:
    claim = asked(family, "DISCHARGE_SUMMARY", "ID_CARD")
    assert claim.state == ClaimState.MATERIALS_REQUESTED
    missing = [str(requirement.kind) for requirement in selectors.checklist_of(claim).missing]
    assert missing == ["DISCHARGE_SUMMARY", "ID_CARD"]
    message = SmsMessage.objects.get(template="claim_materials")
    assert message.to_phone == "13900001001"
    assert selectors.due_of(claim, now=MONDAY) is None


def test_the_clock_goes_on_with_the_days_that_were_left(family: Family) -> None:
    """Nine working days were left; the papers come on Monday the 30th: due on Friday 11 December."""
    claim = asked(family, "DISCHARGE_SUMMARY")
    family.adds(claim, "DISCHARGE_SUMMARY")
    claim.documents.filter(kind="DISCHARGE_SUMMARY").update(uploaded_at=NEXT_MONDAY)
    claim = hand_in(family, claim)
    assert claim.state == ClaimState.UNDER_REVIEW
    assert claim.review_due_on == date(2026, 12, 11)
    assert claim.reviewer == family.zhou


def test_half_of_what_was_asked_is_not_enough_and_the_rest_is_named(family: Family) -> None:
    claim = asked(family, "DISCHARGE_SUMMARY", "ID_CARD")
    family.adds(claim, "ID_CARD")
    claim.documents.filter(kind="ID_CARD").update(uploaded_at=NEXT_MONDAY)
    with pytest.raises(DomainError) as refusal:
        hand_in(family, claim)
    assert refusal.value.code == "materials_missing"
    assert family.again(claim).state == ClaimState.MATERIALS_REQUESTED


def test_what_was_handed_in_before_stays_and_what_is_added_now_may_be_removed(family: Family) -> None:
    claim = asked(family, "OTHER")
    old = claim.documents.filter(kind="INVOICE").get()
    new = family.adds(claim, "OTHER")
    with pytest.raises(DomainError):
        actions.remove_document(document=old, actor=family.li.actor(), now=MONDAY)
    actions.remove_document(document=new, actor=family.li.actor(), now=MONDAY)
    assert [document.kind for document in selectors.documents_of(claim)] == ["INVOICE", "BANK_CARD"]


def test_a_second_request_needs_the_supervisor(family: Family) -> None:
    claim = asked(family, "OTHER")
    family.adds(claim, "OTHER")
    claim.documents.filter(kind="OTHER").update(uploaded_at=NEXT_MONDAY)
    claim = hand_in(family, claim)
    with pytest.raises(DomainError) as refusal:
        actions.request_materials(
            claim=claim,
            seen=desk_page(claim),
            items=["ID_CARD"],
            message="",
            actor=family.zhou.actor(),
            now=NEXT_MONDAY,
        )
    assert refusal.value.code == "materials_asked_before"
    second = actions.request_materials(
        claim=claim, seen=desk_page(claim), items=["ID_CARD"], message="", actor=family.wang.actor(), now=NEXT_MONDAY
    )
    assert (second.sequence, second.supervisor) == (2, family.wang)


def test_what_answered_the_first_request_stays_when_a_second_is_made(family: Family) -> None:
    claim = asked(family, "OTHER")
    answer = family.adds(claim, "OTHER")
    claim.documents.filter(kind="OTHER").update(uploaded_at=NEXT_MONDAY)
    claim = hand_in(family, claim)
    actions.request_materials(
        claim=claim, seen=desk_page(claim), items=["ID_CARD"], message="", actor=family.wang.actor(), now=NEXT_MONDAY
    )
    answer.refresh_from_db()
    with pytest.raises(DomainError) as refusal:
        actions.remove_document(document=answer, actor=family.li.actor(), now=NEXT_MONDAY)
    assert refusal.value.code == "claim_not_editable"


def test_the_database_knows_no_second_request_without_a_supervisor(family: Family) -> None:
    claim = asked(family, "OTHER")
    MaterialsRequest.objects.filter(claim=claim).update(answered_at=NEXT_MONDAY)
    with pytest.raises(IntegrityError, match="second_request_has_supervisor"), transaction.atomic():
        MaterialsRequest.objects.create(
            claim=claim, sequence=2, items=["OTHER"], requested_by=family.zhou, requested_at=NEXT_MONDAY
        )


def test_a_request_for_nothing_is_refused(family: Family) -> None:
    with pytest.raises(DomainError) as refusal:
        asked(family, "A_SONG")
    assert refusal.value.code == "nothing_asked"
