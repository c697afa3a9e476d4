"""A stay found on the national platform becomes a claim; the resident types no amount (C1, C2, C3)."""

from __future__ import annotations

from datetime import date

import pytest

from claims import actions, selectors
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimEvent
from core import clock
from core.errors import DomainError
from sandbox.testing import Sandbox
from tests.claims import paper_files
from tests.claims.people import (
    LI_HIP,
    LI_TAKEN_BACK,
    WANG_DIABETES,
    WANG_PNEUMONIA,
    Family,
    own_page,
    quarantined,
)
from tests.stored import stored


def test_all_amounts_come_from_the_platform(family: Family) -> None:
    claim = family.starts(LI_HIP)
    bill = claim.bills.get()
    assert claim.state == ClaimState.DRAFT
    assert claim.number.startswith("CL-2026-")
    assert (bill.hospital_name, bill.admitted_on, bill.discharged_on) == (
        "三门峡市中心医院",
        date(2026, 3, 2),
        date(2026, 3, 19),
    )
    assert bill.total_fen == 8_620_000
    assert bill.amounts["basic_fund_paid_fen"] == 4_592_000
    assert bill.personal_fen == 4_028_000
    assert bill.amounts["out_of_catalogue_fen"] == 1_234_000
    assert bill.sum_fen("part") == 8_620_000
    assert bill.diagnoses[0]["name"] == "单侧原发性髋关节病"


def test_what_names_a_person_or_an_illness_is_ciphertext_in_the_table(family: Family) -> None:
    claim = family.names_account(family.starts(LI_HIP))
    row = stored("claims_claim", "claims_claimbill", "claims_claimpayee")
    for plain in (LI_HIP, "李秀兰", "6217002510001000009", "髋关节"):
        assert plain not in row
    assert f"account_tail={claim.live_payees[0].account_tail}" in row


def test_choosing_the_same_stay_again_continues_the_draft(family: Family) -> None:
    first, second = family.starts(LI_HIP), family.starts(LI_HIP)
    assert first.pk == second.pk
    assert Claim.objects.count() == 1


