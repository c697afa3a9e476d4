from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.digests import address_digest, code_digest, phone_digest, same_digest
from accounts.models import LoginCode, User
from core import guards
from core.errors import DomainError, NotAllowed
from core.identifiers import check_mobile
from core.written import number_as_written
from work.asked import asked

_NO_CODE = UUID(int=0)


def verify_login_code(*, phone: str, code: str, ip: str, now: datetime) -> User:
    """The resident of this phone, made on her first sign-in. The newest code counts, once, within five tries.

    Raises DomainError("login_code_wrong") alike for a wrong, used, expired or never requested code;
    "login_code_exhausted" after five wrong tries; NotAllowed("account_closed") once the phone was proved.
    """
    phone = check_mobile(phone)
    digits = re.sub("[^0-9]", "", number_as_written(code))
    newest = _newest.first(phone_index=phone_digest(phone))
    # Without a code the same work is done on an empty row: the answer takes as long.
    row = newest or LoginCode(uuid=_NO_CODE, code_hash="0" * 64)
    right = same_digest(code_digest(row, digits), row.code_hash)
    # The attempt is counted, and the right one uses the code up, in a statement of its own: whatever follows, it stays.
    if newest is None or not _try(newest, now, used_by=ip if right else None):
        raise _exhausted() if newest is not None and newest.attempts >= LoginCode.MAX_ATTEMPTS else _wrong()
    if not right:
        raise _exhausted() if newest.attempts + 1 >= LoginCode.MAX_ATTEMPTS else _wrong()
    user = _resident(phone)
    if not user.is_active:
        raise NotAllowed("account_closed", _("This account was blocked. Please call the service line."))
    return user


@asked
def _newest(phone_index: Any) -> QuerySet[LoginCode]:
    return LoginCode.objects.filter(phone_index=phone_index).order_by("-created_at", "-id")[:1]


def _try(code: LoginCode, now: datetime, *, used_by: str | None) -> bool:
    """Guarded in the database: parallel tries cannot get a sixth, nor use a code twice. False when it is not live any
    more. used_by: the address of the try that was right."""
    live = LoginCode.objects.filter(pk=code.pk, used_at__isnull=True, expires_at__gt=now)
    used: dict[str, Any] = {} if used_by is None else {"used_at": now, "ip_index": address_digest(used_by)}
    if guards.on("accounts.code_attempts"):
        return bool(live.filter(attempts__lt=LoginCode.MAX_ATTEMPTS).update(attempts=F("attempts") + 1, **used))
    return bool(live.update(**used)) if used else live.exists()


def _resident(phone: str) -> User:
    user = User.objects.with_phone(phone)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_resident(phone=phone)
        except IntegrityError:  # two sign-ins of one new person at once: the other was first
            user = User.objects.with_phone(phone)
            if user is None:
                raise
    return user


def _wrong() -> DomainError:
    return DomainError(
        "login_code_wrong",
        _("The code is not right or no longer valid. Please compare it with the newest text message or ask again."),
        field="code",
    )


def _exhausted() -> DomainError:
    return DomainError(
        "login_code_exhausted",
        _("The code was not right five times, so it is not valid any more. Please ask for a new one."),
        field="code",
    )
