"""The desk in the admin: a queue that stays quick, one page per claim, four places for actions, two people (C5, A2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import IdentityReveal, User
from accounts.roles import Role
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill
from core import clock
from tests.accounts.people import staff
from tests.claims.people import LI_HIP, Family, desk_page

QUEUE = "/admin/claims/claim/"
Browser = Callable[[User], Client]


@pytest.fixture
def zhou(family: Family, browser_of: Browser) -> Client:
    return in_english(browser_of(family.zhou))


@pytest.fixture
def wang(family: Family, browser_of: Browser) -> Client:
    return in_english(browser_of(family.wang))


def in_english(client: Client) -> Client:
    client.cookies["look"] = "auto.normal.en"
    return client


def desk(claim: Claim) -> str:
    return reverse("admin:claims_claim_change", args=[claim.pk])


def do(client: Client, claim: Claim, verb: str, **fields: object):  # type: ignore[no-untyped-def]  # a test response
    """Pressing a button of the page as it is now, unless another version is said."""
    sent = {"seen": desk_page(claim), **fields}
    return client.post(reverse("admin:claims_claim_do", args=[claim.pk, verb]), sent)


def fill_the_queue(family: Family, count: int, *, first: int = 0) -> None:
    """Claims as they stand after handing in, without their papers."""
    model = family.starts(LI_HIP)
    bill = ClaimBill.objects.get(claim=model)
    own = ("id", "claim_id", "settlement_no", "settlement_no_index")
    same = {f.attname: getattr(bill, f.attname) for f in ClaimBill._meta.fields if f.attname not in own}
    for number in range(first, first + count):
        claim = Claim.objects.create(
            number=f"CL-2026-8{number:06d}",
            policy=model.policy,
            insured=model.insured,
            filed_by=model.filed_by,
            claim_type=model.claim_type,
            insurer_id=model.insurer_id,
            created_at=clock.now(),
        )
        ClaimBill.objects.create(claim=claim, settlement_no=f"S-queue-{number}", **same)
        Claim.objects.filter(pk=claim.pk).update(
            state=ClaimState.SUBMITTED,
            submitted_at=clock.now(),
            review_due_on=date(2026, 11, 20) + timedelta(days=number % 20),
        )


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_queue_takes_as_many_queries_for_200_claims_as_for_thirty(family: Family, zhou: Client) -> None:
    fill_the_queue(family, 30)  # more than one page, as then
    queries(zhou, QUEUE)  # the first page also fills caches
    few = queries(zhou, QUEUE)
    fill_the_queue(family, 170, first=30)
    assert Claim.objects.filter(state=ClaimState.SUBMITTED).count() == 200
    many = queries(zhou, QUEUE)
    assert many == few
    assert many <= 12


def test_the_queue_begins_with_what_is_due_first_and_masks_names(family: Family, zhou: Client) -> None:
    fill_the_queue(family, 3)
    page = zhou.get(QUEUE).content.decode()
    first, second = page.index("CL-2026-8000000"), page.index("CL-2026-8000001")
    assert first < second
    assert "李*兰" in page
    assert "李秀兰" not in page
    assert "due today" in page


def test_a_whole_identity_number_finds_the_insureds_claims(family: Family, zhou: Client) -> None:
    claim = family.hands_in(LI_HIP)
    assert claim.number in zhou.get(QUEUE, {"q": "411202196803154264"}).content.decode()
    assert claim.number not in zhou.get(QUEUE, {"q": "411202194309023286"}).content.decode()
    assert claim.number in zhou.get(QUEUE, {"q": claim.number}).content.decode()


def test_drafts_do_not_appear_at_the_desk(family: Family, zhou: Client) -> None:
    claim = family.starts(LI_HIP)
    assert claim.number not in zhou.get(QUEUE, {"queue": "all"}).content.decode()
    assert zhou.get(desk(claim)).status_code == 404


def test_one_takes_and_proposes_another_approves_on_the_page(family: Family, zhou: Client, wang: Client) -> None:
    claim = family.hands_in(LI_HIP)
    page = zhou.get(desk(claim)).content.decode()
    for shown in ("9,060.00", "27,080.00", "15,000.00", "75%", "86,200.00", "Cover in force", "10 working days left"):
        assert shown in page, shown
    assert do(zhou, claim, "take").status_code == 302
    assert do(zhou, claim, "propose").status_code == 302
    page = zhou.get(desk(claim)).content.decode()
    assert "You cannot approve what you proposed yourself." in page
    assert 'name="approve"' not in page
    page = wang.get(desk(claim)).content.decode()
    assert 'name="approve"' in page
    assert do(wang, claim, "approve").status_code == 302
    assert family.again(claim).state == ClaimState.PAYING


def test_approving_ones_own_is_refused_on_the_page_too(family: Family, browser_of: Browser) -> None:
    """Third of three: the action (own_proposal), the database (decision_maker_is_not_checker) and this page."""
    both = staff("chenli", "claims_reviewer", "claims_approver", name="陈立")
    client = in_english(browser_of(both))
    claim = family.hands_in(LI_HIP)
    do(client, claim, "take")
    do(client, claim, "propose")
    page = client.get(desk(claim)).content.decode()
    assert 'name="approve"' not in page
    answer = do(client, claim, "approve")
    assert answer.status_code == 403
    assert "A second person has to approve it." in answer.content.decode()
    assert family.again(claim).state == ClaimState.PROPOSED


def test_a_stale_page_approves_nothing(family: Family, wang: Client) -> None:
    claim, _decision = family.is_proposed(LI_HIP)
    answer = do(wang, claim, "approve", seen="another page")
    assert answer.status_code == 409
    assert family.again(claim).state == ClaimState.PROPOSED


def test_papers_are_asked_for_declined_and_sent_back_with_words(family: Family, zhou: Client, wang: Client) -> None:
    claim = family.hands_in(LI_HIP)
    do(zhou, claim, "take")
    assert 'name="items"' in zhou.get(desk(claim), {"do": "materials"}).content.decode()
    assert do(zhou, claim, "materials").status_code == 400
    assert do(zhou, claim, "propose").status_code == 302
    assert do(wang, claim, "send_back").status_code == 400
    assert do(wang, claim, "send_back", reason="请核对发票").status_code == 302
    assert do(zhou, claim, "decline").status_code == 400
    assert do(zhou, claim, "materials", items=["ID_CARD"], message="请补身份证").status_code == 302
    assert family.again(claim).state == ClaimState.MATERIALS_REQUESTED


def test_get_does_nothing_and_an_unknown_verb_does_nothing(family: Family, zhou: Client) -> None:
    claim = family.hands_in(LI_HIP)
    assert zhou.get(reverse("admin:claims_claim_do", args=[claim.pk, "take"])).status_code == 302
    assert do(zhou, claim, "explode").status_code == 302
    assert family.again(claim).state == ClaimState.SUBMITTED


@pytest.mark.parametrize("role", ["finance", "bureau", "security", "operator"])
def test_other_staff_see_neither_queue_nor_claim_nor_paper(family: Family, browser_of: Browser, role: str) -> None:
    claim = family.hands_in(LI_HIP)
    document = claim.documents.all()[0]
    client = browser_of(staff("somebody", role))
    pages = [QUEUE, desk(claim), reverse("admin:claims_claim_paper_page", args=[document.pk, 1])]
    for address in pages:
        assert client.get(address).status_code in (403, 404), address
    assert do(client, claim, "take").status_code in (302, 403, 404)
    assert family.again(claim).state == ClaimState.SUBMITTED


@pytest.mark.parametrize(("insurer", "status"), [("dahe", 404), ("", 200)])
def test_a_role_for_one_insurer_opens_that_insurers_claims_only(
    family: Family, browser_of: Browser, insurer: str, status: int
) -> None:
    claim = family.hands_in(LI_HIP)
    paper = claim.documents.first()
    assert paper is not None
    narrowed = browser_of(staff("chenjie", "claims_reviewer", within={"insurer": [insurer or claim.insurer_id]}))
    assert (claim.number in narrowed.get(QUEUE).content.decode()) == (status == 200)
    assert narrowed.get(desk(claim)).status_code == status
    assert narrowed.get(reverse("admin:claims_claim_paper", args=[paper.pk])).status_code == status
    assert do(narrowed, claim, "take").status_code == (302 if status == 200 else 404)
    assert (family.again(claim).state == ClaimState.UNDER_REVIEW) == (status == 200)


def test_an_address_that_is_no_number_is_not_found(zhou: Client) -> None:
    assert zhou.get("/admin/claims/claim/abc/change/").status_code == 404


def test_a_resident_never_gets_to_the_desk(family: Family, browser_of: Browser) -> None:
    claim = family.hands_in(LI_HIP)
    li = browser_of(family.li)
    for address in (QUEUE, desk(claim)):
        answer = li.get(address)
        assert answer.status_code in (302, 403, 404)
    assert do(li, claim, "take").status_code in (302, 403, 404)
    assert family.again(claim).state == ClaimState.SUBMITTED


def test_pages_of_papers_are_pictures_that_can_do_nothing(family: Family, zhou: Client) -> None:
    document = family.hands_in(LI_HIP).documents.all()[0]
    answer = zhou.get(reverse("admin:claims_claim_paper_page", args=[document.pk, 1]))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    original = zhou.get(reverse("admin:claims_claim_paper", args=[document.pk]))
    assert original["Content-Disposition"].startswith("attachment;")


def test_the_full_account_number_is_read_with_a_reason_and_on_record(family: Family, zhou: Client) -> None:
    claim = family.hands_in(LI_HIP)
    page = zhou.get(desk(claim)).content.decode()
    assert "6217002510001000009" not in page
    assert "411202196803154264" not in page
    address = reverse("accounts:reveal", args=["claims.claimpayee", claim.live_payees[0].pk, "account"])
    assert address in page
    assert "6217002510001000009" not in zhou.post(address, {"reason": ""}).content.decode()
    answer = zhou.post(address, {"reason": "核对银行卡照片"})
    assert "6217002510001000009" in answer.content.decode()
    assert IdentityReveal.objects.get().subject_key == str(claim.live_payees[0].pk)


def test_numbers_are_shown_in_full_only_of_claims_at_ones_own_desk(family: Family, browser_of: Browser) -> None:
    """Of the claims of her insurer a reviewer may read account and identity; an operator reads people, no accounts."""
    claim = family.hands_in(LI_HIP)
    account = reverse("accounts:reveal", args=["claims.claimpayee", claim.live_payees[0].pk, "account"])
    identity = reverse("accounts:reveal", args=["people.person", claim.insured_id, "id_number"])
    mothers = reverse("accounts:reveal", args=["people.person", family.people["王桂英"].pk, "id_number"])
    why = {"reason": f"compares {claim.number} with the card"}
    expected = {
        family.zhou: {account: 200, identity: 200, mothers: 404},
        staff("sunhong", Role.CLAIMS_REVIEWER, within={"insurer": ["dahe"]}): {
            account: 404,
            identity: 404,
            mothers: 404,
        },
        staff("liufang", Role.OPERATOR): {account: 404, identity: 200, mothers: 200},
    }
    for user, answers in expected.items():
        browser = browser_of(user)
        for address, status in answers.items():
            assert (browser.get(address).status_code, browser.post(address, why).status_code) == (status, status)
