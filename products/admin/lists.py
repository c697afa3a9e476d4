from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyInline
from core.money import format_yuan
from products.models import FiledList, ListItem, ListVersion
from work.history import HistoryAdmin


class ListVersionInline(ReadOnlyInline):
    model = ListVersion
    fields = ["number", "from_on", "source", "published_at", "sha256"]
    readonly_fields = fields
    show_change_link = True


class ListItemInline(ReadOnlyInline):
    model = ListItem
    fields = ["position", "code", "name", "brand_name", "specification", "indication", "limit_price"]
    readonly_fields = fields

    @admin.display(description=_("limit price (yuan)"))
    def limit_price(self, item: ListItem) -> str:
        return "–" if item.limit_price_fen is None else format_yuan(item.limit_price_fen)


@admin.register(FiledList)
class FiledListAdmin(HistoryAdmin):
    list_display = ["scheme", "key", "kind", "name_zh"]
    is_short = True
    list_filter = ["scheme", "kind"]
    list_select_related = ["scheme"]
    scope_columns = {"scheme": "scheme"}
    inlines = [ListVersionInline]
    history_of = ["versions"]


@admin.register(ListVersion)
class ListVersionAdmin(HistoryAdmin):
    list_display = ["filed_list", "number", "from_on", "source", "published_at"]
    is_short = True
    list_filter = ["filed_list"]
    list_select_related = ["filed_list"]
    scope_columns = {"scheme": "filed_list__scheme"}
    inlines = [ListItemInline]
