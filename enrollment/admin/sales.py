from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from enrollment.models import SalesStep


@admin.register(SalesStep)
class SalesStepAdmin(ReadOnlyAdmin):
    """Replay of a sale, step by step, each with the page as it was shown (可回溯管理)."""

    list_display = ["order", "kind", "at", "actor_label"]
    list_select_related = ["order"]
    search_fields = ["order__number"]
    search_help_text = _("Order number")
    fields = ["order", "kind", "at", "actor_label", "documents", "consents", "digest", "as_shown"]

    @admin.display(description=_("digest of the page"))
    def digest(self, step: SalesStep) -> str:
        return step.page.sha256

    @admin.display(description=_("The page as it was shown"))
    def as_shown(self, step: SalesStep) -> SafeString:
        # Safe: written by our own template, kept under its digest, changed by nobody.
        shown: SafeString = mark_safe(step.page.body)  # noqa: S308
        return shown
