"""By which ways people come to be insured, from when to when: said in the plan year, asked at every order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.clock import SHANGHAI
from core.errors import DomainError
from demo.plan_years import OPERATOR, create_demo_plan_years
from demo.schemes import SANMENXIA
from products.actions import WayIn, attach_document, open_ways, send_to_experts, set_shares
from products.models import OpenWay, PlanYear, Way, WhoPays
from products.models.plan_year import DocumentKind
from products.ways import require_open_way
from tests.enrollment.helpers import Town
from tests.people.helpers import LI
from tests.products.plans import draft_of_2028

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
WHOLE_MINUTE = timedelta(minutes=1)


@pytest.fixture
def year(db: None) -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def draft(db: None) -> PlanYear:
    return draft_of_2028()


def refusal(year: PlanYear, way: Way, *, now: datetime = NOVEMBER, people: int | None = None) -> str:
    with pytest.raises(DomainError) as refused:
        require_open_way(year, way, now=now, people=people)
    return refused.value.code


def opens(draft: PlanYear, *ways: WayIn) -> list[OpenWay]:
    return open_ways(plan_year=draft, ways=ways, actor=OPERATOR, now=draft.opens_at)


def test_a_factory_enrols_five_or_more_and_pays_a_part(year: PlanYear) -> None:
    way = require_open_way(year, Way.EMPLOYER, now=NOVEMBER, people=5)
    assert way.paid_by == WhoPays.BOTH
    assert refusal(year, Way.EMPLOYER, people=4) == "too_few_people"


def test_a_way_that_the_plan_year_does_not_open_is_shut(year: PlanYear) -> None:
    assert refusal(year, Way.SPONSOR) == "way_not_offered"


def test_the_last_moment_of_a_window_is_before_its_end(year: PlanYear) -> None:
    assert require_open_way(year, Way.RESIDENT, now=year.closes_at - timedelta(microseconds=1))
    assert refusal(year, Way.RESIDENT, now=year.closes_at) == "window_closed"
    assert refusal(year, Way.RESIDENT, now=year.opens_at - timedelta(microseconds=1)) == "window_closed"


def test_schools_may_come_before_the_residents(draft: PlanYear) -> None:
    early = draft.opens_at - timedelta(days=30)
    residents, schools = opens(draft, WayIn(Way.RESIDENT), WayIn(Way.SCHOOL, opens_at=early, least_people=10))
    assert (residents.opens_at, residents.closes_at) == (draft.opens_at, draft.closes_at)
    assert (schools.opens_at, schools.closes_at, schools.least_people) == (early, draft.closes_at, 10)
    assert refusal(draft, Way.SCHOOL, now=early) == "window_closed", "a draft is sold to nobody"


def test_what_is_said_last_counts(draft: PlanYear) -> None:
    opens(draft, WayIn(Way.RESIDENT), WayIn(Way.COUNTER))
    opens(draft, WayIn(Way.RESIDENT))
    assert [way.way for way in draft.ways.all()] == [Way.RESIDENT]


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ([], "ways_missing"),
        ([WayIn(Way.COUNTER), WayIn(Way.COUNTER)], "way_twice"),
        ([WayIn(Way.COUNTER, opens_at=NOVEMBER, closes_at=NOVEMBER)], "way_window"),
        ([WayIn(Way.RESIDENT, opens_at=NOVEMBER)], "way_window"),
    ],
)
def test_what_makes_no_sense_is_refused(draft: PlanYear, ways: list[WayIn], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        opens(draft, *ways)
    assert refused.value.code == code


def test_experts_get_no_plan_year_that_nobody_could_enter(draft: PlanYear) -> None:
    for kind in DocumentKind:
        attach_document(
            plan_year=draft, kind=kind, source_zh="文", source_en="text", actor=OPERATOR, now=draft.opens_at
        )
    set_shares(plan_year=draft, shares=SANMENXIA.shares, actor=OPERATOR, now=draft.opens_at)
    with pytest.raises(DomainError) as refused:
        send_to_experts(plan_year=draft, actor=OPERATOR, now=draft.opens_at)
    assert refused.value.code == "ways_missing"


def test_ways_of_a_plan_year_that_was_sent_on_stay(year: PlanYear) -> None:
    with pytest.raises(DomainError) as refused:
        opens(year, WayIn(Way.SPONSOR))
    assert refused.value.code == "plan_year_fixed"


def test_and_the_database_says_so_too(year: PlanYear) -> None:
    """products_openway.ways_are_fixed_with_the_terms"""
    counter = OpenWay.objects.filter(plan_year=year, way=Way.COUNTER)
    another = OpenWay(plan_year=year, way=Way.SPONSOR, opens_at=year.opens_at, closes_at=year.closes_at)
    for change in (another.save, counter.delete, lambda: counter.update(closes_at=year.closes_at + WHOLE_MINUTE)):
        with pytest.raises(DatabaseError, match="fixed once it was sent on"), transaction.atomic():
            change()


def test_li_cannot_order_what_residents_may_not_enter(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    town.read_and_agree(li, order)
    monkeypatch.setattr("products.ways.ways_of", lambda _year: ())
    with pytest.raises(DomainError) as chosen:
        town.choose(li, li.person)
    with pytest.raises(DomainError) as placed:
        town.pays(li, order)
    assert (chosen.value.code, placed.value.code) == ("way_not_offered", "way_not_offered")


def test_residents_read_which_ways_are_open(year: PlanYear) -> None:
    page = Client().get(f"/enrol/plans/{year.code}/", headers={"accept-language": "zh-hans"}).content.decode()
    for words in ("居民自行投保", "5人以上", "学校"):
        assert words in page
