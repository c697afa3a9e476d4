"""Records to look at: who read what, who agreed to what, which messages went out."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin, masked_link
from accounts.masking import masked
from accounts.models import Consent, IdentityReveal, SmsMessage


@admin.register(IdentityReveal)
class IdentityRevealAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_label", "subject_type", "subject_key", "field", "reason"]
    list_filter = ["subject_type", "field", "at"]


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["at", "user", "purpose", "notice_version", "granted"]
    list_filter = ["purpose", "granted"]
    list_select_related = ["user"]


@admin.register(SmsMessage)
class SmsMessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "template", "shown_phone", "state", "settled_at", "refusal_code"]
    list_filter = ["state", "template"]
    fields = [
        "message_id",
        "template",
        "phone_link",
        "state",
        "created_at",
        "settled_at",
        "gateway_reference",
        "refusal_code",
    ]
    readonly_fields = fields

    @admin.display(description=_("mobile number"))
    def shown_phone(self, message: SmsMessage) -> str:
        return masked(message, "to_phone")

    @admin.display(description=_("mobile number"))
    def phone_link(self, message: SmsMessage) -> str:
        return masked_link(message, "to_phone")
