"""What the machine leaves to a person is seen, worked and closed by a person, on record."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from tests import forms
from tests.accounts.people import signed_in, staff
from work.human_tasks import settle_human_task, task_version
from work.leases import open_human_task
from work.models import HumanTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def task() -> HumanTask:
    return open_human_task(kind="payments.transfer", key="TR-2026-0000001", reason="bank silent", now=clock.now())


@pytest.fixture
def finance() -> Client:
    return signed_in(staff("caiwu", "finance"))


def test_finance_settles_a_task_in_words_and_it_leaves_the_list(finance: Client, task: HumanTask) -> None:
    listed = finance.get(reverse("admin:work_humantask_changelist")).content.decode()
    assert "TR-2026-0000001" in listed
    page = reverse("admin:work_humantask_change", args=[task.pk])
    assert (
        finance.post(page, {"resolution": "银行电话确认已付，等对账", "seen": seen_in(finance.get(page))}).status_code
        == 302
    )
    task.refresh_from_db()
    assert task.resolution == "银行电话确认已付，等对账"
    assert task.resolved_by is not None
    queue = reverse("admin:work_humantask_changelist")
    assert finance.get(queue).context["cl"].result_count == 0
    assert finance.get(queue + "?settled=yes").context["cl"].result_count == 1


def test_a_task_that_was_not_seen_as_it_is_stays_open(finance: Client, task: HumanTask) -> None:
    page = reverse("admin:work_humantask_change", args=[task.pk])
    shown = seen_in(finance.get(page))
    HumanTask.objects.filter(pk=task.pk).update(reason="the bank has answered meanwhile")
    for stale in ({}, {"seen": shown}):
        answer = finance.post(page, {"resolution": "银行电话确认已付", **stale})
        assert answer.status_code == 409
        assert "the bank has answered meanwhile" in answer.content.decode(), "shown anew"
        task.refresh_from_db()
        assert task.resolved_at is None
    assert finance.post(page, {"resolution": "银行电话确认已付", "seen": seen_in(answer)}).status_code == 302


def seen_in(answer: HttpResponse) -> str:
    return forms.seen_in(answer.content.decode())


def test_nothing_is_settled_without_words(finance: Client, task: HumanTask) -> None:
    page = reverse("admin:work_humantask_change", args=[task.pk])
    assert finance.post(page, {"resolution": "  "}).status_code == 200
    task.refresh_from_db()
    assert task.resolved_at is None


def test_the_second_of_two_is_told_and_the_first_words_stay(task: HumanTask) -> None:
    actor = Actor.holding(None, "staff:caiwu", "work.settle_task")
    settle_human_task(task=task, seen=task_version(task), resolution="done", actor=actor, now=clock.now())
    with pytest.raises(Conflict) as refusal:
        settle_human_task(
            task=task, seen=task_version(task), resolution="done differently", actor=actor, now=clock.now()
        )
    assert refusal.value.code == "task_settled"
    with pytest.raises(DomainError) as refused:
        settle_human_task(task=task, seen=task_version(task), resolution="", actor=actor, now=clock.now())
    assert refused.value.code == "resolution_missing"


def test_a_reviewer_neither_sees_nor_settles(task: HumanTask) -> None:
    reviewer = signed_in(staff("zhoumin", "claims_reviewer"))
    assert reviewer.get(reverse("admin:work_humantask_changelist")).status_code in (403, 404)
    with pytest.raises(NotAllowed):
        settle_human_task(
            task=task, seen=task_version(task), resolution="x", actor=Actor(None, "staff:zhoumin"), now=clock.now()
        )
