from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.digests import address_digest, code_digest, phone_digest
from accounts.messages import LOGIN_CODE
from accounts.models import LoginCode
from core import guards
from core.errors import DomainError
from core.identifiers import check_mobile
from messaging.actions import send_sms
from parties.models import Scheme

_TOO_MANY = 429


def request_login_code(*, phone: str, ip: str, now: datetime, scheme: Scheme | None = None) -> LoginCode:
    """Text a six-digit code to the phone, good for five minutes; a newer code replaces it.

    scheme: the one on whose pages it was asked for, if one is chosen yet.
    The same happens for every number, known here or not, so asking tells nothing about who is a customer.
    Raises DomainError: mobile_format, code_just_sent, codes_per_hour, codes_per_day, codes_per_address.
    """
    phone = check_mobile(phone)
    phone_index, ip_index = phone_digest(phone), address_digest(ip)
    with transaction.atomic():
        if guards.on("accounts.code_request_lock"):
            _queue_up(phone_index, ip_index)
        _check_limits(phone_index, ip_index, now)
        digits = f"{secrets.randbelow(1_000_000):06d}"
        code = LoginCode(
            phone_index=phone_index, ip_index=ip_index, created_at=now, expires_at=now + limits.CODE_LIFETIME
        )
        code.code_hash = code_digest(code, digits)
        send_sms(
            phone=phone,
            template=LOGIN_CODE,
            params={"code": digits, "minutes": limits.CODE_LIFETIME // timedelta(minutes=1)},
            key=f"login-code:{code.uuid}",
            now=now,
            scheme=scheme,
            not_after=code.expires_at,
            beside=[code],
        )
    return code


def _queue_up(*indexes: str) -> None:
    """Requests for one phone or from one address go one after the other: the limits count committed rows."""
    locks = ", ".join(["pg_advisory_xact_lock(hashtextextended(%s, 0))"] * len(indexes))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {locks}", sorted(indexes))  # taken from left to right


def _asked_since(*counted: tuple[str, str, datetime]) -> tuple[int, ...]:
    """How many codes were asked for, by one statement. counted: (column, its digest, since when)."""
    whose = list(dict.fromkeys((column, index) for column, index, _since in counted))
    counts = ", ".join(f"count(*) FILTER (WHERE {column} = %s AND created_at > %s)" for column, *_rest in counted)
    either = " OR ".join(f"{column} = %s" for column, _index in whose)
    text = f"SELECT {counts} FROM accounts_logincode WHERE ({either}) AND created_at > %s"  # noqa: S608  (our columns)
    values = [value for _column, index, since in counted for value in (index, since)]
    with connection.cursor() as cursor:
        cursor.execute(text, [*values, *(index for _column, index in whose), min(since for *_whose, since in counted)])
        return tuple(cursor.fetchone())


def _check_limits(phone_index: str, ip_index: str, now: datetime) -> None:
    """What counts is read by one statement, the same for every number."""
    (hour, per_hour), (day, per_day) = limits.CODES_PER_PHONE
    of_phone = [("phone_index", phone_index, now - window) for window in (limits.CODE_PAUSE, hour, day)]
    of_address = [("ip_index", ip_index, now - window) for window, _most in limits.CODES_PER_ADDRESS]
    just_now, within_hour, within_day, *from_address = _asked_since(*of_phone, *of_address)
    if just_now:
        raise DomainError(
            "code_just_sent",
            _("We sent you a code less than a minute ago. Please use that one, or wait a minute and ask again."),
            status=_TOO_MANY,
        )
    if within_hour >= per_hour:
        raise DomainError(
            "codes_per_hour",
            _("You have asked for %(count)s codes within an hour. Please try again in an hour."),
            status=_TOO_MANY,
            count=per_hour,
        )
    if within_day >= per_day:
        raise DomainError(
            "codes_per_day",
            _("You have asked for %(count)s codes today. Please try again tomorrow, or call the service line."),
            status=_TOO_MANY,
            count=per_day,
        )
    if any(asked >= most for asked, (_window, most) in zip(from_address, limits.CODES_PER_ADDRESS, strict=True)):
        raise DomainError(
            "codes_per_address",
            _("Too many codes were asked for over your network. Please try again later, or use mobile data."),
            status=_TOO_MANY,
        )
