from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import DataRequestState
from accounts.messages import NAME_CORRECTED
from accounts.models import DataRequest, User
from core.actors import Actor, scope_of
from core.errors import Conflict, DomainError
from core.written import name_as_written
from messaging.actions import send_sms
from parties.models import Scheme
from work.leases import open_human_task
from work.lifecycle import transition

_LONGEST_NAME = 64  # names of some minorities are long; rare characters are taken as they come


def request_name_correction(
    *, user: User, name: str, scheme: Scheme | None = None, actor: Actor, now: datetime
) -> DataRequest:
    """Ask for another name on one's account; a person looks at it. Source: PIPL 46.

    scheme: on whose pages she asks; its staff answer. Raises DomainError("name_missing", "name_too_long"),
    Conflict("request_is_open").
    """
    actor.require("accounts.own_data")
    name = name_as_written(name)
    if not name:
        raise DomainError("name_missing", _("Please write your name as it is on your identity card."), field="name")
    if len(name) > _LONGEST_NAME:
        raise DomainError(
            "name_too_long", _("This name is longer than %(most)s characters."), field="name", most=_LONGEST_NAME
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if DataRequest.objects.filter(
            user=user, kind=DataRequest.Kind.CORRECT_NAME, state=DataRequestState.OPEN
        ).exists():
            raise Conflict(
                "request_is_open",
                _("You have already asked for this. We are looking at it; the answer appears under “My data”."),
                field="name",
            )
        request = DataRequest.objects.create(
            user=user, kind=DataRequest.Kind.CORRECT_NAME, scheme=scheme, wanted=name, created_at=now
        )
        open_human_task(
            kind="accounts.data_request",
            key=str(request.pk),
            reason="A resident asks for her name to be corrected.",
            url=f"/admin/accounts/datarequest/{request.pk}/change/",
            scope=scope_of(request),
            now=now,
        )
    return request


def settle_name_correction(
    *, request: DataRequest, accept: bool, answer: str, actor: Actor, now: datetime
) -> DataRequest:
    """Set the name as asked, or refuse with a reason that the person reads.

    Raises NotAllowed, IllegalTransition, DomainError("answer_missing").
    """
    actor.require("accounts.settle_data_request", request)
    if not accept and not answer.strip():
        raise DomainError("answer_missing", _("Please write the reason: the person will read it."), field="answer")
    with transaction.atomic():
        to = DataRequestState.DONE if accept else DataRequestState.REFUSED
        transition(request, to, actor=actor, now=now, answer=answer.strip()[:300], settled_at=now)
        if accept:
            user = User.objects.select_for_update().get(pk=request.user_id)
            user.display_name = request.wanted
            user.save(update_fields=["display_name"])
            send_sms(phone=user.phone, template=NAME_CORRECTED, params={}, key=f"name-corrected:{request.pk}", now=now)
    return request
