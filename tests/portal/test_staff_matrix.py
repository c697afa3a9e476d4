"""Every action of staff outside the claims' desk, as every role, and as a role narrowed to one insurer: what belongs to
no insurer is reached by nobody who is narrowed to one. (The claims' desk: tests/claims/test_who_may_decide.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts.actions import (
    grant_role,
    request_name_correction,
    reset_second_factor,
    reveal_identity,
    revoke_role,
    set_active,
    settle_name_correction,
)
from accounts.models import DataRequest
from accounts.roles import ROLES, STAFF_ROLES, Role, permissions_of
from core import clock
from core.actors import Actor, Grant
from core.errors import DomainError, NotAllowed, NotFound
from demo.plan_years import create_demo_plan_years
from payments.actions import ask_again
from payments.channels import payment_channel
from payments.models import Payment
from payments.money_accounts import account_for
from payments.shown import money_version
from people.actions import check_household, confirm_residence
from people.models import Kinship, Person
from products.actions import (
    attach_document,
    close_plan_year,
    define_list,
    draft_list,
    file_plan_year,
    open_ways,
    publish_list,
    publish_plan_year,
    send_to_experts,
    set_shares,
)
from products.models import ListKind, ListVersion
from products.shown import plan_year_version
from tests.accounts.people import resident, signed_in, staff
from work.human_tasks import settle_human_task, task_version
from work.models import HumanTask

pytestmark = pytest.mark.django_db
SECURITY, FINANCE, BUREAU = Role.SECURITY, Role.FINANCE, Role.BUREAU
EXPECTED = {
    "grant_role": {SECURITY},
    "revoke_role": {SECURITY},
    "set_active": {SECURITY},
    "reset_second_factor": {SECURITY},
    "settle_name_correction": {Role.OPERATOR},
    "reveal_phone": {Role.OPERATOR},
    "settle_task": {Role.OPERATOR, FINANCE},
    "settle_alarm": {SECURITY},
    "ask_again": {FINANCE},
    "check_household": {Role.OPERATOR},
    "confirm_residence": {Role.OPERATOR},
    "attach_document": {Role.OPERATOR},
    "set_shares": {Role.OPERATOR},
    "open_ways": {Role.OPERATOR},
    "define_list": {Role.OPERATOR},
    "draft_list": {Role.OPERATOR},
    "publish_list": {Role.OPERATOR},
    "send_to_experts": {Role.OPERATOR},
    "publish_plan_year": {Role.OPERATOR},
    "close_plan_year": {Role.OPERATOR},
    "file_plan_year": {BUREAU},
}


class City:
    """Something to do for each action."""

    def __init__(self) -> None:
        self.li = resident()
        self.zhou = staff("zhoumin", "claims_reviewer")
        self.new = staff("xinren")
        self.last_year, self.year = create_demo_plan_years()
        self.list_version = ListVersion.objects.get()
        now = clock.now()
        self.request = request_name_correction(user=self.li, name="李秀蘭", actor=self.li.actor(), now=now)
        self.task = HumanTask.objects.create(kind="payments.transfer", key="TR-1", reason="silent", created_at=now)
        self.alarm = HumanTask.objects.create(kind="accounts.many_reveals", key="8:x", reason="many", created_at=now)
        self.payment = Payment.objects.create(
            number="PY-1", purpose="enrollment.order", purpose_ref="OR-1", plan_year="smx-2027", channel="WECHAT",
            account=account_for(payment_channel("WECHAT"), scheme="smx", now=now),
            amount_fen=10_000, subject="x", details={}, created_at=now, payable_until=now, close_at=now,
            next_attempt_at=now,
        )  # fmt: skip

    def calls(self, actor: Actor) -> dict[str, Callable[[], Any]]:
        now, year = clock.now(), self.year
        common: dict[str, Any] = {"actor": actor, "now": now}
        return {
            "grant_role": lambda: grant_role(user=self.new, role="finance", **common),
            "revoke_role": lambda: revoke_role(assignment=self.zhou.role_assignments.get(), **common),
            "set_active": lambda: set_active(user=self.zhou, active=False, actor=actor),
            "reset_second_factor": lambda: reset_second_factor(user=self.zhou, actor=actor),
            "settle_name_correction": lambda: settle_name_correction(
                request=DataRequest.objects.get(pk=self.request.pk), accept=True, answer="", **common
            ),
            "reveal_phone": lambda: reveal_identity(subject=self.li, field="phone", reason="calls back", **common),
            "settle_task": lambda: settle_human_task(
                task=self.task, seen=task_version(self.task), resolution="ok", **common
            ),
            "settle_alarm": lambda: settle_human_task(
                task=self.alarm, seen=task_version(self.alarm), resolution="ok", **common
            ),
            "ask_again": lambda: ask_again(row=self.payment, seen=money_version(self.payment), **common),
            # Nothing was read: the refusal of that comes after the permission.
            "check_household": lambda: check_household(kinship=Kinship(), shows_it=True, found="", **common),
            "confirm_residence": lambda: confirm_residence(
                person=Person(), scheme=year.scheme, ground="", from_on=now.date(), to_on=now.date(), found="", **common
            ),
            "attach_document": lambda: attach_document(
                plan_year=year, kind="notice", source_zh="x", source_en="x", **common
            ),
            "set_shares": lambda: set_shares(plan_year=year, shares=[], **common),
            "open_ways": lambda: open_ways(plan_year=year, ways=[], **common),
            "define_list": lambda: define_list(
                scheme=year.scheme, key="x", kind=ListKind.OTHER, name_zh="x", name_en="x", **common
            ),
            "draft_list": lambda: draft_list(
                filed_list=self.list_version.filed_list, items=[], from_on=now.date(), source="x", **common
            ),
            "publish_list": lambda: publish_list(version=self.list_version, **common),
            "send_to_experts": lambda: send_to_experts(plan_year=year, **common),
            "publish_plan_year": lambda: publish_plan_year(plan_year=year, seen=plan_year_version(year), **common),
            "close_plan_year": lambda: close_plan_year(plan_year=year, **common),
            "file_plan_year": lambda: file_plan_year(plan_year=year, filing_number="1", **common),
        }


class Undone(Exception):
    pass


def may(call: Callable[[], Any]) -> bool:
    """Whether the permission was there; what the action then says of the plan year's state is not asked here."""
    try:
        with transaction.atomic():
            call()
            raise Undone
    except Undone:
        return True
    except (NotAllowed, NotFound):
        return False
    except DomainError:
        return True


