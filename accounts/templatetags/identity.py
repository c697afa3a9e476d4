"""`{% load identity %}{% identity person "id_number" %}`: masked, with a link to the full value for who may read it."""

from __future__ import annotations

from django import template
from django.db import models
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actions.reveal_identity import PERMISSION
from accounts.masking import masked, reveal_url
from core.access import actor_of

register = template.Library()


@register.simple_tag(takes_context=True)
def identity(context: RequestContext, subject: models.Model, field: str) -> SafeString:
    shown = masked(subject, field)
    request = context.get("request")
    if not shown or request is None or not actor_of(request).may(PERMISSION):
        return format_html("{}", shown)
    return format_html('{} <a href="{}">{}</a>', shown, reveal_url(subject, field), _("Show in full"))
