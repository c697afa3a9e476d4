from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.notices import REMINDERS, notice_for
from accounts.selectors import current_consent
from core.errors import DomainError, NotFound
from messaging.actions import allow_prompts, decline_prompts
from messaging.models import OptOut


def record_consent(
    *, user: User, purpose: str, notice_version: str, notice_sha256: str, granted: bool, now: datetime
) -> Consent:
    """Write down what a person said to a notice. Saying the same again to the same version adds no row."""
    said = current_consent(user=user, purpose=purpose)
    if (
        said is not None
        and said.granted == granted
        and (said.notice_version, said.notice_sha256) == (notice_version, notice_sha256)
    ):
        return said
    return _write(user, purpose, notice_version, notice_sha256, granted=granted, now=now)


def withdraw_consent(*, user: User, purpose: str, now: datetime) -> Consent:
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
    return _write(user, purpose, said.notice_version, said.notice_sha256, granted=False, now=now)


@transaction.atomic
def _write(user: User, purpose: str, version: str, sha256: str, *, granted: bool, now: datetime) -> Consent:
    """With what it means at once: who takes the reminders back gets no further prompt."""
    if purpose == REMINDERS and user.phone:
        if granted:
            allow_prompts(phone=user.phone, now=now)
        else:
            decline_prompts(phone=user.phone, way=OptOut.Way.SITE, now=now)
    return Consent.objects.create(
        user=user, purpose=purpose, notice_version=version, notice_sha256=sha256, granted=granted, at=now
    )
