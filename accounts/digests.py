"""Keyed digests by which sign-in codes are found and compared: nothing personal is kept to do so."""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac

from accounts.models import LoginCode, User
from privacy.crypto import blind_index
from privacy.fields import BlindIndexField


def phone_digest(phone: str) -> str:
    return BlindIndexField.of(User, "phone_index", phone)


def address_digest(ip: str) -> str:
    return blind_index("accounts.logincode.ip", ip)


def code_digest(code: LoginCode, digits: str) -> str:
    """Bound to its row: a stolen table of six-digit codes is worthless without the server's key."""
    return salted_hmac("accounts.login-code", f"{code.uuid}:{digits}", algorithm="sha256").hexdigest()


def same_digest(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)
