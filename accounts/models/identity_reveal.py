from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _

from work.models import AppendOnly


class IdentityReveal(AppendOnly):
    """Somebody read a full identity number, phone or name: who, whose, which field, why, when. Never the value."""

    subject_type = models.CharField(_("kind of record"), max_length=64)
    subject_key = models.CharField(_("record"), max_length=64)
    field = models.CharField(_("field"), max_length=64)
    reason = models.CharField(_("reason"), max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("read by"),
    )
    actor_label = models.CharField(_("read by"), max_length=64)
    at = models.DateTimeField(_("when"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("reading of a full identity")
        verbose_name_plural = _("readings of full identities")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_key", "-at"], name="reveals_of_a_subject"),
            models.Index(fields=["actor", "at"], name="reveals_by_a_reader"),
            models.Index(fields=["actor_label", "id"], name="reveals_under_a_name"),
            models.Index(fields=["field", "id"], name="reveals_of_a_field"),
        ]

    @property
    def subject_label(self) -> str:
        """The kind of record in words; its name alone when the room is gone."""
        model = self._subject_model
        return str(model._meta.verbose_name) if model is not None else self.subject_type

    @property
    def field_label(self) -> str:
        model = self._subject_model
        try:
            return str(getattr(model._meta.get_field(self.field), "verbose_name", self.field)) if model else self.field
        except FieldDoesNotExist:
            return self.field

    @property
    def _subject_model(self) -> type[models.Model] | None:
        try:
            return apps.get_model(self.subject_type)
        except (LookupError, ValueError):
            return None

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.subject_type} {self.subject_key} {self.field}"
