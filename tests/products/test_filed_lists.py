"""Filed lists: dated, fixed once they are published, and what the rules look up for each day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from benefits import Bill, BillLine, Person, YearSoFar, adjudicate
from core.actors import Actor
from core.clock import SHANGHAI
from core.errors import DomainError, NotAllowed
from demo.plan_years import OPERATOR, create_demo_plan_years, create_second_city
from demo.schemes import ZHENGZHOU
from products.actions import (
    Item,
    attach_document,
    define_list,
    draft_list,
    open_ways,
    publish_list,
    send_to_experts,
    set_shares,
)
from products.models import FiledList, ListItem, ListKind, ListVersion, PlanYear
from products.models.plan_year import DocumentKind
from products.plans import lists_lacking, plan_of
from tests.products.plans import draft_of_2028

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
APRIL = date(2027, 4, 1)
NEW_DRUG = Item("示例特药丁", "T0009", limit_price_fen=880_000)


@pytest.fixture
def year(db: None) -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def drugs(year: PlanYear) -> FiledList:
    return FiledList.objects.get(scheme=year.scheme, key="special_drugs")


def version(drugs: FiledList, *items: Item, from_on: date = APRIL, now: datetime = NOVEMBER) -> ListVersion:
    return draft_list(
        filed_list=drugs, items=items or [NEW_DRUG], from_on=from_on, source="示例〔2027〕2号", actor=OPERATOR, now=now
    )


def published(drugs: FiledList, *items: Item, from_on: date = APRIL, now: datetime = NOVEMBER) -> ListVersion:
    return publish_list(version=version(drugs, *items, from_on=from_on, now=now), actor=OPERATOR, now=now)


def pays(year: PlanYear, code: str, *, on: date) -> int:
    """Fen for one fee line of 10,000.00 yuan outside the catalogue that was bought at a pharmacy."""
    bill = Bill(
        id="b",
        out_of_catalogue_fen=1_000_000,
        lines=(BillLine(amount_fen=1_000_000, code=code, kind="drug", catalogue="C"),),
    )
    person = Person(id="p", age=50, preexisting=False)
    return adjudicate(plan_of(year).on(on), person, YearSoFar(), bill).payable_fen


def test_a_listed_drug_of_10000_yuan_pays_6000(year: PlanYear) -> None:
    assert pays(year, "T0001", on=date(2027, 1, 1)) == 600_000
    assert pays(year, "T0009", on=date(2027, 1, 1)) == 0


def test_in_april_another_list_is_in_force_and_in_march_still_the_old_one(year: PlanYear, drugs: FiledList) -> None:
    published(drugs)
    march, april = date(2027, 3, 31), APRIL
    assert [pays(year, "T0001", on=day) for day in (march, april)] == [600_000, 0]
    assert [pays(year, "T0009", on=day) for day in (march, april)] == [0, 600_000]


def test_a_draft_changes_nothing(year: PlanYear, drugs: FiledList) -> None:
    version(drugs, from_on=date(2027, 1, 1))
    assert pays(year, "T0001", on=date(2027, 1, 2)) == 600_000


def test_another_citys_list_is_another_list(year: PlanYear, drugs: FiledList) -> None:
    zhengzhou = create_second_city().scheme
    other = define_list(
        scheme=zhengzhou, key=drugs.key, kind=ListKind.SPECIAL_DRUGS, name_zh="特药目录", name_en="Special drugs",
        actor=OPERATOR, now=NOVEMBER,
    )  # fmt: skip
    published(other, from_on=date(2027, 1, 1))
    assert pays(year, "T0001", on=date(2027, 1, 2)) == 600_000
    assert pays(year, "T0009", on=date(2027, 1, 2)) == 0


def test_a_list_begins_tomorrow_at_the_earliest(drugs: FiledList) -> None:
    """Whoever computes a bill twice on one day must find the same."""
    with pytest.raises(DomainError) as refused:
        published(drugs, from_on=NOVEMBER.date())
    assert refused.value.code == "list_backdated"
    assert published(drugs, from_on=NOVEMBER.date() + timedelta(days=1)).published_at == NOVEMBER


def test_and_by_the_databases_clock_too(drugs: FiledList) -> None:
    """products_listversion.list_version_begins_after_it_is_known"""
    early = version(drugs, from_on=NOVEMBER.date() + timedelta(days=1))
    just_before_midnight = NOVEMBER.replace(hour=23, minute=59)
    after = just_before_midnight + timedelta(minutes=2)
    with pytest.raises(IntegrityError, match="begins_after_it_is_known"), transaction.atomic():
        ListVersion.objects.filter(pk=early.pk).update(published_at=after)
    ListVersion.objects.filter(pk=early.pk).update(published_at=just_before_midnight)


@pytest.mark.parametrize(
    ("items", "code"),
    [([], "list_empty"), ([NEW_DRUG, NEW_DRUG], "list_item_twice")],
)
def test_what_is_no_list_is_refused(drugs: FiledList, items: list[Item], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        draft_list(filed_list=drugs, items=items, from_on=APRIL, source="x", actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == code


def test_a_list_says_under_which_number_it_was_filed(drugs: FiledList) -> None:
    with pytest.raises(DomainError) as refused:
        draft_list(filed_list=drugs, items=[NEW_DRUG], from_on=APRIL, source=" ", actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == "source_missing"


def test_two_versions_do_not_begin_on_one_day(drugs: FiledList) -> None:
    published(drugs)
    with pytest.raises(DomainError) as refused:
        published(drugs)
    assert refused.value.code == "list_day_taken"


def test_a_list_is_published_once(drugs: FiledList) -> None:
    first = published(drugs)
    with pytest.raises(DomainError) as refused:
        publish_list(version=first, actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == "list_published"


def test_a_list_with_another_item_than_was_drafted_is_not_published(drugs: FiledList) -> None:
    drafted = version(drugs)
    ListItem.objects.create(version=drafted, position=2, code="T0010", name="没有人审过的药")
    with pytest.raises(DomainError) as refused:
        publish_list(version=drafted, actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == "list_changed"


def test_nothing_is_added_to_a_published_list(drugs: FiledList) -> None:
    """products_listitem.list_item_comes_before_publication"""
    first = published(drugs)
    with pytest.raises(DatabaseError, match="nothing is added"), transaction.atomic():
        ListItem.objects.create(version=first, position=2, code="T0010", name="后来加的药")


def test_a_published_list_stays_as_it_is(drugs: FiledList) -> None:
    """products_listversion.list_version_is_published_once"""
    first = published(drugs)
    for changed in (None, NOVEMBER + timedelta(hours=1)):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            ListVersion.objects.filter(pk=first.pk).update(published_at=changed)


def test_only_who_runs_the_scheme_files_its_lists(drugs: FiledList) -> None:
    drafted, nobody = version(drugs), Actor.holding(1, "clerk")
    for act in (
        lambda: define_list(
            scheme=drugs.scheme, key="x", kind=ListKind.OTHER, name_zh="x", name_en="x", actor=nobody, now=NOVEMBER
        ),
        lambda: draft_list(filed_list=drugs, items=[NEW_DRUG], from_on=APRIL, source="x", actor=nobody, now=NOVEMBER),
        lambda: publish_list(version=drafted, actor=nobody, now=NOVEMBER),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_scheme_has_a_list_of_a_name_once(year: PlanYear) -> None:
    with pytest.raises(DomainError) as refused:
        define_list(
            scheme=year.scheme, key="special_drugs", kind=ListKind.SPECIAL_DRUGS, name_zh="x", name_en="x",
            actor=OPERATOR, now=NOVEMBER,
        )  # fmt: skip
    assert refused.value.code == "list_stands"


def test_experts_get_no_plan_year_whose_rules_look_up_a_list_that_nobody_published(db: None) -> None:
    draft = draft_of_2028(scheme=create_second_city().scheme)
    assert lists_lacking(draft) == ["special_drugs"]
    for kind in DocumentKind:
        attach_document(plan_year=draft, kind=kind, source_zh="文", source_en="text", actor=OPERATOR, now=NOVEMBER)
    set_shares(plan_year=draft, shares=ZHENGZHOU.shares, actor=OPERATOR, now=NOVEMBER)
    open_ways(plan_year=draft, ways=ZHENGZHOU.ways, actor=OPERATOR, now=NOVEMBER)
    with pytest.raises(DomainError) as refused:
        send_to_experts(plan_year=draft, actor=OPERATOR, now=NOVEMBER)
    assert refused.value.code == "lists_missing"


def test_residents_read_the_list_item_by_item(year: PlanYear) -> None:
    browser = Client(headers={"accept-language": "zh-hans"})
    plan = f"/enrol/plans/{year.code}/"
    assert f"{plan}lists/special_drugs/" in browser.get(plan).content.decode()
    page = browser.get(f"{plan}lists/special_drugs/").content.decode()
    for words in ("示例特药甲", "15,200.00", "T0004", "示例特药备案〔2025〕1号"):
        assert words in page
    assert browser.get(f"{plan}lists/nothing/").status_code == 404
