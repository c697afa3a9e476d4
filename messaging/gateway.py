"""Client of the SMS gateway: one message per id however often it is sent. Signing and believing: core.signed.

Nothing here logs a number or a text; errors carry codes only.
"""

from __future__ import annotations

import json
from dataclasses import replace

from django.conf import settings

from core.partners import NotConfigured, Partner
from core.signed import NoAnswer, SignedClient, variables

SMS = Partner("SMS", variables("the text message gateway"))


class Refused(Exception):
    """The gateway will not send this message; nothing went out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send(*, message_id: str, phone: str, text: str, credentials: str = SMS.prefix) -> str:
    """The gateway's number of the message. credentials: the prefix of the variables as whose customer it is sent.

    Raises Refused, and NoAnswer when the message may be out or not: the same id is sent again. NoAnswer also where no
    gateway is configured: the message waits.
    """
    body = json.dumps({"message_id": message_id, "phone": phone, "text": text}, ensure_ascii=False).encode()
    reply = client(credentials).call("POST", "/messages", body)
    if reply.is_refusal:
        raise Refused(reply.code())
    if not reply.is_done:
        raise NoAnswer(reply.code())
    content = reply.fields()
    if content.get("state") != "delivered":
        raise NoAnswer("not_delivered")
    return str(content.get("serial", ""))


def partner_at(reference: str) -> Partner:
    """The gateway's variables under one prefix: SMS, SMS_2, …"""
    return replace(SMS, prefix=reference)


def client(reference: str = SMS.prefix) -> SignedClient:
    """Raises NoAnswer where none is configured."""
    try:
        given = partner_at(reference).values()
    except NotConfigured:
        raise NoAnswer("gateway_not_configured") from None
    return SignedClient.of(given, timeout_seconds=settings.CHANNEL_TIMEOUT_SECONDS)
