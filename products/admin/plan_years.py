from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_yuan
from products.models import OpenWay, PlanDocument, PlanYear, PlanYearEvent, PoolShare
from products.texts import to_html
from work.history import HistoryAdmin


class PlanDocumentInline(ReadOnlyInline):
    model = PlanDocument
    fields = ["kind", "version", "sha256", "created_at"]
    readonly_fields = fields


class PoolShareInline(ReadOnlyInline):
    model = PoolShare
    fields = ["insurer", "area", "share_millionths", "leads", "from_on", "to_on"]
    readonly_fields = fields


class OpenWayInline(ReadOnlyInline):
    model = OpenWay
    fields = ["way", "opens_at", "closes_at", "least_people", "paid_by"]
    readonly_fields = fields


class PlanYearEventInline(ReadOnlyInline):
    model = PlanYearEvent
    fields = ["at", "name", "old_state", "new_state", "actor_label", "reason"]
    readonly_fields = fields


@admin.register(PlanYear)
class PlanYearAdmin(HistoryAdmin):
    list_display = ["code", "scheme", "name_zh", "state", "premium", "opens_at", "closes_at", "cover_from", "cover_to"]
    list_filter = ["scheme", "state"]
    list_select_related = ["scheme"]
    is_short = True
    ordering = ["-cover_from"]
    search_fields = ["code"]
    inlines = [PoolShareInline, OpenWayInline, PlanDocumentInline, PlanYearEventInline]
    history_of = ["shares", "ways"]

    @admin.display(description=_("premium (yuan)"), ordering="premium_fen")
    def premium(self, plan_year: PlanYear) -> str:
        return format_yuan(plan_year.premium_fen)


@admin.register(PlanDocument)
class PlanDocumentAdmin(ReadOnlyAdmin):
    list_display = ["plan_year", "kind", "version", "sha256", "created_at"]
    list_filter = ["plan_year", "kind"]
    is_short = True
    ordering = ["plan_year", "kind", "-version"]
    list_select_related = ["plan_year"]
    fields = ["plan_year", "kind", "version", "sha256", "created_at", "as_read"]

    @admin.display(description=_("As residents read it"))
    def as_read(self, document: PlanDocument) -> SafeString:
        return to_html(document.body)
