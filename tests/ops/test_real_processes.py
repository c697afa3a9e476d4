"""The fixtures that start real processes do what they say."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.conftest import CeleryWorker


@pytest.mark.faults
def test_a_worker_starts_dies_by_sigkill_and_starts_again(celery_worker_process: CeleryWorker) -> None:
    first = celery_worker_process.start().pid
    celery_worker_process.kill()
    assert not Path("/proc", str(first)).exists()
    second = celery_worker_process.start().pid
    assert second != first
    celery_worker_process.stop()
    assert "Warm shutdown" in celery_worker_process.log


@pytest.mark.django_db(transaction=True)
def test_a_process_of_the_product_gets_this_tests_own_servers(
    process_env: Callable[[], dict[str, str]], redis_client: "redis.Redis"
) -> None:
    environment = process_env()
    assert environment["DATABASE_URL"] == os.environ["DATABASE_URL"]
    redis_client.set("told by", "the test")
    with redis.Redis.from_url(environment["REDIS_URL"]) as same:
        assert same.get("told by") == b"the test"


def test_what_one_test_leaves_in_redis_is_gone_in_the_next(redis_client: "redis.Redis") -> None:
    assert redis_client.get("told by") is None
