"""Hidden fields: `{% load forms %}{% form_key %}` for a second submit, `{% seen version %}` for what was shown."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.seen import FIELD
from work.submissions import FORM_KEY

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context: dict[str, Any]) -> SafeString:
    """A fresh key, or the one just sent when the form is shown again with errors."""
    request = context.get("request")
    sent = request.POST.get(FORM_KEY, "") if request is not None else ""
    value = sent if len(sent) == 32 and sent.isalnum() else uuid.uuid4().hex
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY, value)


@register.simple_tag
def seen(version: str) -> SafeString:
    """`{% seen version %}`: the version of what the page shows, for a button that moves money (core.seen)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, version)
