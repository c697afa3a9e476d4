from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import retention
from accounts.lifecycle import DataRequestState
from accounts.models import DataRequest, User
from core.actors import Actor
from work.lifecycle import transition


def close_account(*, user: User, actor: Actor, now: datetime) -> DataRequest:
    """Delete a resident's account, or say why the law does not allow it yet. Source: PIPL 47, Insurance Law 87.

    REFUSED with the reasons when a room holds records that must be kept. Otherwise DONE: number and name are
    erased, the account cannot be opened again (the same phone would start a new one).
    """
    actor.require("accounts.own_data")
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        request = DataRequest.objects.create(user=user, kind=DataRequest.Kind.CLOSE_ACCOUNT, created_at=now)
        holds = retention.holds_on(user.pk)
        if holds:
            answer = " ".join(_explain(hold) for hold in holds)
            return transition(
                request, DataRequestState.REFUSED, actor=actor, now=now, answer=answer[:300], settled_at=now
            )
        for pending in DataRequest.objects.filter(user=user, state=DataRequestState.OPEN).exclude(pk=request.pk):
            transition(
                pending, DataRequestState.REFUSED, actor=actor, now=now, settled_at=now, reason="account deleted"
            )
        transition(request, DataRequestState.DONE, actor=actor, now=now, settled_at=now)
        DataRequest.objects.filter(user=user).update(wanted="")
        retention.let_go(user.pk, actor=actor, now=now)
        user.phone, user.display_name, user.is_active, user.closed_at = "", "", False, now
        user.set_unusable_password()
        user.save()
    return request


def _explain(hold: retention.Hold) -> str:
    if hold.until is None:
        return str(hold.reason)
    return _("%(reason)s It can be deleted from %(date)s on.") % {"reason": hold.reason, "date": hold.until.isoformat()}
