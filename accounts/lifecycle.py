"""States of what this room decides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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
