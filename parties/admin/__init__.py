"""What staff see of schemes and partners."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from parties.models import Institution, Insurer, Organisation, Scheme, SchemeArea


class SchemeAreaInline(ReadOnlyInline):
    model = SchemeArea
    fields = ["area", "from_on", "to_on"]
    readonly_fields = fields


@admin.register(Scheme)
class SchemeAdmin(ReadOnlyAdmin):
    list_display = ["code", "name_zh", "kind", "city_zh", "hotline", "host", "from_on", "to_on"]
    list_filter = ["kind"]
    is_short = True
    ordering = ["code"]
    scope_columns = {"scheme": "code"}
    inlines = [SchemeAreaInline]


@admin.register(Insurer)
class InsurerAdmin(ReadOnlyAdmin):
    list_display = ["code", "name_zh", "name_en", "from_on", "to_on"]
    is_short = True
    ordering = ["code"]


@admin.register(Institution)
class InstitutionAdmin(ReadOnlyAdmin):
    list_display = ["code", "name_zh", "level", "area", "from_on", "to_on"]
    ordering = ["code"]
    search_fields = ["code"]


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ["code", "name_zh", "area", "from_on", "to_on"]
    ordering = ["code"]
    search_fields = ["code"]
