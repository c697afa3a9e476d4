"""Text messages reach the gateway once each, whatever happens on the way. The sandbox's own log is the judge."""

from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, transaction

from accounts.actions import request_login_code, verify_login_code
from core import clock
from core.errors import DomainError
from core.signed import NoAnswer
from messaging import gateway as client
from messaging.actions import deliver_sms, send_sms
from messaging.lifecycle import SMS_LIFECYCLE, SmsState
from messaging.models import SmsMessage
from tests.outside import connect
from work import outbox
from work.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)

LI = "13900001001"


@pytest.fixture
def gateway(sandbox, settings):
    connect(settings, sandbox)
    settings.CHANNEL_TIMEOUT_SECONDS = 2
    return sandbox


def write(key: str = "policy:HMB-1", **fields) -> SmsMessage:
    with transaction.atomic():
        send_sms(phone=LI, template="name_corrected", params={}, key=key, now=clock.now(), **fields)
    return SmsMessage.objects.get(key=key)


def test_li_reads_her_code_on_her_phone_and_signs_in_with_it(gateway):
    now = clock.now()
    request_login_code(phone=LI, ip="203.0.113.7", now=now)
    assert outbox.sweep(now=now) == 1
    (message,) = gateway.sms(LI)
    code = "".join(filter(str.isdigit, message["text"]))[:6]
    assert verify_login_code(phone=LI, code=code, ip="203.0.113.7", now=now).phone == LI


def test_the_text_of_a_code_is_erased_once_it_is_out(gateway):
    request_login_code(phone=LI, ip="203.0.113.7", now=clock.now())
    outbox.sweep()
    row = SmsMessage.objects.get()
    assert (row.state, row.text) == (SmsState.SENT, "")
    assert row.gateway_reference


def test_a_reply_that_is_lost_after_sending_leads_to_the_same_id_again_and_to_one_message(gateway):
    gateway.fault("sms", "send", "drop_reply")
    write()
    outbox.sweep()
    assert SmsMessage.objects.get().state == SmsState.UNKNOWN
    assert len(gateway.log("sms", event="sent")) == 1

    outbox.sweep(now=clock.now() + timedelta(minutes=5))
    assert SmsMessage.objects.get().state == SmsState.SENT
    assert len(gateway.log("sms", event="sent")) == 1, "the second send carried the same message id"
    assert OutboxMessage.objects.get().done_at


@pytest.mark.parametrize("fault", ["error_before", "drop_before", "error_after", "garbage", "forge_reply"])
def test_whatever_cannot_be_believed_is_tried_again_until_it_is_sure(gateway, fault):
    gateway.fault("sms", "send", fault)
    row = write()
    with pytest.raises(NoAnswer):
        deliver_sms(sms_id=row.pk, now=clock.now())
    assert deliver_sms(sms_id=row.pk, now=clock.now()) == SmsState.SENT
    assert len(gateway.log("sms", event="sent")) == 1


def test_a_refused_message_is_settled_and_not_tried_again(gateway):
    gateway.fault("sms", "send", "refuse", code="blacklisted", message="用户退订")
    row = write()
    assert deliver_sms(sms_id=row.pk, now=clock.now()) == SmsState.REFUSED
    assert deliver_sms(sms_id=row.pk, now=clock.now()) == SmsState.REFUSED
    assert SmsMessage.objects.get().refusal_code == "blacklisted"
    assert not gateway.log("sms", event="sent")


def test_a_second_message_makes_no_second_tls_context(gateway, monkeypatch):
    assert deliver_sms(sms_id=write("first").pk, now=clock.now()) == SmsState.SENT

    def made_again(*_args, **_kwargs):
        raise AssertionError("a TLS context takes 20 ms of CPU: one per process is enough")

    monkeypatch.setattr("ssl.create_default_context", made_again)
    assert deliver_sms(sms_id=write("second").pk, now=clock.now()) == SmsState.SENT


def test_a_code_that_would_come_too_late_is_not_sent(gateway):
    now = clock.now()
    row = write(not_after=now + timedelta(minutes=5))
    assert deliver_sms(sms_id=row.pk, now=now + timedelta(minutes=5)) == SmsState.EXPIRED
    assert not gateway.log("sms")


def test_two_deliveries_of_one_message_send_it_once(gateway):
    row = write()
    assert deliver_sms(sms_id=row.pk, now=clock.now()) == SmsState.SENT
    assert deliver_sms(sms_id=row.pk, now=clock.now()) == SmsState.SENT
    assert len(gateway.log("sms", event="sent")) == 1


def test_the_second_message_for_one_occasion_is_the_first(gateway):
    assert write("policy:HMB-1").pk == write("policy:HMB-1").pk
    assert OutboxMessage.objects.count() == 1


def test_nothing_is_sent_when_the_transaction_that_wanted_it_is_undone(gateway):
    with transaction.atomic():
        send_sms(phone=LI, template="name_corrected", params={}, key="k", now=clock.now())
        transaction.set_rollback(True)
    assert outbox.sweep() == 0
    assert not gateway.log("sms")


def test_a_message_waits_for_a_gateway_that_is_not_configured(settings):
    settings.PARTNERS = {}
    row = write()
    with pytest.raises(NoAnswer):
        deliver_sms(sms_id=row.pk, now=clock.now())
    assert SmsMessage.objects.get().state == SmsState.UNKNOWN


def test_a_number_that_is_none_is_refused_at_once():
    with pytest.raises(DomainError) as caught, transaction.atomic():
        send_sms(phone="12345", template="name_corrected", params={}, key="k", now=clock.now())
    assert caught.value.code == "mobile_format"


def test_an_error_names_no_number_and_no_text(settings):
    settings.PARTNERS = {
        **settings.PARTNERS,
        "SMS_BASE_URL": "http://127.0.0.1:9",
        "SMS_CLIENT_ID": "h",
        "SMS_SECRET": "s",
    }
    with pytest.raises(NoAnswer) as caught:
        client.send(message_id="1", phone=LI, text="secret text")
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert LI not in shown
    assert "secret text" not in shown


class TestTheLifecycle:
    def test_every_state_appears_in_the_table(self):
        assert SMS_LIFECYCLE.reachable_states == set(SmsState.values)
        assert SMS_LIFECYCLE.final_states == {"SENT", "REFUSED", "EXPIRED", "DECLINED"}

    def test_the_database_refuses_to_unsend(self, gateway):
        row = write()
        deliver_sms(sms_id=row.pk, now=clock.now())
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            SmsMessage.objects.filter(pk=row.pk).update(state=SmsState.QUEUED)
