"""What a buyer was shown and what he agreed to, replayable (E10, 可回溯管理 2020-10-01)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.order import Order
from privacy.fields import EncryptedTextField
from work.models import AppendOnly
from work.row_ids import RowId


class SalesPage(AppendOnly):
    """The readable part of a sales page exactly as it was shown. Addressed by content: equal pages are one row.

    sha256 is over the plain text. Encrypted, because a page may name people.
    """

    sha256 = models.CharField(_("digest"), max_length=64, unique=True)
    id = RowId()
    language = models.CharField(_("language"), max_length=10)
    body = EncryptedTextField()
    created_at = models.DateTimeField(_("created"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("sales page")
        verbose_name_plural = _("sales pages")

    def __str__(self) -> str:
        return self.sha256[:12]


class SalesStepKind(models.TextChoices):
    EXCLUSIONS_ACKNOWLEDGED = "exclusions_acknowledged", _("Exclusions and deductible acknowledged")
    TERMS_ACCEPTED = "terms_accepted", _("Notice and clauses accepted, data consents given")
    ANSWERS_CHECKED = "answers_checked", _("Answers checked")
    CHANNEL_CHOSEN = "channel_chosen", _("Way to pay chosen, order placed")


# Without these an order cannot be placed (Insurance Law Art. 17; PIPL Art. 14, 23).
REQUIRED_STEPS = (SalesStepKind.EXCLUSIONS_ACKNOWLEDGED, SalesStepKind.TERMS_ACCEPTED, SalesStepKind.ANSWERS_CHECKED)


class SalesStep(AppendOnly):
    """One choice of the buyer on one page.

    documents: [{"kind", "version", "sha256"}] shown there. consents: {name: true} as ticked, nothing pre-ticked.
    """

    partition_key: ClassVar = "at"

    order = models.ForeignKey(Order, models.PROTECT, related_name="sales_steps")
    kind = models.CharField(_("step"), max_length=40, choices=SalesStepKind.choices)
    page = models.ForeignKey(SalesPage, models.PROTECT, related_name="+", db_index=False)
    documents = models.JSONField(_("documents shown"), default=list)
    consents = models.JSONField(_("consents"), default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    actor_label = models.CharField(_("by"), max_length=120)
    at = models.DateTimeField(_("time"))

    scope_columns = {"scheme": "order__plan_year__scheme", "area": "order__policyholder__person__insurance_area"}

    class Meta(AppendOnly.Meta):
        verbose_name = _("sales step")
        verbose_name_plural = _("sales steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.kind}"
