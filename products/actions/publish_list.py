from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.clock import civil_date
from core.errors import Conflict, DomainError
from products.models import ListVersion
from products.plan_lists import digest


@transaction.atomic
def publish_list(*, version: ListVersion, actor: Actor, now: datetime) -> ListVersion:
    """Residents read it from now on, and bills are computed by it from its first day on. It never changes again.

    Raises list_published, list_backdated (it must begin after today: bills of days that are over were computed by the
    list before), list_day_taken, list_changed (its items are not those that were drafted).
    """
    actor.require("enrollment.operate", version)
    locked = ListVersion.objects.select_for_update().get(pk=version.pk)
    if locked.published_at is not None:
        raise Conflict("list_published", _("This version is published already."))
    if locked.from_on <= civil_date(now):
        raise DomainError(
            "list_backdated", _("A list begins tomorrow at the earliest; please draft it for another day."), status=409
        )
    if ListVersion.objects.filter(
        filed_list=locked.filed_list_id, from_on=locked.from_on, published_at__isnull=False
    ).exists():
        raise Conflict("list_day_taken", _("Another version begins on the same day. Please draft it for another day."))
    if digest(locked.items.all()) != locked.sha256:
        raise Conflict("list_changed", _("The items are not those that were drafted. Please draft the list again."))
    locked.published_at = now
    locked.save(update_fields=["published_at"])
    return locked