def test_a_stay_that_was_handed_in_cannot_be_claimed_again(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    with pytest.raises(DomainError, match=claim.number) as refusal:
        family.starts(LI_HIP)
    assert refusal.value.code == "settlement_already_claimed"


def test_a_withdrawn_claim_gives_its_stay_free(family: Family) -> None:
    claim = family.starts(LI_HIP)
    actions.withdraw_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert family.starts(LI_HIP).pk != claim.pk


def test_a_bill_that_the_hospital_took_back_is_not_found(family: Family) -> None:
    with pytest.raises(DomainError) as refusal:
        family.starts(LI_TAKEN_BACK)
    assert refusal.value.code == "settlement_not_found"


def test_a_stay_of_somebody_else_is_not_found(family: Family) -> None:
    with pytest.raises(DomainError) as refusal:
        family.starts(WANG_PNEUMONIA, of="李秀兰")
    assert refusal.value.code == "settlement_not_found"


def test_a_stay_that_began_outside_the_cover_is_refused(family: Family) -> None:
    policy = family.policies["王桂英"]
    type(policy).objects.filter(pk=policy.pk).update(cover_from=date(2026, 5, 12))
    policy.refresh_from_db()
    with pytest.raises(DomainError) as refusal:
        family.starts(WANG_PNEUMONIA, of="王桂英")  # admitted on 11 May
    assert refusal.value.code == "outside_cover"
    type(policy).objects.filter(pk=policy.pk).update(cover_from=date(2026, 5, 11))
    policy.refresh_from_db()
    assert family.starts(WANG_PNEUMONIA, of="王桂英").state == ClaimState.DRAFT


def test_a_silent_platform_is_said_so_and_nothing_is_lost(family: Family, outside: Sandbox) -> None:
    outside.fault("nhsa", "5203", "error_before", count=20)
    with pytest.raises(DomainError) as refusal:
        family.starts(LI_HIP)
    assert (refusal.value.code, refusal.value.status) == ("platform_silent", 503)
    assert Claim.objects.count() == 0


def test_blank_amounts_of_an_outpatient_bill_count_as_nothing(family: Family) -> None:
    bill = family.starts(WANG_DIABETES, of="王桂英").bills.get()
    assert (bill.total_fen, bill.personal_fen, bill.as_benefits_bill("").assistance_paid_fen) == (68_000, 23_800, 0)
    assert "over_limit_fen" not in bill.amounts


def test_everything_missing_is_told_at_once(family: Family) -> None:
    claim = family.starts(LI_HIP)
    with pytest.raises(DomainError) as refusal:
        actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert refusal.value.code == "materials_missing"
    assert [str(requirement.kind) for requirement in selectors.checklist_of(claim).missing] == ["INVOICE", "BANK_CARD"]
    family.adds(claim, "INVOICE")
    family.adds(claim, "BANK_CARD")
    with pytest.raises(DomainError) as refusal:
        actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert refusal.value.code == "payee_missing"


def test_handing_in_starts_a_clock_of_ten_working_days(family: Family) -> None:
    """Friday 20 November 2026: ten working days later is Friday 4 December."""
    claim = family.hands_in(LI_HIP)
    assert claim.state == ClaimState.SUBMITTED
    assert claim.review_due_on == date(2026, 12, 4)


def test_handing_in_twice_is_handing_in_once(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    again = actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert again.state == ClaimState.SUBMITTED
    assert ClaimEvent.objects.filter(subject=claim, name="claim.submitted").count() == 1


@pytest.mark.parametrize("account_no", ["", "62170025100", "12345678901234567890", "六二一七", "٦٢١٧٠٠٢٥١٠٠٠١٠٠٠٠٠"])
def test_an_account_number_has_12_to_19_digits(family: Family, account_no: str) -> None:
    claim = family.starts(LI_HIP)
    with pytest.raises(DomainError) as refusal:
        family.names_account(claim, account_no=account_no)
    assert refusal.value.code == "account_number"


@pytest.mark.parametrize(
    "account_no", ["6217 0025 1000 1000 00", "６２１７００２５１０００１０００００", "'6217-0025-1000-1000-00\u202c"]
)
def test_an_account_number_is_kept_as_the_bank_reads_it(family: Family, account_no: str) -> None:
    claim = family.starts(LI_HIP)
    assert family.names_account(claim, account_no=account_no).live_payees[0].account == "621700251000100000"


def test_a_photo_sent_twice_is_one_paper(family: Family) -> None:
    claim, content = family.starts(LI_HIP), paper_files.photo()
    first = family.adds(claim, "INVOICE", content)
    second = family.adds(claim, "INVOICE", content, name="again.jpg")
    assert first.pk == second.pk
    assert len(selectors.documents_of(claim)) == 1


def test_a_claim_holds_twenty_files_and_no_more(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims.documents import limits

    monkeypatch.setattr(limits, "MAX_FILES_PER_CLAIM", 2)
    claim = family.starts(LI_HIP)
    family.adds(claim, "INVOICE", paper_files.photo("1"))
    family.adds(claim, "INVOICE", paper_files.photo("2"))
    with pytest.raises(DomainError) as refusal:
        family.adds(claim, "INVOICE", paper_files.photo("3"))
    assert refusal.value.code == "too_many_files"


def test_nothing_is_added_or_removed_after_handing_in(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    document = selectors.documents_of(claim)[0]
    with pytest.raises(DomainError) as refusal:
        family.adds(claim, "OTHER")
    assert refusal.value.code == "claim_not_editable"
    with pytest.raises(DomainError) as refusal:
        actions.remove_document(document=document, actor=family.li.actor(), now=clock.now())
    assert refusal.value.code == "claim_not_editable"
    assert len(selectors.documents_of(claim)) == 2


def test_quarantine_is_empty_after_good_and_bad_files(family: Family) -> None:
    from claims.documents.quarantine import quarantine_folder

    claim = family.starts(LI_HIP)
    family.adds(claim, "INVOICE")
    bad = quarantined(paper_files.HTML, "invoice.jpg")
    with pytest.raises(DomainError):
        actions.add_document(claim=claim, kind="INVOICE", upload=bad, actor=family.li.actor(), now=clock.now())
    assert list(quarantine_folder().iterdir()) == []


def test_papers_of_a_claim_are_kept_five_years_after_the_cover_ended(family: Family) -> None:
    """Insurance Law 87. A draft keeps nobody's data."""
    from accounts.retention import holds_on
    from claims.retention import records_of

    family.starts(WANG_PNEUMONIA, of="王桂英")
    assert records_of(family.li.pk) == []
    family.hands_in(LI_HIP)
    assert [hold.until for hold in records_of(family.li.pk)] == [date(2032, 1, 1)]
    assert date(2032, 1, 1) in [hold.until for hold in holds_on(family.li.pk)]
    assert records_of(family.zhao.pk) == []
