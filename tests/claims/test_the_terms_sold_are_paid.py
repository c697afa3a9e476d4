"""What the plan promises, limits and excludes is what leaves through the bank: fact by fact, worked out by hand.

Wang Guiying, resident's insurance, lies in hospital in Sanmenxia from 2 to 20 March 2026: 100,000.00, all within the
catalogue, of which the basic fund pays 50,000.00. Left to her: 50,000.00. The plan (sanmenxia/huiminbao) takes a
deductible of 15,000.00 and pays 75 %: (50,000 − 15,000) × 0.75 = 26,250.00, when nothing particular is so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims import actions
from claims.lifecycle import ClaimState
from claims.models import Claim, ComputedBill
from claims.models.incident import Cause, ThirdParty
from core import clock
from core.errors import DomainError
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.claims.people import VISITS, Family, desk_page
from work import sweeps

WANG, LI = "41120000000000000000001002", "41120000000000000000001001"
MARCH = "S2026032000000088"
VISITS[MARCH] = "M2026030200000088"
SURGERY = {"code": "003315000110000-331506001", "name": "手术费", "list_type": 201, "item_type": "08", "lv": "01"}
STAY: dict[str, Any] = {
    "setl_id": MARCH,
    "mdtrt_id": VISITS[MARCH],
    "psn_no": WANG,
    "hospital": "H41120200012",
    "med_type": "21",
    "begin": "2026-03-02",
    "end": "2026-03-20",
    "deductible": "1200.00",
    "pool_prop": "0.6",
    "funds": {"hifp_pay": "50000.00"},
    "diagnoses": [{"code": "C34.900", "name": "肺恶性肿瘤"}],
    "lines": [{**SURGERY, "cnt": 1, "pric": 100_000}],
}
RESIDENT = {"type": "390", "psn_type": "1501", "status": "1", "since": "2016-09-01", "area": "411200"}
Browser = Callable[[User], Client]


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    """With real commits: the platform and the bank are called with no transaction open."""
    return Family()


@pytest.fixture
def march(outside: Sandbox) -> Callable[..., None]:
    """march(med_type="28", …): the stay, with what is different."""

    def put(**different: Any) -> None:
        outside.put_stay(**{**STAY, **different})

    return put


@pytest.fixture
def desk(family: Family, outside: Sandbox, browser_of: Browser) -> Desk:
    return Desk(family, outside, browser_of(family.zhou), browser_of(family.wang))


class Desk:
    """Zhou Min and Wang Lei on the screens of the admin."""

    def __init__(self, family: Family, outside: Sandbox, zhou: Client, wang: Client) -> None:
        self.family, self.outside, self.zhou, self.wang = family, outside, zhou, wang
        for client in (zhou, wang):
            client.cookies["look"] = "auto.normal.en"

    def does(self, client: Client, claim: Claim, verb: str, **fields: Any) -> str:
        """Presses a button of the page as it is now; what the page says then."""
        address = reverse("admin:claims_claim_do", args=[claim.pk, verb])
        answer = client.post(address, {"seen": desk_page(claim), **fields}, follow=True)
        return answer.content.decode()

    def takes(self, claim: Claim) -> str:
        return self.does(self.zhou, claim, "take")

    def finds(self, claim: Claim, fact: str, found: str, **where: Any) -> str:
        where = {"bill": 1} | where if not fact.startswith("person.") else where
        return self.does(self.zhou, claim, "find", fact=fact, found=found, reason="Read in the papers.", **where)

    def pays(self, claim: Claim) -> list[int]:
        """Proposes, approves and lets the bank work; what the bank has paid in all, in fen."""
        self.does(self.zhou, claim, "propose")
        self.does(self.wang, claim, "approve")
        for _look in range(3):
            Transfer.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=clock.now())
            sweeps.drain("transfers")
        assert self.family.again(claim).state in (ClaimState.PAID, ClaimState.NOTHING_DUE)
        return [-row["amount_fen"] for row in self.outside.log("bank", event="paid")]


def taken(family: Family, desk: Desk, of: str = "王桂英") -> Claim:
    claim = family.hands_in(MARCH, of=of)
    desk.takes(claim)
    return family.again(claim)


def test_nothing_particular_is_so(family: Family, desk: Desk, march: Callable[..., None]) -> None:
    march()
    assert desk.pays(taken(family, desk)) == [2_625_000]


class TestClassesOfAssistance:
    """Sanmenxia 二(三): half the deductible and five points more: (50,000 − 7,500) × 0.80 = 34,000.00."""

    @pytest.mark.parametrize("code", ["301", "302", "303", "304", "305"])
    def test_each_gets_what_is_promised(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None], code: str
    ) -> None:
        outside.put_person(psn_no=WANG, identities=[{"code": code, "name": "救助对象", "since": "2021-01-01"}])
        march()
        assert desk.pays(taken(family, desk)) == [3_400_000]

    @pytest.mark.parametrize(
        ("since", "until", "paid_fen"),
        [
            ("2026-03-02", "", 3_400_000),  # since the day of admission
            ("2026-03-03", "", 2_625_000),  # a day late
            ("2021-01-01", "2026-03-03", 3_400_000),  # her last day in it
            ("2021-01-01", "2026-03-02", 2_625_000),
        ],
    )
    def test_the_day_of_admission_counts(
        self,
        family: Family,
        desk: Desk,
        outside: Sandbox,
        march: Callable[..., None],
        since: str,
        until: str,
        paid_fen: int,
    ) -> None:
        outside.put_person(psn_no=WANG, identities=[{"code": "301", "name": "特困", "since": since, "until": until}])
        march()
        assert desk.pays(taken(family, desk)) == [paid_fen]

    def test_a_class_whose_name_nobody_knows_is_settled_by_a_person(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None]
    ) -> None:
        outside.put_person(psn_no=WANG, identities=[{"code": "399", "name": "其他", "since": "2021-01-01"}])
        march()
        claim = taken(family, desk)
        assert "Not known yet: Classes of assistance" in desk.does(desk.zhou, claim, "propose")
        assert "Settled." in desk.finds(claim, "person.assistance", "低保")
        assert desk.pays(claim) == [3_400_000]


class TestWhatWasKnownBefore:
    """A cancer treated before the cover began counts as pre-existing: 30 %, (50,000 − 15,000) × 0.30 = 10,500.00."""

    def earlier(self, outside: Sandbox, code: str) -> None:
        """Treated in May 2024."""
        visit = {"setl_id": "S2024052000000088", "mdtrt_id": "M2024050200000088"}
        days = {"begin": "2024-05-02", "end": "2024-05-20"}
        outside.put_stay(**{**STAY, **visit, **days, "diagnoses": [{"code": code, "name": "既往诊断"}]})

    def test_yes(self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None]) -> None:
        self.earlier(outside, "C34.900")
        march()
        assert desk.pays(taken(family, desk)) == [1_050_000]

    def test_no(self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None]) -> None:
        self.earlier(outside, "J18.900")
        march()
        assert desk.pays(taken(family, desk)) == [2_625_000]

    def test_unknown_until_the_platform_is_asked_again(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None]
    ) -> None:
        self.earlier(outside, "C34.900")
        march()
        claim = family.prepares(MARCH, of="王桂英")
        outside.fault("nhsa", "diagnoses", "error_before", count=1)
        claim = family.submits(claim)
        page = desk.takes(claim)
        assert "The national platform has not told yet what was treated before the cover." in page
        assert "Not known yet: Diagnoses before the cover" in desk.does(desk.zhou, claim, "propose")
        assert "The national platform has answered." in desk.does(desk.zhou, claim, "ask_again")
        assert desk.pays(claim) == [1_050_000]

    @pytest.mark.parametrize(("found", "paid_fen"), [("yes", 1_050_000), ("no", 2_625_000)])
    def test_what_a_reviewer_finds_takes_its_place(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None], found: str, paid_fen: int
    ) -> None:
        march()
        claim = family.prepares(MARCH, of="王桂英")
        outside.fault("nhsa", "visits", "error_before", count=1)
        claim = family.submits(claim)
        desk.takes(claim)
        assert "Settled." in desk.finds(claim, "person.preexisting", found)
        assert desk.pays(claim) == [paid_fen]


class TestWhoElseMustPay:
    """Social Insurance Law 30: what a third party, work-injury insurance or public health must bear is not insured."""

    def said(self, family: Family, **answers: str) -> Claim:
        claim = family.starts(MARCH, of="王桂英")
        family.completes(claim)
        family.says(claim, **answers)
        return family.submits(family.again(claim))

    @pytest.mark.parametrize(
        ("answers", "paid"),
        [
            ({"cause": Cause.TRAFFIC, "third_party": ThirdParty.YES}, []),
            ({"cause": Cause.TRAFFIC, "third_party": ThirdParty.NO}, [2_625_000]),
            ({"cause": Cause.WORK, "third_party": ThirdParty.NO}, []),
            ({"cause": Cause.ACCIDENT, "third_party": ThirdParty.NO}, [2_625_000]),
        ],
    )
    def test_as_she_says(
        self, family: Family, desk: Desk, march: Callable[..., None], answers: dict[str, str], paid: list[int]
    ) -> None:
        march()
        claim = self.said(family, **answers, accident_place="三门峡市崤山路")
        desk.takes(claim)
        assert desk.pays(claim) == paid

    def test_she_does_not_know_so_a_person_finds_out(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march()
        claim = self.said(family, cause=Cause.TRAFFIC, third_party=ThirdParty.UNSURE, accident_place="崤山路")
        desk.takes(claim)
        assert "Not known yet: A third party must bear it" in desk.does(desk.zhou, claim, "propose")
        desk.finds(claim, "bill.tags:third_party", "no")
        assert desk.pays(claim) == [2_625_000]

    @pytest.mark.parametrize("fact", ["bill.tags:third_party", "bill.tags:work_injury", "bill.tags:public_health"])
    def test_found_by_a_reviewer_it_is_not_paid(
        self, family: Family, desk: Desk, march: Callable[..., None], fact: str
    ) -> None:
        march()
        claim = taken(family, desk)
        desk.finds(claim, fact, "yes")
        assert desk.pays(claim) == []

    def test_where_the_fund_paid_nothing_public_health_is_asked_about(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march(funds={}, deductible="0.00")
        claim = taken(family, desk)
        assert "Public health must bear it" in desk.does(desk.zhou, claim, "propose")

    def test_what_another_insurer_paid_is_taken_off(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        """She has paid 50,000.00; 45,000.00 came back from her employer's insurer: no more than 5,000.00 are left."""
        march()
        claim = taken(family, desk)
        desk.finds(claim, "bill.other_insurers_paid_fen", "45,000.00")
        assert desk.pays(claim) == [500_000]


