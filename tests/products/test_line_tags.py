"""What a fee line is, told by the lists of costs that are not paid for; and what the plan then pays for it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from benefits import Bill, BillLine, Person, YearSoFar, adjudicate
from core.clock import SHANGHAI
from core.errors import DomainError
from demo.plan_years import OPERATOR, create_demo_plan_years, create_second_city
from nhsa.codes import FEE_CATEGORIES
from products.actions import Item, define_list, draft_list, publish_list
from products.line_tags import said_by, tags_listed, tags_of
from products.models import FeeCategory, FiledList, ListKind, ListVersion, PlanYear
from products.plans import compiled, plan_of
from tests.accounts.people import signed_in, staff

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
MARCH, APRIL = date(2027, 3, 31), date(2027, 4, 1)


@pytest.fixture
def year() -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def costs(year: PlanYear) -> FiledList:
    return FiledList.objects.get(scheme=year.scheme, key="excluded_costs")


@pytest.fixture
def prices(year: PlanYear) -> FiledList:
    """The highest prices of two implants, from 1 March 2027 on."""
    prices = define_list(
        scheme=year.scheme, key="over_price", kind=ListKind.EXCLUDED, name_zh="最高单价", name_en="Highest prices",
        actor=OPERATOR, now=NOVEMBER,
    )  # fmt: skip
    items = (Item("人工耳蜗", "T9001", limit_price_fen=15_000_000), Item("起搏器", "T9002", limit_price_fen=8_000_000))
    version = draft_list(
        filed_list=prices, items=items, from_on=date(2027, 3, 1), source="示例", actor=OPERATOR, now=NOVEMBER
    )
    publish_list(version=version, actor=OPERATOR, now=NOVEMBER)
    return prices


def from_april(costs: FiledList, *items: Item) -> ListVersion:
    version = draft_list(
        filed_list=costs, items=items, from_on=APRIL, source="示例〔2027〕4号", actor=OPERATOR, now=NOVEMBER
    )
    return publish_list(version=version, actor=OPERATOR, now=NOVEMBER)


LINE: dict[str, Any] = {"code": "", "name": "", "category": "", "unit_price": Decimal(1)}


def tags(scheme: str = "smx", day: date = MARCH, **line: Any) -> set[str]:
    return set(tags_of(scheme, day, **{**LINE, **line}))


def test_the_categories_are_those_of_the_platforms_lines() -> None:
    assert tuple(FeeCategory.values) == FEE_CATEGORIES


@pytest.mark.parametrize(
    ("line", "marks"),
    [
        ({"code": "ZF0003", "name": "护工服务费"}, {"nursing"}),
        ({"name": "护工费"}, {"nursing"}),
        ({"name": " 膳食费 "}, {"meals"}),
        ({"code": "002106000000000-210600001", "name": "PET-CT"}, {"pet"}),
        ({"name": "门诊挂号", "category": "registration"}, {"registration"}),
        ({"name": "一级护理", "category": "nursing"}, set()),
        ({"name": "人工全髋关节置换术", "category": "surgery"}, set()),
        ({}, set()),
    ],
)
def test_by_the_national_code_the_fee_category_or_the_name(
    year: PlanYear, line: dict[str, Any], marks: set[str]
) -> None:
    assert tags(**line) == marks


@pytest.mark.parametrize(("yuan", "marks"), [("150000.00", set()), ("150000.01", {"over_price"})])
def test_what_costs_more_than_the_highest_price(prices: FiledList, yuan: str, marks: set[str]) -> None:
    """Shuozhou 四(二)8: 150,000.00 is the highest price of this implant."""
    assert tags(code="T9001", unit_price=Decimal(yuan)) == marks


def test_whose_price_is_not_known_is_for_a_person_to_see(prices: FiledList) -> None:
    with pytest.raises(DomainError) as unknown:
        tags(code="T9001", name="示例人工耳蜗", unit_price=None)
    assert unknown.value.code == "unit_price_unknown"
    assert tags(name="护工费", unit_price=None) == {"nursing"}


def test_it_says_which_list_said_so(year: PlanYear, costs: FiledList) -> None:
    found = said_by("smx", MARCH, **{**LINE, "name": "膳食费"})
    assert {tag: (one.filed_list, one.source) for tag, one in found.items()} == {
        "meals": (costs, "示例除外费用备案〔2025〕2号")
    }


def test_a_list_without_marks_of_its_items_gives_its_own_name(prices: FiledList) -> None:
    assert tags(code="T9002", unit_price=Decimal(80_001)) == {"over_price"}


def test_a_later_list_changes_what_is_done_from_its_first_day_on(year: PlanYear, costs: FiledList) -> None:
    from_april(costs, Item("膳食费", tag="meals"), Item("陪人床", tag="companion"))
    for name, march, april in (
        ("陪人床", set(), {"companion"}),
        ("护工费", {"nursing"}, set()),
        ("膳食费", {"meals"}, {"meals"}),
    ):
        assert (tags(day=MARCH, name=name), tags(day=APRIL, name=name)) == (march, april)


def pays(year: PlanYear, name: str, *, on: date) -> int:
    """Fen for a stay of 60,000.00 outside the catalogue, 10,000.00 of it under this name."""
    lines = tuple(
        BillLine(amount_fen=fen, name=item, tags=tags_of("smx", on, **{**LINE, "name": item}))
        for item, fen in (("自费药品", 5_000_000), (name, 1_000_000))
    )
    bill = Bill(id="b", out_of_catalogue_fen=6_000_000, lines=lines, admitted_on=on)
    return adjudicate(plan_of(year).on(on), Person(id="p", age=50, preexisting=False), YearSoFar(), bill).payable_fen


def test_a_care_worker_of_10000_takes_5000_off_what_is_paid(year: PlanYear, costs: FiledList) -> None:
    """60,000 outside the catalogue less a deductible of 20,000 at 50 % are 20,000; without the care worker 15,000."""
    from_april(costs, Item("膳食费", tag="meals"))
    assert pays(year, "自费材料", on=MARCH) == 2_000_000
    assert pays(year, "护工费", on=MARCH) == 1_500_000
    assert pays(year, "护工费", on=APRIL) == 2_000_000


def test_every_mark_that_the_plans_ask_for_can_be_given_by_a_list() -> None:
    for year in (create_demo_plan_years()[1], create_second_city()):
        plan = compiled(year.benefits_text, year.benefits_plan).on(year.cover_from)
        asked = {tag for exclusion in plan.exclusions if exclusion.lines for tag in exclusion.lines.tags}
        assert asked
        assert asked <= tags_listed(year.scheme_id, year.cover_from)


def test_another_city_has_its_own(prices: FiledList) -> None:
    create_second_city()
    assert tags("zz", name="护工费", day=date(2027, 3, 1)) == {"nursing"}
    assert tags("zz", name="护工费", day=date(2027, 1, 31)) == set()
    assert tags("zz", code="T9001", unit_price=Decimal(999_999), day=date(2027, 3, 1)) == set()


def test_a_bill_of_a_thousand_lines_asks_for_the_versions_only(year: PlanYear) -> None:
    tags(name="护工费")
    with CaptureQueriesContext(connection) as queries:
        tags(name="膳食费")
    assert len(queries) == 1  # the versions, which are kept for a minute outside of tests


@pytest.mark.parametrize(
    ("key", "item"),
    [
        ("special_drugs", Item("示例特药丁", "T0009", tag="nursing")),
        ("special_drugs", Item("示例特药丁", "T0009", category="nursing")),
        ("excluded_costs", Item("护工费", tag="Nursing care")),
        ("excluded_costs", Item("护工费", category="care")),
    ],
)
def test_marks_stand_on_lists_of_what_is_not_paid_for_and_are_words(year: PlanYear, key: str, item: Item) -> None:
    filed_list = FiledList.objects.get(scheme=year.scheme, key=key)
    with pytest.raises(DomainError) as refused:
        draft_list(filed_list=filed_list, items=[item], from_on=APRIL, source="x", actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == "list_item_marks"


# pages ---------------------------------------------------------------------------------------------------------------


def test_residents_read_what_is_not_paid_for(year: PlanYear) -> None:
    """As it is in force on the first day of cover."""
    browser = Client(headers={"accept-language": "zh-hans"})
    plan = f"/enrol/plans/{year.code}/"
    assert f"{plan}lists/excluded_costs/" in browser.get(plan).content.decode()
    page = browser.get(f"{plan}lists/excluded_costs/").content.decode()
    assert "护工费" in page
    assert "挂号费" in page


def _no_inlines(name: str) -> dict[str, str]:
    return {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}


def test_at_the_desk_a_list_is_defined_drafted_and_published(year: PlanYear) -> None:
    desk = signed_in(staff("liu", Role.OPERATOR))
    new = {"scheme": "smx", "key": "more_costs", "kind": "excluded", "name_zh": "补充清单", "name_en": "More"}
    assert desk.post("/admin/products/filedlist/add/", new | _no_inlines("versions")).status_code == 302
    filed_list = FiledList.objects.get(key="more_costs")
    page = f"/admin/products/filedlist/{filed_list.pk}/change/"
    items = '陪人床,,,,,,,companion\n\n示例植入物,T9003,,,,"60000"\n'
    draft = {"from_on": "2099-01-01", "source": "示例〔2098〕1号", "items": items}
    assert desk.post(page, draft | _no_inlines("versions")).status_code == 302
    version = ListVersion.objects.get(filed_list=filed_list)
    assert [(one.name, one.code, one.limit_price_fen, one.tag) for one in version.items.all()] == [
        ("陪人床", "", None, "companion"), ("示例植入物", "T9003", 6_000_000, ""),
    ]  # fmt: skip
    publish = f"/admin/products/listversion/{version.pk}/change/"
    assert desk.post(publish, _no_inlines("items")).status_code == 200  # not read, not published
    assert desk.post(publish, {"is_read": "on"} | _no_inlines("items")).status_code == 302
    version.refresh_from_db()
    assert version.published_at is not None
    assert desk.post(publish, {"is_read": "on"} | _no_inlines("items")).status_code == 403
    assert tags(day=date(2099, 1, 1), name="陪人床") == {"companion"}


@pytest.mark.parametrize(
    "items", [",T1", "a,b,c,d,e,1,,tag,more", "植入物,T1,,,,sixty", "植入物,T1,,,,0", "植入物,T1,,,,0.001"]
)
def test_at_the_desk_a_line_that_is_no_item_is_named(year: PlanYear, costs: FiledList, items: str) -> None:
    desk = signed_in(staff("liu", Role.OPERATOR))
    draft = {"from_on": "2099-01-01", "source": "示例", "items": f"膳食费\n{items}"}
    page = desk.post(f"/admin/products/filedlist/{costs.pk}/change/", draft | _no_inlines("versions"))
    assert page.status_code == 200
    assert "第 2 行" in page.content.decode()
    assert costs.versions.count() == 1
