"""What the workshop's pages share."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from core.access import actor_of
from core.actors import Actor, reached
from core.errors import NotFound

M = TypeVar("M", bound=Model)

DRAFTS = "enrollment.operate"


def found(request: HttpRequest, rows: QuerySet[M], permission: str, pk: Any) -> M:
    """A row that one of the actor's grants with this permission reaches. Raises NotFound for every other."""
    row = reached(rows, actor_of(request), permission).filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is no such page."))
    return row


def drawn_up_by(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """Those that somebody may choose among who draws up terms."""
    return reached(rows, actor, DRAFTS)


def page(
    model_admin: Any, request: HttpRequest, name: str, title: object, *, status: int = 200, **context: Any
) -> HttpResponse:
    frame = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "title": title}
    return TemplateResponse(request, f"products/workshop/{name}.html", {**frame, **context}, status=status)
