from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core import clock
from core.access import actor_of
from core.admin import ActionForm, ReadOnlyInline
from core.money import format_yuan
from parties.models import Scheme
from products.actions import Item, define_list, draft_list, publish_list
from products.models import FiledList, ListItem, ListKind, ListVersion
from work.history import HistoryAdmin

# One item a line, in this order; what is empty at the end may be left out.
COLUMNS = ("name", "code", "brand_name", "specification", "indication", "limit_price", "category", "tag")


class ListVersionInline(ReadOnlyInline):
    model = ListVersion
    fields = ["number", "from_on", "source", "published_at", "sha256"]
    readonly_fields = fields
    show_change_link = True


class ListItemInline(ReadOnlyInline):
    model = ListItem
    fields = ["position", "code", "name", "brand_name", "specification", "indication", "limit_price", "category", "tag"]
    readonly_fields = fields

    @admin.display(description=_("limit price (yuan)"))
    def limit_price(self, item: ListItem) -> str:
        return "–" if item.limit_price_fen is None else format_yuan(item.limit_price_fen)


def _text(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=UnfoldAdminTextInputWidget)


class DefineListForm(ActionForm):
    """A list of a scheme, still without a version."""

    scheme = forms.ModelChoiceField(label=_("scheme"), queryset=Scheme.objects.all(), widget=UnfoldAdminSelectWidget)
    key = _text(_("name in the plan file"), 40)
    kind = forms.ChoiceField(
        label=pgettext_lazy("list", "kind"), choices=ListKind.choices, widget=UnfoldAdminSelectWidget
    )
    name_zh = _text(_("name in Chinese"), 60)
    name_en = _text(_("name in English"), 100)

    class Meta:
        model = FiledList
        fields: list[str] = []

    def act(self, data: dict[str, Any]) -> FiledList:
        return define_list(**{**data, "kind": ListKind(data["kind"])}, actor=self.actor, now=clock.now())


class DraftListForm(ActionForm):
    """The next version of a list, whole."""

    from_on = forms.DateField(label=_("from"), widget=UnfoldAdminSingleDateWidget)
    source = _text(_("filed as"), 120)
    items = forms.CharField(
        label=_("items"),
        widget=UnfoldAdminTextareaWidget,
        help_text=_(
            "One a line, apart by commas: name, national code, brand name, form and size, indication, limit price in "
            "yuan, fee category, mark. What is empty at the end may be left out."
        ),
    )

    class Meta:
        model = FiledList
        fields: list[str] = []

    def clean_items(self) -> list[Item]:
        return list(_items(self.cleaned_data["items"]))

    def act(self, data: dict[str, Any]) -> FiledList:
        filed_list: FiledList = self.instance
        draft_list(filed_list=filed_list, **data, actor=self.actor, now=clock.now())
        return filed_list


def _items(text: str) -> Iterator[Item]:
    for number, cells in enumerate(csv.reader(text.splitlines()), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        said = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=False))
        price = said.pop("limit_price", "")
        if len(cells) > len(COLUMNS) or not said["name"]:
            raise ValidationError(gettext("Line %(number)s has no name, or too many commas.") % {"number": number})
        try:
            limit = Decimal(price) * 100 if price else None
        except InvalidOperation:
            limit = Decimal("NaN")
        if limit is not None and not (limit.is_finite() and limit > 0 and limit == int(limit)):
            raise ValidationError(gettext("Line %(number)s: the limit price is no amount.") % {"number": number})
        yield Item(**said, limit_price_fen=None if limit is None else int(limit))


class PublishListForm(ActionForm):
    """A drafted version goes into force on its day; it never changes again."""

    is_read = forms.BooleanField(label=_("I have read the items below; they are as filed. Publish."))

    class Meta:
        model = ListVersion
        fields: list[str] = []

    def act(self, data: dict[str, Any]) -> ListVersion:
        return publish_list(version=self.instance, actor=self.actor, now=clock.now())


class _ByActions(HistoryAdmin):
    """A form whose saving is an action of the room stands below what is fixed."""

    asks: tuple[Any, type[ActionForm]]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("enrollment.operate", obj)

    def form_for(self, obj: Any) -> type[ActionForm]:
        return self.asks[1]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        form = self.form_for(obj)
        return type(form.__name__, (form,), {"actor": actor_of(request)})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found: list[Any] = [(None, {"fields": self.readonly_fields})] if obj else []
        if self.has_change_permission(request, obj):
            title = self.asks[0] if obj else None
            found.append((title, {"fields": list(self.form_for(obj).base_fields)}))
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing left to do: the action wrote the rows when the form was checked."""


@admin.register(FiledList)
class FiledListAdmin(_ByActions):
    list_display = ["scheme", "key", "kind", "name_zh"]
    is_short = True
    list_filter = ["scheme", "kind"]
    list_select_related = ["scheme"]
    readonly_fields = ["scheme", "key", "kind", "name_zh", "name_en"]
    inlines = [ListVersionInline]
    history_of = ["versions"]
    asks = (_("Draft the next version"), DraftListForm)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("enrollment.operate")

    def form_for(self, obj: Any) -> type[ActionForm]:
        return DraftListForm if obj else DefineListForm


@admin.register(ListVersion)
class ListVersionAdmin(_ByActions):
    list_display = ["filed_list", "number", "from_on", "source", "published_at"]
    is_short = True
    list_filter = ["filed_list"]
    list_select_related = ["filed_list"]
    readonly_fields = ["filed_list", "number", "from_on", "source", "sha256", "created_at", "published_at"]
    inlines = [ListItemInline]
    asks = (_("Publish"), PublishListForm)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A published version stays as it is."""
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)