@pytest.fixture
def city() -> City:
    return City()


def test_each_action_as_each_role(city: City):
    found: dict[str, set[str]] = {name: set() for name in EXPECTED}
    for role in sorted(STAFF_ROLES):
        actor = staff(f"as-{role}".replace("_", "-"), role).actor()
        for name, call in city.calls(actor).items():
            if may(call):
                found[name].add(role)
    assert found == EXPECTED


def test_none_of_them_as_a_role_narrowed_to_one_insurer(city: City):
    """Held for Xiaoshan, or for Xiaoshan and Dahe: people, money and plan years of everybody are not reached."""
    for role in sorted(STAFF_ROLES):
        narrowed = tuple(Grant(permissions_of([role]), {"insurer": frozenset({code})}) for code in ("xiaoshan", "dahe"))
        actor = Actor(city.new.pk, "staff:narrowed", narrowed)
        assert [name for name, call in city.calls(actor).items() if may(call)] == [], role


def test_the_list_of_actions_is_whole():
    """An action that asks a permission of staff stands in this matrix or in that of the claims' desk."""
    import re
    from pathlib import Path

    from django.conf import settings

    held = set().union(*(ROLES[role] for role in STAFF_ROLES))
    asks = re.compile(r"""(?:require|require_desk)\((?:locked, actor, |claim, actor, )?"([a-z_.]+)""")
    asking = set()
    for path in Path(settings.BASE_DIR).glob("*/actions/*.py"):
        if set(asks.findall(path.read_text())) & held and path.parent.parent.name != "claims":
            asking.add(path.stem)
    assert asking == {
        "grant_role", "revoke_role", "set_active", "reset_second_factor", "request_name_correction", "attach_document",
        "send_to_experts", "publish_plan_year", "close_plan_year", "file_plan_year", "draft_plan_year", "set_shares",
        "open_ways", "define_list", "draft_list", "publish_list",
    }  # fmt: skip


def test_the_admins_buttons_as_each_role(city: City):
    """Through the pages: what is pressed is done for who may and for nobody else."""
    found: dict[str, set[str]] = {}
    lists = {
        "grant_role": ("accounts_roleassignment_add", [], {"user": city.new.pk, "role": "finance"}),
        "settle_name_correction": ("accounts_datarequest_change", [city.request.pk], {"decision": "accept"}),
        "settle_task": (
            "work_humantask_change", [city.task.pk], {"resolution": "ok", "seen": task_version(city.task)},
        ),
        "settle_alarm": (
            "work_humantask_change", [city.alarm.pk], {"resolution": "ok", "seen": task_version(city.alarm)},
        ),
    }  # fmt: skip

    def state() -> tuple[Any, ...]:
        return (
            city.new.role_assignments.count(),
            DataRequest.objects.get().state,
            list(HumanTask.objects.order_by("pk").values_list("resolved_at", flat=True)),
        )

    before = state()
    for role in sorted(STAFF_ROLES):
        browser = signed_in(staff(f"by-{role}".replace("_", "-"), role))
        for name, (page, args, sent) in lists.items():
            found.setdefault(name, set())
            try:
                with transaction.atomic():
                    browser.post(reverse(f"admin:{page}", args=args), sent)
                    if state() != before:
                        found[name].add(role)
                    raise Undone
            except Undone:
                pass
    assert found == {name: EXPECTED[name] for name in lists}


def test_a_narrowed_reader_of_a_page_sees_no_row_that_belongs_to_no_insurer(city: City):
    """Should a role with such pages ever be narrowed: the lists are closed by default, not open."""
    closed = 0
    for model, page in admin.site._registry.items():
        permission = f"{model._meta.app_label}.view_{model._meta.model_name}"
        request = RequestFactory().get("/")
        request.user = city.new
        everything, narrowed = (
            Actor(city.new.pk, "staff:reader", (Grant(frozenset({permission, "work.settle_task"}), within),))
            for within in ({}, {"insurer": frozenset({"xiaoshan"})})
        )
        request.actor = everything
        if model._meta.label_lower == "claims.claim" or not page.get_queryset(request).exists():
            continue
        request.actor = narrowed
        assert not page.get_queryset(request).exists(), model
        closed += 1
    assert closed >= 5
