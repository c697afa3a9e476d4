"""Who carries a plan year: on every day and in every area one whole, led by one."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from demo.plan_years import OPERATOR, create_demo_plan_years
from demo.schemes import SANMENXIA
from parties.models import Insurer
from products import carriers
from products.actions import Share, attach_document, open_ways, send_to_experts, set_shares
from products.models import PlanYear, PoolShare
from products.models.plan_year import DocumentKind
from products.pool import lead_insurer, shares_on
from tests.products.plans import JULY, LAST_DAY, attach_texts, draft_of_2028


@pytest.fixture
def draft(db: None) -> PlanYear:
    """Of which nobody has said yet who carries it."""
    return draft_of_2028()


def carry(plan_year: PlanYear, *shares: Share) -> list[PoolShare]:
    """As at the end of a request: what the database checks at the commit is checked."""
    with transaction.atomic():
        found = set_shares(plan_year=plan_year, shares=shares, actor=OPERATOR, now=plan_year.opens_at)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        return found


def test_five_insurers_carry_it_by_shares_and_xiaoshan_leads(draft: PlanYear) -> None:
    carry(draft, *SANMENXIA.shares)
    on_a_day = shares_on(draft, LAST_DAY)
    assert [(share.insurer_id, share.share_millionths) for share in on_a_day] == [
        ("xiaoshan", 360_000), ("dahe", 240_000), ("hangu", 160_000), ("tiane", 140_000), ("ganshan", 100_000),
    ]  # fmt: skip
    assert lead_insurer(draft, LAST_DAY).code == "xiaoshan"


def test_while_shares_are_set_the_pages_name_nobody_of_a_minute_ago(
    draft: PlanYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers._kept, "_seconds", 60)
    assert draft.insurer_names == ()
    carry(draft, *SANMENXIA.shares)
    assert len(draft.insurer_names) == 5


@pytest.mark.parametrize("dahes", [639_999, 640_001])
def test_one_millionth_too_few_or_too_many_is_refused(draft: PlanYear, dahes: int) -> None:
    with pytest.raises(DomainError) as refused:
        carry(draft, Share("xiaoshan", 360_000, leads=True), Share("dahe", dahes))
    assert refused.value.code == "shares_not_whole"


@pytest.mark.parametrize("leads", [(False, False), (True, True)])
def test_one_leads_neither_none_nor_two(draft: PlanYear, leads: tuple[bool, bool]) -> None:
    first, second = leads
    with pytest.raises(DomainError) as refused:
        carry(draft, Share("xiaoshan", 500_000, leads=first), Share("dahe", 500_000, leads=second))
    assert refused.value.code == "one_lead_insurer"


def test_in_july_the_shares_change_and_dahe_leads(draft: PlanYear) -> None:
    carry(
        draft,
        Share("xiaoshan", 600_000, leads=True, to_on=JULY), Share("dahe", 400_000, to_on=JULY),
        Share("xiaoshan", 300_000, from_on=JULY), Share("dahe", 700_000, leads=True, from_on=JULY),
    )  # fmt: skip
    assert lead_insurer(draft, date(2028, 6, 30)).code == "xiaoshan"
    assert lead_insurer(draft, JULY).code == "dahe"


def test_a_gap_of_one_day_is_refused_by_the_database(draft: PlanYear) -> None:
    with pytest.raises(IntegrityError, match="on 2028-06-30 the shares of area"):
        carry(
            draft,
            Share("xiaoshan", 1_000_000, leads=True, to_on=date(2028, 6, 30)),
            Share("xiaoshan", 1_000_000, leads=True, from_on=JULY),
        )


def test_a_day_with_too_much_is_refused_by_the_database(draft: PlanYear) -> None:
    with pytest.raises(IntegrityError, match="on 2028-06-30 the shares of area"):
        carry(
            draft,
            Share("xiaoshan", 1_000_000, leads=True, to_on=JULY),
            Share("dahe", 1_000_000, leads=True, from_on=date(2028, 6, 30)),
        )


def test_a_district_with_an_insurer_of_its_own_is_hers_and_the_rest_is_the_others(draft: PlanYear) -> None:
    carry(
        draft,
        Share("xiaoshan", 1_000_000, leads=True),
        Share("tiane", 1_000_000, leads=True, area="411282"),
    )
    assert lead_insurer(draft, JULY, area="411282").code == "tiane"
    assert lead_insurer(draft, JULY, area="411202").code == "xiaoshan"


def test_an_area_that_was_forgotten_is_named_with_the_next_step(draft: PlanYear) -> None:
    carry(draft, Share("tiane", 1_000_000, leads=True, area="411282"))
    with pytest.raises(Conflict) as refused:
        lead_insurer(draft, JULY, area="411202")
    assert refused.value.code == "no_lead_insurer"
    assert "411202" in str(refused.value)


def test_shares_are_set_once_by_whoever_may_and_before_the_experts_see_it(draft: PlanYear) -> None:
    with pytest.raises(NotAllowed):
        set_shares(plan_year=draft, shares=SANMENXIA.shares, actor=Actor.holding(1, "clerk"), now=draft.opens_at)
    carry(draft, *SANMENXIA.shares)
    with pytest.raises(Conflict) as again:
        carry(draft, *SANMENXIA.shares)
    assert again.value.code == "shares_set"
    with pytest.raises(Conflict) as sent_on:
        carry(create_demo_plan_years()[1], *SANMENXIA.shares)
    assert sent_on.value.code == "plan_year_fixed"


def test_experts_read_no_plan_year_that_nobody_carries(draft: PlanYear) -> None:
    for kind in DocumentKind:
        attach_document(
            plan_year=draft, kind=kind, source_zh="文", source_en="text", actor=OPERATOR, now=draft.opens_at
        )
    with pytest.raises(DomainError) as refused:
        send_to_experts(plan_year=draft, actor=OPERATOR, now=draft.opens_at)
    assert refused.value.code == "shares_missing"
    carry(draft, *SANMENXIA.shares)
    open_ways(plan_year=draft, ways=SANMENXIA.ways, actor=OPERATOR, now=draft.opens_at)
    attach_texts(draft)
    assert send_to_experts(plan_year=draft, actor=OPERATOR, now=draft.opens_at).state == "expert_review"


def test_what_was_agreed_stays_but_for_its_last_day(draft: PlanYear) -> None:
    [share] = carry(draft, Share("xiaoshan", 1_000_000, leads=True))
    with pytest.raises(DatabaseError), transaction.atomic():
        PoolShare.objects.filter(pk=share.pk).update(share_millionths=999_999)
    with transaction.atomic(), connection.cursor() as cursor:
        PoolShare.objects.filter(pk=share.pk).update(to_on=JULY)
        PoolShare.objects.create(
            plan_year=draft, insurer_id="dahe", share_millionths=1_000_000, leads=True, from_on=JULY
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert lead_insurer(draft, JULY).code == "dahe"


def test_an_unknown_insurer_is_named(draft: PlanYear) -> None:
    assert not Insurer.objects.filter(code="nobody").exists()
    with pytest.raises(DomainError) as refused:
        carry(draft, Share("nobody", 1_000_000, leads=True))
    assert refused.value.code == "insurer_unknown"
