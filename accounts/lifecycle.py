"""States of what this room decides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from work.lifecycle import Lifecycle


class DataRequestState(models.TextChoices):
    OPEN = "OPEN", _("being looked at")
    DONE = "DONE", _("done")
    REFUSED = "REFUSED", _("not possible")


DATA_REQUEST_LIFECYCLE = Lifecycle(
    name="data_request",
    states=DataRequestState,
    initial=DataRequestState.OPEN,
    edges={
        (DataRequestState.OPEN, DataRequestState.DONE): "data_request.done",
        (DataRequestState.OPEN, DataRequestState.REFUSED): "data_request.refused",
    },
)


class RoleState(models.TextChoices):
    PROPOSED = "PROPOSED", pgettext_lazy("role", "waits for a second officer")
    LIVE = "LIVE", pgettext_lazy("role", "held")
    DECLINED = "DECLINED", pgettext_lazy("role", "declined")
    ENDED = "ENDED", pgettext_lazy("role", "taken back")


# Every role is proposed; one that a single officer may give is held at once, in the same transaction.
ROLE_LIFECYCLE = Lifecycle(
    name="role",
    states=RoleState,
    initial=RoleState.PROPOSED,
    edges={
        (RoleState.PROPOSED, RoleState.LIVE): "role.given",
        (RoleState.PROPOSED, RoleState.DECLINED): "role.declined",
        (RoleState.LIVE, RoleState.ENDED): "role.taken_back",
    },
)
OPEN_ROLE_STATES = (RoleState.PROPOSED, RoleState.LIVE)
