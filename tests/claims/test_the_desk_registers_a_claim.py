"""What comes by telephone, over a counter, from the agency or from a hospital is registered at the desk and continued
there, or by the insured on her own pages: bills, papers, account, several payees, to the money.

Chen Mei telephones about her neighbour Wang Guiying, who had pneumonia in May (42,500.00) and again in July.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from claims import actions, my_data, pages, selectors, stays
from claims.lifecycle import ClaimState
from claims.models import BillFetch, Claim, ClaimReport, FetchState
from core import clock
from core.actors import Actor
from core.errors import Conflict
from demo.plan_years import make_plan_year
from demo.schemes import SANMENXIA, ZHENGZHOU, DemoScheme
from enrollment.models import Policy
from messaging.models import SmsMessage
from sandbox.testing import Sandbox
from tests.accounts.people import resident, staff
from tests.claims import paper_files
from tests.claims.people import CARDS, LI_SECOND_STAY, WANG_PNEUMONIA, Family, desk_page, own_page, stay
from tests.people.proofs import stands_for
from tests.stored import stored
from work import sweeps
from work.lifecycle import transition

Browser = Callable[[User], Client]
REGISTER = "/admin/claims/claim/register/"

TOLD = {
    "way": "telephone",
    "reported_by": "邻居陈梅",
    "contact": "139 0000 1099",
    "name": "王 桂英",
    "id_number": "４１１２０２１９４３０９０２３２８６",
    "began_on": "2026-05-11",
    "what_happened": "因肺炎住院，已出院。",
    "form_key": "0" * 32,
}
# Her second pneumonia: 20,000.00 in July.
WANG_AGAIN = "S2026070900000078"
WANG_AGAIN_STAY = {
    **LI_SECOND_STAY,
    "setl_id": WANG_AGAIN,
    "mdtrt_id": "M2026070100000078",
    "psn_no": "41120000000000000000001002",
    "insutype": "390",
}


@pytest.fixture
def zhou(family: Family, browser_of: Browser) -> Client:
    return in_english(browser_of(family.zhou))


def in_english(client: Client) -> Client:
    client.cookies["look"] = "auto.normal.en"
    return client


def desk(claim: Claim) -> str:
    return reverse("admin:claims_claim_change", args=[claim.pk])


def do(client: Client, claim: Claim, verb: str, *, seen: str = "", **fields: Any):  # type: ignore[no-untyped-def]  # a test response
    sent = {"seen": seen or own_page(claim), **fields}
    return client.post(reverse("admin:claims_claim_do", args=[claim.pk, verb]), sent)


def ticks(*settlements: str, visit: str = "", key: str = "0" * 32) -> dict[str, Any]:
    return {"stays": [f"{visit} {number}" if visit else str(stay(number)) for number in settlements], "form_key": key}


def uploads(client: Client, claim: Claim, kind: str) -> int:
    file = SimpleUploadedFile(f"{kind}.jpg", paper_files.photo(f"{kind} {claim.number}"), "image/jpeg")
    address = reverse("admin:claims_claim_add_papers", args=[claim.pk])
    return client.post(address, {"kind": kind, "files": file}).status_code


def test_from_a_telephone_call_to_the_money_on_the_screens_of_the_desk(
    family: Family, zhou: Client, browser_of: Browser, outside: Sandbox
) -> None:
    outside.control("POST", "stays", WANG_AGAIN_STAY)
    assert REGISTER in zhou.get("/admin/claims/claim/").content.decode()
    listed = zhou.post(REGISTER, TOLD).url
    report = ClaimReport.objects.get()
    assert (report.policy, report.taken_by) == (family.policies["王桂英"], family.zhou)
    page = zhou.get(listed).content.decode()
    assert "42,500.00" in page
    assert "邻居陈梅" in page
    assert zhou.get(REGISTER).content.decode().count(listed) == 1, "in the list until a claim has come of it"
    at_desk = zhou.post(listed, ticks(WANG_PNEUMONIA)).url
    claim = Claim.objects.get()
    assert (claim.filed_by, claim.way, claim.state, at_desk) == (None, "telephone", ClaimState.DRAFT, desk(claim))
    assert zhou.get(listed).url == at_desk, "a report gives one claim"
    # a second bill
    more = reverse("admin:claims_claim_bills", args=[claim.pk])
    assert more in zhou.get(at_desk).content.decode()
    assert zhou.get(more).content.decode().count('type="checkbox"') == 1
    assert zhou.post(more, ticks(WANG_AGAIN, visit=str(WANG_AGAIN_STAY["mdtrt_id"]))).url == at_desk
    assert claim.bills.count() == 2
    # what happened, papers, account
    assert do(zhou, claim, "hand_in").status_code == 400
    assert do(zhou, claim, "answer", cause="illness", other_insurance="no").status_code == 302
    for kind in ("INVOICE", "BANK_CARD"):
        assert uploads(zhou, claim, kind) == 302
    family.worker_checks()
    account = {"payee_name": "王桂英", "bank_code": "102", "account_no": CARDS["王桂英"]}
    assert do(zhou, claim, "name_account", **account).status_code == 302
    page = zhou.get(at_desk).content.decode()
    assert 'name="hand_in"' in page
    assert do(zhou, claim, "hand_in").status_code == 302
    assert family.again(claim).state == ClaimState.SUBMITTED
    # review by her, approval by another
    do(zhou, claim, "take", seen=desk_page(claim))
    do(zhou, claim, "propose", seen=desk_page(claim))
    do(browser_of(family.wang), claim, "approve", seen=desk_page(claim))
    assert family.again(claim).state in (ClaimState.PAYING, ClaimState.NOTHING_DUE)


def test_the_insured_is_told_and_goes_on_with_it_herself(family: Family, browser_of: Browser) -> None:
    wang = resident("13900001002", "王桂英")
    stands_for(wang, family.people["王桂英"])
    claim = family.registers(family.is_told())
    assert SmsMessage.objects.get(template="claim_registered").to_phone == "13900001002"
    own = in_english(browser_of(wang))
    page = own.get(f"/claims/{claim.number}/").content.decode()
    assert f"/claims/{claim.number}/papers/" in page
    family.completes(claim, by=wang)
    sent = {"seen": own_page(claim), "form_key": "0" * 32}
    assert own.post(f"/claims/{claim.number}/check/", sent).status_code == 302
    assert family.again(claim).state == ClaimState.SUBMITTED


def test_papers_that_are_asked_for_are_added_at_the_desk_when_nobody_else_can(family: Family, zhou: Client) -> None:
    claim = registered_and_handed_in(family, zhou)
    do(zhou, claim, "take", seen=desk_page(claim))
    do(zhou, claim, "materials", seen=desk_page(claim), items=["ID_CARD"], message="请补身份证")
    assert uploads(zhou, claim, "ID_CARD") == 302
    family.worker_checks()
    assert do(zhou, claim, "hand_in").status_code == 302
    assert family.again(claim).state == ClaimState.UNDER_REVIEW


def registered_and_handed_in(family: Family, zhou: Client) -> Claim:
    claim = family.registers(family.is_told())
    do(zhou, claim, "answer", cause="illness", other_insurance="no")
    for kind in ("INVOICE", "BANK_CARD"):
        uploads(zhou, claim, kind)
    family.worker_checks()
    do(zhou, claim, "name_account", payee_name="王桂英", bank_code="102", account_no=CARDS["王桂英"])
    assert do(zhou, claim, "hand_in").status_code == 302
    return family.again(claim)


def test_heirs_are_arranged_by_two_before_it_is_handed_in(family: Family, zhou: Client, browser_of: Browser) -> None:
    """Wang Guiying has died: her daughter and her son-in-law inherit, and nobody can name an account of hers."""
    claim = family.registers(family.is_told())
    do(zhou, claim, "answer", cause="illness", other_insurance="no")
    for kind in ("INVOICE", "BANK_CARD"):
        uploads(zhou, claim, kind)
    family.worker_checks()
    heirs = {
        "payee_name": ["李秀兰", "张建国"],
        "account_no": [CARDS["李秀兰"], CARDS["张建国"]],
        "bank_code": ["102", "102"],
        "relation": ["heir", "heir"],
        "share": ["60", "40"],
        "reason": "公证书第12号",
    }
    assert "Several people receive the money" in zhou.get(desk(claim)).content.decode()
    assert do(zhou, claim, "propose_payees", seen=desk_page(claim), **heirs).status_code == 302
    assert do(zhou, claim, "confirm_payees", seen=desk_page(claim)).status_code == 403, "another person confirms"
    wang = in_english(browser_of(family.wang))
    assert "公证书第12号" in wang.get(desk(claim)).content.decode()
    assert do(wang, claim, "confirm_payees", seen=desk_page(claim)).status_code == 302
    assert [payee.name for payee in family.again(claim).live_payees] == ["李秀兰", "张建国"]
    assert do(zhou, claim, "hand_in").status_code == 302


def test_a_paper_is_taken_back_and_the_claim_given_up(family: Family, zhou: Client) -> None:
    claim = family.registers(family.is_told())
    uploads(zhou, claim, "INVOICE")
    [document] = selectors.uploads_of(claim)
    assert str(document.pk) in zhou.get(desk(claim)).content.decode()
    do(zhou, claim, "remove_paper", document=str(document.pk))
    assert selectors.uploads_of(claim) == []
    assert do(zhou, claim, "give_up").status_code == 302
    assert family.again(claim).state == ClaimState.WITHDRAWN


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "王桂花"}, "nobody_insured"),
        ({"id_number": "411202196803154264"}, "nobody_insured"),
        ({"began_on": "2025-05-11"}, "nobody_insured"),
        ({"what_happened": "病"}, "report_missing"),
        ({"reported_by": " "}, "required"),
        ({"way": "resident"}, "invalid_choice"),
    ],
    ids=["name", "number", "day", "words", "reporter", "way"],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_kept(
    family: Family, zhou: Client, wrong: dict[str, str], code: str
) -> None:
    answer = zhou.post(REGISTER, {**TOLD, **wrong})
    assert answer.status_code == 400
    errors = json.loads(answer.context_data["form"].errors.as_json())
    assert [error["code"] for found in errors.values() for error in found] == [code]
    assert "邻居陈梅" in answer.content.decode() or "reported_by" in wrong
    assert not ClaimReport.objects.exists()


def test_a_day_to_come_is_refused(family: Family, zhou: Client) -> None:
    tomorrow = {"began_on": (clock.today() + timedelta(days=1)).isoformat()}
    assert "still to come" in zhou.post(REGISTER, {**TOLD, **tomorrow}).content.decode()


def test_of_several_policies_one_is_chosen(family: Family, zhou: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """She is insured in two cities, by the same terms and the same insurers."""
    first = family.policies["王桂英"]
    monkeypatch.setattr(DemoScheme, "plan_text", SANMENXIA.plan_text)
    monkeypatch.setattr(DemoScheme, "source", staticmethod(SANMENXIA.source))
    own_of_the_city = {name: getattr(ZHENGZHOU, name) for name in ("code", "area", "platform", "messages")}
    another_city = replace(SANMENXIA, **own_of_the_city, opens_bare_address=False)
    other_year = make_plan_year(another_city, cover_year=2026)
    own = ("id", "number", "plan_year_id", "order_line_id", "way", "state", "created_at", "issued_at", "verify_token")
    same = {f.attname: getattr(first, f.attname) for f in Policy._meta.fields if f.attname not in own}
    now = clock.now()
    by_the_counter = {"number": "HM-2026-9999999", "way": "counter", "created_at": other_year.opens_at}
    second = Policy.objects.create(**same, **by_the_counter, plan_year=other_year)
    transition(second, "issued", actor=Actor.system("test"), now=now, issued_at=now)
    asked = zhou.post(REGISTER, TOLD)
    assert (asked.status_code, ClaimReport.objects.count()) == (400, 0)
    assert "Several policies were in force that day" in asked.content.decode()
    assert zhou.post(REGISTER, {**TOLD, "policy": first.number}).status_code == 302
    assert ClaimReport.objects.get().policy == first


def test_only_who_reviews_for_her_insurer_finds_her_and_sees_the_report(family: Family, browser_of: Browser) -> None:
    report = family.is_told()
    elsewhere = browser_of(staff("sunhong", Role.CLAIMS_REVIEWER, within={"insurer": ["dahe"]}))
    assert elsewhere.post(REGISTER, TOLD).status_code == 400
    assert elsewhere.get(f"{REGISTER}{report.pk}/").status_code == 404
    assert ClaimReport.objects.count() == 1
    for who in (family.wang, staff("caiwu", Role.FINANCE)):
        assert browser_of(who).get(REGISTER).status_code == 403
    claim = family.registers(report)
    assert elsewhere.get(desk(claim)).status_code == 404
    assert uploads(browser_of(family.wang), claim, "INVOICE") in (403, 409)
    assert selectors.uploads_of(claim) == []


def test_a_draft_that_somebody_filed_is_none_of_the_desks_business(family: Family, zhou: Client) -> None:
    claim = family.starts(WANG_PNEUMONIA, of="王桂英")
    assert zhou.get(desk(claim)).status_code == 404
    assert uploads(zhou, claim, "INVOICE") == 404


def test_what_is_registered_is_listed_apart(family: Family, zhou: Client) -> None:
    claim = family.registers(family.is_told())
    assert claim.number not in zhou.get("/admin/claims/claim/").content.decode()
    assert claim.number in zhou.get("/admin/claims/claim/?queue=registered").content.decode()


def test_a_slow_platform_is_waited_for_at_the_desk_too(
    family: Family, zhou: Client, outside: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 0.3)
    report = family.is_told()
    outside.fault("nhsa", "5204", "delay_before", seconds=1, count=1)
    waits = zhou.post(f"{REGISTER}{report.pk}/", ticks(WANG_PNEUMONIA)).url
    page = zhou.get(waits)
    assert (page["Refresh"], "0 of 1 bill is here." in page.content.decode()) == ("3", True)
    assert sweeps.drain("bills") == 1
    claim = Claim.objects.get()
    assert zhou.get(waits).url == desk(claim)
    report.refresh_from_db()
    assert (report.claim, claim.filed_by, claim.way) == (claim, None, "agency")
    assert BillFetch.objects.get().report == report


def test_a_report_is_ciphertext_written_once_and_in_the_insureds_copy(family: Family) -> None:
    family.is_told(of="李秀兰")
    row = stored("claims_claimreport")
    assert "陈梅" not in row
    assert "肺炎" not in row
    [report] = my_data.reports(family.li.pk)
    assert (report["reported_by"], report["claim"]) == ("邻居陈梅", None)
    assert "13900001099" not in str(report)
    with pytest.raises(ProgrammingError):
        ClaimReport.objects.update(began_on=date(2026, 5, 12))


class TestNothingComesOfAReport:
    """Chen Mei calls again: Wang Guiying has told the agency herself already."""

    def test_it_is_closed_with_a_reason_and_stays_on_record(self, family: Family, zhou: Client) -> None:
        listed = zhou.post(REGISTER, TOLD).url
        closing = {"close": "1", "because": "重复报案，保险代理已登记。", "form_key": "1" * 32}
        assert zhou.post(listed, closing).url == REGISTER
        assert listed not in zhou.get(REGISTER).content.decode()
        page = zhou.get(listed).content.decode()
        assert "重复报案，保险代理已登记。" in page
        assert 'name="close"' not in page
        assert ClaimReport.objects.get().closed_by == family.zhou

    def test_without_a_reason_it_stays_open(self, family: Family, zhou: Client) -> None:
        listed = zhou.post(REGISTER, TOLD).url
        refused = zhou.post(listed, {"close": "1", "because": "  ", "form_key": "1" * 32})
        assert refused.status_code == 400
        assert "Please write down why nothing comes of it." in refused.content.decode()
        assert listed in zhou.get(REGISTER).content.decode()

    def test_once_closed_it_gives_no_claim_any_more(self, family: Family, zhou: Client) -> None:
        listed = zhou.post(REGISTER, TOLD).url
        report = ClaimReport.objects.get()
        actions.close_report(report=report, because="重复报案", actor=family.zhou.actor(), now=clock.now())
        assert zhou.post(listed, ticks(WANG_PNEUMONIA)).status_code == 200
        for again in (
            lambda: actions.close_report(report=report, because="重复报案", actor=family.zhou.actor(), now=clock.now()),
            lambda: actions.register_claim(
                report=report, stays=[stay(WANG_PNEUMONIA)], actor=family.zhou.actor(), now=clock.now()
            ),
        ):
            with pytest.raises(Conflict) as refused:
                again()
            assert refused.value.code == "report_closed"
        assert not Claim.objects.exists()

    def test_a_report_that_gave_a_claim_is_not_closed(self, family: Family, zhou: Client) -> None:
        report = family.is_told()
        family.registers(report)
        with pytest.raises(Conflict) as refused:
            actions.close_report(report=report, because="重复报案", actor=family.zhou.actor(), now=clock.now())
        assert refused.value.code == "report_has_claim"

    @pytest.mark.parametrize("code", ["report_closed", "report_has_claim", "no_lead_insurer"])
    def test_what_happened_while_a_worker_asked_for_the_bills_is_said(self, family: Family, code: str) -> None:
        fetch = BillFetch(policy=family.policies["王桂英"], state=FetchState.REFUSED, refusal=code)
        refusal = pages.refusal_of(fetch)
        assert refusal is not None
        assert refusal.code == code
        assert str(refusal)