class TestWhereItWas:
    def test_abroad_is_not_insured(self, family: Family, desk: Desk, march: Callable[..., None]) -> None:
        march()
        claim = taken(family, desk)
        desk.finds(claim, "bill.place", "overseas")
        assert desk.pays(claim) == []

    def test_nor_is_an_institution_without_a_contract(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march()
        claim = taken(family, desk)
        desk.finds(claim, "bill.designated", "no")
        assert desk.pays(claim) == []


class TestTheLayersBefore:
    """Sanmenxia 三(三)1: whoever waits for the basic insurance is paid as if it had paid."""

    @pytest.mark.parametrize(
        ("since", "paid_fen"),
        [
            # She waits until 3 March. Level 3: (100,000 − 1,200) × 0.6 = 59,280 would be the basic fund's; of the
            # 40,720 left (40,720 − 11,000) × 0.6 = 17,832 critical illness's. (22,888 − 15,000) × 0.75 = 5,916.
            ("2025-12-03", 591_600),
            # She has waited until the day of admission: all 100,000 are hers. (100,000 − 15,000) × 0.75.
            ("2025-12-02", 6_375_000),
        ],
    )
    def test_in_the_waiting_period_of_three_months(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None], since: str, paid_fen: int
    ) -> None:
        outside.put_person(psn_no=WANG, insurances=[{**RESIDENT, "since": since}])
        march(funds={}, deductible="0.00")
        claim = taken(family, desk)
        desk.finds(claim, "bill.tags:public_health", "no")
        assert desk.pays(claim) == [paid_fen]

    @pytest.mark.parametrize(
        ("subsidy", "paid_fen"),
        [
            # Nothing is simulated: 400,000 − 150,000 = 250,000 are hers. (250,000 − 15,000) × 0.75.
            (True, 17_625_000),
            # The fund's cap is reached at 1,200 + 150,000 ÷ 0.6 = 251,200; of the 148,800 above it the subsidy would
            # pay 90 %, 133,920. (250,000 − 133,920 − 15,000) × 0.75.
            (False, 7_581_000),
        ],
    )
    def test_an_employee_without_large_amount_cover(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None], *, subsidy: bool, paid_fen: int
    ) -> None:
        employed = {**RESIDENT, "type": "310", "psn_type": "1101", "since": "1992-07-01"}
        rows = [employed, {**employed, "type": "330"}] if subsidy else [employed]
        outside.put_person(psn_no=LI, insurances=rows)
        march(psn_no=LI, lines=[{**SURGERY, "cnt": 1, "pric": 400_000}], funds={"hifp_pay": "150000.00"})
        claim = taken(family, desk, of="李秀兰")
        if not subsidy:
            assert "Above the yearly cap of the basic fund" in desk.does(desk.zhou, claim, "propose")
            desk.finds(claim, "bill.above_fund_cap_fen", "148,800.00")
        assert desk.pays(claim) == [paid_fen]

    def test_so_found_by_a_reviewer_the_part_above_the_cap_is_asked_for_too(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march(psn_no=LI, lines=[{**SURGERY, "cnt": 1, "pric": 400_000}], funds={"hifp_pay": "150000.00"})
        claim = taken(family, desk, of="李秀兰")
        desk.finds(claim, "person.large_amount_cover", "no")
        assert "Above the yearly cap of the basic fund" in desk.does(desk.zhou, claim, "propose")


class TestCostsThatAreNotPaidFor:
    """Shuozhou 四(二): 10,000.00 of the 100,000.00 are such a cost, so 40,000.00 count and 18,750.00 are paid.

    The names are those of the city's filed list; whatever else the line says, its name or its code decides.
    """

    # One of each class that the plan names.
    COSTS = (
        "出诊费", "美容治疗", "健康体检", "医疗鉴定", "眼镜", "自用按摩器械", "器官源", "肝脏移植", "音乐疗法",
        "不孕不育诊疗", "科研性诊疗", "急救车费", "空调费", "护工费", "膳食费", "文娱活动费",
    )  # fmt: skip
    BY_THEIR_CODE = {"正电子发射断层扫描（PET）": "002106000000000-210600001", "特需病房差价": "ZF0001"}

    def put(self, march: Callable[..., None], name: str) -> None:
        cost = {**SURGERY, "code": self.BY_THEIR_CODE.get(name, "X1"), "name": name, "cnt": 1, "pric": 10_000}
        march(lines=[{**SURGERY, "cnt": 1, "pric": 90_000}, cost])

    @pytest.mark.parametrize("name", [*COSTS, *BY_THEIR_CODE])
    def test_each_is_left_out(self, family: Family, desk: Desk, march: Callable[..., None], name: str) -> None:
        self.put(march, name)
        assert desk.pays(taken(family, desk)) == [1_875_000]

    def test_a_line_that_is_no_such_cost_counts(self, family: Family, desk: Desk, march: Callable[..., None]) -> None:
        self.put(march, "病房床位费")
        assert desk.pays(taken(family, desk)) == [2_625_000]

    @pytest.mark.parametrize(("found", "paid_fen"), [("yes", 1_875_000), ("no", 2_625_000)])
    def test_a_reviewer_corrects_a_line_with_a_reason(
        self, family: Family, desk: Desk, march: Callable[..., None], found: str, paid_fen: int
    ) -> None:
        self.put(march, "护工费" if found == "no" else "生活照料")
        claim = taken(family, desk)
        desk.finds(claim, "line.tags:nursing", found, line=1)
        assert desk.pays(claim) == [paid_fen]


class TestWhatAReviewerFinds:
    def test_the_last_word_counts_and_can_be_given_back_to_the_source(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march()
        claim = taken(family, desk)
        desk.finds(claim, "person.preexisting", "yes")
        desk.finds(claim, "person.preexisting", "")
        assert desk.pays(claim) == [2_625_000]

    def test_stands_on_the_page_with_who_why_and_when(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march()
        page = desk.finds(taken(family, desk), "person.preexisting", "yes")
        assert "周敏 · " in page
        assert "Read in the papers." in page

    def test_is_kept_with_the_decision_with_source_and_day(
        self, family: Family, desk: Desk, outside: Sandbox, march: Callable[..., None]
    ) -> None:
        outside.put_person(psn_no=WANG, identities=[{"code": "301", "name": "特困", "since": "2021-01-01"}])
        march()
        claim = taken(family, desk)
        desk.finds(claim, "person.preexisting", "no")
        desk.does(desk.zhou, claim, "propose")
        facts = ComputedBill.objects.get(decision__claim=claim).facts
        today = clock.civil_date(clock.now()).isoformat()
        assert facts["person.assistance"] == {"value": ["特困"], "source": "platform", "on": today}
        assert facts["person.preexisting"] == {"value": False, "source": "finding", "on": today}
        assert facts["bill.tags:third_party"] == {"value": False, "source": "answer", "on": today}
        assert facts["person.continuous_years"]["source"] == "records"

    def refused(self, family: Family, claim: Claim, **given: Any) -> str:
        about = {"fact": "person.preexisting", "found": "no", "reason": "Read.", **given}
        with pytest.raises(DomainError) as refusal:
            actions.record_finding(
                claim=claim, **about, seen=desk_page(claim), actor=family.zhou.actor(), now=clock.now()
            )
        return refusal.value.code

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"reason": " "}, "reason_needed"),
            ({"found": "perhaps"}, "finding_not_understood"),
            ({"fact": "person.birth_date"}, "no_such_fact"),
            ({"fact": "person.preexisting", "bill": 1}, "no_such_fact"),
            ({"fact": "bill.place", "found": "local"}, "no_such_fact"),
            ({"fact": "bill.place", "found": "local", "bill": 2}, "no_such_fact"),
            ({"fact": "bill.other_insurers_paid_fen", "found": "-5", "bill": 1}, "finding_not_understood"),
            ({"fact": "line.tags:nursing", "found": "yes", "bill": 1, "line": 7}, "no_such_fact"),
        ],
    )
    def test_what_nobody_can_find(
        self, family: Family, desk: Desk, march: Callable[..., None], given: dict[str, Any], code: str
    ) -> None:
        march()
        assert self.refused(family, taken(family, desk), **given) == code

    def test_only_while_it_is_reviewed_and_only_by_its_reviewer(
        self, family: Family, desk: Desk, march: Callable[..., None]
    ) -> None:
        march()
        claim = family.hands_in(MARCH, of="王桂英")
        assert self.refused(family, claim) == "not_under_review"
        family.takes(claim, by=family.zhou)
        Claim.objects.filter(pk=claim.pk).update(reviewer=family.wang)
        assert self.refused(family, claim) == "not_the_reviewer"
