"""What staff see of schemes and partners."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyInline
from parties.models import Institution, Insurer, Organisation, Scheme, SchemeArea
from work.history import HistoryAdmin


class SchemeAreaInline(ReadOnlyInline):
    model = SchemeArea
    fields = ["area", "from_on", "to_on"]
    readonly_fields = fields


@admin.register(Scheme)
class SchemeAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "kind", "city_zh", "hotline", "host", "from_on", "to_on"]
    list_filter = ["kind"]
    is_short = True
    ordering = ["code"]
    scope_columns = {"scheme": "code"}
    inlines = [SchemeAreaInline]
    history_of = ["areas"]


@admin.register(Insurer)
class InsurerAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "name_en", "from_on", "to_on"]
    is_short = True
    ordering = ["code"]


@admin.register(Institution)
class InstitutionAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "level", "area", "from_on", "to_on"]
    ordering = ["code"]
    search_fields = ["code"]


@admin.register(Organisation)
class OrganisationAdmin(HistoryAdmin):
    list_display = ["code", "name_zh", "area", "from_on", "to_on"]
    ordering = ["code"]
    search_fields = ["code"]
