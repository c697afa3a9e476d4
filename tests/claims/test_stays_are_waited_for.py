"""When the national platform takes longer than two seconds a worker goes on asking, and the page waits."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.test import Client

from accounts.models import User
from claims import stays
from claims.models import LookUpState, StayLookUp
from core import clock
from sandbox.testing import Sandbox
from tests.claims.people import LI_HIP, Family
from tests.stored import stored
from work import sweeps

Browser = Callable[[User], Client]
LOOK_UP = import_module("claims.actions.look_up_stays")


@pytest.fixture
def page(family: Family, browser_of: Browser, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Li opens the list of her stays; whoever waits for her waits a fifth of a second."""
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 0.2)
    li = browser_of(family.li)
    li.cookies["look"] = "auto.normal.en"
    return lambda: li.get(f"/claims/new/{family.policies['李秀兰'].number}/")


@pytest.fixture
def slow(outside: Sandbox) -> None:
    outside.fault("nhsa", "5203", "delay_before", seconds=1, count=1)


def test_a_quick_answer_is_shown_at_once_and_kept_nowhere(page: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 20.0)
    assert "86,200.00" in page().content.decode()
    assert not StayLookUp.objects.exists()


def test_a_slow_one_is_waited_for_by_a_worker_while_the_page_looks_again(page: Callable, slow: None) -> None:
    waiting = page()
    assert (waiting.status_code, waiting["Refresh"]) == (200, "3")
    assert "We are asking for the treatments of 李秀兰" in waiting.content.decode()
    assert page()["Refresh"] == "3", "looking again asks nobody a second time"
    assert StayLookUp.objects.count() == 1
    assert sweeps.drain("stays") == 1
    shown = page()
    assert "Refresh" not in shown
    assert "86,200.00" in shown.content.decode()
    assert sweeps.drain("stays") == 0


def test_what_was_found_is_ciphertext_and_gone_after_a_quarter_of_an_hour(
    page: Callable, slow: None, later: Callable[..., None]
) -> None:
    page()
    sweeps.drain("stays")
    row = stored("claims_staylookup")
    assert LI_HIP not in row
    assert "医院" not in row
    later(minutes=16)
    assert LOOK_UP.forget_look_ups(clock.now()) == 1
    assert not StayLookUp.objects.exists()


def test_after_four_tries_in_vain_the_page_says_so_and_the_next_visit_asks_anew(
    page: Callable, outside: Sandbox, slow: None, later: Callable[..., None]
) -> None:
    page()
    outside.fault("nhsa", "5201", "error_before", count=4)
    for _try in range(4):
        later(minutes=1)
        assert sweeps.drain("stays") == 0
    assert StayLookUp.objects.get().state == LookUpState.SILENT
    told = page()
    assert told.status_code == 503
    assert "does not answer just now" in told.content.decode()
    assert not StayLookUp.objects.exists()
    outside.reset()
    assert page().status_code == 200


def test_an_error_is_told_at_once(page: Callable, outside: Sandbox) -> None:
    outside.fault("nhsa", "5201", "error_before", count=1)
    assert page().status_code == 503
    assert not StayLookUp.objects.exists()


def test_a_worker_that_dies_leaves_the_list_to_another(
    page: Callable, slow: None, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page()

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(LOOK_UP, "find_stays", die)
        with pytest.raises(KeyboardInterrupt):
            sweeps.drain("stays")
    assert sweeps.drain("stays") == 0, "its lease still runs"
    later(minutes=3)
    assert sweeps.drain("stays") == 1
    assert "86,200.00" in page().content.decode()
