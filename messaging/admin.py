"""Messages to look at: which went out to whom, masked."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from core.identifiers import mask_mobile
from core.long_lists import ValuesInUse
from messaging.models import SmsMessage


@admin.register(SmsMessage)
class SmsMessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "scheme", "template", "shown_phone", "state", "settled_at", "refusal_code"]
    list_filter = ["state", ("template", ValuesInUse)]
    list_select_related = ["scheme"]
    fields = [
        "message_id",
        "scheme",
        "template",
        "shown_phone",
        "segments",
        "state",
        "created_at",
        "settled_at",
        "gateway_reference",
        "refusal_code",
    ]
    readonly_fields = fields

    @admin.display(description=_("mobile number"))
    def shown_phone(self, message: SmsMessage) -> str:
        return mask_mobile(message.to_phone)
