"""What waits in one lane never stands in the way of what waits in another; and each goes at its own pace."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from core import guards
from work import lanes, outbox, sweeps
from work.lanes import Lane
from work.models import LaneSetting, OutboxMessage
from work.outbox import Topic

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def beliefs() -> Iterator[None]:
    lanes.forget_beliefs()
    yield
    lanes.forget_beliefs()


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Keys in the order in which their messages were handled."""
    handled: list[str] = []

    def handle(payload: dict[str, Any], *, key: str, now: datetime) -> None:
        handled.append(key)

    with (
        outbox.topics.replaced("test.prompt", Topic(handle, Lane.CAMPAIGN)),
        outbox.topics.replaced("test.code", Topic(handle, Lane.CODES)),
    ):
        yield handled


def prompts(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            outbox.enqueue("test.prompt", key=f"prompt-{number}", payload={}, now=NOW)


def code(key: str = "code") -> None:
    with transaction.atomic():
        outbox.enqueue("test.code", key=key, payload={}, now=NOW + timedelta(seconds=1))


def a_worker_of(lane: Lane, *, batches: int = 1) -> None:
    for _batch in range(batches):
        sweeps.step(sweeps.get(f"outbox.{lane}"), now=NOW + timedelta(seconds=2))


def test_a_code_does_not_wait_behind_the_prompts_that_were_there_first(told: list[str]) -> None:
    prompts(120)
    code()
    a_worker_of(Lane.CODES)
    assert told == ["code"]


def test_control_in_one_lane_it_waits_behind_them_all(told: list[str]) -> None:
    prompts(120)
    code()
    with guards.off("outbox.lanes"):
        a_worker_of(Lane.CODES, batches=120)
        assert len(told) == 120
        assert "code" not in told
        a_worker_of(Lane.CODES)
    assert told[-1] == "code"


def test_a_batch_is_claimed_by_one_statement(told: list[str], django_assert_num_queries: Any) -> None:
    prompts(50)
    campaign = sweeps.get("outbox.campaign")
    lanes.turn(Lane.CAMPAIGN, 1, now=NOW)  # the lane's row is looked at every two seconds, not for each batch
    with django_assert_num_queries(1):
        assert len(campaign.claim(now=NOW)) == 50


def test_a_message_goes_the_way_of_its_topic_unless_it_says_another(told: list[str]) -> None:
    with transaction.atomic():
        outbox.enqueue("test.code", key="a", payload={}, now=NOW)
        outbox.enqueue("test.code", key="b", payload={}, now=NOW, lane=Lane.NOTICES)
    assert dict(OutboxMessage.objects.values_list("key", "lane")) == {"a": "codes", "b": "notices"}


def test_a_paused_lane_keeps_its_messages_and_the_others_go_on(told: list[str]) -> None:
    prompts(3)
    code()
    call_command("lanes", "campaign", "--pause", stdout=StringIO())
    outbox.sweep(now=NOW + timedelta(seconds=2))
    assert told == ["code"]
    call_command("lanes", "campaign", "--resume", stdout=StringIO())
    outbox.sweep(now=NOW + timedelta(seconds=2))
    assert told == ["code", "prompt-0", "prompt-1", "prompt-2"]


def test_a_lane_of_twenty_a_second_gives_twenty_turns_a_second(told: list[str]) -> None:
    call_command("lanes", "campaign", "--per-second", "20", stdout=StringIO())
    turns = [lanes.turn(Lane.CAMPAIGN, 50, now=NOW) for _worker in range(3)]
    assert [(turn.count, round(turn.wait, 3)) for turn in turns] == [(20, 0.0), (20, 1.0), (20, 2.0)]
    assert lanes.turn(Lane.CAMPAIGN, 5, now=NOW + timedelta(minutes=1)) == lanes.Turn(5), (
        "an idle minute is not saved up"
    )
    assert lanes.turn(Lane.CODES, 4, now=NOW) == lanes.Turn(4), "the other lanes know nothing of it"


def test_no_limit_is_no_row_or_an_empty_one_and_zero_is_refused() -> None:
    LaneSetting.objects.create(lane=Lane.CAMPAIGN)
    assert lanes.turn(Lane.CAMPAIGN, 50, now=NOW) == lanes.Turn(50)
    with pytest.raises(IntegrityError), transaction.atomic():
        LaneSetting.objects.create(lane=Lane.NOTICES, per_second=0)


def test_the_command_tells_what_waits(told: list[str], settings: Any) -> None:
    settings.PORTAL_CLOCK = (NOW + timedelta(minutes=1)).isoformat()
    prompts(2)
    said = StringIO()
    call_command("lanes", "campaign", "--per-second", "20", stdout=said)
    assert "campaign   20 a second          messages due 2, later 0, oldest 60 s" in said.getvalue()
    assert "codes      as fast as it can    messages due 0, later 0" in said.getvalue()
