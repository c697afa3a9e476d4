"""What was shown and agreed to can be replayed (E10, 可回溯管理), and nothing is sold without it."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.errors import Conflict, DomainError
from enrollment import actions
from enrollment.models import SalesPage, SalesStep
from enrollment.models.sales import SalesStepKind
from enrollment.shown import order_version
from tests.enrollment.helpers import PERSONAL_ACCOUNT, Town
from tests.people.helpers import LI, ZHAO


@pytest.mark.parametrize("left_out", ["exclusions_acknowledged", "terms_accepted", "answers_checked"])
def test_without_each_page_nothing_is_sold(town: Town, left_out: str) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    now = clock.now()
    for kind in SalesStepKind.values[:3]:
        if kind != left_out:
            ticket = actions.keep_sales_page(order=order, kind=kind, body=kind, language="zh-hans", now=now)
            actions.record_sales_step(
                order=order, kind=kind, ticket=ticket, documents=[], consents={}, actor=li.actor, now=now
            )
    with pytest.raises(DomainError) as caught:
        actions.place_order(order=order, seen=order_version(order), channel=PERSONAL_ACCOUNT, actor=li.actor, now=now)
    assert caught.value.code == "acknowledgement_missing"
    assert town.executed() == []


def test_a_step_keeps_page_documents_and_the_wording_of_the_consent(town: Town) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    town.read_and_agree(li, order)
    step = order.sales_steps.get(kind="exclusions_acknowledged")
    exclusions = town.plan_year.documents.get(kind="exclusions")
    assert step.documents == [{"kind": "exclusions", "version": 1, "sha256": exclusions.sha256}]
    assert step.consents == {"agreed": "Yes"}
    assert step.user == li.user
    assert step.page.sha256 == hashlib.sha256(step.page.body.encode()).hexdigest()


def test_a_ticket_of_another_order_or_step_or_a_forged_one_proves_nothing(town: Town) -> None:
    li, zhao = town.resident(LI), town.resident(ZHAO)
    order, other = town.choose(li, li.person), town.choose(zhao, zhao.person)
    now, kind = clock.now(), SalesStepKind.EXCLUSIONS_ACKNOWLEDGED
    ticket = actions.keep_sales_page(order=other, kind=kind, body="page", language="en", now=now)
    own = actions.keep_sales_page(order=order, kind=SalesStepKind.TERMS_ACCEPTED, body="page", language="en", now=now)
    for wrong in (ticket, own, "forged", ""):
        with pytest.raises(Conflict) as caught:
            actions.record_sales_step(
                order=order, kind=kind, ticket=wrong, documents=[], consents={}, actor=li.actor, now=now
            )
        assert caught.value.code == "page_unknown"
    assert not SalesStep.objects.exists()


def test_equal_pages_are_kept_once_and_never_changed(town: Town) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    for _ in range(2):
        actions.keep_sales_page(order=order, kind="terms_accepted", body="page", language="en", now=clock.now())
    assert SalesPage.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        SalesPage.objects.update(language="zh-hans")
    town.read_and_agree(li, order)
    with pytest.raises(DatabaseError), transaction.atomic():
        SalesStep.objects.all().delete()
