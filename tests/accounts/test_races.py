"""Two at once. Each guard's control shows that without it the fault does happen."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.actions import request_login_code, verify_login_code
from accounts.models import LoginCode, User
from core import clock, guards
from core.errors import DomainError
from tests.accounts.people import texted_code

pytestmark = pytest.mark.django_db(transaction=True)

LI = "13900001001"
ADDRESS = "203.0.113.7"


def together(times: int, act: Callable[[int], object]) -> list[object]:
    """Run in as many threads, released at the same moment; refusals count as results."""
    barrier = threading.Barrier(times)
    results: list[object] = [None] * times

    def run(index: int) -> None:
        try:
            barrier.wait(10)
            results[index] = act(index)
        except DomainError as error:
            results[index] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


class TestManyRequestsForOnePhone:
    def ask(self, _index: int) -> object:
        return request_login_code(phone=LI, ip=ADDRESS, now=clock.now())

    def test_one_code_is_sent(self):
        results = together(6, self.ask)
        assert LoginCode.objects.count() == 1
        assert results.count("code_just_sent") == 5

    def test_control_without_the_lock_several_are(self):
        with guards.off("accounts.code_request_lock"):
            for _attempt in range(10):
                LoginCode.objects.all().delete()
                together(6, self.ask)
                if LoginCode.objects.count() > 1:
                    return
        pytest.fail("the race did not show: this test says nothing about the lock")


class TestManyTriesAtOnce:
    def guess(self, index: int) -> object:
        return verify_login_code(phone=LI, code=f"wrong {index}", ip=ADDRESS, now=clock.now())

    def test_no_more_than_five_count(self):
        request_login_code(phone=LI, ip=ADDRESS, now=clock.now())
        together(9, self.guess)
        assert LoginCode.objects.get().attempts == 5

    def test_control_without_the_guard_there_is_no_end_to_guessing(self):
        request_login_code(phone=LI, ip=ADDRESS, now=clock.now())
        with guards.off("accounts.code_attempts"):
            for index in range(9):
                with pytest.raises(DomainError):
                    self.guess(index)
            assert verify_login_code(phone=LI, code=texted_code(LI), ip=ADDRESS, now=clock.now())


def test_the_right_code_typed_in_two_windows_signs_in_once_and_makes_one_person():
    request_login_code(phone=LI, ip=ADDRESS, now=clock.now())
    code = texted_code(LI)
    results = together(4, lambda _i: verify_login_code(phone=LI, code=code, ip=ADDRESS, now=clock.now()).pk)
    assert results.count("login_code_wrong") == 3
    assert User.objects.count() == 1
