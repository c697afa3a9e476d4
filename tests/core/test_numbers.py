"""Numbers of orders, policies, payments: unique, rising, and nobody waits for anybody's."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from tests.parcels.models import Obligation
from work.numbers import next_number


def in_another_session(work: object) -> list[object]:
    """Runs it in a thread with a connection of its own that waits for a lock at most a tenth of a second."""
    found: list[object] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            found.append(work())  # type: ignore[operator]
        except Exception as error:  # what was raised is what the test looks at
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return found


@pytest.mark.django_db
def test_numbers_rise_and_their_digits_are_unique_whatever_the_letters() -> None:
    order, policy = next_number("OR", 2027), next_number("HM", 2027)
    assert order.startswith("OR-2027-") and policy.startswith("HM-2027-")
    assert int(policy[-7:]) == int(order[-7:]) + 1


@pytest.mark.django_db(transaction=True)
def test_the_second_order_gets_its_number_while_the_first_has_not_committed() -> None:
    with transaction.atomic():
        first = next_number("OR", 2027)
        [second] = in_another_session(lambda: next_number("OR", 2027))
    assert isinstance(second, str) and second > first


@pytest.mark.django_db(transaction=True)
def test_control_a_counter_kept_in_a_row_makes_the_second_order_wait() -> None:
    """What numbers were before: the second session waits until the first commits, and here gives up waiting."""
    Obligation.objects.create(ref="OR-2027")

    def count() -> int:
        return Obligation.objects.filter(ref="OR-2027").update(state=1)

    with transaction.atomic():
        count()
        [waited] = in_another_session(count)
    assert "lock timeout" in str(waited)
