"""How many full values one member of staff may read a day, and from which number on the security officers are told."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityReveal, User
from core import clock, guards
from core.actors import Actor
from core.errors import DomainError
from work.leases import open_human_task
from work.models import HumanTask

log = structlog.get_logger(__name__)

ALARM = "accounts.many_reveals"
# Who is told, and settles it. Never the readers themselves: the role holds no identity.reveal.
OFFICER = "accounts.read_audit"


def count_one_more(actor: Actor, *, now: datetime) -> None:
    """Call it before the reading is written down, in its transaction. Opens the alarm once a day and person.

    Readings of one person wait for each other, so that a hundred sent at once are counted one by one. Raises
    DomainError reveal_limit (429).
    """
    if actor.user_id is None:  # a part of the system: nobody's curiosity
        return
    if guards.on("accounts.reveal_lock"):
        User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    read = _read_today(actor, now).count()
    most = settings.REVEALS_PER_DAY
    if guards.on("accounts.reveal_limit") and read >= most:
        raise DomainError(
            "reveal_limit",
            _(
                "You have read %(most)s full values today, which is the most. "
                "Ask accounts and security if you need more."
            ),
            status=429,
            most=most,
        )
    if read + 1 >= settings.REVEALS_ALARM_AT:
        _raise_alarm(actor, read + 1, now)


def _read_today(actor: Actor, now: datetime) -> QuerySet[IdentityReveal]:
    return IdentityReveal.objects.filter(actor_id=actor.user_id, at__gte=clock.midnight(clock.civil_date(now)))


def _raise_alarm(actor: Actor, count: int, now: datetime) -> None:
    key = f"{actor.user_id}:{clock.civil_date(now).isoformat()}"
    if HumanTask.objects.filter(kind=ALARM, key=key).exists():
        return
    reason = gettext("%(who)s has read %(count)s full values today.") % {"who": actor.label, "count": count}
    readings = reverse("admin:accounts_identityreveal_changelist")
    log.warning("accounts.many_reveals", reader=actor.label, count=count)
    open_human_task(kind=ALARM, key=key, reason=reason, url=f"{readings}?{urlencode({'q': actor.label})}", now=now)


def notice_for(actor: Actor) -> tuple[str, str] | None:
    """(sentence, address) while alarms are open, for who is to look at them."""
    if not actor.may(OFFICER):
        return None
    count = HumanTask.objects.filter(kind=ALARM, resolved_at=None).count()
    if not count:
        return None
    text = ngettext(
        "%(count)s member of staff has read unusually many full values. Please look.",
        "%(count)s members of staff have read unusually many full values. Please look.",
        count,
    ) % {"count": count}
    return text, reverse("admin:work_humantask_changelist")
