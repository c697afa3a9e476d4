"""Admin pages that show and never change."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class NothingChanges:
    """Adding, changing and deleting are the actions' business, in the admin as everywhere."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(NothingChanges, ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    actions = None
    show_full_result_count = False


class ReadOnlyInline(NothingChanges, TabularInline):  # type: ignore[misc]  # unfold ships no types
    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever may see the row may see what belongs to it."""
        return True
