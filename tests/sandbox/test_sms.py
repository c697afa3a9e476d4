"""The SMS gateway delivers a message once and shows it to whoever tries the demonstration."""

from __future__ import annotations

from sandbox.testing import Sandbox
from tests.sandbox.wire import bank

LI = "13900001001"


def _send(sandbox: Sandbox, message_id: str = "M-1", phone: str = LI, text: str = "验证码 428190，5 分钟内有效") -> int:
    body = {"message_id": message_id, "phone": phone, "text": text}
    return bank(sandbox, "POST", "/sms/messages", body, channel="sms").status_code


def test_a_message_reaches_the_outbox_newest_first(sandbox: Sandbox) -> None:
    assert _send(sandbox) == 200
    assert _send(sandbox, "M-2", text="您的保单已生效") == 200
    assert [message["text"] for message in sandbox.sms(LI)] == ["您的保单已生效", "验证码 428190，5 分钟内有效"]
    assert sandbox.sms("13900001002") == []


def test_the_same_message_id_is_delivered_once_and_other_text_is_refused(sandbox: Sandbox) -> None:
    assert [_send(sandbox), _send(sandbox), _send(sandbox, text="别的内容")] == [200, 200, 409]
    assert len(sandbox.log("sms", event="sent")) == 1


def test_a_number_that_is_no_mobile_is_refused(sandbox: Sandbox) -> None:
    assert _send(sandbox, phone="0398-2800000") == 422
    assert sandbox.log() == []


def test_the_outbox_page_finds_a_phone_by_some_of_its_digits(sandbox: Sandbox) -> None:
    _send(sandbox)
    _send(sandbox, "M-2", phone="13900001002", text="给王桂英的短信")
    page = sandbox.http.get("/sms", params={"phone": "1002"}).text
    assert "给王桂英的短信" in page
    assert "428190" not in page


def test_text_is_shown_as_text(sandbox: Sandbox) -> None:
    _send(sandbox, text="<script>alert(1)</script>")
    assert "<script>alert" not in sandbox.http.get("/sms").text
