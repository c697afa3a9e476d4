from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import REMINDERS, notice_for
from accounts.selectors import current_consent
from core.errors import DomainError, NotFound
from messaging.actions import allow_prompts, decline_prompts
from messaging.models import OptOut
from work.writes import Sql, run


def record_consent(
    *, user: User, purpose: str, notice_version: str, notice_sha256: str, granted: bool, now: datetime
) -> None:
    """Write down what a person said to a notice. Saying the same again to the same version adds no row."""
    with transaction.atomic() if purpose == REMINDERS else nullcontext():
        if run(saying(user, purpose, notice_version, notice_sha256, granted=granted, now=now)):
            _carry_out(user, purpose, granted=granted, now=now)


def withdraw_consent(*, user: User, purpose: str, now: datetime) -> None:
    """Take a consent back, as easily as it was given. Source: PIPL 15.

    Raises NotFound("no_consent"), DomainError("consent_is_needed") for one without which there is no account:
    closing the account is its withdrawal.
    """
    said = current_consent(user=user, purpose=purpose)
    if said is None or not said.granted:
        raise NotFound("no_consent", _("You have not agreed to this, so there is nothing to take back."))
    notice = notice_for(purpose)
    if notice is not None and notice.needed_for_account:
        raise DomainError(
            "consent_is_needed",
            _("Without this we cannot keep your account. If you want to leave, please use “Delete my data”."),
        )
    with transaction.atomic():
        run(saying(user, purpose, said.notice_version, said.notice_sha256, granted=False, now=now))
        _carry_out(user, purpose, granted=False, now=now)


# One statement decides and writes: what was said last stands unless it is said otherwise.
_SAY = """
    INSERT INTO accounts_consent (user_id, purpose, notice_version, notice_sha256, granted, at)
    SELECT said.* FROM (VALUES (%s::bigint, %s, %s, %s, %s::boolean, %s::timestamptz))
                    AS said (user_id, purpose, notice_version, notice_sha256, granted, at)
     WHERE NOT EXISTS (
        SELECT FROM (SELECT notice_version, notice_sha256, granted FROM accounts_consent
                      WHERE user_id = said.user_id AND purpose = said.purpose ORDER BY at DESC, id DESC LIMIT 1) AS last
         WHERE (last.notice_version, last.notice_sha256, last.granted)
             = (said.notice_version, said.notice_sha256, said.granted))
"""


def saying(user: User, purpose: str, notice_version: str, notice_sha256: str, *, granted: bool, now: datetime) -> Sql:
    """What a consent writes, for whoever writes more in the same statement: no row when it was the last word already.

    Not for the reminders, which are carried out at once: `record_consent`.
    """
    return _SAY, [user.pk, purpose, notice_version, notice_sha256, granted, now]


def _carry_out(user: User, purpose: str, *, granted: bool, now: datetime) -> None:
    """What it means at once: who takes the reminders back gets no further prompt."""
    if purpose != REMINDERS or not user.phone:
        return
    if granted:
        allow_prompts(phone=user.phone, now=now)
    else:
        decline_prompts(phone=user.phone, way=OptOut.Way.SITE, now=now)
