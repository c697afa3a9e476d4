"""What every page of the admin is made of.

Staff see rows and never change them here: what changes, changes by an action of the room. Nothing of a row can be asked
for but what its page declares: Django's lists answer `?password__startswith=a` and so let a secret be guessed letter by
letter; these answer 400 to everything that is not one of their filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from core import seen
from core.access import actor_of
from core.actors import Actor, reached
from core.errors import Conflict, DomainError
from core.long_lists import BoundedPaginator, found_by

# What Django's own filters ask of a declared field, and nothing that reads a part of a value.
_LOOKUPS = ("", "exact", "isnull", "isempty", "gte", "lt")


class StaffAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """The base of every page in the admin; core.checks refuses one that has another.

    Lists stay quick whatever the size of their table (core.long_lists): newest first by their key, sorted by nothing
    else but what a page declares, searched by whole values. What leads no index is refused by core.checks.
    """

    ordering: Any = ["-pk"]
    sortable_by: Any = ()
    paginator = BoundedPaginator
    list_per_page = 25
    list_max_show_all = 25
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Columns of which each value stands in every few rows: a page of them is found without an index.
    spread_columns: frozenset[str] = frozenset()
    # For tables of a few hundred rows at most, for which none of this matters.
    is_short = False

    @property
    def view_permission(self) -> str:
        return f"{self.opts.app_label}.view_{self.opts.model_name}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows that the reader's permission to view this page reaches (scope_columns of the model)."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return reached(rows, actor_of(request), self.view_permission)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """A filter by what a row points to offers what the reader reaches, and no names from elsewhere."""
        return [self._within_reach(item) for item in super().get_list_filter(request)]

    def _within_reach(self, item: Any) -> Any:
        if not isinstance(item, str) or LOOKUP_SEP in item or not self.opts.get_field(item).is_relation:
            return item
        return item, WithinReach

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows that have what was typed, whole, in one of the columns."""
        return found_by(queryset, self.get_search_fields(request), search_term), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Denied by default: the parameters of the declared filters, no others."""
        return lookup in set(self._declared_lookups(request))

    def _declared_lookups(self, request: HttpRequest | None) -> Iterator[str]:
        declared = self.get_list_filter(request) if request is not None else self.list_filter
        for item in declared:
            if isinstance(item, type) and issubclass(item, admin.SimpleListFilter):
                yield str(item.parameter_name)
                continue
            path = item[0] if isinstance(item, (list, tuple)) else item
            yield from (LOOKUP_SEP.join(filter(None, (path, lookup))) for lookup in _LOOKUPS)
            field = self.opts.get_field(path.split(LOOKUP_SEP)[0])
            if field.is_relation:
                yield LOOKUP_SEP.join((path, field.target_field.name, "exact"))

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Rows are named by their key, never by another column's value."""
        return bool(to_field == self.opts.pk.name)

    def row_version(self, row: Any) -> str:
        """The version of what the list shows of a row, when an action of the list decides about money (core.seen)."""
        return ""

    def action_checkbox(self, obj: Any) -> SafeString:
        box: SafeString = super().action_checkbox(obj)
        version = self.row_version(obj)
        if not version:
            return box
        return format_html('{}<input type="hidden" name="{}" value="{}">', box, f"{seen.FIELD}-{obj.pk}", version)

    # Django finds the column's title on the method.
    action_checkbox.short_description = ModelAdmin.action_checkbox.short_description  # type: ignore[attr-defined]

    @staticmethod
    def seen_row(request: HttpRequest, row: models.Model) -> str:
        """The version that was sent with a selected row; "" for rows that were on no page."""
        return request.POST.get(f"{seen.FIELD}-{row.pk}", "")

    def shown_anew(self, request: HttpRequest, error: Conflict, object_id: str = "") -> HttpResponse:
        """The list, or the row's page, as it is now, with the reason why the button did nothing."""
        self.message_user(request, str(error), messages.ERROR)
        request.method, request.POST = "GET", QueryDict()
        page = self.change_view(request, object_id) if object_id else self.changelist_view(request)
        page.status_code = error.status
        return page  # type: ignore[no-any-return]  # unfold ships no types


class WithinReach(admin.RelatedFieldListFilter):
    """Choices that the reader's permission for this page reaches, by the scope of what is chosen."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        related = field.remote_field.model._default_manager.all()
        choices = reached(related, actor_of(request), model_admin.view_permission)
        return [(getattr(row, field.target_field.attname), str(row)) for row in choices]


class NothingChanges:
    """Adding, changing and deleting are the actions' business, in the admin as everywhere."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(NothingChanges, StaffAdmin):
    """Rows to look at, with the room's own buttons."""


class ReadOnlyInline(NothingChanges, TabularInline):  # type: ignore[misc]  # unfold ships no types
    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever may see the row may see what belongs to it."""
        return True


class ActionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of the admin whose saving is an action of the room: it decides, and its refusals stand at the fields."""

    actor: Actor  # set by the admin for the request

    def act(self, data: dict[str, Any]) -> models.Model:
        """Calls the action with what the form says; the row as the action left it. May raise DomainError."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        try:
            self.instance = self.act(data)
        except DomainError as error:
            if error.code == seen.CODE:  # the page, not the form, is what is out of date: see shown_anew
                raise
            field = error.field if error.field in self.fields else None
            self.add_error(field, ValidationError(str(error), code=error.code))
        return data

    def _post_clean(self) -> None:
        """The action has written the row: nothing is copied onto it here."""
