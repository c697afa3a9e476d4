"""Read models of this room."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.lifecycle import RoleState
from accounts.models import Consent, DataRequest, IdentityReveal, RoleAssignment, User
from accounts.roles import GRANT
from core.actors import Actor, reached
from work.asked import asked


def current_consent(*, user: User, purpose: str) -> Consent | None:
    """The newest thing this person said about a purpose; None when she was never asked."""
    return _newest_consent.first(user=user.pk, purpose=purpose)


@asked
def _newest_consent(user: Any, purpose: Any) -> QuerySet[Consent]:
    return Consent.objects.filter(user=user, purpose=purpose).order_by("-at", "-id")[:1]


def has_consented(*, user: User, purpose: str, notice_version: str) -> bool:
    """True when the newest word is yes, to this very version."""
    said = current_consent(user=user, purpose=purpose)
    return said is not None and said.granted and said.notice_version == notice_version


def current_consents(*, user: User) -> list[Consent]:
    """The newest row of every purpose."""
    return list(Consent.objects.filter(user=user).order_by("purpose", "-at", "-id").distinct("purpose"))


def reveals_of(subject_type: str, subject_key: str) -> QuerySet[IdentityReveal]:
    """Who read this record in full, newest first. subject_type as in "people.person"."""
    return IdentityReveal.objects.filter(subject_type=subject_type, subject_key=subject_key)


def desk_shows_data_request(actor: Actor, request_id: int) -> bool:
    """Whoever settles requests reads the name that was asked for."""
    requests = DataRequest.objects.filter(pk=request_id)
    return reached(requests, actor, "accounts.settle_data_request", "identity.reveal").exists()


def data_requests_of(user: User) -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(user=user)


def roles_to_confirm(actor: Actor) -> QuerySet[RoleAssignment]:
    """What a colleague has proposed and this officer may confirm."""
    proposed = RoleAssignment.objects.filter(state=RoleState.PROPOSED)
    return reached(proposed, actor, GRANT).exclude(user=actor.user_id).exclude(granted_by=actor.user_id)
