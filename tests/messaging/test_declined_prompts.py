"""Who wants no prompts gets none; codes and what concerns her own money still come."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.actions import record_consent, request_login_code, withdraw_consent
from accounts.notices import REMINDERS, notice_for
from core import clock, guards
from messaging import templates
from messaging.actions import allow_prompts, decline_prompts, send_sms
from messaging.models import OptOut, SmsMessage
from messaging.templates import SmsTemplate
from tests.accounts.people import resident
from tests.outside import connect
from work import outbox
from work.lanes import Lane

pytestmark = pytest.mark.django_db(transaction=True)

LI = "13900001001"


@pytest.fixture
def gateway(sandbox, settings):
    connect(settings, sandbox)
    return sandbox


@pytest.fixture(autouse=True)
def prompt() -> Iterator[None]:
    text = "Enrolment for next year is open until 31 December."
    with templates._templates.replaced("test_prompt", SmsTemplate(text, Lane.CAMPAIGN)):
        yield


def write(template: str, key: str) -> SmsMessage:
    with transaction.atomic():
        send_sms(phone=LI, template=template, params={}, key=key, now=clock.now())
    return SmsMessage.objects.get(key=key)


def state(message: SmsMessage) -> str:
    outbox.sweep(now=clock.now() + timedelta(seconds=5))
    message.refresh_from_db()
    return message.state


def test_li_replied_that_she_wants_no_prompts_and_gets_none(gateway):
    decline_prompts(phone=LI, way=OptOut.Way.REPLY, now=clock.now())
    assert state(write("test_prompt", "p1")) == "DECLINED"
    assert gateway.sms(LI) == []


def test_she_says_so_after_the_prompt_was_written_and_before_it_went_out(gateway):
    message = write("test_prompt", "p1")
    decline_prompts(phone=LI, way=OptOut.Way.HOTLINE, now=clock.now())
    assert state(message) == "DECLINED"


def test_control_with_the_guard_off_she_is_prompted_all_the_same(gateway):
    decline_prompts(phone=LI, way=OptOut.Way.REPLY, now=clock.now())
    with guards.off("messaging.respect_opt_out"):
        assert state(write("test_prompt", "p1")) == "SENT"


def test_what_concerns_her_own_account_still_comes(gateway):
    decline_prompts(phone=LI, way=OptOut.Way.SITE, now=clock.now())
    assert state(write("name_corrected", "n1")) == "SENT"
    request_login_code(phone=LI, ip="203.0.113.7", now=clock.now())
    outbox.sweep()
    assert len(gateway.sms(LI)) == 2


def test_she_wants_them_again(gateway):
    decline_prompts(phone=LI, way=OptOut.Way.SITE, now=clock.now())
    allow_prompts(phone=LI, now=clock.now())
    assert state(write("test_prompt", "p1")) == "SENT"
    assert OptOut.objects.get().ended_at, "that she had declined stays on record"


def test_saying_no_twice_is_one_no():
    for way in (OptOut.Way.REPLY, OptOut.Way.HOTLINE):
        decline_prompts(phone=LI, way=way, now=clock.now())
    assert OptOut.objects.get().way == "reply"


def test_no_number_is_kept():
    decline_prompts(phone=LI, way=OptOut.Way.REPLY, now=clock.now())
    assert LI not in str(OptOut.objects.values().get())


def test_taking_the_reminders_back_on_my_data_is_such_a_no(gateway):
    li, notice = resident(LI), notice_for(REMINDERS)
    assert notice is not None
    agreed = {"purpose": REMINDERS, "notice_version": notice.version, "notice_sha256": notice.sha256}
    record_consent(user=li, **agreed, granted=True, now=clock.now())
    assert state(write("test_prompt", "p1")) == "SENT"
    withdraw_consent(user=li, purpose=REMINDERS, now=clock.now())
    assert state(write("test_prompt", "p2")) == "DECLINED"
    record_consent(user=li, **agreed, granted=True, now=clock.now())
    assert state(write("test_prompt", "p3")) == "SENT"
