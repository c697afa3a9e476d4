"""What belongs to a commit happens after it, at least once, and never without it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from work import outbox
from work.leases import MAX_ATTEMPTS
from work.models import HumanTask, OutboxMessage

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
    outbox.handler("test.post")(handler)
    yield handler
    del outbox._handlers["test.post"]


def enqueue(key: str = "letter-1") -> None:
    with transaction.atomic():
        outbox.enqueue("test.post", key=key, payload={"row": 7}, now=NOW)


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


def test_a_slow_handler_does_not_eat_up_the_lease_of_those_behind_it(post: Post) -> None:
    """While the first letter takes three minutes, another worker carries the second one: it goes out once."""

    class SlowFirst:
        def __call__(self, payload: dict[str, Any], *, key: str, now: datetime) -> None:
            if key == "letter-1" and not post.delivered:
                post.delivered.append(key)
                outbox.sweep(now=NOW + timedelta(minutes=3), limit=2)
            elif key != "letter-1":
                post.delivered.append(key)

    outbox._handlers["test.post"] = SlowFirst()
    enqueue("letter-1")
    enqueue("letter-2")
    outbox.sweep(now=NOW)
    assert post.delivered == ["letter-1", "letter-2"]


def test_enqueueing_outside_a_transaction_is_a_programming_error(post: Post) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.enqueue("test.post", key="x", payload={}, now=NOW)


def test_a_topic_has_one_handler(post: Post) -> None:
    with pytest.raises(RuntimeError, match="already"):
        outbox.handler("test.post")(Post())
