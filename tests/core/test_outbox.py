"""What belongs to a commit happens after it, at least once, and never without it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from core import clock, guards
from core.registry import AlreadyRegistered
from work import outbox
from work.lanes import Lane
from work.leases import MAX_ATTEMPTS
from work.models import HumanTask, OutboxMessage
from work.outbox import Topic

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A handler that keeps what it was given, and fails while told to."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.failing = False

    def __call__(self, payload: dict[str, Any], *, key: str, now: datetime) -> None:
        if self.failing:
            raise ConnectionError("gateway away")
        self.delivered.append(key)


@pytest.fixture
def post() -> Iterator[Post]:
    handler = Post()
    with outbox.topics.replaced("test.post", Topic(handler, Lane.NOTICES)):
        yield handler


def enqueue(key: str = "letter-1", *, now: datetime = NOW) -> None:
    with transaction.atomic():
        outbox.enqueue("test.post", key=key, payload={"row": 7}, now=now)


def test_a_message_of_a_rolled_back_transaction_was_never_written(post: Post) -> None:
    with transaction.atomic():
        outbox.enqueue("test.post", key="letter-1", payload={}, now=NOW)
        transaction.set_rollback(True)
    assert outbox.sweep(now=NOW) == 0
    assert post.delivered == []


def test_a_message_is_handled_once_and_stays_on_record(post: Post) -> None:
    enqueue()
    assert outbox.sweep(now=NOW) == 1
    assert outbox.sweep(now=NOW + timedelta(days=1)) == 0
    assert post.delivered == ["letter-1"]
    assert OutboxMessage.objects.get().done_at == NOW


def test_the_same_key_is_written_once(post: Post) -> None:
    enqueue()
    enqueue()
    assert OutboxMessage.objects.count() == 1


def test_a_failure_is_tried_again_later_and_does_not_stop_the_others(
    post: Post,
) -> None:
    enqueue("letter-1")
    post.failing = True
    assert outbox.sweep(now=NOW) == 0
    post.failing = False
    enqueue("letter-2")
    assert outbox.sweep(now=NOW + timedelta(seconds=1)) == 1
    assert outbox.sweep(now=NOW + timedelta(seconds=2)) == 1
    assert post.delivered == ["letter-2", "letter-1"]


def test_after_the_last_attempt_a_person_is_asked(post: Post) -> None:
    enqueue()
    post.failing = True
    moment = NOW
    for _attempt in range(MAX_ATTEMPTS):
        outbox.sweep(now=moment)
        moment += timedelta(hours=1)
    assert OutboxMessage.objects.get().next_attempt_at is None
    assert HumanTask.objects.get().key == "test.post:letter-1"


class SlowFirst:
    """The first letter takes a while; meanwhile another worker looks."""

    def __init__(self, settings: Any, minutes: int) -> None:
        self.settings, self.minutes = settings, minutes
        self.delivered: list[str] = []

    def __call__(self, payload: dict[str, Any], *, key: str, now: datetime) -> None:
        if key == "letter-1" and not self.delivered:
            self.delivered.append(key)
            self.settings.PORTAL_CLOCK = (clock.now() + timedelta(minutes=self.minutes)).isoformat()
            outbox.sweep(limit=2)
        elif key != "letter-1":
            self.delivered.append(key)


def test_a_slow_handler_does_not_eat_up_the_lease_of_those_behind_it(settings: Any) -> None:
    """While the first letter takes three minutes, another worker carries the second one: it goes out once."""
    slow = SlowFirst(settings, minutes=3)
    with outbox.topics.replaced("test.post", Topic(slow, Lane.NOTICES)):
        enqueue("letter-1", now=clock.now())
        enqueue("letter-2", now=clock.now())
        outbox.sweep()
    assert slow.delivered == ["letter-1", "letter-2"]


def test_control_without_the_renewal_it_goes_out_twice(settings: Any) -> None:
    slow = SlowFirst(settings, minutes=3)
    with guards.off("leases.fencing"), outbox.topics.replaced("test.post", Topic(slow, Lane.NOTICES)):
        enqueue("letter-1", now=clock.now())
        enqueue("letter-2", now=clock.now())
        outbox.sweep()
    assert slow.delivered == ["letter-1", "letter-2", "letter-2"]


def test_what_is_done_is_forgotten_after_a_week_and_nothing_else(post: Post) -> None:
    enqueue("letter-1")
    outbox.sweep(now=NOW)
    enqueue("letter-2")
    assert outbox.forget_done(NOW + timedelta(days=7)) == 0
    assert outbox.forget_done(NOW + timedelta(days=7, seconds=1)) == 1
    assert OutboxMessage.objects.get().key == "letter-2"


def test_enqueueing_outside_a_transaction_is_a_programming_error(post: Post) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.enqueue("test.post", key="x", payload={}, now=NOW)


def test_a_topic_has_one_handler(post: Post) -> None:
    with pytest.raises(AlreadyRegistered, match=r"test\.post"):
        outbox.handler("test.post")(Post())
