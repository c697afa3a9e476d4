"""A form is carried out once, however often it is sent: by a double click, a reload, or a train tunnel."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from core import clock, guards
from core.errors import Conflict, DomainError
from tests.parcels.models import Parcel
from work.models import Submission
from work.submissions import begin, submit_once

pytestmark = pytest.mark.django_db(transaction=True)


@submit_once("parcels.pack")
def pack(request: HttpRequest) -> HttpResponse:
    if not request.POST.get("weight", "").isdigit():
        return HttpResponse("please give the weight", status=422)
    parcel = Parcel.objects.create(weight_gram=int(request.POST["weight"]))
    return HttpResponseRedirect(f"/parcels/{parcel.pk}/")


def submit(key: str, weight: str = "500") -> HttpResponse:
    request = RequestFactory().post("/parcels/new/", {"form_key": key, "weight": weight})
    request.user = AnonymousUser()
    request.session = SessionStore(session_key="one-browser")
    return pack(request)


def test_the_second_click_lands_on_the_firsts_page_and_packs_nothing() -> None:
    key = uuid4().hex
    first, second = submit(key), submit(key)
    assert first["Location"] == second["Location"]
    assert Parcel.objects.count() == 1


def test_a_form_shown_again_with_an_error_may_be_corrected_and_sent() -> None:
    key = uuid4().hex
    assert submit(key, weight="heavy").status_code == 422
    assert submit(key, weight="500").status_code == 302
    assert Parcel.objects.count() == 1


def test_the_same_key_with_other_answers_is_refused() -> None:
    key = uuid4().hex
    submit(key)
    with pytest.raises(Conflict) as refusal:
        submit(key, weight="900")
    assert refusal.value.code == "form_reused"
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "../../etc", "A" * 32])
def test_a_form_without_a_proper_key_is_asked_to_be_opened_again(key: str) -> None:
    with pytest.raises(DomainError) as refusal:
        submit(key)
    assert refusal.value.code == "form_key_missing"


def test_a_submit_that_died_half_way_is_taken_over_after_its_lease() -> None:
    now = clock.now()
    _first, ours = begin(scope="s", key="k", digest="d", now=now)
    assert ours
    with pytest.raises(Conflict) as refusal:
        begin(scope="s", key="k", digest="d", now=now + timedelta(seconds=59))
    assert refusal.value.code == "form_in_progress"
    _second, ours = begin(scope="s", key="k", digest="d", now=now + timedelta(seconds=60))
    assert ours


def _two_clicks_at_once(key: str) -> None:
    start, refusals = threading.Barrier(2), []

    def click() -> None:
        start.wait()
        try:
            submit(key)
        except Conflict as refusal:
            refusals.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The second one either waited for the first's answer or was told that it is under way.
    assert set(refusals) <= {"form_in_progress"}


def test_two_clicks_in_the_same_moment_pack_one_parcel() -> None:
    _two_clicks_at_once(uuid4().hex)
    assert Parcel.objects.count() == 1
    assert Submission.objects.get().status == 302


def test_control_without_the_guard_two_clicks_pack_two_parcels() -> None:
    with guards.off("submit_once"):
        _two_clicks_at_once(uuid4().hex)
    assert Parcel.objects.count() == 2
