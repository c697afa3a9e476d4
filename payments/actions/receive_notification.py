"""Put a channel's message into the inbox, if it is authentic and fresh. Nothing else happens before the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed
from core.partners import NotConfigured
from payments.actions._hints import wake_after_commit
from payments.channels import notifying_channel
from payments.channels.base import Arrived, NotAuthentic
from payments.models import Notification
from payments.money_accounts import account_by_number, notifying_channel_of
from payments.steps import reach

log = structlog.get_logger(__name__)


def receive_notification(
    *,
    channel: str,
    number: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    wall_clock: datetime | None = None,
) -> Notification:
    """Store the message under its own id and return it; a repeated id returns the first. The caller acknowledges after.

    number: which of our accounts the message is for. wall_clock: real time, against which the signature's age is judged
    (the demo clock may be shifted, the channel's is not). Raises NotAllowed("notification_not_authentic", 401) for a
    forged, stale or unsigned one, or one for nobody here: nothing is stored; LookupError for a channel that sends none.
    """
    arrived = Arrived(headers, body, wall_clock or datetime.now(UTC))
    account = account_by_number(notifying_channel(channel), number)
    try:
        if account is None:
            raise NotAuthentic("unknown_merchant")
        message = notifying_channel_of(account.code).authenticate(arrived)
    except (NotAuthentic, NotConfigured) as refusal:
        # Without credentials nobody can prove to be the channel.
        code = refusal.code if isinstance(refusal, NotAuthentic) else "not_configured"
        log.warning("notification.not_authentic", channel=channel, code=code)
        raise NotAllowed(
            "notification_not_authentic", _("The signature of this message is not good."), status=401
        ) from None
    with transaction.atomic():
        known = Notification.objects.filter(channel=channel, notification_id=message.notification_id).first()
        if known is not None:
            log.info("notification.repeated", channel=channel, notification_id=message.notification_id)
            return known
        # Two copies in the same moment: the second waits here for the first, and finds it.
        Notification.objects.bulk_create(
            [
                Notification(
                    channel=channel,
                    account=account,
                    notification_id=message.notification_id,
                    event_type=message.event_type,
                    body=message.body,
                    signed_at=message.signed_at,
                    received_at=now,
                    next_attempt_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        stored = Notification.objects.get(channel=channel, notification_id=message.notification_id)
        wake_after_commit(step="notification.stored_committed")
        reach("notification.stored_uncommitted")
    return stored
