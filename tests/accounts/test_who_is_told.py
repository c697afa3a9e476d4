"""What only some of the staff are told: alarms about readings, requests about personal data, tasks of a kind."""

from __future__ import annotations

import pytest

from accounts.models import DataRequest
from accounts.reveal_limits import ALARM, OFFICER, notice_for
from accounts.selectors import desk_shows_data_request
from core import clock
from core.actors import Actor, Grant
from core.errors import NotAllowed
from tests.accounts.people import resident, staff
from work.human_tasks import PERMISSION, settle_human_task, task_version, tasks_for
from work.leases import open_human_task
from work.models import HumanTask

pytestmark = pytest.mark.django_db


def task(kind: str) -> HumanTask:
    open_human_task(kind=kind, key="1", reason="many readings", url="/admin/", now=clock.now())
    return HumanTask.objects.get(kind=kind)


def test_an_alarm_is_told_to_who_reads_the_audit() -> None:
    task(ALARM)
    assert notice_for(Actor.holding(7, "staff:anquan", OFFICER)) is not None
    assert notice_for(Actor.holding(8, "staff:zhou", "claims.review")) is None


def test_tasks_are_shown_to_who_may_settle_their_kind() -> None:
    alarm, other = task(ALARM), task("payments.transfer")
    tasks = HumanTask.objects.all()
    assert set(tasks_for(Actor.holding(7, "staff:anquan", OFFICER), tasks)) == {alarm}
    assert set(tasks_for(Actor.holding(8, "staff:caiwu", PERMISSION), tasks)) == {other}
    assert set(tasks_for(Actor.holding(9, "staff:zhou", "claims.review"), tasks)) == set()


@pytest.mark.parametrize("within", [{}, {"insurer": frozenset({"dahe"})}], ids=["everywhere", "at one insurer"])
def test_a_task_of_the_whole_house_is_settled_by_who_is_not_narrowed(within: dict) -> None:
    waiting, clerk = task("payments.transfer"), staff("caiwu")
    actor = Actor(clerk.pk, clerk.label, (Grant(frozenset({PERMISSION}), within),))
    settle = {"task": waiting, "seen": task_version(waiting), "resolution": "asked the bank", "now": clock.now()}
    if within:
        with pytest.raises(NotAllowed):
            settle_human_task(**settle, actor=actor)
    else:
        assert settle_human_task(**settle, actor=actor).resolved_by_id == clerk.pk


def test_the_name_that_was_asked_for_is_shown_to_who_settles_requests() -> None:
    asked = DataRequest.objects.create(
        user=resident(), kind=DataRequest.Kind.CORRECT_NAME, wanted="李秀蘭", created_at=clock.now()
    )
    both = ("accounts.settle_data_request", "identity.reveal")
    assert desk_shows_data_request(Actor.holding(7, "staff:operator", *both), asked.pk)
    assert not desk_shows_data_request(Actor.holding(7, "staff:operator", both[1]), asked.pk)
    at_one_insurer = Grant(frozenset(both), {"insurer": frozenset({"dahe"})})
    assert not desk_shows_data_request(Actor(7, "staff:zhou", (at_one_insurer,)), asked.pk)
