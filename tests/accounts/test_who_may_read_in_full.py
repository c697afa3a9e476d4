"""Every kind of record with readable fields says whose desk shows it; a kind that says nothing is closed. So many a day
and no more, and from a lower number on accounts and security are told.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import reverse

from accounts import reveal_limits, visibility
from accounts.actions import reveal_identity
from accounts.models import IdentityReveal, User
from core import clock, guards
from core.errors import DomainError, NotFound
from core.registry import Registry
from tests.accounts.people import resident, signed_in, staff
from work.models import HumanTask

WHY = "calls back about an order"
READABLE = [model for model in apps.get_models() if getattr(model, "REVEALABLE_FIELDS", None)]


def read(who: User, subject: models.Model, field: str = "phone") -> str:
    return reveal_identity(actor=who.actor(), subject=subject, field=field, reason=WHY, now=clock.now())


def residents(count: int) -> list[User]:
    return [resident(f"139{number:08d}", "李秀兰") for number in range(count)]


@pytest.mark.parametrize("model", READABLE, ids=lambda model: model._meta.label)
def test_every_kind_with_readable_fields_says_whose_desk_shows_it(model: type[models.Model]):
    assert visibility.has_rule(model._meta.label_lower)


def test_the_walk_finds_the_kinds():
    assert {model._meta.label_lower for model in READABLE} >= {
        "accounts.user", "messaging.smsmessage", "accounts.datarequest", "people.person", "claims.claimpayee",
    }  # fmt: skip


@pytest.mark.django_db
class TestAKindWithoutARule:
    def test_is_closed(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(visibility, "views", Registry("rule of visibility"))
        with pytest.raises(NotFound):
            read(staff("wangdian", "operator"), resident())

    def test_a_reviewer_reads_nobody_who_has_no_claim_at_her_desk(self):
        zhou = staff("zhoumin", "claims_reviewer")
        for person in residents(3):
            for field in ("phone", "display_name"):
                with pytest.raises(NotFound):
                    read(zhou, person, field)
        assert not IdentityReveal.objects.exists()

    def test_nobody_reads_a_colleague(self):
        with pytest.raises(NotFound):
            read(staff("wangdian", "operator"), staff("zhoumin", name="周敏"), "display_name")


@pytest.mark.django_db
class TestADay:
    @pytest.fixture(autouse=True)
    def few(self, settings: Any):
        settings.REVEALS_PER_DAY, settings.REVEALS_ALARM_AT = 4, 3

    @pytest.fixture
    def liu(self) -> User:
        return staff("wangdian", "operator")

    def test_has_a_last_reading(self, liu: User):
        people = residents(5)
        for person in people[:4]:
            assert read(liu, person) == person.phone
        with pytest.raises(DomainError) as refusal:
            read(liu, people[4])
        assert (refusal.value.code, refusal.value.status) == ("reveal_limit", 429)
        assert IdentityReveal.objects.count() == 4

    def test_is_one_persons_and_one_days(self, liu: User):
        people = residents(4)
        for person in people:
            read(liu, person)
        assert read(staff("sunli", "operator"), people[0])
        midnight = clock.midnight(clock.civil_date(clock.now()))
        rows = IdentityReveal.objects.filter(actor=liu)
        assert reveal_limits._read_today(liu.actor(), clock.now()).count() == rows.count() == 4
        from datetime import timedelta

        tomorrow = midnight + timedelta(days=1)
        assert reveal_limits._read_today(liu.actor(), tomorrow).count() == 0
        assert reveal_limits._read_today(liu.actor(), tomorrow - timedelta(microseconds=1)).count() == 4

    def test_ones_own_are_not_counted(self, liu: User):
        li = resident()
        for _again in range(6):
            assert read(li, li) == li.phone

    def test_the_page_says_so(self, liu: User):
        people = residents(5)
        for person in people[:4]:
            read(liu, person)
        page = reverse("accounts:reveal", args=["accounts.user", people[4].pk, "phone"])
        answer = signed_in(liu).post(page, {"reason": WHY})
        assert answer.status_code == 429
        assert people[4].phone not in answer.content.decode()

    def test_the_third_reading_is_told_once(self, liu: User):
        people = residents(4)
        for person in people[:2]:
            read(liu, person)
        assert not HumanTask.objects.exists()
        read(liu, people[2])
        task = HumanTask.objects.get()
        assert task.kind == "accounts.many_reveals"
        HumanTask.objects.update(resolved_at=clock.now())
        read(liu, people[3])
        assert HumanTask.objects.count() == 1, "settled, it is not opened again on the same day"

    def test_accounts_and_security_see_it_on_every_page_and_alone_settle_it(self, liu: User):
        for person in residents(3):
            read(liu, person)
        task = HumanTask.objects.get()
        wu, chen = signed_in(staff("anquan", "security")), signed_in(staff("caiwu", "finance"))
        queue = reverse("admin:work_humantask_changelist")
        page = reverse("admin:work_humantask_change", args=[task.pk])
        assert queue in wu.get(reverse("admin:index")).content.decode()
        assert task.key in wu.get(queue).content.decode()
        for other in (chen, signed_in(liu)):
            assert task.key not in other.get(queue).content.decode()
            assert other.get(page).status_code == 302, "not found, back to the list"
        from work.human_tasks import task_version

        sent = {"resolution": "她在处理退保电话", "seen": task_version(task)}
        assert wu.post(page, sent).status_code == 302
        assert HumanTask.objects.get().resolved_by_id == User.objects.get(username="anquan").pk

    def test_money_is_not_for_accounts_and_security(self):
        HumanTask.objects.create(kind="payments.transfer", key="TR-1", reason="silent", created_at=clock.now())
        wu = signed_in(staff("anquan", "security"))
        assert "TR-1" not in wu.get(reverse("admin:work_humantask_changelist")).content.decode()


def read_at_once(liu: User, people: list[User]) -> list[str]:
    gate, outcomes = threading.Barrier(len(people)), []

    def press(person: User) -> None:
        gate.wait()
        try:
            read(liu, person)
            outcomes.append("read")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
class TestTenAtOnce:
    @pytest.fixture
    def counted(self, settings: Any, monkeypatch: pytest.MonkeyPatch):
        """Between counting and writing down there is time for the others."""
        settings.REVEALS_PER_DAY, settings.REVEALS_ALARM_AT = 4, 3
        import time

        slow = reveal_limits._raise_alarm
        monkeypatch.setattr(reveal_limits, "_read_today", slowly(reveal_limits._read_today, time.sleep))
        return slow

    def test_four_are_read(self, counted: Any):
        outcomes = read_at_once(staff("wangdian", "operator"), residents(10))
        assert outcomes == ["read"] * 4 + ["reveal_limit"] * 6
        assert HumanTask.objects.count() == 1

    def test_control_without_the_lock_more_are_read(self, counted: Any):
        with guards.off("accounts.reveal_lock"):
            outcomes = read_at_once(staff("wangdian", "operator"), residents(10))
        assert outcomes.count("read") > 4

    def test_control_without_the_limit_all_are_read(self, counted: Any):
        with guards.off("accounts.reveal_limit"):
            outcomes = read_at_once(staff("wangdian", "operator"), residents(10))
        assert outcomes == ["read"] * 10


def slowly(ask: Any, sleep: Any) -> Any:
    class Slow:
        def __init__(self, rows: Any):
            self.rows = rows

        def count(self) -> int:
            found: int = self.rows.count()
            sleep(0.3)
            return found

    return lambda actor, now: Slow(ask(actor, now))
