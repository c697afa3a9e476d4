from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_yuan
from enrollment.models import Policy, PolicyEvent


class PolicyEventInline(ReadOnlyInline):
    model = PolicyEvent
    fields = ["at", "name", "old_state", "new_state", "actor_label", "reason"]
    readonly_fields = fields


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ["number", "plan_year", "insured", "way", "state", "cover_from", "cover_to", "issued_at"]
    list_filter = ["state", "plan_year", "way"]
    list_select_related = ["plan_year", "insured"]
    search_fields = ["number"]
    search_help_text = _("Policy number")
    fields = [
        "number",
        "plan_year",
        "insured",
        "policyholder",
        "way",
        "order",
        "state",
        "premium",
        "cover_from",
        "cover_to",
        "issued_at",
    ]
    inlines = [PolicyEventInline]

    @admin.display(description=_("premium (yuan)"), ordering="premium_fen")
    def premium(self, policy: Policy) -> str:
        return format_yuan(policy.premium_fen)

    @admin.display(description=_("order"))
    def order(self, policy: Policy) -> str:
        return policy.order_line.order.number if policy.order_line else "–"
